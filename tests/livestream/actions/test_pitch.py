"""What a host presents: started, ended, closed with the session; each tap once, in whatever order it arrives."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from livestream.actions.pitch import end_pitch, start_pitch
from livestream.actions.session import end_session
from livestream.models import BoardVersion, LiveSession, Pitch
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from tests.factories import make_product, make_session, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def products(county):
    return [make_product(county, title=title) for title in ("花椒", "小米", "柿饼")]


@pytest.fixture
def began(now):
    return now - timedelta(hours=1)


@pytest.fixture
def session(county, host, products, began):
    return make_session(county, host, went_live_at=began, line_up=[(product, 990, None) for product in products])


def versions(session):
    found = dict(BoardVersion.objects.values_list("scope", "version"))
    return found[f"session:{session.pk}"], found["county:140425"]


def pitches(session, began):
    """Title, and the minutes from and to which it was presented."""

    def minute(moment):
        return None if moment is None else int((moment - began).total_seconds() // 60)

    return [(p.product.title, minute(p.started_at), minute(p.ended_at)) for p in session.pitches.select_related("product")]


def test_the_next_pitch_ends_the_open_one_at_the_same_moment(session, products, began):
    start_pitch(session, products[0], at=began + timedelta(minutes=2))
    start_pitch(session, products[1], at=began + timedelta(minutes=7))

    assert pitches(session, began) == [("花椒", 2, 7), ("小米", 7, None)]
    assert Pitch.objects.open().get().product == products[1]


def test_each_pitch_and_each_end_tells_both_boards(session, products, began):
    before = versions(session)

    start_pitch(session, products[0], at=began)
    end_pitch(session, at=began + timedelta(minutes=3))

    assert versions(session) == (before[0] + 2, before[1] + 2)


def test_a_tap_that_comes_again_finds_its_pitch_and_changes_nothing(session, products, began):
    first = start_pitch(session, products[0], at=began, tap="a1")
    start_pitch(session, products[1], at=began + timedelta(minutes=1), tap="a2")
    before = (list(Pitch.objects.values()), versions(session))

    again = start_pitch(session, products[0], at=began + timedelta(minutes=9), tap="a1")

    assert again == first
    assert (list(Pitch.objects.values()), versions(session)) == before


def test_the_same_product_at_the_same_moment_is_the_same_pitch(session, products, began):
    first = start_pitch(session, products[0], at=began)
    before = versions(session)

    assert start_pitch(session, products[0], at=began) == first
    assert (pitches(session, began), versions(session)) == ([("花椒", 0, None)], before)


def test_taps_that_arrive_in_any_order_give_the_same_pitches(county, host, products, began):
    taps = [(0, 5, "a"), (1, 9, "b"), (2, 9, "c"), (0, 14, "d")]
    found = []
    for n, order in enumerate(permutations(taps)):
        session = make_session(
            county, host, room=f"P{n}", went_live_at=began, line_up=[(product, 990, None) for product in products]
        )
        for product, minute, tap in order:
            start_pitch(session, products[product], at=began + timedelta(minutes=minute), tap=tap)
        found.append(sorted(pitches(session, began), key=lambda row: (row[1], row[2] or 99)))

    assert found == [[("花椒", 5, 9), ("小米", 9, 9), ("柿饼", 9, 14), ("花椒", 14, None)]] * 24


def test_an_end_stops_what_was_presented_then(session, products, began):
    start_pitch(session, products[0], at=began)
    start_pitch(session, products[1], at=began + timedelta(minutes=10))

    ended = end_pitch(session, at=began + timedelta(minutes=4))

    assert (ended.product, ended.ended_at) == (products[0], began + timedelta(minutes=4))
    assert pitches(session, began) == [("花椒", 0, 4), ("小米", 10, None)]


def test_an_end_with_nothing_presented_changes_nothing(session, began):
    before = versions(session)

    assert end_pitch(session, at=began) is None
    assert versions(session) == before


def test_ending_the_session_closes_its_open_pitch_and_drops_what_came_after(session, products, began):
    start_pitch(session, products[0], at=began)
    start_pitch(session, products[1], at=began + timedelta(minutes=50))  # staff, while the host's end waited on the phone

    end_session(session, at=began + timedelta(minutes=40))

    assert pitches(session, began) == [("花椒", 0, 40)]


def test_a_tap_that_waited_longer_than_the_session_lasted_is_placed_in_it(session, products, began):
    start_pitch(session, products[0], at=began)
    end_session(session, at=began + timedelta(minutes=40))

    start_pitch(session, products[1], at=began + timedelta(minutes=30), tap="late")

    assert pitches(session, began) == [("花椒", 0, 30), ("小米", 30, 40)]


@pytest.mark.parametrize("minute", [-1, 40, 50])
def test_a_pitch_while_the_session_is_not_on_air_is_refused(session, products, began, minute):
    end_session(session, at=began + timedelta(minutes=40))

    with pytest.raises(NotAllowed, match="这一刻没有在直播"):
        start_pitch(session, products[0], at=began + timedelta(minutes=minute))
    assert not Pitch.objects.exists()


def test_a_session_that_was_never_on_air_has_no_pitch(county, host, products, now):
    session = make_session(county, host, line_up=[(products[0], 990, None)])

    with pytest.raises(NotAllowed) as refused:
        start_pitch(session, products[0], at=now)
    assert refused.value.code == "off_air"


def test_what_is_not_in_the_line_up_is_not_presented(session, county, began):
    with pytest.raises(NotAllowed, match="“土蜂蜜”不在这一场的排品里"):
        start_pitch(session, make_product(county, title="土蜂蜜"), at=began)
    assert not Pitch.objects.exists()


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ([{}, {}], "one_open_pitch_per_session"),
        ([{"tap": "a", "ended": 1}, {"tap": "a", "ended": 1}], "pitch_tap_once"),
        ([{"ended": -1}], "pitch_ends_after_start"),
    ],
)
def test_the_database_has_the_last_word(session, products, began, fields, name):
    rows = [
        Pitch(
            session=session, product=products[0], started_at=began, tap=row.get("tap", ""),
            ended_at=began + timedelta(minutes=row["ended"]) if "ended" in row else None,
        )
        for row in fields
    ]  # fmt: skip

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Pitch.objects.bulk_create(rows)


def test_only_the_staff_and_the_host_run_a_session(session, host, staff, trainer, stranger, county):
    people = [
        host,
        staff,
        make_user("admin", county),
        make_user("host", county),
        trainer,
        make_user("staff", county.parent),
        stranger,
    ]

    run = [LiveSession.objects.visible_to(person, Action.RUN_SESSION).count() for person in people]
    assert run == [1, 1, 1, 0, 0, 0, 0]
