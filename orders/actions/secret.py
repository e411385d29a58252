"""Every write to the secrets of shops: a new one takes its place while the old one may still sign for some days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from livestream.rules.errors import NotAllowed
from orders.models import Shop
from orders.rules.secret import check_change, check_end

if TYPE_CHECKING:
    from datetime import datetime

NONE_OLD: dict[str, Any] = {"old_secret": "", "old_secret_until": None, "old_secret_used_at": None}


@transaction.atomic
def change_secret(shop: Shop, new: str, *, old_until: datetime | None, at: datetime) -> int:
    """From now on the shop's platform signs with the new one; the one that was in force counts until then, or from now on no
    more (None). The shops that one application serves share its secret and change together: returns how many. Raises
    NotAllowed."""
    held, shops = lock_sharing(shop)
    judge_change(held, new, old_until=old_until, at=at)
    old = NONE_OLD
    if old_until is not None:
        old = {"old_secret": held.secret, "old_secret_until": old_until, "old_secret_used_at": None}
    return Shop.objects.filter(pk__in=shops).update(secret=new, secret_changed_at=at, secret_used_at=None, **old)


@transaction.atomic
def end_old_secret(shop: Shop, *, until: datetime | None, at: datetime) -> int:
    """The old secret counts until another time, or from now on no more (None). Raises NotAllowed."""
    held, shops = lock_sharing(shop)
    judge_end(held, until=until, at=at)
    if until is None:
        return Shop.objects.filter(pk__in=shops).update(**NONE_OLD)
    return Shop.objects.filter(pk__in=shops, old_secret_until__gt=at).update(old_secret_until=until)


def judge_change(held: Shop, new: str, *, old_until: datetime | None, at: datetime) -> None:
    """`held`: the shop under its lock. Raises NotAllowed."""
    if new == held.secret:
        raise NotAllowed("secret_same")
    check_change(until=old_until, other_until=held.old_secret_until, at=at)


def judge_end(held: Shop, *, until: datetime | None, at: datetime) -> None:
    """`held`: the shop under its lock. Raises NotAllowed."""
    if until is None:
        return
    if not held.has_old_secret(at) or held.secret_changed_at is None:
        raise NotAllowed("secret_none_old")
    check_end(until, changed_at=held.secret_changed_at, at=at)


def lock_sharing(shop: Shop) -> tuple[Shop, list[int]]:
    """The shop as it is, and the keys of those with the same application and secret, itself among them: all locked, in order."""
    rows = Shop.objects.select_for_update(no_key=True).order_by("pk")
    if shop.app_key:
        locked = list(rows.filter(platform=shop.platform, app_key=shop.app_key) | rows.filter(pk=shop.pk))
    else:
        locked = list(rows.filter(pk=shop.pk))
    held = next(row for row in locked if row.pk == shop.pk)
    return held, [row.pk for row in locked if row.pk == held.pk or (held.app_key, held.secret) == (row.app_key, row.secret)]


def note_signed(shop_id: int, *, is_old: bool, at: datetime) -> None:
    """That a push came signed by this one of the two; what is newer stays."""
    name = "old_secret_used_at" if is_old else "secret_used_at"
    Shop.objects.filter(pk=shop_id).exclude(**{f"{name}__gte": at}).update(**{name: at})


def forget_ended_secrets(at: datetime) -> int:
    """Old secrets whose time is over are not kept: returns of how many shops."""
    return Shop.objects.filter(old_secret_until__lte=at).update(**NONE_OLD)
