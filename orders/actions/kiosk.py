"""Every write to kiosk links: addresses that open one board on a screen without a login, to read only."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.db.models import Q

from livestream.actions.board import place_scope, session_scope
from livestream.models import LiveSession
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import EVERYWHERE, Action
from livestream.rules.token import TOKEN_BYTES, digest_of
from orders.models import KioskLink
from orders.rules.kiosk import LASTS, KioskTerm, plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from livestream.models import Place, User

log = structlog.get_logger(__name__)
SEEN_EVERY = timedelta(minutes=1)


@transaction.atomic
def create_kiosk_link(
    board: LiveSession | Place, *, name: str, term: KioskTerm, hides_money: bool, by: User, at: datetime
) -> tuple[KioskLink, str]:
    """A link to this board and its token, which is told this once and never again: only its SHA-256 is kept.

    Raises NotAllowed when the board is not of the maker's own county (or city, or province), or the name is none.
    """
    home, scope = home_and_scope(board)
    if not may_link(by, home):
        raise NotAllowed("not_your_board")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = KioskLink.objects.create(
        county_id=home,
        name=plain_name(name),
        scope=scope,
        digest=digest_of(token),
        hides_money=hides_money,
        created_by=by,
        created_at=at,
        expires_at=at + LASTS[term],
    )
    log.info("kiosk_link_created", link=link.pk, scope=link.scope, by=by.pk)
    return link, token


def home_and_scope(board: LiveSession | Place) -> tuple[str, str]:
    """The code of the place whose people make links to a board, and its scope."""
    if isinstance(board, LiveSession):
        return board.county_id, session_scope(board.pk)
    return board.pk, place_scope(board.pk)


def may_link(user: User, home: str) -> bool:
    """Whether this person makes and takes back links to boards of a place: its own staff, not those above it; and platform
    administrators everywhere."""
    codes = user.reach(Action.SHARE_SCREEN)
    return EVERYWHERE in codes or home in codes


def revoke_kiosk_link(link: KioskLink, *, by: User, at: datetime) -> bool:
    """From now on it opens nothing, and screens that show its board are closed with the next check of rights. False when it
    was revoked before. Raises NotAllowed when the link is not of the person's county."""
    if not may_link(by, link.county_id):
        raise NotAllowed("not_your_board")
    is_first = KioskLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at) > 0
    if is_first:
        log.info("kiosk_link_revoked", link=link.pk, scope=link.scope, by=by.pk)
    return is_first


@transaction.atomic
def note_seen(links: Iterable[int], *, at: datetime) -> int:
    """These links are on a screen now; written at most once a minute each. Returns how many were. What another process writes
    just now is left to it: nobody waits, and two who write several cannot wait for each other."""
    old = KioskLink.objects.filter(Q(seen_at=None) | Q(seen_at__lte=at - SEEN_EVERY), pk__in=list(links))
    free = list(old.select_for_update(skip_locked=True).values_list("pk", flat=True))
    return KioskLink.objects.filter(pk__in=free).update(seen_at=at) if free else 0
