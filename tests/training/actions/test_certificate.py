from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from livestream.models import AuditEntry, Notice
from livestream.rules.errors import NotAllowed
from tests.certificates import AT, make_certificate, make_class
from tests.factories import make_user
from tests.school import make_cohort, make_enrolment, make_lesson, make_trainee
from training.actions.certificate import (
    Completed,
    RuleFacts,
    certificate_rule_of,
    change_rule,
    complete_cohort,
    issue_certificates,
    judge,
    revoke,
)
from training.models import Certificate, CertificateRule, Enrolment, SchoolRules
from training.rules.certificate import number_of

pytestmark = pytest.mark.django_db


# --- the rule ---------------------------------------------------------------------------------------------------------------


def test_before_its_first_certificate_a_county_has_the_default_rule(county):
    rule = certificate_rule_of(county.pk)

    assert (rule.pk, rule.version, rule.attendance_percent, rule.exam_marks, rule.needs_practical) == (None, 1, 80, 60, True)
    assert CertificateRule.objects.count() == 0


def test_the_default_asks_for_the_attendance_of_the_school_rules(county):
    SchoolRules.objects.create(county=county, attendance_percent=75)

    assert certificate_rule_of(county.pk).attendance_percent == 75


def test_the_first_certificate_stores_the_rule_it_was_given_by(county):
    made = make_certificate(county)

    assert (made.rule.version, made.rule.county_id, made.rule.made_by) == (1, county.pk, made.issued_by)


def test_a_change_is_a_new_version_and_the_old_one_stays(county, staff):
    made = make_certificate(county)

    changed = change_rule(county.pk, RuleFacts(attendance_percent=90), by=staff)

    assert (changed.version, changed.attendance_percent, certificate_rule_of(county.pk)) == (2, 90, changed)
    made.refresh_from_db()
    assert (made.rule.version, made.rule.attendance_percent) == (1, 80)


def test_the_same_again_is_no_new_version(county, staff):
    first = change_rule(county.pk, RuleFacts(), by=staff)

    assert change_rule(county.pk, RuleFacts(), by=staff) == first
    assert CertificateRule.objects.count() == 1


def test_a_rule_that_nobody_can_meet_is_refused(county, staff):
    with pytest.raises(NotAllowed, match="0 到 100"):
        change_rule(county.pk, RuleFacts(attendance_percent=101), by=staff)


@pytest.mark.parametrize("change", ["update", "delete"])
def test_a_version_never_changes(county, staff, change):
    rules = CertificateRule.objects.filter(pk=change_rule(county.pk, RuleFacts(), by=staff).pk)

    with pytest.raises(DatabaseError), transaction.atomic():
        rules.update(attendance_percent=1) if change == "update" else rules.delete()


# --- judging ----------------------------------------------------------------------------------------------------------------


def test_everybody_with_a_seat_is_judged_in_the_order_of_seats(county):
    cohort = make_class(county, "甲", "乙", there=4, seats=3)
    make_enrolment(cohort, make_trainee(county, name="丙"))
    make_enrolment(cohort, state="waiting")

    judged = judge(cohort)

    assert [(one.enrolment.trainee.name, one.meets, one.missing) for one in judged] == [
        ("甲", True, []),
        ("乙", True, []),
        ("丙", False, ["出勤：5 课到了 0 课，要 80%，还差 4 课", "考试“理论”：还没有成绩", "实操：还没有评分"]),
    ]
    first = judged[0].reached
    assert (first.share.there, first.days, first.hours) == (4, 4, 8)


def test_a_lesson_that_was_called_off_is_not_asked_for(county):
    cohort = make_class(county, "甲", lessons=5, there=4)
    make_lesson(cohort, state="cancelled", cancelled_because="停电")

    assert [one.meets for one in judge(cohort, CertificateRule(is_over_planned=True))] == [True]


def test_judging_forty_asks_no_more_questions_than_judging_one(county, django_assert_num_queries):
    one, many = make_class(county, "甲"), make_class(county, *"乙丙丁戊己庚", number=900)
    with connection.execute_wrapper(counted := Counted()):
        judge(one)

    with django_assert_num_queries(counted.number):
        judge(many)
    assert counted.number <= 20


class Counted:
    number = 0

    def __call__(self, execute, *args):
        self.number += 1
        return execute(*args)


# --- giving -----------------------------------------------------------------------------------------------------------------


