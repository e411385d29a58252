"""Boards of cities and provinces: exact sums of their counties' tallies, small, cheap, and without an order read."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from livestream.models import BoardVersion, LiveSession, Place, Product, Supplier
from orders.board.frame import encode
from orders.board.rollup import rollup_detail, rollup_frame
from orders.models import DayTally, ItemTally, MinuteTally, SecondTally, SoldItem
from tests.factories import make_place, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 12, 30, 30, 250_000, tzinfo=UTC)


def busy_province(counties=117, items=30, seconds=600):
    host = None
    codes = []
    for n in range(counties):
        county = make_place(f"14{n // 11 + 1:02}{n % 11 + 21:02}", f"{n}县")
        codes.append(county.pk)
        host = host or make_user("host", county)
    supplier = Supplier.objects.create(county=county, place=county, name="社", kind="cooperative")
    for code in codes:
        goods = [
            Product(county_id=code, sku=f"S{i}", title=f"货{i}", supplier=supplier, net_weight_grams=500, list_price_fen=1)
            for i in range(items)
        ]
        Product.objects.bulk_create(goods)
        sold = SoldItem.objects.bulk_create(SoldItem(county_id=code, sku=f"S{i}", title="x") for i in range(items))
        scope = f"county:{code}"
        sums = {"orders": 10, "units": 20, "paid_fen": 100_000, "refunded_fen": 10}
        for back in range(30):
            day = AT.date() - timedelta(days=back)
            DayTally.objects.create(county_id=code, scope=scope, day=day, **sums)
            ItemTally.objects.bulk_create(ItemTally(county_id=code, scope=scope, day=day, item=item, **sums) for item in sold)
        MinuteTally.objects.bulk_create(
            MinuteTally(
                county_id=code,
                scope=scope,
                minute=AT.replace(second=0, microsecond=0) - timedelta(minutes=m),
                orders=3,
                paid_fen=3000,
            )
            for m in range(200)
        )
        SecondTally.objects.bulk_create(
            SecondTally(county_id=code, scope=scope, second=AT.replace(microsecond=0) - timedelta(seconds=m), orders=1)
            for m in range(seconds)
        )
        BoardVersion.objects.create(county_id=code, scope=scope, version=5)
        LiveSession.objects.bulk_create(
            LiveSession(
                county_id=code,
                kind="village_host",
                state="ended",
                title="t",
                host=host,
                place_id=code,
                planned_start_at=AT - timedelta(days=d),
                planned_end_at=AT - timedelta(days=d) + timedelta(hours=1),
                went_live_at=AT - timedelta(days=d),
                ended_at=AT - timedelta(days=d) + timedelta(hours=1),
            )
            for d in range(100)
            for _ in range(3)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_speed():
    busy_province()
    place = Place.objects.get(pk="14")
    for make in (rollup_frame, rollup_detail):
        took = []
        for _ in range(10):
            began = time.perf_counter()
            document = make(place, AT)
            took.append((time.perf_counter() - began) * 1000)
        print(make.__name__, [round(t, 1) for t in took], len(encode(document)))
        print(encode(document).decode()[:1500])
