from __future__ import annotations

from django.db.models import Q


def together(*fields: str) -> Q:
    """All of these columns are filled, or none is."""
    return Q(**{f"{field}__isnull": True for field in fields}) | Q(**{f"{field}__isnull": False for field in fields})
