"""Every write to certificates and to the rule that decides about them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.notice import in_chinese
from livestream.actions.refusal import refusing
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeKind
from livestream.rules.text import one_line
from training.actions.attendance import shares_of
from training.actions.credential import signed
from training.actions.results import hours_of, results_of
from training.actions.telling import tell_trainees
from training.models import Attendance, Certificate, CertificateRule, Enrolment, school_rules_of
from training.rules.attendance import Share
from training.rules.certificate import Reached, lacking, number_of, prefix_of, running_of
from training.rules.enrolment import EnrolmentState
from training.rules.lesson import LessonState
from training.rules.results import Results

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from livestream.models import User
    from training.models import Cohort, Trainee

REASON_AT_MOST = 120
HOME = "/my/school/certificates/"
TENTHS = 10


# --- the rule -----------------------------------------------------------------------------------------------------------------


class RuleFacts(NamedTuple):
    """What a county asks for: the columns of CertificateRule."""

    attendance_percent: int = 80
    is_over_planned: bool = False
    exam_marks: int = 60
    needs_exam: bool = True
    needs_practical: bool = True
    practical_marks: int = 60
    academic_hours: int = 0


def certificate_rule_of(county: str) -> CertificateRule:
    """The newest version of the county of this code; before it has one, what version 1 would say, not stored."""
    found = CertificateRule.objects.filter(county=county).order_by("-version").first()
    return found or CertificateRule(county_id=county, version=1, attendance_percent=school_rules_of(county).attendance_percent)


def kept_rule_of(county: str, *, by: User) -> CertificateRule:
    """The same, stored: who gives the first certificate stores version 1."""
    rule = certificate_rule_of(county)
    return rule if rule.pk else change_rule(county, facts_of_rule(rule), by=by)


def facts_of_rule(rule: CertificateRule) -> RuleFacts:
    return RuleFacts(*(getattr(rule, name) for name in RuleFacts._fields))


@transaction.atomic
def change_rule(county: str, facts: RuleFacts, *, by: User) -> CertificateRule:
    """A new version; the newest one where it says the same. What was given keeps the version it was given by."""
    take_turn(f"certificate rule {county}")
    newest = CertificateRule.objects.filter(county=county).order_by("-version").first()
    if newest and facts_of_rule(newest) == facts:
        return newest
    version = newest.version + 1 if newest else 1
    with refusing({"certificate_rule_can_be_met": "rule_out_of_range"}):
        return CertificateRule.objects.create(county_id=county, version=version, made_by=by, **facts._asdict())


def take_turn(subject: str) -> None:
    """One at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [subject])


# --- judging ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judged:
    """One trainee of a cohort, by the rule: what he has, what he lacks in words, and the certificate he was given."""

    enrolment: Enrolment
    reached: Reached
    missing: list[str] = field(default_factory=list)
    certificate: Certificate | None = None

    @property
    def meets(self) -> bool:
        return not self.missing

    @property
    def may_be_given(self) -> bool:
        return self.meets and self.certificate is None


def judge(cohort: Cohort, rule: CertificateRule | None = None) -> list[Judged]:
    """Everybody who has a seat, by seat; the number of questions does not grow with them."""
    rule = rule or certificate_rule_of(cohort.county_id)
    seated = list(cohort.enrolments.seated().select_related("trainee__user", "trainee__merged_into__user").order_by("seat"))
    numbered = Certificate.objects.filter(enrolment__cohort=cohort).select_related("rule", "replaces").order_by("pk")
    given = {one.enrolment_id: one for one in numbered}  # of those given anew, the newest
    reached = reached_in(cohort)
    return [
        Judged(one, found, lacking(found, rule), given.get(one.pk))
        for one in seated
        for found in [reached.get(one.pk, Reached(Share(0, 0, 0)))]
    ]


