"""Every write of a password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.audit import note
from livestream.actions.login import close_sessions
from livestream.actions.tries import open_doors
from livestream.rules.deed import Deed

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import User


@transaction.atomic
def set_password(user: User, password: str, *, at: datetime, except_key: str = "") -> None:
    """One's own new password. Every login but that of this session key ends."""
    replace_password(user, password, at=at, except_key=except_key)
    note(Deed.PASSWORD_SET, place=user.place_id, by=user, about=user)


def replace_password(user: User, password: str, *, at: datetime, except_key: str = "") -> None:
    """The same as part of a verb that has an entry of its own in the audit log: the password counts at once, logins end, and
    nobody is kept out by tries of before. Whether it is good enough, the form has asked (`validate_password`)."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    close_sessions(user, at=at, except_key=except_key)
    open_doors(user.phone)
