"""Hints under a person's eye: since when they wait, trying them again, letting them rest."""

from __future__ import annotations

from datetime import timedelta

import pytest

from livestream.rules.errors import NotAllowed
from orders.actions import hints, wake
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.hints import Answer, answer_hints, answer_waiting, claim_hints, dismiss_hint, retry_hint, settle_hints
from orders.actions.intake import receive
from orders.models import DayTally, Hint
from orders.models.ledger import Cause
from orders.platforms.contract import HintFact
from orders.platforms.fake import FakeDouyin, Good
from tests.factories import make_shop

pytestmark = pytest.mark.django_db
DANGSHEN = Good("LDS-500", "潞党参 500g", 5980)


@pytest.fixture
def fake(settings):
    with FakeDouyin("app", "s3cret", seed=7) as fake:
        settings.PRACTICE_PLATFORM_URL = fake.url
        yield fake


@pytest.fixture
def shop(county):
    return make_shop(county, "douyin", app_key="app", secret="s3cret", access_token="t", is_practice=True)


def hint_at(shop, now, *numbers):
    facts = tuple(HintFact("order", number) for number in numbers)
    receive([Arrival(ShopRef(shop.pk, shop.county_id), hints=facts)], cause=Cause.PUSH, at=now)


def orders_counted():
    return DayTally.objects.values_list("orders", flat=True).get(scope="county:140425")


def only_hint():
    return Hint.objects.get()


# --- since when it waits --------------------------------------------------------------------------------------------------


def since(now):
    """How many seconds ago the only hint began to wait; None when it does not wait."""
    hint = Hint.objects.waiting().oldest_first().first()
    return hint and (now - hint.since).total_seconds()


def test_a_hint_waits_since_its_push_however_often_it_is_asked_for(shop, fake, now):
    hint_at(shop, now, "404")
    before = since(now + timedelta(seconds=5))
    answer_waiting(now + timedelta(seconds=5))
    hint_at(shop, now + timedelta(minutes=1), "404")
    answer_waiting(now + timedelta(minutes=10))

    assert (before, since(now + timedelta(minutes=11))) == (5, 660)


def test_a_hint_that_was_answered_or_given_up_waits_since_its_new_push(shop, fake, now):
    placed, _paid = fake.sell([(DANGSHEN, 1)])
    later = now + timedelta(days=2)
    hint_at(shop, now, placed.number)
    answer_waiting(now)
    hint_at(shop, later, placed.number)
    answered = since(later + timedelta(seconds=1))
    claimed = claim_hints(1, later)[0]
    Hint.objects.update(attempts=hints.REFUSALS)
    claimed.attempts = hints.REFUSALS
    settle_hints([Answer(claimed, error=hints.Refused("x", "y"))], later)
    given_up = since(later)
    hint_at(shop, later + timedelta(hours=1), placed.number)

    assert (answered, given_up, since(later + timedelta(hours=1, seconds=3))) == (1, None, 3)


def test_late_are_those_that_wait_longer_than_a_minute(shop, now):
    hint_at(shop, now - timedelta(seconds=61), "1")
    hint_at(shop, now - timedelta(seconds=60), "2")

    assert [hint.number for hint in Hint.objects.late(now)] == ["1"]


# --- by a person ----------------------------------------------------------------------------------------------------------


def give_up(hint, at):
    Hint.objects.filter(pk=hint.pk).update(given_up_at=at, attempts=8, waiting_since=None, reason="missing")
    hint.refresh_from_db()
    return hint


def test_retry_asks_anew_with_all_patience_and_wakes_the_worker(shop, fake, staff, now, django_capture_on_commit_callbacks):
    placed, _paid = fake.sell([(DANGSHEN, 1)])
    hint_at(shop, now, placed.number)
    hint = give_up(only_hint(), now)
    later = now + timedelta(days=1)

    with django_capture_on_commit_callbacks() as woken:
        retry_hint(hint, by=staff, at=later)

    hint = only_hint()
    assert (hint.given_up_at, hint.attempts, hint.due_at, since(later)) == (None, 0, later, 0)
    assert woken == [wake.wake_worker]
    assert answer_waiting(later) == 1
    assert orders_counted() == 1


