"""The same export, imported the usual way: csv.DictReader and an update_or_create per row, one transaction a row."""

from __future__ import annotations

import csv
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from bench.peers.drf_view import book, entry_of, item_of
from livestream.models import LiveSession
from orders.models import Order, OrderLine

if TYPE_CHECKING:
    from pathlib import Path

    from orders.models import Shop

SHANGHAI = ZoneInfo("Asia/Shanghai")


def import_rows(path: Path, shop: Shop, at_most: int) -> int:
    """Counts the first rows of the file; returns how many."""
    count = 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in islice(csv.DictReader(file), at_most):
            import_row(shop, {title: cell.strip() for title, cell in row.items()})
            count += 1
    return count


@transaction.atomic
def import_row(shop: Shop, row: dict[str, str]) -> None:
    now = timezone.now()
    paid_at = datetime.strptime(row["支付完成时间"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
    session = session_of(shop, row["达人ID"], paid_at)
    rank = int(paid_at.timestamp() * 1_000_000)
    ranks = {f"{name}_rank": rank for name in ("status", "paid", "account", "province", "lines")}
    order, is_new = Order.objects.update_or_create(
        county_id=shop.county_id,
        shop=shop,
        order_no=row["主订单编号"],
        defaults={
            **ranks, "room_rank": -1, "status": "paid", "status_at": paid_at, "paid_at": paid_at, "host_account": row["达人ID"],
            "province": row["省"], "session": session, "evidence": "account" if session else "", "changed_at": now,
        },
        create_defaults={
            **ranks, "room_rank": -1, "status": "paid", "status_at": paid_at, "paid_at": paid_at, "host_account": row["达人ID"],
            "province": row["省"], "session": session, "evidence": "account" if session else "", "changed_at": now,
            "counted_at": now,
        },
    )  # fmt: skip
    line, is_new_line = store_line(shop, order, row, rank)
    if is_new_line:
        book([entry_of(order, line, 0 if is_new else 1, now)])


def session_of(shop: Shop, account: str, paid_at: datetime) -> LiveSession | None:
    held = LiveSession.objects.filter(county_id=shop.county_id, rooms__account=account, went_live_at__lte=paid_at)
    return held.order_by("-went_live_at").first()


def store_line(shop: Shop, order: Order, row: dict[str, str], rank: int) -> tuple[OrderLine, bool]:
    facts: dict[str, Any] = {
        "sku": row["商家编码"],
        "title": row["选购商品"],
        "quantity": int(row["商品数量"]),
        "paid_fen": int(Decimal(row["订单应付金额"].replace(",", "")) * 100),
    }
    item = item_of(shop, facts)
    return OrderLine.objects.update_or_create(
        county_id=shop.county_id, order=order, line_no=row["子订单编号"], defaults={**facts, "item": item, "rank": rank}
    )
