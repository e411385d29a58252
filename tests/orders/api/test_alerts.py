"""Alarms by REST: what is so, taking note of it, and who may."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from orders.actions.alert import acknowledge
from orders.models import Alert
from tests.factories import make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def make_alert(county, now, kind="oversold", **more):
    defaults = {"scope": f"county:{county.pk}", "episode": str(Alert.objects.count()), "raised_at": now}
    detail = {"title": "潞党参", "number": 3, "units": 53, "stock": 50}
    return Alert.objects.create(county=county, kind=kind, subject="LDS-500", detail=detail, **(defaults | more))


def kinds(answer):
    assert answer.status_code == 200
    return [alert["kind"] for alert in answer.json()]


def test_an_alarm_says_everything(desk, county, staff, now):
    alert = make_alert(county, now)
    acknowledge(alert, by=staff, at=now)
    stamp = now.isoformat().replace("+00:00", "Z")

    (said,) = desk.get("/api/v1/alerts/").json()

    assert {**said, "raised_at": None, "acknowledged_at": None} == {
        "id": alert.pk, "county": "140425", "scope": "county:140425", "kind": "oversold", "is_urgent": True, "subject": "LDS-500",
        "episode": "0", "title": "潞党参", "sentence": "卖出 53 件，承诺库存只有 50 件，多卖了 3 件。",
        "detail": {"title": "潞党参", "number": 3, "units": 53, "stock": 50},
        "raised_at": None, "cleared_at": None, "acknowledged_at": None, "acknowledged_by": staff.name,
    }  # fmt: skip
    assert desk.get("/api/v1/alerts/").json()[0]["raised_at"][:19] in {
        stamp[:19], (now + timedelta(hours=8)).isoformat()[:19],
    }  # fmt: skip


def test_the_list_is_by_state_and_kind_the_worst_first(desk, county, other_county, staff, now):
    make_alert(county, now, "no_orders")
    make_alert(county, now, "broken")
    acknowledge(make_alert(county, now, "oversold"), by=staff, at=now)
    make_alert(county, now, "feed_silent", cleared_at=now)
    make_alert(county, now, "refund_spike", cleared_at=now - timedelta(days=8))
    make_alert(other_county, now)

    assert kinds(desk.get("/api/v1/alerts/")) == ["broken", "oversold", "no_orders"]
    assert kinds(desk.get("/api/v1/alerts/?state=unread")) == ["broken", "no_orders"]
    assert kinds(desk.get("/api/v1/alerts/?state=cleared")) == ["feed_silent"]
    assert kinds(desk.get("/api/v1/alerts/?kind=oversold")) == ["oversold"]
    assert desk.get("/api/v1/alerts/?state=nonsense").status_code == 400
    assert desk.get("/api/v1/alerts/?kind=nonsense").status_code == 400


def test_taking_note_is_once_and_of_one_person(desk, county, staff, now):
    mine, theirs = make_alert(county, now), make_alert(county, now)
    acknowledge(theirs, by=make_user("staff", county, name="王芳"), at=now)

    assert [desk.post(f"/api/v1/alerts/{mine.pk}/acknowledge/").json()["acknowledged_by"] for _ in range(2)] == [staff.name] * 2
    refused = desk.post(f"/api/v1/alerts/{theirs.pk}/acknowledge/")

    assert (refused.status_code, refused.json()) == (409, {
        "code": "settled", "detail": "王芳已经处理过这一条：知道了。", "fields": {}, "request_id": refused.headers["X-Request-ID"],
    })  # fmt: skip


@pytest.mark.parametrize(("role", "status"), [("host", 403), ("trainer", 403), ("staff", 200), ("admin", 200)])
def test_alarms_are_the_staffs(county, role, status, now):
    alert = make_alert(county, now)
    client = signed_in(make_user(role, county))

    assert client.get("/api/v1/alerts/").status_code == status
    assert client.post(f"/api/v1/alerts/{alert.pk}/acknowledge/").status_code == status


def test_another_countys_alarm_is_not_there(client, stranger, county, now):
    alert = make_alert(county, now)
    client.force_login(stranger)

    assert kinds(client.get("/api/v1/alerts/")) == []
    assert client.post(f"/api/v1/alerts/{alert.pk}/acknowledge/").status_code == 404
    assert Alert.objects.unread().count() == 1


def test_nobody_is_unknown_and_a_strange_page_cannot_take_note(county, staff, now):
    alert = make_alert(county, now)
    browser = Client(enforce_csrf_checks=True)
    assert browser.get("/api/v1/alerts/").status_code == 401
    browser.force_login(staff)

    assert browser.post(f"/api/v1/alerts/{alert.pk}/acknowledge/").status_code == 403
    assert Alert.objects.unread().count() == 1
