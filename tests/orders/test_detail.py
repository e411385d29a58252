"""Details: exact, small, cheap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from livestream.actions.session import end_session
from livestream.models import BoardVersion, ControlEvent, LiveSession, Pitch, ViewerReading
from orders.actions.audit import rebuild_tallies
from orders.actions.intake import receive
from orders.board.detail import county_detail, detail_of, session_detail
from orders.board.frame import encode
from orders.models import Alert, AlertThresholds, BoardEpoch, Order, Source
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_place, make_product, make_session, make_shop, make_supplier
from tests.orders.market_day import ALL_QUIET, NOBODY, NOTHING_SETTLED, market_day, sell

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 12, 30, 30, 250_000, tzinfo=UTC)  # 20:30:30 in Shanghai
SECOND = 1795264230


@pytest.fixture
def day(county, host, shop):
    return market_day(county, host, shop, AT)


def head(scope):
    return {
        "epoch": str(BoardEpoch.objects.get().epoch),
        "scope": scope,
        "version": BoardVersion.objects.get(scope=scope).version,
        "as_of": "2026-11-21T12:30:30.250Z",
        "part": "detail",
    }


def oversold(day):
    return {
        "id": day.alerts[0].pk, "kind": "oversold", "title": "潞党参 500g", "number": 21, "since": "2026-11-21T12:26:30Z",
        "scope": f"session:{day.session.pk}", "is_acknowledged": False,
    }  # fmt: skip


WATCHED = {"online": 1820, "added": 1, "stale": 1, "since": "2026-11-21T12:27:30Z", "sources": ["tap"]}
MOST = {"online": 2000, "at": "2026-11-21T12:18:30Z", "platform": "douyin"}
WAITS = {"open_help": 1, "since": "2026-11-21T12:29:30Z", "lost": 0}
SOURCES = [
    {"shop": "抖店", "platform": "douyin", "cause": "api", "heard_at": "2026-11-21T12:10:30Z", "is_silent": True},
    {"shop": "小程序", "platform": "standard", "cause": "push", "heard_at": "2026-11-21T12:30:29Z", "is_silent": False},
]


def test_session_detail_says_everything_exactly(day):
    assert session_detail(day.session, AT) == head(f"session:{day.session.pk}") | {
        "platforms": [
            {"platform": "standard", "orders": 12, "paid_fen": 135_140, "refunded_fen": 5980},
            {"platform": "douyin", "orders": 1, "paid_fen": 11_960, "refunded_fen": 0},
        ],
        "latest": [[SECOND - 1, "大红袍花椒 250g", 4, 3580, None], *[[SECOND - 300, "潞党参 500g", 2, 11_960, "北京市"]] * 7],
        "pitches": [
            [SECOND - 25 * 60, SECOND - 20 * 60, "大红袍花椒 250g"],
            [SECOND - 10 * 60, None, "潞党参 500g"],
        ],
        "pitching": "潞党参 500g",
        "next": "黑小米 5斤",
        "incidents": [[SECOND - 15 * 60, "price_changed", "改回 59.8 元"]],
        "pace": {"title": "上一场", "started_at": "2026-11-19T12:30:30Z", "orders": 1, "paid_fen": 11_960, "elapsed_s": 1800},
        "sources": SOURCES,
        "alerts": [oversold(day)],
        "alert_count": 1,
        "viewers": WATCHED | {"visits": 45_000, "visited": 2, "peak": MOST | {"title": None}},
        "rooms": [
            {"platform": "douyin", "online": 1820, "read_at": "2026-11-21T12:27:30Z", "source": "tap", "is_stale": False},
            {"platform": "kuaishou", "online": 300, "read_at": "2026-11-21T12:19:30Z", "source": "file", "is_stale": True},
        ],
        "desk": WAITS
        | {"newest": [[SECOND - 60, "help", None], [SECOND - 120, "pulled", "黑小米 5斤"], [SECOND - 300, "reopened", None]]},
    }  # fmt: skip


def test_county_detail_says_everything_exactly(day, county):
    assert county_detail(county, AT) == head("county:140425") | {
        "lanes": {str(day.session.pk): {"pitch": "潞党参 500g", "top": "潞党参 500g", "online": [1820, 1]}},
        "viewers": WATCHED | {"visits": 54_000, "visited": 3, "peak": MOST | {"title": "潞党参专场"}},
        "desk": WAITS | {
            "newest": [[SECOND - 60, "help", "潞党参专场"], [SECOND - 120, "pulled", "黑小米 5斤"], [SECOND - 300, "reopened", "潞党参专场"]]
        },
        "income": NOTHING_SETTLED | {"unsettled_units": 28},
        "by_weight": [["潞党参 500g", 12_000, 24], ["黑小米 5斤", 2500, 1], ["大红袍花椒 250g", 250, 1]],
        "villages": {"count": 2, "top": [["东寺头村", 24, 143_520], ["安乐村", 1, 2980]]},
        "households": 1,
        "leaders": {"count": 2, "wanted": 12, "from": "2026-01-01", "uncovered": [1, 2, 4, 7, 8, 9, 10]},
        "sources": SOURCES,
        "moments": [
            {"at": "2026-11-21T12:25:30Z", "kind": "peak", "title": None, "number": 11},
            {"at": "2026-11-21T12:25:00Z", "kind": "minute", "title": None, "number": 11},
            {"at": "2026-11-21T12:00:30Z", "kind": "went_live", "title": "潞党参专场", "number": None},
            {"at": "2026-11-21T10:30:30Z", "kind": "ended", "title": "县长来了", "number": 0},
            {"at": "2026-11-21T09:30:30Z", "kind": "went_live", "title": "县长来了", "number": None},
        ],
        "alerts": [
            oversold(day),
            {
                "id": day.alerts[1].pk, "kind": "no_orders", "title": None, "number": None, "since": "2026-11-21T12:21:30Z",
                "scope": "county:140425", "is_acknowledged": True,
            },
        ],
        "alert_count": 2,
    }  # fmt: skip


def test_details_where_nothing_happened_are_empty(county, host):
    session = make_session(county, host, planned_start_at=AT + timedelta(hours=1))

    assert session_detail(session, AT) == head(f"session:{session.pk}") | {
        "platforms": [], "latest": [], "pitches": [], "pitching": None, "next": None, "incidents": [], "pace": None, "sources": [],
        "alerts": [], "alert_count": 0, "viewers": NOBODY, "rooms": [], "desk": ALL_QUIET,
    }  # fmt: skip
    assert county_detail(county, AT) == head("county:140425") | {
        "lanes": {}, "by_weight": [], "villages": {"count": 0, "top": []}, "households": 0,
        "leaders": {"count": 0, "wanted": 12, "from": "2026-01-01", "uncovered": list(range(1, 12))},
        "sources": [], "moments": [], "alerts": [], "alert_count": 0, "viewers": NOBODY, "desk": ALL_QUIET,
        "income": NOTHING_SETTLED,
    }  # fmt: skip


def test_detail_of_knows_every_kind_of_board_and_says_nothing_of_others(day):
    scopes = [f"session:{day.session.pk}", "county:140425", "city:1404", "province:14"]

    assert [detail_of(scope)["scope"] for scope in scopes] == scopes
    assert [detail_of(s) for s in (f"session:{uuid4()}", "county:999999", "county:14", "city:14", "province:99")] == [None] * 5


def test_another_countys_day_is_not_ours(day, other_county):
    assert [county_detail(other_county, AT)[part] for part in ("viewers", "desk", "income")] == [
        NOBODY,
        ALL_QUIET,
        NOTHING_SETTLED,
    ]
    assert county_detail(other_county, AT)["by_weight"] == []
    assert county_detail(other_county, AT)["sources"] == []
    assert county_detail(other_county, AT)["alert_count"] == 0
    assert county_detail(other_county, AT)["leaders"]["count"] == 0


def test_a_detail_is_one_statement_however_much_there_is(day, county, django_assert_num_queries):
    session = LiveSession.objects.get(pk=day.session.pk)
    session_detail(session)  # begins the epoch
    for _ in range(2):
        with django_assert_num_queries(1):
            session_detail(session)
        with django_assert_num_queries(1):
            county_detail(county)
        make_session(county, room="R9", account="A9", went_live_at=AT)


def test_rebuilt_tallies_give_the_same_details(day, county):
    before = [session_detail(day.session, AT), county_detail(county, AT)]

    rebuild_tallies()

    after = [session_detail(day.session, AT), county_detail(county, AT)]
    assert [detail | {"epoch": 0} for detail in after] == [detail | {"epoch": 0} for detail in before]


def test_a_session_that_crosses_midnight_keeps_both_days_of_its_platforms(day, shop):
    tomorrow = AT + timedelta(hours=4)
    sell(shop, make_order_body("N1", at=tomorrow), at=tomorrow)

    assert session_detail(day.session, tomorrow)["platforms"][0] == {
        "platform": "standard", "orders": 13, "paid_fen": 147_100, "refunded_fen": 5980,
    }  # fmt: skip


# --- the newest orders ------------------------------------------------------------------------------------------------------


def test_latest_shows_no_number_and_no_name_and_leaves_out_what_was_cancelled(county, host, shop):
    session = make_session(county, host, went_live_at=AT - timedelta(minutes=30))
    for n in range(3):
        sell(shop, make_order_body(f"SECRET-{n}", at=AT + timedelta(seconds=n)), at=AT + timedelta(seconds=n))
    sell(shop, make_order_body("SECRET-1", at=AT, version=2, status="cancelled"), at=AT + timedelta(seconds=9))
    sell(shop, make_order_body("SECRET-9", at=AT, status="created"), at=AT + timedelta(seconds=9))

    detail = session_detail(session, AT + timedelta(seconds=10))

    assert detail["latest"] == [[SECOND + n, "LDS-500", 2, 11_960, "北京市"] for n in (2, 0)]
    assert b"SECRET" not in encode(detail)


def test_latest_of_an_order_without_lines_is_there_too(county, host, shop):
    session = make_session(county, host, went_live_at=AT - timedelta(minutes=30))
    sell(shop, make_order_body("T1", at=AT, lines=()), at=AT)

    assert session_detail(session, AT)["latest"] == [[SECOND, "", 0, 0, "北京市"]]


def test_latest_is_found_along_an_index_and_no_statement_scans_orders(day, county):
    """Also when the planner believes that there are a million orders, nearly all of this session."""
    plan = explained(day)

    assert "order_by_session" in plan
    assert "Seq Scan on orders_order" not in plan
    assert "Seq Scan on orders_orderline" not in plan
    assert "orders_ledgerentry" not in plan


def explained(day):
    """The plans of everything that is asked for a session's and a county's detail."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE pg_class SET reltuples = 1000000, relpages = 20000 WHERE relname IN ('orders_order', 'orders_orderline')"
        )
    asked = []

    def keep(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(keep):
        session_detail(day.session, AT)
        county_detail(day.session.county, AT)
    with connection.cursor() as cursor:
        plans = []
        for sql, params in asked:
            if sql.lstrip().startswith(("SELECT", "WITH")):
                cursor.execute("EXPLAIN " + sql, params)
                plans += [line for (line,) in cursor.fetchall()]
    return "\n".join(plans)


# --- pitches, what comes next -----------------------------------------------------------------------------------------------


def test_pitches_are_those_of_the_curve(county, host):
    good = make_product(county, "A", title="甲")
    session = make_session(county, host, went_live_at=AT - timedelta(hours=3), line_up=[(good, 100, None)])
    for begin, end in ((120, 70), (65, 58), (40, 30)):
        Pitch.objects.create(
            session=session, product=good, started_at=AT - timedelta(minutes=begin), ended_at=AT - timedelta(minutes=end)
        )

    assert session_detail(session, AT)["pitches"] == [
        [SECOND - 65 * 60, SECOND - 58 * 60, "甲"],
        [SECOND - 40 * 60, SECOND - 30 * 60, "甲"],
    ]
    assert (session_detail(session, AT)["pitching"], session_detail(session, AT)["next"]) == (None, "甲")


def test_what_was_presented_and_is_not_on_the_line_up_is_never_next(county, host):
    goods = [make_product(county, sku, title=sku) for sku in "ABC"]
    session = make_session(county, host, went_live_at=AT - timedelta(hours=1), line_up=[(good, 1, None) for good in goods[:2]])
    Pitch.objects.create(session=session, product=goods[2], started_at=AT)

    detail = session_detail(session, AT)

    assert (detail["pitching"], detail["next"]) == ("C", "A")


def test_pace_is_that_of_the_hosts_last_real_session(county, host, shop):
    for days, kind, title in ((3, "village_host", "前一场"), (1, "practice", "练习")):
        began = AT - timedelta(days=days)
        make_session(
            county,
            host,
            kind=kind,
            title=title,
            room=title,
            account=title,
            went_live_at=began,
            ended_at=began + timedelta(hours=1),
        )
        sell(shop, make_order_body(title, at=began, room=title), at=began)
    session = make_session(county, host, room="R7", account="A7", went_live_at=AT - timedelta(minutes=2))
    end_session(session, at=AT - timedelta(minutes=1))

    assert session_detail(session, AT)["pace"] == {
        "title": "前一场", "started_at": "2026-11-18T12:30:30Z", "orders": 1, "paid_fen": 11_960, "elapsed_s": 60,
    }  # fmt: skip


# --- sources ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes_ago", "pause_s", "threshold", "expected"),
    [(5, 0, 5, False), (6, 0, 5, True), (6, 0, 30, False), (6, 150, 5, False), (8, 150, 5, True)],
)
def test_a_source_is_silent_by_the_countys_threshold_and_its_habit(county, host, minutes_ago, pause_s, threshold, expected):
    shop = make_shop(county, "douyin", name="抖店")
    make_session(county, host, went_live_at=AT - timedelta(hours=1))
    AlertThresholds.objects.create(county=county, silent_minutes=threshold)
    Source.objects.create(
        county=county, shop=shop, cause="push", heard_at=AT - timedelta(minutes=minutes_ago), pause_ms=1000 * pause_s
    )

    assert [source["is_silent"] for source in county_detail(county, AT)["sources"]] == [expected]


