"""What a review says at T+0, T+1, T+7, T+15 and T+30 is what was known then, and every difference has its cause."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from livestream.actions.session import correct_window
from livestream.models import Room, Statement, ViewerReading
from livestream.rules.review import Cause as Why
from livestream.rules.statement import Gap, NotExplained, Peak, Shipping, figures_of, parts_of
from orders.actions.attribution import reattribute_session
from orders.actions.statement import check_statements, state_due, state_session
from orders.models.ledger import Cause
from tests.orders.actions.reviewed import AFTER, BEGAN, DAY, ENDED, HOUR, MINUTE, Evening, make_reviewed
from tests.orders.sales import sell

SOON = timedelta(minutes=2)


def due(mark):
    return ENDED + AFTER[mark] * DAY


def told(statement):
    """(orders, units, grams, paid, refunded), and by cause how often and how much."""
    sums = figures_of(statement.figures).sums
    parts = parts_of(statement.causes)
    return five(sums), {part.cause.value: (part.times, five(part.sums)) for part in parts}


def five(sums):
    return sums.orders, sums.units, sums.grams, sums.paid_fen, sums.refunded_fen


def expected(evening, marks=tuple(AFTER)):
    found, since = {}, None
    for mark in marks:
        causes = evening.causes(since, due(mark)) if since is not None else {}
        found[mark] = evening.sums(due(mark)), causes
        since = due(mark)
    return found


def stated(session):
    return {statement.mark: told(statement) for statement in session.statements.order_by("due_at")}


def live_on(evening):
    """Late orders, moved attribution and refunds on days 0 to 20."""
    for n in range(6):
        evening.tell(f"A{n}", BEGAN + n * 10 * MINUTE, "late", where="here")
    evening.tell("B", BEGAN + 5 * MINUTE, "late", where="there", units=2, fen=11960)
    evening.tell("C", BEGAN + 6 * MINUTE, "late", where="nowhere", sku="HJ-250", units=3, fen=8940)
    evening.tell("A0", BEGAN + HOUR, "refunded", refunded=1000)
    evening.tell("G", ENDED + 10 * MINUTE, "late", where="here")  # paid in the half hour after the end
    evening.tell("F1", ENDED + HOUR, "late", where="here", cause=Cause.FILE, paid_at=BEGAN + 7 * MINUTE, sku="HJ-250", fen=2980)
    evening.tell("C", ENDED + 5 * HOUR, "moved", where="here")
    evening.tell("A1", ENDED + DAY, "refunded", refunded=5980)  # at the very moment of T+1: it belongs to what comes after
    evening.tell("A2", ENDED + 3 * DAY, "moved", where="there")
    evening.tell("A3", ENDED + 4 * DAY, "closed")
    evening.tell("A4", ENDED + 5 * DAY, "corrected", fen=4980)
    evening.tell("F2", ENDED + 6 * DAY, "late", where="here", cause=Cause.FILE, paid_at=BEGAN + 8 * MINUTE)
    evening.tell("B", ENDED + 8 * DAY, "moved", where="here")
    evening.tell("A0", ENDED + 9 * DAY, "refunded", refunded=3000)
    evening.tell("A0", ENDED + 10 * DAY, "moved", where="nowhere")  # with its refunds
    evening.tell("A1", ENDED + 12 * DAY, "refunded", refunded=0)  # taken back
    evening.tell("B", ENDED + 16 * DAY, "refunded", refunded=11960)
    evening.tell("G", ENDED + 20 * DAY, "refunded", refunded=5980)
    evening.tell("A5", ENDED + 29 * DAY, "corrected", units=2)
    evening.tell("A5", ENDED + 31 * DAY, "refunded", refunded=1)  # after the last mark: nobody restates that


def test_every_statement_is_what_the_model_says_and_every_difference_has_its_cause(county, shop):
    session = make_reviewed(county)
    evening = Evening(shop)
    live_on(evening)

    assert state_due(at=due("t30") + SOON) == 2 * 5

    assert stated(session) == expected(evening)
    t7 = stated(session)["t7"]
    assert t7[1] == {
        "late": (1, (1, 1, 500, 5980, 0)),
        "moved_out": (1, (-1, -1, -500, -5980, 0)),
        "refunded": (1, (0, 0, 0, 0, 5980)),
        "closed": (1, (-1, -1, -500, -5980, 0)),
        "corrected": (1, (0, 0, 0, -1000, 0)),
    }
    assert stated(session)["t15"][1] == {
        "moved_in": (1, (1, 2, 1000, 11960, 0)),
        "moved_out": (1, (-1, -1, -500, -5980, -3000)),
        "refunded": (2, (0, 0, 0, 0, 2000 - 5980)),
    }
    assert check_statements() == []


def test_stated_in_time_or_after_a_long_sleep_the_figures_are_the_same(county, shop):
    session = make_reviewed(county)
    evening = Evening(shop)
    evening.tell("A", BEGAN, "late", where="here")
    assert state_due(at=ENDED + 30 * MINUTE) == 2  # both sessions
    assert state_due(at=ENDED + 30 * MINUTE) == 0
    evening.tell("B", ENDED + 2 * HOUR, "late", where="here", cause=Cause.FILE, paid_at=BEGAN + MINUTE)
    first = stated(session)

    assert state_due(at=due("t30") + SOON) == 8

    assert stated(session) == expected(evening)
    assert stated(session)["t0"] == first["t0"]
    early, late = (figures_of(session.statements.get(mark=mark).figures).seen for mark in ("t0", "t1"))
    assert (early.shipping, early.closed_orders) == (Shipping(0, 0, 0), 0)
    assert (late.shipping, late.closed_orders) == (None, None)  # too late to know


def test_orders_moved_by_the_rooms_are_moved_and_nothing_else(county, shop):
    session = make_reviewed(county)
    evening = Evening(shop)
    evening.tell("A", BEGAN + MINUTE, "late", where="here")
    evening.tell("C", BEGAN + MINUTE, "late", where="nowhere")
    state_due(at=ENDED + SOON)
    session.rooms.update(room_id="R8")
    Room.objects.create(session=session, platform="douyin", room_id="R9", account="")
    assert reattribute_session(session, at=ENDED + HOUR) == 2

    state_due(at=due("t1") + SOON)

    assert stated(session)["t1"] == (
        (1, 1, 500, 5980, 0),
        {"moved_in": (1, (1, 1, 500, 5980, 0)), "moved_out": (1, (-1, -1, -500, -5980, 0))},
    )


def test_the_other_figures(county, shop, staff):
    session = make_reviewed(county)
    sell(shop, 3, BEGAN + 10 * MINUTE)
    sell(shop, 2, BEGAN + 100 * MINUTE, quantity=4, prefix="B")
    sell(shop, 1, BEGAN + 101 * MINUTE, sku="HJ-250", quantity=20, prefix="C", province="山西省")
    sell(shop, 1, BEGAN + 101 * MINUTE, sku="UNKNOWN", prefix="D")
    for buyers in (3, 5):
        ViewerReading.objects.create(session=session, platform="standard", source="tap", read_at=BEGAN, view_uv=80, buyers=buyers)
    ViewerReading.objects.update(recorded_at=BEGAN)

    state_session(session, at=ENDED + SOON)

    found = figures_of(session.statements.get(mark="t0").figures)
    assert five(found.sums) == (7, 32, 11 * 500 + 20 * 250, 32 * 5980, 0)
    assert found.unweighed_units == 1
    assert (found.peak, found.top_minutes_orders) == (Peak(BEGAN + 10 * MINUTE, 3), 7)
    assert found.gap == Gap(BEGAN + 10 * MINUTE, 90 * 60)
    assert [(good.sku, good.units, good.oversold, good.is_listed) for good in found.goods] == [
        ("LDS-500", 11, 1, True),
        ("HJ-250", 20, 0, True),
        ("UNKNOWN", 1, 0, False),
    ]
    assert [(one.platform, one.orders, one.paid_fen) for one in found.platforms] == [("standard", 7, 32 * 5980)]
    assert (found.bulk_orders, found.largest_order_units, found.oversold_units) == (1, 20, 1)
    assert (found.aov_fen, found.per_unit_fen, found.buyers, found.atv_fen) == (27337, 5980, 5, 38272)
    assert (found.listed, found.listed_and_sold, found.moving_rate) == (2, 2, 1)
    assert found.sell_through == pytest.approx(1.1)
    assert (found.seen.with_province, found.seen.subsidy_fen) == (7, 0)


def test_pieces_sold_below_the_floor(county, shop):
    """29.90 for 2,500 g at 4.50 yuan a 斤 with 5 % commission: the seller receives 28.40 of 22.50; at 20.00 he does not."""
    session = make_reviewed(county)
    good = session.line_up.get(position=1)
    good.product.__class__.objects.filter(pk=good.product_id).update(floor_price_fen=450, floor_per="jin", net_weight_grams=2500)
    session.line_up.filter(pk=good.pk).update(live_price_fen=2990, commission_basis_points=500)
    evening = Evening(shop)
    evening.tell("A", BEGAN, "late", where="here", fen=2990)
    evening.tell("B", BEGAN, "late", where="here", units=2, fen=4000)
    evening.tell("GIFT", BEGAN, "late", where="here", fen=0)

    state_session(session, at=ENDED + SOON)

    found = figures_of(session.statements.get(mark="t0").figures).goods[0]
    assert (found.floor_fen, found.below_floor_units, found.below_floor_fen) == (2250 + 150, 2, 800)


def test_what_nobody_knows_is_none(county):
    session = make_reviewed(county)

    state_session(session, at=ENDED + SOON)

    found = figures_of(session.statements.get(mark="t0").figures)
    unknown = (found.aov_fen, found.per_unit_fen, found.buyers, found.atv_fen, found.refund_rate_orders, found.peak)
    assert unknown == (None,) * 6
    assert found.gap == Gap(BEGAN, 7200)


def test_a_weight_corrected_later_moves_no_figure(county, shop):
    session = make_reviewed(county)
    evening = Evening(shop)
    evening.tell("A", BEGAN, "late", where="here")
    state_due(at=ENDED + SOON)
    session.line_up.first().product.__class__.objects.filter(sku="LDS-500").update(net_weight_grams=450)
    evening.tell("B", ENDED + HOUR, "late", where="here", paid_at=BEGAN)

    state_due(at=due("t1") + SOON)

    assert stated(session)["t1"] == ((2, 2, 1000, 11960, 0), {"late": (1, (1, 1, 500, 5980, 0))})


def test_what_does_not_add_up_is_not_stored(county, shop, monkeypatch):
    session = make_reviewed(county)
    state_due(at=ENDED + SOON)
    Evening(shop).tell("A", ENDED + HOUR, "late", where="here", paid_at=BEGAN)
    monkeypatch.setattr("orders.actions.statement.Reckoning.parts", lambda _self: ())

    with pytest.raises(NotExplained):
        state_session(session, at=due("t1") + SOON)

    assert list(session.statements.values_list("mark", flat=True)) == ["t0"]
    assert state_due(at=due("t1") + SOON) == 1  # the other session is not kept waiting


def test_a_practice_has_no_statement_and_a_running_session_none_yet(county):
    make_reviewed(county, kind="practice")

    assert state_due(at=ENDED + SOON) == 1


def test_a_statement_is_never_changed_and_a_tampered_one_is_found(county, shop):
    session = make_reviewed(county)
    Evening(shop).tell("A", BEGAN, "late", where="here")
    state_due(at=ENDED + SOON)
    statement = session.statements.get()

    with pytest.raises(Exception, match="statement_stays"), transaction.atomic():
        Statement.objects.filter(pk=statement.pk).update(causes=[])

    figures = {**statement.figures, "sums": {**statement.figures["sums"], "paid_fen": 1}}
    statement.delete()
    Statement.objects.create(session=session, mark="t0", due_at=statement.due_at, made_at=ENDED, figures=figures)
    assert [(wrong.mark, wrong.what) for wrong in check_statements()] == [("t0", "figures")]
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("check_statements", stdout=out)
    assert str(session.pk) in out.getvalue()


def test_a_statement_is_made_once(county):
    session = make_reviewed(county)
    state_session(session, at=ENDED + SOON)
    first = session.statements.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.create(session=session, mark="t0", due_at=ENDED, made_at=ENDED, figures={})

    assert state_session(session, at=ENDED + SOON) == []
    assert session.statements.get() == first


def test_when_the_times_on_air_are_corrected_later_marks_still_follow(county, shop):
    session = make_reviewed(county)
    state_due(at=ENDED + SOON)
    correct_window(session, went_live_at=BEGAN - 3 * DAY, ended_at=ENDED - 2 * DAY)
    Evening(shop).tell("A", ENDED + HOUR, "late", where="nowhere", paid_at=BEGAN)

    state_session(session, at=due("t1") + SOON)

    assert [statement.mark for statement in session.statements.order_by("due_at")] == ["t0", "t1"]
    assert check_statements() == []


@contextmanager
def rolled_back():
    save = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(save)


WHAT = st.tuples(
    st.integers(0, 3),  # which order
    st.sampled_from(["sold", "moved", "refunded", "closed", "corrected"]),
    st.integers(0, 31 * 24),  # hours after the session began
    st.sampled_from(["here", "there", "nowhere"]),
    st.integers(1, 3),
    st.sampled_from([Cause.PUSH, Cause.FILE, Cause.API]),
)


def play(evening, events):
    """Whatever is drawn, as something that could happen: an order is sold before it is refunded, and gone once it is closed."""
    for n, (which, what, hours, where, number, cause) in enumerate(sorted(events, key=lambda event: event[2])):
        no, at = f"O{which}", BEGAN + hours * HOUR + n * timedelta(seconds=1)
        bill = evening.bills.get(no)
        if bill is None:
            evening.tell(no, at, "late", where=where, units=number, fen=number * 5980, cause=cause, paid_at=BEGAN + MINUTE)
        elif bill.is_cancelled or what == "sold":
            continue
        elif what == "moved" and where != bill.where:
            evening.tell(no, at, "moved", where=where, cause=cause)
        elif what == "refunded":
            evening.tell(no, at, "refunded", refunded=number * 1000, cause=cause)
        elif what == "closed":
            evening.tell(no, at, "closed", cause=cause)
        elif what == "corrected":
            evening.tell(no, at, "corrected", units=number, fen=number * 5000 + 1000, cause=cause)


# Each example is dozens of orders in a database: what fails is shown as it was drawn.
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate])
@given(events=st.lists(WHAT, min_size=4, max_size=14))
def test_on_any_days_the_causes_come_to_the_difference(county, shop, events):
    with rolled_back():
        session = make_reviewed(county)
        evening = Evening(shop)
        play(evening, events)

        state_due(at=due("t30") + SOON)

        assert stated(session) == expected(evening)
        assert check_statements() == []


def test_the_causes_are_the_six_of_the_review():
    assert [cause.value for cause in Why] == ["late", "moved_in", "moved_out", "refunded", "closed", "corrected"]
