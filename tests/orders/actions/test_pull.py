from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from orders.actions import pull
from orders.actions.audit import audit_tallies
from orders.actions.hints import answer_waiting
from orders.actions.pull import Go, claim_cursor, open_cursors, pull_lists, put_off
from orders.models import AfterSale, DayTally, Hint, Order, PullCursor, Shop, Source
from orders.platforms import douyin_lists
from orders.platforms.fake import WITHDRAWN, FakeDouyin, Good, Totals
from orders.platforms.fake_server import CALLS
from orders.tasks import pull_platform_lists
from tests.factories import make_shop
from tests.races.runners import race

pytestmark = pytest.mark.django_db
SOON, NEXT = timedelta(seconds=5), timedelta(seconds=65)
DANGSHEN = Good("LDS-500", "潞党参 500g", 5980)


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    monkeypatch.setattr(pull, "BETWEEN_PAGES", 0)


@pytest.fixture
def fake(settings):
    with FakeDouyin("app", "s3cret", seed=9) as fake:
        settings.PRACTICE_PLATFORM_URL = fake.url
        yield fake


@pytest.fixture
def shop(county):
    return make_shop(county, "douyin", app_key="app", secret="s3cret", access_token="t", is_practice=True)


def counted():
    rows = DayTally.objects.filter(scope="county:140425").values_list("orders", "units", "paid_fen", "refunded_fen")
    return Totals(*(sum(column) for column in zip(*rows, strict=True))) if rows else Totals(0, 0, 0, 0)


def cursors(name):
    return dict(PullCursor.objects.values_list("kind", name))


def asked(fake, monkeypatch):
    """What the platform is asked, by method."""
    heard = []
    for name, method in list(CALLS.items()):
        monkeypatch.setitem(CALLS, name, lambda f, p, name=name, method=method: (heard.append(name), method(f, p))[1])
    return heard


def test_orders_and_refunds_that_no_push_told_are_found(fake, shop, now):
    first, second = (fake.sell([(DANGSHEN, n)])[0].number for n in (1, 2))
    fake.place_order([(DANGSHEN, 5)])
    fake.refund(first, fen=500)
    fake.settle_refund(fake.request_refund(second).number, WITHDRAWN)

    assert pull_lists(now) == 5  # three orders, two after-sales
    assert answer_waiting(now + SOON) == 2

    assert counted() == fake.totals() == Totals(2, 3, fake.totals().paid_fen, 500)
    assert sorted(AfterSale.objects.values_list("status", flat=True)) == ["succeeded", "withdrawn"]
    assert cursors("found") == {"orders": 3, "after_sales": 2}
    assert all(now <= until < now + SOON for until in cursors("pulled_until").values())
    assert audit_tallies() == []


def test_what_is_known_is_neither_counted_nor_fetched_again(fake, shop, now, monkeypatch):
    number = fake.sell([(DANGSHEN, 1)])[0].number
    fake.refund(number, fen=500)
    pull_lists(now)
    answer_waiting(now + SOON)
    heard = asked(fake, monkeypatch)

    assert pull_lists(now + NEXT) == 0
    assert heard == ["order.searchList", "afterSale.List"]
    assert Hint.objects.waiting().count() == 0

    fake.ship_order(number)
    assert pull_lists(now + 2 * NEXT) == 1
    assert Order.objects.get().status == "shipped"


def test_a_refund_known_by_its_push_is_not_fetched_again(fake, shop, now):
    number = fake.sell([(DANGSHEN, 1)])[0].number
    fake.refund(number)
    pull_lists(now)
    answer_waiting(now + SOON)
    PullCursor.objects.update(seen={}, position=now - timedelta(hours=1))

    assert pull_lists(now + NEXT) == 0
    assert Hint.objects.waiting().count() == 0


def test_a_list_longer_than_a_page_is_read_to_its_end(fake, shop, now, monkeypatch):
    monkeypatch.setattr(douyin_lists, "PAGE", 7)
    for _ in range(40):
        fake.sell([(DANGSHEN, 1)])  # many in one second

    pull_lists(now)

    assert counted() == fake.totals()
    assert Order.objects.count() == 40


