"""How many watch, of what was said of each room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.rules.watching import Room, watching

AT = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)


def room(platform, minutes, online, *, is_live=True, peak=None, visits=None, source="tap"):
    read_at = AT - timedelta(minutes=minutes)
    return Room("s", "场", platform, is_live, online, read_at, source, online if peak is None else peak, read_at, visits)


def test_ten_minutes_old_is_no_longer_now():
    rooms = [
        room("a", 9.99, 5, source="api"),
        room("b", 10, 7, visits=3),
        room("c", 0, 9, is_live=False),
        Room("s", "场", "d", True),
    ]

    found = watching(rooms, AT)

    assert (found.online, found.added, found.stale, found.since) == (5, 1, 1, AT - timedelta(minutes=9.99))
    assert (found.sources, found.visits, found.visited, found.peak) == (["api"], 3, 1, rooms[2])


def test_nobody_said_anything():
    assert watching([], AT) == (None, 0, 0, None, [], None, 0, None)
    assert watching([room("a", 30, 8)], AT)[:4] == (None, 0, 1, None)  # not 0: not known


rooms_said = st.lists(
    st.builds(
        room, st.sampled_from("abc"), st.integers(0, 20), st.integers(0, 9), is_live=st.booleans(), peak=st.integers(0, 9),
        visits=st.none() | st.integers(0, 9), source=st.sampled_from(["tap", "api"]),
    ),
    max_size=6,
    unique_by=lambda room: room.platform,
)  # fmt: skip


@settings(max_examples=30)
@given(rooms_said, st.randoms(use_true_random=False))
def test_the_order_of_rooms_does_not_matter(rooms, chance):
    shuffled = chance.sample(rooms, len(rooms))

    assert watching(shuffled, AT) == watching(rooms, AT)
