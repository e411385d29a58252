"""Calls after a class: planned once, listed when due, done with when somebody answered."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from livestream.rules.errors import NotAllowed
from tests.factories import make_user
from tests.graduates import DONE, make_class, moment
from tests.school import make_enrolment, make_trainee
from training.actions.evidence import Paper, note_evidence
from training.actions.follow_up import Answers, Tried, mentors_of, note_call, note_step, plan_all_follow_ups, plan_follow_ups
from training.actions.trainee_erasure import forget_trainee
from training.models import Call, CohortTrainer, Enclosure, Evidence, FollowUp, IncubationStep
from training.rules.conversion import ConversionKind
from training.rules.follow_up import CallResult, StepKind, Work, WorkPlace
from training.tasks import plan_calls

pytestmark = pytest.mark.django_db


def planned(enrolment):
    return list(enrolment.follow_ups.order_by("after_months").values_list("after_months", "due_on"))


def first_call(enrolment):
    return enrolment.follow_ups.get(after_months=1)


def refusal(act, *args, **kwargs):
    with pytest.raises(NotAllowed) as refused:
        act(*args, **kwargs)
    return refused.value.code


def test_each_completed_enrolment_has_four_calls_planned_once(county, other_county):
    cohort, (one,) = make_class(county, 1, ends_on=date(2026, 8, 31), starts_on=date(2026, 8, 1))
    make_enrolment(cohort)
    make_enrolment(cohort, state="not_completed")
    _theirs, (stranger,) = make_class(other_county, 1)

    assert [plan_follow_ups(county), plan_follow_ups(county)] == [4, 0]
    assert planned(one) == [(1, date(2026, 9, 30)), (3, date(2026, 11, 30)), (6, date(2027, 2, 28)), (12, date(2027, 8, 31))]
    assert planned(stranger) == []
    assert [plan_all_follow_ups(), plan_all_follow_ups()] == [4, 0]
    assert FollowUp.objects.count() == 8


def test_calls_that_nobody_tried_move_with_a_corrected_day_of_completion(county, staff):
    _cohort, (one,) = make_class(county, 1)
    plan_follow_ups(county)
    note_call(first_call(one), Tried(CallResult.NO_ANSWER), by=staff, at=moment(32))
    one.completed_on = DONE + timedelta(days=1)
    one.save()

    assert plan_follow_ups(county) == 0
    assert planned(one) == [(1, date(2026, 4, 2)), (3, date(2026, 6, 3)), (6, date(2026, 9, 3)), (12, date(2027, 3, 3))]


def test_the_list_of_a_day_holds_what_is_due_and_was_not_overtaken(county):
    _cohort, (one,) = make_class(county, 1)
    plan_follow_ups(county)

    def listed(day):
        return [call.after_months for call in FollowUp.objects.to_call(day)]

    assert listed(date(2026, 4, 1)) == []
    assert listed(date(2026, 4, 2)) == [1]
    assert listed(date(2026, 6, 1)) == [1]
    assert listed(date(2026, 6, 2)) == [3]  # nobody asks any more how the first month was
    assert listed(date(2030, 1, 1)) == [12]


def test_who_is_erased_or_no_graduate_any_more_is_not_called(county):
    _cohort, (gone, undone, there) = make_class(county, 3)
    plan_follow_ups(county)
    gone.trainee.erased_at = moment(5)
    gone.trainee.save()
    undone.state = "not_completed"
    undone.save()

    assert [call.enrolment for call in FollowUp.objects.to_call(date(2026, 4, 2))] == [there]


def test_an_answer_ends_the_call_and_keeps_what_he_said_apart(county, staff):
    _cohort, (one,) = make_class(county, 1)
    plan_follow_ups(county)
    answers = Answers(Work.SELLING, WorkPlace.COUNTY, 300_000, "缺打包箱")

    note_call(first_call(one), Tried(CallResult.REACHED, answers, seen=0), by=staff, at=moment(31))

    call = first_call(one)
    assert (call.work, call.work_place, call.earns_fen, call.words) == ("selling", "county", 300_000, "缺打包箱")
    assert (call.done_at, call.done_by, call.next_on) == (moment(31), staff, None)
    assert list(Call.objects.values_list("result", "at", "by", "words")) == [("reached", moment(31), staff.pk, "缺打包箱")]
    assert refusal(note_call, call, Tried(CallResult.NO_ANSWER), by=staff, at=moment(32)) == "follow_up_done"


@pytest.mark.parametrize(
    ("tried", "next_on", "is_done"),
    [
        (Tried(CallResult.NO_ANSWER), date(2026, 4, 3), False),
        (Tried(CallResult.NO_ANSWER, next_days=7), date(2026, 4, 9), False),
        (Tried(CallResult.WRONG_NUMBER, next_days=3), date(2026, 4, 5), False),
        (Tried(CallResult.NO_ANSWER, next_days=None), None, True),
        (Tried(CallResult.REFUSED, next_days=3), None, True),
    ],
)
def test_without_an_answer_somebody_tries_again_on_the_day_he_chose(county, staff, tried, next_on, is_done):
    _cohort, (one,) = make_class(county, 1)
    plan_follow_ups(county)

    note_call(first_call(one), tried, by=staff, at=moment(31, 23, 30))

    call = first_call(one)
    assert (call.next_on, call.done_at is not None, call.work) == (next_on, is_done, "")
    listed = {day for day in range(31, 45) if FollowUp.objects.to_call(DONE + timedelta(days=day)).exists()}
    assert listed == ({day for day in range(31, 45) if DONE + timedelta(days=day) >= next_on} if next_on else set())


def test_the_same_tap_twice_is_one_call(county, staff):
    _cohort, (one,) = make_class(county, 1)
    plan_follow_ups(county)
    note_call(first_call(one), Tried(CallResult.NO_ANSWER, seen=0), by=staff, at=moment(31))

    assert refusal(note_call, first_call(one), Tried(CallResult.NO_ANSWER, seen=0), by=staff, at=moment(31)) == "call_noted"
    note_call(first_call(one), Tried(CallResult.NO_ANSWER, seen=1), by=staff, at=moment(33))
    assert Call.objects.count() == 2


def test_who_was_reached_must_have_said_what_he_does(county, staff):
    _cohort, (one,) = make_class(county, 1)
    plan_follow_ups(county)

    assert refusal(note_call, first_call(one), Tried(CallResult.REACHED), by=staff, at=moment(31)) == "work_missing"
    assert Call.objects.count() == 0


def test_mentors_are_the_trainers_of_the_class_and_who_writes(county, staff):
    cohort, (one,) = make_class(county, 1)
    teacher = make_user("trainer", county, name="乙")
    CohortTrainer.objects.create(cohort=cohort, user=teacher, duty="lead")

    assert mentors_of(cohort, staff) == [staff, teacher]
    assert mentors_of(cohort, teacher) == [teacher]
    assert mentors_of(cohort, make_user("auditor", county)) == [teacher]
    step = note_step(one, StepKind.VISIT, DONE, mentor=teacher, words="看了货")
    assert (step.enrolment, step.mentor, step.words) == (one, teacher, "看了货")
    waiting = make_enrolment(cohort, make_trainee(county))
    assert refusal(note_step, waiting, StepKind.VISIT, DONE, mentor=teacher) == "not_completed"


def test_of_somebody_forgotten_what_he_said_goes_and_the_counts_stay(county, staff):
    cohort, (one, other) = make_class(county, 2)
    plan_follow_ups(county)
    for each in (one, other):
        answers = Answers(Work.EMPLOYED, WorkPlace.COUNTY, 300_000, "在县城")
        note_call(first_call(each), Tried(CallResult.REACHED, answers), by=staff, at=moment(31))
        note_step(each, StepKind.VISIT, DONE, mentor=staff, words="看了货")
        note_evidence(each, Paper(ConversionKind.SHOP, DONE, "抖店", "2 号柜"), by=staff, at=moment(31))
    type(one.trainee).objects.filter(pk=one.trainee_id).update(user=None)
    one.trainee.refresh_from_db()

    for each in (one, other):
        Enclosure.objects.create(enrolment=each, follow_up=first_call(each), name="x", bytes=1, added_by=staff)

    forget_trainee(one.trainee, by=staff, at=moment(40))

    assert [row.enrolment for row in Enclosure.objects.all()] == [other]

    rows = FollowUp.objects.filter(after_months=1).order_by("enrolment__seat")
    assert list(rows.values_list("work", "earns_fen", "words")) == [("employed", None, ""), ("employed", 300_000, "在县城")]
    for model, column, kept in ((Call, "words", "在县城"), (IncubationStep, "words", "看了货"), (Evidence, "kept_at", "2 号柜")):
        assert [getattr(row, column) for row in model.objects.order_by("pk")] == ["", kept]
    assert cohort.enrolments.completed().count() == 2


def test_the_task_plans_them_and_once_more_changes_nothing(county):
    _cohort, (one,) = make_class(county, 1)

    plan_calls()
    plan_calls()

    assert [months for months, _due_on in planned(one)] == [1, 3, 6, 12]
