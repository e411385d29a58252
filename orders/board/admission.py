"""Who is let in at a board's address, and who may stay.

There are two rights. Somebody who is signed in watches what `rights` says. An address with `?kiosk=<token>` is judged by its
link alone, whoever is signed in: the link opens its one board, and what it hides stays hidden.

Tokens are looked up by their SHA-256. That takes no constant time and needs none: whoever tries tokens cannot choose what their
digests begin with, so how long the index compares tells nothing of a token, and of 256 bits there is no near miss. What does not
look like a token is refused without asking; all refusals look alike from outside, and the log says why without the token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django_otp import DEVICE_ID_SESSION_KEY

from livestream.actions.board import place_scope, session_scope, stage_scope
from livestream.actions.foreign import Try, note_foreign
from livestream.actions.login import MUST_VERIFY
from livestream.models import LiveSession, Place, User
from livestream.rules.rights import Action
from livestream.rules.token import digest_of, is_token
from orders.actions.kiosk import note_seen
from orders.board.feed import Watcher
from orders.board.refusals import tell_refusal
from orders.board.rights import COUNTY, ROLLUPS, county_to_watch, rollup_to_watch, session_to_watch
from orders.models import KioskLink
from orders.rules.kiosk import KioskState, state_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

STAGE = "stage"  # the part of a session that its phone and its control desk follow: no figures, only how new it is


class Handshake(NamedTuple):
    """What a websocket asks for: `code` or `session_id` and `part` as its route has them, by which login or link, from where."""

    asked: dict[str, Any]
    session_key: str = ""
    query: str = ""
    address: str = ""


# --- letting in -----------------------------------------------------------------------------------------------------------


def admit_all(handshakes: Sequence[Handshake]) -> list[Watcher | None]:
    """The watcher behind each handshake, or None: he may not watch it. However many there are, logins, people, their
    appointments, sessions and places are fetched once each; only links are looked up one by one."""
    at = timezone.now()
    people = _people_of({handshake.session_key for handshake in handshakes if handshake.session_key}, at)
    wished = [_wished(handshake, people) for handshake in handshakes]
    of_logins = {watcher for watcher in wished if watcher and not watcher.viewer.startswith("kiosk:")}
    kept = _within_rights(of_logins, people)
    there = _with_board(kept)
    if foreign := of_logins - there:
        note_foreign(Try(people[watcher.session_key], "board_socket", {"scope": watcher.scope}) for watcher in foreign)
    return [watcher if watcher not in of_logins or watcher in there else None for watcher in wished]


def _wished(handshake: Handshake, people: dict[str, User]) -> Watcher | None:
    token = asked_token(handshake.query)
    if token is not None:
        is_board = handshake.asked.get("part") != STAGE  # a link shows figures, and nothing of how a session is run
        return _by_link(token, handshake.address, **handshake.asked) if is_board else None
    user, scope = people.get(handshake.session_key), _scope_of(**handshake.asked)
    return Watcher(scope, f"user:{user.pk}", handshake.session_key) if user and scope else None


def _with_board(watchers: Collection[Watcher]) -> set[Watcher]:
    """Those whose place is there and has a board. Sessions were found already."""
    codes = {watcher.scope.partition(":")[2] for watcher in watchers if not _session_of(watcher.scope)}
    levels = [level.value for level in COUNTY | ROLLUPS]
    places = Place.objects.filter(pk__in=codes, level__in=levels) if codes else ()
    scopes = {f"{place.level}:{place.pk}" for place in places}
    return {watcher for watcher in watchers if _session_of(watcher.scope) or watcher.scope in scopes}


def _session_of(scope: str) -> str:
    """The number of the session that this scope is about; empty: it is a place's."""
    kind, _, number = scope.partition(":")
    return number if kind in {"session", STAGE} else ""


def admit_request(request: HttpRequest, **asked: Any) -> Watcher | None:
    """The same for one page or the API: `code` or `session_id` as the route has them."""
    token = asked_token(request.META.get("QUERY_STRING", ""))
    if token is not None:
        return _by_link(token, request.META.get("REMOTE_ADDR", ""), **asked)
    return _by_login(request.user, request.session.session_key or "", **asked)


def asked_token(query: str) -> str | None:
    """The kiosk token of a query string; None: there is none. Two are as bad as a wrong one: ""."""
    tokens = parse_qs(query, keep_blank_values=True).get("kiosk")
    if tokens is None:
        return None
    return tokens[0] if len(tokens) == 1 else ""


def _by_login(user: User | AnonymousUser, session_key: str, **asked: Any) -> Watcher | None:
    scope = scope_to_watch(user, **asked)
    return Watcher(scope, f"user:{user.pk}", session_key) if scope else None


def scope_to_watch(user: User | AnonymousUser, *, code: str = "", session_id: UUID | None = None) -> str | None:
    """The scope of an address, if this person may watch it."""
    if session_id is not None:
        session = session_to_watch(user, session_id)
        return session_scope(session.pk) if session else None
    place = county_to_watch(user, code) or rollup_to_watch(user, code)
    return place_scope(place.pk) if place else None


