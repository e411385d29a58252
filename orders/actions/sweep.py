"""Every write to sweeps: what the timetable did last, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.models import Sweep

if TYPE_CHECKING:
    from datetime import datetime


def note_sweep(name: str, *, at: datetime) -> None:
    """Remembers that this task came to its end. One that breaks is not noted, and its age tells."""
    Sweep.objects.bulk_create(
        [Sweep(name=name, ran_at=at)], update_conflicts=True, unique_fields=["name"], update_fields=["ran_at"]
    )
