"""The bytes of a material, as a trainee's phone loads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from training.models import Material

SHELF = "materials"


def bytes_of(material: Material) -> bytes | None:
    """None where the file is gone."""
    try:
        found: bytes = (settings.UPLOADS / SHELF / material.stored_as).read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        return None
    return found