def _by_link(token: str, address: str, *, code: str = "", session_id: UUID | None = None) -> Watcher | None:
    at = timezone.now()
    link = KioskLink.objects.filter(digest=digest_of(token)).first() if is_token(token) else None
    scope = _scope_of(code, session_id)
    if link is None or link.scope != scope or state_of(link.revoked_at, link.expires_at, at) != KioskState.VALID:
        tell_refusal(_reason(link, scope, at), address, link.pk if link else None)
        return None
    note_seen([link.pk], at=at)
    return Watcher(link.scope, f"kiosk:{link.pk}", hides_money=link.hides_money)


def _scope_of(code: str = "", session_id: UUID | None = None, part: str = "") -> str | None:
    if session_id is not None:
        return stage_scope(session_id) if part == STAGE else session_scope(session_id)
    try:
        return place_scope(code)
    except ValueError:
        return None


def _reason(link: KioskLink | None, scope: str | None, at: datetime) -> str:
    if link is None:
        return "unknown"
    state = state_of(link.revoked_at, link.expires_at, at)
    return state.value if state != KioskState.VALID else "other_board"


# --- staying --------------------------------------------------------------------------------------------------------------


def refused(watchers: Iterable[Watcher]) -> set[Watcher]:
    """Those whose login or link has ended, or who may not see the scope any more. However many are asked about, logins,
    people, appointments, sessions and links are fetched once each; nothing is written but when a link was last on a screen."""
    asked = set(watchers)
    at = timezone.now()
    of_links = {watcher for watcher in asked if watcher.viewer.startswith("kiosk:")}
    return asked - _kept_by_link(of_links, at) - _kept_by_login(asked - of_links, at)


def _kept_by_link(watchers: Collection[Watcher], at: datetime) -> set[Watcher]:
    if not watchers:
        return set()
    numbers = {int(watcher.viewer.removeprefix("kiosk:")) for watcher in watchers}
    links = KioskLink.objects.valid(at).filter(pk__in=numbers)
    rights = {f"kiosk:{link.pk}": (link.scope, link.hides_money) for link in links}
    note_seen([link.pk for link in links], at=at)
    return {watcher for watcher in watchers if rights.get(watcher.viewer) == (watcher.scope, watcher.hides_money)}


def _kept_by_login(watchers: Collection[Watcher], at: datetime) -> set[Watcher]:
    if not watchers:
        return set()
    return _within_rights(watchers, _people_of({watcher.session_key for watcher in watchers}, at))


def _within_rights(watchers: Collection[Watcher], people: dict[str, User]) -> set[Watcher]:
    numbers = {number for watcher in watchers if (number := _session_of(watcher.scope))}
    sessions = {str(session.pk): session for session in LiveSession.objects.filter(pk__in=numbers)} if numbers else {}
    return {
        watcher
        for watcher in watchers
        if _may_stay(watcher, people.get(watcher.session_key), sessions.get(_session_of(watcher.scope)))
    }


def _may_stay(watcher: Watcher, user: User | None, session: LiveSession | None) -> bool:
    if user is None or watcher.viewer != f"user:{user.pk}":
        return False
    if not _session_of(watcher.scope):
        return user.may(Action.SEE_BOARD, watcher.scope.partition(":")[2])
    return session is not None and (session.host_id == user.pk or session.lies_in(user.reach(Action.SEE_PLAN)))


def _people_of(session_keys: Collection[str], at: datetime) -> dict[str, User]:
    """Who is signed in by each of these login sessions, as `django.contrib.auth.get_user` judges one of them: the login has not
    ended, its password is still the person's, and the person is active."""
    if not session_keys:
        return {}
    logins = Session.objects.filter(session_key__in=session_keys, expire_date__gt=at)
    opened: dict[str, dict[str, Any]] = {login.session_key: login.get_decoded() for login in logins}
    numbers = {data[SESSION_KEY] for data in opened.values() if SESSION_KEY in data}
    found_people = User.objects.filter(pk__in=numbers, is_active=True).prefetch_related("appointments")
    people = {str(user.pk): user for user in found_people}
    found = {key: people.get(data.get(SESSION_KEY, "")) for key, data in opened.items()}
    return {key: user for key, user in found.items() if user is not None and _is_login_of(user, opened[key])}


def _is_login_of(user: User, data: dict[str, Any]) -> bool:
    if data.get(MUST_VERIFY) and not data.get(DEVICE_ID_SESSION_KEY):
        return False  # the second factor is still to come
    known = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]  # with each SECRET_KEY that still holds
    given = data.get(HASH_SESSION_KEY) or ""
    return data.get(BACKEND_SESSION_KEY) in settings.AUTHENTICATION_BACKENDS and any(
        constant_time_compare(given, one) for one in known
    )
