"""Sessions planned, tried, changed, moved and cancelled by programs: the same verbs as on the pages."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from livestream.models import AuditEntry, LiveSession, PlanRules, Resource
from livestream.models.plan_rules import default_levels
from livestream.rules.day import SHANGHAI
from tests.factories import make_place, make_product, make_user
from tests.sign_in import signed_in
from tests.tokens import token_text, with_token

pytestmark = pytest.mark.django_db
LIST = "/api/v1/sessions/"
STARTS = datetime.combine(timezone.localdate() + timedelta(days=3), time(19), SHANGHAI).astimezone(UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def client(staff):
    return with_token(token_text(staff, "write:plan", "read:sessions"))


@pytest.fixture
def studio(county):
    return Resource.objects.create(county=county, place=county, kind="studio", name="二号直播间")


@pytest.fixture
def body(county, host, studio):
    return {
        "kind": "village_host", "title": "党参专场", "host": host.pk, "place": county.pk,
        "planned_start_at": STARTS.isoformat(), "planned_end_at": (STARTS + 2 * HOUR).isoformat(), "resources": [studio.pk],
    }  # fmt: skip


def send(client, path, body, **headers):
    return client.post(path, body, content_type="application/json", headers=headers)


def another(county, body, **more):
    """The same hours and studio, another host."""
    return body | {"title": "木耳专场", "host": make_user("host", county).pk} | more


def test_a_session_is_planned_as_it_is_read(client, county, host, studio, body):
    product, helper = make_product(county, sku="DHP-250"), make_user("host", county)
    whole = body | {
        "goal_fen": 100_000, "note": "带样品", "is_public_interest": True,
        "rooms": [{"platform": "douyin", "room_id": "73001", "account": "a1"}],
        "segments": [
            {"title": "开场", "place": county.pk, "starts_at": STARTS.isoformat(), "ends_at": (STARTS + HOUR).isoformat()},
        ],
        "guests": [{"name": "赵工", "title": "农艺师", "rank": "other", "segment": 0}],
        "line_up": [{"sku": product.sku, "live_price_fen": 2990, "committed_stock": 40, "segment": 0}],
        "crew": [{"person": helper.pk, "duty": "controller"}],
    }  # fmt: skip

    answer = send(client, LIST, whole)

    assert answer.status_code == 201, answer.json()
    said = answer.json()["session"]
    assert answer.json()["warnings"] == []
    assert client.get(f"{LIST}{said['id']}/").json() == said
    assert {name: said[name] for name in ("state", "plan_version", "released_version", "county", "note", "goal_fen")} == {
        "state": "draft", "plan_version": 1, "released_version": None, "county": county.pk, "note": "带样品", "goal_fen": 100_000,
    }  # fmt: skip
    assert said["rooms"] == whole["rooms"]
    assert [segment["title"] for segment in said["segments"]] == ["开场"]
    assert said["guests"] == [{"name": "赵工", "title": "农艺师", "rank": "other", "leader": None, "segment": 0}]
    assert [(item["sku"], item["live_price_fen"], item["committed_stock"], item["segment"]) for item in said["line_up"]] == [
        ("DHP-250", 2990, 40, 0)
    ]
    assert [(member["person"]["id"], member["duty"]) for member in said["crew"]] == [(helper.pk, "controller")]
    assert said["resources"] == [{"id": studio.pk, "kind": "studio", "name": "二号直播间"}]


def test_who_has_it_is_told_with_what_is_free(client, county, body):
    first = send(client, LIST, body).json()["session"]
    third = Resource.objects.create(county=county, place=county, kind="studio", name="三号直播间")

    answer = send(client, LIST, another(county, body))

    said = answer.json()
    assert (answer.status_code, said["code"]) == (409, "clash")
    (clash,) = said["clashes"]
    assert (clash["kind"], clash["level"], clash["session"]) == ("studio", "block", first["id"])
    assert "党参专场" in clash["words"]
    assert datetime.fromisoformat(said["free"][0]) == STARTS + 2 * HOUR
    assert said["studios"] == [{"id": third.pk, "name": "三号直播间"}]
    assert LiveSession.objects.count() == 1


def test_a_clash_that_an_approver_may_allow_wants_a_reason(client, county, body):
    PlanRules.objects.create(county=county, levels=default_levels() | {"studio": "approve"})
    send(client, LIST, body)
    mine = another(county, body)
    refused = send(client, LIST, mine).json()
    excuses = [{"key": refused["clashes"][0]["key"], "reason": "两场用一间，错开机位"}]

    answer = send(client, LIST, mine | {"excuses": excuses})

    assert (refused["code"], answer.status_code) == ("clash", 201)
    assert [(clash["reason"], clash["is_allowed"]) for clash in answer.json()["warnings"]] == [("两场用一间，错开机位", False)]
    assert AuditEntry.objects.filter(deed="clash_excused").count() == 1


def test_trying_says_the_same_and_keeps_nothing(client, county, body):
    free = send(client, f"{LIST}check/", body).json()
    send(client, LIST, body)

    taken = send(client, f"{LIST}check/", another(county, body)).json()

    assert free == {"is_possible": True, "code": "", "detail": "", "clashes": [], "free": [], "studios": []}
    assert (taken["is_possible"], taken["code"], len(taken["clashes"]), bool(taken["free"])) == (False, "clash", 1, True)
    assert LiveSession.objects.count() == 1


def test_a_session_does_not_clash_with_itself_when_its_change_is_tried(client, body):
    pk = send(client, LIST, body).json()["session"]["id"]

    assert send(client, f"{LIST}check/", body | {"session": pk}).json()["is_possible"] is True


def test_a_plan_is_changed_moved_and_cancelled_one_version_after_another(client, body):
    pk = send(client, LIST, body).json()["session"]["id"]
    changed = send(client, f"{LIST}{pk}/plan/", body | {"title": "香菇专场", "plan_version": 1, "resources": []}).json()[
        "session"
    ]
    hours = {"starts_at": (STARTS + HOUR).isoformat(), "ends_at": (STARTS + 3 * HOUR).isoformat()}
    moved = send(client, f"{LIST}{pk}/move/", hours | {"plan_version": 2}).json()["session"]
    cancelled = send(client, f"{LIST}{pk}/cancel/", {"plan_version": 3, "reason": "停电"}).json()["session"]

    assert (changed["title"], changed["resources"], changed["plan_version"]) == ("香菇专场", [], 2)
    assert (datetime.fromisoformat(moved["planned_start_at"]), moved["plan_version"]) == (STARTS + HOUR, 3)
    assert (cancelled["state"], cancelled["plan_version"]) == ("cancelled", 4)


@pytest.mark.parametrize("act", ["plan", "move", "cancel"])
def test_whoever_saw_an_older_plan_gets_the_newest(client, body, act):
    pk = send(client, LIST, body).json()["session"]["id"]
    newest = send(client, f"{LIST}{pk}/plan/", body | {"title": "香菇专场", "plan_version": 1}).json()["session"]
    sent = {
        "plan": body,
        "move": {"starts_at": body["planned_start_at"], "ends_at": body["planned_end_at"]},
        "cancel": {"reason": "停电"},
    }[act]

    answer = send(client, f"{LIST}{pk}/{act}/", sent | {"plan_version": 1})

    assert (answer.status_code, answer.json()["code"], answer.json()["newest"]) == (409, "changed_meanwhile", newest)
    assert LiveSession.objects.get().title == "香菇专场"


def test_sent_again_under_its_key_it_is_planned_once(client, body):
    first, again = (send(client, LIST, body, **{"Idempotency-Key": "plan-1"}) for _ in range(2))

    assert (first.status_code, again.status_code, again.headers["Idempotency-Replayed"]) == (201, 201, "true")
    assert first.content == again.content
    assert LiveSession.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("host", "stranger"), ("host", 2**62), ("host", "1"), ("place", "130529"), ("place", "9"), ("place", 140425),
        ("resources", [2**62]), ("resources", "1"), ("campaign", 2**62), ("line_up", [{"sku": "NONE", "live_price_fen": 1}]),
        ("crew", [{"person": 2**62, "duty": "support"}]), ("crew", [{"person": 1, "duty": "host"}]), ("title", "\u200b"),
        ("title", 5), ("goal_fen", True), ("goal_fen", 1.0), ("is_public_interest", "true"), ("guests", [{"name": "赵工"}]),
        ("planned_start_at", "9999-12-31T15:00:00Z"), ("planned_start_at", "0001-01-01T00:00:00Z"), ("state", "live"),
        ("series", 1), ("county", "130529"), ("rooms", [{"platform": "douyin"}] * 51), ("excuses", {"x": "y"}),
    ],
)  # fmt: skip
def test_what_is_no_plan_is_told_by_its_field(client, stranger, body, field, value):
    answer = send(client, LIST, body | {field: stranger.pk if value == "stranger" else value})

    assert (answer.status_code, list(answer.json()["fields"])) == (400, [field])
    assert not LiveSession.objects.exists()


def test_verbs_refuse_with_their_own_codes(client, body):
    backwards = send(client, LIST, body | {"planned_end_at": body["planned_start_at"]})
    gone = datetime.now(UTC) - timedelta(days=40)
    over = send(client, LIST, body | {"planned_start_at": gone.isoformat(), "planned_end_at": (gone + HOUR).isoformat()})

    assert (backwards.status_code, backwards.json()["code"]) == (409, "session_backwards")
    assert (over.status_code, over.json()["code"]) == (409, "session_past")


def test_only_staff_plan_and_only_with_a_token_for_it(staff, host, county, body):
    reading = with_token(token_text(staff, "read:sessions"))
    trainer = make_user("trainer", county)
    refused = [send(reading, LIST, body), send(signed_in(host), LIST, body), send(signed_in(trainer), f"{LIST}check/", body)]

    assert [(answer.status_code) for answer in refused] == [403, 403, 403]
    assert refused[0].json()["code"] == "scope"


def test_who_sees_a_session_but_may_not_plan_it_and_who_does_not_see_it(county, other_county, client, body):
    pk = send(client, LIST, body).json()["session"]["id"]
    cancel = {"plan_version": 1, "reason": "停电"}
    city = signed_in(make_user("staff", make_place("1404", "长治市")))

    assert send(city, f"{LIST}{pk}/cancel/", cancel).status_code == 403
    assert send(signed_in(make_user("staff", other_county)), f"{LIST}{pk}/cancel/", cancel).status_code == 404


def test_a_village_is_given_no_link_to_a_session_that_it_does_not_see(county, client, studio, body):
    send(client, LIST, body)
    village = make_place("140425200201", "西沟村")
    Resource.objects.filter(pk=studio.pk).update(place=village)
    mine = another(county, body, place=village.pk, host=make_user("host", village).pk)

    answer = send(signed_in(make_user("staff", village)), LIST, mine).json()

    assert (answer["code"], [clash["session"] for clash in answer["clashes"]]) == ("clash", [None])
