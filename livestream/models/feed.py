from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from livestream.rules.token import digest_of, is_token

if TYPE_CHECKING:
    from livestream.models.person import User


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, user: User, action: Action = Action.KEEP_PLAN) -> Self:
        """Those of a county whose plan this person keeps, and his own."""
        codes = user.reach(action)
        county = within(codes, county="county") & Q(person=None)
        return self.filter(county | Q(person=user))

    def by_token(self, token: str) -> Self:
        return self.filter(digest=digest_of(token), revoked_at=None) if is_token(token) else self.none()


class CalendarFeed(models.Model):
    """A secret address under which a calendar program reads sessions: of a person, of a resource, or of a county."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    person = models.ForeignKey(
        "livestream.User", models.CASCADE, null=True, blank=True, related_name="feeds", verbose_name=_("人员")
    )
    resource = models.ForeignKey(
        "livestream.Resource", models.CASCADE, null=True, blank=True, related_name="feeds", verbose_name=_("资源")
    )
    digest = models.BinaryField(max_length=32, unique=True, editable=False)
    name = models.CharField(_("用在哪里"), max_length=40)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁建的"))
    made_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    seen_at = models.DateTimeField(_("上次读取"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("收回时间"), null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("日历订阅")
        verbose_name_plural = pgettext_lazy("many", "日历订阅")
        constraints = [
            models.CheckConstraint(condition=Q(person=None) | Q(resource=None), name="feed_of_one"),
        ]

    def __str__(self) -> str:
        return self.name
