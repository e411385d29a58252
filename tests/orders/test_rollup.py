"""Boards of cities and provinces: exact sums of their counties' tallies, small, cheap, and without an order read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from livestream.models import BoardVersion, LiveSession, Place, Product, Supplier
from orders.board.frame import county_frame, encode, newest
from orders.board.rollup import rollup_detail, rollup_frame, rollup_place
from orders.board.watch import frame_of
from orders.models import BoardCheck, BoardEpoch, DayTally, ItemTally, MinuteTally, SecondTally, SoldItem
from tests.factories import make_order_body, make_place, make_session, make_shop, make_user
from tests.orders.market_day import head_on_air, market_day, sell
from tests.orders.test_board import minutes_until

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 12, 30, 30, 250_000, tzinfo=UTC)
NOTHING = {"orders": 0, "units": 0, "paid_fen": 0, "refunded_fen": 0, "net_fen": 0}


@pytest.fixture
def neighbour():
    """Another county of the same city."""
    return make_place("140426", "黎城县")


@pytest.fixture
def days(county, neighbour, other_county, host, shop):
    """The county's day; in the next county a leader, and one order a second ago; in another province a hundred pieces."""
    day = market_day(county, host, shop, AT)
    late = AT - timedelta(seconds=1)
    head_on_air(neighbour, make_user("host", neighbour), AT - timedelta(hours=5), "武㛃", "top")
    planned = make_session(neighbour, make_user("host", neighbour), room="N1", account="N1", planned_start_at=AT)
    sell(make_shop(neighbour), make_order_body("N1", at=late, room=None, lines=((1, "LDS-500", 90, 100),)), at=late)
    sell(make_shop(other_county), make_order_body("O1", at=late, room=None, lines=((1, "LDS-500", 100, 100),)), at=late)
    return day, planned


@pytest.fixture
def city():
    return Place.objects.get(pk="1404")


def version(*scopes):
    return sum(BoardVersion.objects.get(scope=scope).version for scope in scopes)


def good(code, title, orders, units, paid, refunded=0):
    sums = {"orders": orders, "units": units, "paid_fen": paid, "refunded_fen": refunded}
    return {"id": code, "title": title, **sums, "stock_left": None}


def test_frame_of_a_city_says_everything_exactly(days, city):
    assert rollup_frame(city, AT) == {
        "epoch": str(BoardEpoch.objects.get().epoch),
        "scope": "city:1404",
        "version": version("county:140425", "county:140426"),
        "as_of": "2026-11-21T12:30:30.250Z",
        "state": "live",
        "checking": None,
        "totals": {"orders": 15, "units": 119, "paid_fen": 151_180, "refunded_fen": 5980, "net_fen": 145_200},
        "rate": {"s1": 2, "s10": 0.2, "s60": 0.03, "peak_s1": 2, "peak_at": "2026-11-21T12:30:29Z"},
        "last_order_at": "2026-11-21T12:30:30Z",
        "title": "1404",
        "counts": {"live": 1, "planned": 1, "ended": 2},
        "counties": [
            {
                "id": "140425", "title": "平顺县", "state": "live", "live": 1,
                "totals": {"orders": 14, "units": 29, "paid_fen": 151_080, "refunded_fen": 5980, "net_fen": 145_100},
            },
            {
                "id": "140426", "title": "黎城县", "state": "quiet", "live": 0,
                "totals": {"orders": 1, "units": 90, "paid_fen": 100, "refunded_fen": 0, "net_fen": 100},
            },
        ],
        "unattributed": {"orders": 2, "units": 91, "paid_fen": 4080, "refunded_fen": 0, "net_fen": 4080},
        "items": [
            good("140426/LDS-500", "LDS-500", 1, 90, 100),
            good("140425/LDS-500", "潞党参 500g", 12, 24, 143_520, 5980),
            good("140425/PXO-1", "PXO-1", 1, 3, 600),
            good("140425/HJ-250", "大红袍花椒 250g", 1, 1, 2980),
            good("140425/XM-5", "黑小米 5斤", 1, 1, 3980),
        ],
        "minutes": minutes_until(AT, _20=(1, 11_960), _5=(11, 131_560), _0=(3, 7660)),
    }  # fmt: skip


