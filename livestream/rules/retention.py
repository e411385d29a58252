"""How long the audit log is kept."""

from __future__ import annotations

from datetime import datetime

LEAST_MONTHS = 6  # logs of a network's operation: Cybersecurity Law Art. 21 (3)
EXPORT_MONTHS = 36  # who took personal data out, and what for


def kept_since(at: datetime, months: int) -> datetime:
    """The beginning of the month so many months before the month of `at`: what is older may go. Whole months, so that one
    run a month finds everything and the others nothing."""
    month = at.year * 12 + at.month - 1 - months
    return at.replace(year=month // 12, month=month % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
