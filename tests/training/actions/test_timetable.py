"""Many lessons at once, told with their clashes before anything is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import timezone

from livestream.models import Hold, Notice
from livestream.rules.day import SHANGHAI
from livestream.rules.series import SeriesRule
from tests.clashes import AT, plan, refused_as
from tests.factories import make_user
from tests.school import make_cohort, make_enrolment, make_lesson, make_trainee
from training.actions.lesson import LessonPlan
from training.actions.timetable import copied_plans, plan_many, try_many, weekly_plans
from training.models import Lesson

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2027, 1, 25), date(2027, 2, 28)  # 春节 of 2027 is 6 February


@pytest.fixture
def cohort(county, trainer):
    return make_cohort(county, title="春季班", year=2027, starts_on=FIRST, ends_on=LAST, made_by=trainer)


def at(day, hour):
    return datetime.combine(day, time(hour), SHANGHAI).astimezone(UTC)


def weekly(trainer, **kwargs):
    sheet = LessonPlan("直播实操", at(FIRST, 9), at(FIRST, 11), trainer=trainer)
    rule = SeriesRule(FIRST, LAST, time(9), 120, weekdays=(1,))
    return weekly_plans(sheet, rule, **({"skips_holidays": False} | kwargs))


def days(plans):
    return [timezone.localdate(one.starts_at).isoformat()[5:] for one in plans]


def test_every_week_numbered_and_without_holidays_when_asked(trainer):
    assert days(weekly(trainer)) == ["01-25", "02-01", "02-08", "02-15", "02-22"]
    free = weekly(trainer, skips_holidays=True)
    assert days(free) == ["01-25", "02-01", "02-15", "02-22"]
    assert [one.title for one in free] == [f"直播实操（{n}）" for n in (1, 2, 3, 4)]
    assert {one.ends_at - one.starts_at for one in free} == {timedelta(hours=2)}


def test_tried_first_every_date_says_what_it_clashes_with_and_nothing_is_stored(county, cohort, trainer):
    busy = plan(county, trainer, title="年货节")
    type(busy).objects.filter(pk=busy.pk).update(
        planned_start_at=at(date(2027, 2, 1), 10), planned_end_at=at(date(2027, 2, 1), 12)
    )

    dated = try_many(cohort, weekly(trainer), by=trainer, at=AT)

    assert [str(one.refusal or "") for one in dated] == [
        "",
        f"这样排会撞：{trainer.name}没有空：2月1日 10:00–12:00 自己要播“年货节”。",
        "",
        "",
        "",
    ]
    assert (Lesson.objects.count(), Hold.objects.count(), Notice.objects.count()) == (0, 0, 0)

    made = plan_many(cohort, weekly(trainer), by=trainer, at=AT)
    assert days(Lesson.objects.all()) == ["01-25", "02-08", "02-15", "02-22"]
    assert [one.lesson is None for one in made] == [False, True, False, False, False]


def test_many_are_told_in_one_message(cohort, trainer):
    learner = make_trainee(cohort.county, user=make_user("host", cohort.county))
    make_enrolment(cohort, learner)

    plan_many(cohort, weekly(trainer), by=trainer, at=AT)

    text = "“春季班”新排了 5 节课，第一节是 1月25日周一 09:00“直播实操（1）”，地点：平顺县。"
    assert list(Notice.objects.filter(way="inbox").order_by("pk").values_list("person", "text")) == [
        (trainer.pk, text), (learner.user_id, text)
    ]  # fmt: skip


def test_none_free_is_refused(cohort, trainer):
    plan_many(cohort, weekly(trainer), by=trainer, at=AT)

    with refused_as("lessons_none_free"):
        plan_many(cohort, weekly(trainer), by=trainer, at=AT)
    assert Lesson.objects.count() == 5


def test_two_rows_of_one_sheet_clash_with_each_other(cohort, trainer):
    plans = weekly(trainer)[:1] * 2

    assert [one.refusal is None for one in try_many(cohort, plans, by=trainer, at=AT)] == [True, False]


def test_a_timetable_is_copied_from_an_earlier_class(county, cohort, trainer):
    earlier = make_cohort(county)
    for n, hour in ((0, 1), (2, 6), (9, 1)):
        make_lesson(earlier, starts_at=datetime(2026, 11, 2 + n, hour, tzinfo=UTC), trainer=trainer, title=f"第{n}天")
    make_lesson(earlier, starts_at=datetime(2026, 11, 20, 1, tzinfo=UTC), state="cancelled")

    plans = copied_plans(earlier, first_on=FIRST, with_people=True)
    alone = copied_plans(earlier, first_on=FIRST, with_people=False)

    assert [(one.title, one.starts_at, one.trainer) for one in plans] == [
        ("第0天", at(FIRST, 9), trainer), ("第2天", at(date(2027, 1, 27), 14), trainer), ("第9天", at(date(2027, 2, 3), 9), trainer),
    ]  # fmt: skip
    assert {one.trainer for one in alone} == {None}
    assert len([one for one in plan_many(cohort, plans, by=trainer, at=AT) if one.lesson]) == 3


def test_a_class_without_lessons_cannot_be_copied(county):
    with refused_as("lessons_nothing"):
        copied_plans(make_cohort(county), first_on=FIRST, with_people=True)