def test_detail_of_a_city_says_everything_exactly(days, city):
    day, _ = days

    detail = rollup_detail(city, AT)

    alerts = detail.pop("alerts")
    assert [(alert["id"], alert["kind"], alert["scope"]) for alert in alerts] == [
        (day.alerts[0].pk, "oversold", f"session:{day.session.pk}"),
        (day.alerts[1].pk, "no_orders", "county:140425"),
    ]
    assert detail == {
        "epoch": str(BoardEpoch.objects.get().epoch),
        "scope": "city:1404",
        "version": version("county:140425", "county:140426"),
        "as_of": "2026-11-21T12:30:30.250Z",
        "part": "detail",
        "by_weight": [["潞党参 500g", 12_000, 24], ["黑小米 5斤", 2500, 1], ["大红袍花椒 250g", 250, 1]],
        "villages": {"count": 2},
        "leaders": {"count": 3, "wanted": 24},
        "moments": [
            {"at": "2026-11-21T12:00:30Z", "kind": "went_live", "title": "潞党参专场", "number": None},
            {"at": "2026-11-21T10:30:30Z", "kind": "ended", "title": "县长来了", "number": 0},
            {"at": "2026-11-21T09:30:30Z", "kind": "went_live", "title": "县长来了", "number": None},
            {"at": "2026-11-21T08:30:30Z", "kind": "ended", "title": "县长来了", "number": 0},
            {"at": "2026-11-21T07:30:30Z", "kind": "went_live", "title": "县长来了", "number": None},
        ],
        "alert_count": 2,
    }


def test_a_roll_up_is_the_sum_of_its_counties_frames(days, city, county, neighbour):
    frames = [county_frame(place, AT) for place in (county, neighbour)]
    frame = rollup_frame(city, AT)

    for part in ("totals", "unattributed", "counts"):
        assert frame[part] == {name: sum(other[part][name] for other in frames) for name in frame[part]}
    assert [entry["totals"] for entry in frame["counties"]] == [other["totals"] for other in frames]
    assert frame["minutes"] == [
        [one[0], one[1] + other[1], one[2] + other[2]]
        for one, other in zip(frames[0]["minutes"], frames[1]["minutes"], strict=True)
    ]


def test_a_province_is_its_cities(days):
    province, city = (frame_of(scope) for scope in ("province:14", "city:1404"))

    same = ("totals", "counts", "counties", "unattributed", "items", "version")
    assert {name: province[name] for name in same} == {name: city[name] for name in same}


def test_newest_is_what_the_frame_says(days, city, county):
    frame = rollup_frame(city)

    assert newest("city:1404") == (frame["epoch"], frame["version"])
    sell(make_shop(county), make_order_body("Z1", at=AT), at=AT)
    assert newest("city:1404")[1] == newest("province:14")[1] == frame["version"] + 1
    assert newest("province:99") == (frame["epoch"], 0)


def test_a_place_without_counties_or_with_quiet_ones_is_all_zero():
    make_place("150101", "空县")

    frame = rollup_frame(Place.objects.get(pk="15"), AT)

    assert (frame["totals"], frame["state"], frame["minutes"]) == (NOTHING, "quiet", minutes_until(AT))
    assert frame["counties"] == [{"id": "150101", "title": "空县", "state": "quiet", "live": 0, "totals": NOTHING}]
    Place.objects.filter(pk="150101").delete()
    assert rollup_frame(Place.objects.get(pk="15"), AT)["counties"] == []
    assert rollup_detail(Place.objects.get(pk="15"), AT)["leaders"] == {"count": 0, "wanted": 0}


def test_a_doubt_about_a_county_is_a_doubt_about_its_province(days, city):
    BoardCheck.objects.create(scope="county:140426", county_id="140426", source="s", invariant="tally", detail="", since=AT)

    assert rollup_frame(city, AT)["checking"] == {"since": "2026-11-21T12:30:30Z"}


