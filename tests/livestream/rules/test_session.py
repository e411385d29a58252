from __future__ import annotations

import pytest

from livestream.rules.errors import NotAllowed
from livestream.rules.session import SessionEvent, SessionKind, SessionState, events_from, next_state

WAY = ["draft", "in_review", "approved", "rehearsed", "live", "ended", "reviewed", "archived"]
STEPS = ["submit", "approve", "rehearse", "go_live", "end", "review", "archive"]


def test_the_whole_way_of_a_county_head_session():
    states = ["draft"]
    for step in STEPS:
        states.append(next_state(states[-1], SessionEvent(step), SessionKind.COUNTY_HEAD).value)

    assert states == WAY


@pytest.mark.parametrize("kind", ["village_host", "special", "practice"])
def test_a_village_host_may_go_live_without_a_rehearsal(kind):
    assert next_state("approved", SessionEvent.GO_LIVE, kind) == SessionState.LIVE


@pytest.mark.parametrize("kind", ["county_head", "relay"])
def test_a_county_head_must_rehearse_first(kind):
    with pytest.raises(NotAllowed) as refused:
        next_state("approved", SessionEvent.GO_LIVE, kind)

    assert refused.value.code == "rehearse_first"
    assert SessionEvent.GO_LIVE not in events_from("approved", kind)


def test_everything_the_table_does_not_name_is_refused():
    allowed = {(state, event) for state in SessionState for event in events_from(state, "village_host")}
    for state in SessionState:
        for event in SessionEvent:
            if (state, event) not in allowed and event != SessionEvent.REOPEN:
                with pytest.raises(NotAllowed):
                    next_state(state, event, "village_host")
    assert len(allowed) == 13


@pytest.mark.parametrize("state", ["archived", "cancelled"])
def test_archived_and_cancelled_are_the_end(state):
    assert events_from(state, "village_host") == []


def test_a_session_on_air_can_only_end():
    assert events_from("live", "county_head") == [SessionEvent.END]


def test_what_a_request_decides_has_no_button():
    assert [events_from(state, "county_head", by_request=True) for state in ("draft", "in_review", "approved")] == [
        [SessionEvent.CANCEL],
        [SessionEvent.CANCEL],
        [SessionEvent.REHEARSE, SessionEvent.CANCEL],
    ]


@pytest.mark.parametrize("state", ["approved", "rehearsed"])
def test_what_was_approved_is_planned_anew_without_a_button(state):
    assert next_state(state, SessionEvent.REOPEN, "county_head") == SessionState.DRAFT
    assert SessionEvent.REOPEN not in events_from(state, "county_head")
