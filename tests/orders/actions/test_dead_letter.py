"""Kept messages: tried again by themselves, then by a person, and counted once whatever happens."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import timedelta

import msgspec
import pytest
from django.db import IntegrityError, connection, transaction

from livestream.rules.errors import NotAllowed
from orders.actions import dead_letter
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.dead_letter import claim_letters, dismiss_message, retry_due_messages, retry_message
from orders.actions.intake import receive
from orders.actions.poison import bury, keep_poison
from orders.models import DayTally, DeadLetter, Hint, RawDelivery
from orders.models.ledger import Cause
from orders.platforms import standard
from orders.rules.waiting import PAUSES, LetterReason
from tests.factories import make_order_body, make_shop

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def keep(shop, body, now, *, message_id="", arrival=None):
    """A push that an older version could not take: kept, acked and buried."""
    arrival = arrival or Arrival(ShopRef(shop.pk, shop.county_id), message_id=message_id, digest=hashlib.sha256(body).digest())
    keep_poison(msgspec.structs.replace(arrival, body=body), at=now)
    return DeadLetter.objects.get(digest=arrival.digest, message_id=arrival.message_id)


def readable(*numbers):
    return json.dumps([make_order_body(number) for number in numbers]).encode()


def counted():
    return list(DayTally.objects.filter(scope="county:140425").values_list("orders", "units", "paid_fen", "refunded_fen"))


def again(letter):
    letter.refresh_from_db()
    return letter


def test_bury_remembers_what_a_person_must_know_and_only_once(shop, now):
    letter = keep(shop, readable("T1"), now)
    kept = Arrival(ShopRef(shop.pk, shop.county_id), message_id=letter.message_id, digest=bytes(letter.digest), body=b"{}")
    bury(kept, LetterReason.UNREADABLE, at=now + MINUTE)

    assert DeadLetter.objects.count() == 1
    letter = again(letter)
    assert (letter.shop, letter.county_id, letter.received_at, letter.size) == (shop, "140425", now, len(readable("T1")))
    assert (letter.reason, letter.state, letter.tries, letter.due_at) == ("crashed", "waiting", 0, now + MINUTE)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [({}, "crashed"), ({"rejected": ((0, "x"),)}, "unreadable"), ({"hints": ("any",)}, "unstorable")],
)
def test_why_it_was_kept_shows_in_how_far_it_came(shop, now, parts, reason):
    arrival = Arrival(ShopRef(shop.pk, shop.county_id), message_id="m", digest=b"d" * 32, **parts)

    assert keep(shop, b"{}", now, arrival=arrival).reason == reason


# --- one attempt ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("message_id", ["", "msg_1"])
def test_retry_counts_a_message_that_can_be_read_now(shop, staff, now, message_id):
    letter = keep(shop, readable("T1", "T2"), now, message_id=message_id)

    assert retry_message(letter, by=staff, at=now + MINUTE)

    letter = again(letter)
    assert counted() == [(2, 4, 23920, 0)]
    assert (letter.state, letter.by, letter.at, letter.tries, letter.due_at) == ("retried", staff, now + MINUTE, 1, None)
    assert (letter.delivery.outcome, letter.delivery.applied, letter.delivery.rejected) == ("taken", 2, [])


def test_a_repeat_of_the_push_is_answered_with_what_the_retry_came_to(shop, staff, now):
    body = readable("T1")
    retry_message(keep(shop, body, now, message_id="msg_1"), by=staff, at=now)
    (message,) = standard.parse({"webhook-id": "msg_1"}, body, now)
    repeat = Arrival(ShopRef(shop.pk, shop.county_id), message.events, message_id="msg_1", digest=message.digest)

    (receipt,) = receive([repeat], cause=Cause.PUSH, at=now)

    assert (receipt.is_repeat, receipt.applied, counted()) == (True, 1, [(1, 2, 11960, 0)])


def test_an_order_that_came_another_way_meanwhile_is_not_counted_twice(shop, staff, now):
    body = readable("T1")
    letter = keep(shop, body, now)
    (message,) = standard.parse({}, body, now)
    receive([Arrival(ShopRef(shop.pk, shop.county_id), message.events)], cause=Cause.FILE, at=now)

    assert retry_message(letter, by=staff, at=now)
    assert (counted(), again(letter).delivery.duplicate) == ([(1, 2, 11960, 0)], 1)


def test_retry_keeps_a_piece_of_a_douyin_push_apart_from_its_neighbours(county, staff, now):
    shop = make_shop(county, "douyin", app_key="app", secret="s3cret")
    pieces = [{"tag": "100", "msg_id": f"m{n}", "data": {"p_id": f"690000000000000000{n}"}} for n in (1, 2)]
    texts = [json.dumps(piece) for piece in pieces]
    digest = hashlib.sha256(texts[1].encode()).digest()
    arrival = Arrival(ShopRef(shop.pk, shop.county_id), message_id="m2", digest=digest)
    letter = keep(shop, f"[{','.join(texts)}]".encode(), now, arrival=arrival)

    assert retry_message(letter, by=staff, at=now)
    assert list(Hint.objects.values_list("number", flat=True)) == ["6900000000000000002"]


def crash(*_arguments):
    raise RuntimeError("nobody foresaw this")


@pytest.mark.parametrize(
    ("body", "fault", "reason"),
    [
        (b"{", None, "unreadable"),
        (b'[{"order_no": 7}]', None, "unreadable"),
        (readable("T1"), (standard, "parse"), "crashed"),
        (readable("T1"), (dead_letter, "receive_halving"), "unstorable"),
    ],
)
def test_what_cannot_be_taken_stays_kept_with_the_reason_of_this_attempt(shop, staff, now, monkeypatch, body, fault, reason):
    letter = keep(shop, body, now)
    DeadLetter.objects.update(reason="lost")
    if fault:
        monkeypatch.setattr(*fault, crash if reason == "crashed" else lambda *_a, **_k: [None])

    assert not retry_message(letter, by=staff, at=now)

    letter = again(letter)
    assert (letter.state, letter.reason, letter.tries, letter.due_at) == ("waiting", reason, 1, now + MINUTE)
    assert (letter.delivery.outcome, counted()) == ("kept", [])


def test_a_message_whose_body_is_gone_says_so(shop, staff, now):
    letter = keep(shop, readable("T1"), now)
    RawDelivery.objects.all().delete()

    assert not retry_message(letter, by=staff, at=now)
    assert again(letter).reason == "lost"


def test_a_value_the_database_refuses_leaves_nothing_behind(shop, staff, now):
    """A real refusal inside the attempt: its transaction goes on, and the neighbours in the same message are not counted."""
    body = json.dumps([make_order_body("T1"), make_order_body("T2", lines=[(1, "X", 10**6, 10**12)])]).encode()
    letter = keep(shop, body, now)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_orderline ADD CONSTRAINT small CHECK (paid_fen < 100000000)")

    assert not retry_message(letter, by=staff, at=now)
    assert (again(letter).reason, counted(), letter.delivery.outcome) == ("unstorable", [], "kept")


# --- by the timetable -----------------------------------------------------------------------------------------------------


def test_automatic_tries_come_further_and_further_apart_and_end_after_five(shop, now):
    keep(shop, b"{", now)
    tried, at = [], now
    while (due := DeadLetter.objects.get().due_at) is not None:
        assert retry_due_messages(due - timedelta(seconds=1)) == 0
        assert DeadLetter.objects.get().tries == len(tried)
        assert retry_due_messages(due) == 0
        tried.append(due - at)
        at = due

    letter = DeadLetter.objects.get()
    assert tried == PAUSES
    assert (letter.tries, letter.state, letter.reason) == (5, "waiting", "unreadable")
    assert retry_due_messages(now + timedelta(days=99)) == 0
    assert again(letter).tries == 5


def test_the_timetable_takes_what_can_be_read_now_and_its_neighbour_stays(shop, now):
    good, bad = keep(shop, readable("T1"), now), keep(shop, b"{", now)

    assert retry_due_messages(now + MINUTE) == 1

    assert (again(good).state, good.by, again(bad).state) == ("retried", None, "waiting")
    assert counted() == [(1, 2, 11960, 0)]


def test_an_attempt_counts_before_it_is_made(shop, now):
    """A message that kills its worker would otherwise be tried for ever."""
    keep(shop, b"{", now)

    (claimed,) = claim_letters(10, now + MINUTE)

    letter = DeadLetter.objects.get()
    assert (letter.tries, letter.due_at) == (claimed.tries, now + MINUTE + PAUSES[1]) == (1, now + timedelta(minutes=11))
    assert claim_letters(10, now + MINUTE) == []


# --- by a person ----------------------------------------------------------------------------------------------------------


def test_dismissed_is_not_tried_again_and_says_who_when_and_why(shop, staff, now):
    letter = keep(shop, readable("T1"), now)

    dismiss_message(letter, by=staff, note="对方已改好重发", at=now)

    letter = again(letter)
    assert (letter.state, letter.by, letter.at, letter.note) == ("dismissed", staff, now, "对方已改好重发")
    assert retry_due_messages(now + timedelta(days=9)) == 0
    assert counted() == []


def test_dismissing_needs_a_note(shop, staff, now):
    letter = keep(shop, b"{", now)

    with pytest.raises(NotAllowed) as refused:
        dismiss_message(letter, by=staff, note=" ", at=now)

    assert (refused.value.code, again(letter).state) == ("note_missing", "waiting")
    with pytest.raises(IntegrityError, match="dismissed_letter_says_why"), transaction.atomic():
        DeadLetter.objects.update(state="dismissed", by=staff, at=now, note="")


def test_what_is_settled_is_refused_in_words(shop, staff, now):
    by_hand, by_itself = keep(shop, b"{", now), keep(shop, readable("T1"), now)
    dismiss_message(by_hand, by=staff, note="x", at=now)
    retry_due_messages(now + MINUTE)
    said = []
    for letter in (by_hand, by_itself):
        for verb, more in ((retry_message, {}), (dismiss_message, {"note": "x"})):
            with pytest.raises(NotAllowed) as refused:
                verb(letter, by=staff, at=now, **more)
            said.append(str(refused.value))

    dismissed, retried = f"{staff.name}已经处理过这一条：不再处理。", "已经处理过这一条：重试成功。"
    assert said == [dismissed, dismissed, retried, retried]


@pytest.mark.django_db(transaction=True)
def test_two_who_settle_it_at_once_settle_it_once(shop, staff, now):
    letter = keep(shop, readable("T1"), now)
    gate, outcomes = threading.Barrier(2), []

    def settle(verb, **more):
        gate.wait(10)
        try:
            verb(letter, by=staff, at=now, **more)
            outcomes.append(verb.__name__)
        except NotAllowed:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=settle, args=[retry_message]),
        threading.Thread(target=settle, args=[dismiss_message], kwargs={"note": "x"}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    state = again(letter).state
    winner = {"retried": "retry_message", "dismissed": "dismiss_message"}[state]
    assert sorted(outcomes) == sorted(["refused", winner])
    assert counted() == ([(1, 2, 11960, 0)] if state == "retried" else [])
