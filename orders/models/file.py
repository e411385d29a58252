from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import User


class OrderFileState(models.TextChoices):
    READING = "reading", _("读取中")
    REFUSED = "refused", _("不能导入")
    UPLOADED = "uploaded", _("已上传")
    IMPORTING = "importing", _("导入中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("没有成功")


class OrderFileQuerySet(models.QuerySet["OrderFile"]):
    def visible_to(self, user: User, action: Action = Action.SEE_FILES) -> Self:
        return self.filter(within(user.reach(action), county="shop__county"))

    def under_way(self) -> Self:
        return self.filter(state__in=[OrderFileState.READING, OrderFileState.IMPORTING])

    def silent_since(self, moment: datetime) -> Self:
        """Being read or imported, but nobody has been heard of since: whoever did it was killed, or never began."""
        return self.under_way().filter(heartbeat_at__lt=moment)


class OrderFile(models.Model):
    """An export file somebody gave us, and what became of its rows: read = applied + duplicate + rejected."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    shop = models.ForeignKey("orders.Shop", models.PROTECT, related_name="+", verbose_name=_("店铺"))
    uploaded_by = models.ForeignKey("livestream.User", models.PROTECT, null=True, related_name="+", verbose_name=_("上传人"))
    uploaded_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    name = models.CharField(_("文件名"), max_length=200)
    stored_as = models.CharField(max_length=80)
    facts_as = models.CharField(max_length=80, blank=True, default="")  # what reading it has found, kept beside it
    digest = models.CharField(max_length=64)
    sheet = models.CharField(_("格式"), max_length=32)
    # What reading it once has shown (actions/file.py): counts, first and last time, problems by row number. No buyer's data.
    survey = models.JSONField(_("概要"), default=dict)
    state = models.CharField(_("状态"), max_length=10, choices=OrderFileState, default=OrderFileState.UPLOADED)
    rows_total = models.IntegerField(_("行数"), default=0)
    rows_read = models.IntegerField(_("已读"), default=0)
    rows_applied = models.IntegerField(_("计入"), default=0)
    rows_duplicate = models.IntegerField(_("重复"), default=0)
    rows_rejected = models.IntegerField(_("退回"), default=0)
    error = models.CharField(_("原因"), max_length=300, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    objects = OrderFileQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("one", "订单文件")
        verbose_name_plural = _("订单文件")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rows_read=models.F("rows_applied") + models.F("rows_duplicate") + models.F("rows_rejected")),
                name="every_row_has_one_outcome",
            )
        ]

    def __str__(self) -> str:
        return self.name