def reached_in(cohort: Cohort) -> dict[UUID, Reached]:
    """By enrolment."""
    results, hours, days = results_of(cohort), hours_of(cohort), days_of(cohort)
    return {
        enrolment: Reached(
            share,
            results.get(enrolment, Results()),
            int(hours[enrolment].hours * TENTHS) if enrolment in hours else 0,
            len(days[enrolment]),
        )
        for enrolment, share in shares_of(cohort).items()
    }


def days_of(cohort: Cohort) -> dict[UUID, set[date]]:
    """The days (Shanghai) of held lessons on which each was there."""
    found: dict[UUID, set[date]] = defaultdict(set)
    there = Attendance.objects.there().filter(lesson__cohort=cohort, lesson__state=LessonState.HELD)
    for enrolment, starts_at in there.values_list("enrolment", "lesson__starts_at"):
        found[enrolment].add(timezone.localdate(starts_at))
    return found


# --- giving -------------------------------------------------------------------------------------------------------------------


class Completed(NamedTuple):
    """What became of a class: the certificates given now, and who lacks something."""

    issued: list[Certificate]
    lacking: list[Judged]


@transaction.atomic
def issue_certificates(cohort: Cohort, *, by: User, at: datetime) -> list[Certificate]:
    """A certificate for everybody of the cohort who meets the rule and has none, numbered by seat; they have completed it.
    Again is nothing. Raises NotAllowed(`certificate_numbers_used_up`)."""
    rule = kept_rule_of(cohort.county_id, by=by)
    lock_cohort(cohort)
    return give([one for one in judge(cohort, rule) if one.may_be_given], cohort, rule, by=by, at=at)


@transaction.atomic
def complete_cohort(cohort: Cohort, *, by: User, at: datetime, tells: bool = True) -> Completed:
    """The end of a class: who meets the rule has completed it and gets a certificate, everybody else with a seat has not.
    `tells`: whether those who get one are told. Raises NotAllowed(`certificate_numbers_used_up`)."""
    rule = kept_rule_of(cohort.county_id, by=by)
    lock_cohort(cohort)
    judged = judge(cohort, rule)
    issued = give([one for one in judged if one.may_be_given], cohort, rule, by=by, at=at, tells=tells)
    missing = [one for one in judged if not one.meets and one.certificate is None]
    not_yet = Enrolment.objects.filter(pk__in=[one.enrolment.pk for one in missing], state=EnrolmentState.ENROLLED)
    not_yet.update(state=EnrolmentState.NOT_COMPLETED)
    return Completed(issued, missing)


def lock_cohort(cohort: Cohort) -> None:
    """Who gives certificates of this cohort at the same moment waits, and then finds them given."""
    type(cohort)._default_manager.select_for_update(no_key=True).get(pk=cohort.pk)


def give(
    chosen: Sequence[Judged], cohort: Cohort, rule: CertificateRule, *, by: User, at: datetime, tells: bool = True
) -> list[Certificate]:
    if not chosen:
        return []
    on = timezone.localdate(at)
    numbers = next_numbers(cohort.county_id, on.year, len(chosen))
    index = next_status_index()
    made = [
        Certificate(
            number=number,
            enrolment=one.enrolment,
            rule=rule,
            name=holder_of(one.enrolment).name,
            facts=facts_of(one, cohort, rule),
            status_index=index + place,
            issued_at=at,
            issued_by=by,
        )
        for place, (one, number) in enumerate(zip(chosen, numbers, strict=True))
    ]
    for certificate in made:
        certificate.credential = signed(certificate)
    with refusing({"certificate_once_per_enrolment": "certificate_there"}):
        Certificate.objects.bulk_create(made)
    done = Enrolment.objects.filter(pk__in=[one.enrolment.pk for one in chosen])
    done.update(state=EnrolmentState.COMPLETED, completed_on=on)
    if tells:
        tell_given([holder_of(one.enrolment) for one in chosen], cohort)
    return made


