from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from orders.rules.export import (
    RECEIVER_AT_MOST,
    SLOTS,
    UNDER_WAY,
    WORDS_AT_MOST,
    ExportFormat,
    ExportKind,
    ExportPurpose,
    ExportState,
)

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import User

ASKED = (
    "number", "kind", "place_id", "from_on", "until_on", "format", "language", "purpose", "purpose_words", "receiver",
    "asked_by_id", "asked_at",
)  # fmt: skip
FIXED = f"""
IF ({", ".join(f"NEW.{name}" for name in ASKED)}) IS DISTINCT FROM ({", ".join(f"OLD.{name}" for name in ASKED)}) THEN
  RAISE EXCEPTION 'pgtrigger: what was asked for stays as it was asked for'; END IF; RETURN NEW;
"""
# Network data security regulations art. 12: what personal data was given to whom is known for at least three years.
KEPT = """
IF OLD.asked_at > now() - interval '3 years' THEN
  RAISE EXCEPTION 'pgtrigger: the record of an export is kept for three years'; END IF; RETURN OLD;
"""


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> Self:
        """One's own; those who approve see all of their places, and so do auditors."""
        seen = {*user.reach(Action.APPROVE_EXPORT), *user.reach(Action.READ_AUDIT)}
        return self.filter(Q(asked_by=user) | within(seen, county="place"))

    def to_approve(self, user: User) -> Self:
        """Those that wait for this person: nobody approves his own."""
        there = within(user.reach(Action.APPROVE_EXPORT), county="place")
        return self.filter(there, state=ExportState.WAITING).exclude(asked_by=user)

    def silent_since(self, moment: datetime) -> Self:
        """Being made, but nobody has been heard of since: whoever did it was killed. Or waiting, and nobody began."""
        return self.filter(state__in=UNDER_WAY, heartbeat_at__lt=moment)

    def over(self, at: datetime) -> Self:
        return self.filter(state=ExportState.READY, expires_at__lte=at)


class Export(models.Model):
    """Rows of a place that somebody takes out of the system: who, what, for what, for whom, who agreed, what became of it.

    What was asked for never changes, and the record stays for three years; the file goes after days. `rows_allowed` is how
    many rows may be in it: the number that goes without asking, or what was approved."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("导出编号"), max_length=20, unique=True)
    kind = models.CharField(_("内容"), max_length=12, choices=ExportKind)
    place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("地方"))
    from_on = models.DateField(_("从"))
    until_on = models.DateField(_("到"))
    format = models.CharField(_("格式"), max_length=4, choices=ExportFormat)
    language = models.CharField(_("语言"), max_length=10)
    purpose = models.CharField(_("用途"), max_length=8, choices=ExportPurpose)
    purpose_words = models.CharField(_("用途说明"), max_length=WORDS_AT_MOST)
    receiver = models.CharField(_("交给谁"), max_length=RECEIVER_AT_MOST)
    asked_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("申请人"))
    asked_at = models.DateTimeField(_("申请时间"))
    state = models.CharField(_("状态"), max_length=10, choices=ExportState)
    rows_expected = models.IntegerField(_("大约行数"))
    rows_free = models.IntegerField(_("不用批准的行数"))
    rows_allowed = models.IntegerField(_("最多行数"))
    decided_by = models.ForeignKey("livestream.User", models.PROTECT, null=True, related_name="+", verbose_name=_("审批人"))
    decided_at = models.DateTimeField(_("审批时间"), null=True)
    decision_words = models.CharField(_("审批意见"), max_length=WORDS_AT_MOST, blank=True)
    slot = models.PositiveSmallIntegerField(null=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField()
    rows = models.IntegerField(_("行数"), default=0)
    bytes = models.BigIntegerField(_("字节"), default=0)
    sha256 = models.CharField(_("文件指纹"), max_length=64, blank=True)
    stored_as = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField(_("生成时间"), null=True)
    expires_at = models.DateTimeField(_("删除时间"), null=True)
    downloads = models.PositiveIntegerField(_("下载次数"), default=0)
    error = models.CharField(_("原因"), max_length=40, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("导出")
        verbose_name_plural = pgettext_lazy("many", "导出")
        indexes = [
            models.Index(fields=["place", "-asked_at"], name="export_by_place"),
            models.Index(fields=["asked_by", "-asked_at"], name="export_by_person"),
            models.Index(fields=["heartbeat_at"], name="export_under_way", condition=Q(state__in=sorted(UNDER_WAY))),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")), name="export_approved_by_somebody_else"
            ),
            models.CheckConstraint(condition=Q(rows__lte=F("rows_allowed")), name="export_within_what_was_allowed"),
            models.CheckConstraint(
                condition=Q(rows_allowed__lte=F("rows_free")) | Q(decided_by__isnull=False), name="big_export_is_approved"
            ),
            models.CheckConstraint(
                condition=Q(state=ExportState.MAKING, slot__isnull=False, slot__in=SLOTS)
                | Q(~Q(state=ExportState.MAKING), slot=None),
                name="export_being_made_has_a_slot",
            ),
            models.UniqueConstraint(fields=["asked_by", "slot"], name="two_exports_of_a_person_being_made"),
            models.CheckConstraint(
                condition=~Q(state=ExportState.READY) | (~Q(sha256="") & ~Q(stored_as="")), name="ready_export_has_a_file"
            ),
            models.CheckConstraint(condition=~Q(purpose_words="") & ~Q(receiver=""), name="export_has_purpose_and_receiver"),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="export_period_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="export_state_is_known"),
            models.CheckConstraint(condition=Q(kind__in=ExportKind.values), name="export_kind_is_known"),
        ]  # fmt: skip
        triggers = [
            pgtrigger.Trigger(name="export_stays_as_asked", when=pgtrigger.Before, operation=pgtrigger.Update, func=FIXED),
            pgtrigger.Trigger(name="export_kept_three_years", when=pgtrigger.Before, operation=pgtrigger.Delete, func=KEPT),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY


class ExportHour(models.Model):
    """How many rows a person has taken out in an hour, and how many of them without approval: the limits stand beside them."""

    person = models.ForeignKey("livestream.User", models.PROTECT, related_name="+")
    hour = models.DateTimeField()
    rows = models.IntegerField(default=0)
    rows_limit = models.IntegerField()
    free_rows = models.IntegerField(default=0)
    free_limit = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "hour"], name="export_hour_once"),
            models.CheckConstraint(condition=Q(rows__lte=F("rows_limit")), name="exported_rows_within_the_hour"),
            models.CheckConstraint(condition=Q(free_rows__lte=F("free_limit")), name="rows_without_approval_within_the_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.hour:%Y-%m-%d %H}"
