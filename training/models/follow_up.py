from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.models.place import within
from livestream.rules.rights import Action
from training.models.cohort import CohortTrainer
from training.rules.conversion import DEFAULTS, ConversionKind, Terms, definition
from training.rules.enrolment import EnrolmentState
from training.rules.follow_up import AFTER_MONTHS, CallResult, StepKind, Work, WorkPlace

if TYPE_CHECKING:
    from datetime import date

    from livestream.models import Place, User
    from training.models.enrolment import Enrolment

ENROLMENT = "training.Enrolment"


def of_cohorts_of(user: User, action: Action) -> Q:
    """Rows about an enrolment in a cohort that this person sees: of his places, or taught by him."""
    taught = CohortTrainer.objects.filter(user=user).values("cohort")
    here = within(user.reach(action), county="enrolment__cohort__county", place="enrolment__cohort__place")
    return here | Q(enrolment__cohort__in=taught)


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(of_cohorts_of(user, action))

    def open(self) -> Self:
        return self.filter(done_at=None)

    def current(self, on: date) -> Self:
        """Of each graduate those calls that the next one has not overtaken: three months after, nobody asks how the first was."""
        later = FollowUp.objects.filter(
            enrolment=models.OuterRef("enrolment"), after_months__gt=models.OuterRef("after_months"), due_on__lte=on
        )
        return self.filter(~models.Exists(later))

    def to_call(self, on: date) -> Self:
        """What is due that day or was before, of people who can be called; who was put off is there again on his day."""
        due = self.open().current(on).filter(due_on__lte=on).filter(Q(next_on=None) | Q(next_on__lte=on))
        return due.filter(
            enrolment__state=EnrolmentState.COMPLETED, enrolment__trainee__erased_at=None, enrolment__trainee__sealed=""
        )


