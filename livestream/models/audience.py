from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.audience import CommentKind, CommentState, Count, ReadingSource
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class ViewerReading(models.Model):
    """What was said of a room's viewers at a moment: by a tap, a platform's file or its API. Never changed: another one follows.
    `online_now` is of the moment; all other counts are of the whole session up to then."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="readings", verbose_name=_("场次"))
    platform = models.CharField(_("平台"), max_length=16, blank=True)
    source = models.CharField(_("从哪里来"), max_length=4, choices=ReadingSource)
    read_at = models.DateTimeField(_("什么时候的"))
    recorded_at = models.DateTimeField(_("记下的时间"), auto_now_add=True)
    online_now = models.PositiveIntegerField(_("实时在线"), null=True, blank=True)
    exposure_uv = models.PositiveBigIntegerField(_("曝光人数"), null=True, blank=True)
    view_pv = models.PositiveBigIntegerField(_("观看人次"), null=True, blank=True)
    view_uv = models.PositiveBigIntegerField(_("观看人数"), null=True, blank=True)
    watch_seconds = models.PositiveBigIntegerField(_("观看总秒数"), null=True, blank=True)
    item_exposure_uv = models.PositiveBigIntegerField(_("商品曝光人数"), null=True, blank=True)
    item_click_uv = models.PositiveBigIntegerField(_("商品点击人数"), null=True, blank=True)
    order_creators = models.PositiveBigIntegerField(_("下单人数"), null=True, blank=True)
    buyers = models.PositiveBigIntegerField(_("成交人数"), null=True, blank=True)
    new_followers = models.PositiveBigIntegerField(_("新增粉丝"), null=True, blank=True)
    by = models.ForeignKey("livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁记的"))
    tap = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("观众数据")
        verbose_name_plural = pgettext_lazy("many", "观众数据")
        ordering = ["read_at", "pk"]
        indexes = [models.Index(fields=["session", "read_at"], name="reading_by_session")]
        constraints = [
            models.CheckConstraint(condition=Q(source__in=ReadingSource.values), name="reading_source_is_known"),
            models.UniqueConstraint(fields=["session", "tap"], condition=~Q(tap=""), name="reading_tap_once"),
        ]

    def __str__(self) -> str:
        return f"{self.platform} {self.read_at:%H:%M}"

    @property
    def has_totals(self) -> bool:
        """Whether it says something of the whole session, not only of a moment."""
        return any(getattr(self, count.value) is not None for count in Count if count != Count.ONLINE_NOW)


class ItemReading(models.Model):
    """The same of one item, up to a moment."""

    reading = models.ForeignKey(ViewerReading, models.CASCADE, related_name="items", verbose_name=_("观众数据"))
    product = models.ForeignKey("livestream.Product", models.PROTECT, related_name="+", verbose_name=_("商品"))
    exposure_uv = models.PositiveBigIntegerField(_("曝光人数"), null=True, blank=True)
    click_uv = models.PositiveBigIntegerField(_("点击人数"), null=True, blank=True)

    class Meta:
        verbose_name = _("商品观众数据")
        verbose_name_plural = pgettext_lazy("many", "商品观众数据")
        constraints = [models.UniqueConstraint(fields=["reading", "product"], name="item_reading_once")]

    def __str__(self) -> str:
        return str(self.product)


class Comment(models.Model):
    """A viewer's words that staff noted, without the viewer's name: what it is about, the answer, or why it was hidden.
    Hiding unfavourable comments to mislead is forbidden (网络直播营销管理办法 第二十一条): a complaint cannot be hidden."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="comments", verbose_name=_("场次"))
    platform = models.CharField(_("平台"), max_length=16, blank=True)
    kind = models.CharField(_("是什么"), max_length=9, choices=CommentKind)
    state = models.CharField(_("处理"), max_length=8, choices=CommentState, default=CommentState.OPEN)
    words = models.CharField(_("观众说"), max_length=200)
    product = models.ForeignKey(
        "livestream.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("商品")
    )
    said_at = models.DateTimeField(_("什么时候"))
    answer = models.CharField(_("怎么答的"), max_length=300, blank=True)
    reason = models.CharField(_("为什么隐藏"), max_length=200, blank=True)
    noted_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁记的"))
    noted_at = models.DateTimeField(_("记下的时间"), auto_now_add=True)
    settled_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁处理的")
    )
    settled_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    tap = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("评论")
        verbose_name_plural = pgettext_lazy("many", "评论")
        ordering = ["-said_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CommentKind.values), name="comment_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=CommentState.values), name="comment_state_is_known"),
            models.CheckConstraint(condition=~Q(state=CommentState.HIDDEN) | ~Q(reason=""), name="hiding_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(state=CommentState.HIDDEN, kind__in=(CommentKind.COMPLAINT, CommentKind.QUESTION)),
                name="complaints_are_not_hidden",
            ),
            models.UniqueConstraint(fields=["session", "tap"], condition=~Q(tap=""), name="comment_tap_once"),
        ]

    def __str__(self) -> str:
        return self.words[:20]


class QuickAnswerQuerySet(models.QuerySet["QuickAnswer"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class QuickAnswer(models.Model):
    """What is answered again and again."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    title = models.CharField(_("问什么"), max_length=40)
    words = models.CharField(_("怎么答"), max_length=300)

    objects = QuickAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("快捷回复")
        verbose_name_plural = pgettext_lazy("many", "快捷回复")
        ordering = ["title"]
        constraints = [models.UniqueConstraint(fields=["county", "title"], name="quick_answer_once_per_county")]

    def __str__(self) -> str:
        return self.title
