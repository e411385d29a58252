from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from livestream.actions.confirmation import answer
from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope
from livestream.models import Confirmation, LiveSession, Release
from livestream.rules.day import shanghai_day
from tests.factories import make_place, make_session, make_user
from tests.sign_in import signed_in


@pytest.fixture
def evening(now):
    """20:00 in Shanghai in three days."""
    return now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
def week(county, evening):
    return Scope(county, shanghai_day(evening) - timedelta(days=3), shanghai_day(evening) + timedelta(days=3))


@pytest.fixture
def planned(county, host, evening):
    return make_session(county, host, planned_start_at=evening, title="花椒专场")


def data_of(page):
    """What the form of the page would send."""
    context = page.context
    form, found = context["form"], context["found"]
    return {
        "place": form["place"].value(), "from": form["from"].value(), "until": form["until"].value(), "seen": found.digest,
        "note": "第一版", "restores": "",
    }  # fmt: skip


def test_the_page_shows_the_difference_and_the_button_releases_it(planned, staff):
    client = signed_in(staff)

    page = client.get("/plan/release/")
    made = client.post("/plan/release/", data_of(page), follow=True)

    assert "花椒专场" in page.content.decode()
    assert [(one.number, one.note) for one in Release.objects.all()] == [(1, "第一版")]
    assert "第 1 版发布了，通知了 1 人。" in made.content.decode()
    assert "这几天没有要发布的改动" in client.get("/plan/release/").content.decode()


def test_what_changed_meanwhile_is_shown_before_it_is_told(planned, staff):
    client = signed_in(staff)
    data = data_of(client.get("/plan/release/"))
    LiveSession.objects.filter(pk=planned.pk).update(title="核桃专场", plan_version=2)

    again = client.post("/plan/release/", data)

    assert again.status_code == 409
    assert "刚才有人又改了，请再看一遍" in again.content.decode()
    assert "核桃专场" in again.content.decode()
    assert not Release.objects.exists()
    assert client.post("/plan/release/", data_of(again)).status_code == 302


def test_a_change_is_shown_old_and_new(planned, staff, week, now):
    release_plan(week, by=staff, at=now)
    LiveSession.objects.filter(pk=planned.pk).update(title="核桃专场", plan_version=2)

    page = signed_in(staff).get("/plan/release/").content.decode()

    assert "<del>花椒专场</del>" in page
    assert "<ins>核桃专场</ins>" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("from=2026-12-01&until=2026-11-01", "结束的日期在开始的前面"),
        ("from=2026-01-01&until=2026-12-31", "一次最多发布三个月"),
        ("from=x&until=2026-12-01", "请按 2026-01-31 这样填日期"),
        ("from=2026-12-01&until=2026-12-02&place=999999", "请从列表里选一个您管的地方"),
        ("from=2026-12-01&until=2026-12-02&session=x", ""),
        ("from=%00&until=9999-99-99&place=%E2%80%AE", "请按 2026-01-31 这样填日期"),
    ],
)
def test_bad_days_are_said(staff, query, sentence):
    page = signed_in(staff).get(f"/plan/release/?{query}")

    assert page.status_code == 422
    assert sentence in page.content.decode()


@pytest.mark.parametrize("data", [{}, {"seen": "x" * 100}, {"note": "长" * 300}, {"restores": "x"}])
def test_a_form_that_is_none_releases_nothing(planned, staff, data):
    client = signed_in(staff)
    whole = data_of(client.get("/plan/release/")) if data else {}

    assert client.post("/plan/release/", {**whole, **data}).status_code == 422
    assert not Release.objects.exists()


def test_a_village_releases_its_own_alone(planned, county, evening):
    village = make_place("140425103205", "东寺头村")
    clerk = make_user("staff", village)
    its = make_session(county, make_user("host", village), planned_start_at=evening, title="村里的", room="R2", account="A2")
    LiveSession.objects.filter(pk=its.pk).update(place=village)
    client = signed_in(clerk)

    page = client.get("/plan/release/")
    client.post("/plan/release/", data_of(page))

    assert "花椒专场" not in page.content.decode()
    assert [(one.place, one.county_id) for one in Release.objects.all()] == [(village, county.pk)]
    assert LiveSession.objects.get(pk=planned.pk).released_version is None
    assert client.post("/plan/release/", {**data_of(page), "place": county.pk}).status_code == 422


def test_the_history_shows_who_answered(planned, host, staff, week, now):
    made = release_plan(week, by=staff, at=now, note_text="第一版")
    answer(Confirmation.objects.get(), can_come=False, words="赶集", at=now)
    other = make_user("host", host.place, name="赵强")
    client = signed_in(staff)

    every = client.get("/plan/releases/").content.decode()
    page = client.get(f"/plan/releases/{made.pk}/").content.decode()

    assert "第 1 版" in every
    assert "1/1" in every
    assert "赶集" in page
    assert other.name in page


def test_another_county_sees_nothing_of_it(planned, staff, stranger, trainer, host, week, now):
    made = release_plan(week, by=staff, at=now)

    assert signed_in(stranger).get(f"/plan/releases/{made.pk}/").status_code == 404
    assert list(signed_in(stranger).get("/plan/releases/").context["page"]) == []
    assert signed_in(trainer).get(f"/plan/releases/{made.pk}/").status_code == 200
    assert signed_in(trainer).get("/plan/release/").status_code == 403
    assert signed_in(host).get("/plan/releases/").status_code == 403


def test_the_way_back_is_shown_gone_and_told_by_the_next_release(planned, staff, stranger, week, now):
    made = release_plan(week, by=staff, at=now)
    LiveSession.objects.filter(pk=planned.pk).update(title="核桃专场", plan_version=2)
    client, address = signed_in(staff), f"/plan/releases/{made.pk}/restore/"

    page = client.get(address).content.decode()
    after = client.post(address, follow=True)

    assert "<ins>花椒专场</ins>" in page
    assert LiveSession.objects.get(pk=planned.pk).title == "花椒专场"
    assert "草稿退回到第 1 版了，动了 1 场。" in after.content.decode()
    assert (
        f'name="restores" value="{made.pk}"' not in after.content.decode()
    )  # nobody was told of the other title: nothing to tell
    assert "没有能退回去的场次" in client.post(address, follow=True).content.decode()
    assert signed_in(stranger).post(address).status_code == 404


def test_queries_of_the_page_are_constant(county, staff, evening):
    client, asked = signed_in(staff), []
    client.get("/plan/release/")
    for number in range(4):
        make_session(county, None, planned_start_at=evening, room=f"R{number}", account=f"A{number}")
        with CaptureQueriesContext(connection) as queries:
            client.get("/plan/release/")
        asked.append(len(queries))

    assert len(set(asked)) == 1
