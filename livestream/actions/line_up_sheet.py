"""A line-up read in from a spreadsheet: what would come of each row, then the good rows kept. Each row is a try of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.line_up import Hand, append, changed_meanwhile, changing, place, write_facts
from livestream.actions.line_up_version import facts_of, items_of, mark_of_item, newest
from livestream.models import Product, SubsidyRule
from livestream.rules.errors import NotAllowed
from livestream.rules.line_up_item import ItemFacts, changed_fields
from livestream.rules.line_up_sheet import Around, BadCell, Column, Row, facts_in, place_in
from livestream.rules.plan_sheet import Verdict, short

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from livestream.models import LineUpItem, LiveSession, User


class Outcome(NamedTuple):
    """What a row comes to: `fields` that change, `problems` that keep it out."""

    row: Row
    title: str
    verdict: Verdict
    fields: list[str]
    problems: list[str]


class Look(NamedTuple):
    """`seen`: the version of the line-up that was looked at; 0 where nothing was saved yet."""

    outcomes: list[Outcome]
    seen: int
    refused: str = ""

    @property
    def kept(self) -> int:
        return sum(one.verdict in {Verdict.NEW, Verdict.CHANGED} for one in self.outcomes)

    @property
    def wrong(self) -> list[Outcome]:
        return [one for one in self.outcomes if one.verdict == Verdict.WRONG]


@transaction.atomic
def look_at(session: LiveSession, rows: Sequence[Row], *, by: User, at: datetime) -> Look:
    """What `apply_rows` would do. Nothing is written."""
    last = newest(session)
    seen = last.number if last else 0
    attempt = transaction.savepoint()
    try:
        return Look(apply_rows(session, rows, seen=None, by=by, at=at), seen)
    except NotAllowed as refused:
        return Look([], seen, str(refused))
    finally:
        transaction.savepoint_rollback(attempt)


def apply_rows(session: LiveSession, rows: Sequence[Row], *, seen: int | None, by: User, at: datetime) -> list[Outcome]:
    """Keeps the good rows; what is not in the file stays, and so do offers and promises. Raises NotAllowed: `line_up_changed`
    where `seen` is not the newest version any more, `line_up_closed`."""
    hand = Hand(by, at)
    last = newest(session)
    before = last.number if last else 0
    with changing(session, hand, _("从 Excel 读入")) as stored:
        if seen is not None and seen != before:
            raise changed_meanwhile(stored)
        reader = _Reader(stored, hand)
        outcomes = [reader.outcome(row) for row in rows]
        reader.put_in_order()
    return outcomes


class _Reader:
    """The rows of one file, one after the other, in a change of a session."""

    def __init__(self, session: LiveSession, hand: Hand) -> None:
        self.session, self.hand = session, hand
        self.items = {item.product.sku: item for item in items_of(session)}
        rules = SubsidyRule.objects.filter(county=session.county_id, is_active=True)
        self.around = Around(timezone.localdate(hand.at), {rule.name: rule.pk for rule in rules})
        self.rows: dict[str, int] = {}
        self.places: dict[int, int] = {}

    def outcome(self, row: Row) -> Outcome:
        sku = row.cells.get(Column.SKU, "")
        item = self.items.get(sku)
        try:
            with transaction.atomic():
                return self._read(row, sku, item)
        except (BadCell, NotAllowed) as refused:
            return Outcome(row, _title(row, item), Verdict.WRONG, [], [str(refused)])

    def _read(self, row: Row, sku: str, item: LineUpItem | None) -> Outcome:
        product = item.product if item else self._product(row, sku)
        old = facts_of(item) if item else ItemFacts(0)
        facts, bad = facts_in(row.cells, old, self.around)
        seen = row.cells.get(Column.SEEN, "")
        if item and seen and seen != mark_of_item(item):
            bad.append(BadCell(Column.SEEN, "seen"))
        if item is None and not facts.live_price_fen:
            bad.append(BadCell(Column.LIVE, "price_missing"))
        if bad:
            return Outcome(row, product.title, Verdict.WRONG, [], [str(error) for error in bad])
        if item is None:
            stored, verdict, fields = append(self.session, product, facts, self.hand), Verdict.NEW, []
        else:
            facts = replace(facts, offers=old.offers, promises=old.promises)
            stored, fields = write_facts(item, facts, self.hand), changed_fields(old, facts)
            verdict = Verdict.CHANGED if fields else Verdict.UNCHANGED
        self.rows[sku] = row.number
        if (wanted := place_in(row.cells.get(Column.PLACE, ""))) is not None:
            self.places[stored.pk] = wanted
            if wanted != stored.position and verdict == Verdict.UNCHANGED:
                verdict, fields = Verdict.CHANGED, ["position"]
        return Outcome(row, product.title, verdict, fields, [])

    def _product(self, row: Row, sku: str) -> Product:
        if not sku:
            raise BadCell(Column.SKU, "sku_missing")
        if sku in self.rows:
            raise BadCell(Column.SKU, "twice", typed=short(sku), row=self.rows[sku])
        found = Product.objects.filter(county=self.session.county_id, is_in_use=True, sku=sku).select_related("supplier").first()
        if found is None:
            raise BadCell(Column.SKU, "sku", typed=short(sku))
        return found

    def put_in_order(self) -> None:
        """By the numbers of the file; what is not in it keeps its own."""
        there = list(self.session.line_up.order_by("position"))
        place(self.session, [item.pk for item in sorted(there, key=lambda item: self.places.get(item.pk, item.position))])


def _title(row: Row, item: LineUpItem | None) -> str:
    return item.product.title if item else short(row.cells.get(Column.TITLE, "") or row.cells.get(Column.SKU, ""))
