"""After an incident: is everything that was acked here, nothing that was never sent, and every order worth what it must be?

Reads only. What a sender logged is compared with the delivery keys, the orders and the ledger; what the ledger must say
comes from an independent model (rules/expected.py).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Max, Min, Q, Sum

from orders.actions.audit import audit_tallies
from orders.models import Delivery, DeliveryOutcome, LedgerEntry, Order, Shop
from orders.models.ledger import Cause
from orders.rules.expected import Totals, is_contested, order_totals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orders.actions.audit import Mismatch
    from orders.rules.run_log import RunLog

PIECE = 5000  # numbers asked for at once
OURS = (Cause.PUSH, Cause.MOVE)


@dataclass(frozen=True, slots=True)
class Lost:
    """An acked message that is not kept (`order_no` empty), or one that is kept while an order in it is not."""

    shop: str
    message_id: str
    order_no: str = ""


@dataclass(frozen=True, slots=True)
class Unexpected:
    """A delivery that arrived during the run and was never sent."""

    shop: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """An order whose ledger does not come to what its kept messages say."""

    shop: str
    order_no: str
    expected: Totals
    ledger: Totals


@dataclass(slots=True)
class RunReport:
    """`contested`: orders about which two messages of the same age differ. `elsewhere`: orders that something outside the
    log spoke about too (a file, an API, other pushes). What either must come to cannot be known, so it is not compared."""

    sent: int
    acked: int
    cut_lines: int
    kept: int = 0
    compared: int = 0
    contested: int = 0
    elsewhere: int = 0
    poison: int = 0
    lost: list[Lost] = field(default_factory=list)
    unexpected: list[Unexpected] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    tallies: list[Mismatch] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.unexpected or self.wrong or self.tallies)


@dataclass(slots=True)
class Kept:
    """What the database holds of one shop's messages: how often each id, and which orders in it were refused, by index."""

    times: dict[str, int] = field(default_factory=dict)
    refused: dict[str, set[int]] = field(default_factory=dict)
    poison: set[str] = field(default_factory=set)


def check_run(log: RunLog) -> RunReport:
    """Compares a log with the database. Raises Shop.DoesNotExist, with the key, for a shop that is not here."""
    report = RunReport(len(log.sent), len(log.acked), log.cut_lines)
    for key in log.shops:
        shop = Shop.objects.filter(key=key).first()
        if shop is None:
            raise Shop.DoesNotExist(key)
        _check_shop(shop, log, report)
    report.tallies = audit_tallies(limit=PIECE)
    return report


def _check_shop(shop: Shop, log: RunLog, report: RunReport) -> None:
    sent = {message_id: bodies for (key, message_id), bodies in log.sent.items() if key == shop.key}
    acked = {message_id for key, message_id in log.acked if key == shop.key}
    kept = _find_kept(shop, sorted(sent.keys() | acked))
    report.kept += len(kept.times)
    report.poison += len(kept.poison)
    report.lost += [Lost(shop.key, message_id) for message_id in sorted(acked - kept.times.keys())]
    arrived = Delivery.objects.filter(county_id=shop.county_id, shop=shop)
    meanwhile = arrived.filter(received_at__range=(log.began_at, log.ended_at)).values_list("message_id", flat=True)
    strangers = set(meanwhile.iterator(PIECE)) - sent.keys() - acked
    report.unexpected += [Unexpected(shop.key, message_id) for message_id in sorted(strangers)]
    if shop.platform == "standard":
        _check_orders(shop, log, report, _tellings(sent, kept))


def _find_kept(shop: Shop, message_ids: Sequence[str]) -> Kept:
    kept = Kept()
    for piece in _pieces(message_ids):
        found = Delivery.objects.filter(county_id=shop.county_id, shop=shop, message_id__in=piece)
        for message_id, outcome, rejected in found.values_list("message_id", "outcome", "rejected"):
            kept.times[message_id] = kept.times.get(message_id, 0) + 1
            kept.refused.setdefault(message_id, set()).update(index for index, _reason in rejected)
            if outcome == DeliveryOutcome.KEPT:
                kept.poison.add(message_id)
    return kept


@dataclass(slots=True)
class Telling:
    """What kept messages say about one order. `is_unclear`: an id was used for several bodies, so what was taken of it and
    what was refused cannot be told apart."""

    message_ids: list[str] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    is_unclear: bool = False


def _tellings(sent: dict[str, list[Any]], kept: Kept) -> dict[str, Telling]:
    """By order number, without what was refused and what waits for a person to look at."""
    tellings: defaultdict[str, Telling] = defaultdict(Telling)
    for message_id in sent.keys() & kept.times.keys() - kept.poison:
        for body in sent[message_id]:
            for index, message in enumerate(body if isinstance(body, list) else [body]):
                if index in kept.refused[message_id]:
                    continue
                telling = tellings[message["order_no"]]
                telling.message_ids.append(message_id)
                telling.messages.append(message)
                telling.is_unclear |= len(sent[message_id]) > 1
    return dict(tellings)


def _check_orders(shop: Shop, log: RunLog, report: RunReport, tellings: dict[str, Telling]) -> None:
    known = set(log.sent) | log.acked
    later = Delivery.objects.filter(county_id=shop.county_id, shop=shop, received_at__gt=log.ended_at)
    others_later = any((shop.key, message_id) not in known for message_id in later.values_list("message_id", flat=True))
    for piece in _pieces(sorted(tellings)):
        rows = Order.objects.filter(county_id=shop.county_id, shop=shop, order_no__in=piece)
        ids = dict(rows.values_list("order_no", "pk"))
        sums = _ledger_sums(ids.values())
        for order_no in piece:
            telling = tellings[order_no]
            if order_no not in ids:
                report.lost += [Lost(shop.key, i, order_no) for i in telling.message_ids if (shop.key, i) in log.acked]
                continue
            booked = sums.get(ids[order_no])
            if telling.is_unclear or is_contested(telling.messages):
                report.contested += 1
            elif booked is not None and _told_elsewhere(booked, log, others_later):
                report.elsewhere += 1
            else:
                report.compared += 1
                expected, ledger = order_totals(telling.messages), booked.totals if booked else Totals()
                if expected != ledger:
                    report.wrong.append(Wrong(shop.key, order_no, expected, ledger))


@dataclass(frozen=True, slots=True)
class Booked:
    """What the ledger says of one order, and when it began and ceased to say it."""

    totals: Totals
    first_at: Any
    last_at: Any
    others: bool


def _ledger_sums(ids: Any) -> dict[int, Booked]:
    rows = (
        LedgerEntry.objects.filter(order_id__in=list(ids))
        .values("order_id")
        .annotate(
            n=Sum("orders"), pieces=Sum("units"), paid=Sum("paid_fen"), back=Sum("refunded_fen"),
            first_at=Min("recorded_at"), last_at=Max("recorded_at"), cause_max=Max("cause", filter=~Q(cause__in=OURS)),
        )
    )  # fmt: skip
    return {
        row["order_id"]: Booked(
            Totals(row["n"], row["pieces"], row["paid"], row["back"]),
            row["first_at"],
            row["last_at"],
            row["cause_max"] is not None,
        )
        for row in rows
    }


def _told_elsewhere(booked: Booked, log: RunLog, others_later: bool) -> bool:
    return booked.others or booked.first_at < log.began_at or (others_later and booked.last_at > log.ended_at)


def _pieces(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(numbers), PIECE):
        yield numbers[start : start + PIECE]
