"""Every write to access tokens: renewing them before they end, and noting that one is void.

Renewing is claimed under the shop's row lock and leased like a hint, so that two workers never spend the same refresh token;
the platform is asked outside of any transaction, and what it gives is stored under the lock again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import transaction

from livestream.platforms.asking import Refused, Unreachable
from orders.models import Hint, PullCursor, Shop
from orders.platforms import client
from orders.platforms.client import Access
from orders.platforms.contract import Credentials

if TYPE_CHECKING:
    from datetime import datetime

    from orders.platforms.contract import TokenFact

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=1)
BEFORE_END = timedelta(minutes=45)  # 抖店 gives a new token only within the last hour of the old one
AGAIN_AFTER = timedelta(minutes=5)


def access_of(shop: Shop | None, at: datetime) -> Access | Refused | Unreachable:
    """How to ask in a shop's name, or why that is of no use now."""
    if shop is None:
        return Refused("shop", "the shop is not in use")
    if shop.platform in client.TOKENS and (shop.has_expired(at) or not shop.access_token):
        return Unreachable(f"token: {shop.token_error or 'none that is good, a new one is on its way'}"[:300])
    return Access(shop.platform, Credentials(shop.app_key, shop.secret), shop.access_token, shop.is_practice)


def renew_from_now_on(shop: Shop, *, at: datetime) -> None:
    """What was typed in is new: nothing is known of its end, and the next renewal finds out. The shop is not saved here."""
    shop.token_expires_at, shop.token_error = None, ""
    shop.token_due_at = at if shop.is_renewable and shop.platform in client.TOKENS else None


def renew_tokens(at: datetime) -> int:
    """Renews the tokens that are due; returns how many were."""
    renewed = 0
    with client.open_line() as line:
        for shop in claim_tokens(at):
            renewed += renew_token(line, shop, at)
    return renewed


@transaction.atomic
def claim_tokens(at: datetime, limit: int = 50) -> list[Shop]:
    """Leases shops whose token is due to this worker; others skip them."""
    shops = list(
        Shop.objects.token_due(at).filter(platform__in=client.TOKENS).select_for_update(skip_locked=True, no_key=True)[:limit]
    )
    Shop.objects.filter(pk__in=[shop.pk for shop in shops]).update(token_due_at=at + LEASE)
    return shops


def renew_token(line: client.Line, shop: Shop, at: datetime) -> bool:
    """Asks for a new token and stores it, or why there is none."""
    access = Access(shop.platform, Credentials(shop.app_key, shop.secret), "", shop.is_practice)
    try:
        fact = client.new_token(line, access, shop.refresh_token, shop.platform_shop_no, at)
    except (Refused, Unreachable) as error:
        log.warning("token_not_renewed", shop=shop.pk, error=str(error)[:200])
        changes = {"token_error": str(error)[:300], "token_due_at": at + AGAIN_AFTER}
        Shop.objects.filter(pk=shop.pk).update(**changes)
        return False
    return store_token(shop, fact, at)


@transaction.atomic
def store_token(shop: Shop, fact: TokenFact, at: datetime) -> bool:
    """Keeps a token, unless somebody typed in another one meanwhile; what waited for it is due at once."""
    now = Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    if (now.access_token, now.refresh_token) != (shop.access_token, shop.refresh_token):
        return False
    now.access_token, now.refresh_token = fact.access, fact.refresh or now.refresh_token
    now.token_expires_at, now.token_error = fact.expires_at, ""
    now.token_due_at = max(fact.expires_at - BEFORE_END, at + AGAIN_AFTER)
    now.platform_shop_no = now.platform_shop_no or fact.shop_no
    now.save(
        update_fields=[
            "access_token", "refresh_token", "token_expires_at", "token_error", "token_due_at", "platform_shop_no",
        ]
    )  # fmt: skip
    if shop.has_expired(at) or shop.token_error or not shop.access_token:
        wake_what_waited(shop, at)
    return True


def wake_what_waited(shop: Shop, at: datetime) -> None:
    waiting = Hint.objects.waiting().filter(county=shop.county_id, shop=shop)
    rows = waiting.order_by("county_id", "shop_id", "kind", "number").select_for_update()
    Hint.objects.filter(pk__in=[hint.pk for hint in rows]).update(due_at=at)  # locked as the intake writes them
    PullCursor.objects.filter(shop=shop, due_at__gt=at).update(due_at=at)


@transaction.atomic
def note_void(shop: Shop, at: datetime) -> None:
    """The platform said that this shop's token is void, whatever we believed: it is due for renewal at once."""
    now = Shop.objects.select_for_update(no_key=True).get(pk=shop.pk)
    if now.access_token != shop.access_token or now.has_expired(at):
        return  # another one is in use by now, or somebody has noted it
    now.token_expires_at, now.token_due_at = at, at if now.is_renewable else None
    now.token_error = "" if now.is_renewable else "access_token is void, and there is nothing to renew it by"
    now.save(update_fields=["token_expires_at", "token_due_at", "token_error"])
