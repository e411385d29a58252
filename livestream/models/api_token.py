from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.api_token import LONGEST, TokenState, actions_of, state_of
from livestream.rules.rights import EVERYWHERE, Action, Bounds

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models.person import User


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those that reach into places whose people one keeps: whoever stops a person stops his tokens."""
        found = Q(owner=user)
        for code in user.reach(Action.KEEP_PEOPLE):
            found |= Q(place__code__startswith=code) if code else Q(pk__isnull=False)
        return self.filter(found)

    def valid(self, at: datetime) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=at)


class ApiToken(models.Model):
    """A key to the API in somebody's name. It is told once; here lie its prefix, by which it is found, and its SHA-256."""

    owner: User = models.ForeignKey(  # type: ignore[assignment]
        "livestream.User", models.PROTECT, related_name="api_tokens", verbose_name=_("谁的")
    )
    name = models.CharField(_("用在哪里"), max_length=40)
    prefix = models.CharField(_("开头"), max_length=10, unique=True)
    digest = models.BinaryField(max_length=32, editable=False)
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("可以做什么"))
    place = models.ForeignKey(  # null: everywhere, for platform administrators
        "livestream.Place", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("哪个地方")
    )
    created_at = models.DateTimeField(_("建立时间"))
    expires_at = models.DateTimeField(_("有效到"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("最近一次使用"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("api", "接口令牌")
        verbose_name_plural = pgettext_lazy("api, many", "接口令牌")
        indexes = [models.Index(fields=["owner", "-created_at"], name="token_by_owner")]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at"), expires_at__lte=F("created_at") + LONGEST),
                name="token_lasts_a_year_at_most",
            ),
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="token_is_for_something"),
        ]

    def __str__(self) -> str:
        return f"cunbo_{self.prefix}_… {self.name}"

    @property
    def place_code(self) -> str:
        return self.place_id or EVERYWHERE

    @property
    def bounds(self) -> Bounds:
        return Bounds(actions_of(self.scopes), self.place_code)

    def state(self, at: datetime) -> TokenState:
        """A token ends with its time, by hand, or with its owner's right to have one there."""
        state = state_of(self.revoked_at, self.expires_at, at)
        is_held = self.owner.may(Action.MAKE_TOKENS, self.place_code)
        return state if state != TokenState.VALID or is_held else TokenState.POWERLESS


class ApiTokenAddress(models.Model):
    """Where a token was used from. The first address is the usual one; others are new until somebody says that they are known."""

    token = models.ForeignKey(ApiToken, models.CASCADE, related_name="addresses", verbose_name=pgettext_lazy("api", "接口令牌"))
    address = models.GenericIPAddressField(_("来自"))
    first_used_at = models.DateTimeField(_("第一次使用"))
    last_used_at = models.DateTimeField(_("最近一次使用"))
    known_at = models.DateTimeField(_("认得的时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("令牌的来处")
        verbose_name_plural = pgettext_lazy("many", "令牌的来处")
        constraints = [models.UniqueConstraint(fields=["token", "address"], name="address_once_per_token")]

    def __str__(self) -> str:
        return self.address
