"""Pulling from shop platforms: the only code of this app that goes out to a network.

A real shop is asked at its platform's own address (livestream/platforms/outgoing.py keeps to it), a practice shop at
PRACTICE_PLATFORM_URL and nowhere else.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import msgspec
import structlog
from django.conf import settings

from livestream.platforms.asking import SECONDS, Busy, Refused, Unreachable, authorities, post
from livestream.platforms.outgoing import proxy_for, way_out
from orders.platforms import douyin, douyin_lists
from orders.platforms.contract import Credentials
from orders.platforms.listing import changes_since

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from orders.platforms.contract import ListPage, TokenFact
    from orders.rules.order import OrderEvent

log = structlog.get_logger(__name__)
BASES = {"douyin": "https://openapi-fxg.jinritemai.com"}
DONE = "10000"
OLD_DONE = "0"  # `err_no` of answers that have no `code`
THROTTLED = "60000"
THEIR_FAULT = {"20000", "20001"}  # 服务不可用, 内部服务超时
TOKEN_VOID = {"isv.access-token-expired", "isv.access-token-no-existed"}


class Expired(Unreachable):
    """The shop's access token is not good, or not any more. With a new one the same question may be answered."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to ask in a shop's name."""

    platform: str
    credentials: Credentials
    access_token: str
    is_practice: bool

    @property
    def base(self) -> str:
        return settings.PRACTICE_PLATFORM_URL if self.is_practice else BASES.get(self.platform, "")


@dataclass(frozen=True, slots=True)
class Line:
    """Connections that are kept open: to the platforms, and to the practice platform. Neither goes where the other does."""

    platforms: httpx.Client
    practice: httpx.Client

    def to(self, access: Access) -> httpx.Client:
        return self.practice if access.is_practice else self.platforms


@contextmanager
def open_line() -> Iterator[Line]:
    """For as long as several things are asked; may be shared by threads."""
    trust = authorities()
    hosts = [httpx.URL(base).host for base in BASES.values()]
    shared: dict[str, Any] = {"follow_redirects": False, "timeout": SECONDS, "trust_env": False}
    with (
        httpx.Client(transport=way_out(hosts, trust, proxy_for(hosts)), **shared) as platforms,
        httpx.Client(verify=trust, **shared) as practice,
    ):
        yield Line(platforms, practice)


def pull(line: Line, access: Access, kind: str, number: str, now: datetime) -> list[OrderEvent]:
    """What the platform says now of an order or an after-sale (`kind` is a HintKind). Raises Unreachable, Refused."""
    ask = PULLS.get(access.platform)
    if ask is None:
        raise Refused("platform", f"{access.platform} has no API here")
    try:
        return ask(line, access, kind, number, now)
    except ValueError as error:  # an adapter's Unreadable
        raise Refused("unreadable", str(error)[:200]) from error


def pull_changes(line: Line, access: Access, kind: str, since: datetime, now: datetime) -> Iterator[tuple[ListPage, datetime]]:
    """What changed since then by the platform's own list (`kind` is a PullKind), page by page, each with the time up to
    which all is read. Raises Unreachable, Refused."""
    changes = LISTS.get(access.platform)
    if changes is None:
        raise Refused("platform", f"{access.platform} has no list here")
    try:
        yield from changes(line, access, kind, since, now)
    except ValueError as error:
        raise Refused("unreadable", str(error)[:200]) from error


def new_token(line: Line, access: Access, refresh_token: str, shop_no: str, now: datetime) -> TokenFact:
    """A token for the time to come, by the refresh token or, for an application of the shop's own, by the shop's number.

    Raises Unreachable, Refused.
    """
    ask = TOKENS.get(access.platform)
    if ask is None:
        raise Refused("platform", f"{access.platform} has no tokens here")
    try:
        return ask(line, access, refresh_token, shop_no, now)
    except ValueError as error:
        raise Refused("unreadable", str(error)[:200]) from error


# --- 抖店 ----------------------------------------------------------------------------------------------------------------


def pull_douyin(line: Line, access: Access, kind: str, number: str, now: datetime) -> list[OrderEvent]:
    """An order that knows of an after-sale brings it along: the push about it may be the one that got lost."""
    if kind == "after_sale":
        return [douyin_after_sale(line, access, number, now)]
    detail = call_douyin(line, access, "order/orderDetail", {"shop_order_id": number}).get("shop_order_detail")
    if not isinstance(detail, dict):
        raise Refused("unreadable", "no shop_order_detail")
    events = [douyin.order_event(detail, now)]
    if douyin.has_after_sale(detail):
        try:
            answer = call_douyin(line, access, "afterSale/List", {"order_id": number, "page": 0, "size": 100})
            events += [douyin_after_sale(line, access, found, now) for found in douyin.after_sale_numbers(answer)]
        except Refused as refused:  # many apps may read orders but not this list; the order itself counts
            log.info("after_sales_not_listed", order=number, code=refused.code)
    return events


def douyin_after_sale(line: Line, access: Access, number: str, now: datetime) -> OrderEvent:
    """Only the detail knows how much really went back; the list has what was asked for."""
    answer = call_douyin(line, access, "afterSale/Detail", {"after_sale_id": number})
    return douyin.after_sale_event(answer, now)


def douyin_changes(line: Line, access: Access, kind: str, since: datetime, now: datetime) -> Iterator[tuple[ListPage, datetime]]:
    path, asked, listed = DOUYIN_LISTS[kind]

    def ask(since: datetime, until: datetime | None, page: int) -> ListPage:
        return listed(call_douyin(line, access, path, asked(since, until, page)), now)

    return changes_since(ask, since, douyin_lists.PAGE)


def new_douyin_token(line: Line, access: Access, refresh_token: str, shop_no: str, now: datetime) -> TokenFact:
    """A refresh token that is void (unused for 14 days) need not be the end where the application is the shop's own."""
    refused: Refused | None = None
    if refresh_token:
        try:
            params = {"grant_type": "refresh_token", "refresh_token": refresh_token}
            return douyin_lists.token_of(call_douyin(line, access, "token/refresh", params), now)
        except Refused as error:
            refused = error
            if not shop_no:
                raise
    try:
        params = {"code": "", "grant_type": "authorization_self", "shop_id": shop_no}
        return douyin_lists.token_of(call_douyin(line, access, "token/create", params), now)
    except Refused as error:
        raise refused or error from error  # an application of several shops may not do this: its own reason says more


