"""What would come of a platform's file about viewers, and reading it in: the rows that can be noted, and why others cannot."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.actions.audience import ItemCounts, Read, note_readings
from livestream.models import ViewerReading
from livestream.rules.audience import Count, ReadingSource
from livestream.rules.errors import NotAllowed
from livestream.rules.sheet import plain_name
from livestream.rules.viewer_sheet import Understood, understood

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from livestream.models import LiveSession, User
    from livestream.rules.viewer_sheet import Cells

NAME_OF_ITEM = {"exposure_uv": Count.ITEM_EXPOSURE_UV, "click_uv": Count.ITEM_CLICK_UV}


@dataclass(frozen=True, slots=True)
class Look:
    """What would come of a file: rows to be noted with their readings, how many of those are there already, and wrong rows."""

    good: tuple[tuple[Understood, Read], ...]
    wrong: tuple[Understood, ...]
    known: int

    @property
    def new(self) -> int:
        return len(self.reads) - self.known

    @property
    def reads(self) -> list[Read]:
        """A file about goods is one reading with all of them; of rows that say the same, one."""
        return list({read.tap: read for read in _together([read for _row, read in self.good])}.values())


def look_at_file(session: LiveSession, rows: Sequence[Cells], *, platform: str, at: datetime) -> Look:
    """Nothing is written. Raises NotAllowed(`off_air`) for a session that never went live."""
    if session.went_live_at is None:
        raise NotAllowed("off_air")
    until = session.ended_at or at
    products = _products(session)
    good, wrong = [], []
    for row in rows:
        found = understood(row, began=session.went_live_at, until=until, now=at)
        read = None if found.problem else _read(found, platform, products)
        if read is None and not found.problem:
            found = Understood(found.number, problem=_("这一场的排品里没有“{item}”。").format(item=found.item))
        if read is None:
            wrong.append(found)
        else:
            good.append((found, read))
    look = Look(tuple(good), tuple(wrong), 0)
    there = ViewerReading.objects.filter(session=session, tap__in=[read.tap for read in look.reads]).count()
    return Look(look.good, look.wrong, there)


@transaction.atomic
def note_file(session: LiveSession, rows: Sequence[Cells], *, platform: str, by: User, at: datetime) -> Look:
    """The good rows are noted, each once however often the file is sent. Raises NotAllowed as `note_reading`."""
    look = look_at_file(session, rows, platform=platform, at=at)
    note_readings(session, look.reads, source=ReadingSource.FILE, by=by)
    return look


def _products(session: LiveSession) -> dict[str, int]:
    """The products of the line-up by what files call them: title or merchant code."""
    line_up = session.line_up.select_related("product")
    return {plain_name(name): item.product_id for item in line_up for name in (item.product.title, item.product.sku)}


def _read(row: Understood, platform: str, products: dict[str, int]) -> Read | None:
    assert row.read_at is not None
    if not row.item:
        return Read(platform, row.read_at, row.counts, _tap(platform, row.read_at, str(sorted(row.counts.items()))))
    product = products.get(plain_name(row.item))
    if product is None:
        return None
    counts = ItemCounts(**{name: row.counts.get(count.value) for name, count in NAME_OF_ITEM.items()})
    return Read(platform, row.read_at, {}, items={product: counts})


def _together(reads: Sequence[Read]) -> list[Read]:
    """Readings of single items at the same moment become one."""
    items: dict[datetime, dict[int, ItemCounts]] = {}
    for read in reads:
        if read.items:
            items.setdefault(read.read_at, {}).update(read.items)
    of_goods = [
        Read(reads[0].platform, at, {}, _tap(reads[0].platform, at, repr(sorted(found.items(), key=lambda pair: pair[0]))), found)
        for at, found in items.items()
    ]
    return [read for read in reads if not read.items] + of_goods


def _tap(platform: str, at: datetime, said: str) -> str:
    """The same row of the same file has the same id."""
    return "file-" + hashlib.sha256(f"{platform} {at.isoformat()} {said}".encode()).hexdigest()[:32]
