"""Lessons planned, moved, called off, held, and undone; each refusal says who has it and what is free instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from livestream.actions.plan import plan_session
from livestream.actions.session import SessionPlan
from livestream.models import Availability, Hold, Notice, PlanRules, Resource
from livestream.models.plan_rules import default_levels
from livestream.rules.clash import Clashing
from tests.clashes import AT, DAY_WORDS, EVENING, HOUR, TOMORROW, plan, refused_as, words
from tests.factories import make_place, make_user
from tests.school import make_cohort, make_enrolment, make_lesson, make_trainee
from training.actions.lesson import (
    LessonPlan,
    cancel_lesson,
    cancel_lessons_of,
    change_lesson,
    hold_lesson,
    move_lesson,
    plan_lesson,
    plan_of,
    restore_lesson,
    unhold_lesson,
)
from training.actions.lesson_undo import kept, undo_lesson
from training.models import Lesson, Mark

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(county, trainer):
    return make_cohort(
        county, title="第3期", starts_on=TOMORROW - timedelta(days=9), ends_on=TOMORROW + timedelta(days=20), made_by=trainer
    )


@pytest.fixture
def room(county):
    return Resource.objects.create(county=county, place=county, kind="studio", name="大教室")


@pytest.fixture
def teacher(county):
    return make_user("trainer", county, name="王老师")


@pytest.fixture
def sheet(teacher, room):
    return LessonPlan("选品", EVENING, EVENING + 2 * HOUR, trainer=teacher, room=room)


@pytest.fixture
def lesson(cohort, sheet, trainer):
    return plan_lesson(cohort, sheet, by=trainer, at=AT).lesson


def told(person):
    return list(Notice.objects.filter(person=person, way="inbox").order_by("pk").values_list("kind", "text"))


def clashes(work, *args, **kwargs):
    with pytest.raises(Clashing) as refused:
        work(*args, **kwargs)
    return refused.value


def test_a_lesson_is_planned_and_its_trainer_is_told(cohort, lesson, teacher, trainer):
    assert (lesson.title, lesson.state, lesson.version) == ("选品", "planned", 1)
    weekday = "一二三四五六日"[TOMORROW.weekday()]
    assert told(teacher) == [("lesson", f"新排了课：{DAY_WORDS}周{weekday} 19:00“选品”（第3期），地点：大教室。")]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("lesson_title_missing", {"title": " \u200b"}), ("lesson_backwards", {"ends_at": EVENING}), ("lesson_too_long", {"ends_at": EVENING + 13 * HOUR}),
        ("lesson_outside", {"starts_at": EVENING + timedelta(days=40), "ends_at": EVENING + timedelta(days=40, hours=1)}),
        ("lesson_hours", {"academic_hours": 25}),
    ],
)  # fmt: skip
def test_what_cannot_be_a_lesson_is_refused(cohort, sheet, trainer, code, change):
    with refused_as(code):
        plan_lesson(cohort, replace(sheet, **change), by=trainer, at=AT)
    assert not Lesson.objects.exists()


def test_people_and_rooms_must_be_there(cohort, sheet, trainer, teacher, other_county, stranger):
    elsewhere = Resource.objects.create(county=other_county, place=other_county, kind="studio", name="外县教室")
    phone = Resource.objects.create(county=cohort.county, place=cohort.county, kind="phone", name="一号手机")
    gone = make_user("trainer", cohort.county, is_active=False)

    with refused_as("lesson_assistant"):
        plan_lesson(cohort, replace(sheet, assistant=teacher), by=trainer, at=AT)
    with refused_as("lesson_person"):
        plan_lesson(cohort, replace(sheet, trainer=gone), by=trainer, at=AT)
    for room in (elsewhere, phone):
        with refused_as("lesson_room"):
            plan_lesson(cohort, replace(sheet, room=room), by=trainer, at=AT)
    with refused_as("lesson_not_yours"):
        plan_lesson(cohort, sheet, by=stranger, at=AT)


def test_a_class_that_is_over_gets_no_lessons(cohort, sheet, lesson, trainer):
    cohort.state = "closed"
    cohort.save(update_fields=["state"])

    with refused_as("lesson_cohort_over"):
        plan_lesson(cohort, sheet, by=trainer, at=AT)
    with refused_as("lesson_cohort_over"):
        move_lesson(lesson, EVENING + HOUR, version=1, by=trainer, at=AT)


def test_a_lesson_over_a_session_names_it_and_offers_times_and_rooms(county, cohort, sheet, trainer, host, room):
    session = plan(county, host, title="花椒专场")
    session.bookings.create(resource=room)
    spare = Resource.objects.create(county=county, place=county, kind="place", name="村委会院子")

    refused = clashes(
        plan_lesson, cohort, replace(sheet, starts_at=EVENING + HOUR, ends_at=EVENING + 3 * HOUR), by=trainer, at=AT
    )

    assert words(refused.clashes) == [f"大教室已经有人用了：{DAY_WORDS} 19:00–21:00 给了“花椒专场”（主播{host.name}）。"]
    assert refused.free[0] == EVENING + 2 * HOUR
    assert [studio.pk for studio in refused.studios] == [spare.pk]
    assert not Lesson.objects.exists()
    assert not Hold.objects.exists()


def test_a_session_over_a_lesson_names_the_lesson(county, lesson, staff, teacher, room):
    sheet = SessionPlan("village_host", "夜场", teacher, county, EVENING, EVENING + 2 * HOUR, resources=[room])

    refused = clashes(plan_session, sheet, county=county, by=staff, at=AT)

    assert words(refused.clashes) == [
        f"王老师没有空：{DAY_WORDS} 19:00–21:00 在“选品（第3期）”这节课做讲师。",
        f"大教室已经有人用了：{DAY_WORDS} 19:00–21:00 给了“选品（第3期）”这节课。",
    ]
    assert refused.free[0] == EVENING + 2 * HOUR


def test_a_lesson_over_a_lesson_names_it(county, cohort, lesson, sheet, trainer):
    other = make_cohort(county, title="第4期", starts_on=cohort.starts_on, ends_on=cohort.ends_on)

    refused = clashes(plan_lesson, other, replace(sheet, room=None), by=trainer, at=AT)

    assert words(refused.clashes) == [f"王老师没有空：{DAY_WORDS} 19:00–21:00 在“选品（第3期）”这节课做讲师。"]


def test_another_county_learns_only_that_somebody_is_taken(other_county, cohort, lesson, sheet, stranger):
    days = {"starts_on": cohort.starts_on, "ends_on": cohort.ends_on}
    theirs = make_cohort(other_county, made_by=stranger, **days)

    refused = clashes(plan_lesson, theirs, replace(sheet, room=None), by=stranger, at=AT)

    assert words(refused.clashes) == [f"王老师没有空：{DAY_WORDS} 19:00–21:00 已经被别的县占用。"]


def test_a_trainer_needs_his_road_from_village_to_village(county, cohort, sheet, trainer, teacher):
    """Nobody approves a lesson: where a session could be planned with a reason, a lesson cannot be there."""
    plan(county, teacher, hours=-2, lasts=1.5, place=make_place("140425100201", "东寺头村"), title="直播")
    lesson = replace(sheet, room=None)

    refused = clashes(plan_lesson, cohort, lesson, by=trainer, at=AT)
    assert [clash.kind for clash in refused.clashes] == ["travel"]
    PlanRules.objects.create(county=county, levels=default_levels() | {"travel": "warn"})
    assert [clash.kind for clash in plan_lesson(cohort, lesson, by=trainer, at=AT).warnings] == ["travel"]


def test_who_said_he_is_away_teaches_nothing_that_day(cohort, sheet, trainer, teacher):
    Availability.objects.create(person=teacher, from_on=TOMORROW, until_on=TOMORROW, reason="赶集", entered_by=teacher)

    assert [clash.kind for clash in clashes(plan_lesson, cohort, sheet, by=trainer, at=AT).clashes] == ["away"]


def test_a_session_with_a_reason_may_stand_beside_a_lesson(county, lesson, staff, teacher):
    PlanRules.objects.create(county=county, levels=default_levels() | {"host": "approve", "crew": "approve"})
    sheet = SessionPlan("village_host", "夜场", teacher, county, EVENING, EVENING + HOUR)

    clash = clashes(plan_session, sheet, county=county, by=staff, at=AT).clashes[0]
    planned = plan_session(sheet, county=county, by=staff, at=AT, excuses={clash.key: "他只露个面"})

    assert list(planned.session.excuses.values_list("reason", "other")) == [("他只露个面", None)]
    moved = change_lesson(
        lesson, replace(plan_of(lesson), ends_at=EVENING + 3 * HOUR), version=1, by=make_user("staff", county), at=AT
    )
    assert [clash.reason for clash in moved.warnings] == ["他只露个面"]


def test_moved_it_holds_its_new_hours_and_all_are_told(cohort, lesson, trainer, teacher):
    learner = make_trainee(cohort.county, user=make_user("host", cohort.county))
    make_enrolment(cohort, learner)

    moved = move_lesson(lesson, EVENING + timedelta(days=1), version=1, by=trainer, at=AT).lesson

    assert (moved.version, moved.ends_at - moved.starts_at) == (2, 2 * HOUR)
    assert Hold.objects.get(pk=lesson.pk).starts_at == EVENING + timedelta(days=1)
    assert told(learner.user) == told(teacher)[1:]
    assert told(teacher)[1][1].startswith("课改时间了：“选品”（第3期）改到 ")
    with refused_as("lesson_changed"):
        move_lesson(lesson, EVENING, version=1, by=trainer, at=AT)


def test_another_trainer_is_told_and_the_former_too_but_no_trainee(cohort, lesson, trainer, teacher):
    learner = make_trainee(cohort.county, user=make_user("host", cohort.county))
    make_enrolment(cohort, learner)
    new = make_user("trainer", cohort.county)

    change_lesson(lesson, replace(plan_of(lesson), trainer=new), version=1, by=trainer, at=AT)

    assert told(new)[0][1].startswith("新排了课")
    assert told(teacher)[1][1].startswith("换了别人上，您不用来：")
    assert told(learner.user) == []


def test_another_title_is_no_news(lesson, trainer, teacher):
    change_lesson(lesson, replace(plan_of(lesson), title="选品和定价", note="带样品"), version=1, by=trainer, at=AT)

    assert len(told(teacher)) == 1
    assert Hold.objects.get().title == "选品和定价（第3期）"


def test_called_off_it_frees_its_people_and_says_why(county, cohort, lesson, trainer, teacher):
    with refused_as("lesson_because"):
        cancel_lesson(lesson, because="  ", by=trainer, at=AT)
    cancelled = cancel_lesson(lesson, because="下大雪", by=trainer, at=AT, version=1)
    plan(county, teacher)

    assert (cancelled.state, cancelled.version) == ("cancelled", 2)
    assert told(teacher)[1][1].endswith("取消。原因：下大雪。")
    with refused_as("lesson_state"):
        cancel_lesson(lesson, because="再来", by=trainer, at=AT)
    clashes(restore_lesson, lesson, by=trainer, at=AT)
    assert Lesson.objects.get().state == "cancelled"


def test_undone_each_change_is_as_before(cohort, lesson, trainer, teacher):
    moved = move_lesson(lesson, EVENING + HOUR, version=1, by=trainer, at=AT).lesson
    back = undo_lesson(moved, kept(lesson), version=2, by=trainer, at=AT)
    assert (back.starts_at, back.version) == (EVENING, 3)

    before = kept(back)
    cancelled = cancel_lesson(back, because="停电", by=trainer, at=AT)
    again = undo_lesson(cancelled, before, version=4, by=trainer, at=AT)
    assert (again.state, again.cancelled_because) == ("planned", "")
    assert told(teacher)[-1][1].startswith("照常上课")

    with refused_as("lesson_changed"):
        undo_lesson(again, None, version=1, by=trainer, at=AT)
    assert undo_lesson(again, None, version=5, by=trainer, at=AT).state == "cancelled"
    assert (
        undo_lesson(Lesson.objects.get(), kept(cancelled) | {"state": "planned"}, version=6, by=trainer, at=AT).state == "planned"
    )


def test_held_once_when_it_has_begun(cohort, lesson, trainer, teacher, stranger, host):
    with refused_as("lesson_not_begun"):
        hold_lesson(lesson, by=trainer, at=EVENING - timedelta(minutes=1))
    for other in (stranger, host):
        with refused_as("lesson_not_yours"):
            hold_lesson(lesson, by=other, at=EVENING)
    held = hold_lesson(lesson, by=teacher, at=EVENING)
    again = hold_lesson(lesson, by=trainer, at=EVENING + HOUR)

    assert (held.state, again.held_by, again.held_at, again.version) == ("held", teacher, EVENING, 2)
    with refused_as("lesson_state"):
        move_lesson(lesson, EVENING + HOUR, version=2, by=trainer, at=AT)
    assert unhold_lesson(lesson, by=trainer, at=EVENING).state == "planned"
    with refused_as("lesson_state"):
        unhold_lesson(lesson, by=trainer, at=EVENING)


def test_where_somebody_signed_in_nothing_is_taken_back(cohort, lesson, trainer):
    hold_lesson(lesson, by=trainer, at=EVENING)
    enrolment = make_enrolment(cohort)
    Mark.objects.create(client_id=uuid4(), lesson=lesson, enrolment=enrolment, presence="present", way="qr", at=EVENING)

    with refused_as("lesson_has_marks"):
        unhold_lesson(lesson, by=trainer, at=EVENING)
    Lesson.objects.update(state="planned")
    with refused_as("lesson_has_marks"):
        cancel_lesson(lesson, because="没人来", by=trainer, at=EVENING)


def test_a_class_called_off_takes_its_lessons_along(cohort, lesson, trainer):
    held = make_lesson(cohort, starts_at=EVENING - timedelta(days=2), state="held", held_at=EVENING - timedelta(days=2))

    assert cancel_lessons_of(cohort, because="不办了", by=trainer, at=AT) == 1
    assert {one.pk: one.state for one in Lesson.objects.all()} == {lesson.pk: "cancelled", held.pk: "held"}
