"""The shop platforms. This is the only list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.platforms import douyin, standard

if TYPE_CHECKING:
    from orders.platforms.contract import Adapter

ADAPTERS: dict[str, Adapter] = {"standard": standard, "douyin": douyin}
