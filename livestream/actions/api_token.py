"""Every write to the tokens of the API: keys in a person's name, told once, good until a day."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import transaction

from livestream.actions.audit import note
from livestream.models import ApiToken, ApiTokenAddress, User
from livestream.rules.api_token import (
    ADDRESSES_KEPT,
    LASTS,
    PREFIX_BYTES,
    VALID_AT_MOST,
    TokenPlan,
    home_address,
    plain_name,
    token_of,
)
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.token import TOKEN_BYTES, digest_of

if TYPE_CHECKING:
    from datetime import datetime

log = structlog.get_logger(__name__)
SEEN_EVERY = timedelta(minutes=1)


@transaction.atomic
def make_token(owner: User, plan: TokenPlan, *, at: datetime) -> tuple[ApiToken, str]:
    """A token and its text, which is told this once and never again: only its SHA-256 is kept.

    Raises NotAllowed(`token_name_missing`, `too_long`, `token_for_nothing`, `token_not_there`, `too_many_tokens`)."""
    name = plain_name(plan.name)
    if not plan.scopes:
        raise NotAllowed("token_for_nothing")
    if not owner.may(Action.MAKE_TOKENS, plan.place):
        raise NotAllowed("token_not_there")
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)  # two forms sent at once are counted one after the other
    if ApiToken.objects.filter(owner=owner).valid(at).count() >= VALID_AT_MOST:
        raise NotAllowed("too_many_tokens", limit=VALID_AT_MOST)
    prefix = secrets.token_hex(PREFIX_BYTES)
    text = token_of(prefix, secrets.token_urlsafe(TOKEN_BYTES))
    token = ApiToken.objects.create(
        owner=owner,
        name=name,
        prefix=prefix,
        digest=digest_of(text),
        scopes=sorted(set(plan.scopes)),
        place_id=plan.place or None,
        created_at=at,
        expires_at=at + LASTS[plan.term],
    )
    note(Deed.TOKEN_MADE, place=plan.place, by=owner, about=token, prefix=prefix, name=name, scopes=token.scopes)
    return token, text


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, at: datetime) -> bool:
    """From the next request on it is refused. False when it was revoked before. Raises NotAllowed(`not_your_token`)."""
    if not ApiToken.objects.visible_to(by).filter(pk=token.pk).exists():
        raise NotAllowed("not_your_token")
    is_first = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=at) > 0
    if is_first:
        note(Deed.TOKEN_REVOKED, place=token.place_code, by=by, about=token, prefix=token.prefix, name=token.name)
    return is_first


def note_use(token: ApiToken, *, address: str | None, at: datetime) -> None:
    """The token was used now, from there. Written at most once a minute for each address; a new address is written at once, and
    told to the audit log."""
    home = home_address(address)
    known = ApiTokenAddress.objects.filter(token=token, address=home).first() if home else None
    if home and known is None:
        _note_address(token, home, at)
    elif known and known.last_used_at <= at - SEEN_EVERY:
        ApiTokenAddress.objects.filter(pk=known.pk).update(last_used_at=at)
    if token.last_used_at is None or token.last_used_at <= at - SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)


@transaction.atomic
def _note_address(token: ApiToken, home: str, at: datetime) -> None:
    """The first address of a token is the usual one. Those that were used longest ago are forgotten, and are new again."""
    ApiToken.objects.select_for_update(no_key=True).get(pk=token.pk)  # two first uses at once: one of them is the first
    others = ApiTokenAddress.objects.filter(token=token)
    is_first = not others.exists()
    defaults = {"first_used_at": at, "last_used_at": at, "known_at": at if is_first else None}
    _row, is_new = ApiTokenAddress.objects.get_or_create(token=token, address=home, defaults=defaults)
    if not is_new or is_first:
        return
    kept = others.order_by("-last_used_at", "-pk").values("pk")[:ADDRESSES_KEPT]
    others.exclude(pk__in=kept).delete()
    note(Deed.TOKEN_MOVED, place=token.place_code, by=token.owner, about=token, prefix=token.prefix, used_from=home)
    log.warning("api_token_from_new_address", prefix=token.prefix, owner=token.owner_id)


def know_addresses(token: ApiToken, *, by: User, at: datetime) -> int:
    """The owner knows where it was used from. Returns how many addresses were new. Raises NotAllowed(`not_your_token`)."""
    if token.owner_id != by.pk:
        raise NotAllowed("not_your_token")
    return ApiTokenAddress.objects.filter(token=token, known_at=None).update(known_at=at)
