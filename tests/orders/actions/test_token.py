from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from orders.actions.arrival import Arrival, ShopRef
from orders.actions.hints import answer_waiting
from orders.actions.intake import receive
from orders.actions.pull import pull_lists
from orders.actions.token import claim_tokens, renew_from_now_on, renew_tokens, store_token
from orders.models import DayTally, Hint, PullCursor, Shop
from orders.models.ledger import Cause
from orders.platforms.contract import HintFact, TokenFact
from orders.platforms.fake import FakeDouyin, Good
from orders.platforms.fake_server import CALLS
from orders.tasks import renew_access_tokens
from tests.factories import make_shop
from tests.races.runners import race

pytestmark = pytest.mark.django_db
DANGSHEN = Good("LDS-500", "潞党参 500g", 5980)
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def fake(settings):
    """Its tokens end after seven days; `clock[0]` is its time."""
    with FakeDouyin("app", "s3cret", seed=13) as fake:
        fake.tokens.life_s = int(WEEK.total_seconds())
        settings.PRACTICE_PLATFORM_URL = fake.url
        yield fake


@pytest.fixture
def shop(county, now):
    shop = make_shop(county, "douyin", app_key="app", secret="s3cret", platform_shop_no="77977", is_practice=True)
    renew_from_now_on(shop, at=now)
    shop.save()
    return shop


def hint_at(shop, now, number):
    receive([Arrival(ShopRef(shop.pk, shop.county_id), hints=(HintFact("order", number),))], cause=Cause.PUSH, at=now)


def renew_at(fake, moment):
    fake.clock = lambda: moment
    return renew_tokens(moment)


def test_an_application_of_the_shops_own_needs_only_its_number(fake, shop, now):
    assert renew_at(fake, now) == 1

    kept = Shop.objects.get()
    token = fake.tokens.issued[0]
    assert (kept.access_token, kept.refresh_token, kept.token_error) == (token.access, token.refresh, "")
    assert abs(kept.token_expires_at - (now + WEEK)) <= timedelta(seconds=1)
    assert abs(kept.token_due_at - (now + WEEK - 45 * MINUTE)) <= timedelta(seconds=1)
    assert renew_at(fake, now + timedelta(days=6)) == 0


def test_tokens_lie_encrypted(fake, shop, now):
    renew_at(fake, now)

    with connection.cursor() as cursor:
        cursor.execute("SELECT access_token, refresh_token FROM orders_shop")
        stored = cursor.fetchone()
    kept = Shop.objects.get()
    assert kept.access_token not in stored[0]
    assert kept.refresh_token not in stored[1]


def test_a_token_is_renewed_within_its_last_hour_and_asking_never_stops(fake, shop, now):
    for week in range(5):
        begin = now + week * (WEEK - 44 * MINUTE)
        assert renew_at(fake, begin) == 1
        fake.clock = lambda begin=begin: begin + timedelta(days=6, hours=23)
        pull_lists(fake.clock())
        assert set(PullCursor.objects.values_list("last_error", flat=True)) == {""}
    assert len({token.access for token in fake.tokens.issued}) == 5


def test_a_typed_in_token_learns_when_it_ends(fake, shop, now):
    renew_at(fake, now)
    typed = Shop.objects.get()
    renew_from_now_on(typed, at=now + timedelta(days=1))
    typed.save()
    assert (typed.token_expires_at, typed.token_due_at) == (None, now + timedelta(days=1))

    assert renew_at(fake, now + timedelta(days=1)) == 1

    kept = Shop.objects.get()
    assert kept.access_token == typed.access_token  # more than an hour before its end it stays the same
    assert abs(kept.token_expires_at - (now + WEEK)) <= timedelta(seconds=2)


def test_a_worker_that_was_away_past_the_end_renews_all_the_same(fake, shop, now):
    renew_at(fake, now)

    assert renew_at(fake, now + timedelta(days=10)) == 1  # by the refresh token
    assert renew_at(fake, now + timedelta(days=40)) == 1  # that one is void too: by the shop's number
    assert len(fake.tokens.issued) == 2


