"""Kiosk links for tests."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orders.actions.kiosk import create_kiosk_link
from orders.models import KioskLink
from orders.rules.kiosk import KioskTerm


def make_link(board, by, *, hides_money=False, name="一楼大厅", **state) -> str:
    """The token of a new link; `state` as columns: `revoked_at`, or `expires_at` (then it was made two days before)."""
    plan = {"name": name, "term": KioskTerm.MONTH, "hides_money": hides_money, "by": by, "at": datetime.now(UTC)}
    link, token = create_kiosk_link(board, **plan)
    if "expires_at" in state:
        state["created_at"] = state["expires_at"] - timedelta(days=2)
    if state:
        KioskLink.objects.filter(pk=link.pk).update(**state)
    return token