def test_silence_counts_from_the_moment_somebody_is_on_air(county, host):
    shop = make_shop(county, "douyin")
    Source.objects.create(county=county, shop=shop, cause="push", heard_at=AT - timedelta(days=1))
    assert [source["is_silent"] for source in county_detail(county, AT)["sources"]] == [False]
    make_session(county, host, went_live_at=AT)

    assert [county_detail(county, AT + timedelta(minutes=m))["sources"][0]["is_silent"] for m in (1, 5, 6)] == [
        False,
        False,
        True,
    ]


def test_the_road_that_was_heard_of_last_speaks_for_a_shop_and_a_closed_shop_is_not_shown(county):
    shop, closed = make_shop(county, name="开着"), make_shop(county, name="关了", is_active=False)
    for cause, minutes in (("push", 9), ("api", 1), ("file", 5)):
        Source.objects.create(county=county, shop=shop, cause=cause, heard_at=AT - timedelta(minutes=minutes))
    Source.objects.create(county=county, shop=closed, cause="push", heard_at=AT)

    assert county_detail(county, AT)["sources"] == [
        {"shop": "开着", "platform": "standard", "cause": "api", "heard_at": "2026-11-21T12:29:30Z", "is_silent": False}
    ]


# --- bounds -----------------------------------------------------------------------------------------------------------------

