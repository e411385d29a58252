"""The ledger under everything at once: pushes, repeats, reordering, files, refunds and their withdrawal, sessions whose window
moves, crashes in the middle of a statement, rebuilds. After every step every invariant holds and the totals are those of an
independent model; at the end everything that was said, told again in any order to an empty county, comes to the same.

`HYPOTHESIS_PROFILE=deep` looks longer: thousands of steps instead of some hundred.
"""

from __future__ import annotations

import os
import random
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from orders.actions import attribution, audit
from orders.actions.audit import TALLIES, audit_tallies, rebuild_tallies
from orders.actions.invariants import broken_everywhere
from orders.rules import order as order_rules
from orders.rules.rank import progress_rank
from tests.oracle import fact_totals
from tests.orders.village import LINE, NOON, SENT, Village

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(3600)]  # making a failure small takes time
QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck), "print_blob": True}
PROFILES = {
    "quick": settings(max_examples=15, stateful_step_count=20, **QUIET),
    "deep": settings(max_examples=500, stateful_step_count=60, **QUIET),
}
PROFILE = PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "quick")]
PUSHED, FILED = ["T1", "T2"], ["D1", "D2"]
STATUSES = ["created", "paid", "shipped", "completed", "closed", "cancelled"]
minutes = st.sampled_from([0, 30, 59, 60, 89, 90, 119, 120, 149, 150, 700])  # the last one is another business day
amounts = st.tuples(st.integers(1, 3), st.integers(0, 900))


class Crash(Exception):
    """The process is gone in the middle of its work."""


class Fault:
    """Lets the n-th statement from now on be the last: before the server saw it, or after."""

    def __init__(self):
        self.left = 0

    def arm(self, n, is_after):
        self.left, self.is_after = n, is_after

    def at(self, is_after):
        if self.left and is_after == self.is_after:
            self.left -= 1
            if not self.left:
                raise Crash


FAULT = Fault()


@pytest.fixture(autouse=True)
def fault_points(monkeypatch):
    for name in ("execute", "copy"):
        asked = getattr(psycopg.Cursor, name)

        def mortal(self, *args, _asked=asked, **kwargs):
            FAULT.at(is_after=False)
            answer = _asked(self, *args, **kwargs)
            FAULT.at(is_after=True)
            return answer

        monkeypatch.setattr(psycopg.Cursor, name, mortal)


