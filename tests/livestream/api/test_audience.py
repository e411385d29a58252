"""The REST API of viewers, comments, wording, statements and what is to be done after a session."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from livestream.models import Comment, Statement, ViewerReading
from tests.factories import make_product, make_session, make_user
from tests.tokens import token_text, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(county, host, now):
    return make_session(
        county, host, went_live_at=now - timedelta(hours=2), line_up=[(make_product(county, sku="DHP"), 2990, 86)]
    )


@pytest.fixture
def ask(staff, session):
    client = with_token(token_text(staff, "read:sessions", "write:sessions", "read:orders"))

    def ask(path, body=None):
        address = f"/api/v1{path}/" if path.startswith("/") else f"/api/v1/sessions/{session.pk}/{path}/"
        return client.get(address) if body is None else client.post(address, body, content_type="application/json")

    return ask


def refused(answer):
    return answer.status_code, answer.json()["code"]


def test_readings_are_noted_once_and_told(ask, now):
    body = {"platform": "douyin", "at": (now - timedelta(minutes=5)).isoformat(), "online_now": 312, "tap": str(uuid.uuid4())}
    noted = [ask("readings", body) for _ in range(2)]

    assert [answer.status_code for answer in noted] == [201, 201]
    (row,) = ask("readings").json()["results"]
    assert (row["online_now"], row["view_uv"], row["source"]) == (312, None, "api")
    assert refused(ask("readings", {"platform": "douyin"})) == (409, "nothing_counted")
    assert refused(ask("readings", {"platform": "douyin", "view_uv": 5, "view_pv": 3})) == (409, "counts_contradict")
    assert ViewerReading.objects.count() == 1


def test_comments_are_kept_without_people_answered_and_not_hidden_to_mislead(ask):
    asked = ask("comments", {"words": "我电话 13800000000 什么时候发货", "kind": "question", "sku": "DHP"}).json()
    spam = ask("comments", {"words": "加微信领红包", "kind": "spam"}).json()

    assert ("13800000000" in asked["words"], asked["sku"]) == (False, "DHP")
    assert refused(ask(f"/comments/{asked['id']}/hide", {"reason": "不想看"})) == (409, "never_hidden")
    assert ask(f"/comments/{asked['id']}/answer", {"answer": "明天"}).json()["state"] == "answered"
    assert ask(f"/comments/{spam['id']}/hide", {"reason": "刷屏"}).json()["state"] == "hidden"
    assert refused(ask("comments", {"words": "x", "kind": "spam", "sku": "TFM"})) == (409, "not_in_line_up")
    assert Comment.objects.count() == 2


def test_words_are_judged_by_the_class_of_goods(ask):
    (found,) = ask("wording", {"text": "这是全国最好的苹果", "product_class": "primary"}).json()["findings"]

    assert (found["term"] in "全国最好", found["is_law"], bool(found["law"])) == (True, True, True)
    assert ask("wording", {"text": "苹果脆甜"}).json() == {"findings": []}


def test_what_is_to_be_done_and_what_was_earned(ask, county, session, now):
    owner, due = make_user("staff", county, name="王二"), timezone.localdate() + timedelta(days=7)
    body = {"what": "把花椒的链接测一遍", "owner": owner.pk, "due_on": due.isoformat()}
    early = ask("actions", body)
    ask("control", {"kind": "ended"})
    made = ask("actions", body)
    done = ask(f"/actions/{made.json()['id']}/done", {"outcome": "测过了"})
    Statement.objects.create(session=session, mark="t0", due_at=now, made_at=now, figures={"paid_fen": 5}, causes=[])

    assert (refused(early), made.status_code, made.json()["owner"]["name"]) == ((409, "review_not_over"), 201, "王二")
    assert (done.json()["outcome"], len(ask("actions").json()["results"])) == ("测过了", 1)
    assert ask("actions", body | {"owner": 999}).json()["fields"].keys() == {"owner"}
    (told,) = ask("statements").json()["results"]
    assert (told["mark"], told["figures"], told["causes"]) == ("t0", {"paid_fen": 5}, [])


def test_who_may_what(client, session, host, trainer, stranger):
    address, made = f"/api/v1/sessions/{session.pk}", {}
    comment = Comment.objects.create(session=session, kind="spam", words="x", said_at=session.went_live_at, noted_by=host)
    for name, person in {"host": host, "trainer": trainer, "stranger": stranger}.items():
        client.force_login(person)
        reads = [client.get(f"{address}/{path}/").status_code for path in ("readings", "comments", "statements", "actions")]
        hide = client.post(f"/api/v1/comments/{comment.pk}/hide/", {"reason": "x"}, content_type="application/json")
        made[name] = (*reads, hide.status_code)

    assert made == {
        "host": (200, 403, 200, 200, 403),
        "trainer": (200, 200, 404, 200, 403),
        "stranger": (404, 404, 404, 404, 404),
    }
