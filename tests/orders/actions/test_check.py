"""What is broken is found and said, never mended; a board is in doubt until a later check finds it right."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from livestream.models import BoardVersion
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.audit import rebuild_tallies
from orders.actions.check import AT_ONCE, LOST, PAUSE, check_everything, check_nightly, check_touched, last_night
from orders.actions.intake import receive
from orders.board.feed import Feed
from orders.board.frame import county_frame, session_frame
from orders.board.watch import Known, look
from orders.models import (
    BoardCheck,
    CheckedBoard,
    DayTally,
    Delivery,
    FullCheck,
    ItemTally,
    LedgerEntry,
    Order,
    OrderFile,
    OrderLine,
)
from orders.models.ledger import Cause
from orders.platforms.contract import HintFact
from tests.factories import make_arrival, make_order_body, make_session

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 13, 3, tzinfo=UTC)


@pytest.fixture
def sold(shop, session):
    arrivals = [make_arrival(shop, make_order_body("T1"), make_order_body("T2"), message_id="m1")]
    receive(arrivals, cause=Cause.PUSH, at=AT)
    assert check_everything(at=AT) == []
    return session


def marks():
    return sorted(BoardCheck.objects.open().values_list("scope", "source"))


def boards(session, source):
    return [("county:140425", source), (f"session:{session.pk}", source)]


def spoil(scope, table=DayTally):
    assert table.objects.filter(scope=scope).update(orders=9) == 1


def append_to_ledger(**changes):
    """An entry that no change of an order made: what a fault in the code would leave behind."""
    entry = LedgerEntry.objects.first()
    for name, value in ({"id": None} | changes).items():
        setattr(entry, name, value)
    entry.save(force_insert=True)
    rebuild_tallies()


def test_a_wrong_tally_of_a_session_puts_its_board_and_its_countys_in_doubt_until_it_is_right(sold):
    spoil(f"session:{sold.pk}")

    (broken,) = check_everything(at=AT)

    source = f"tally:session:{sold.pk}"
    assert (broken.source, broken.detail) == (source, "1")
    assert str(broken) == f"session:{sold.pk} 的统计与账本不一致：1 行（逐行：audit_tallies，更正：rebuild_tallies）。"
    assert marks() == boards(sold, source)
    assert DayTally.objects.get(scope=f"session:{sold.pk}").orders == 9  # found, not mended
    assert check_everything(at=AT + timedelta(hours=1)) == [broken]
    assert set(BoardCheck.objects.values_list("since", flat=True)) == {AT}

    rebuild_tallies()
    assert check_everything(at=AT + timedelta(hours=2)) == []

    assert marks() == []
    assert set(BoardCheck.objects.values_list("cleared_at", flat=True)) == {AT + timedelta(hours=2)}


@pytest.mark.parametrize("scope", ["county:140425", "unattributed:140425"])
def test_a_wrong_tally_of_a_county_puts_its_board_in_doubt(sold, shop, scope):
    receive([make_arrival(shop, make_order_body("U1", room="nobody's"))], cause=Cause.PUSH, at=AT)
    spoil(scope)

    check_everything(at=AT)

    assert marks() == [("county:140425", f"tally:{scope}")]


def test_frames_say_it_and_a_hub_sends_them_anew(sold, county):
    (known,) = [Known(feed, picture.epoch, picture.version) for feed, picture in look([Known(Feed(f"session:{sold.pk}"))])]
    assert session_frame(sold)["checking"] is None
    spoil(f"session:{sold.pk}")
    assert look([known]) == []

    check_everything(at=AT)

    assert session_frame(sold)["checking"] == {"since": "2026-11-21T13:03:00Z"}
    assert county_frame(county)["checking"] == {"since": "2026-11-21T13:03:00Z"}
    ((_, picture),) = look([known])
    assert json.loads(picture.text)["checking"] == {"since": "2026-11-21T13:03:00Z"}
    check_everything(at=AT + timedelta(hours=1))
    assert look([Known(Feed(f"session:{sold.pk}"), picture.epoch, picture.version)]) == []  # nothing new to say
    rebuild_tallies()
    check_everything(at=AT + timedelta(hours=2))
    assert session_frame(sold)["checking"] is None


# --- orders ---------------------------------------------------------------------------------------------------------------


def test_an_order_whose_ledger_is_not_its_worth_puts_its_boards_in_doubt(sold):
    append_to_ledger(paid_fen=700, orders=0, item_orders=0, units=0)
    order = LedgerEntry.objects.first().order

    (broken,) = check_everything(at=AT)

    source = f"order:{order.order_no}:{order.pk}"
    assert (broken.source, broken.detail) == (source, "1 +0 +0 +0 +700 +0")
    assert marks() == boards(sold, source)
    append_to_ledger(paid_fen=-700, orders=0, item_orders=0, units=0)
    assert check_everything(at=AT) == []
    assert marks() == []


def test_a_line_that_changed_without_the_ledger_is_found(sold):
    OrderLine.objects.filter(order__order_no="T1").update(quantity=3)

    assert [broken.detail for broken in check_everything(at=AT)] == ["1 +0 +0 -1 +0 +0"]


def test_more_refunded_than_paid_is_found(sold):
    append_to_ledger(refunded_fen=11961, paid_fen=0, orders=0, item_orders=0, units=0)

    assert [broken.invariant.value for broken in check_everything(at=AT)] == ["order", "refund"]


def test_since_leaves_out_old_orders_but_not_those_in_doubt(sold):
    Order.objects.update(changed_at=AT - timedelta(days=2))
    append_to_ledger(paid_fen=700, orders=0, item_orders=0, units=0)

    assert check_everything(at=AT, since=AT - timedelta(hours=1)) == []
    assert len(check_everything(at=AT)) == 1
    assert len(check_everything(at=AT, since=AT - timedelta(hours=1))) == 1
    assert len(marks()) == 2


def test_orders_are_read_in_pieces(sold, monkeypatch):
    monkeypatch.setattr("orders.actions.invariants.AT_ONCE", 1)
    OrderLine.objects.update(quantity=3)

    assert [broken.subject.split(":")[0] for broken in check_everything(at=AT)] == ["T1", "T2"]


# --- what arrived ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("change", [{"outcome": "lost"}, {"outcome": "kept"}, {"hinted": 1}])
def test_a_push_whose_fate_is_unknown_is_found(sold, shop, change):
    Delivery.objects.update(**change)

    (broken,) = check_everything(at=AT)

    assert broken.source == f"delivery:{shop.pk}"
    assert marks() == [("county:140425", broken.source)]
    assert check_everything(at=AT, since=AT + timedelta(hours=1)) == [broken]  # in doubt already, so looked at again


def hint(shop, message_id="h1"):
    arrival = Arrival(ShopRef(shop.pk, shop.county_id), hints=(HintFact("order", "A1"),), message_id=message_id, digest=b"x")
    receive([arrival], cause=Cause.PUSH, at=AT)


def test_a_push_that_waits_as_a_hint_is_no_fault_and_a_late_one_is_an_alarm_without_a_doubt(sold, shop):
    hint(shop)
    assert check_everything(at=AT + timedelta(seconds=59)) == []

    (broken,) = check_everything(at=AT + timedelta(seconds=61))

    assert (broken.source, broken.detail) == (f"waiting:{shop.pk}", "1, 2026-11-21 13:03:00")
    assert marks() == []


def test_a_file_that_ended_before_its_last_row_is_found(sold, shop, staff):
    file = OrderFile.objects.create(
        shop=shop, uploaded_by=staff, name="x.csv", stored_as="", digest="", sheet="douyin", state="importing",
        rows_total=3, rows_read=2, rows_applied=1, rows_rejected=1,
    )  # fmt: skip
    assert check_everything(at=AT) == []
    OrderFile.objects.update(state="done")

    (broken,) = check_everything(at=AT)

    assert (broken.source, broken.detail) == (f"file:{file.pk}", "1 + 0 + 1, 2, 3")
    assert marks() == [("county:140425", broken.source)]


# --- the sweep ------------------------------------------------------------------------------------------------------------


def test_the_sweep_finds_a_session_and_clears_it_again(sold):
    spoil(f"session:{sold.pk}", ItemTally)

    found = check_touched(at=AT)

    assert sorted(broken.source for broken in found) == ["sum:county:140425", f"tally:session:{sold.pk}"]
    assert {scope for scope, _ in marks()} == {"county:140425", f"session:{sold.pk}"}
    rebuild_tallies()
    assert check_touched(at=AT + PAUSE / 2) == []
    assert len(marks()) == 3  # too soon to look again
    assert check_touched(at=AT + PAUSE * 2) == []
    assert marks() == []


def test_the_sweep_leaves_alone_what_did_not_change(sold):
    check_touched(at=AT)
    later = AT + timedelta(hours=1)
    check_touched(at=later)
    seen = dict(CheckedBoard.objects.values_list("scope", "version"))
    assert seen == dict(BoardVersion.objects.exclude(scope__startswith="stage:").values_list("scope", "version"))
    spoil(f"session:{sold.pk}")

    assert check_touched(at=later + timedelta(hours=1)) == []  # the version did not move: the night will find it


def test_the_sweep_takes_the_longest_unseen_first_and_no_more_than_its_budget(sold, county, host, monkeypatch):
    for n in range(3):
        make_session(county, host, room=f"Q{n}", account=f"Q{n}")
    monkeypatch.setattr("orders.actions.check.BUDGET_S", -1)
    assert check_touched(at=AT) == []
    assert CheckedBoard.objects.count() == 0
    monkeypatch.setattr("orders.actions.check.BUDGET_S", 60)
    monkeypatch.setattr("orders.actions.check.AT_ONCE", 2)

    for minute in range(3):
        check_touched(at=AT + timedelta(minutes=minute))

    assert (CheckedBoard.objects.count(), AT_ONCE) == (5, 50)


def test_the_sweep_does_not_clear_what_the_night_found(sold, shop):
    """A county and what no session sold, wrong by the same: the sum of the parts cannot tell."""
    receive([make_arrival(shop, make_order_body("U1", room="nobody's"))], cause=Cause.PUSH, at=AT)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_daytally SET orders = orders + 1 WHERE scope NOT LIKE 'session:%%'")
    assert len(check_everything(at=AT)) == 2
    before = marks()

    assert check_touched(at=AT + timedelta(hours=1)) == []

    assert marks() == before != []


# --- the night ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "night"),
    [
        ("2026-11-21T19:29:59+00:00", "2026-11-20T19:30:00+00:00"),
        ("2026-11-21T19:30:00+00:00", "2026-11-21T19:30:00+00:00"),
        ("2026-11-21T13:03:00+00:00", "2026-11-20T19:30:00+00:00"),
    ],
)
def test_the_newest_night_is_the_half_past_three_that_has_passed_in_shanghai(at, night):
    assert last_night(datetime.fromisoformat(at)) == datetime.fromisoformat(night)


def test_the_night_is_checked_once_and_after_a_night_off(sold):
    spoil(f"session:{sold.pk}")

    assert len(check_nightly(at=AT)) == 1  # a new system, at once
    assert check_nightly(at=AT + timedelta(hours=1)) is None
    assert FullCheck.objects.get().ended_at >= AT
    assert len(check_nightly(at=AT + timedelta(days=3))) == 1
    assert check_nightly(at=AT + timedelta(days=3, hours=1)) is None


def test_a_night_whose_checker_was_killed_is_checked_again(sold):
    check_nightly(at=AT)
    FullCheck.objects.update(ended_at=None)

    assert check_nightly(at=AT + LOST / 2) is None
    assert check_nightly(at=AT + LOST * 2) == []


def test_the_night_compares_orders_that_changed_since_the_last(sold):
    assert check_nightly(at=AT) == []
    Order.objects.update(changed_at=AT - timedelta(days=9))
    OrderLine.objects.filter(order__order_no="T1").update(quantity=3)
    assert check_nightly(at=AT + timedelta(days=1)) == []
    Order.objects.filter(order_no="T1").update(changed_at=AT + timedelta(days=1))

    assert len(check_nightly(at=AT + timedelta(days=2))) == 1


# --- doors ----------------------------------------------------------------------------------------------------------------


def test_the_command_says_that_all_is_well(sold, capsys):
    call_command("check_invariants", since=24)

    assert capsys.readouterr().out == "全部规则成立。\n"


def test_the_command_exits_1_with_a_sentence_for_each(sold, capsys):
    spoil(f"session:{sold.pk}")
    Delivery.objects.update(outcome="lost")

    with pytest.raises(SystemExit) as stop:
        call_command("check_invariants")

    assert stop.value.code == 1
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2
    assert "的统计与账本不一致：1 行" in said[0]
    assert "的推送没有都交代清楚" in said[1]


def test_metrics_count_the_boards_in_doubt(sold, client):
    assert "cunbo_boards_checking 0.0" in client.get("/metrics").content.decode()
    spoil(f"session:{sold.pk}")
    check_everything(at=AT)

    assert "cunbo_boards_checking 2.0" in client.get("/metrics").content.decode()
