"""What the pages of conversion show: a card for each rule, with everybody behind its figure and all that proves it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import F, Q, Window
from django.db.models.functions import Coalesce, RowNumber

from livestream.models import LiveSession
from livestream.rules.rights import Action
from orders.models import Order
from training.rules.conversion import ConversionKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
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
    conversion: Conversion
    kind: ConversionKind
    rows: list[PersonRow]
    missing: Sequence[Completer]
    sees_orders: bool

    @property
    def left_out(self) -> int:
        return len(self.conversion.reached) - len(self.rows)

    @property
    def missing_left_out(self) -> int:
        return len(self.conversion.missing) - len(self.missing)


def cards_of(found: Iterable[Conversion], user: User, *, county: str, most: int, with_orders: bool) -> list[Card]:
    """At most so many people each. Order numbers only where asked for, to who may see the county's orders."""
    kept = [(one, one.reached[:most]) for one in found]
    sessions = {proof.session.pk for _one, rows in kept for row in rows for proof in row.sessions}
    opens = set(LiveSession.objects.visible_to(user).filter(pk__in=sessions).values_list("pk", flat=True))
    sees_orders = with_orders and user.may(Action.SEE_ORDERS, county)
    cards = []
    for one, rows in kept:
        kind = ConversionKind(one.rule.kind)
        orders = orders_behind(rows) if sees_orders and kind in SOLD else {}
        shown = [person_row(row, opens, orders) for row in rows]
        cards.append(Card(one, kind, shown, one.missing[:most], sees_orders))
    return cards


def person_row(reached: Reached, opens: set[UUID], orders: dict[UUID, list[Order]]) -> PersonRow:
    sessions = [ProofRow(one, one.session.pk in opens, orders.get(one.session.pk, [])) for one in reached.sessions]
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
        found[order.session_id].append(order)
    return found
