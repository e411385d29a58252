"""How long a login lasts, and how many wrong tries there may be. Pure: no query, no clock.

The times are those of OWASP ASVS 5.0 for desks (7.3.1, 7.3.2): half an hour without the person, twelve hours in all. A host on
air has other things to do than to sign in again: on a phone of his own he stays for a month, and can end it from any other. On
any phone the page of the session that he is on air with shows that he is there, though he touches nothing for hours."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.person import Role
from livestream.rules.rights import SECOND_FACTOR_ROLES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from livestream.rules.rights import Post


class LoginKind(TextChoices):
    DESK = "desk", _("电脑或公用设备")
    OWN_PHONE = "own_phone", _("自己的手机")


class Term(NamedTuple):
    """`idle` without the person, `longest` in all."""

    idle: timedelta
    longest: timedelta


TERMS = {
    LoginKind.DESK: Term(timedelta(minutes=30), timedelta(hours=12)),
    LoginKind.OWN_PHONE: Term(timedelta(days=30), timedelta(days=180)),
}
PROOF_LASTS = timedelta(minutes=10)  # after a code by text message, a new password needs no old one
NOTICED_AFTER = timedelta(minutes=1)  # what somebody does is written down once a minute at most


def kind_of(posts: Collection[Post], *, on_own_phone: bool) -> LoginKind:
    """The long login is for those who are hosts and nothing else."""
    return LoginKind.OWN_PHONE if is_only_host(posts) and on_own_phone else LoginKind.DESK


def ends_at(kind: LoginKind, *, began_at: datetime, seen_at: datetime) -> datetime:
    """The moment a login ends if the person does nothing more."""
    term = TERMS[kind]
    return min(seen_at + term.idle, began_at + term.longest)


def is_by_person(method: str, headers: Mapping[str, str]) -> bool:
    """Whether somebody is there: he opened a page or sent a form. Pages that look for news by themselves prove nothing."""
    if method not in {"GET", "HEAD", "OPTIONS"}:
        return True
    if mode := headers.get("Sec-Fetch-Mode"):
        return mode == "navigate"
    return "HX-Request" not in headers and "text/html" in headers.get("Accept", "")


def is_only_host(posts: Collection[Post]) -> bool:
    return {post.role for post in posts} == {Role.HOST}


def needs_second_factor(posts: Collection[Post]) -> bool:
    """Whether one of the posts may only be held with a second factor."""
    return any(post.role in SECOND_FACTOR_ROLES for post in posts)


# --- tries ----------------------------------------------------------------------------------------------------------------


class Standing(StrEnum):
    """Who seems to be trying: a device that signed in as this person before, an address from which he signed in, or anybody."""

    DEVICE = "device"
    USUAL = "usual"
    STRANGER = "stranger"


# Wrong tries in COOL_OFF, each standing counted by itself: what a stranger does never locks the door of a known device. All
# strangers of the world share eight tries an hour at one person's door; one address has sixty at all doors together.
COOL_OFF = timedelta(hours=1)
TRIES = {Standing.DEVICE: 15, Standing.USUAL: 8, Standing.STRANGER: 8}
TRIES_OF_AN_ADDRESS = 60
USUAL_FOR = timedelta(days=90)
DEVICE_KNOWN_FOR = timedelta(days=365)
PEOPLE_OF_A_DEVICE = 8  # the newest: an office shares a computer
