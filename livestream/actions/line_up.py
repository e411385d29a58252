"""Every write to a line-up sheet (排品表): an item saved, added, removed, moved, all of them put in order.

Each verb locks the session's row, so two editors take turns; who saves says what he saw (a mark of it), and the second is told.
While a session is planned, what the plan knows too (goods, order, price, stock) is a step of the plan, with its clashes; on air
the price is left to the control desk. Each save keeps a version.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.approval import check_not_frozen
from livestream.actions.board import touch_session
from livestream.actions.clash import booking_told, check_clashes
from livestream.actions.line_up_version import facts_of, items_of, mark_of_item, mark_of_order, newest, note_version
from livestream.actions.plan import Act, finish_step
from livestream.actions.plan_json import as_json, plan_of
from livestream.actions.price import check_listing, low_of
from livestream.models import LineUpItem, LiveSession, SubsidyRule, Supplier
from livestream.rules.compare_price import Compared, check_compare
from livestream.rules.control import ItemState
from livestream.rules.errors import NotAllowed
from livestream.rules.line_up_item import COLUMNS, OF_THE_PRICE, ItemFacts, changed_fields, tidy
from livestream.rules.plan import ROWS_AT_MOST, StepKind, shown
from livestream.rules.session import STILL_PLANNED, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from livestream.models import Product, User
    from livestream.rules.clash import Clash

OPEN = frozenset({*STILL_PLANNED, SessionState.LIVE})


class Hand(NamedTuple):
    """Who changes a line-up, and when."""

    by: User
    at: datetime


@contextmanager
def changing(session: LiveSession, hand: Hand, words: str) -> Iterator[LiveSession]:
    """The session, locked. What is written inside is checked against other sessions and kept as a version; nothing of it is
    stored when anything is refused. Raises NotAllowed(`line_up_closed`), Clashing."""
    with transaction.atomic():
        stored = LiveSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
        if stored.state not in OPEN:
            raise NotAllowed("line_up_closed", state=stored.get_state_display())
        if newest(stored) is None:
            note_version(stored, by=hand.by, at=hand.at, words=_("改以前"))
        before = as_json(plan_of(stored)) | {"state": stored.state}
        goods = {f"product:{product}" for product, *_rest in before["line_up"]}
        with booking_told(*goods, county=stored.county_id):
            yield stored
            warnings = _as_planned(stored, before, hand)
        note_version(stored, by=hand.by, at=hand.at, words=words)
        if warnings is not None:
            finish_step(stored, warnings, Act(StepKind.CHANGED, hand.by, hand.at), before)
        touch_session(stored.pk, stored.county_id)


def _as_planned(session: LiveSession, before: dict[str, Any], hand: Hand) -> list[Clash] | None:
    """What of the change the plan knows makes another version of it; None: nothing does, or the session is on air."""
    if session.state == SessionState.LIVE or as_json(plan_of(session))["line_up"] == before["line_up"]:
        return None
    check_not_frozen(session, by=hand.by, at=hand.at)
    LiveSession.objects.filter(pk=session.pk).update(plan_version=session.plan_version + 1)
    session.refresh_from_db()
    return check_clashes(session, excuses={}, by=hand.by, at=hand.at)


def changed_meanwhile(session: LiveSession) -> NotAllowed:
    """The refusal that tells the second of two editors who was faster."""
    last = newest(session)
    who, when = (last.made_by.name, shown(last.made_at)) if last else (_("别人"), "")
    return NotAllowed("line_up_changed", who=who, when=when)


def item_of(session: LiveSession, pk: int, seen: str | None = None) -> LineUpItem:
    """An item of a session that is locked. Raises NotAllowed(`line_up_changed`) when it is gone, or not as it was `seen`."""
    item = next((item for item in items_of(session) if item.pk == pk), None)
    if item is None or (seen is not None and mark_of_item(item) != seen):
        raise changed_meanwhile(session)
    return item


def save_item(item: LineUpItem, facts: ItemFacts, *, seen: str, by: User, at: datetime) -> LineUpItem:
    """The item is as `facts` say, if it still is as it was `seen`. Raises NotAllowed: whatever `write_facts` does, and
    `line_up_changed`, `line_up_closed`."""
    hand = Hand(by, at)
    with changing(item.session, hand, item.product.title) as session:
        return write_facts(item_of(session, item.pk, seen), facts, hand)


def write_facts(item: LineUpItem, facts: ItemFacts, hand: Hand, *, is_new: bool = False) -> LineUpItem:
    """Stores what the sheet says of an item, in the caller's change, and returns it as it is now. Raises NotAllowed for words and
    numbers that make no sense (`rules/line_up_item.tidy`), for a price below its floor, for a compare price without what it rests
    on, on air for the price as a whole, for a subsidy or a supplier that is not there."""
    facts, old = tidy(facts), facts_of(item)
    changed = set(changed_fields(old, facts))
    is_priced_anew = not changed.isdisjoint({*OF_THE_PRICE, "compare_evidence"})
    if item.session.is_live and is_priced_anew and not is_new:
        raise NotAllowed("price_on_air")
    _check_named(item, facts, old)
    if is_priced_anew:
        compared = Compared(facts.compare_price_fen, facts.compare_basis, facts.compare_evidence)
        check_compare(compared, facts.live_price_fen, low_of(item.product), today=timezone.localdate(hand.at))
    for name in COLUMNS:
        setattr(item, name, getattr(facts, name))
    item.save(update_fields=COLUMNS)
    _write_rows(item, facts, hand)
    stored = item_of(item.session, item.pk)
    if is_priced_anew or "links" in changed:
        check_listing(stored, at=hand.at)
    return stored


def _write_rows(item: LineUpItem, facts: ItemFacts, hand: Hand) -> None:
    """A row that both know stays as it is, with who noted it."""
    old = facts_of(item)
    _differ(item.offers, dict(zip(item.offers.all(), old.offers, strict=True)), facts.offers, {})
    _differ(item.links, dict(zip(item.links.all(), old.links, strict=True)), facts.links, {})
    who = {"noted_by": hand.by}
    _differ(item.promises, dict(zip(item.promises.all(), old.promises, strict=True)), facts.promises, who)


def _differ(rows: Any, known: Mapping[Any, Any], wanted: Sequence[Any], more: dict[str, Any]) -> None:
    """Rows that are not wanted go first, then come those that are not there."""
    spare = Counter(wanted)
    for row, said in known.items():
        if spare[said]:
            spare[said] -= 1
        else:
            row.delete()
    for said in spare.elements():
        columns = said._asdict()
        rows.create(**{f"{name}_id" if name == "supplier" else name: value for name, value in columns.items()}, **more)


def _check_named(item: LineUpItem, facts: ItemFacts, old: ItemFacts) -> None:
    """What was named before may stay, in use or not."""
    county = item.session.county_id
    subsidy = facts.subsidy_id
    rules = SubsidyRule.objects.filter(county=county, is_active=True)
    if subsidy is not None and subsidy != old.subsidy_id and not rules.filter(pk=subsidy).exists():
        raise NotAllowed("subsidy_elsewhere")
    wanted = {one.supplier for one in facts.promises} - {one.supplier for one in old.promises}
    if wanted and Supplier.objects.filter(county=county, is_in_use=True, pk__in=wanted).count() < len(wanted):
        raise NotAllowed("supplier_elsewhere")


def add_item(session: LiveSession, product: Product, *, by: User, at: datetime, facts: ItemFacts | None = None) -> LineUpItem:
    """One more of the goods, behind the others, at its list price unless `facts` say more. Raises NotAllowed: `item_not_in_use`,
    `item_there`, `line_up_full`, and for its price as `write_facts` does."""
    hand = Hand(by, at)
    with changing(session, hand, _("加上{title}").format(title=product.title)) as stored:
        return append(stored, product, facts or ItemFacts(product.list_price_fen), hand)


def append(session: LiveSession, product: Product, facts: ItemFacts, hand: Hand) -> LineUpItem:
    """In the caller's change, which holds the session's row."""
    there = list(session.line_up.all())
    if product.county_id != session.county_id or not product.is_in_use:
        raise NotAllowed("item_not_in_use", title=product.title)
    if any(item.product_id == product.pk for item in there):
        raise NotAllowed("item_there", title=product.title)
    if len(there) >= ROWS_AT_MOST:
        raise NotAllowed("line_up_full", limit=ROWS_AT_MOST)
    last = max((item.position for item in there), default=0)
    # Priced at nothing until its facts are written: so the price counts as changed, and its floor is asked.
    item = LineUpItem.objects.create(session=session, product=product, position=last + 1, live_price_fen=0)
    return write_facts(item_of(session, item.pk), facts, hand, is_new=True)


def remove_item(item: LineUpItem, *, seen: str, by: User, at: datetime) -> None:
    """The item is not sold in this session; the others move up. Raises NotAllowed: `line_up_changed`, `item_was_listed`."""
    with changing(item.session, Hand(by, at), _("去掉{title}").format(title=item.product.title)) as session:
        take_out(item_of(session, item.pk, seen))
        close_up(session)


def take_out(item: LineUpItem) -> None:
    """In the caller's change. What has been on sale stays on the sheet."""
    if item.state != ItemState.PLANNED:
        raise NotAllowed("item_was_listed", title=item.product.title)
    item.delete()


