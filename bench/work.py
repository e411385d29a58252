"""Work that is measured in a process of its own: `python -m bench.work <what> …` writes one line of JSON."""

from __future__ import annotations

import io
import json
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import django

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Sum  # noqa: E402

from bench.goods import COUNTY, FILE_SHOP_KEY, GOODS, SESSION_ID, SHOP_KEY  # noqa: E402
from bench.load import order_body  # noqa: E402
from bench.peers.orm_import import import_rows  # noqa: E402
from bench.planted import Planted, plant  # noqa: E402
from bench.report import percentile  # noqa: E402
from livestream.actions.claims import away_for, claims_between, rules_for  # noqa: E402
from livestream.actions.clash import clashes_between  # noqa: E402
from livestream.models import LiveSession, Place  # noqa: E402
from livestream.models.leisure import at_leisure  # noqa: E402
from livestream.rules.clash import find_clashes  # noqa: E402
from orders.actions.arrival import Arrival, ShopRef  # noqa: E402
from orders.actions.audit import TALLIES, audit_tallies, rebuild_tallies  # noqa: E402
from orders.actions.intake import receive  # noqa: E402
from orders.board.detail import session_detail  # noqa: E402
from orders.board.frame import encode, session_frame  # noqa: E402
from orders.models import DayTally, ItemTally, LedgerEntry, MinuteTally, SecondTally, Shop, ShopTally, SoldItem  # noqa: E402
from orders.models.ledger import Cause  # noqa: E402
from orders.platforms import standard  # noqa: E402

BATCH = 50


def import_ours(path: str, _lines: str) -> dict[str, Any]:
    """What `manage.py import_orders` does, without the start of the process."""
    said = io.StringIO()
    before = memory_mb()
    began = time.perf_counter()
    call_command("import_orders", path, shop=FILE_SHOP_KEY, json=True, stdout=said)
    seconds = time.perf_counter() - began
    answer = json.loads(said.getvalue())
    return {
        "seconds": seconds,
        "lines": answer["applied"],
        "peak_mb": memory_mb(),
        "before_mb": before,
    }


def import_orm(path: str, lines: str) -> dict[str, Any]:
    shop = Shop.objects.get(key=FILE_SHOP_KEY)
    began = time.perf_counter()
    count = import_rows(Path(path), shop, int(lines))
    return {"seconds": time.perf_counter() - began, "lines": count}


SEED = """
INSERT INTO orders_ledgerentry (county_id, shop_id, order_id, line_no, item_id, session_id, business_day, occurred_at, counted_at,
  recorded_at, orders, item_orders, units, paid_fen, refunded_fen, cause)
SELECT %(county)s, %(shop)s, n / 2, (n %% 2 + 1)::text, i.first + n %% 24, %(session)s, (t.at AT TIME ZONE 'Asia/Shanghai')::date,
  t.at, t.at, now(), (n %% 2 = 0)::int, 1, 1, 5980, 0, 'push'
FROM generate_series(0, %(rows)s - 1) AS n, (SELECT min(id) AS first FROM orders_solditem) AS i,
  LATERAL (SELECT now() - interval '5 hours' + n * (interval '5 hours' / %(rows)s) AS at) AS t
"""


# The orders themselves, for whoever looks at the newest of them.
SEED_ORDERS = """
INSERT INTO orders_order (county_id, shop_id, order_no, id, status, status_rank, paid_at, paid_rank, room_rank, account_rank,
  province, province_rank, lines_rank, session_id, evidence, is_contested, is_conflicting, counted_at, changed_at)
SELECT %(county)s, %(shop)s, 'S' || n, n, 'paid', 0, t.at, 0, 0, 0, '北京市', 0, 0, %(session)s, 'room', FALSE, FALSE, t.at, t.at
FROM generate_series(0, %(rows)s / 2 - 1) AS n,
  LATERAL (SELECT now() - interval '5 hours' + n * (interval '10 hours' / %(rows)s) AS at) AS t
"""
SEED_LINES = """
INSERT INTO orders_orderline (county_id, order_id, line_no, item_id, sku, title, quantity, paid_fen, rank)
SELECT %(county)s, n / 2, (n %% 2 + 1)::text, s.id, s.sku, s.title, 1, 5980, 0
FROM generate_series(0, %(rows)s - 1) AS n, (SELECT min(id) AS first FROM orders_solditem) AS i, orders_solditem s
WHERE s.id = i.first + n %% 24
"""


