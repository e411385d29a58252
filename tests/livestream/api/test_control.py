"""The REST API of the control desk: one door for all that is pressed, prices by two persons, the stage."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from livestream.models import ControlEvent, LiveSession
from livestream.rules.control import ControlKind
from tests.factories import make_session, make_user
from tests.goods import make_goods
from tests.tokens import token_text, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(county, host, now):
    goods = [make_goods(county, sku="DHP", title="花椒"), make_goods(county, sku="HXM", title="小米")]
    return make_session(
        county, host, room="R1", went_live_at=now - timedelta(hours=1), line_up=[(one, 2990, 86) for one in goods]
    )


@pytest.fixture
def ask(staff, session):
    return asking(staff, session)


def asking(person, session):
    client = with_token(token_text(person, "read:sessions", "write:sessions"))

    def ask(path="control", body=None, **headers):
        path, mark, query = path.partition("?")
        address = f"/api/v1/sessions/{session.pk}/{path}/{mark}{query}"
        if body is None:
            return client.get(address, headers=headers)
        return client.post(address, body, content_type="application/json", headers=headers)

    return ask


def press(ask, kind, **body):
    answer = ask(body={"kind": kind, **body})
    assert answer.status_code == 201, answer.json()
    return answer.json()


def refused(answer):
    return answer.status_code, answer.json()["code"]


def test_every_kind_of_event_is_pressed_and_told(ask, session):
    lists = [
        ("listed", {}),
        ("sold_out", {}),
        ("unlisted", {}),
        ("pulled", {"words": "质量有问题"}),
        ("released", {"words": "查过了"}),
    ]
    for kind, more in lists:
        press(ask, kind, sku="DHP", **more)
    press(ask, "stock", sku="DHP", number=80)
    press(ask, "coupon", number=100, words="满 30 减 3", sku="DHP")
    press(ask, "reward", number=5, words="点赞过万")
    press(ask, "pinned", words="今晚包邮")
    prompt, help_asked = press(ask, "prompt", words="讲慢一点"), press(ask, "help", words="没声音")
    press(ask, "seen", about=prompt["id"])
    press(ask, "helped", about=help_asked["id"])
    press(ask, "pitch_end")
    press(ask, "lost", platform="douyin", words="断网")
    press(ask, "reopened", platform="douyin", room_id="R2")
    proposal = press(ask, "price_asked", sku="HXM", price_fen=2790, words="同行降了")
    press(ask, "price_no", about=proposal["id"])
    press(ask, "ended")
    rows = ask().json()["results"]

    assert {row["kind"] for row in rows} == set(ControlKind) - {ControlKind.PRICE_CHANGED}
    assert {row["device"] for row in rows if row["tap"] not in {"0-start", "ended"}} == {"api", "system"}
    stock = next(row for row in rows if row["kind"] == "stock")
    assert (stock["old_stock"], stock["new_stock"], stock["old_price_fen"]) == (86, 80, None)
    assert LiveSession.objects.get().state == "ended"
    assert press(ask, "ended")["id"] == rows[-1]["id"]


def test_the_same_tap_and_the_same_key_count_once(ask):
    tap = str(uuid.uuid4())
    events = [press(ask, "listed", sku="DHP", tap=tap) for _ in range(2)]
    keyed = [ask(body={"kind": "help"}, idempotency_key="help-1") for _ in range(2)]

    assert events[0] == events[1]
    assert [answer.json()["id"] for answer in keyed] == [keyed[0].json()["id"]] * 2
    assert keyed[1].headers["Idempotency-Replayed"] == "true"
    assert ControlEvent.objects.filter(device="api").count() == 2


def test_a_tap_is_placed_at_its_own_moment_whatever_the_clock_says(ask, now):
    late = press(ask, "sold_out", sku="DHP", at=(now - timedelta(minutes=9)).isoformat())
    wrong = press(
        ask, "help", at=(now - timedelta(hours=24, minutes=5)).isoformat(), sent_at=(now - timedelta(hours=24)).isoformat()
    )

    happened = dict(ControlEvent.objects.values_list("pk", "happened_at"))
    assert abs(happened[late["id"]] - (now - timedelta(minutes=9))) < timedelta(seconds=1)
    assert abs(happened[wrong["id"]] - (now - timedelta(minutes=5))) < timedelta(minutes=1)


def test_a_price_holds_when_the_owner_of_another_token_agrees(ask, county, session):
    proposal = press(ask, "price_asked", sku="DHP", price_fen=2790, words="同行降了")
    other = asking(make_user("staff", county, name="王二"), session)
    own = ask(body={"kind": "price", "about": proposal["id"]})
    stage = ask("stage").json()
    changed = press(other, "price", about=proposal["id"])

    assert refused(own) == (409, "price_own")
    assert (stage["items"][0]["proposal"]["id"], stage["items"][0]["price"]["live_price_fen"]) == (proposal["id"], 2990)
    assert (changed["old_price_fen"], changed["new_price_fen"], changed["by"]["name"]) == (2990, 2790, "王二")
    assert changed["proposed_by"]["id"] == proposal["by"]["id"]
    assert ask("stage").json()["items"][0]["price"]["live_price_fen"] == 2790
    assert refused(other(body={"kind": "price", "about": proposal["id"]})) == (409, "price_answered")


def test_two_tokens_of_one_person_are_one_person(staff, county, session):
    ask, again = asking(staff, session), asking(staff, session)
    proposal = press(ask, "price_asked", sku="DHP", price_fen=2790, words="同行降了")

    assert refused(again(body={"kind": "price", "about": proposal["id"]})) == (409, "price_own")
    assert refused(asking(staff, session)(body={"kind": "price", "about": proposal["id"]}, idempotency_key="k")) == (
        409,
        "price_own",
    )
    assert ask("stage").json()["items"][0]["price"]["live_price_fen"] == 2990
    assert press(again, "price_no", about=proposal["id"])["by"]["id"] == staff.pk, "he may take it back"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"kind": "listed"}, "control_product_missing"),
        ({"kind": "listed", "sku": "TFM"}, "not_in_line_up"),
        ({"kind": "seen", "about": 999}, "control_about_missing"),
        ({"kind": "price"}, "control_about_missing"),
        ({"kind": "price_asked", "sku": "DHP", "words": "x"}, "control_price_missing"),
        ({"kind": "stock", "sku": "DHP"}, "control_number_missing"),
        ({"kind": "prompt"}, "control_words_missing"),
        ({"kind": "pulled", "sku": "DHP"}, "control_reason_missing"),
        ({"kind": "reopened", "platform": "douyin"}, "room_missing"),
    ],
)
def test_what_a_kind_lacks_is_said(ask, body, code):
    before = ControlEvent.objects.count()

    assert refused(ask(body=body)) == (409, code)
    assert ControlEvent.objects.count() == before


def test_what_is_wrong_is_said_by_field(ask):
    answer = ask(body={"kind": "x", "tap": "ended", "price_fen": -3, "number": 1.5, "words": "字" * 301, "by": 1})

    assert (answer.status_code, sorted(answer.json()["fields"])) == (400, ["by"])
    answer = ask(body={"kind": "x", "tap": "ended", "price_fen": -3, "number": 1.5, "words": "字" * 301})
    assert sorted(answer.json()["fields"]) == ["kind", "number", "price_fen", "tap", "words"]


def test_the_log_is_read_on_from_an_event(ask):
    ids = [press(ask, "help")["id"] for _ in range(3)]

    assert [row["id"] for row in ask(f"control?after={ids[0]}").json()["results"]] == ids[1:]
    first = ask("control?page_size=4").json()
    assert [row["id"] for row in ask(f"control?page_size=4&cursor={first['next_cursor']}").json()["results"]] == ids[1:]


def test_the_stage_says_what_stands_and_is_not_sent_twice(ask):
    press(ask, "sold_out", sku="DHP")
    prompt = press(ask, "prompt", words="讲慢一点")
    first = ask("stage")
    again = ask("stage", if_none_match=first.headers["ETag"])
    press(ask, "seen", about=prompt["id"])

    said = first.json()
    assert [(item["sku"], item["state"], item["missing"]) for item in said["items"]] == [
        ("DHP", "sold_out", []),
        ("HXM", "listed", []),
    ]
    assert ([row["words"] for row in said["prompts"]], said["state"], again.status_code) == (["讲慢一点"], "live", 304)
    assert ask("stage", if_none_match=first.headers["ETag"]).json()["prompts"] == []


def test_who_may_press_what(county, session, host, staff, trainer, stranger, client):
    made = {}
    for name, person in {"host": host, "staff": staff, "trainer": trainer, "stranger": stranger}.items():
        client.force_login(person)
        address = f"/api/v1/sessions/{session.pk}/control/"
        presses = [{"kind": "help"}, {"kind": "prompt", "words": "慢"}]
        posts = [client.post(address, body, content_type="application/json").status_code for body in presses]
        made[name] = (client.get(address).status_code, *posts)

    assert made == {"host": (200, 201, 403), "staff": (200, 201, 201), "trainer": (200, 403, 403), "stranger": (404, 404, 404)}
