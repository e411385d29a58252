"""The figures of a campaign: exactly what the ledger says, split and compared, for those who may see them."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Sum

from livestream.models import LiveSession
from orders.actions.intake import receive
from orders.models import LedgerEntry
from orders.models.ledger import Cause
from tests.campaigns import make_campaign
from tests.factories import make_arrival, make_order_body, make_session, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
YEAR = timedelta(days=364)
TODAY = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(TODAY, tick=False)


def sell(shop, at, fen, *, room=None, refund=0, no=""):
    refunds = ((f"R{at:%y%m%d}{no}", 1, refund),) if refund else ()
    body = make_order_body(f"T{at:%y%m%d%H}{no}{room}", at=at, room=room, lines=((1, "LDS", 1, fen),), refunds=refunds)
    receive([make_arrival(shop, body, now=at)], cause=Cause.PUSH, at=at)


@pytest.fixture
def festival(county, staff, host, shop):
    """Three days: a session on each of the first two, of this year and of the last; and what the shelf sold."""
    last = make_campaign(county, staff, from_on=date(2025, 11, 21), until_on=date(2025, 11, 27), reported_fen=990_000_00, reported_source="商务局")  # fmt: skip
    this = make_campaign(county, staff, follows=last, goal_fen=500_00)
    first = datetime(2026, 11, 20, 2, tzinfo=UTC)
    for campaign, begins, fen in ((last, first - YEAR, 100_00), (this, first, 150_00)):
        for day in range(2):
            began = begins + timedelta(days=day)
            room = f"R{began:%y%m%d}"
            session = make_session(county, host, room=room, account="", went_live_at=began, ended_at=began + timedelta(hours=1))
            LiveSession.objects.filter(pk=session.pk).update(campaign=campaign)
            sell(shop, began + timedelta(minutes=9), fen, room=room, refund=10_00 if day else 0)
            sell(shop, began + timedelta(hours=3), 7_00)
    sell(shop, TODAY, 1000_00)
    return this


def text_of(answer):
    plain = html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\u2009", "")
    return re.sub(r"\s+", " ", plain).strip()


def ledger(**conditions):
    sums = LedgerEntry.objects.filter(**conditions).aggregate(paid=Sum("paid_fen"), refunded=Sum("refunded_fen"))
    return sums["paid"] - sums["refunded"]


def test_figures_are_the_ledgers_and_compare_the_days_that_are_over(festival, staff):
    answer = signed_in(staff).get(f"/campaigns/{festival.pk}/figures/?since=")
    context = answer.context

    compared, window = context["compared"], ("2026-11-20", "2026-11-26")
    assert compared.so_far.live.net_fen == ledger(session__campaign=festival) == 290_00
    assert compared.so_far.county.net_fen == ledger(county=festival.county, business_day__range=window) == 1304_00
    assert context["live_net"] == (290_00, 190_00)
    assert context["county_net"] == (304_00, 204_00)
    assert (str(context["live_net"].percent), compared.days, context["reached"]) == ("52.6", 2, 58)
    said = text_of(answer)
    assert "▲ 52.6%" in said
    assert "目标 ¥500 的 58%" in said
    assert "上报 — ¥990,000.00 商务局" in said
    assert "对账后 — — 还没有和平台的账单对过。" in said


def test_what_did_not_change_is_not_sent_again(festival, staff):
    client = signed_in(staff)
    since = re.search(r'data-since="([^"]+)"', client.get(f"/campaigns/{festival.pk}/figures/?since=").content.decode())[1]
    assert client.get(f"/campaigns/{festival.pk}/figures/", {"since": since}).status_code == 204


def test_without_a_script_they_are_a_page(festival, staff):
    answer = signed_in(staff).get(f"/campaigns/{festival.pk}/figures/")
    assert "<title>潞党参节 · 数字" in answer.content.decode()


def test_sold_outside_the_days_is_said_and_not_added(festival, staff, shop):
    session = LiveSession.objects.filter(campaign=festival).first()
    began = datetime(2026, 11, 18, 2, tzinfo=UTC)
    early = make_session(session.county, session.host, room="EARLY", account="", went_live_at=began, ended_at=began + timedelta(hours=1))  # fmt: skip
    LiveSession.objects.filter(pk=early.pk).update(campaign=festival)
    sell(shop, began + timedelta(minutes=5), 33_00, room="EARLY")

    answer = signed_in(staff).get(f"/campaigns/{festival.pk}/figures/?since=")

    assert (answer.context["outside"], answer.context["compared"].so_far.live.net_fen) == (33_00, 290_00)
    assert "活动场次还有 ¥33.00 是在活动日期以外支付的" in text_of(answer)


@pytest.mark.parametrize(("role", "status"), [("auditor", 200), ("trainer", 403), ("host", 403)])
def test_figures_are_for_those_who_see_orders(festival, county, role, status):
    assert signed_in(make_user(role, county)).get(f"/campaigns/{festival.pk}/figures/").status_code == status


def test_another_county_finds_nothing(festival, stranger):
    assert signed_in(stranger).get(f"/campaigns/{festival.pk}/figures/").status_code == 404


def test_the_number_of_questions_does_not_grow_with_the_sessions(festival, staff, county, host, django_assert_num_queries):
    client = signed_in(staff)
    client.get(f"/campaigns/{festival.pk}/figures/?since=")
    with django_assert_num_queries(15):
        client.get(f"/campaigns/{festival.pk}/figures/?since=")
    for hour in range(5):
        began = datetime(2026, 11, 21, 10 + hour, tzinfo=UTC)
        session = make_session(
            county, host, room=f"Q{hour}", account="", went_live_at=began, ended_at=began + timedelta(minutes=30)
        )
        LiveSession.objects.filter(pk=session.pk).update(campaign=festival)
    with django_assert_num_queries(15):
        client.get(f"/campaigns/{festival.pk}/figures/?since=")
