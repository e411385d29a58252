"""A line-up taken over as a whole: from an earlier session, from a version of its own, from a sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.actions.line_up import Hand, append, changed_meanwhile, changing, place, take_out, write_facts
from livestream.actions.line_up_version import facts_of, items_of, kept_in, newest, products_there
from livestream.models import LiveSession
from livestream.rules.control import ItemState
from livestream.rules.errors import NotAllowed
from livestream.rules.line_up_item import ItemFacts
from livestream.rules.session import SessionState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from livestream.models import LineUpItem, LineUpVersion, Product, User


class Copied(NamedTuple):
    """What came of a copy: how many items came, and which did not, with the sentence that says why."""

    added: int
    left_out: list[tuple[str, str]]


def last_of_host(session: LiveSession) -> LiveSession | None:
    """The host's session before this one that has goods, practice aside."""
    before = LiveSession.objects.filter(host=session.host_id, county=session.county_id, line_up__isnull=False)
    before = before.filter(planned_start_at__lt=session.planned_start_at).exclude(pk=session.pk)
    return before.exclude(state=SessionState.CANCELLED).order_by("-planned_start_at").first()


def copy_line_up(session: LiveSession, source: LiveSession, *, by: User, at: datetime) -> Copied:
    """The goods of another session of the county behind those that are there already. What holds for one session alone stays
    behind: promises, days, cut-offs, samples, a subsidy that is over. An item whose price is below its floor now stays behind
    too, and is told. Raises NotAllowed(`nothing_to_copy`, `line_up_closed`)."""
    items = items_of(source) if source.county_id == session.county_id else []
    if not items:
        raise NotAllowed("nothing_to_copy")
    hand, added, left_out = Hand(by, at), 0, []
    with changing(session, hand, _("照抄“{title}”").format(title=source.title)) as stored:
        there = set(stored.line_up.values_list("product_id", flat=True))
        for item in items:
            if item.product_id in there:
                continue
            try:
                with transaction.atomic():
                    append(stored, item.product, for_another_day(item, at=at), hand)
            except NotAllowed as refused:
                left_out.append((item.product.title, str(refused)))
            else:
                added += 1
    return Copied(added, left_out)


def for_another_day(item: LineUpItem, *, at: datetime) -> ItemFacts:
    """What of an item holds in another session too."""
    facts = facts_of(item)
    rule = item.subsidy
    holds = rule is not None and rule.is_active and rule.until_at > at
    blank = ItemFacts(0)
    own = ("promises", "presale_on", "cut_off_at", "sample_status")
    return replace(facts, **{name: getattr(blank, name) for name in own}, subsidy_id=facts.subsidy_id if holds else None)


def return_to(version: LineUpVersion, *, seen: int, by: User, at: datetime) -> None:
    """The line-up is as it was in that version of it, if `seen` is still the newest. Prices are asked again. Raises NotAllowed:
    `line_up_changed`, `item_was_listed`, and what `write_facts` does; then nothing is changed."""
    words = _("退回第 {number} 版").format(number=version.number)
    with changing(version.session, Hand(by, at), words) as session:
        last = newest(session)
        if last and last.number != seen:
            raise changed_meanwhile(session)
        kept = kept_in(version)
        goods = products_there((one.product for one in kept), session.county_id)
        for one in kept:
            if one.product not in goods:
                raise NotAllowed("item_not_in_use", title=one.title)
        rewrite(session, [(goods[one.product], one.facts) for one in kept], Hand(by, at))


def rewrite(session: LiveSession, wanted: Sequence[tuple[Product, ItemFacts]], hand: Hand) -> None:
    """In the caller's change: exactly these goods in this order, each as said. What has been on sale stays, behind them."""
    there = {item.product_id: item for item in items_of(session)}
    for pk in there.keys() - {product.pk for product, _facts in wanted}:
        if there[pk].state == ItemState.PLANNED:
            take_out(there.pop(pk))
    order = []
    for product, facts in wanted:
        item = there.pop(product.pk, None)
        stored = append(session, product, facts, hand) if item is None else write_facts(item, facts, hand)
        order.append(stored.pk)
    place(session, [*order, *(item.pk for item in sorted(there.values(), key=lambda item: item.position))])
