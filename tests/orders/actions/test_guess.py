from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import call_command

from orders.actions.audit import audit_tallies
from orders.actions.guess import hints_for
from orders.actions.hints import answer_waiting
from orders.models import AfterSale, DayTally, Hint, Shop
from orders.platforms.contract import HintFact
from orders.platforms.fake import FakeDouyin, Good
from orders.rules.order import OrderEvent, Outcome, RefundFact
from tests.factories import make_shop

pytestmark = pytest.mark.django_db
DANGSHEN = Good("LDS-500", "潞党参 500g", 5980)
SOON = timedelta(seconds=5)


@pytest.fixture
def fake(settings):
    with FakeDouyin("app", "s3cret", seed=17) as fake:
        settings.PRACTICE_PLATFORM_URL = fake.url
        yield fake


@pytest.fixture
def shop(county):
    return make_shop(county, "douyin", app_key="app", secret="s3cret", access_token="t", is_practice=True)


def imported(fake, shop, path):
    fake.write_export(path / "orders.csv")
    call_command("import_orders", str(path / "orders.csv"), shop=shop.key, json=True, stdout=io.StringIO())


def refunded():
    return DayTally.objects.get(scope="county:140425").refunded_fen


def test_a_guess_is_replaced_by_what_the_platform_knows(fake, shop, now, tmp_path):
    part, whole, none = (fake.sell([(DANGSHEN, 3)])[0].number for _ in range(3))
    fake.refund(part, fen=1000)
    fake.refund(whole)
    imported(fake, shop, tmp_path)
    assert refunded() > fake.totals().refunded_fen  # all that the file can tell
    assert sorted(Hint.objects.values_list("kind", "number")) == sorted([("order", part), ("order", whole)])

    assert answer_waiting(now + SOON) == 2

    assert refunded() == fake.totals().refunded_fen
    assert none not in Hint.objects.values_list("number", flat=True)
    assert AfterSale.objects.filter(is_guess=False).count() == 2
    assert audit_tallies() == []


def test_the_same_file_again_asks_nothing_again(fake, shop, now, tmp_path):
    fake.refund(fake.sell([(DANGSHEN, 3)])[0].number, fen=1000)
    imported(fake, shop, tmp_path)
    answer_waiting(now + SOON)

    imported(fake, shop, tmp_path)

    assert Hint.objects.waiting().count() == 0
    assert refunded() == fake.totals().refunded_fen


def test_a_shop_without_an_api_keeps_its_guess(fake, shop, now, tmp_path):
    Shop.objects.update(access_token="")
    fake.refund(fake.sell([(DANGSHEN, 3)])[0].number, fen=1000)

    imported(fake, shop, tmp_path)

    assert Hint.objects.count() == 0
    assert refunded() == fake.totals().paid_fen


def test_an_order_is_asked_about_once_and_only_for_news(now):
    guess = RefundFact("file:1", "1", "succeeded", 100, 1, 1, now, is_guess=True)
    real = RefundFact("R1", "1", "succeeded", 100, 1, 1, now)
    events = [OrderEvent(no, 1, now, refunds=(refund,)) for no, refund in [("A", guess), ("A", guess), ("B", guess), ("C", real)]]

    assert hints_for(events, [Outcome.APPLIED, Outcome.APPLIED, Outcome.DUPLICATE, Outcome.APPLIED]) == (HintFact("order", "A"),)