class Evening(RuleBasedStateMachine):
    village: Village
    stranger: Village

    def __init__(self):
        super().__init__()
        self.save = transaction.savepoint()
        self.village.forget()
        self.stranger.forget()
        self.clock = 0
        self.said: list[dict] = []  # everything anybody ever said
        self.held: list[dict] = []  # said, and not arrived yet
        self.heard: list[dict] = []

    @initialize(seed=st.integers(0, 2**32))
    def choose(self, seed):
        self.random = random.Random(seed)

    # --- what is said ------------------------------------------------------------------------------------------------------

    def tick(self):
        self.clock += 1
        return self.clock

    def say(self, fact, is_held):
        self.said.append(fact)
        if is_held:
            self.held.append(fact)
        else:
            self.hear([fact])

    def hear(self, facts):
        self.village.hear(facts)
        self.heard += facts

    def pushed(self, order_no, status, paid, room, account, lines, refunds=()):
        rank = self.tick()
        paid_at = None if status in {"created", "cancelled"} else NOON + timedelta(minutes=paid)
        return {
            "way": "push", "shop": "push", "order_no": order_no, "rank": rank, "status": status, "paid_at": paid_at, "room": room,
            "account": account, "lines": lines, "complete": True, "refunds": [r | {"rank": rank} for r in refunds],
        }  # fmt: skip

    @rule(
        order_no=st.sampled_from(PUSHED),
        status=st.sampled_from(["paid", "paid", *STATUSES]),
        paid=minutes,
        room=st.sampled_from([None, "RS1", "RS1", "RS2", "R9"]),
        account=st.sampled_from([None, None, "AS2"]),
        lines=st.none() | st.dictionaries(st.sampled_from(sorted(LINE)), amounts, min_size=1),
        is_held=st.booleans(),
    )
    def push(self, order_no, status, paid, room, account, lines, is_held):
        self.say(self.pushed(order_no, status, paid, room, account, lines), is_held)

    @rule(
        order_no=st.sampled_from(PUSHED),
        no=st.sampled_from(["X1", "X1", "X2"]),
        line=st.sampled_from([None, None, "1", "9"]),
        fen=st.integers(0, 1200),
        status=st.sampled_from(["requested", "succeeded", "succeeded", "withdrawn", "rejected"]),
        is_held=st.booleans(),
    )
    def refund(self, order_no, no, line, fen, status, is_held):
        """Also before the order itself was heard of, above its price, or of a line it does not have; and taken back again."""
        refund = {"no": no, "line": line, "fen": fen, "status": status, "guess": False}
        self.say(self.pushed(order_no, "paid", 30, None, None, None, [refund]), is_held)

    @rule(
        way=st.sampled_from(["file", "api"]),
        order_no=st.sampled_from(FILED),
        status=st.sampled_from(["created", "paid", "shipped", "completed", "closed"]),
        paid=minutes,
        account=st.sampled_from([None, "AS1", "AS2"]),
        lines=st.dictionaries(st.sampled_from(sorted(LINE)), amounts, min_size=1),
        refunded=st.lists(st.sampled_from([None, "1", "2"]), max_size=1),
        fen=st.integers(0, 1200),
        is_held=st.booleans(),
    )
    def platform(self, way, order_no, status, paid, account, lines, refunded, fen, is_held):
        """Rows of an export, which know some lines and guess at refunds, and answers of the API, which know all."""
        moment = NOON + timedelta(hours=12, seconds=self.tick())
        is_paid = status != "created"
        if way == "file":
            refunds = [
                {"no": f"file:{no}", "line": no, "fen": lines[no][1], "status": "succeeded", "guess": True}
                for no in refunded
                if no in lines and is_paid
            ]
        else:
            refunds = [{"no": "X1", "line": no, "fen": fen, "status": "succeeded", "guess": False} for no in refunded]
        fact = {
            "way": way, "shop": "file", "order_no": order_no, "rank": progress_rank(status, moment), "moment": moment,
            "status": status, "paid_at": NOON + timedelta(minutes=paid) if is_paid else None, "room": None, "account": account,
            "lines": lines, "complete": way == "api", "refunds": [r | {"rank": self.clock} for r in refunds],
        }  # fmt: skip
        self.say(fact, is_held)

    # --- how it arrives ------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.held)
    @rule()
    def arrive(self):
        """What was held back, in any order, some of it twice, in one batch for each way in."""
        arrived = self.random.sample(self.held, self.random.randint(1, len(self.held)))
        self.held = [fact for fact in self.held if fact not in arrived]
        for way in SENT:
            if batch := [fact for fact in arrived if fact["way"] == way]:
                self.hear(batch + self.random.sample(batch, self.random.randint(0, len(batch))))

    @precondition(lambda self: self.heard)
    @rule()
    def repeat(self):
        self.hear([self.random.choice(self.heard)])

    @precondition(lambda self: self.held)
    @rule(n=st.integers(1, 20), is_after=st.booleans())
    def crash(self, n, is_after):
        """The taker dies at a statement; the sender has no answer and sends again."""
        fact = self.held.pop()
        FAULT.arm(n, is_after)
        try:
            self.village.hear([fact])
        except Crash:
            assert audit_tallies() == []
        finally:
            FAULT.arm(0, False)
        self.hear([fact])

    # --- what happens beside it ------------------------------------------------------------------------------------------------

    @rule(label=st.sampled_from(["S1", "S2"]), start=st.integers(-1, 2), hours=st.integers(1, 2))
    def move_window(self, label, start, hours):
        begin = NOON + timedelta(hours=start)
        self.village.move(label, begin, begin + timedelta(hours=hours))

    @rule(tally=st.sampled_from([None, *TALLIES]))
    def rebuild(self, tally):
        if tally:
            first = next(iter(tally.sums))
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {tally.table} SET {first} = {first} + 1")
                is_spoilt = cursor.rowcount > 0
            assert bool(audit_tallies()) is is_spoilt
        rebuild_tallies()

    # --- what is true after every step -----------------------------------------------------------------------------------------

    @invariant()
    def every_invariant_holds(self):
        assert [str(broken) for broken in broken_everywhere(NOON + timedelta(days=1))] == []

    @invariant()
    def totals_are_those_of_the_model(self):
        assert self.village.totals() == fact_totals(self.heard, self.village.windows())
        assert self.village.shop_totals() == fact_totals(self.heard, self.village.windows(), by_shop=True)

    def teardown(self):
        try:
            if self.heard:
                self.tell_a_stranger()
        finally:
            transaction.savepoint_rollback(self.save)

    def tell_a_stranger(self):
        """I6: all that was heard, in any order and any batches, to a county that knows nothing."""
        facts = self.random.sample(self.heard, len(self.heard))
        while facts:
            batch = [fact for fact in facts[: self.random.randint(1, 5)] if fact["way"] == facts[0]["way"]]
            facts = [fact for fact in facts if fact not in batch]
            self.stranger.hear(batch)
        for window in self.village.windows():
            self.stranger.move(window["label"], window["start"], window["end"])
        assert self.stranger.totals() == self.village.totals()
        assert [str(broken) for broken in broken_everywhere(NOON + timedelta(days=1))] == []


