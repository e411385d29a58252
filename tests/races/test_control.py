"""Two phones and a desk press two hundred things, with cuts, repeats and shuffles, by clocks that are a day off: the log has each
once, in one order, and comes to what an independent model says. A control without the constraint of the tap; and emergencies."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection

from livestream.actions import control, control_pull
from livestream.actions.control_log import standing_of
from livestream.actions.session import change_state
from livestream.models import ControlEvent, LineUpItem, LiveSession, Pitch
from livestream.rules.control import Device, moment_of_tap
from livestream.rules.errors import NotAllowed
from livestream.rules.session import SessionEvent
from tests.factories import make_product, make_session, make_user
from tests.races.runners import race
from tests.tokens import token_text, with_token

pytestmark = pytest.mark.django_db(transaction=True)
PRESSES, PRODUCTS = 200, 4
KINDS = ("list", "unlist", "sold_out", "pitch", "pitch_end", "stock", "prompt")


@pytest.fixture
def products(county):
    return [make_product(county) for _ in range(PRODUCTS)]


@pytest.fixture
def session(county, host, products, now):
    return make_session(
        county, host, went_live_at=now - timedelta(hours=1), line_up=[(product, 990, 100) for product in products]
    )


def plan(seed, products, host, staff, now):
    """(device's number, what, on what, when it really was, tap, how wrong that device's clock goes), in order of their moments.
    The first phone is a day behind, the second a day ahead."""
    chance = random.Random(seed)
    wrong = (timedelta(days=-1), timedelta(days=1), timedelta(0))
    presses = []
    for number in range(PRESSES):
        device = chance.randrange(3)
        at = now - timedelta(minutes=50) + timedelta(seconds=10 * number + chance.randrange(10))
        presses.append((device, chance.choice(KINDS), chance.choice(products), at, f"tap-{number:03}", wrong[device]))
    return presses


def press(session, one, people, now):
    device, what, product, real, tap, wrong = one
    at = moment_of_tap(real + wrong, sent=now + wrong, now=now) if wrong else real
    by = {"by": people[device], "at": at, "tap": tap, "device": Device.DESK if device == 2 else Device.PHONE}
    verbs = {
        "list": lambda: control.list_item(session, product, **by),
        "unlist": lambda: control.unlist_item(session, product, **by),
        "sold_out": lambda: control.mark_sold_out(session, product, **by),
        "pitch": lambda: control.begin_pitch(session, product, **by),
        "pitch_end": lambda: control.stop_pitch(session, **by),
        "stock": lambda: control.change_stock(session, product, int(tap[4:]), **by, words="同意"),
        "prompt": lambda: control.prompt_host(session, **by, words="看弹幕"),
    }
    verbs[what]()


def carry(session, presses, people, now, chance):
    """What a device does: each press is sent once or more, some only after others were; as a line that breaks has it."""
    sent = [one for one in presses for _ in range(chance.choice((1, 1, 2, 3)))]
    for start in range(0, len(sent), 20):
        batch = sent[start : start + 20]
        chance.shuffle(batch)
        for one in batch:
            press(session, one, people, now)


def model(presses, products):
    """By hand, in the order of the moments: the state and stock of each product, and the pitches."""
    states, stocks, pitches = {one.pk: "listed" for one in products}, {one.pk: 100 for one in products}, []
    named = {"list": "listed", "unlist": "unlisted", "sold_out": "sold_out"}
    for _device, what, product, at, tap, _wrong in sorted(presses, key=lambda one: (one[3], one[4])):
        if what in named:
            states[product.pk] = named[what]
        if what == "stock":
            stocks[product.pk] = int(tap[4:])
        if what in {"pitch", "pitch_end"} and pitches and pitches[-1][2] is None:
            pitches[-1][2] = at
        if what == "pitch":
            pitches.append([product.pk, at, None])
    return states, stocks, [tuple(pitch) for pitch in pitches]


@pytest.mark.parametrize("seed", [1, 2])
def test_two_phones_and_a_desk_agree_on_one_log(session, products, host, staff, now, seed):
    people, presses = (host, host, staff), plan(seed, products, host, staff, now)
    works = [
        lambda n=n: carry(session, [one for one in presses if one[0] == n], people, now, random.Random(seed + n))
        for n in range(3)
    ]

    assert race(*works) == []

    taps = set(ControlEvent.objects.filter(tap__startswith="tap-").values_list("tap", flat=True))
    assert taps | set(Pitch.objects.values_list("tap", flat=True)) == {one[4] for one in presses}
    logged = [event for event in ControlEvent.objects.in_order() if event.tap in taps]
    assert [event.tap for event in logged] == [one[4] for one in presses if one[1] != "pitch"], (
        "each once, in the order it happened"
    )
    states, stocks, pitches = model(presses, products)
    items = LineUpItem.objects.filter(session=session)
    assert dict(items.values_list("product", "state")) == states == standing_of(session).states
    assert dict(items.values_list("product", "committed_stock")) == stocks
    assert list(Pitch.objects.order_by("started_at").values_list("product", "started_at", "ended_at")) == pitches


# --- the same tap at the same moment --------------------------------------------------------------------------------------


@pytest.fixture
def no_turns(monkeypatch):
    """Control: nobody takes turns at the session, so that only the constraint is left."""
    from livestream.actions import control_log

    gate = threading.Barrier(4)
    real = control_log.moment_in

    def together(*args, **kwargs):
        gate.wait(5)
        return real(*args, **kwargs)

    monkeypatch.setattr(control_log, "lock_session", lambda session: LiveSession.objects.get(pk=session.pk))
    monkeypatch.setattr(control_log, "moment_in", together)


def without_index(name, columns):
    """Control: the log takes twice what this constraint keeps single."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE livestream_controlevent CASCADE")
        cursor.execute(f"CREATE UNIQUE INDEX {name} ON livestream_controlevent {columns}")


