"""Who may try to sign in once more: the questions that django-axes asks us, and the one door through which credentials are tried.

axes counts wrong tries by "username". We give it a digest of whose door it is and who stands before it instead (OWASP's device
cookies): somebody on a device or at an address where this person signed in before is counted by himself, all strangers together.
So strangers lock the door for strangers only, and no phone number, real or mistyped, lies in its tables."""

from __future__ import annotations

import secrets
import time
from datetime import timedelta
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Any, NamedTuple

from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import authenticate
from django.core import signing
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.crypto import salted_hmac

from livestream.actions.audit import note
from livestream.models import SignIn, User
from livestream.rules.deed import Deed
from livestream.rules.login import (
    COOL_OFF,
    DEVICE_KNOWN_FOR,
    PEOPLE_OF_A_DEVICE,
    TRIES,
    TRIES_OF_AN_ADDRESS,
    USUAL_FOR,
    Standing,
)
from livestream.rules.person import PHONE, masked_phone

if TYPE_CHECKING:
    from django.http import HttpRequest

PATIENCE_S = 1.0  # for another try at the same door to end
SALT = "livestream.known_device"


class Door(NamedTuple):
    """Whose door, and who stands before it: what wrong tries are counted by."""

    standing: Standing
    bucket: str


class KnownDevice(NamedTuple):
    """What the device cookie holds: a random name, and who signed in with it, the newest last."""

    name: str
    people: tuple[int, ...]


# --- who stands there -----------------------------------------------------------------------------------------------------


