"""The bytes of a material, as a trainee's phone loads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.actions import stored_file
from orders.sheets.contract import Refused

if TYPE_CHECKING:
    from training.models import Material

SHELF = "materials"


def bytes_of(material: Material) -> bytes | None:
    """None where the file is gone or damaged."""
    try:
        return b"".join(stored_file.read(material.stored_as, SHELF))
    except Refused:
        return None
