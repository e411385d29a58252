"""A cohort from its plan to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from livestream.models import AuditEntry, Notice
from livestream.rules.errors import NotAllowed
from tests.factories import make_place, make_user
from tests.school import make_cohort, make_course, make_enrolment, make_lesson
from training.actions.cohort import (
    CohortPlan,
    Teaching,
    begin_cohort,
    cancel_cohort,
    change_cohort,
    close_cohort,
    close_link,
    open_link,
    plan_cohort,
)
from training.models import Cohort, Enrolment, Lesson
from training.rules.cohort import BECOMES, CODE_SIGNS, CohortState

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def plan(county):
    return CohortPlan("村播班", county, date(2026, 11, 2), date(2026, 11, 30), aims="农户", budget_fen=2_000_000)


def code_of(work):
    with pytest.raises(NotAllowed) as refused:
        work()
    assert str(refused.value) != refused.value.code  # there is a sentence
    return refused.value.code


def test_cohorts_get_the_numbers_of_their_county_and_year(plan, county, trainer):
    later = replace(plan, starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 29))
    made = [plan_cohort(one, Teaching(), county=county, by=trainer) for one in (plan, plan, later)]

    assert [(one.year, one.number, one.state, one.seats) for one in made] == [
        (2026, 1, "planned", 40), (2026, 2, "planned", 40), (2027, 1, "planned", 40),
    ]  # fmt: skip


def test_cohort_is_made_with_who_teaches_and_what(plan, county, trainer):
    other, course = make_user("trainer", county), make_course(county)

    made = plan_cohort(plan, Teaching([(trainer, "lead"), (other, "shadow")], [course]), county=county, by=trainer)
    change_cohort(made, plan, Teaching([(other, "lead")]), version=1, by=trainer, at=AT)

    assert list(made.trainers.values_list("user", "duty")) == [(other.pk, "lead")]
    assert list(made.courses.all()) == []
    assert code_of(
        lambda: plan_cohort(plan, Teaching([(trainer, "lead"), (other, "lead")]), county=county, by=trainer)
    ) == "one_lead"  # fmt: skip


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"ends_on": date(2026, 11, 1)}, "cohort_backwards"),
        ({"ends_on": date(2030, 1, 1)}, "cohort_too_long"),
        ({"seats": 41}, "forty_seats"),
        ({"seats": 0}, "forty_seats"),
    ],
)
def test_plans_that_are_refused(plan, county, trainer, said, code):
    assert code_of(lambda: plan_cohort(replace(plan, **said), Teaching(), county=county, by=trainer)) == code


def test_nobody_makes_a_cohort_where_he_keeps_no_school(plan, county, other_county, stranger, host):
    for by in (stranger, host):
        assert code_of(lambda by=by: plan_cohort(plan, Teaching(), county=county, by=by)) == "cohort_not_there"
    away = replace(plan, place=other_county)
    assert code_of(lambda: plan_cohort(away, Teaching(), county=county, by=stranger)) == "cohort_not_there"


def test_second_who_changes_the_same_version_is_told(plan, county, trainer):
    made = plan_cohort(plan, Teaching(), county=county, by=trainer)
    change_cohort(made, replace(plan, title="甲班"), Teaching(), version=1, by=trainer, at=AT)

    assert code_of(
        lambda: change_cohort(made, replace(plan, title="乙班"), Teaching(), version=1, by=trainer, at=AT)
    ) == "cohort_changed"  # fmt: skip
    assert Cohort.objects.get().title == "甲班"


def test_more_seats_let_the_first_in_and_tell_them_fewer_keep_who_is_in(plan, county, trainer, settings):
    settings.SMS_SENDER = "tests.livestream.outbox.remember"
    made = plan_cohort(replace(plan, seats=2), Teaching(), county=county, by=trainer)
    for _n in range(2):
        make_enrolment(made)
    first = make_enrolment(made, state="waiting")

    change_cohort(made, replace(plan, seats=3), Teaching(), version=1, by=trainer, at=AT)

    first.refresh_from_db()
    assert (first.seat, first.told_at) == (3, AT)
    assert Notice.objects.get().phone == first.trainee.phone
    assert code_of(
        lambda: change_cohort(made, replace(plan, seats=2), Teaching(), version=2, by=trainer, at=AT)
    ) == "seats_are_held"  # fmt: skip


def test_link_opens_the_cohort_stays_the_same_and_closes(county):
    cohort = make_cohort(county, state="planned")

    code = open_link(cohort)
    assert (len(code), set(code) <= set(CODE_SIGNS), open_link(cohort)) == (8, True, code)
    cohort.refresh_from_db()
    assert (cohort.state, cohort.join_code) == ("open", code)

    close_link(cohort)
    cohort.refresh_from_db()
    assert (cohort.state, cohort.join_code) == ("open", None)
    assert open_link(cohort) != code
    for state in ("closed", "cancelled"):
        Cohort.objects.filter(pk=cohort.pk).update(state=state)
        assert code_of(lambda: open_link(cohort)) == "cohort_takes_nobody"


def test_cancelled_cohort_sends_everybody_home_with_the_reason(county, trainer, settings):
    settings.SMS_SENDER = "tests.livestream.outbox.remember"
    cohort = make_cohort(county, title="第3期", seats=1)
    people = [make_enrolment(cohort), make_enrolment(cohort, state="waiting")]
    make_lesson(cohort)

    cancel_cohort(cohort, because="下大雪", by=trainer, at=AT)

    cohort.refresh_from_db()
    assert (cohort.state, cohort.join_code) == ("cancelled", None)
    rows = Enrolment.objects.order_by("pk").values_list("state", "left_because", "promoted_at")
    assert set(rows) == {("withdrawn", "班取消了：下大雪", None)}
    told = Notice.objects.filter(way="sms", person=None)
    assert sorted(one.phone for one in told) == sorted(one.trainee.phone for one in people)
    assert {one.text for one in told} == {"“第3期”不办了：下大雪。再开班会告诉您。"}
    assert Lesson.objects.get().state == "cancelled"
    assert AuditEntry.objects.get(deed="cohort_cancelled").detail["because"] == "下大雪"


def test_closed_cohort_keeps_its_seats_and_ends_its_queue(county, trainer, settings):
    settings.SMS_SENDER = "tests.livestream.outbox.remember"
    cohort = make_cohort(county, seats=1, state="running", join_code="abcd2345")
    seated, waiting = make_enrolment(cohort), make_enrolment(cohort, state="waiting")

    close_cohort(cohort, by=trainer, at=AT)
    close_cohort(cohort, by=trainer, at=AT)

    cohort.refresh_from_db()
    assert (cohort.state, cohort.closed_at, cohort.join_code) == ("closed", AT, None)
    seated.refresh_from_db()
    waiting.refresh_from_db()
    assert (seated.state, seated.seat, waiting.state) == ("not_completed", 1, "withdrawn")
    assert [one.phone for one in Notice.objects.all()] == [waiting.trainee.phone]
    assert AuditEntry.objects.filter(deed="cohort_closed").count() == 1


def test_what_cannot_become_of_a_cohort(county, trainer):
    taught = make_cohort(county, state="running")
    make_lesson(taught, state="held", held_at=AT)
    make_lesson(taught)
    planned = make_cohort(county, state="planned")

    assert code_of(lambda: cancel_cohort(taught, because="x", by=trainer, at=AT)) == "cohort_was_taught"
    assert code_of(lambda: close_cohort(taught, by=trainer, at=AT)) == "lessons_left"
    assert code_of(lambda: close_cohort(planned, by=trainer, at=AT)) == "cohort_state"
    assert code_of(lambda: cancel_cohort(planned, because=" ", by=trainer, at=AT)) == "cancel_reason"
    begin_cohort(planned)
    begin_cohort(planned)
    assert Cohort.objects.get(pk=planned.pk).state == "running"


def test_nothing_becomes_of_what_is_over(county, trainer, plan):
    over = make_cohort(county, state="closed")

    assert BECOMES[CohortState.CLOSED] == BECOMES[CohortState.CANCELLED] == frozenset()
    assert code_of(lambda: begin_cohort(over)) == "cohort_state"
    assert code_of(lambda: change_cohort(over, plan, Teaching(), version=1, by=trainer, at=AT)) == "cohort_over"


def test_trainer_of_a_village_keeps_its_cohorts_alone(plan, county):
    village, next_one = make_place("140425100201", "东寺头村"), make_place("140425200201", "西沟村")
    by = make_user("trainer", village)

    assert plan_cohort(replace(plan, place=village), Teaching(), county=county, by=by).place == village
    assert code_of(lambda: plan_cohort(replace(plan, place=next_one), Teaching(), county=county, by=by)) == "cohort_not_there"