@pytest.fixture
def evening(county, other_county):
    return type("Evening", (Evening,), {"village": Village(county), "stranger": Village(other_county)})


def test_the_ledger_is_right_after_every_step(evening):
    run_state_machine_as_test(evening, settings=PROFILE)


def test_a_crash_at_any_statement_changes_nothing_and_the_repeat_counts_once(evening):
    """One by one what the machine does at random: an order that is new, then one that changes and is refunded."""
    told = evening()
    told.choose(0)
    first = told.pushed("T1", "paid", 30, "RS1", None, {"1": (1, 500), "2": (2, 300)})
    refund = {"no": "X1", "line": "1", "fen": 200, "status": "succeeded", "guess": False}
    second = told.pushed("T1", "shipped", 30, "RS1", None, {"1": (1, 400), "3": (1, 50)}, [refund])
    died = []
    for fact in (first, second):
        for is_after in (False, True):
            for n in range(1, 40):
                save = transaction.savepoint()
                FAULT.arm(n, is_after)
                try:
                    told.village.hear([fact])
                    died.append(n - 1)
                except Crash:
                    assert audit_tallies() == []
                    told.village.hear([fact])
                    assert told.village.totals() == fact_totals([*told.heard, fact], told.village.windows())
                finally:
                    FAULT.arm(0, False)
                    transaction.savepoint_rollback(save)
        told.hear([fact])
    assert min(died) >= 10  # statements of one push, each of which was the last one once
    told.teardown()


# --- controls: with a protection away the machine finds it, within what it may spend ----------------------------------------------


def newest_comes_last(monkeypatch):
    """The status is that of whatever came last."""
    monkeypatch.setattr(order_rules, "_apply_status", lambda state, event: believe(state, event))


def believe(state, event):
    if event.status is None:
        return False
    state.status, state.status_rank, state.status_at = event.status, event.rank, event.happened_at
    return True


def refunds_never_taken_back(monkeypatch):
    def once(state, refund):
        return state.refunds.setdefault(refund.refund_no, refund) is refund

    monkeypatch.setattr(order_rules, "_apply_refund", once)


def windows_not_followed(monkeypatch):
    monkeypatch.setattr(attribution, "_reattribute", lambda keys, at: 0)


def rebuild_that_adds_all(monkeypatch):
    monkeypatch.setattr(
        audit.Tally, "stored", lambda self, rows="TRUE": f"SELECT {', '.join(self.columns())} FROM {self.table} WHERE FALSE"
    )


@pytest.mark.parametrize("without", [newest_comes_last, refunds_never_taken_back, windows_not_followed, rebuild_that_adds_all])
def test_control_the_machine_finds_what_is_not_protected(evening, monkeypatch, without):
    without(monkeypatch)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(
            evening, settings=settings(PROFILE, max_examples=100, derandomize=True, phases=[Phase.generate], print_blob=False)
        )
