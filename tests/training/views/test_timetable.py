"""The timetable as staff see it, a form that keeps what was typed, the taps; what a trainer finds on his phone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from livestream.models import Hold, Resource
from livestream.rules.day import SHANGHAI
from tests.clashes import EVENING, HOUR, TOMORROW, plan
from tests.school import make_cohort, make_lesson
from tests.sign_in import signed_in
from training.models import Lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(county, trainer):
    days = {"starts_on": TOMORROW - timedelta(days=9), "ends_on": TOMORROW + timedelta(days=20)}
    return make_cohort(county, title="第3期", made_by=trainer, **days)


@pytest.fixture
def room(county):
    return Resource.objects.create(county=county, place=county, kind="studio", name="大教室")


@pytest.fixture
def desk(trainer):
    return signed_in(trainer)


def there(name, thing):
    return reverse(f"training:{name}", args=[thing.pk])


def sheet(**kwargs):
    typed = {
        "title": "选品",
        "day": TOMORROW.isoformat(),
        "start": "晚7点",
        "end": "21:00",
        "academic_hours": "2",
        "mode": "offline",
    }
    return typed | {"trainer": "", "assistant": "", "room": "", "course": "", "room_note": "", "note": ""} | kwargs


def said(answer):
    return answer.content.decode()


def test_a_lesson_is_planned_from_the_form_and_stands_in_the_timetable(desk, cohort, trainer, room):
    answer = desk.post(there("lesson_new", cohort), sheet(trainer=str(trainer.pk), room=str(room.pk)), follow=True)

    lesson = Lesson.objects.get()
    assert (lesson.starts_at, lesson.ends_at, lesson.trainer, lesson.room) == (EVENING, EVENING + 2 * HOUR, trainer, room)
    assert answer.redirect_chain == [(there("timetable", cohort), 302)]
    assert "排好了“选品”。" in said(answer)
    assert f'href="/school/lessons/{lesson.pk}/"' in said(answer)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"day": "31月"}, "没看懂“31月”是哪一天"), ({"start": "早点"}, "没看懂“早点”是几点"), ({"end": "18:00"}, "下课要晚于上课"),
        ({"title": "\x00\u202e"}, "请填写。"), ({"academic_hours": "9" * 5000}, "学时填 1 到 24"), ({"room": "99'"}, "请从列表里选一个"),
        ({"trainer": "x" * 10_000}, "请从列表里选一个"), ({"title": "长" * 9999}, "最多写 60 个字"), ({"day": "2031-01-01"}, "请先改班的日期"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_said_and_the_rest_kept(desk, cohort, change, words):
    answer = desk.post(there("lesson_new", cohort), sheet(note="带手机") | change)

    assert answer.status_code == 422
    assert words in said(answer)
    assert 'value="带手机"' in said(answer)
    assert not Lesson.objects.exists()


def test_a_clash_names_who_has_it_and_one_tap_takes_a_free_time_or_room(desk, county, cohort, trainer, room, host):
    plan(county, host).bookings.create(resource=room)
    spare = Resource.objects.create(county=county, place=county, kind="place", name="村委会院子")
    typed = sheet(trainer=str(trainer.pk), room=str(room.pk))

    answer = desk.post(there("lesson_new", cohort), typed)
    assert answer.status_code == 422
    assert "大教室已经有人用了" in said(answer)
    assert "花椒专场" in said(answer)
    begins, ends = (f"{at.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}" for at in (EVENING + 2 * HOUR, EVENING + 4 * HOUR))
    assert f'value="{begins}|{ends}"' in said(answer)

    desk.post(there("lesson_new", cohort), typed | {"take": f"{begins}|{ends}"})
    desk.post(there("lesson_new", cohort), typed | {"room_free": str(spare.pk), "trainer": ""})
    assert [(one.starts_at, one.room) for one in Lesson.objects.order_by("-starts_at")] == [
        (EVENING + 2 * HOUR, room), (EVENING, spare)
    ]  # fmt: skip


def test_a_lesson_that_somebody_changed_meanwhile_is_not_overwritten(desk, cohort):
    lesson = make_lesson(cohort, starts_at=EVENING, title="甲")
    Lesson.objects.update(version=2, title="乙")

    answer = desk.post(there("lesson_edit", lesson), sheet(title="丙", version="1"))

    assert answer.status_code == 422
    assert "别人改过这节课" in said(answer)
    assert Lesson.objects.get().title == "乙"


def test_moved_called_off_and_each_taken_back(desk, cohort, trainer):
    lesson = make_lesson(cohort, starts_at=EVENING, ends_at=EVENING + HOUR, trainer=trainer)
    later = {"day": "后天", "start": "9:00", "end": "10:00", "version": "1"}

    moved = desk.post(there("lesson_move", lesson), later, follow=True)
    assert "改了时间" in said(moved)
    desk.post(there("lesson_undo", lesson))
    lesson.refresh_from_db()
    assert (lesson.starts_at, lesson.version) == (EVENING, 3)

    refused = desk.post(there("lesson_cancel", lesson), {"because": "", "version": "3"})
    assert refused.status_code == 422
    desk.post(there("lesson_cancel", lesson), {"because": "下大雪", "version": "3"})
    assert Hold.objects.get().is_standing is False
    assert "下大雪" in said(desk.get(there("timetable", cohort)))
    desk.post(there("lesson_undo", lesson))
    desk.post(there("lesson_undo", lesson))  # once
    lesson.refresh_from_db()
    assert (lesson.state, lesson.version) == ("planned", 5)


def test_moved_onto_something_the_form_shows_what_is_free(desk, county, cohort, trainer):
    lesson = make_lesson(cohort, starts_at=EVENING, ends_at=EVENING + HOUR, trainer=trainer)
    plan(county, trainer, hours=3, title="夜场")

    answer = desk.post(
        there("lesson_move", lesson), {"day": TOMORROW.isoformat(), "start": "22:00", "end": "23:00", "version": "1"}
    )

    assert answer.status_code == 422
    assert "夜场" in said(answer)
    assert "都有空的时间" in said(answer)
    assert Lesson.objects.get().version == 1


def test_restored_where_it_is_free(desk, county, cohort, trainer):
    lesson = make_lesson(cohort, starts_at=EVENING, trainer=trainer, state="cancelled", cancelled_because="停电")
    session = plan(county, trainer)

    taken = desk.post(there("lesson_restore", lesson), follow=True)
    session.delete()
    free = desk.post(there("lesson_restore", lesson), follow=True)

    assert "自己要播" in said(taken)
    assert "照常上" in said(free)


def test_every_week_is_looked_at_first(desk, county, cohort, trainer):
    typed = sheet(start="9:00", end="10:30", weekdays=[str(TOMORROW.isoweekday())], trainer=str(trainer.pk))
    typed |= {"from_on": TOMORROW.isoformat(), "until_on": (TOMORROW + timedelta(days=14)).isoformat(), "do": "make"}
    plan(county, trainer, hours=-10, title="早场")

    look = desk.post(there("timetable_weekly", cohort), typed)
    assert look.status_code == 200
    assert "早场" in said(look)
    assert "能排 2 节" in said(look)
    assert not Lesson.objects.exists()

    made = desk.post(there("timetable_weekly", cohort), typed | {"shown": look.context["shown"]}, follow=True)
    assert "排好了 2 节课。" in said(made)
    assert [one.title for one in Lesson.objects.all()] == ["选品（2）", "选品（3）"]


def test_an_earlier_class_is_copied(desk, county, cohort):
    earlier = make_cohort(county)
    make_lesson(earlier, title="开班")
    typed = {"earlier": str(earlier.pk), "first_on": TOMORROW.isoformat()}

    look = desk.post(there("timetable_copy", cohort), typed)
    desk.post(there("timetable_copy", cohort), typed | {"do": "make", "shown": look.context["shown"]})

    assert [(one.title, timezone.localdate(one.starts_at)) for one in cohort.lessons.all()] == [("开班", TOMORROW)]


def test_held_with_one_tap_on_the_phone_of_who_teaches(cohort, host, stranger):
    lesson = make_lesson(cohort, starts_at=timezone.now() - HOUR, trainer=host, title="手机拍摄")
    phone = signed_in(host)

    assert "手机拍摄" in said(phone.get("/my/lessons/"))
    phone.post(there("my_lesson_hold", lesson))
    phone.post(there("my_lesson_hold", lesson))

    lesson.refresh_from_db()
    assert (lesson.state, lesson.held_by, lesson.version) == ("held", host, 2)
    assert signed_in(stranger).post(there("my_lesson_hold", lesson)).status_code == 404


def test_held_by_staff_and_taken_back(desk, cohort):
    lesson = make_lesson(cohort, starts_at=EVENING - timedelta(days=3))
    future = make_lesson(cohort, starts_at=EVENING + HOUR)

    desk.post(there("lesson_hold", lesson))
    refused = desk.post(there("lesson_hold", future), follow=True)
    assert "还没到上课的时间" in said(refused)
    assert set(Lesson.objects.values_list("pk", "state")) == {(lesson.pk, "held"), (future.pk, "planned")}
    desk.post(there("lesson_unhold", lesson))
    assert set(Lesson.objects.values_list("state", flat=True)) == {"planned"}


def test_strangers_find_nothing(cohort, stranger, staff, host):
    lesson = make_lesson(cohort, starts_at=EVENING)
    away = signed_in(stranger)

    for name, thing in (("timetable", cohort), ("lesson", lesson), ("lesson_new", cohort), ("lesson_edit", lesson)):
        assert away.get(there(name, thing)).status_code == 404
    assert signed_in(host).get(there("timetable", cohort)).status_code == 403
    assert signed_in(staff).get(there("timetable", cohort)).status_code == 200


def test_a_page_of_many_lessons_asks_as_often_as_of_one(desk, cohort, trainer, room):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(there("timetable", cohort)).status_code == 200
        return len(queries)

    make_lesson(cohort, starts_at=EVENING, trainer=trainer, room=room)
    one = asked()
    for n in range(1, 9):
        make_lesson(cohort, starts_at=EVENING + timedelta(days=n), trainer=trainer, room=room)
    assert asked() == one


def test_the_sheet_for_the_wall_is_a_table_of_days_across_and_times_down(desk, cohort, trainer, room):
    first = datetime(2026, 12, 7, 1, tzinfo=UTC)  # Monday, 9:00
    type(cohort).objects.update(starts_on=first.date(), ends_on=first.date() + timedelta(days=20))
    for days, title in ((0, "开班"), (3, "选品"), (8, "直播")):
        starts = first + timedelta(days=days)
        make_lesson(cohort, title=title, trainer=trainer, room=room, starts_at=starts, ends_at=starts + HOUR)

    weeks = desk.get(there("timetable", cohort)).context["weeks"]

    table = [
        (
            week.number,
            len(heads),
            [(slot.begins, slot.ends, [[one.title for one in cell] for cell in slot.cells]) for slot in week.slots],
        )
        for week, heads, _lessons in weeks
    ]
    assert table == [
        (1, 5, [("09:00", "10:00", [["开班"], [], [], ["选品"], []])]), (2, 5, [("09:00", "10:00", [[], ["直播"], [], [], []])]),
    ]  # fmt: skip
    page = said(desk.get(there("timetable", cohort)))
    assert '<table class="timetable num">' in page
    assert "课表有变动，会发消息告诉大家。" in page
