"""What the lists of 抖店 say (order/searchList, afterSale/List), and its tokens. Pure, like the adapter.

Both lists are paged from 0, at most 100 rows a page and 50,000 rows deep. Orders made more than 90 days ago are in no list;
their after-sales are, for half a year.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from orders.platforms.contract import Listed, ListPage, TokenFact, refund_rank
from orders.platforms.douyin import Unreadable, after_sale_status, bare, id_of, moment, number, order_event, text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PAGE = 100


def orders_asked(since: datetime, until: datetime | None, page: int) -> dict[str, Any]:
    """The parameters of order/searchList for what changed since then, the oldest change first."""
    asked = {"update_time_start": int(since.timestamp()), "order_by": "update_time", "order_asc": True}
    if until is not None:
        asked["update_time_end"] = int(until.timestamp())
    return asked | {"page": page, "size": PAGE}


def after_sales_asked(since: datetime, until: datetime | None, page: int) -> dict[str, Any]:
    """The same for afterSale/List. Without `order_by` the platform leaves rows out, its documents say."""
    asked: dict[str, Any] = {"update_start_time": int(since.timestamp()), "order_by": ["update_time asc"]}
    if until is not None:
        asked["update_end_time"] = int(until.timestamp())
    return asked | {"page": page, "size": PAGE}


def listed_orders(answer: Mapping[str, Any], now: datetime) -> ListPage:
    """Whole orders. One that says something odd is left to a hint."""

    def row(detail: dict[str, Any]) -> Listed:
        changed_at = changed(detail, now)
        try:
            event = order_event(detail, now)
        except Unreadable:
            event = None
        return Listed(id_of(detail, "order_id"), changed_at, digest_of(detail), event)

    return page_of(answer, answer.get("shop_order_list"), row)


def listed_after_sales(answer: Mapping[str, Any], now: datetime) -> ListPage:
    """Numbers to ask for: a list knows what was asked for, not how much really went back."""

    def row(item: dict[str, Any]) -> Listed:
        info, order = item.get("aftersale_info"), item.get("order_info")
        if not isinstance(info, dict) or not isinstance(order, dict):
            raise Unreadable("no aftersale_info or no order_info")
        changed_at = changed(info, now)
        return Listed(
            id_of(info, "aftersale_id", "after_sale_id"),
            changed_at,
            digest_of(item),
            order_no=id_of(order, "shop_order_id"),
            refund_rank=refund_rank(changed_at, after_sale_status(info)),
        )

    return page_of(answer, answer.get("items"), row)


def page_of(answer: Mapping[str, Any], found: Any, row: Callable[[dict[str, Any]], Listed]) -> ListPage:
    """One row without a number or a time costs its neighbours nothing."""
    rows, unreadable = [], 0
    for item in found or []:
        try:
            rows.append(row(item if isinstance(item, dict) else {}))
        except Unreadable:
            unreadable += 1
    total = number(answer.get("total") or 0)
    return ListPage(tuple(rows), max(total, len(rows) + unreadable), unreadable)


def changed(holder: Mapping[str, Any], now: datetime) -> datetime:
    found = moment(holder, now, "update_time")
    if found is None:
        raise Unreadable("no update_time")
    return found


def digest_of(item: Mapping[str, Any]) -> str:
    return hashlib.sha256(msgspec.json.encode(item, order="sorted")).hexdigest()[:16]


def token_of(answer: Mapping[str, Any], now: datetime) -> TokenFact:
    """What token/create and token/refresh give. `expires_in` is seconds from now, in newer documents a time.

    Raises Unreadable.
    """
    seconds = min(number(answer.get("expires_in") or 0), 10**10)
    ends = datetime.fromtimestamp(seconds, UTC) if seconds > 10**9 else now + timedelta(seconds=seconds)
    access, refresh = text(answer.get("access_token")), text(answer.get("refresh_token"))
    if not access or ends <= now:
        raise Unreadable("no access_token that is still good")
    return TokenFact(access, refresh, ends, bare(answer.get("shop_id"))[:32])