def seed_orders(rows: int) -> None:
    shop = Shop.objects.get(key=SHOP_KEY)
    values: dict[str, str | int] = {"county": COUNTY, "shop": shop.pk, "session": SESSION_ID, "rows": rows}
    with connection.cursor() as cursor:
        cursor.execute(SEED_ORDERS, values)
        cursor.execute(SEED_LINES, values)
        cursor.execute("VACUUM ANALYZE orders_order")
        cursor.execute("VACUUM ANALYZE orders_orderline")


def seed_ledger(rows: int) -> None:
    """A ledger of one evening: two rows an order, 24 goods, one session."""
    shop = Shop.objects.get(key=SHOP_KEY)
    SoldItem.objects.bulk_create(SoldItem(county_id=COUNTY, sku=sku, title=title) for sku, title, _ in GOODS)
    values: dict[str, str | int] = {"county": COUNTY, "shop": shop.pk, "session": SESSION_ID, "rows": rows}
    with connection.cursor() as cursor:
        cursor.execute(SEED, values)
        cursor.execute("VACUUM ANALYZE orders_ledgerentry")


def rebuild(rows: str, rounds: str) -> dict[str, Any]:
    seed_ledger(int(rows))
    found: dict[str, Any] = {"scan": [], "rebuild": [], "audit": [], "audit_busy": [], "pushes_per_s": []}
    for round_no in range(int(rounds)):
        found["scan"].append(seconds_of(scan))
        empty_tallies()
        found["rebuild"].append(seconds_of(rebuild_tallies))
        found["audit"].append(seconds_of(audit_tallies))
        with arriving(round_no) as counted:
            seconds = seconds_of(audit_tallies)
        found["audit_busy"].append(seconds)
        found["pushes_per_s"].append(len(counted) * BATCH / seconds)
    found["made"] = sum(table.objects.count() for table in (DayTally, ItemTally, ShopTally, MinuteTally, SecondTally))
    if mismatches := audit_tallies():
        raise SystemExit(f"The rebuilt tallies are not the ledger's: {mismatches[:3]}")
    return found


def empty_tallies() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tally.table for tally in TALLIES)}")


@contextmanager
def arriving(round_no: int) -> Iterator[list[int]]:
    """Meanwhile pushes are counted, batch by batch; gives the list of the batches that were committed."""
    shop = Shop.objects.get(key=SHOP_KEY)
    over, counted = threading.Event(), []

    def arrive() -> None:
        while not over.is_set():
            now = datetime.now(UTC)
            number = f"A{round_no}-{len(counted)}"
            bodies = [order_body(f"{number}-{n}", now.isoformat(), n) for n in range(BATCH)]
            messages = [standard.parse({"webhook-id": f"{number}-{n}"}, body, now)[0] for n, body in enumerate(bodies)]
            ref = ShopRef(shop.pk, shop.county_id)
            receive(
                [
                    Arrival(ref, m.events, message_id=m.message_id, digest=m.digest, body=b)
                    for m, b in zip(messages, bodies, strict=True)
                ],
                cause=Cause.PUSH,
                at=now,
            )
            counted.append(len(counted))
        connection.close()

    thread = threading.Thread(target=arrive)
    thread.start()
    yield counted
    over.set()
    thread.join()


SCAN = "SELECT county_id, sum(orders), sum(units), sum(paid_fen), sum(refunded_fen) FROM orders_ledgerentry GROUP BY 1"


