"""What details say around the sales: viewers, the control desk, what suppliers get."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livestream.actions.session import end_session
from livestream.models import ControlEvent, ViewerReading
from orders.board.detail import county_detail, session_detail
from orders.board.frame import encode
from tests.factories import make_order_body, make_session
from tests.orders.market_day import NOTHING_SETTLED, market_day, sell

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 12, 30, 30, 250_000, tzinfo=UTC)  # 20:30:30 in Shanghai


@pytest.fixture
def day(county, host, shop):
    return market_day(county, host, shop, AT)


@pytest.fixture
def on_air(county, host):
    return make_session(county, host, went_live_at=AT - timedelta(minutes=30))


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.permutations(range(6)))
def test_readings_say_the_same_in_whatever_order_they_came(on_air, order):
    on_air.readings.all().delete()
    said = [(15, "tap", 90, None), (8, "api", 40, 700), (7, "file", None, 650), (4, "tap", 90, None), (3, "api", 30, None)]
    said.append((1, "file", None, 900))
    for minutes, source, online, visits in (said[n] for n in order):
        read_at = AT - timedelta(minutes=minutes)
        ViewerReading.objects.create(
            session=on_air, platform="douyin", source=source, read_at=read_at, online_now=online, view_pv=visits
        )

    assert session_detail(on_air, AT)["viewers"] == {
        "online": 30, "added": 1, "stale": 0, "since": "2026-11-21T12:27:30Z", "sources": ["api"], "visits": 900, "visited": 1,
        "peak": {"online": 90, "at": "2026-11-21T12:15:30Z", "platform": "douyin", "title": None},
    }  # fmt: skip


def test_what_was_read_later_and_who_has_left_is_not_now(day, county):
    ViewerReading.objects.create(
        session=day.session, platform="douyin", source="tap", read_at=AT + timedelta(seconds=1), online_now=7
    )
    assert session_detail(day.session, AT)["viewers"]["online"] == 1820

    end_session(day.session, at=AT + timedelta(minutes=1))
    day.session.refresh_from_db()

    after = [session_detail(day.session, AT + timedelta(minutes=2)), county_detail(county, AT + timedelta(minutes=2))]
    assert [(one["viewers"]["online"], one["viewers"]["stale"], one["viewers"]["peak"]["online"]) for one in after] == [
        (None, 0, 2000)
    ] * 2
    assert [after[0]["rooms"], after[0]["desk"]["open_help"], after[1]["desk"]["open_help"]] == [[], 0, 0]


def test_desk_tells_what_waits_and_nobodys_words(day, county, host):
    for kind, minutes in (("lost", 0), ("help", 9)):
        ControlEvent.objects.create(
            session=day.session,
            kind=kind,
            happened_at=AT - timedelta(minutes=minutes),
            by=host,
            device="desk",
            words="李四的电话",
        )

    for detail in (session_detail(day.session, AT), county_detail(county, AT)):
        assert (detail["desk"]["open_help"], detail["desk"]["lost"]) == (2, 1)
        assert detail["desk"]["since"] == "2026-11-21T12:21:30Z"
        assert not any(said in encode(detail).decode() for said in ("李四", "张三", "13800001111"))


def test_what_suppliers_get_is_told_from_three_of_them_on(day, county, shop):
    day.session.line_up.update(settlement_price_fen=2000)
    assert county_detail(county, AT)["income"] == NOTHING_SETTLED | {"settled_units": 25, "unsettled_units": 3, "is_few": True}

    sell(shop, make_order_body("X1", at=AT, lines=((1, "XM-5", 4, 15_920),)), at=AT)

    assert county_detail(county, AT)["income"] == {
        "settled_fen": 29 * 2000, "share_permille": 369, "settled_units": 29, "unsettled_units": 3, "is_few": False,
    }  # fmt: skip