def test_a_go_that_is_over_leaves_the_rest_to_the_next(fake, shop, now, monkeypatch):
    monkeypatch.setattr(douyin_lists, "PAGE", 10)
    for n in range(30):
        moment = now - timedelta(minutes=30 - n)
        fake.clock = lambda moment=moment: moment
        fake.sell([(DANGSHEN, 1)])
    answers = iter([False])
    monkeypatch.setattr(Go, "is_over", lambda _go: next(answers, True))

    assert pull_lists(now) == 10
    halfway = PullCursor.objects.get(kind="orders")
    assert halfway.pulled_until == halfway.position == (now - timedelta(minutes=21)).replace(microsecond=0)

    monkeypatch.setattr(Go, "is_over", lambda _go: False)
    assert pull_lists(now + timedelta(seconds=5)) == 20
    assert counted() == fake.totals()
    assert PullCursor.objects.get(kind="orders").pulled_until >= now


def test_a_silent_platform_is_asked_once_and_then_less_and_less(shop, county, settings, now):
    settings.PRACTICE_PLATFORM_URL = "http://127.0.0.1:9"
    make_shop(county, "douyin", app_key="app", secret="s3cret", access_token="t", is_practice=True)

    assert pull_lists(now) == 0

    errors = list(PullCursor.objects.order_by("last_error").values_list("last_error", flat=True))
    assert [error.split(":")[0] for error in errors] == ["ConnectError", *["silent a moment ago"] * 3]
    pauses = [cursor.due_at - now for cursor in PullCursor.objects.all()]
    assert all(timedelta(seconds=55) < pause < timedelta(minutes=3) for pause in pauses)
    cursor = PullCursor.objects.first()
    cursor.attempts = 9
    put_off(cursor, Exception("x"), now)
    assert timedelta(minutes=7) < cursor.due_at - now <= timedelta(minutes=15)
    assert cursors("pulled_until") == {"orders": None, "after_sales": None}


def test_a_platform_that_wants_to_be_asked_less_is_left_alone(fake, shop, now):
    fake.sell([(DANGSHEN, 1)])
    fake.calls_per_second = 0

    assert pull_lists(now) == 0
    assert set(cursors("last_error").values()) == {"60000: 触发限流，请稍后重试", "silent a moment ago"}

    fake.calls_per_second = None
    assert pull_lists(now + timedelta(minutes=5)) == 1
    assert set(cursors("last_error").values()) == {""}


def test_a_platform_that_was_away_for_hours_costs_only_a_longer_list(fake, shop, now):
    fake.clock = lambda: now - timedelta(hours=5)
    fake.sell([(DANGSHEN, 1)])
    pull_lists(now - timedelta(hours=5))
    for hour in (4, 3, 2, 1):
        fake.clock = lambda hour=hour: now - timedelta(hours=hour)
        fake.sell([(DANGSHEN, 1)])

    assert pull_lists(now) == 4
    assert counted() == fake.totals()


@pytest.mark.parametrize("off", [timedelta(hours=-30), timedelta(hours=20)])
def test_only_the_platforms_own_clock_is_compared_with_itself(fake, shop, now, off):
    fake.clock = lambda: now + off
    fake.sell([(DANGSHEN, 1)])
    pull_lists(now)
    fake.clock = lambda: now + off + timedelta(minutes=1)
    fake.sell([(DANGSHEN, 1)])

    pull_lists(now + timedelta(minutes=2))

    assert counted() == fake.totals()


def test_an_order_that_nobody_can_read_becomes_a_hint_once(fake, shop, now, monkeypatch):
    good, odd = (fake.sell([(DANGSHEN, 1)])[0].number for _ in range(2))
    whole = CALLS["order.searchList"]

    def with_odd(fake, params):
        answer = whole(fake, params)
        for detail in answer["shop_order_list"]:
            if detail["order_id"] == odd:
                detail["sku_order_list"][0]["item_num"] = -1
        return answer | {"shop_order_list": [*answer["shop_order_list"], {"order_id": 1.5}], "total": answer["total"] + 1}

    monkeypatch.setitem(CALLS, "order.searchList", with_odd)

    assert pull_lists(now) == 2
    assert pull_lists(now + NEXT) == 0
    assert list(Order.objects.values_list("order_no", flat=True)) == [good]
    assert list(Hint.objects.values_list("kind", "number", "asked")) == [("order", odd, 1)]