class FollowUp(models.Model):
    """回访: one call that is due 1, 3, 6 or 12 months after a class, for each graduate."""

    enrolment: Enrolment = models.ForeignKey(ENROLMENT, models.PROTECT, related_name="follow_ups", verbose_name=_("学员"))  # type: ignore[assignment]
    after_months = models.PositiveSmallIntegerField(_("结业后几个月"))
    due_on = models.DateField(_("应回访日期"))
    next_on = models.DateField(_("下次再打"), null=True, blank=True)  # nobody answered: not before that day
    done_at = models.DateTimeField(_("回访时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("回访人")
    )
    work = models.CharField(_("现在做什么"), max_length=10, choices=Work, blank=True)
    work_place = models.CharField(_("在哪里"), max_length=10, choices=WorkPlace, blank=True)
    earns_fen = models.BigIntegerField(
        _("本人说每月收入（分）"), null=True, blank=True
    )  # what he said, never mixed with counted money
    words = models.CharField(_("记录"), max_length=500, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("回访")
        verbose_name_plural = pgettext_lazy("many", "回访")
        indexes = [models.Index(fields=["due_on"], name="follow_up_due", condition=Q(done_at=None))]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "after_months"], name="follow_up_once"),
            models.CheckConstraint(condition=Q(after_months__in=AFTER_MONTHS), name="follow_up_after_known_months"),
            models.CheckConstraint(condition=Q(work__in=["", *Work.values]), name="follow_up_work_is_known"),
            models.CheckConstraint(condition=Q(work_place__in=["", *WorkPlace.values]), name="follow_up_place_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.after_months}"


class Call(models.Model):
    """One try to reach a graduate: a row for each, never changed."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="calls", verbose_name=_("回访"))
    result = models.CharField(_("结果"), max_length=12, choices=CallResult)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁打的"))
    words = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("回访电话")
        verbose_name_plural = pgettext_lazy("many", "回访电话")
        constraints = [models.CheckConstraint(condition=Q(result__in=CallResult.values), name="call_result_is_known")]

    def __str__(self) -> str:
        return self.result


class IncubationStep(models.Model):
    """孵化: what a mentor did with a graduate, and when."""

    enrolment: Enrolment = models.ForeignKey(ENROLMENT, models.PROTECT, related_name="steps", verbose_name=_("学员"))  # type: ignore[assignment]
    kind = models.CharField(_("做了什么"), max_length=10, choices=StepKind)
    on = models.DateField(_("日期"))
    mentor = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("带教老师"))
    words = models.CharField(_("说明"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("孵化记录")
        verbose_name_plural = pgettext_lazy("many", "孵化记录")
        constraints = [models.CheckConstraint(condition=Q(kind__in=StepKind.values), name="incubation_step_is_known")]

    def __str__(self) -> str:
        return self.kind


class ConversionRuleQuerySet(models.QuerySet["ConversionRule"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(within(user.reach(action), county="county"))

    def in_use(self) -> Self:
        return self.filter(is_in_use=True)


class ConversionRule(models.Model):
    """When a county says that a class had an effect: the event, its window in days after completion, and how much of it.
    A change is a new row; the newest of a kind holds."""

    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    kind = models.CharField(_("指标"), max_length=10, choices=ConversionKind)
    from_days = models.PositiveSmallIntegerField(_("结业后第几天起"), default=0)
    within_days = models.PositiveSmallIntegerField(_("结业后几天内"))
    least = models.PositiveSmallIntegerField(_("至少"))  # minutes on air, orders, months with sales; 1 where it is yes or no
    is_in_use = models.BooleanField(_("在用"), default=True)
    made_at = models.DateTimeField(_("定下时间"), auto_now_add=True)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁定的"))

    objects = ConversionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("转化规则")
        verbose_name_plural = pgettext_lazy("many", "转化规则")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ConversionKind.values), name="conversion_kind_is_known"),
            models.UniqueConstraint(fields=["county", "kind"], condition=Q(is_in_use=True), name="conversion_rule_in_use_once"),
            models.CheckConstraint(condition=Q(within_days__range=(1, 1100)), name="conversion_window_is_within_three_years"),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def terms(self) -> Terms:
        return Terms(self.from_days, self.within_days, self.least)

    @property
    def definition(self) -> str:
        return definition(ConversionKind(self.kind), self.terms)


def conversion_rules_of(county: str) -> list[ConversionRule]:
    """The rules that hold in the county of this code, in the order of their kinds: those it chose, else the defaults, not stored.
    A kind of which it keeps rows and none in use is one that it gave up."""
    chosen = {rule.kind: rule for rule in ConversionRule.objects.filter(county=county).order_by("is_in_use", "pk")}
    held = [
        chosen.get(kind) or ConversionRule(county_id=county, kind=kind, **DEFAULTS[kind]._asdict()) for kind in ConversionKind
    ]
    return [rule for rule in held if rule.is_in_use]


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(of_cohorts_of(user, action))

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)


class Evidence(models.Model):
    """转化材料: what the system cannot see itself: a contract, an employer's word, a shop on a platform it does not count."""

    enrolment: Enrolment = models.ForeignKey(ENROLMENT, models.PROTECT, related_name="evidence", verbose_name=_("学员"))  # type: ignore[assignment]
    kind = models.CharField(_("指标"), max_length=10, choices=ConversionKind)
    on = models.DateField(_("日期"))
    words = models.CharField(_("是什么"), max_length=200)
    kept_at = EncryptedTextField(_("材料存放处"), blank=True)
    photo = models.ForeignKey("training.Photo", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("照片"))
    noted_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("登记人"))
    noted_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("转化材料")
        verbose_name_plural = pgettext_lazy("many", "转化材料")
        constraints = [models.CheckConstraint(condition=Q(kind__in=ConversionKind.values), name="evidence_kind_is_known")]

    def __str__(self) -> str:
        return self.words


class EnclosureQuerySet(models.QuerySet["Enclosure"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(of_cohorts_of(user, action))


class Enclosure(models.Model):
    """附件: a photo or a PDF that belongs to a follow-up or to a piece of evidence. Photos are written anew on arrival, so that
    nothing of the phone's own notes is kept; the file lies encrypted on the disk.

    `sha256`: of what is kept, 64 hex digits, the one that the class pack prints; the same file twice is one row."""

    enrolment: Enrolment = models.ForeignKey(ENROLMENT, models.PROTECT, related_name="enclosures", verbose_name=_("学员"))  # type: ignore[assignment]
    follow_up = models.ForeignKey(
        FollowUp, models.PROTECT, null=True, blank=True, related_name="enclosures", verbose_name=_("回访")
    )
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, null=True, blank=True, related_name="enclosures", verbose_name=_("转化材料")
    )
    name = models.CharField(_("文件名"), max_length=100)
    stored_as = models.CharField(max_length=100, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    bytes = models.PositiveIntegerField(_("大小"))
    added_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    added_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁传的"))

    objects = EnclosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("附件")
        verbose_name_plural = pgettext_lazy("many", "附件")
        constraints = [
            models.CheckConstraint(
                condition=Q(follow_up=None, evidence__isnull=False) | Q(follow_up__isnull=False, evidence=None),
                name="enclosure_belongs_to_one",
            ),
            models.UniqueConstraint(fields=["follow_up", "evidence", "sha256"], nulls_distinct=False, name="enclosure_once"),
        ]

    def __str__(self) -> str:
        return self.name
