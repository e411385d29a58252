"""Every write of a sign-in code: asking for one, sending it, trying it.

How a message leaves is the operator's: SMS_SENDER names a function `(phone, text) -> None` that raises when it could not send.
Empty: there is no sign-in by code."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError

from livestream.models import SmsCode, User
from livestream.rules.errors import NotAllowed
from livestream.rules.sms import (
    DIGITS,
    HOUR,
    KEPT_FOR,
    OF_A_NETWORK,
    OF_A_PHONE,
    OF_STRANGERS,
    PAUSE,
    TRIES_OF_A_CODE,
    VALID_FOR,
)

if TYPE_CHECKING:
    from collections.abc import Callable

log = structlog.get_logger(__name__)
TASK = "livestream.tasks.send_sms_code"


def phone_digest(phone: str) -> str:
    return salted_hmac("livestream.sms_phone", phone, algorithm="sha256").hexdigest()


def code_digest(phone: str, code: str) -> str:
    return salted_hmac("livestream.sms_code", f"{phone}|{code}", algorithm="sha256").hexdigest()


@transaction.atomic
def ask_code(phone: str, *, network: str | None, is_known: bool, at: datetime) -> SmsCode:
    """A new code, sent in a moment if the number is somebody's; the one before counts no more. `is_known`: asked for on a device
    or at an address where this person signed in before.

    Raises NotAllowed when there were too many, for numbers of nobody too: from outside they all look alike."""
    digest = _turn_of(phone, network, is_known=is_known, at=at)
    user = User.objects.filter(phone=phone, is_active=True).first()
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    SmsCode.objects.filter(phone_digest=digest, ended_at=None).update(ended_at=at, unsent="")
    made = SmsCode.objects.create(
        phone_digest=digest,
        code_digest=code_digest(phone, code),
        unsent=code if user and user.has_usable_password() else "",
        user=user if user and user.has_usable_password() else None,
        network=network,
        is_known=is_known,
        asked_at=at,
    )
    transaction.on_commit(lambda: _wake(made.pk))
    return made


@transaction.atomic
def take_turn_of_phone(phone: str, *, network: str | None, at: datetime) -> None:
    """Another text message that a stranger asked for goes to this number: counted together with the codes, and none of them ends.

    Raises NotAllowed when there were too many."""
    digest = _turn_of(phone, network, is_known=False, at=at)
    SmsCode.objects.create(phone_digest=digest, code_digest="", network=network, asked_at=at, ended_at=at)


def _turn_of(phone: str, network: str | None, *, is_known: bool, at: datetime) -> str:
    digest = phone_digest(phone)
    with connection.cursor() as cursor:  # two who ask at once ask one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest])
    _refuse_too_many(digest, network, is_known=is_known, at=at)
    return digest


def _refuse_too_many(digest: str, network: str | None, *, is_known: bool, at: datetime) -> None:
    of_phone = SmsCode.objects.filter(phone_digest=digest, asked_at__gt=at - HOUR)
    of_network = SmsCode.objects.filter(network=network, asked_at__gt=at - HOUR)
    if of_phone.filter(asked_at__gt=at - PAUSE).exists():
        raise NotAllowed("sms_too_soon")
    if (
        of_phone.count() >= OF_A_PHONE
        or (not is_known and of_phone.filter(is_known=False).count() >= OF_STRANGERS)
        or (not is_known and of_network.filter(is_known=False).count() >= OF_A_NETWORK)
    ):
        raise NotAllowed("sms_too_many")


def _wake(number: int) -> None:
    """Numbers of nobody wake the worker too: it costs the same time. Without a broker nothing is sent, and one asks again."""
    try:
        current_app.send_task(TASK, [number], retry=False, ignore_result=True, expires=VALID_FOR.total_seconds())
    except BrokerError as error:
        log.warning("worker_not_woken", error=str(error)[:200])


def send_code(number: int, *, at: datetime) -> bool:
    """Sends the code of this row, once; whether there was one to send. A sender that fails is logged without number and code."""
    with transaction.atomic():
        code = SmsCode.objects.select_for_update(of=["self"]).select_related("user").filter(pk=number, ended_at=None).first()
        if code is None or code.user is None or not code.unsent or at - code.asked_at > VALID_FOR:
            return False
        phone, text = code.user.phone, _("【村播】登录验证码 %(code)s，5 分钟内有效。不要告诉别人。") % {"code": code.unsent}
        SmsCode.objects.filter(pk=number).update(unsent="")
    send: Callable[[str, str], None] = import_string(settings.SMS_SENDER)
    try:
        send(phone, text)
    except Exception as error:  # whatever an operator's sender raises
        log.error("sms_not_sent", error=type(error).__name__)
        return False
    return True


def use_code(phone: str, code: str, *, asked: int, at: datetime) -> User | None:
    """The person, if this is the code of that row: his, not too old, tried a few times at most. It works once.

    The try is counted before the comparison, so that a hundred tries at once are five."""
    rows = SmsCode.objects.filter(
        Q(pk=asked, phone_digest=phone_digest(phone), ended_at=None, tries__lt=TRIES_OF_A_CODE, asked_at__gt=at - VALID_FOR)
    )
    if not rows.update(tries=F("tries") + 1):
        return None
    row = SmsCode.objects.select_related("user").get(pk=asked)
    if not constant_time_compare(row.code_digest, code_digest(phone, code)) or row.user is None:
        return None
    was_first = SmsCode.objects.filter(pk=asked, ended_at=None).update(ended_at=at, unsent="")
    return row.user if was_first else None


def forget_codes(at: datetime) -> int:
    """Rows of yesterday serve nobody."""
    return SmsCode.objects.filter(asked_at__lt=at - KEPT_FOR).delete()[0]