def test_a_hint_waits_for_a_token_says_so_and_is_due_when_there_is_one(fake, shop, now):
    number = fake.sell([(DANGSHEN, 1)])[0].number
    fake.tokens.is_closed = True
    renew_at(fake, now)
    hint_at(shop, now, number)

    for hour in range(12):
        answer_waiting(now + timedelta(hours=hour))

    hint = Hint.objects.get()
    assert hint.given_up_at is None
    assert hint.last_error == "token: 50001: 生成token失败，店铺授权已失效"
    assert Shop.objects.get().token_error == "50001: 生成token失败，店铺授权已失效"
    later = now + timedelta(hours=12)
    fake.tokens.is_closed = False
    assert renew_at(fake, later) == 1
    assert answer_waiting(later) == 1
    assert DayTally.objects.get(scope="county:140425").orders == 1


def test_a_token_that_the_platform_calls_void_is_renewed_at_once(fake, shop, now):
    renew_at(fake, now)
    number = fake.sell([(DANGSHEN, 1)])[0].number
    fake.tokens.issued.clear()
    hint_at(shop, now, number)

    assert answer_waiting(now) == 0
    assert Hint.objects.get().last_error == "40003: access_token不存在，请使用最新的access_token访问"
    later = now + MINUTE
    assert renew_at(fake, later) == 1
    assert answer_waiting(later) == 1


def test_lists_wait_for_a_token_too(fake, shop, now):
    renew_at(fake, now)
    fake.tokens.issued.clear()
    pull_lists(now)
    assert PullCursor.objects.get(kind="orders").last_error.startswith("40003")

    later = now + MINUTE
    renew_at(fake, later)
    pull_lists(later)

    assert set(PullCursor.objects.values_list("last_error", flat=True)) == {""}


def test_a_token_without_anything_to_renew_it_by_says_so(fake, shop, now):
    Shop.objects.update(platform_shop_no="", token_due_at=None)
    shop.refresh_from_db()
    shop.access_token = "typed"
    shop.save()
    pull_lists(now)

    kept = Shop.objects.get()
    assert (kept.token_due_at, kept.has_expired(now + MINUTE)) == (None, True)
    assert kept.token_error == "access_token is void, and there is nothing to renew it by"


def test_a_platform_that_does_not_answer_is_asked_again(shop, settings, now):
    settings.PRACTICE_PLATFORM_URL = "http://127.0.0.1:9"

    assert renew_tokens(now) == 0

    kept = Shop.objects.get()
    assert (kept.token_error.split(":")[0], kept.token_due_at) == ("ConnectError", now + 5 * MINUTE)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"access_token": "", "expires_in": 60}, "unreadable: no access_token that is still good"),
        ({"access_token": "a", "expires_in": 0}, "unreadable: no access_token that is still good"),
        ({"access_token": "a", "expires_in": "x"}, "unreadable: a str is not a whole number"),
        ({"access_token": "a", "expires_in": 1}, ""),
        ({"access_token": "a", "expires_in": int(datetime(2030, 1, 1, tzinfo=UTC).timestamp())}, ""),
    ],
)
def test_only_a_token_that_is_one_is_kept(fake, shop, now, monkeypatch, answer, why):
    monkeypatch.setitem(CALLS, "token.create", lambda *_: answer)

    assert renew_tokens(now) == (not why)
    assert Shop.objects.get().token_error == why


def test_what_somebody_typed_in_meanwhile_stays(shop, now):
    (claimed,) = claim_tokens(now)
    Shop.objects.filter(pk=shop.pk).update(access_token="typed")

    assert store_token(claimed, TokenFact("new", "r", now + WEEK, ""), now) is False
    assert Shop.objects.get().access_token == "typed"


@pytest.mark.django_db(transaction=True)
def test_two_workers_spend_a_refresh_token_once(fake, shop, now, monkeypatch):
    asked = []
    create = CALLS["token.create"]
    monkeypatch.setitem(CALLS, "token.create", lambda *args: (asked.append(1), create(*args))[1])
    renewed = []

    raised = race(*[lambda: renewed.append(renew_tokens(now))] * 6)

    assert raised == []
    assert (sorted(renewed), len(asked)) == ([0, 0, 0, 0, 0, 1], 1)


def test_the_task_renews(fake, shop):
    renew_access_tokens()

    assert Shop.objects.get().access_token == fake.tokens.issued[0].access