@pytest.fixture
def no_constraint(transactional_db):
    yield from without_index("control_tap_once", "(session_id, tap) WHERE tap <> ''")


@pytest.fixture
def no_constraint_of_answers(transactional_db):
    yield from without_index("price_answered_once", "(about_id) WHERE kind IN ('price', 'price_no')")


def same_tap(session, product, host, now):
    return [lambda: control.mark_sold_out(session, product, by=host, at=now, tap="next", device=Device.PHONE) for _ in range(4)]


def test_pressed_four_times_in_a_tunnel_it_is_one_event(session, products, host, now):
    assert race(*same_tap(session, products[0], host, now)) == []

    assert ControlEvent.objects.filter(tap="next").count() == 1


def test_control_without_taking_turns_the_constraint_refuses_the_second(session, products, host, now, no_turns):
    errors = race(*same_tap(session, products[0], host, now))

    assert [type(error).__name__ for error in errors] == ["IntegrityError"] * 3
    assert ControlEvent.objects.filter(tap="next").count() == 1


def test_control_without_the_constraint_the_log_has_it_four_times(session, products, host, now, no_turns, no_constraint):
    assert race(*same_tap(session, products[0], host, now)) == []

    assert ControlEvent.objects.filter(tap="next").count() == 4


# --- ended, approved and pulled at the same moment ------------------------------------------------------------------------


def test_ended_by_phone_and_desk_at_once_has_one_effect(session, host, staff, now):
    def end(by):
        return lambda: change_state(LiveSession.objects.get(pk=session.pk), SessionEvent.END, at=now, by=by)

    errors = race(end(host), end(staff))

    assert [error.code for error in errors] == ["state"]
    assert ControlEvent.objects.filter(kind="ended").count() == 1


def test_a_price_that_two_approve_at_once_is_changed_once(session, products, county, staff, now):
    asked = control.propose_price(session, products[0], 890, by=staff, at=now, words="试")
    two = [make_user("staff", county) for _ in range(2)]

    errors = race(*(lambda by=by: control.answer_price(asked, agrees=True, by=by, at=now) for by in two))

    assert [error.code for error in errors] == ["price_answered"]
    assert ControlEvent.objects.filter(kind="price").count() == 1


def by_token(person, session, **body):
    """Pressed at the API with a token of this person; the code of what refused it, or None."""
    answer = with_token(token_text(person, "write:sessions")).post(
        f"/api/v1/sessions/{session.pk}/control/", body, content_type="application/json"
    )
    return answer.json()["code"] if answer.status_code == 409 else None