def test_a_class_ends_with_certificates_and_with_what_the_others_lack(county, trainer):
    cohort = make_class(county, "甲", "乙", seats=3)
    late = make_enrolment(cohort, make_trainee(county, name="丙"))
    waiting = make_enrolment(cohort, state="waiting")

    done = complete_cohort(cohort, by=trainer, at=AT)

    assert [(one.name, one.number) for one in done.issued] == [
        ("甲", number_of("140425", 2026, 1)),
        ("乙", number_of("140425", 2026, 2)),
    ]
    assert [(one.enrolment.pk, len(one.missing)) for one in done.lacking] == [(late.pk, 3)]
    states = dict(Enrolment.objects.filter(cohort=cohort).values_list("trainee__name", "state"))
    assert (states["甲"], states["乙"], states["丙"], states[waiting.trainee.name]) == (
        "completed",
        "completed",
        "not_completed",
        "waiting",
    )
    assert set(Enrolment.objects.completed().values_list("completed_on", flat=True)) == {date(2026, 11, 30)}


def test_the_end_again_gives_nothing_more(county, trainer):
    cohort = make_class(county, "甲")
    complete_cohort(cohort, by=trainer, at=AT)

    assert complete_cohort(cohort, by=trainer, at=AT) == Completed([], [])
    assert Certificate.objects.count() == 1


def test_who_catches_up_later_gets_his_certificate_then(county, trainer):
    cohort = make_class(county, "甲", there=3)
    complete_cohort(cohort, by=trainer, at=AT)
    change_rule(county.pk, RuleFacts(attendance_percent=60), by=trainer)

    (made,) = issue_certificates(cohort, by=trainer, at=AT + timedelta(days=9))

    assert (made.name, made.rule.version, made.enrolment.cohort) == ("甲", 2, cohort)
    assert Enrolment.objects.get().state == "completed"


def test_what_a_certificate_says_is_frozen_without_a_name(county, trainer):
    cohort = make_class(county, "甲", there=4, title="第一期")
    course = cohort.courses.get()

    (made,) = issue_certificates(cohort, by=trainer, at=AT)

    assert Certificate.objects.get().facts == {
        "issuer": "平顺县电商学堂",
        "county": "平顺县",
        "place": cohort.place.full_name,
        "cohort": "第一期",
        "year": 2026,
        "number": cohort.number,
        "form": "month",
        "courses": [course.title],
        "starts_on": "2026-11-02",
        "ends_on": "2026-11-30",
        "hours": 8,
        "days": 4,
        "there": 4,
        "held": 5,
        "planned": 5,
        "attendance": "80",
        "exams": [{"title": "理论", "marks": 86}],
        "practical": 91,
        "study_minutes": 0,
        "rule": {
            "version": 1,
            "attendance_percent": 80,
            "is_over_planned": False,
            "exam_marks": 60,
            "needs_exam": True,
            "needs_practical": True,
            "practical_marks": 60,
            "academic_hours": 0,
        },
    }
    assert (made.issued_at, made.issued_by) == (AT, trainer)


def test_everybody_is_told_of_his_certificate_and_of_losing_it(county, trainer):
    cohort = make_class(county, "甲", "乙", title="第一期")
    first, second = (one.trainee for one in cohort.enrolments.order_by("seat"))
    first.user = make_user("host", county)
    first.save(update_fields=["user"])

    made, _other = issue_certificates(cohort, by=trainer, at=AT)
    revoke(made, because="代签", by=trainer, at=AT)

    told = (
        Notice.objects.filter(kind="school", way__in=["inbox", "sms"])
        .order_by("pk")
        .values_list("person", "phone", "text", "link")
    )
    given, link = "“第一期”的结业证书发给您了，打开就能看。", "/my/school/certificates/"
    lost = f"您的结业证书 {made.number} 撤销了：代签。有不同意见，请找开班的老师。"
    assert {row for row in told if row[0] is None or row[1] == ""} >= {
        (first.user_id, "", given, link),
        (None, second.phone, given, link),
        (first.user_id, "", lost, link),
    }


def test_numbers_run_by_county_and_year_of_shanghai(county, other_county):
    new_year = datetime(2026, 12, 31, 16, tzinfo=UTC)  # midnight in Shanghai
    cohorts = [make_class(county, "甲"), make_class(county, "乙"), make_class(other_county, "丙")]
    made = [
        issue_certificates(cohort, by=make_user("trainer", cohort.county), at=at)[0]
        for cohort, at in zip(cohorts, [AT, new_year, AT], strict=True)
    ]

    assert [one.number for one in made] == [
        number_of("140425", 2026, 1),
        number_of("140425", 2027, 1),
        number_of("130529", 2026, 1),
    ]
    assert [one.status_index for one in made] == [0, 1, 2]