def call_douyin(line: Line, access: Access, path: str, params: dict[str, Any]) -> dict[str, Any]:
    """The `data` of an answer. Raises Unreachable, Refused."""
    param_json = msgspec.json.encode(params, order="deterministic").decode()  # these very bytes are signed and sent
    method = path.replace("/", ".")
    timestamp = str(int(time.time()))
    query = {} if method.startswith("token.") else {"access_token": access.access_token}
    query |= {
        "app_key": access.credentials.app_key,
        "method": method,
        "timestamp": timestamp,
        "v": "2",
        "sign_method": "hmac-sha256",
        "sign": douyin.sign_request(access.credentials, method, param_json, timestamp),
    }
    answer = post(line.to(access), f"{access.base}/{path}", query, param_json.encode())
    check_answer(answer)
    data = answer.get("data")
    if not isinstance(data, dict):
        raise Refused("unreadable", "no data")
    return data


def check_answer(answer: dict[str, Any]) -> None:
    """Raises Refused for a no, Unreachable for what may be a yes later."""
    code = answer.get("code", answer.get("err_no"))
    if code is None:
        raise Unreachable("the answer has no code")
    if str(code) == (DONE if "code" in answer else OLD_DONE):
        return
    refused = Refused(str(code)[:40], str(answer.get("sub_msg") or answer.get("msg") or answer.get("message"))[:200])
    if refused.code == THROTTLED:
        raise Busy(str(refused))
    if refused.code in THEIR_FAULT:
        raise Unreachable(str(refused))
    if answer.get("sub_code") in TOKEN_VOID:
        raise Expired(str(refused))
    raise refused


DOUYIN_LISTS = {
    "orders": ("order/searchList", douyin_lists.orders_asked, douyin_lists.listed_orders),
    "after_sales": ("afterSale/List", douyin_lists.after_sales_asked, douyin_lists.listed_after_sales),
}
PULLS = {"douyin": pull_douyin}
LISTS = {"douyin": douyin_changes}
TOKENS = {"douyin": new_douyin_token}
