"""Messages of one order in every sequence, cut into any batches, any of them twice: one state, one sum of the ledger."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from orders.rules.order import AfterSaleStatus, LineFact, OrderEvent, OrderState, OrderStatus, Outcome, RefundFact, apply
from orders.rules.worth import NOTHING, Amounts, difference

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
HISTORIES, SEQUENCES = 400, 120  # together more than 20,000 examples
many = settings(max_examples=HISTORIES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
few = settings(many, max_examples=60)


@st.composite
def facts(draw):
    """Four to six messages of one order with ranks of their own; their refunds have ranks of their own too."""
    ranks = draw(st.lists(st.integers(0, 40), min_size=4, max_size=6, unique=True))
    refund_ranks = iter(draw(st.permutations(range(40))))
    told = []
    for rank in ranks:
        lines = draw(
            st.none() | st.lists(st.tuples(st.sampled_from("012"), st.sampled_from("AB"), st.integers(0, 999)), max_size=3)
        )
        refunds = draw(st.lists(st.tuples(st.sampled_from(["R1", "R2"]), st.sampled_from(["0", "1", None]),
                                          st.sampled_from(AfterSaleStatus.values), st.integers(0, 999), st.booleans()), max_size=2))  # fmt: skip
        told.append(
            OrderEvent(
                "T1", rank, AT + timedelta(seconds=rank),
                status=draw(st.none() | st.sampled_from(OrderStatus.values)),
                paid_at=draw(st.sampled_from([None, AT, AT + timedelta(days=1)])),
                live_room=draw(st.sampled_from([None, "R1", "R2"])),
                host_account=draw(st.sampled_from([None, "A1"])),
                province=draw(st.sampled_from([None, "山西省"])),
                lines=None if lines is None else tuple({no: LineFact(no, sku, sku, 1, fen) for no, sku, fen in lines}.values()),
                lines_complete=draw(st.booleans()),
                refunds=tuple(RefundFact(no, line, status, fen, 1, next(refund_ranks), AT, is_guess=guess)
                              for no, line, status, fen, guess in {r[0]: r for r in refunds}.values()),
            )
        )  # fmt: skip
    return told


def sequences(told, random):
    """Each permutation, or some of many, with repeats in it, cut into batches."""
    every = list(itertools.permutations(told))
    for arrived in every if len(every) <= SEQUENCES else random.sample(every, SEQUENCES):
        arrived = [*arrived]
        for again in random.choices(told, k=random.randint(0, 3)):
            arrived.insert(random.randint(0, len(arrived)), again)
        cuts = sorted({0, len(arrived), *random.choices(range(len(arrived) + 1), k=random.randint(0, 4))})
        yield [arrived[start:end] for start, end in itertools.pairwise(cuts)]


def booked(batches):
    """The state at the end, and the sums of the ledger that the batches wrote on the way."""
    state, ledger = OrderState("T1"), Counter()
    for batch in batches:
        before = state.worth()
        for event in batch:
            apply(state, event)
        if state.is_counted and state.counted_at is None:
            state.counted_at = AT
        for key, amounts in difference(before, state.worth()):
            ledger[key] = Amounts(*(a + b for a, b in zip(ledger[key] or NOTHING, amounts, strict=True)))
    return state, {key: amounts for key, amounts in ledger.items() if amounts != NOTHING}


def known(state):
    """Everything but when it was first counted, which is ours and not the messages'."""
    return (
        state.status, state.status_rank, state.status_at, state.paid_at, state.live_room, state.host_account, state.province,
        {no: line.fact for no, line in state.lines.items()}, state.refunds,
    )  # fmt: skip


def ends(told, random):
    """How each sequence ends."""
    return [(known(state), ledger, state.worth()) for state, ledger in map(booked, sequences(told, random))]


def test_every_sequence_ends_in_one_state_and_one_sum_of_the_ledger():
    tried = []

    @many
    @given(facts(), st.randoms(use_true_random=False))
    def agree(told, random):
        found = ends(told, random)
        tried.append(len(found))
        state, ledger, worth = found[0]
        assert all(end[0] == state for end in found)
        assert all(end[1] == ledger for end in found)
        assert ledger == worth

    agree()
    assert sum(tried) > 20_000


def test_control_when_the_last_to_arrive_wins_the_sequences_differ():
    """The same messages with a rank by arrival, as if `updated_at` were the time at which we received them."""
    differing = []

    @few
    @given(facts(), st.randoms(use_true_random=False))
    def differ(told, random):
        found = []
        for batches in sequences(told, random):
            arrived = iter(range(100))
            ranked = [[replace(event, rank=next(arrived)) for event in batch] for batch in batches]
            state, ledger = booked(ranked)
            found.append((state.status, state.live_room, ledger))
        differing.append(any(end != found[0] for end in found))

    differ()
    assert sum(differing) > 20


def test_what_was_taken_never_regresses_when_it_comes_again():
    """A stale retry: whatever older or equal message comes again, in any sequence, is a repeat or stale, and changes nothing."""
    told_stale = []

    @many
    @given(facts(), st.randoms(use_true_random=False))
    def hold(told, random):
        state, _ = booked([told])
        before = (known(state), state.worth())
        for again in random.choices(told, k=70):
            outcome = apply(state, again)
            assert outcome != Outcome.APPLIED
            told_stale.append(outcome == Outcome.STALE)
        assert (known(state), state.worth()) == before

    hold()
    assert sum(told_stale) > 100
    assert len(told_stale) > 20_000


def test_control_without_ranks_a_stale_retry_regresses():
    regressed = []

    @few
    @given(facts(), st.randoms(use_true_random=False))
    def fall_back(told, random):
        state, _ = booked([sorted(told, key=lambda event: event.rank)])
        before = known(state)
        again = random.choice(told)
        apply(state, replace(again, rank=state.status_rank + 100))
        regressed.append(known(state)[:1] + known(state)[3:] != before[:1] + before[3:])

    fall_back()
    assert any(regressed)
