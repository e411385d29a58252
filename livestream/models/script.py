from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.models.together import together
from livestream.rules.goods import ProductClass
from livestream.rules.poster import WHY_AT_MOST
from livestream.rules.rights import Action
from livestream.rules.script import PosterKind, RowKind, Speaker

if TYPE_CHECKING:
    from livestream.models.person import User


class Script(models.Model):
    """整场脚本: what a session is about and how it begins and ends; its rows are the run-of-show."""

    session = models.OneToOneField("livestream.LiveSession", models.CASCADE, related_name="script", verbose_name=_("场次"))
    theme = models.CharField(_("主题"), max_length=60, blank=True)
    aim = models.CharField(_("目的"), max_length=200, blank=True)
    opening = models.TextField(_("开场的话"), max_length=1000, blank=True)
    closing = models.TextField(_("收尾的话"), max_length=1000, blank=True)
    is_ai_made = models.BooleanField(_("用 AI 写的"), default=False)  # GB 45438-2025: told wherever it is shown
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁改的"))
    changed_at = models.DateTimeField(_("改的时间"))

    class Meta:
        verbose_name = _("直播脚本")
        verbose_name_plural = pgettext_lazy("many", "直播脚本")

    def __str__(self) -> str:
        return self.theme


class ScriptRow(models.Model):
    """流程表的一行: minute, what, who speaks, what the control desk does."""

    script = models.ForeignKey(Script, models.CASCADE, related_name="rows", verbose_name=_("直播脚本"))
    position = models.PositiveSmallIntegerField(_("序号"))
    kind = models.CharField(_("环节"), max_length=11, choices=RowKind)
    minutes = models.PositiveSmallIntegerField(_("几分钟"))
    what = models.CharField(_("做什么"), max_length=200)
    product = models.ForeignKey(
        "livestream.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("商品")
    )
    speaker = models.CharField(_("谁来讲"), max_length=8, choices=Speaker, default=Speaker.HOST)
    control = models.CharField(_("中控做什么"), max_length=120, blank=True)
    material = models.CharField(_("要准备的东西"), max_length=120, blank=True)
    note = models.CharField(_("备注"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("流程")
        verbose_name_plural = pgettext_lazy("many", "流程")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["script", "position"], name="script_row_once", deferrable=models.Deferrable.DEFERRED),
            models.CheckConstraint(condition=Q(kind__in=RowKind.values), name="script_row_kind_is_known"),
            models.CheckConstraint(condition=Q(speaker__in=Speaker.values), name="script_speaker_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.what}"


class CueCard(models.Model):
    """单品手卡: what the host reads of one product in one session."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="cue_cards", verbose_name=_("场次"))
    product = models.ForeignKey("livestream.Product", models.PROTECT, related_name="+", verbose_name=_("商品"))
    origin = models.CharField(_("从哪里来"), max_length=200, blank=True)
    points = models.CharField(_("卖点"), max_length=300, blank=True)
    proof = models.CharField(_("凭什么这么说"), max_length=200, blank=True)
    scene = models.CharField(_("怎么吃、怎么用"), max_length=200, blank=True)
    questions = models.CharField(_("常问的"), max_length=300, blank=True)
    call = models.CharField(_("催单的话"), max_length=200, blank=True)
    tried_by_host = models.BooleanField(_("主播自己吃过用过"), default=False)  # 广告法 第三十八条
    is_ai_made = models.BooleanField(_("用 AI 写的"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁改的"))
    changed_at = models.DateTimeField(_("改的时间"))

    class Meta:
        verbose_name = _("手卡")
        verbose_name_plural = pgettext_lazy("many", "手卡")
        constraints = [models.UniqueConstraint(fields=["session", "product"], name="cue_card_once_per_session")]

    def __str__(self) -> str:
        return str(self.product)


class ScriptTemplateQuerySet(models.QuerySet["ScriptTemplate"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class ScriptTemplate(models.Model):
    """A script kept for the next time: its words and rows as a body, without goods of one day."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    name = models.CharField(_("模板"), max_length=60)
    body = models.JSONField(editable=False)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁建的"))
    made_at = models.DateTimeField(_("建立时间"), auto_now_add=True)

    objects = ScriptTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("脚本模板")
        verbose_name_plural = pgettext_lazy("many", "脚本模板")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["county", "name"], name="script_template_once_per_county")]

    def __str__(self) -> str:
        return self.name


class BannedTermQuerySet(models.QuerySet["BannedTerm"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class BannedTerm(models.Model):
    """禁用词 that a county adds to those of the law (`rules/claims.py`), with what to say instead."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    term = models.CharField(_("不能说"), max_length=40)
    product_class = models.CharField(_("只管这一类"), max_length=10, choices=ProductClass, blank=True)
    why = models.CharField(_("为什么"), max_length=120)
    instead = models.CharField(_("可以说"), max_length=120, blank=True)
    added_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁加的"))
    added_at = models.DateTimeField(_("加入时间"), auto_now_add=True)

    objects = BannedTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("禁用词")
        verbose_name_plural = pgettext_lazy("many", "禁用词")
        ordering = ["term"]
        constraints = [
            models.UniqueConstraint(fields=["county", "term", "product_class"], name="banned_term_once_per_county"),
            models.CheckConstraint(condition=~Q(term=""), name="banned_term_is_something"),
        ]

    def __str__(self) -> str:
        return self.term


class Poster(models.Model):
    """A poster of a session or an item: its words are kept (互联网广告管理办法: three years), the picture is drawn from them.
    `code`: its QR leads to the public page, and each opening is counted by the day."""

    session = models.ForeignKey("livestream.LiveSession", models.CASCADE, related_name="posters", verbose_name=_("场次"))
    kind = models.CharField(_("海报"), max_length=8, choices=PosterKind)
    product = models.ForeignKey(
        "livestream.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("商品")
    )
    headline = models.CharField(_("大字"), max_length=30)
    line = models.CharField(_("小字"), max_length=60, blank=True)
    shows_price = models.BooleanField(_("写价格"), default=False)
    code = models.CharField(max_length=12, unique=True, editable=False)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁做的"))
    made_at = models.DateTimeField(_("做的时间"))
    # Taken back: its code says so and leads nowhere; words and visits stay.
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁撤回的")
    )
    withdrawn_why = models.CharField(_("为什么撤回"), max_length=WHY_AT_MOST, blank=True, db_default="")

    class Meta:
        verbose_name = _("海报")
        verbose_name_plural = pgettext_lazy("many", "海报")
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PosterKind.values), name="poster_kind_is_known"),
            # 广告法 第九条 (二): no price beside a leader.
            models.CheckConstraint(condition=~Q(kind=PosterKind.LEADER) | Q(shows_price=False), name="no_price_beside_a_leader"),
            models.CheckConstraint(condition=together("withdrawn_at", "withdrawn_by"), name="poster_withdrawn_by_somebody"),
        ]

    def __str__(self) -> str:
        return self.headline


class PosterVisit(models.Model):
    """How often the code of a poster was opened on a day. Nothing about who opened it."""

    poster = models.ForeignKey(Poster, models.CASCADE, related_name="days")
    on = models.DateField()
    visits = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poster", "on"], name="poster_visits_once_a_day")]

    def __str__(self) -> str:
        return f"{self.poster_id} {self.on}"
