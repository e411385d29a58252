"""How figures of the trade are written in templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from livestream.models import Notice
from livestream.rules import money
from livestream.rules.person import masked_phone
from livestream.rules.review_words import jin as in_jin
from livestream.rules.rights import Action, covers
from livestream.rules.trust import percent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from livestream.models import User

register = template.Library()


@register.filter
def yuan(amount_fen: int | None, decimals: int = 2) -> str:
    """`{{ fen|yuan }}` → `¥ 59.80`; `{{ fen|yuan:0 }}` → whole yuan."""
    return "" if amount_fen is None else money.yuan(amount_fen, decimals)


@register.filter
def undone_by(tags: str | None) -> str:
    """The step that the button beside a message takes back (`views/undo.py`), "" where there is none."""
    kind, _, step = (tags or "").partition("undo-")
    return step if not kind and step.isascii() and step.isdigit() else ""


@register.filter
def grouped(number: int | None) -> str:
    """`{{ 12486|grouped }}` → `12,486`."""
    return "" if number is None else f"{number:,}"


@register.filter
def masked(phone: str) -> str:
    """`{{ phone|masked }}` → `138****0000`."""
    return masked_phone(phone)


@register.filter
def reaches(user: User, action: str) -> bool:
    """`{% if user|reaches:"see_people" %}`: whether this person may do that anywhere."""
    return bool(user.reach(Action(action)))


@register.simple_tag
def unread_notices(user: User) -> int:
    """`{% unread_notices user as unread %}`: how many wait in this person's inbox."""
    return Notice.objects.unread_of(user).count()


@register.filter
def lies_in(place: str, codes: Iterable[str]) -> bool:
    """`{% if row.county_id|lies_in:kept %}`: whether a place lies in one of those that `User.reach` gave."""
    return covers(codes, place)


@register.filter
def share(value: Fraction | None) -> str:
    """`{{ figures.refund_rate_fen|share }}` → `12.5%`; nothing where it is not known: the template says so."""
    return "" if value is None else percent(value)


@register.filter
def jin(grams: int | None) -> str:
    """`{{ sums.grams|jin }}` → `123.5`, in 斤 of 500 g."""
    return "" if grams is None else in_jin(grams)
