from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from livestream.actions.session import add_room, change_state, correct_window, end_session, go_live
from livestream.models import BoardVersion, LiveSession
from livestream.rules.errors import NotAllowed
from livestream.rules.session import SessionEvent
from tests.factories import make_approval, make_product, make_session

pytestmark = pytest.mark.django_db


def versions(session):
    found = dict(BoardVersion.objects.values_list("scope", "version"))
    return found[f"session:{session.pk}"], found["county:140425"]


def test_schedule_session_writes_the_line_up_in_order(county, host):
    products = [make_product(county) for _ in range(3)]

    session = make_session(county, host, line_up=[(product, 2990, 100) for product in products])

    assert list(session.line_up.values_list("position", "product_id", "live_price_fen", "committed_stock")) == [
        (n, product.pk, 2990, 100) for n, product in enumerate(products, start=1)
    ]
    assert session.state == "draft"


def test_go_live_and_end_set_the_window_and_touch_both_boards(county, host, now):
    session = make_session(county, host)
    change_state(session, SessionEvent.SUBMIT, at=now)
    change_state(session, SessionEvent.APPROVE, at=now)
    before = versions(session)

    go_live(session, at=now)
    end_session(session, at=now + timedelta(hours=2))

    stored = LiveSession.objects.get(pk=session.pk)
    assert (stored.state, stored.went_live_at, stored.ended_at, stored.window_revision) == (
        "ended",
        now,
        now + timedelta(hours=2),
        2,
    )
    assert versions(session) == (before[0] + 2, before[1] + 2)


def test_a_second_person_who_was_slower_is_told_and_changes_nothing(session, now):
    stale = LiveSession.objects.get(pk=session.pk)
    end_session(session, at=now)

    with pytest.raises(NotAllowed) as refused:
        end_session(stale, at=now + timedelta(hours=5))

    assert refused.value.code == "state"
    assert LiveSession.objects.get(pk=session.pk).ended_at == now


def test_a_county_head_cannot_go_live_before_the_rehearsal(county, host, now):
    session = make_session(county, host, kind="county_head")
    make_approval(session)
    change_state(session, SessionEvent.SUBMIT, at=now)
    change_state(session, SessionEvent.APPROVE, at=now)

    with pytest.raises(NotAllowed, match="先彩排"):
        go_live(session, at=now)


def test_the_database_refuses_a_session_that_ends_before_it_began(session, now):
    with pytest.raises(IntegrityError, match="session_ends_after_going_live"), transaction.atomic():
        correct_window(session, went_live_at=now, ended_at=now - timedelta(hours=1))


def test_another_room_is_another_revision_of_the_window(session):
    before = session.window_revision

    add_room(session, platform="standard", room_id="R2")

    assert session.window_revision == before + 1
    assert sorted(session.rooms.values_list("room_id", flat=True)) == ["R1", "R2"]
