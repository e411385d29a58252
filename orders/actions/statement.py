"""Stating what sessions had earned at T+0, T+1, T+7, T+15 and T+30, from the ledger (rules/statement.py).

What is stated is what was known at the mark's moment, however late the system comes to it: rows written later are left out. What
no ledger keeps (viewers, shipping) is looked up at the same time, and left unknown where that is too late."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Sum

from livestream.actions.price import price_of
from livestream.actions.statement import state_figures
from livestream.models import LineUpItem, LiveSession, Place, Product, Statement, ViewerReading
from livestream.rules.review import AFTER, Mark
from livestream.rules.session import SessionKind, SessionState
from livestream.rules.statement import GoodFigures, NotExplained, People, Seen, Shipping, due_marks, figures_of, parts_of
from orders.models import LedgerEntry, Order, Shop, SoldItem, SubsidyEntry
from orders.rules.statement import Entry, Known, Reckoning

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from livestream.models.session import LiveSessionQuerySet
    from livestream.rules.statement import Figures, Part

log = structlog.get_logger(__name__)
OVER = (SessionState.ENDED, SessionState.REVIEWED, SessionState.ARCHIVED)
STILL_SEEN = timedelta(hours=1)  # later than this after a mark, what orders are now does not tell what they were then
NEXT = timedelta(microseconds=1)
SHIPPED = ("shipped", "received", "completed")
COLUMNS = (
    "order_id", "recorded_at", "session_id", "line_no", "item_id", "shop_id", "occurred_at", "refunded_on", "orders",
    "item_orders", "units", "paid_fen", "refunded_fen",
)  # fmt: skip
AT_ONCE = 2000  # rows of the ledger fetched at a time


def over(sessions: LiveSessionQuerySet) -> LiveSessionQuerySet:
    """Those that have figures to be stated: a practice is counted nowhere."""
    return sessions.filter(state__in=OVER, ended_at__isnull=False).exclude(kind=SessionKind.PRACTICE)


def state_due(*, at: datetime) -> int:
    """States every mark whose moment is past, of every session, the earliest first; returns how many were made. One session that
    cannot be stated never keeps the others waiting."""
    finished = Statement.objects.filter(session=OuterRef("pk"), mark=Mark.T30)
    waiting = over(LiveSession.objects.filter(ended_at__lte=at)).exclude(Exists(finished)).order_by("ended_at")
    known: dict[UUID, list[str]] = defaultdict(list)
    for pk, mark in Statement.objects.filter(session__in=waiting.order_by()).values_list("session", "mark"):
        known[pk].append(mark)
    made = 0
    for session in waiting.select_related("county"):
        if session.ended_at is None or not due_marks(session.ended_at, known[session.pk], at):
            continue
        try:
            made += len(state_session(session, at=at))
        except NotExplained as error:
            log.error("statement_not_explained", session=str(session.pk), detail=str(error))
    return made


def state_session(session: LiveSession, *, at: datetime) -> list[Statement]:
    """The marks of this session that are due and not stated yet. Raises NotExplained; what was stated before it stays."""
    if session.ended_at is None:
        return []
    made = session.statements.values_list("mark", flat=True)
    return [_state(session, mark, session.ended_at + AFTER[mark], at) for mark in due_marks(session.ended_at, made, at)]


@transaction.atomic
def _state(session: LiveSession, mark: Mark, due_at: datetime, at: datetime) -> Statement:
    last = session.statements.order_by("-due_at").first()
    if last is not None:
        due_at = max(due_at, last.due_at + NEXT)  # the times on air may have been corrected since
    known = known_now(session, figures_of(last.figures) if last else None)
    found = reckon(session, known, since=last.due_at if last else None, until=due_at)
    figures = found.figures(seen_of(session, due_at, at))
    return state_figures(session, mark, figures, found.parts(), due_at=due_at, at=at)


def reckon(session: LiveSession, known: Known, *, since: datetime | None, until: datetime) -> Reckoning:
    """Everything the ledger said of the session until then. One statement reads it, so it is of one moment."""
    found = Reckoning(known, since, until)
    found.read(entries_of(session, until))
    return found


def entries_of(session: LiveSession, until: datetime) -> Iterator[Entry]:
    """Of all orders that the session held at some time before `until`: also what they were elsewhere."""
    held = LedgerEntry.objects.filter(session=session, recorded_at__lt=until).values("order_id")
    rows = LedgerEntry.objects.filter(order_id__in=held, recorded_at__lt=until, county_id=session.county_id)
    for order, at, where, *rest in rows.order_by("order_id", "recorded_at", "id").values_list(*COLUMNS).iterator(AT_ONCE):
        yield Entry(order, at, where == session.pk, *rest)


# --- what others say ------------------------------------------------------------------------------------------------------


def known_now(session: LiveSession, before: Figures | None) -> Known:
    """The goods as they are described now; those that were stated before stay as they were, so that no figure moves because
    somebody corrected a weight."""
    assert session.went_live_at is not None
    assert session.ended_at is not None
    skus = sold_skus(session)
    stated = {good.sku: good for good in before.goods} if before else {}
    now = described(session, set(skus.values()))
    goods = [stated.get(good.sku, good) for good in now]
    goods += [good for sku, good in stated.items() if sku not in {one.sku for one in now}]
    return Known(goods, skus, platforms_of(session), session.went_live_at, session.ended_at)


def sold_skus(session: LiveSession) -> dict[int, str]:
    """What order lines called the goods of the orders that the session ever held."""
    held = LedgerEntry.objects.filter(session=session).values("order_id")
    items = LedgerEntry.objects.filter(order_id__in=held, item__isnull=False).values("item_id")
    return dict(SoldItem.objects.filter(pk__in=items).values_list("pk", "sku"))


def platforms_of(session: LiveSession) -> dict[int, str]:
    return dict(Shop.objects.filter(county_id=session.county_id).values_list("pk", "platform"))


def described(session: LiveSession, sold: set[str]) -> list[GoodFigures]:
    """The line-up in its order, then what was sold beside it."""
    line_up = session.line_up.select_related("product", "subsidy", "session").prefetch_related("offers", "links")
    listed = [_listed(item, session.ended_at or session.planned_end_at) for item in line_up]
    beside = sorted(sold - {good.sku for good in listed})
    products = {product.sku: product for product in Product.objects.filter(county_id=session.county_id, sku__in=beside)}
    titles = dict(SoldItem.objects.filter(county_id=session.county_id, sku__in=beside).values_list("sku", "title"))
    return listed + [_beside(sku, products.get(sku), titles.get(sku, sku)) for sku in beside]


def _listed(item: LineUpItem, at: datetime) -> GoodFigures:
    product, price = item.product, price_of(item, at=at)
    # What a buyer pays and what the seller receives of it differ by fees and by what others add (rules/price.py).
    floor = None if price.floor_fen is None else max(0, price.floor_fen + price.final_fen - price.seller_receives_fen)
    return GoodFigures(product.sku, product.title, True, product.pk, product.net_weight_grams, item.committed_stock, floor)


def _beside(sku: str, product: Product | None, title: str) -> GoodFigures:
    if product is None:
        return GoodFigures(sku, title, False)
    return GoodFigures(sku, product.title, False, product.pk, product.net_weight_grams)


def seen_of(session: LiveSession, due_at: datetime, at: datetime) -> Seen:
    """What no ledger keeps: see `livestream.rules.statement.Seen`."""
    orders = Order.objects.filter(session=session).counted()
    is_late = at > due_at + STILL_SEEN
    province = Place.objects.filter(pk=session.county_id[:2]).values_list("name", flat=True).first() or ""
    with_province = orders.exclude(province=None).exclude(province="")
    subsidy = SubsidyEntry.objects.filter(session=session, recorded_at__lt=due_at).aggregate(fen=Sum("amount_fen"))["fen"]
    has_subsidy = session.line_up.exclude(subsidy=None).exists()
    return Seen(
        people=people_of(session, due_at),
        shipping=None if is_late else shipping_of(session),
        closed_orders=None if is_late else orders.filter(status="closed").count(),
        with_province=with_province.count(),
        own_province=with_province.filter(province__startswith=province[:2]).count() if province else 0,
        subsidy_fen=subsidy if subsidy is not None or has_subsidy else 0,
    )


def people_of(session: LiveSession, due_at: datetime) -> tuple[People, ...]:
    """Viewers and buyers as each platform had said them by then: of each count the newest word."""
    found: dict[str, dict[str, int]] = {}
    said = ViewerReading.objects.filter(session=session, recorded_at__lt=due_at).order_by("read_at", "pk")
    for platform, view_uv, buyers in said.values_list("platform", "view_uv", "buyers"):
        counts = {name: value for name, value in (("view_uv", view_uv), ("buyers", buyers)) if value is not None}
        if counts:
            found.setdefault(platform, {}).update(counts)
    return tuple(People(platform, **counts) for platform, counts in sorted(found.items()))


def shipping_of(session: LiveSession) -> Shipping:
    """Of the orders with money back now."""
    sums = LedgerEntry.objects.filter(session=session, refunded_on__isnull=False).values("order_id")
    refunded = sums.annotate(fen=Sum("refunded_fen")).filter(fen__gt=0).values("order_id")
    orders = Order.objects.filter(pk__in=refunded, session=session)
    before = orders.filter(status="paid").count()
    after = orders.filter(status__in=SHIPPED).count()
    return Shipping(before, after, orders.filter(status="closed").count())


# --- is it still so? ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WrongStatement:
    """A statement that its ledger does not say (any more): `what` differs."""

    session: str
    mark: str
    what: str


def check_statements(sessions: LiveSessionQuerySet | None = None) -> list[WrongStatement]:
    """Makes every statement anew from the ledger and compares; changes nothing."""
    chosen = LiveSession.objects.all() if sessions is None else sessions
    found: list[WrongStatement] = []
    for session in chosen.filter(pk__in=Statement.objects.values("session")).order_by("ended_at", "pk"):
        found += check_session(session, list(session.statements.order_by("due_at")))
    return found


def check_session(session: LiveSession, statements: Sequence[Statement]) -> list[WrongStatement]:
    """The goods, and what was looked up, are taken from the statement: the ledger never said them."""
    found, since = [], None
    for statement in statements:
        stored, parts = figures_of(statement.figures), parts_of(statement.causes)
        again, causes = rebuilt(session, stored, since, statement.due_at)
        for what, is_same in (("figures", again == stored), ("causes", causes == parts)):
            if not is_same:
                found.append(WrongStatement(str(session.pk), statement.mark, what))
        since = statement.due_at
    return found


def rebuilt(session: LiveSession, stored: Figures, since: datetime | None, until: datetime) -> tuple[Figures, tuple[Part, ...]]:
    """The statement as its ledger says it now."""
    assert stored.began_at is not None
    assert stored.ended_at is not None
    skus, then = sold_skus(session), {good.sku for good in stored.goods}
    others = [GoodFigures(sku, sku, False) for sku in sorted(set(skus.values()) - then)]  # sold later, or gone by then
    known = Known([*stored.goods, *others], skus, platforms_of(session), stored.began_at, stored.ended_at)
    found = reckon(session, known, since=since, until=until)
    return found.figures(stored.seen), found.parts()