def tell_given(holders: Sequence[Trainee], cohort: Cohort) -> None:
    with in_chinese():
        text = _("“{title}”的结业证书发给您了，打开就能看。").format(title=cohort.title)
    tell_trainees(holders, NoticeKind.SCHOOL, text, county=cohort.county, link=HOME)


def holder_of(enrolment: Enrolment) -> Trainee:
    """Whose it is: who was found to be somebody else is that one."""
    return enrolment.trainee.merged_into or enrolment.trainee


def next_numbers(county: str, year: int, count: int) -> list[str]:
    """The numbers that follow, without a gap: whoever asks waits until the one before him has stored or dropped his.
    Raises NotAllowed(`certificate_numbers_used_up`)."""
    lock_numbers()
    last = Certificate.objects.filter(number__startswith=prefix_of(county, year)).aggregate(last=Max("number"))["last"]
    running = running_of(last) if last else 0
    try:
        return [number_of(county, year, running + place) for place in range(1, count + 1)]
    except ValueError as error:
        raise NotAllowed("certificate_numbers_used_up") from error


def lock_numbers() -> None:
    """One for all counties: places in the status list are one row of numbers too."""
    take_turn("certificate numbers")


def next_status_index() -> int:
    last = Certificate.objects.aggregate(last=Max("status_index"))["last"]
    return 0 if last is None else last + 1


def facts_of(one: Judged, cohort: Cohort, rule: CertificateRule) -> dict[str, Any]:
    """What a certificate says of its holder, frozen: no name, and all of JSON."""
    share, results = one.reached.share, one.reached.results
    percent = share.over_planned if rule.is_over_planned else share.over_held
    return {
        "issuer": f"{cohort.county.name}电商学堂",
        "county": cohort.county.name,
        "place": cohort.place.full_name,
        "cohort": cohort.title,
        "year": cohort.year,
        "number": cohort.number,
        "form": cohort.form,
        "courses": list(cohort.courses.order_by("title").values_list("title", flat=True)),
        "starts_on": cohort.starts_on.isoformat(),
        "ends_on": cohort.ends_on.isoformat(),
        "hours": one.reached.hours,
        "days": one.reached.days,
        "there": share.there,
        "held": share.held,
        "planned": share.planned,
        "attendance": "" if percent is None else str(percent),
        "exams": [{"title": exam.title, "marks": exam.marks} for exam in results.exams],
        "practical": results.practical,
        "study_minutes": results.study_minutes,
        "rule": {"version": rule.version, **facts_of_rule(rule)._asdict()},
    }


# --- revoking -----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def revoke(certificate: Certificate, *, because: str, by: User, at: datetime) -> Certificate:
    """The certificate is not good any more, for ever; its number, its page and its reason stay. Who held it has not completed.

    Raises NotAllowed(`revoke_without_reason`, `reason_too_long`, `certificate_revoked_already`)."""
    because = one_line(because)
    if not because:
        raise NotAllowed("revoke_without_reason")
    if len(because) > REASON_AT_MOST:
        raise NotAllowed("reason_too_long", limit=REASON_AT_MOST)
    standing = Certificate.objects.standing().filter(pk=certificate.pk)
    if not standing.update(revoked_at=at, revoked_by=by, revoked_because=because):
        raise NotAllowed("certificate_revoked_already")
    Enrolment.objects.filter(pk=certificate.enrolment_id, state=EnrolmentState.COMPLETED).update(
        state=EnrolmentState.NOT_COMPLETED, completed_on=None
    )
    certificate.refresh_from_db(fields=["revoked_at", "revoked_by", "revoked_because"])
    with in_chinese():
        text = _("您的结业证书 {number} 撤销了：{because}。有不同意见，请找开班的老师。").format(
            number=certificate.number, because=because
        )
    tell_trainees(
        [holder_of(certificate.enrolment)], NoticeKind.SCHOOL, text, county=certificate.enrolment.cohort.county, link=HOME
    )
    return certificate