def test_an_order_that_the_database_refuses_becomes_a_hint_and_its_neighbours_count(fake, shop, now, monkeypatch):
    odd, good = (fake.sell([(Good("X", title, 100), 1)])[0].number for title in ("odd", "good"))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE orders_orderline ADD CONSTRAINT no_odd CHECK (title <> 'odd')")

    assert pull_lists(now) == 2

    assert list(Order.objects.values_list("order_no", flat=True)) == [good]
    assert list(Hint.objects.values_list("number", flat=True)) == [odd]


def test_a_list_that_is_not_sorted_is_not_trusted(fake, shop, now, monkeypatch):
    for n in (2, 1):
        fake.clock = lambda n=n: now - timedelta(minutes=n)
        fake.sell([(DANGSHEN, 1)])
    whole = CALLS["order.searchList"]
    monkeypatch.setitem(CALLS, "order.searchList", lambda fake, params: whole(fake, params | {"order_asc": False}))

    pull_lists(now)

    assert cursors("last_error")["orders"] == "unreadable: the list is not sorted by time of change"
    assert cursors("pulled_until")["orders"] is None


def test_only_shops_with_an_api_that_are_in_use_are_asked(fake, shop, county, now):
    make_shop(county, "standard")
    make_shop(county, "douyin")
    resting = make_shop(county, "douyin", app_key="app", secret="s3cret", access_token="t", is_practice=True)
    open_cursors(now)
    open_cursors(now)
    assert set(PullCursor.objects.values_list("shop", flat=True)) == {shop.pk, resting.pk}

    Shop.objects.filter(pk=resting.pk).update(is_active=False)
    pull_lists(now)

    assert set(PullCursor.objects.exclude(pulled_until=None).values_list("shop", flat=True)) == {shop.pk}


def test_a_shop_whose_permission_was_taken_back_says_so(fake, shop, now):
    fake.tokens.is_closed = True

    pull_lists(now)

    assert set(cursors("last_error").values()) == {"30001: 店铺授权已失效，请重新授权"}


def test_the_task_reads_the_lists(fake, shop):
    fake.sell([(DANGSHEN, 1)])

    pull_platform_lists.delay()
    pull_platform_lists()

    assert counted() == fake.totals()


@pytest.mark.django_db(transaction=True)
def test_never_two_at_once_for_one_list(fake, shop, now, monkeypatch):
    """Eight workers at the same moment: each list is read by one of them."""
    heard = asked(fake, monkeypatch)
    for _ in range(20):
        fake.sell([(DANGSHEN, 1)])
    open_cursors(now)
    results = []

    raised = race(*[lambda: results.append(pull_lists(now))] * 8)

    assert raised == []
    assert sorted(heard) == ["afterSale.List", "order.searchList"]
    assert sorted(results) == [0] * 7 + [20]
    assert counted() == fake.totals()


def test_a_lease_that_was_lost_writes_nothing(fake, shop, now):
    open_cursors(now)
    slow = claim_cursor(now, now)
    assert claim_cursor(now, now).kind != slow.kind
    assert claim_cursor(now, now) is None

    later = now + timedelta(minutes=3)
    quick = next(c for c in iter(lambda: claim_cursor(later, later), None) if c.pk == slow.pk)

    assert pull.step(slow, now, 1, later) is False
    assert pull.step(quick, now, 1, later) is True
    assert PullCursor.objects.get(pk=slow.pk).found == 1


def test_a_worker_that_died_loses_only_time(fake, shop, now):
    fake.sell([(DANGSHEN, 1)])
    open_cursors(now)
    claim_cursor(now, now), claim_cursor(now, now)

    assert pull_lists(now + NEXT) == 0
    assert pull_lists(now + timedelta(minutes=2, seconds=1)) == 1


def test_the_next_look_is_a_minute_later(fake, shop, now):
    pull_lists(now)

    assert pull_lists(now + timedelta(seconds=30)) == 0
    assert {round((due - now).total_seconds()) for due in cursors("due_at").values()} == {60}


def test_a_list_that_was_read_is_a_sign_of_life_also_when_it_is_empty(fake, shop, now):
    assert pull_lists(now) == 0

    (source,) = Source.objects.values("shop_id", "cause", "heard_at")
    assert (source["shop_id"], source["cause"]) == (shop.pk, "api")
    assert now <= source["heard_at"] <= now + timedelta(seconds=30)


def test_a_list_that_could_not_be_read_is_none(shop, now, settings):
    settings.PRACTICE_PLATFORM_URL = "http://127.0.0.1:9"
    pull_lists(now)

    assert Source.objects.count() == 0
