"""Every write of a second factor: setting it up, passing it, the codes for when it is lost, taking it away."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac
from django_otp import verify_token

from livestream.actions.audit import note
from livestream.actions.login import close_sessions
from livestream.models import RecoveryCode, SecondFactor, User
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.second_factor import CODES, code_from, plain_recovery_code

KEY_SHOWN_FOR = timedelta(hours=1)
KEY_BYTES = 20  # RFC 4226 §4: as long as the HMAC's digest


def recovery_digest(user: User, code: str) -> str:
    return salted_hmac("livestream.recovery_code", f"{user.pk}|{code}", algorithm="sha256").hexdigest()


@transaction.atomic
def begin_second_factor(user: User, *, at: datetime) -> SecondFactor:
    """A key that waits for its first code; the one in use goes on until then. Whoever comes back soon finds the same key."""
    User.objects.select_for_update().get(pk=user.pk)
    user.second_factors.filter(confirmed=False, created_at__lt=at - KEY_SHOWN_FOR).delete()
    if waiting := user.second_factors.filter(confirmed=False).first():
        return waiting
    key = base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()
    return SecondFactor.objects.create(user=user, name="totp", key=key, confirmed=False)


@transaction.atomic
def confirm_second_factor(user: User, token: str) -> tuple[SecondFactor, list[str]] | None:
    """The waiting key is the one in use from now on, and its recovery codes are told this once. None: the code was wrong."""
    waiting = user.second_factors.filter(confirmed=False).first()
    if waiting is None or verify_token(user, waiting.persistent_id, token) is None:
        return None
    user.second_factors.in_use().delete()
    user.second_factors.filter(pk=waiting.pk).update(confirmed=True)
    note(Deed.SECOND_FACTOR_SET, place=user.place_id, by=user, about=user)
    return user.second_factors.get(pk=waiting.pk), make_recovery_codes(user)


@transaction.atomic
def make_recovery_codes(user: User) -> list[str]:
    """Ten new ones, told this once; those from before open nothing any more."""
    user.recovery_codes.all().delete()
    codes = [code_from(secrets.randbelow) for _number in range(CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=recovery_digest(user, plain_recovery_code(code))) for code in codes
    )
    return codes


@transaction.atomic
def pass_second_factor(user: User, token: str, *, at: datetime) -> SecondFactor | None:
    """The authenticator in use, if the code is right: its own of this half minute, or one of the recovery codes, each once.

    Both are slowed down together by wrong ones."""
    factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed=True).first()
    if factor is None:
        return None
    code = plain_recovery_code(token)
    if len(code) <= 6:
        return factor if factor.verify_token(code) else None
    if not factor.verify_is_allowed()[0]:
        return None
    if not user.recovery_codes.filter(digest=recovery_digest(user, code), used_at=None).update(used_at=at):
        factor.throttle_increment()
        return None
    factor.throttle_reset()
    return factor


@transaction.atomic
def remove_second_factor(user: User) -> None:
    """One's own, after it was passed once more."""
    user.second_factors.all().delete()
    user.recovery_codes.all().delete()
    note(Deed.SECOND_FACTOR_REMOVED, place=user.place_id, about=user)


@transaction.atomic
def remove_lost_second_factor(user: User, *, by: User, at: datetime) -> None:
    """For somebody who lost his phone: his logins end, and he sets up a new one when he comes back.

    Raises NotAllowed unless `by` keeps this person and passed his own second factor."""
    if not by.is_verified() or not by.may_keep(user):
        raise NotAllowed("second_factor_not_yours")
    user.second_factors.all().delete()
    user.recovery_codes.all().delete()
    close_sessions(user, at=at)
    note(Deed.SECOND_FACTOR_REMOVED, place=user.place_id, by=by, about=user)
