"""The minute timeline: one axis for viewers, orders, pitches, coupons, prompts and incidents; live and afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from livestream.actions.audience import Read, note_readings
from livestream.actions.incident import record_incident
from livestream.actions.pitch import start_pitch
from livestream.actions.session import end_session
from livestream.rules.audience import ReadingSource
from livestream.rules.incident import IncidentKind
from orders.actions.intake import receive
from orders.board.timeline import timeline_context
from orders.models.ledger import Cause
from orders.rules.replay import Steps
from orders.rules.timeline import Lane, Stretch, strips
from tests.factories import make_arrival, make_order_body, make_product, make_session
from tests.goods import make_event

pytestmark = pytest.mark.django_db


@pytest.fixture
def evening(county, host, staff, shop, now):
    """On air for half an hour; things happen in minutes 5, 10, 12 and 20."""
    began = (now - timedelta(minutes=30)).replace(second=0, microsecond=0)
    product = make_product(county, title="潞党参")
    session = make_session(county, host, went_live_at=began, line_up=[(product, 5980, None)])

    def after(minutes):
        return began + timedelta(minutes=minutes)

    start_pitch(session, product, at=after(5))
    reads = [Read("douyin", after(10), {"online_now": 120}), Read("kuaishou", after(10), {"online_now": 80})]
    note_readings(session, reads, source=ReadingSource.TAP, by=staff)
    bodies = [make_order_body(f"T{n}", at=after(12)) for n in range(3)]
    receive([make_arrival(shop, *bodies, now=after(12))], cause=Cause.PUSH, at=after(12))
    make_event(session, "coupon", by=staff, at=after(12), words="满 50 减 5")
    make_event(session, "prompt", by=staff, at=after(20), words="讲慢一点")
    make_event(session, "seen", by=host, at=after(20))
    record_incident(session, kind=IncidentKind.STREAM_LOST, at=after(20), note="网断了", by=staff)
    return session


def rows_of(session, now):
    began = session.went_live_at
    return [
        (
            int((row.at - began).total_seconds()) // 60,
            row.online,
            row.orders,
            row.paid_fen,
            row.titles,
            [(one.lane, one.words) for one in row.happened],
        )
        for row in timeline_context(session, at=now)["rows"]
    ]


TOLD = [
    (5, [], 0, 0, ["潞党参"], []),
    (10, [("douyin", 120), ("kuaishou", 80)], 0, 0, [], []),
    (12, [], 3, 3 * 11960, [], [(Lane.COUPON, "满 50 减 5")]),
    (20, [], 0, 0, [], [(Lane.INCIDENT, "网断了"), (Lane.PROMPT, "讲慢一点")]),
]


def test_while_on_air_and_after_the_end_the_table_says_the_same(evening, now):
    assert rows_of(evening, now) == TOLD
    end_session(evening, at=now)
    evening.refresh_from_db()
    assert rows_of(evening, now) == TOLD


def test_the_page_draws_each_platform_by_itself_and_the_fragment_is_told_when_nothing_changed(
    client, evening, staff, host, stranger
):
    client.force_login(staff)
    there = f"/sessions/{evening.pk}/timeline/"
    page = client.get(there)

    timeline = page.context["timeline"]
    assert (timeline["most_online"], timeline["most_orders"], len(timeline["bars"]), len(timeline["strips"])) == (120, 3, 1, 1)
    assert [(lane, len(those)) for lane, those in timeline["lanes"]] == [("coupon", 1), ("incident", 1), ("prompt", 1)]
    assert "人数不能相加" in page.content.decode()
    assert client.get(f"{there}?since=").content.decode().lstrip().startswith('<div class="timeline')
    assert client.get(f"{there}?since={page.context['stamp']}").status_code in {204, 200}  # 200 where a minute turned
    client.force_login(host)
    assert client.get(there).status_code == 200
    client.force_login(stranger)
    assert client.get(there).status_code == 404


def test_a_session_that_never_was_on_air_says_so(client, county, host, staff):
    client.force_login(staff)

    page = client.get(f"/sessions/{make_session(county, host).pk}/timeline/")

    assert (page.status_code, page.context["timeline"]) == (200, None)
    assert "还没有开播" in page.content.decode()


def test_a_pitch_lasts_until_the_next_one():
    steps = Steps(0, 60, 10)

    def at(second):
        return datetime.fromtimestamp(second).astimezone()

    found = strips(steps, [Stretch(at(0), None, "a"), Stretch(at(60), at(120), "b"), Stretch(at(300), None, "c")])

    assert [(one.x, one.width, one.is_odd) for one in found] == [("0", "100", False), ("100", "100", True), ("500", "500", False)]
