"""How figures of the trade are written in templates."""

from __future__ import annotations

from django import template

from livestream.rules import money

register = template.Library()


@register.filter
def yuan(amount_fen: int | None, decimals: int = 2) -> str:
    """`{{ fen|yuan }}` → `¥ 59.80`; `{{ fen|yuan:0 }}` → whole yuan."""
    return "" if amount_fen is None else money.yuan(amount_fen, decimals)


@register.filter
def grouped(number: int | None) -> str:
    """`{{ 12486|grouped }}` → `12,486`."""
    return "" if number is None else f"{number:,}"
