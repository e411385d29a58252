"""Every write to a login: opening it, noticing the person, ending it here or everywhere."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from livestream.actions.audit import note
from livestream.actions.tries import address_of, device_cookie, forgive, network_of
from livestream.models import LiveSession, SignIn
from livestream.rules.deed import Deed
from livestream.rules.device import browser_of, platform_of
from livestream.rules.login import NOTICED_AFTER, USUAL_FOR, LoginKind, ends_at, is_only_host, kind_of, needs_second_factor
from livestream.rules.session import SessionState

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from django.http import HttpRequest

    from livestream.models import User

# What the session holds besides Django's own: the row of the login, when the person was there, whether the second factor must be
# passed before anything else, and when a code proved whose phone this is.
SIGN_IN = "sign_in"
SEEN = "seen"
MUST_VERIFY = "must_verify"
PROVED_BY_CODE = "proved_by_code"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def own(request: HttpRequest) -> int:
    """The number of this session's row; 0 for none."""
    return int(request.session.get(SIGN_IN, 0))


class Way(StrEnum):
    """How somebody proved who he is."""

    PASSWORD = "password"
    CODE = "code"
    INVITATION = "invitation"


@transaction.atomic
def open_login(request: HttpRequest, user: User, *, way: Way, on_own_phone: bool = False) -> SignIn:
    """The person is signed in from now on, under a new session id, and this device is one of his.

    The answer to the request carries the device cookie: the middleware adds `request.device_cookie`."""
    at = timezone.now()
    login(request, user, backend=getattr(user, "backend", BACKEND))  # `follow_login` writes the row
    sign_in = SignIn.objects.get(pk=request.session[SIGN_IN])
    kind = kind_of(user.posts, on_own_phone=on_own_phone)
    if kind != sign_in.kind:
        sign_in.kind = kind
        _notice(request, sign_in, at=at)
    request.session[MUST_VERIFY] = needs_second_factor(user.posts)
    if way == Way.CODE:
        request.session[PROVED_BY_CODE] = at.timestamp()
    forgive(request, user.phone)
    request.device_cookie = device_cookie(request, user)  # type: ignore[attr-defined]
    note(Deed.SIGNED_IN, place=user.place_id, by=user, about=user, way=way.value)
    return sign_in


def follow_login(request: HttpRequest, user: User, **_words: Any) -> None:
    """Receives Django's `user_logged_in`: whichever way somebody was signed in, his login has a row and an end."""
    at = timezone.now()
    user_agent, address = request.META.get("HTTP_USER_AGENT", ""), address_of(request)
    sign_in = SignIn.objects.create(
        user=user,
        session_key=request.session.session_key or "",
        platform=platform_of(user_agent),
        browser=browser_of(user_agent),
        address=address,
        network=network_of(address),
        began_at=at,
        seen_at=at,
        expires_at=ends_at(LoginKind.DESK, began_at=at, seen_at=at),
    )
    SignIn.objects.filter(pk=own(request), ended_at=None).update(session_key="", ended_at=at)
    request.session[SIGN_IN] = sign_in.pk
    request.session[SEEN] = at.timestamp()
    request.session.set_expiry(sign_in.expires_at)


def _notice(request: HttpRequest, sign_in: SignIn, *, at: datetime) -> None:
    sign_in.seen_at = at
    sign_in.expires_at = ends_at(LoginKind(sign_in.kind), began_at=sign_in.began_at, seen_at=at)
    sign_in.save(update_fields=["kind", "seen_at", "expires_at"])
    request.session[SEEN] = at.timestamp()
    request.session.set_expiry(sign_in.expires_at)


@transaction.atomic
def notice_person(request: HttpRequest, *, at: datetime) -> None:
    """The person is there: his login lasts longer. Written once a minute at most."""
    if is_noticed(request, at):
        return
    if sign_in := SignIn.objects.filter(pk=own(request), ended_at=None).first():
        _notice(request, sign_in, at=at)


def is_noticed(request: HttpRequest, at: datetime) -> bool:
    return bool(at.timestamp() - request.session.get(SEEN, 0.0) < NOTICED_AFTER.total_seconds())


def notice_on_air(request: HttpRequest, user: User, session_id: UUID, *, at: datetime) -> None:
    """The page of a session that looked for news by itself: while the session is on air, its host is there. For hosts alone, and
    for no longer than a login lasts at most; whoever holds another post is there when he does something."""
    if is_noticed(request, at) or not is_only_host(user.posts):
        return
    if LiveSession.objects.filter(pk=session_id, host=user, state=SessionState.LIVE).exists():
        notice_person(request, at=at)


@transaction.atomic
def renew_login(request: HttpRequest, user: User) -> None:
    """The same login under a new session id, after it gained a right or the password changed: the old cookie opens nothing."""
    update_session_auth_hash(request, user)
    SignIn.objects.filter(pk=own(request)).update(session_key=request.session.session_key or "")


@transaction.atomic
def close_login(request: HttpRequest) -> None:
    """Signed out on this device."""
    sign_in = SignIn.objects.filter(pk=own(request), ended_at=None).select_related("user").first()
    if sign_in:
        SignIn.objects.filter(pk=sign_in.pk).update(session_key="", ended_at=timezone.now())
        note(Deed.SIGNED_OUT, place=sign_in.user.place_id, about=sign_in.user)
    logout(request)


@transaction.atomic
def end_login(sign_in: SignIn, *, at: datetime) -> None:
    """Signed out on that device, at once; its sockets close within half a minute."""
    if _end([sign_in.pk], at=at):
        note(Deed.LOGINS_ENDED, place=sign_in.user.place_id, about=sign_in.user, logins=1)


@transaction.atomic
def end_logins(user: User, *, at: datetime, except_key: str = "") -> int:
    """Signed out on every device but the one of this session key; its sockets close within half a minute. How many that were."""
    count = close_sessions(user, at=at, except_key=except_key)
    if count:
        note(Deed.LOGINS_ENDED, place=user.place_id, about=user, logins=count)
    return count


def close_sessions(user: User, *, at: datetime, except_key: str = "") -> int:
    """The same as part of a verb that has an entry of its own in the audit log."""
    opened = user.sign_ins.filter(ended_at=None).exclude(session_key="").exclude(session_key=except_key)
    return _end(list(opened.values_list("pk", flat=True)), at=at)


def _end(numbers: list[int], *, at: datetime) -> int:
    rows = SignIn.objects.select_for_update().filter(pk__in=numbers, ended_at=None).order_by("pk")
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return SignIn.objects.filter(pk__in=numbers, ended_at=None).update(session_key="", ended_at=at)


def forget_logins(at: datetime) -> int:
    """Sessions that have run out, and logins older than anybody is known by."""
    Session.objects.filter(expire_date__lt=at).delete()
    return SignIn.objects.filter(expires_at__lt=at - USUAL_FOR).delete()[0]
