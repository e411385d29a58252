"""Beginning and ending to act for a host (代操作). Both stand in the audit log, with the helper as the actor; what he does in
between is written as he and for the host, whoever writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from livestream.actions.audit import note
from livestream.actions.occasion import occasion, on
from livestream.rules.acting import REASON_AT_MOST
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from livestream.models import AuditEntry, User


@transaction.atomic
def begin_acting(helper: User, host: User, *, reason: str) -> AuditEntry:
    """Raises NotAllowed when the helper may not act in the host's place, when the other is no host or has another post too, and
    without a reason."""
    if not helper.may_act_for(host):
        raise NotAllowed("not_to_be_acted_for")
    said = one_line(reason)
    if not said:
        raise NotAllowed("reason_missing")
    if len(said) > REASON_AT_MOST:
        raise NotAllowed("reason_too_long", limit=REASON_AT_MOST)
    return _note(Deed.BEGAN_ACTING_FOR, helper, host, reason=said)


@transaction.atomic
def stop_acting(helper: User, host: User, *, why: str) -> AuditEntry:
    """`why`: asked, signed_out, over (the time), not_allowed (any more)."""
    return _note(Deed.STOPPED_ACTING_FOR, helper, host, why=why)


def _note(deed: Deed, helper: User, host: User, **detail: Any) -> AuditEntry:
    with on(occasion()._replace(actor=helper.pk, acted_for=host.pk)):
        return note(deed, place=host.place_id, about=host, **detail)
