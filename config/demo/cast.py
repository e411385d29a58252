"""Who and what the demo county's sessions are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from livestream.models import Place, Product, User
    from orders.models import Shop


@dataclass(frozen=True, slots=True)
class Cast:
    """The moment that everything is placed around, and what was loaded before the sessions."""

    county: Place
    people: Mapping[str, User]
    products: Mapping[str, Product]
    shops: tuple[Shop, ...]
    now: datetime
