"""Every write to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.models import User
from livestream.rules.person import plain_phone

if TYPE_CHECKING:
    from livestream.models import Place
    from livestream.rules.person import Role


def create_user(*, phone: str, name: str, role: Role, place: Place, password: str, live_name: str = "") -> User:
    """A person who may sign in from now on. Raises ValueError for a bad phone number, IntegrityError for a taken one."""
    user = User(phone=plain_phone(phone), name=name, role=role, place=place, live_name=live_name)
    user.set_password(password)
    user.save(force_insert=True)
    return user