def close_up(session: LiveSession) -> None:
    """Numbers the items from 1 in their order."""
    place(session, [item.pk for item in session.line_up.order_by("position")])


def place(session: LiveSession, order: Sequence[int]) -> None:
    """Numbers the items from 1 in this order, which names each of them once."""
    by_key = {item.pk: item for item in session.line_up.all()}
    for position, pk in enumerate(order, start=1):
        by_key[pk].position = position
    LineUpItem.objects.bulk_update(by_key.values(), ["position"])


def reorder(session: LiveSession, order: Sequence[int], *, seen: str, by: User, at: datetime) -> None:
    """The items are presented in this order (their keys), if they were in the order that was `seen`. Raises NotAllowed:
    `line_up_changed`, `order_incomplete`."""
    with changing(session, Hand(by, at), _("换了先后")) as stored:
        there = list(stored.line_up.order_by("position"))
        if mark_of_order(there) != seen:
            raise changed_meanwhile(stored)
        if sorted(order) != sorted(item.pk for item in there):
            raise NotAllowed("order_incomplete")
        place(stored, order)


def move_item(item: LineUpItem, steps: int, *, by: User, at: datetime) -> None:
    """The item goes up (−1) or down (+1) among those that are there now; at either end it stays. Two who move different items
    both have their way. Raises NotAllowed(`line_up_changed`) when it is gone."""
    with changing(item.session, Hand(by, at), _("挪了{title}").format(title=item.product.title)) as session:
        order = [each.pk for each in session.line_up.order_by("position")]
        if item.pk not in order:
            raise changed_meanwhile(session)
        old = order.index(item.pk)
        order.insert(min(max(0, old + steps), len(order) - 1), order.pop(old))
        place(session, order)