def test_retry_of_one_that_waits_keeps_its_age(shop, staff, now):
    hint_at(shop, now, "1")
    retry_hint(only_hint(), by=staff, at=now + timedelta(minutes=3))

    assert since(now + timedelta(minutes=3)) == 180


@pytest.mark.parametrize("was_given_up", [False, True])
def test_dismissed_is_neither_asked_for_nor_listed_and_says_who_when_and_why(shop, fake, staff, now, was_given_up):
    hint_at(shop, now, "404")
    hint = give_up(only_hint(), now - timedelta(hours=1)) if was_given_up else only_hint()

    dismiss_hint(hint, by=staff, note="  测试单\n，平台查不到 ", at=now)

    hint = only_hint()
    assert (hint.dismissed_by, hint.dismissed_at, hint.note) == (staff, now, "测试单 ，平台查不到")
    assert hint.is_dismissed
    assert (claim_hints(10, now + timedelta(days=1)), list(Hint.objects.given_up())) == ([], [])


def test_a_new_push_opens_a_dismissed_hint_and_keeps_who_dismissed_it(shop, fake, staff, now):
    placed, _paid = fake.sell([(DANGSHEN, 1)])
    hint_at(shop, now, placed.number)
    dismiss_hint(only_hint(), by=staff, note="不要了", at=now)
    later = now + timedelta(hours=1)

    hint_at(shop, later, placed.number)

    hint = only_hint()
    assert (hint.is_dismissed, hint.dismissed_by, hint.note, since(later)) == (False, staff, "不要了", 0)
    assert answer_waiting(later) == 1


def test_given_up_again_after_it_was_dismissed_is_listed_again(shop, staff, now):
    hint_at(shop, now, "404")
    dismiss_hint(only_hint(), by=staff, note="不要了", at=now)
    give_up(only_hint(), now + timedelta(hours=2))

    assert [hint.number for hint in Hint.objects.given_up()] == ["404"]


@pytest.mark.parametrize(("note", "code"), [("", "note_missing"), (" \t\u200b", "note_missing"), ("长" * 201, "too_long")])
def test_dismissing_needs_a_note_that_fits(shop, staff, now, note, code):
    hint_at(shop, now, "1")

    with pytest.raises(NotAllowed) as refused:
        dismiss_hint(only_hint(), by=staff, note=note, at=now)

    assert (refused.value.code, only_hint().dismissed_at) == (code, None)


def test_what_a_colleague_has_settled_is_refused_in_words(shop, fake, staff, now):
    placed, _paid = fake.sell([(DANGSHEN, 1)])
    hint_at(shop, now, placed.number, "404")
    dismissed, answered = Hint.objects.get(number="404"), Hint.objects.get(number=placed.number)
    dismiss_hint(dismissed, by=staff, note="不要了", at=now)
    answer_waiting(now)
    said = []
    for hint in (dismissed, answered):
        for verb, more in ((retry_hint, {}), (dismiss_hint, {"note": "x"})):
            with pytest.raises(NotAllowed) as refused:
                verb(hint, by=staff, at=now, **more)
            said.append(str(refused.value))

    settled, done = f"{staff.name}已经处理过这一条：不再处理。", "这一笔已经取到了，不用再处理。"
    assert said == [settled, settled, done, done]


def test_an_answer_that_comes_after_the_dismissal_counts(shop, fake, staff, now):
    placed, _paid = fake.sell([(DANGSHEN, 1)])
    hint_at(shop, now, placed.number)
    claimed = claim_hints(10, now)
    dismiss_hint(only_hint(), by=staff, note="不要了", at=now)

    assert answer_hints(claimed, now) == 1
    assert (orders_counted(), list(Hint.objects.given_up())) == (1, [])