def test_a_certificate_that_was_not_stored_leaves_no_gap(county, trainer):
    cohort = make_class(county, "甲")
    with transaction.atomic():
        issue_certificates(cohort, by=trainer, at=AT)
        transaction.set_rollback(True)

    assert issue_certificates(cohort, by=trainer, at=AT)[0].number == number_of("140425", 2026, 1)


def test_a_county_without_numbers_left_says_so(county, trainer):
    used = make_certificate(county)
    used.pk, used.status_index, used.number = None, 5, number_of(county.pk, 2026, 99_999)
    used.enrolment = make_enrolment(make_cohort(county))
    used.save(force_insert=True)

    with pytest.raises(NotAllowed, match="用完了"):
        issue_certificates(make_class(county, "乙"), by=trainer, at=AT)


def test_one_enrolment_has_one_certificate_whoever_writes(county):
    made = make_certificate(county)
    made.pk, made.number, made.status_index = None, number_of(county.pk, 2026, 9), 9

    with pytest.raises(DatabaseError, match="enrolment"), transaction.atomic():
        made.save(force_insert=True)


# --- what never changes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"facts": {}},
        {"number": "140425-2026-00009-92"},
        {"issued_at": AT + timedelta(days=1)},
        {"status_index": 77},
        {"rule": None},
        {"enrolment": None},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_given_certificate_stays_as_it_is(county, staff, change):
    made = make_certificate(county)
    if "rule" in change:
        change = {"rule": change_rule(county.pk, RuleFacts(exam_marks=1), by=staff)}
    if "enrolment" in change:
        change = {"enrolment": make_enrolment(make_cohort(county))}

    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(**change)


def test_a_certificate_is_never_deleted(county):
    made = make_certificate(county)

    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).delete()


def test_a_name_can_be_taken_away_when_somebody_is_erased(county):
    made = make_certificate(county)

    Certificate.objects.filter(pk=made.pk).update(name="")

    made.refresh_from_db()
    assert made.name == ""


# --- revoking ---------------------------------------------------------------------------------------------------------------


def test_a_revoked_certificate_says_when_by_whom_and_why(county, staff):
    made = make_certificate(county)

    revoke(made, because="  查实\x00代签 ", by=staff, at=AT + timedelta(days=1))

    made.refresh_from_db()
    assert (made.revoked_at, made.revoked_by, made.revoked_because) == (AT + timedelta(days=1), staff, "查实 代签")
    enrolment = Enrolment.objects.get(pk=made.enrolment_id)
    assert (enrolment.state, enrolment.completed_on) == ("not_completed", None)
    assert list(Certificate.objects.standing()) == []


@pytest.mark.parametrize(("because", "says"), [("", "原因"), (" \x00", "原因"), ("长" * 121, "120")])
def test_revoking_asks_for_a_reason(county, staff, because, says):
    with pytest.raises(NotAllowed, match=says):
        revoke(make_certificate(county), because=because, by=staff, at=AT)


def test_what_is_revoked_is_not_revoked_again(county, staff):
    made = revoke(make_certificate(county), because="代签", by=staff, at=AT)

    with pytest.raises(NotAllowed, match="已经撤销过"):
        revoke(made, because="别的", by=staff, at=AT)
    made.refresh_from_db()
    assert made.revoked_because == "代签"


@pytest.mark.parametrize("change", [{"revoked_because": "改口"}, {"revoked_at": None, "revoked_by": None, "revoked_because": ""}])
def test_what_is_revoked_stays_revoked(county, staff, change):
    made = revoke(make_certificate(county), because="代签", by=staff, at=AT)

    with pytest.raises(DatabaseError), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(**change)


def test_a_revoked_certificate_is_not_given_anew(county, staff):
    made = revoke(make_certificate(county), because="代签", by=staff, at=AT)

    assert issue_certificates(made.enrolment.cohort, by=staff, at=AT) == []


def test_the_audit_log_knows_of_giving_and_revoking_and_of_no_name(county, staff):
    made = revoke(make_certificate(county, name="钱峧喆"), because="代签", by=staff, at=AT)

    entries = AuditEntry.objects.filter(kind="training.Certificate", object_id=str(made.pk)).order_by("pk")

    assert [(entry.deed, entry.place) for entry in entries] == [("row_added", county.pk), ("row_changed", county.pk)]
    assert "钱峧喆" not in str([entry.detail for entry in entries])