def address_of(request: HttpRequest) -> str | None:
    """The other end of the connection, behind a proxy as the trusted proxy says it; what a client claims is not asked."""
    try:
        return str(ip_address(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return None


def network_of(address: str | None) -> str | None:
    """The address, or of an IPv6 address the network of one connection: whoever has one, has 2⁶⁴."""
    if address is None or ip_address(address).version == 4:
        return address
    return str(ip_network(f"{address}/64", strict=False).network_address)


def known_device(request: HttpRequest) -> KnownDevice | None:
    """The device this cookie was given to; None for none, a forged or an old one."""
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    try:
        held = signing.loads(cookie, salt=SALT, max_age=DEVICE_KNOWN_FOR) if cookie else None
    except signing.BadSignature:
        return None
    return KnownDevice(held["name"], tuple(held["people"])) if held else None


def device_cookie(request: HttpRequest, user: User) -> str:
    """The cookie of a device on which this person signed in just now; others who did before stay known."""
    known = known_device(request) or KnownDevice(secrets.token_urlsafe(12), ())
    people = [*(one for one in known.people if one != user.pk), user.pk][-PEOPLE_OF_A_DEVICE:]
    return signing.dumps({"name": known.name, "people": people}, salt=SALT)


def door_of(request: HttpRequest, phone: str, kind: str = "password") -> Door:
    """Unknown numbers cost the same question and get a door of their own."""
    device, network = known_device(request), network_of_request(request)
    user_id, is_usual = _known_to(phone, network)
    if device and user_id in device.people:
        return Door(Standing.DEVICE, _digest(kind, phone, Standing.DEVICE, device.name))
    if is_usual:
        return Door(Standing.USUAL, _digest(kind, phone, Standing.USUAL, network or ""))
    return Door(Standing.STRANGER, _digest(kind, phone, Standing.STRANGER))


def _known_to(phone: str, network: str | None) -> tuple[int | None, bool]:
    since = timezone.now() - USUAL_FOR
    usual = SignIn.objects.filter(user__phone=phone, network=network, began_at__gte=since) if network else SignIn.objects.none()
    user_id = User.objects.filter(phone=phone).values_list("pk", flat=True).first()
    return user_id, usual.exists()


def _digest(*words: str) -> str:
    return salted_hmac("livestream.tries", "|".join(words), algorithm="sha256").hexdigest()


# --- what axes asks -------------------------------------------------------------------------------------------------------


def _door(request: HttpRequest, credentials: dict[str, Any] | None) -> Door:
    """Asked once for a number and a request: it must not change between the question and the counting."""
    said = credentials or {}
    asked = (str(said.get("username") or ""), "code" if "secret_code" in said else "password")
    doors: dict[tuple[str, str], Door] = request.__dict__.setdefault("doors_tried", {})
    if asked not in doors:
        doors[asked] = door_of(request, *asked)
    return doors[asked]


def bucket(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """AXES_USERNAME_CALLABLE."""
    return _door(request, credentials).bucket


def counted_by(_request: HttpRequest, _credentials: dict[str, Any] | None) -> list[str]:
    """AXES_LOCKOUT_PARAMETERS: the bucket alone; the device or the address is part of it where it matters."""
    return ["username"]


def limit(request: HttpRequest, credentials: dict[str, Any] | None) -> int:
    """AXES_FAILURE_LIMIT."""
    return TRIES[_door(request, credentials).standing]


def cool_off(_request: HttpRequest | None) -> timedelta:
    """AXES_COOLOFF_TIME."""
    return COOL_OFF


def network_of_request(request: HttpRequest) -> str | None:
    """AXES_CLIENT_IP_CALLABLE."""
    return network_of(address_of(request))


class Tries(AxesDatabaseHandler):  # type: ignore[misc]  # without types
    """AXES_HANDLER: besides the tries at one door, a stranger's address has a number of tries at all doors."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return super().is_locked(request, credentials) or (
            _door(request, credentials).standing == Standing.STRANGER and _tries_from(request) >= TRIES_OF_AN_ADDRESS
        )


def _tries_from(request: HttpRequest) -> int:
    since = timezone.now() - COOL_OFF
    tries = AccessAttempt.objects.filter(ip_address=network_of_request(request), attempt_time__gte=since)
    return int(tries.aggregate(sum=Sum("failures_since_start"))["sum"] or 0)


# --- trying ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def recognize(request: HttpRequest, *, phone: str, **secret: Any) -> User | None:
    """The person behind a number and a password (or `secret_code`), or None: unknown, wrong, stopped and locked look alike.

    Tries at one door wait for each other, so that a hundred at once are no more than a hundred in a row."""
    credentials = {"username": phone, **secret}
    asks = getattr(settings, "AXES_ENABLED", True) and AxesProxyHandler.is_allowed(request, credentials)
    if asks and not _is_alone_at(_door(request, credentials).bucket):
        request.axes_locked_out = True  # type: ignore[attr-defined]
        return None
    user = authenticate(request, **credentials)
    if user is None and not _was_locked_before(request):
        _note_failure(phone)
    return user


def _was_locked_before(request: HttpRequest) -> bool:
    """Refused without a look at the credentials; axes answers with its own page."""
    return getattr(request, "axes_locked_out", False) and getattr(request, "axes_failures_since_start", None) is None


def _note_failure(phone: str) -> None:
    """What somebody typed may be anything, a password even: only what looks like a number is kept, masked."""
    user = User.objects.filter(phone=phone).first()
    typed = masked_phone(phone) if PHONE.fullmatch(phone) else ""
    note(Deed.SIGN_IN_FAILED, place=user.place_id if user else "", about=user, phone=typed)


def _is_alone_at(bucket: str) -> bool:
    """Nobody else tries at this door until the transaction ends; False when others do not let him."""
    until = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [bucket])
            if cursor.fetchone()[0]:
                return True
            if time.monotonic() > until:
                return False
            time.sleep(0.02)


def forgive(request: HttpRequest, phone: str) -> None:
    """Whoever got in where he is known begins anew. A stranger's door keeps its count: the next stranger is another."""
    for kind in ("password", "code"):
        door = door_of(request, phone, kind)
        if door.standing != Standing.STRANGER:
            AccessAttempt.objects.filter(username=door.bucket).delete()


def open_doors(phone: str) -> None:
    """Strangers' tries at this person's doors are forgotten: the staff gave a new password, and a new phone must get in."""
    doors = [_digest(kind, phone, Standing.STRANGER) for kind in ("password", "code")]
    AccessAttempt.objects.filter(username__in=doors).delete()
