from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField


class DeliveryOutcome(models.TextChoices):
    TAKEN = "taken", _("已收下")
    KEPT = "kept", _("读不懂，已留存")


class Delivery(models.Model):
    """The key of one message that arrived, kept for ever, with the answer it got, so that a repeat gets the same.

    `message_id` is the platform's; `digest` the SHA-256 of the body: a reused id with another body is another message. What it
    said lies in RawDelivery, for a month.
    """

    pk = models.CompositePrimaryKey("county_id", "shop_id", "message_id", "digest")
    county = models.ForeignKey(
        "livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("县")
    )
    shop = models.ForeignKey(
        "orders.Shop", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("店铺")
    )
    message_id = models.CharField(_("消息号"), max_length=128)
    digest = models.BinaryField(_("摘要"), max_length=32)
    received_at = models.DateTimeField(_("收到时间"))
    outcome = models.CharField(_("结果"), max_length=8, choices=DeliveryOutcome, default=DeliveryOutcome.TAKEN)
    applied = models.PositiveIntegerField(_("计入"), default=0)
    duplicate = models.PositiveIntegerField(_("重复"), default=0)
    stale = models.PositiveIntegerField(_("过期"), default=0)
    hinted = models.PositiveIntegerField(_("待取"), default=0)
    rejected = models.JSONField(_("退回"), default=list)

    class Meta:
        verbose_name = _("推送")
        verbose_name_plural = pgettext_lazy("many", "推送")

    def __str__(self) -> str:
        return self.message_id


class RawDelivery(models.Model):
    """What platforms sent, word for word and encrypted: all messages of one commit in one row, kept for 30 days.

    Partitioned by month of `received_at`. The `Delivery` of a message has the same `received_at`.
    """

    pk = models.CompositePrimaryKey("received_at", "id")
    id = models.BigIntegerField(db_default=models.Func(models.Value("orders_rawdelivery_no"), function="nextval"))
    received_at = models.DateTimeField(_("收到时间"))
    messages = models.PositiveIntegerField(_("消息数"))
    sealed = models.BinaryField(_("密文"))

    class Meta:
        verbose_name = _("推送原文")
        verbose_name_plural = pgettext_lazy("many", "推送原文")

    def __str__(self) -> str:
        return f"{self.received_at:%Y-%m-%d %H:%M:%S} {self.messages}"


class MonthKey(models.Model):
    """The key of the raw deliveries of one Shanghai month, itself encrypted under FIELD_KEYS. It is destroyed with the month:
    whoever still has a copy of these rows, and every key of the settings, reads nothing."""

    month = models.DateField(_("月份"), primary_key=True)  # its first day
    key = EncryptedTextField(_("密钥"))

    class Meta:
        verbose_name = _("月密钥")
        verbose_name_plural = pgettext_lazy("many", "月密钥")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