def approve_at_once(session, product, county, staff):
    """Two others approve what the first has proposed, each with a token of his own: the codes of what was refused."""
    assert by_token(staff, session, kind="price_asked", sku=product.sku, price_fen=890, words="试") is None
    proposal, codes = ControlEvent.objects.get(kind="price_asked"), []
    two = [make_user("staff", county) for _ in range(2)]

    works = [lambda one=one: codes.append(by_token(one, session, kind="price", about=proposal.pk)) for one in two]
    assert race(*works) == []
    return codes


def test_a_price_that_two_tokens_approve_at_once_is_changed_once(session, products, county, staff):
    codes = approve_at_once(session, products[0], county, staff)

    assert sorted(codes, key=str) == [None, "price_answered"]
    assert ControlEvent.objects.filter(kind="price").count() == 1
    assert LineUpItem.objects.get(session=session, product=products[0]).live_price_fen == 890


@pytest.fixture
def no_turns_at_prices(monkeypatch):
    """Control: both look before either answers."""
    gate, real = threading.Barrier(2), control._is_answered

    def together(proposal):
        said = real(proposal)
        gate.wait(20)
        return said

    monkeypatch.setattr(control, "lock_session", lambda one: LiveSession.objects.get(pk=one.pk))
    monkeypatch.setattr(control, "_is_answered", together)


def test_control_without_turns_the_constraint_refuses_the_second_answer(session, products, county, staff, no_turns_at_prices):
    codes = approve_at_once(session, products[0], county, staff)

    assert sorted(codes, key=str) == [None, "price_answered"]
    assert ControlEvent.objects.filter(kind="price").count() == 1


def test_control_without_turns_and_constraint_the_price_is_changed_twice(
    session, products, county, staff, no_turns_at_prices, no_constraint_of_answers
):
    assert approve_at_once(session, products[0], county, staff) == [None, None]
    assert ControlEvent.objects.filter(kind="price").count() == 2


def slow_start(monkeypatch):
    """Gives whoever pulls time while a session that carries the goods goes on air."""
    from livestream.actions import session as sessions

    real = sessions.write_start

    def waited(*args, **kwargs):
        real(*args, **kwargs)
        time.sleep(0.3)

    monkeypatch.setattr(sessions, "write_start", waited)


def start_and_pull(county, session, product, staff, now):
    later = make_session(county, make_user("host", county), room="R2", line_up=[(product, 990, None)])
    LiveSession.objects.filter(pk=later.pk).update(state="approved")
    begun = LiveSession.objects.get(pk=later.pk)

    def pull():
        time.sleep(0.15)
        control.pull_item(session, product, by=staff, at=now, words="质量有问题")

    errors = race(lambda: change_state(begun, SessionEvent.GO_LIVE, at=now - timedelta(minutes=1), by=staff), pull)
    assert errors == []
    return LineUpItem.objects.get(session=later).state


def test_what_is_pulled_while_another_session_goes_on_air_is_pulled_there_too(monkeypatch, county, session, products, staff, now):
    slow_start(monkeypatch)

    assert start_and_pull(county, session, products[0], staff, now) == "pulled"


def test_control_without_turns_at_the_product_it_stays_listed(monkeypatch, county, session, products, staff, now):
    from livestream.actions import control_start

    slow_start(monkeypatch)
    monkeypatch.setattr(control_start, "lock_products", lambda _products: None)
    monkeypatch.setattr(control_pull, "lock_products", lambda _products: None)

    assert start_and_pull(county, session, products[0], staff, now) == "listed"


def test_rooms_that_list_while_it_is_pulled_everywhere_end_without_it(county, session, products, staff, now):
    others = [
        make_session(county, went_live_at=now - timedelta(minutes=30), line_up=[(products[0], 990, None)]) for _ in range(3)
    ]

    def keep_listing(one):
        for _ in range(5):
            with contextlib.suppress(NotAllowed):
                control.list_item(one, products[0], by=staff, at=now - timedelta(seconds=1))

    works = [lambda one=one: keep_listing(one) for one in others]
    errors = race(
        *works, lambda: control.pull_item(session, products[0], by=staff, at=now - timedelta(seconds=2), words="发不出货")
    )

    assert errors == []
    assert set(LineUpItem.objects.filter(product=products[0]).values_list("state", flat=True)) == {"pulled"}
