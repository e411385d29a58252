from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.invitation import LinkKind
from livestream.rules.token import digest_of, is_token

if TYPE_CHECKING:
    from datetime import datetime

OPEN = Q(used_at=None, revoked_at=None)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, at: datetime) -> Self:
        """Those that still let their person in: not used, not revoked, not over, and the person not stopped."""
        return self.filter(OPEN, expires_at__gt=at, user__is_active=True)

    def by_token(self, token: str) -> Self:
        return self.filter(digest=digest_of(token)) if is_token(token) else self.none()


class Invitation(models.Model):
    """A link by which somebody sets a password, once. Its token is told once; here lies its SHA-256. The newest alone holds."""

    user = models.ForeignKey("livestream.User", models.CASCADE, related_name="invitations", verbose_name=_("人员"))
    kind = models.CharField(_("类型"), max_length=8, choices=LinkKind)
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁发的"))
    made_at = models.DateTimeField(pgettext_lazy("link", "发出时间"))
    expires_at = models.DateTimeField(_("有效到"))
    used_at = models.DateTimeField(_("使用时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("one", "邀请")
        verbose_name_plural = pgettext_lazy("many", "邀请")
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="invitation_ends_after_it_began"),
            models.CheckConstraint(condition=Q(kind__in=LinkKind.values), name="invitation_kind_is_known"),
            models.UniqueConstraint(fields=["user"], condition=OPEN, name="one_open_invitation_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.user_id}"
