from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.models.placing import place_anew
from livestream.models.together import together
from livestream.rules.planning import ClashKind
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User

REASON_AT_MOST = 200


class ExcuseQuerySet(models.QuerySet["Excuse"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="session__county", place="session__place"))

    def waiting(self) -> Self:
        return self.filter(allowed_by=None)


class Excuse(models.Model):
    """Why a session may clash with another one about one subject, where its county asks for a reason (Level.APPROVE); a release
    waits until somebody else has allowed it. Holds for the hours it was given for (`begins_at`–`ends_at`): moved to others, the
    session needs it allowed anew."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="excuses", verbose_name=_("场次"))
    other = models.ForeignKey(
        "livestream.LiveSession", models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("和哪一场")
    )
    kind = models.CharField(_("类型"), max_length=8, choices=ClashKind)
    subject = models.CharField(max_length=40)
    key = models.CharField(max_length=96, editable=False)  # `Clash.key`
    begins_at = models.DateTimeField(_("从"))
    ends_at = models.DateTimeField(_("到"))
    reason = models.CharField(_("为什么可以撞"), max_length=REASON_AT_MOST)
    excused_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁说明的"))
    excused_at = models.DateTimeField(_("说明时间"))
    allowed_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁批准的")
    )
    allowed_at = models.DateTimeField(_("批准时间"), null=True, blank=True)

    objects = ExcuseQuerySet.as_manager()

    class Meta:
        verbose_name = _("撞时间的理由")
        verbose_name_plural = pgettext_lazy("many", "撞时间的理由")
        constraints = [
            models.UniqueConstraint(fields=["session", "key"], name="one_excuse_per_clash"),
            models.CheckConstraint(condition=Q(kind__in=ClashKind.values), name="excused_kind_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="excuse_says_why"),
            models.CheckConstraint(condition=Q(ends_at__gte=F("begins_at")), name="excuse_ends_after_it_begins"),
            models.CheckConstraint(condition=together("allowed_by", "allowed_at"), name="allowance_has_its_moment"),
            models.CheckConstraint(
                condition=Q(allowed_by=None) | ~Q(allowed_by=F("excused_by")), name="nobody_allows_his_own_excuse"
            ),
        ]
        triggers = [
            # Whether a row binds stands in the booking: it is written anew with each excuse.
            pgtrigger.Trigger(
                name="excuse_frees_booking",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=place_anew("session_id = NEW.session_id AND subject = NEW.subject") + " RETURN NULL;",
            ),
            # At the end of the transaction, when a session that is deleted is gone with all it held.
            pgtrigger.Trigger(
                name="booking_binds_again",
                when=pgtrigger.After,
                operation=pgtrigger.Delete,
                timing=pgtrigger.Deferred,
                func=place_anew("session_id = OLD.session_id AND subject = OLD.subject") + " RETURN NULL;",
            ),
        ]

    def __str__(self) -> str:
        return self.key