def scan() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT county_id, sum(orders), sum(units), sum(paid_fen), sum(refunded_fen) FROM orders_ledgerentry GROUP BY 1"
        )


def snapshot(rows: str, repeats: str) -> dict[str, Any]:
    with at_leisure():
        seed_ledger(int(rows))
        seed_orders(int(rows))
    rebuild_tallies()
    with connection.cursor() as cursor:
        for tally in TALLIES:
            cursor.execute(f"VACUUM ANALYZE {tally.table}")
    session = LiveSession.objects.select_related("host", "place").get(pk=SESSION_ID)
    makers = {"frame": session_frame, "detail": session_detail}
    took: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(int(repeats)):
        for name, make in makers.items():
            took[name].append(seconds_of(lambda make=make: encode(make(session))) * 1000)
    both = sorted(map(sum, zip(*took.values(), strict=True)))
    frame, detail = session_frame(session), session_detail(session)
    return {
        "both_ms": both,
        "both_p99_ms": percentile(both, 0.99),
        "frame_ms": sorted(took["frame"]),
        "detail_ms": sorted(took["detail"]),
        "orm_ms": [seconds_of(sums_by_orm) * 1000 for _ in range(3)],
        "bytes": len(encode(frame)),
        "detail_bytes": len(encode(detail)),
        "orders": frame["totals"]["orders"],
    }


def sums_by_orm() -> None:
    sums = {name: Sum(name) for name in ("orders", "units", "paid_fen", "refunded_fen")}
    entries = LedgerEntry.objects.filter(session=UUID(SESSION_ID))
    entries.aggregate(**sums)
    list(entries.values("item_id").annotate(**sums))


SAME_HOURS = """
SELECT count(*) FROM (SELECT DISTINCT a.session_id, b.session_id, a.subject FROM livestream_booking a JOIN livestream_booking b
ON a.subject = b.subject AND a.session_id < b.session_id AND a.during && b.during
JOIN livestream_livesession s ON s.id = a.session_id WHERE s.county_id = %s AND s.planned_start_at BETWEEN %s AND %s) pairs
"""


def clashes(sessions: str, number: str, repeats: str) -> dict[str, Any]:
    """All that stands between staff and the list of a month's clashes, but for the words of those that are shown."""
    with at_leisure():
        month = plant(Place.objects.get(pk=COUNTY), sessions=int(sessions), clashes=int(number))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE livestream_booking, livestream_livesession, livestream_lineupitem")
    hours = month.begins, month.ends
    claims = claims_between(*hours, COUNTY)
    rules, away = rules_for(claims), away_for(claims)
    found = clashes_between(*hours, county=COUNTY)
    told = {Planted(frozenset({clash.mine, clash.other} - {None}), clash.key.split(":")[0], clash.subject) for clash in found}
    rounds = range(int(repeats))
    return {
        "whole_ms": [seconds_of(lambda: clashes_between(*hours, county=COUNTY)) * 1000 for _ in rounds],
        "sweep_ms": [seconds_of(lambda: find_clashes(claims, rules, away)) * 1000 for _ in rounds],
        "join_ms": [seconds_of(lambda: joined(hours)) * 1000 for _ in rounds],
        "claims": len(claims),
        "planted": len(month.planted),
        "found": len(found),
        "wrong": len(told ^ month.planted),
    }


def joined(hours: tuple[datetime, datetime]) -> None:
    with at_leisure(), connection.cursor() as cursor:
        cursor.execute(SAME_HOURS, [COUNTY, *hours])
        cursor.fetchone()


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def memory_mb() -> float:
    """The most that this process held. (What getrusage says was inherited from the parent.)"""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


WORK: dict[str, Callable[..., dict[str, Any]]] = {
    "import_ours": import_ours,
    "import_orm": import_orm,
    "rebuild": rebuild,
    "snapshot": snapshot,
    "clashes": clashes,
}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(WORK[sys.argv[1]](*sys.argv[2:])) + "\n")