def test_only_cities_and_provinces_roll_up(days):
    found = [
        rollup_place(scope) for scope in ("city:1404", "province:14", "province:1404", "county:140425", "city:140425", "city:x")
    ]

    assert [place.pk if place else None for place in found] == ["1404", "14", None, None, None, None]


# --- at size ----------------------------------------------------------------------------------------------------------------


def province_of(count):
    """So many counties with nothing but rows of tallies, as many as a busy evening leaves."""
    codes = [make_place(f"14{n // 11 + 1:02}{n % 11 + 21:02}", f"第{n}县").pk for n in range(count)]
    places = Place.objects.in_bulk(codes)
    place, hosts = places[codes[0]], {code: make_user("host", places[code]) for code in codes[:60]}
    supplier = Supplier.objects.create(county=place, place=place, name="社", kind="cooperative")
    sums = {"orders": 10, "units": 20, "paid_fen": 100_000, "refunded_fen": 10}
    minute = AT.replace(second=0, microsecond=0)
    for code in codes:
        own = {"county_id": code, "scope": f"county:{code}"}
        goods = {"supplier": supplier, "net_weight_grams": 500, "list_price_fen": 1}
        Product.objects.bulk_create(Product(county_id=code, sku=f"S{i}", title=f"货{i}", **goods) for i in range(20))
        sold = SoldItem.objects.bulk_create(SoldItem(county_id=code, sku=f"S{i}", title="x") for i in range(20))
        days = [AT.date() - timedelta(days=back) for back in range(10)]
        DayTally.objects.bulk_create(DayTally(day=day, **own, **sums) for day in days)
        ItemTally.objects.bulk_create(ItemTally(day=day, item=item, **own, **sums) for day in days for item in sold)
        MinuteTally.objects.bulk_create(
            MinuteTally(minute=minute - timedelta(minutes=m), orders=3, paid_fen=300, **own) for m in range(200)
        )
        SecondTally.objects.bulk_create(
            SecondTally(second=minute + timedelta(seconds=s - 400), orders=1, **own) for s in range(430)
        )
        BoardVersion.objects.create(version=5, **own)
    began = AT - timedelta(hours=1)
    LiveSession.objects.bulk_create(
        LiveSession(
            county_id=code, kind="village_host", state="live", title="t", host=hosts[code], place_id=code, planned_start_at=began,
            planned_end_at=AT, went_live_at=began,
        )
        for code in codes[:60]
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


@pytest.fixture
def province():
    province_of(117)
    return Place.objects.get(pk="14")


def test_a_province_of_117_counties_is_small_reads_no_order_and_every_tally_by_its_key(province, django_assert_num_queries):
    rollup_frame(province, AT)  # begins the epoch
    with django_assert_num_queries(2) as queries:
        frame = rollup_frame(province, AT)
    with django_assert_num_queries(2) as more:
        detail = rollup_detail(province, AT)

    assert len(encode(frame)) <= 4000
    assert frame["totals"] == {"orders": 1170, "units": 2340, "paid_fen": 11_700_000, "refunded_fen": 1170, "net_fen": 11_698_830}
    assert frame["rate"]["s60"] == 117.0
    assert frame["counts"] == {"live": 60, "planned": 0, "ended": 0}
    assert len(frame["counties"]) >= 10
    assert len(frame["counties"]) + frame["more"]["counties"] == 117
    assert all(county["live"] for county in frame["counties"])
    assert detail["by_weight"][0] == ["货0", 10_000, 20]
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL enable_seqscan = off"
        )  # a table of a few pages is read whole; what has no key is read whole anyway
        for query in [*queries.captured_queries, *more.captured_queries]:
            cursor.execute("EXPLAIN " + query["sql"])
            plan = "\n".join(line for (line,) in cursor.fetchall())
            for table in ("orders_order", "orders_ledgerentry", "orders_orderline"):
                assert table not in plan
            for table in ("daytally", "itemtally", "minutetally", "secondtally"):
                assert f"Seq Scan on orders_{table}" not in plan
