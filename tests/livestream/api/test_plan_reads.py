"""What the plan is made of, as programs read it; and releases, looked at before they are made."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from livestream.models import Availability, PlanRules, Release, Resource, Series
from livestream.models.plan_rules import default_levels
from tests.campaigns import make_campaign, make_reward, make_task
from tests.factories import make_leader, make_place, make_session, make_user
from tests.sign_in import signed_in
from tests.tokens import token_text, with_token

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(staff, now):
    return with_token(token_text(staff, "read:sessions", "write:plan"))


@pytest.fixture
def studio(county):
    return Resource.objects.create(county=county, place=county, kind="studio", name="二号直播间", setup_minutes=30)


@pytest.fixture
def coming(county, host, studio, now):
    session = make_session(county, host, title="党参专场", planned_start_at=NOW + timedelta(days=2))
    session.bookings.create(resource=studio)
    return session


def rows(client, path, **query):
    answer = client.get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.json()
    return answer.json()["results"]


def test_resources_and_what_they_are_booked_for(client, studio, coming):
    (found,) = rows(client, "resources/", kind="studio")
    assert (found["id"], found["name"], found["setup_minutes"]) == (studio.pk, "二号直播间", 30)
    assert client.get(f"/api/v1/resources/{studio.pk}/").json() == found

    (booking,) = rows(client, f"resources/{studio.pk}/bookings/")
    assert booking["session"] == str(coming.pk)
    assert datetime.fromisoformat(booking["begins_at"]) == coming.planned_start_at - timedelta(minutes=30)
    assert rows(client, f"resources/{studio.pk}/bookings/", from_on="2026-12-01", until_on="2026-12-31") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [({"from_on": "2026-12-31", "until_on": "2026-12-01"}, "until_on"), ({"until_on": "2027-12-01"}, "until_on"), ({"from_on": "0001-01-01"}, "from_on")],
)  # fmt: skip
@pytest.mark.parametrize("path", ["clashes/", "holidays/"])
def test_days_are_asked_for_in_order_and_not_too_many(client, path, query, field):
    answer = client.get(f"/api/v1/{path}", query)

    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])


def test_when_people_are_away_is_told_without_why(client, host):
    Availability.objects.create(
        person=host, from_on="2026-12-01", until_on="2026-12-03", reason="住院", entered_by=host
    )  # fmt: skip

    (found,) = rows(client, "availability/", person=host.pk)

    assert (found["person"], found["from_on"], found["until_on"]) == (host.pk, "2026-12-01", "2026-12-03")
    assert "住院" not in str(found)


def test_series_campaigns_and_leaders(client, county, host, staff):
    Series.objects.create(
        county=county, place=county, title="周五党参", kind="village_host", host=host, from_time="19:00", minutes=120,
        weekdays=[5], from_on="2026-11-01", until_on="2026-12-31", made_by=staff,
    )  # fmt: skip
    campaign = make_campaign(county)
    make_task(campaign)
    make_reward(campaign)
    leader = make_leader(county)

    assert [(row["title"], row["weekdays"]) for row in rows(client, "series/")] == [("周五党参", [5])]
    assert [row["id"] for row in rows(client, "campaigns/")] == [campaign.pk]
    whole = client.get(f"/api/v1/campaigns/{campaign.pk}/").json()
    assert (len(whole["promotion_tasks"]), len(whole["rewards"])) == (1, 1)
    assert [row["name"] for row in rows(client, "leaders/")] == [leader.name]


def test_quota_counts_people_of_the_agreement_year(client, county, host):
    live = make_session(
        county, host, went_live_at=NOW - timedelta(days=30), ended_at=NOW - timedelta(days=30) + timedelta(hours=1)
    )
    for name in ("武县长", "李县长"):
        live.guests.create(name=name, title="县长", rank="top")

    (now_,), (before,) = rows(client, "quota/"), rows(client, "quota/", year=2025)

    assert (now_["count"], now_["wanted"], now_["began_on"]) == (2, 12, "2026-01-01")
    assert now_["uncovered_months"] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 11]
    assert (before["count"], before["uncovered_months"]) == (0, list(range(1, 13)))


def test_holidays(client):
    found = {row["on"]: row["kind"] for row in rows(client, "holidays/", from_on="2026-09-25", until_on="2026-10-11")}

    assert found["2026-10-01"] == "off"
    assert "worked" in found.values()


def test_clashes_of_the_coming_weeks(client, county, coming, studio):
    PlanRules.objects.create(county=county, levels=default_levels() | {"studio": "warn"})
    other = make_session(county, make_user("host", county), title="木耳专场", planned_start_at=coming.planned_start_at)
    other.bookings.create(resource=studio)

    answer = client.get("/api/v1/clashes/").json()

    assert answer["number"] == 1
    (found,) = answer["results"]
    assert (found["kind"], found["level"], found["holds_release"]) == ("studio", "warn", False)
    assert {found["mine"], found["session"]} == {str(coming.pk), str(other.pk)}


def test_who_sees_several_counties_names_one(county):
    city = signed_in(make_user("staff", make_place("1404", "长治市")))

    assert list(city.get("/api/v1/clashes/").json()["fields"]) == ["county"]
    assert city.get("/api/v1/clashes/", {"county": county.pk}).json() == {"number": 0, "results": []}


def test_a_release_is_looked_at_and_then_made(client, county, host, coming):
    days = {"place": county.pk, "from_on": "2026-11-22", "until_on": "2026-11-30"}

    def send(**more):
        return client.post("/api/v1/releases/", days | more, content_type="application/json")

    seen = send(dry_run=True)
    unseen, stale = send(), send(digest="x")
    made = send(digest=seen.json()["digest"], note="第一版")
    again = send(digest=seen.json()["digest"])

    assert (seen.status_code, [row["change"] for row in seen.json()["entries"]], seen.json()["people"]) == (200, ["new"], 1)
    assert (unseen.status_code, list(unseen.json()["fields"])) == (400, ["digest"])
    assert (stale.status_code, stale.json()["code"]) == (409, "plan_changed")
    assert (made.status_code, made.json()["number"], made.json()["note"]) == (201, 1, "第一版")
    assert again.status_code == 409
    (release,) = rows(client, "releases/")
    (change,) = client.get(f"/api/v1/releases/{release['id']}/").json()["changes"]
    assert (change["session"], change["before"], change["after"]["title"]) == (str(coming.pk), None, "党参专场")
    assert [change[name] for name in ("asked", "coming", "not_coming", "silent")] == [1, 0, 0, 1]


def test_only_who_plans_releases(county, host, coming):
    body = {"place": county.pk, "from_on": "2026-11-22", "until_on": "2026-11-30", "dry_run": True}
    reader = signed_in(make_user("trainer", county))

    assert reader.post("/api/v1/releases/", body, content_type="application/json").status_code == 403
    assert not Release.objects.exists()


def test_nothing_of_another_county(other_county, studio, coming, client):
    stranger = signed_in(make_user("staff", other_county))

    assert stranger.get(f"/api/v1/resources/{studio.pk}/").status_code == 404
    assert [
        rows(stranger, path) for path in ("resources/", "availability/", "series/", "campaigns/", "leaders/", "releases/")
    ] == [[]] * 6
    assert stranger.get("/api/v1/clashes/", {"county": "140425"}).json() == {"number": 0, "results": []}
    assert date.fromisoformat(rows(stranger, "quota/")[0]["began_on"]).year == 2026


def test_days_away_are_said_and_the_sessions_in_them_told(client, host, coming):
    def send(**more):
        days = {"from_on": "2026-11-24", "until_on": "2026-11-24", "reason": "住院"}
        return client.post("/api/v1/availability/", days | more, content_type="application/json")

    said, backwards, nobody = send(person=host.pk), send(person=host.pk, until_on="2026-11-23"), send()

    assert (said.status_code, [row["id"] for row in said.json()["sessions"]]) == (201, [str(coming.pk)])
    assert (backwards.status_code, backwards.json()["code"]) == (409, "away_backwards")
    assert (nobody.status_code, list(nobody.json()["fields"])) == (400, ["person"])
    assert Availability.objects.get().person == host
