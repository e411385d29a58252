"""The quota page: distinct top leaders of the year, twelve months, red where nobody was on air."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from livestream.models import Guest, PlanRules, Segment
from orders.board.detail import county_detail
from tests.factories import make_leader, make_place, make_session, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 31, 2, 0, tzinfo=UTC)
PAGE = "/plan/quota/"


@pytest.fixture(autouse=True)
def at_the_end_of_the_year():
    with time_machine.travel(NOW, tick=False):
        yield


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))).strip()


def months_of(answer) -> dict[int, str]:
    """Month → its class, as it is drawn."""
    return dict(enumerate(re.findall(r'<li class="month (\w+)">', answer.content.decode()), start=1))


def figure_of(answer) -> str:
    return re.search(r'<p class="num figure"><b>(\d+)</b> / (\d+)</p>', answer.content.decode()).group(1, 2)


class Stage:
    """Puts leaders on air."""

    def __init__(self, county, host):
        self.county, self.host, self.rooms = county, host, 0

    def on_air(self, leader, month, day=10, rank=None, *, year=2026, kind="county_head"):
        self.rooms += 1
        began = datetime(year, month, day, 1, 30, tzinfo=UTC)
        session = make_session(
            self.county, self.host, kind=kind, room=f"Q{self.rooms}", account=f"Q{self.rooms}",
            went_live_at=began, ended_at=began + timedelta(hours=1), title=f"{month}月专场",
        )  # fmt: skip
        Guest.objects.create(session=session, name=leader.name, title=leader.title, rank=rank or leader.rank, leader=leader)
        return session


@pytest.fixture
def stage(county, host):
    return Stage(county, host)


@pytest.fixture
def year(stage, county):
    """14 broadcasts: ten top leaders, two of them twice, two deputies; nobody in March."""
    heads = [make_leader(county, f"县长{sign}") for sign in "甲乙丙丁戊己庚辛壬癸"]
    for leader, month in zip(heads, (1, 2, 4, 5, 6, 7, 8, 9, 10, 11), strict=True):
        stage.on_air(leader, month)
    stage.on_air(heads[0], 2, 20)
    stage.on_air(heads[3], 9, 20)
    for sign, month in (("子", 12), ("丑", 5)):
        stage.on_air(make_leader(county, f"副县长{sign}", rank="deputy", title="副县长"), month, 25)
    return heads


def test_ten_of_twelve_and_march_is_red_and_two_more_do_not_make_march_green(year, stage, county, staff):
    client = signed_in(staff)

    answer = client.get(PAGE)

    assert figure_of(answer) == ("10", "12")
    assert months_of(answer) == {n: "uncovered" if n == 3 else "covered" for n in range(1, 13)}
    assert answer.content.decode().count("没有领导上线</p>") == 1
    assert "还差 2 位" in text_of(answer)
    assert text_of(answer).count("今年来过，不再数") == 2
    assert text_of(answer).count("副职，不数") == 2
    assert county_detail(county, NOW)["leaders"] == {"count": 10, "wanted": 12, "from": "2026-01-01", "uncovered": [3]}

    for sign in "子丑":
        stage.on_air(make_leader(county, f"书记{sign}"), 12, 20)
    answer = client.get(PAGE)

    assert figure_of(answer) == ("12", "12")
    assert "✓ 够了" in text_of(answer)
    assert months_of(answer)[3] == "uncovered"
    assert county_detail(county, NOW)["leaders"] == {"count": 12, "wanted": 12, "from": "2026-01-01", "uncovered": [3]}


def test_one_person_in_two_spellings_is_one_after_the_merge(stage, county, staff):
    first, second = make_leader(county, "武㛃"), make_leader(county, "武洁")
    stage.on_air(first, 5)
    stage.on_air(second, 6)
    client = signed_in(staff)
    assert figure_of(client.get(PAGE))[0] == "2"

    assert client.post(f"/plan/leaders/{first.pk}/merge/", {"other": second.pk}).status_code == 302

    assert figure_of(client.get(PAGE))[0] == "1"


def test_a_relay_counts_each_leader_whose_segment_had_begun(county, host, staff):
    began = datetime(2026, 6, 10, 1, 0, tzinfo=UTC)
    relay = make_session(county, host, kind="relay", went_live_at=began, ended_at=began + timedelta(minutes=70))
    for n in range(3):
        starts = began + timedelta(minutes=40 * n)
        segment = Segment.objects.create(
            session=relay, title=f"第{n}段", place=county, starts_at=starts, ends_at=starts + timedelta(minutes=40)
        )
        leader = make_leader(county, f"县长{n}")
        Guest.objects.create(session=relay, name=leader.name, title="县长", rank="top", leader=leader, segment=segment)

    answer = signed_in(staff).get(PAGE)

    assert figure_of(answer)[0] == "2"
    assert months_of(answer)[6] == "covered"
    assert county_detail(county, NOW)["leaders"]["count"] == 2
    assert "县长2 县长 · 县人民政府" in text_of(answer)


def test_practice_and_cancelled_and_planned_do_not_count_and_planned_are_shown(stage, county, host, staff):
    leader, other = make_leader(county, "武㛃"), make_leader(county, "郝淜")
    stage.on_air(leader, 5, kind="practice")
    planned = make_session(county, host, kind="county_head", planned_start_at=NOW + timedelta(hours=3))
    Guest.objects.create(session=planned, name=other.name, title="县长", rank="top", leader=other)

    answer = signed_in(staff).get(PAGE)

    assert figure_of(answer)[0] == "0"
    assert months_of(answer)[12] == "open"
    assert "12 月还没有领导上线，已经排了。" in text_of(answer)
    assert "已排，还没播" in text_of(answer)
    assert "郝淜 县长 · 县人民政府 已排 12-31" in text_of(answer)


def test_the_current_month_alarms_when_nobody_is_planned(county, staff):
    answer = signed_in(staff).get(PAGE)

    assert "12 月还没有领导上线，也没有排。" in text_of(answer)
    assert 'class="banner bad" role="alert"' in answer.content.decode()


def test_the_county_says_what_counts_and_since_which_month(stage, county, staff):
    stage.on_air(make_leader(county, "韩谷川", rank="deputy"), 2)
    stage.on_air(make_leader(county, "武㛃"), 8)
    client = signed_in(staff)

    answer = client.post(f"{PAGE}{county.pk}/", {"wanted": "2", "first_month": "7", "ranks": ["top", "deputy"]})

    assert (answer.status_code, answer["Location"]) == (302, f"{PAGE}?county={county.pk}")
    assert figure_of(client.get(PAGE)) == ("1", "2")
    before = client.get(PAGE, {"year": "2025"})
    assert figure_of(before) == ("1", "2")
    assert months_of(before) == {n: "covered" if n == 8 else "uncovered" for n in range(1, 13)}
    assert ">2026–2027</a>" in before.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"wanted": "0", "first_month": "1", "ranks": ["top"]},
        {"wanted": "x", "first_month": "1", "ranks": ["top"]},
        {"wanted": "12", "first_month": "13", "ranks": ["top"]},
        {"wanted": "12", "first_month": "1"},
        {"wanted": "12", "first_month": "1", "ranks": ["other"]},
        {"wanted": "9" * 400, "first_month": "\x00", "ranks": ["\u202e"]},
    ],
)
def test_a_promise_that_makes_no_sense_is_refused_in_words(county, staff, typed):
    answer = signed_in(staff).post(f"{PAGE}{county.pk}/", typed)

    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()


@pytest.mark.parametrize("year", ["2024", "1999", "x", "20260", "", "２０２６"])
def test_whatever_is_no_year_to_look_at_shows_one(county, staff, year):
    assert signed_in(staff).get(PAGE, {"year": year}).status_code == 200


def test_a_city_sees_each_of_its_counties_the_furthest_behind_first(stage, county, host):
    there = make_place("140427", "壶关县")
    PlanRules.objects.create(county=county, wanted_leaders=12)
    make_leader(there, "和秋实")
    stage.on_air(make_leader(county, "武㛃"), 12)
    client = signed_in(make_user("staff", make_place("1404", "长治市")))

    answer = client.get(PAGE)

    assert re.findall(r'href="\?county=(\d+)"', answer.content.decode()) == ["140427", "140425"]
    assert "1 / 12" in text_of(answer)
    assert figure_of(client.get(PAGE, {"county": "140425"})) == ("1", "12")
    assert re.findall(r'href="\?county=(\d+)"', client.get(PAGE, {"county": "130529"}).content.decode()) == ["140427", "140425"]
    assert "改约定" not in text_of(client.get(PAGE, {"county": "140425"}))


@pytest.mark.parametrize(("role", "status"), [("staff", 200), ("approver", 200), ("auditor", 200), ("trainer", 200), ("exporter", 403), ("host", 403)])  # fmt: skip
def test_the_quota_is_for_who_sees_the_plan(county, role, status):
    assert signed_in(make_user(role, county)).get(PAGE).status_code == status


def test_a_township_has_no_quota_of_its_own(county):
    township = make_user("staff", make_place("140425202", "虹梯关乡"))

    answer = signed_in(township).get(PAGE)

    assert (answer.status_code, "这里还没有领导直播" in text_of(answer)) == (200, True)


@pytest.mark.parametrize("times", [1, 3])
def test_the_page_costs_the_same_however_many_came(stage, county, staff, times, django_assert_num_queries):
    for n in range(times):
        stage.on_air(make_leader(county, f"县长{n}"), n + 1)
    client = signed_in(staff)
    client.get(PAGE)

    with django_assert_num_queries(12):
        client.get(PAGE)


def test_names_are_shown_as_text(stage, county, staff):
    stage.on_air(make_leader(county, "<b>甲</b>"), 12)
    PlanRules.objects.create(county=county, wanted_leaders=0)

    assert "&lt;b&gt;甲&lt;/b&gt;" in signed_in(staff).get(PAGE).content.decode()
