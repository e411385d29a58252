"""The pages of a series: looked at, made, changed from a day on."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
import time_machine

from livestream.actions.plan import Move, move_session
from livestream.models import LiveSession, Resource, Series
from livestream.rules.day import SHANGHAI
from tests.factories import make_place, make_session, make_user

NOW = datetime(2026, 11, 22, 17, tzinfo=SHANGHAI)
DAYS = [date(2026, 12, 15), date(2027, 1, 15), date(2027, 2, 15)]


@pytest.fixture(autouse=True)
def in_november():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def studio(county):
    return Resource.objects.create(county=county, place=county, kind="studio", name="一号直播间", setup_minutes=30)


def at(day, clock="19:30"):
    return datetime.combine(day, time.fromisoformat(clock), SHANGHAI)


def typed(person, **more):
    return {
        "title": "村播日", "kind": "village_host", "host": person.name, "place": "", "month_days": "15", "start": "晚7点半", "end": "21:30",
        "from_on": "2026-11-22", "until_on": "2027-03-01", "note": "", "reason": "", "do": "look", **more,
    }  # fmt: skip


def make(desk, host, **more):
    shown = [day.isoformat() for day in DAYS]
    return desk.post("/plan/series/new/", typed(host, shown=shown, on=shown, do="make", **more), follow=True)


def messages(answer):
    return [str(message) for message in answer.context["messages"]]


@pytest.fixture
def series(desk, host):
    make(desk, host)
    return Series.objects.get()


def starts(series):
    return list(series.sessions.order_by("series_on").values_list("planned_start_at", flat=True))


def test_a_template_fills_the_form(desk):
    form = desk.get("/plan/series/new/?template=village_day").context["form"]

    assert [form[name].value() for name in ("title", "month_days", "from_on", "until_on")] == [
        "村播日", "15", date(2026, 11, 22), date(2027, 12, 31),
    ]  # fmt: skip
    assert desk.get("/plan/series/new/?template=x").status_code == 200


def test_a_look_says_what_would_become_of_each_date_and_keeps_nothing(desk, host, county):
    make_session(county, host, planned_start_at=at(DAYS[1], "20:00"))

    answer = desk.post("/plan/series/new/", typed(host, month_days="1、15、31"))

    look = answer.context["look"]
    assert [(f"{line.on:%m-%d}", line.mark and line.mark.name, bool(line.refusal)) for line in look.lines] == [
        ("12-01", None, False), ("12-15", None, False), ("12-31", None, False), ("01-01", "元旦", False), ("01-15", None, True),
        ("01-31", None, False), ("02-01", None, False), ("02-15", None, False), ("03-01", None, False),
    ]  # fmt: skip
    assert (look.good, look.missing) == (8, ["2026年11月没有31日", "2027年2月没有31日"])
    assert (Series.objects.count(), LiveSession.objects.count()) == (0, 1)


def test_what_was_looked_at_is_made(desk, host, studio, staff):
    answer = make(desk, host, resources=[studio.pk])

    series = Series.objects.get()
    assert starts(series) == [at(day) for day in DAYS]
    assert (series.made_by, series.place, series.month_days) == (staff, host.place, [15])
    assert all(session.bookings.filter(resource=studio).exists() for session in series.sessions.all())
    assert messages(answer) == ["排好了 3 场，都是草稿。发布以后才通知主播。"]
    assert [row.session.series_on for row in answer.context["ahead"]] == DAYS


def test_a_date_that_is_not_ticked_is_left_out(desk, host):
    shown = [day.isoformat() for day in DAYS]

    desk.post("/plan/series/new/", typed(host, shown=shown, on=shown[::2], do="make"))

    assert starts(Series.objects.get()) == [at(DAYS[0]), at(DAYS[2])]


def test_what_was_not_looked_at_is_looked_at_first(desk, host):
    answer = desk.post("/plan/series/new/", typed(host, do="make"))

    assert (answer.context["look"].good, Series.objects.count()) == (3, 0)


def test_a_clash_is_left_out_and_said(desk, host, county):
    make_session(county, host, planned_start_at=at(DAYS[1], "20:00"))

    answer = make(desk, host)

    assert starts(Series.objects.get()) == [at(DAYS[0]), at(DAYS[2])]
    assert messages(answer)[1].startswith("1月15日周五：")


@pytest.mark.parametrize(
    ("more", "errors"),
    [
        ({"title": ""}, {"title": ["请填写。"]}),
        ({"host": "没有人"}, {"host": ["没有找到“没有人”，请从列表里选，或把名字写全。"]}),
        ({"start": "天黑"}, {"start": ["没看懂“天黑”是几点。请写 19:30 或 晚8点。"]}),
        ({"until_on": ""}, {"until_on": ["请填到哪天为止。"]}),
        ({"until_on": "2026-11-21"}, {"until_on": ["“到哪天”不能早于“从哪天”，请改过来。"]}),
        ({"until_on": "2026-12-01"}, {"until_on": ["这几天里没有这样的日子，请把“到哪天”往后挪。"]}),
        ({"until_on": "2029-01-01"}, {"until_on": ["一次最多排两年，最晚填到 2028-11-22。"]}),
        ({"month_days": ""}, {"weekdays": ["请选每周的哪几天，或者填每月的哪几日，选一种。"]}),
        ({"weekdays": ["2"]}, {"weekdays": ["请选每周的哪几天，或者填每月的哪几日，选一种。"]}),
        ({"month_days": "0、32"}, {"month_days": ["每周只有周一到周日，每月只有 1 到 31 日。"]}),
        ({"month_days": "9" * 50}, {"month_days": ["每周只有周一到周日，每月只有 1 到 31 日。"]}),
        ({"weekdays": ["8"]}, {"weekdays": ["请从列表里选一个。"]}),
        ({"kind": "county_head"}, {"kind": ["请从列表里选一个。"]}),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(desk, host, more, errors):
    answer = desk.post("/plan/series/new/", typed(host, **more))

    assert answer.status_code == 422
    assert answer.context["form"].errors == errors
    assert answer.context["form"]["end"].value() == "21:30"


def test_list_tells_the_next_and_how_many(desk, series, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        answer = desk.get("/plan/series/")

    (row,) = answer.context["going"]
    assert (row.series, row.left, row.next_at) == (series, 3, at(DAYS[0]))
    assert row.words == "每月15日 19:30–21:30，到2027年3月1日"
    with time_machine.travel(datetime(2027, 3, 2, tzinfo=SHANGHAI)):
        desk.force_login(series.made_by)
        assert [row.series for row in desk.get("/plan/series/").context["over"]] == [series]


def test_the_rest_is_changed_but_for_what_was_moved(desk, series, staff):
    second = series.sessions.get(series_on=DAYS[1])
    move_session(second, Move(at(DAYS[1], "10:00"), at(DAYS[1], "12:00")), version=1, by=staff, at=NOW)
    page = desk.get(f"/plan/series/{series.pk}/")
    assert [row.is_moved for row in page.context["ahead"]] == [False, True, False]
    seen = [f"{row.session.pk}:{row.session.plan_version}" for row in page.context["ahead"]]

    answer = desk.post(
        f"/plan/series/{series.pk}/change/", {"from_on": "2027-01-01", "start": "20:00", "seen": seen}, follow=True
    )

    later = Series.objects.get(follows=series)
    assert answer.context["series"] == later
    assert (starts(series), starts(later)) == ([at(DAYS[0])], [at(DAYS[1], "10:00"), at(DAYS[2], "20:00")])
    assert messages(answer) == ["改了 1 场。", "1月15日周五：单独改过，没有动。"]


def test_what_changed_since_the_page_was_opened_is_left_alone(desk, series):
    seen = [f"{session.pk}:{session.plan_version - 1}" for session in series.sessions.all()]

    answer = desk.post(
        f"/plan/series/{series.pk}/change/", {"from_on": "2026-12-01", "start": "20:00", "seen": seen}, follow=True
    )

    assert messages(answer)[0] == "改了 0 场。"
    assert starts(series) == [at(day) for day in DAYS]


def test_the_rest_is_cancelled_with_a_reason(desk, series):
    seen = [f"{session.pk}:{session.plan_version}" for session in series.sessions.all()]
    said = {"from_on": "2027-01-01", "reason": "", "seen": seen}
    assert desk.post(f"/plan/series/{series.pk}/cancel/", said).context["cancel"].errors == {"reason": ["请写一句为什么取消。"]}

    desk.post(f"/plan/series/{series.pk}/cancel/", said | {"reason": "过年"})

    assert list(series.sessions.order_by("series_on").values_list("state", flat=True)) == ["draft", "cancelled", "cancelled"]


def test_it_goes_on_until_a_later_day(desk, series):
    desk.post(f"/plan/series/{series.pk}/extend/", {"until_on": "2027-04-20"})
    assert starts(series)[3:] == [at(date(2027, 3, 15)), at(date(2027, 4, 15))]

    answer = desk.post(f"/plan/series/{series.pk}/extend/", {"until_on": "2027-04-01"})
    assert (answer.status_code, answer.context["extend"].errors) == (
        422,
        {"until_on": ["现在就排到 2027-04-20，请填更晚的日子。"]},
    )


@pytest.mark.parametrize("what", ["change", "cancel", "extend"])
def test_nothing_typed_is_asked_for(desk, series, what):
    answer = desk.post(f"/plan/series/{series.pk}/{what}/", {"seen": ["x", "x:1", f"{series.pk}:y"]})

    assert (answer.status_code, answer.context["open"]) == (422, what)


def test_who_may_look_and_who_may_plan(client, series, trainer, stranger, county):
    client.force_login(trainer)
    assert client.get(f"/plan/series/{series.pk}/").context["may_plan"] is False
    assert client.post(f"/plan/series/{series.pk}/extend/").status_code == 403
    client.force_login(make_user("staff", make_place("140425100", "青羊镇")))
    assert client.get(f"/plan/series/{series.pk}/").status_code == 404
    client.force_login(stranger)
    assert client.get("/plan/series/").context["going"] == []
    assert client.get(f"/plan/series/{series.pk}/").status_code == 404
