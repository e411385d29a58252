"""The export files of the platforms. This is the only list of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.sheets import douyin

if TYPE_CHECKING:
    from orders.sheets.contract import Sheet

SHEETS: dict[str, Sheet] = {douyin.NAME: douyin}
