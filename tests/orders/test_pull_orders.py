from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from orders.models import DayTally, PullCursor
from orders.platforms.fake import FakeDouyin, Good
from tests.factories import make_shop

pytestmark = pytest.mark.django_db
DANGSHEN = Good("LDS-500", "潞党参 500g", 5980)


@pytest.fixture
def fake(settings):
    with FakeDouyin("app", "s3cret", seed=19) as fake:
        settings.PRACTICE_PLATFORM_URL = fake.url
        yield fake


@pytest.fixture
def shop(county):
    return make_shop(county, "douyin", app_key="app", secret="s3cret", access_token="t", is_practice=True)


def pulled(**options):
    out = io.StringIO()
    try:
        call_command("pull_orders", json=True, stdout=out, **options)
        code = 0
    except SystemExit as end:
        code = end.code
    return code, json.loads(out.getvalue())


def test_it_reads_the_lists_now_and_fetches_what_is_news(fake, shop):
    number = fake.sell([(DANGSHEN, 2)])[0].number
    fake.refund(number, fen=500)

    code, told = pulled(shop=shop.key)

    assert (code, told["found"], told["answered"], told["unread"]) == (0, 2, 1, 0)
    assert [(row["shop"], row["list"], row["error"]) for row in told["lists"]] == [
        (shop.key, "after_sales", ""),
        (shop.key, "orders", ""),
    ]
    assert list(DayTally.objects.filter(scope="county:140425").values_list("orders", "refunded_fen")) == [(1, 500)]


def test_it_reads_again_from_a_time_on(fake, shop, now):
    fake.clock = lambda: now - timedelta(days=10)
    fake.sell([(DANGSHEN, 1)])
    assert pulled()[1]["found"] == 0  # the first look goes back two days

    assert pulled(since=(now - timedelta(days=11)).isoformat())[1]["found"] == 1


def test_a_list_that_was_not_read_ends_in_1(fake, shop):
    fake.tokens.is_closed = True

    code, told = pulled()

    assert (code, told["unread"]) == (1, 2)
    assert {row["error"] for row in told["lists"]} == {"30001: 店铺授权已失效，请重新授权"}
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("pull_orders", stdout=out)
    assert "没有读完：30001" in out.getvalue()
    assert PullCursor.objects.exclude(pulled_until=None).count() == 0


@pytest.mark.parametrize("options", [{"shop": "nobody"}, {"since": "yesterday"}])
def test_what_it_does_not_understand_is_refused(fake, shop, options):
    with pytest.raises(CommandError):
        call_command("pull_orders", **options)