LONG = "平顺深山老品种农家小米礼盒装一共二十个字以上的商品名称特别长的那一种"


def crowd(county, host, at, sessions):
    """So many sessions on air, each with a pitch; everything named as long as may be."""
    made = []
    for n in range(sessions):
        good = make_product(
            county,
            f"SKU-{n}",
            title=f"{LONG}{n}",
            supplier=make_supplier(county, place=make_place(f"1404251002{n:02}", f"{LONG}村委会"), kind="household"),
        )
        session = make_session(
            county,
            host,
            title=f"{LONG}{n}",
            room=f"R{n}",
            account=f"A{n}",
            went_live_at=at - timedelta(minutes=20),
            line_up=[(good, 1, 1)],
        )
        for m in range(25):
            Pitch.objects.create(
                session=session,
                product=good,
                started_at=at - timedelta(minutes=m + 1),
                ended_at=None if m == 0 else at - timedelta(minutes=m),
            )
        made.append(session)
        Alert.objects.create(
            county=county,
            scope=f"session:{session.pk}",
            kind="oversold",
            subject=good.sku,
            detail={"title": good.title, "number": 5},
            raised_at=at,
        )
        for platform in ("douyin", "kuaishou", "wechat", "taobao", "standard"):
            ViewerReading.objects.create(session=session, platform=platform, source="api", read_at=at, online_now=99_999_999)
        for kind in ("help", "lost", "pulled"):
            ControlEvent.objects.create(session=session, kind=kind, happened_at=at, by=host, device="desk", product=good)
    for n in range(8):
        shop = make_shop(county, name=f"{LONG}{n}")
        orders = [
            make_order_body(f"{n}-{m}", at=at, room=f"R{m}", lines=((1, f"SKU-{m}", 2, 1000),), province=LONG[:32])
            for m in range(sessions)
        ]
        receive([make_arrival(shop, *orders, now=at)], cause=Cause.PUSH, at=at)
    return made


def test_details_of_a_crowded_day_stay_under_4_kb(county, host):
    session = crowd(county, host, AT, 40)[0]

    for detail in (county_detail(county, AT), session_detail(session, AT)):
        assert len(encode(detail)) <= 4000
    lanes = county_detail(county, AT)
    assert lanes["alert_count"] == 40
    assert len(lanes["alerts"]) == 4
    assert lanes["villages"]["count"] == 40
    assert len(lanes["lanes"]) >= 5
    assert len(lanes["lanes"]) + lanes["more"]["lanes"] == 12
    assert len(session_detail(session, AT)["latest"]) == 8
    assert Order.objects.count() == 320
