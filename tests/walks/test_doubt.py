"""A board in doubt says so in words, at once, and is silent again when the figures are right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from orders.actions.audit import rebuild_tallies
from orders.actions.check import check_everything, check_touched
from orders.actions.intake import receive
from orders.models import DayTally
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body

FOUND = datetime(2026, 11, 21, 13, 3, tzinfo=UTC)
WORDS = "数据核对中，数字可能有误，自 11-21 21:03 起"


@pytest.fixture
def sold(session, shop, now):
    receive([make_arrival(shop, *(make_order_body(f"T{n}") for n in range(5)))], cause=Cause.PUSH, at=now)


def spoil(session):
    DayTally.objects.filter(scope=f"session:{session.pk}").update(orders=9)


@pytest.mark.browser
@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)])
def test_board_says_that_its_figures_are_in_doubt_and_when_they_are_right_again(page, sign_in, session, sold, staff, size):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(staff)
    page.goto(f"/board/session/{session.pk}/")
    said = page.locator("[data-checking]")
    expect(said).to_be_hidden()

    spoil(session)
    check_touched(at=FOUND)

    expect(said).to_be_visible()
    expect(said).to_have_text(WORDS)
    page.goto("/board/county/140425/")
    expect(said).to_have_text(WORDS)
    assert page.evaluate("document.documentElement.scrollWidth") == size[0]

    rebuild_tallies()
    check_everything(at=FOUND + timedelta(minutes=1))
    expect(said).to_be_hidden()


@pytest.mark.browser
def test_desk_and_phone_say_it_too(page, sign_in, session, sold, staff, host):
    spoil(session)
    check_touched(at=FOUND)

    sign_in(staff)
    for address in ("/desk/", f"/sessions/{session.pk}/"):
        page.goto(address)
        expect(page.locator(".banner.warn", has_text=WORDS)).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(host)
    page.goto(f"/my/{session.pk}/")
    expect(page.locator(".banner.warn", has_text=WORDS)).to_be_visible()
