from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from orders.models import PullCursor
from tests.factories import make_shop

pytestmark = pytest.mark.django_db


def visible_text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def shop(county):
    return make_shop(county, "douyin", name="平顺山货旗舰店", access_token="t")


def cursor(shop, now, kind="orders", **facts):
    defaults = {"position": now, "due_at": now, "pulled_until": now.replace(hour=12, minute=31)}
    return PullCursor.objects.create(county=shop.county, shop=shop, kind=kind, **(defaults | facts))


def chips(client):
    page = client.get(reverse("orders:files")).content.decode()
    return re.findall(r'class="chip (\w+)">([^<]+)</span>(?: <span class="muted">([^<]+))?', page)


def test_staff_see_how_far_each_list_is_reconciled(client, staff, shop, now):
    cursor(shop, now, found=1234, pulled_until=now)
    cursor(shop, now, "after_sales", pulled_until=now - timedelta(minutes=11), last_error="ConnectError: refused")
    client.force_login(staff)

    text = visible_text(client.get(reverse("orders:files")))

    at = (now + timedelta(hours=8)).strftime("%m-%d %H:%M")
    before = (now + timedelta(hours=8, minutes=-11)).strftime("%m-%d %H:%M")
    assert "平顺山货旗舰店" in text
    assert "1,234" in text
    assert chips(client) == [
        ("good", f"新订单对账到 {at}", ""),
        ("bad", f"售后对账到 {before}", "平台没有回答"),
    ]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("token: 50001: 生成token失败", "店铺授权失效，要重新授权"),
        ("30001: 店铺授权已失效，请重新授权", "店铺授权失效，要重新授权"),
        ("60000: 触发限流", "平台限流，稍后再取"),
        ("HTTP 429", "平台限流，稍后再取"),
        ("30002: 请求来源IP不可信", "平台没有放行本系统的地址"),
        ("unreadable: x", "平台的回答看不懂"),
        ("HTTP 502", "平台没有回答"),
    ],
)
def test_trouble_is_said_in_words(client, staff, shop, now, error, words):
    cursor(shop, now, pulled_until=None, last_error=error)
    client.force_login(staff)

    assert chips(client) == [("bad", "新订单还没有对过账", words)]


def test_another_county_sees_nothing_of_it(client, stranger, host, shop, now):
    cursor(shop, now)
    client.force_login(stranger)

    assert "平顺山货旗舰店" not in visible_text(client.get(reverse("orders:files")))
    assert not PullCursor.objects.visible_to(host).exists()


def test_a_shop_that_is_not_in_use_is_not_shown(client, staff, shop, now):
    cursor(shop, now)
    shop.is_active = False
    shop.save()
    client.force_login(staff)

    assert chips(client) == []


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_database_the_same_for_many_shops(client, staff, county, now, count, django_assert_num_queries):
    for _ in range(count):
        cursor(make_shop(county, "douyin"), now)
    client.force_login(staff)
    client.get(reverse("orders:files"))

    with django_assert_num_queries(7):
        assert len(chips(client)) == count
