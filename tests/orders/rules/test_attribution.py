from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from orders.rules.attribution import Attribution, Evidence, Window, attribute

EIGHT = datetime(2026, 11, 21, 12, tzinfo=UTC)  # 20:00 in Shanghai
FIRST, SECOND = uuid.UUID(int=1), uuid.UUID(int=2)


def minutes(n):
    return EIGHT + timedelta(minutes=n)


FIRST_SHOW = Window(FIRST, "R1", "A1", EIGHT, minutes(60))


@pytest.mark.parametrize(
    ("minute", "session"),
    [(-1, None), (0, FIRST), (59, FIRST), (60, FIRST), (89, FIRST), (90, None)],
    ids=["before", "first moment", "on air", "just ended", "in grace", "grace over"],
)
def test_a_room_holds_from_its_first_moment_until_thirty_minutes_after_its_end(minute, session):
    assert attribute(minutes(minute), "R1", None, [FIRST_SHOW]).session_id == session


def test_a_show_still_on_air_has_no_end():
    assert attribute(minutes(600), "R1", None, [Window(FIRST, "R1", "", EIGHT, None)]).session_id == FIRST


def test_on_air_beats_grace_when_the_next_show_takes_the_room_over():
    next_show = Window(SECOND, "R1", "A1", minutes(60), None)

    assert attribute(minutes(59), "R1", None, [FIRST_SHOW, next_show]).session_id == FIRST
    assert attribute(minutes(60), "R1", None, [FIRST_SHOW, next_show]).session_id == SECOND


def test_two_shows_on_air_in_one_room_give_one_attribution_and_a_flag():
    other = Window(SECOND, "R1", "A2", minutes(10), minutes(50))

    found = attribute(minutes(20), "R1", None, [FIRST_SHOW, other])

    assert (found.session_id, found.evidence, found.is_contested) == (SECOND, Evidence.ROOM, True)
    assert attribute(minutes(20), "R1", None, [other, FIRST_SHOW]) == found


def test_the_room_is_stronger_than_the_account():
    other = Window(SECOND, "R2", "A2", EIGHT, None)

    assert attribute(minutes(5), "R1", "A2", [FIRST_SHOW, other]).session_id == FIRST
    assert attribute(minutes(5), None, "A2", [FIRST_SHOW, other]).session_id == SECOND
    assert attribute(minutes(5), "unknown", "A2", [FIRST_SHOW, other]).evidence == Evidence.ACCOUNT


@pytest.mark.parametrize(("paid_at", "room", "account"), [(None, "R1", "A1"), (minutes(5), None, None), (minutes(5), "", "")])
def test_without_evidence_or_time_an_order_stays_unattributed(paid_at, room, account):
    nameless = Window(SECOND, "", "", EIGHT, None)

    assert attribute(paid_at, room, account, [FIRST_SHOW, nameless]) == Attribution(None, Evidence.NONE)


def test_the_words_that_rows_keep_never_change():
    assert Evidence.values == ["", "room", "account", "hand"]


def test_of_two_shows_in_grace_the_one_that_ended_last_has_it():
    earlier = Window(SECOND, "R1", "", minutes(-60), minutes(50))

    assert attribute(minutes(70), "R1", None, [earlier, FIRST_SHOW]).session_id == FIRST


def test_a_show_that_hands_over_on_time_is_not_contested():
    next_show = Window(SECOND, "R1", "A1", minutes(60), None)

    assert attribute(minutes(60), "R1", None, [FIRST_SHOW, next_show]) == Attribution(SECOND, Evidence.ROOM)
    assert attribute(minutes(70), None, "A1", [FIRST_SHOW]) == Attribution(FIRST, Evidence.ACCOUNT)


def test_two_shows_on_air_on_one_account_are_contested():
    other = Window(SECOND, "R2", "A1", minutes(10), None)

    assert attribute(minutes(20), None, "A1", [FIRST_SHOW, other]) == Attribution(SECOND, Evidence.ACCOUNT, is_contested=True)


def test_of_two_shows_that_began_or_ended_together_it_is_the_same_one_whichever_is_read_first():
    twin = Window(SECOND, "R1", "A1", EIGHT, minutes(60))

    for windows in ([FIRST_SHOW, twin], [twin, FIRST_SHOW]):
        assert attribute(minutes(20), "R1", None, windows) == Attribution(SECOND, Evidence.ROOM, is_contested=True)
        assert attribute(minutes(70), "R1", None, windows) == Attribution(SECOND, Evidence.ROOM)
