"""Tokens of the API: what one looks like, what it may be used for, how long. Pure: no query, no clock, no randomness."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME_AT_MOST = 40
VALID_AT_MOST = 20  # of one person
ADDRESSES_KEPT = 20  # of one token
PREFIX_BYTES = 5
LONGEST = timedelta(days=366)
TOKEN = re.compile(r"cunbo_([0-9a-f]{10})_[A-Za-z0-9_-]{43}")
IPV6_NETWORK = 64  # one line has a network of its own, and addresses in it that change every day


class Scope(TextChoices):
    """What a token may be used for. It never does more than its owner may do in the token's place."""

    READ_SESSIONS = "read:sessions", _("看场次、排品、商品、供货商、地方")
    READ_BOARDS = "read:boards", _("看大屏数字")
    READ_ORDERS = "read:orders", _("看订单、店铺和每天的合计")
    READ_ALERTS = "read:alerts", _("看提醒")
    READ_PEOPLE = "read:people", _("看人员（隐去姓名和手机号）")
    WRITE_SESSIONS = "write:sessions", _("记讲解和现场记录")
    WRITE_PLAN = "write:plan", _("排场次、发布")
    WRITE_ALERTS = "write:alerts", _("处理提醒")
    READ_SCHOOL = "read:school", _("看学堂（隐去姓名和手机号）")
    WRITE_SCHOOL = "write:school", _("办班、报名、点名")
    WRITE_GOODS = "write:goods", _("维护货品、证件、排品、脚本、补贴")


# The first is what it is for; the others are what one must see to do it, and what an approver among its owners may do besides.
ACTIONS: dict[Scope, tuple[Action, ...]] = {
    Scope.READ_SESSIONS: (Action.SEE_PLAN,),
    Scope.READ_BOARDS: (Action.SEE_BOARD, Action.SEE_PLAN),
    Scope.READ_ORDERS: (Action.SEE_ORDERS, Action.SEE_PLAN),
    Scope.READ_ALERTS: (Action.SEE_ALERTS,),
    Scope.READ_PEOPLE: (Action.SEE_PEOPLE,),
    Scope.WRITE_SESSIONS: (Action.RUN_SESSION, Action.SEE_PLAN),
    Scope.WRITE_PLAN: (Action.PLAN_SESSION, Action.SEE_PLAN),
    Scope.WRITE_ALERTS: (Action.ANSWER_ALERTS, Action.SEE_ALERTS),
    Scope.READ_SCHOOL: (Action.SEE_SCHOOL,),
    Scope.WRITE_SCHOOL: (Action.KEEP_SCHOOL, Action.SEE_SCHOOL),
    Scope.WRITE_GOODS: (Action.KEEP_GOODS, Action.SEE_PLAN, Action.PASS_GOODS),
}


class TokenTerm(TextChoices):
    """How long a token is good for: it always ends, and is made anew."""

    MONTH = "month", _("30 天")
    QUARTER = "quarter", _("90 天")
    YEAR = "year", _("1 年")


LASTS = {TokenTerm.MONTH: timedelta(days=30), TokenTerm.QUARTER: timedelta(days=90), TokenTerm.YEAR: timedelta(days=365)}


class TokenState(TextChoices):
    VALID = "valid", pgettext_lazy("token", "有效")
    EXPIRED = "expired", pgettext_lazy("token", "已到期")
    REVOKED = "revoked", pgettext_lazy("token", "已撤销")
    POWERLESS = "powerless", _("持有人已没有权限")


class TokenPlan(NamedTuple):
    """What a person asks for. `place` is a code; "" is everywhere."""

    name: str
    scopes: tuple[Scope, ...]
    place: str
    term: TokenTerm


def actions_of(scopes: Iterable[str]) -> frozenset[Action]:
    return frozenset(action for scope in scopes if scope in Scope.values for action in ACTIONS[Scope(scope)])


def state_of(revoked_at: datetime | None, expires_at: datetime, at: datetime) -> TokenState:
    """What a token is at a moment; the moment it expires it is good for nothing any more."""
    if revoked_at is not None:
        return TokenState.REVOKED
    return TokenState.EXPIRED if expires_at <= at else TokenState.VALID


def token_of(prefix: str, secret: str) -> str:
    return f"cunbo_{prefix}_{secret}"


def prefix_of(text: str) -> str | None:
    """The part a token is looked up by. None: it is no token, and nobody asks the database."""
    found = TOKEN.fullmatch(text)
    return found[1] if found else None


def plain_name(name: str) -> str:
    """Without characters that nobody sees. Raises NotAllowed when nothing is left, or too much."""
    plain = one_line(name)
    if not plain:
        raise NotAllowed("token_name_missing")
    if len(plain) > NAME_AT_MOST:
        raise NotAllowed("too_long", field=_("用在哪里"), limit=NAME_AT_MOST)
    return plain


def home_address(address: str | None) -> str | None:
    """The address by which a user of a token is known again: of IPv6 the network of its line. None for what is none."""
    try:
        known = ip_address(address or "")
    except ValueError:
        return None
    if known.version == 6 and known.ipv4_mapped:
        known = known.ipv4_mapped
    return str(known if known.version == 4 else ip_network((known, IPV6_NETWORK), strict=False).network_address)
