"""What the pages of conversion show: a card for each rule, with everybody behind its figure and all that proves it."""

from __future__ import annotations

from collections import defaultdict
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import F, Q, Window
from django.db.models.functions import Coalesce, RowNumber

from livestream.models import LiveSession
from livestream.rules.rights import Action
from orders.models import Order
from training.rules.conversion import ConversionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence, Set
    from uuid import UUID

    from livestream.models import User
    from training.actions.conversion import Completer, Conversion, Reached, SessionProof

ORDERS_SHOWN = 20  # of a session: enough to ring up a platform about; all of them stand on its own pages
SOLD = frozenset({ConversionKind.SALE, ConversionKind.SUSTAINED})


class ProofRow(NamedTuple):
    """A session that proves something; its page, where this person may open it; its first orders, where he may see them."""

    proof: SessionProof
    is_open: bool
    orders: Sequence[Order]


class PersonRow(NamedTuple):
    reached: Reached
    days: int
    sessions: list[ProofRow]


class Card(NamedTuple):
    """`is_whole`: with every session and paper; else with how many, and the page of his class for each."""

    conversion: Conversion
    kind: ConversionKind
    rows: list[PersonRow]
    missing: Sequence[Completer]
    is_whole: bool

    @property
    def left_out(self) -> int:
        return len(self.conversion.reached) - len(self.rows)

    @property
    def missing_left_out(self) -> int:
        return len(self.conversion.missing) - len(self.missing)


def cards_of(found: Iterable[Conversion], user: User, *, county: str) -> list[Card]:
    """Of a class: everybody with all that proves it; order numbers only for who may see the county's orders."""
    kept = list(found)
    sessions = {proof.session.pk for one in kept for row in one.reached for proof in row.sessions}
    opens = set(LiveSession.objects.visible_to(user).filter(pk__in=sessions).values_list("pk", flat=True))
    sees_orders = user.may(Action.SEE_ORDERS, county)
    cards = []
    for one in kept:
        kind = ConversionKind(one.rule.kind)
        orders = orders_behind(one.reached) if sees_orders and kind in SOLD else {}
        rows = [person_row(row, opens, orders) for row in one.reached]
        cards.append(Card(one, kind, rows, one.missing, is_whole=True))
    return cards


def short_cards_of(found: Iterable[Conversion], *, most: int) -> list[Card]:
    """Of a county: so many people each, at most."""
    return [
        Card(
            one,
            ConversionKind(one.rule.kind),
            [person_row(row) for row in one.reached[:most]],
            one.missing[:most],
            is_whole=False,
        )
        for one in found
    ]


def person_row(
    reached: Reached, opens: Set[UUID] = frozenset(), orders: Mapping[UUID, Sequence[Order]] = MappingProxyType({})
) -> PersonRow:
    sessions = [ProofRow(one, one.session.pk in opens, orders.get(one.session.pk, ())) for one in reached.sessions]
    return PersonRow(reached, (reached.first_on - reached.completer.completed_on).days, sessions)


def orders_behind(rows: Sequence[Reached]) -> dict[UUID, list[Order]]:
    """By session, the first counted orders paid within the days of who hosted it. One query."""
    within = Q(pk__in=[])
    for row in rows:
        its = [proof.session.pk for proof in row.sessions]
        within |= Q(session__in=its, occurred_at__gte=row.within.begins_at, occurred_at__lt=row.within.ends_at)
    counted = Order.objects.counted().exclude(counted_at=None).annotate(occurred_at=Coalesce("paid_at", "status_at"))
    nth = Window(RowNumber(), partition_by=[F("session")], order_by=["occurred_at", "pk"])
    found: dict[UUID, list[Order]] = defaultdict(list)
    first = counted.filter(within).annotate(nth=nth).filter(nth__lte=ORDERS_SHOWN).select_related("shop")
    for order in first.order_by("session", "nth"):
        if order.session_id:
            found[order.session_id].append(order)
    return found
