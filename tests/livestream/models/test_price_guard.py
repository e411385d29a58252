"""The price of an item on air in the database: what was proposed and agreed to, and what the log says, by whatever path."""

from __future__ import annotations

from datetime import timedelta

import pgtrigger
import pytest
from django.db import IntegrityError, connection, transaction

from livestream.actions import control
from livestream.actions.session import end_session
from livestream.models import ControlEvent
from livestream.rules.errors import NotAllowed
from tests.factories import make_product, make_session, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(county, host, now):
    return make_session(county, host, went_live_at=now - timedelta(hours=1), line_up=[(make_product(county), 2990, 100)])


@pytest.fixture
def item(session):
    return session.line_up.get()


@pytest.fixture
def colleague(county):
    return make_user("staff", county)


def test_the_database_lets_nobody_change_a_price_alone(session, item, staff, colleague, now):
    row = {"session": session, "kind": "price", "happened_at": now, "device": "desk", "product": item.product, "old": 2990}
    asked = control.propose_price(session, item.product, 2790, by=staff, at=now, words="试")
    row |= {"new": 2790, "by": colleague, "proposed_by": staff, "about": asked}

    for more, constraint in [
        ({"by": staff}, "price_needs_two_persons"),
        ({"new": 1}, "price_as_proposed"),
        ({"old": 2890}, "price_as_proposed"),
        ({"product": make_product(session.county)}, "price_as_proposed"),
        ({"about": None}, "price_as_proposed"),
        ({"proposed_by": session.host}, "price_as_proposed"),
    ]:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ControlEvent.objects.create(**row | more)
    ControlEvent.objects.create(**row)
    with pytest.raises(IntegrityError, match="price_answered_once"), transaction.atomic():
        ControlEvent.objects.create(**row)


def price_by_sql(item, fen):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE livestream_lineupitem SET live_price_fen = %s WHERE id = %s", [fen, item.pk])
    item.refresh_from_db()
    return item.live_price_fen


def test_on_air_the_price_is_what_the_log_says_by_raw_sql_too(session, item, staff, colleague, now):
    asked = control.propose_price(session, item.product, 2790, by=staff, at=now, words="试")
    control.answer_price(asked, agrees=True, by=colleague, at=now)

    moved = f"UPDATE livestream_lineupitem SET product_id = {make_product(session.county).pk} WHERE id = {item.pk}"
    with pytest.raises(IntegrityError, match="live_price_by_the_log"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(moved)
    for fen in (2990, 1, 0):
        with pytest.raises(IntegrityError, match="live_price_by_the_log"):
            price_by_sql(item, fen)
    assert price_by_sql(item, 2790) == 2790
    with pgtrigger.ignore("livestream.LineUpItem:live_price_by_the_log"):  # without the guard nothing keeps it
        assert price_by_sql(item, 1) == 1
    control.mark_sold_out(session, item.product, by=staff, at=now)
    assert session.line_up.get(product=item.product).live_price_fen == 2790, "the next word of the log puts it right"
    end_session(session, at=now)
    assert price_by_sql(item, 2990) == 2990, "on air alone"


def test_nobody_agrees_to_a_change_from_a_price_that_is_gone(session, item, staff, colleague, now):
    first, second = (
        control.propose_price(session, item.product, fen, by=staff, at=now, words="试", tap=str(fen)) for fen in (2790, 2690)
    )
    control.answer_price(first, agrees=True, by=colleague, at=now)

    with pytest.raises(NotAllowed, check=lambda error: error.code == "price_moved"):
        control.answer_price(second, agrees=True, by=colleague, at=now)
    control.answer_price(second, agrees=False, by=colleague, at=now)
    assert session.line_up.get(product=item.product).live_price_fen == 2790
