"""Pitches side by side: never two at once, never of negative length, and the same in whatever order the taps arrive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream.rules.pitch import Stretch, closed, placed, was_on_air

EIGHT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def at(minute):
    return EIGHT + timedelta(minutes=minute)


def pitch(start, end=None, tap="", product=1):
    return Stretch(at(start), tap, product, None if end is None else at(end))


@pytest.mark.parametrize(
    ("known", "start", "until", "cut", "new"),
    [
        ([], pitch(5), None, None, pitch(5)),
        ([pitch(0)], pitch(5), None, pitch(0, 5), pitch(5)),
        ([pitch(10)], pitch(5), None, None, pitch(5, 10)),  # late, before everything that is known
        ([pitch(0, 10), pitch(10)], pitch(5), None, pitch(0, 5), pitch(5, 10)),  # late, in the middle of another
        ([pitch(0, 3), pitch(10)], pitch(5), None, None, pitch(5, 10)),  # late, into a pause
        ([pitch(0, 3)], pitch(5), None, None, pitch(5)),
        ([pitch(0, 30)], pitch(5), at(30), pitch(0, 5), pitch(5, 30)),  # late, after the session has ended
        ([pitch(0, 3)], pitch(5), at(30), None, pitch(5, 30)),
        ([], pitch(5), at(30), None, pitch(5, 30)),
        ([pitch(5, tap="a")], pitch(5, tap="b"), None, pitch(5, 5, tap="a"), pitch(5, tap="b")),  # two of one moment
        ([pitch(5, tap="b")], pitch(5, tap="a"), None, None, pitch(5, 5, tap="a")),
    ],
)
def test_a_pitch_is_placed_at_its_own_moment(known, start, until, cut, new):
    assert placed(known, start, until) == (cut, new)


def test_the_end_of_the_session_cuts_what_lasts_and_drops_what_began_after_it():
    known = [pitch(0, 10), pitch(10, 40, "a"), pitch(40, 50, "b"), pitch(50, None, "c")]

    assert closed(known, at(30)) == ([pitch(10, 30, "a")], [pitch(40, 50, "b"), pitch(50, None, "c")])


@pytest.mark.parametrize(
    ("minute", "began", "ended", "answer"),
    [(5, None, None, False), (-1, 0, None, False), (0, 0, None, True), (5, 0, 6, True), (6, 0, 6, False)],
)
def test_on_air_is_from_the_beginning_until_just_before_the_end(minute, began, ended, answer):
    window = {"began": None if began is None else at(began), "ended": None if ended is None else at(ended)}

    assert was_on_air(at(minute), **window) is answer


# --- any order of arrival ---------------------------------------------------------------------------------------------


class Session:
    """Pitches as the verbs keep them: each arrival changes at most what it must."""

    def __init__(self):
        self.pitches: dict[tuple, Stretch] = {}
        self.ended_at = None

    def start(self, minute, tap):
        new = Stretch(at(minute), tap, 1)
        if new.key in self.pitches or not was_on_air(at(minute), began=at(0), ended=self.ended_at):
            return
        cut, new = placed(list(self.pitches.values()), new, self.ended_at)
        for changed in (cut, new):
            if changed:
                self.pitches[changed.key] = changed

    def stop(self, minute):
        for stretch in list(self.pitches.values()):
            if stretch.lasts_over(at(minute)):
                self.pitches[stretch.key] = Stretch(stretch.started_at, stretch.tap, 1, at(minute))

    def end(self, minute):
        self.ended_at = at(minute)
        short, never = closed(list(self.pitches.values()), at(minute))
        self.pitches |= {stretch.key: stretch for stretch in short}
        for stretch in never:
            del self.pitches[stretch.key]

    def all(self):
        return [self.pitches[key] for key in sorted(self.pitches)]


TAPS = st.lists(st.tuples(st.integers(0, 12), st.sampled_from("abcdefgh")), max_size=8)


@given(taps=TAPS, end=st.none() | st.integers(1, 12), data=st.data())
def test_the_order_of_arrival_does_not_matter(taps, end, data):
    events = [("start", tap) for tap in taps] + ([("end", (end,))] if end is not None else [])
    sessions = []
    for order in (events, data.draw(st.permutations(events))):
        session = Session()
        for verb, facts in order:
            getattr(session, verb)(*facts)
        sessions.append(session.all())

    assert sessions[0] == sessions[1]
    assert [(s.started_at, s.tap) for s in sessions[0]] == sorted(
        {(at(minute), tap) for minute, tap in taps if end is None or minute < end}
    )


@given(
    events=st.lists(
        st.tuples(st.just("start"), st.tuples(st.integers(0, 12), st.sampled_from("abcdefgh")))
        | st.tuples(st.just("stop"), st.tuples(st.integers(0, 12))),
        max_size=14,
    ),
    end=st.none() | st.integers(1, 12),
)
def test_two_pitches_never_overlap_and_only_the_last_may_last(events, end):
    session = Session()
    for verb, facts in events:
        getattr(session, verb)(*facts)
    if end is not None:
        session.end(end)
    pitches = session.all()

    assert all(s.ended_at is None or s.started_at <= s.ended_at for s in pitches)
    assert all(
        s.ended_at is not None and s.ended_at <= following.started_at for s, following in zip(pitches, pitches[1:], strict=False)
    )
    assert end is None or all(s.ended_at is not None and s.ended_at <= at(end) for s in pitches)
