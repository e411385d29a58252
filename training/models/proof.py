"""What an auditor gets: samples for telephone checks, what was found odd, and the packs of classes."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from training.rules.spot_check import SpotResult

if TYPE_CHECKING:
    from livestream.models import Place, User
    from training.models.cohort import Cohort
    from training.models.enrolment import Enrolment


class SpotCheckQuerySet(models.QuerySet["SpotCheck"]):
    def visible_to(self, user: User, action: Action = Action.AUDIT_SCHOOL) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class SpotCheck(models.Model):
    """抽查: a sample of trainees for the telephone. The same seed over the same people draws the same one."""

    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    title = models.CharField(_("抽查"), max_length=60)
    cohorts = models.ManyToManyField("training.Cohort", related_name="+", verbose_name=_("培训班"))
    seed = models.CharField(_("种子"), max_length=40)
    size = models.PositiveSmallIntegerField(_("抽几人"))
    population = models.PositiveIntegerField(_("总人数"))
    population_sha256 = models.CharField(max_length=64, editable=False)
    drawn_at = models.DateTimeField(_("抽取时间"))
    drawn_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁抽的"))

    objects = SpotCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("抽查")
        verbose_name_plural = pgettext_lazy("many", "抽查")
        triggers = [pgtrigger.Protect(name="spot_check_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.title


class SpotCall(models.Model):
    """One person of a sample, and what he said on the telephone."""

    check_run = models.ForeignKey(SpotCheck, models.CASCADE, related_name="calls", verbose_name=_("抽查"))
    position = models.PositiveSmallIntegerField(_("序号"))
    enrolment: Enrolment = models.ForeignKey("training.Enrolment", models.PROTECT, related_name="+", verbose_name=_("学员"))  # type: ignore[assignment]
    result = models.CharField(_("结果"), max_length=10, choices=SpotResult, blank=True)
    words = models.CharField(_("说明"), max_length=300, blank=True)
    called_at = models.DateTimeField(_("时间"), null=True, blank=True)
    called_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁打的")
    )

    class Meta:
        verbose_name = _("抽查电话")
        verbose_name_plural = pgettext_lazy("many", "抽查电话")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["check_run", "enrolment"], name="spot_call_once"),
            models.UniqueConstraint(fields=["check_run", "position"], name="spot_call_has_its_place"),
            models.CheckConstraint(condition=Q(result__in=["", *SpotResult.values]), name="spot_result_is_known"),
        ]
        triggers = [
            pgtrigger.Protect(name="spot_call_stays_drawn", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="spot_call_is_of_its_person", fields=["check_run", "position", "enrolment"]),
        ]

    def __str__(self) -> str:
        return str(self.position)


class AnomalyNote(models.Model):
    """What somebody found out about an oddity; the oddity itself is computed anew each time and never deleted."""

    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    key = models.CharField(max_length=120)
    is_explained = models.BooleanField(_("有合理解释"))
    words = models.CharField(_("说明"), max_length=300)
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁写的"))

    class Meta:
        verbose_name = _("异常说明")
        verbose_name_plural = pgettext_lazy("many", "异常说明")
        indexes = [models.Index(fields=["county", "key"], name="anomaly_note_by_key")]
        triggers = [pgtrigger.Protect(name="anomaly_note_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.key


class ClassPackQuerySet(models.QuerySet["ClassPack"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(within(user.reach(action), county="cohort__county", place="cohort__place"))


class ClassPack(models.Model):
    """一期一档: all of one cohort in one ZIP, made in the background; kept with who asked for it and why (W26)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cohort: Cohort = models.ForeignKey("training.Cohort", models.PROTECT, related_name="packs", verbose_name=_("培训班"))  # type: ignore[assignment]
    purpose = models.CharField(_("用途"), max_length=200)
    asked_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁要的"))
    asked_at = models.DateTimeField(_("要的时间"), auto_now_add=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(_("做好的时间"), null=True, blank=True)
    stored_as = models.CharField(max_length=100, blank=True, editable=False)
    bytes = models.PositiveIntegerField(_("大小"), null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    error = models.CharField(_("没做成的原因"), max_length=200, blank=True)
    downloads = models.PositiveIntegerField(_("下载次数"), default=0)

    objects = ClassPackQuerySet.as_manager()

    class Meta:
        verbose_name = _("一期一档")
        verbose_name_plural = pgettext_lazy("many", "一期一档")
        constraints = [models.CheckConstraint(condition=~Q(purpose=""), name="class_pack_has_a_purpose")]

    def __str__(self) -> str:
        return str(self.pk)
