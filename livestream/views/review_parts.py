"""The parts of a review as its page and its paper show them: read from what was stated, pressed, said and agreed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Q

from livestream.actions.funnel import funnels_of
from livestream.actions.start_gate import passes_of
from livestream.models import (
    Complaint,
    ControlEvent,
    GateOverride,
    ItemReading,
    LiveSession,
    ReviewAction,
    Statement,
)
from livestream.rules.complaint import ComplaintKind
from livestream.rules.control import ControlKind
from livestream.rules.funnel import COMPARED, COMPARED_AT_MOST, Clicked, verdicts
from livestream.rules.incident import IncidentKind
from livestream.rules.review import AFTER, Mark
from livestream.rules.review_words import Terms, a_pitch_minute, changes_of, money_of, pitched_minutes, rows_of
from livestream.rules.session import SessionKind
from livestream.rules.start_gate import Hurdle
from livestream.rules.statement import Figures, Part, figures_of, parts_of, ratio
from livestream.rules.trust import findings, percent, usual_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.db.models import QuerySet

    from livestream.rules.funnel import Verdict
    from livestream.rules.statement import GoodFigures
    from livestream.rules.trust import Finding


class Stated(NamedTuple):
    """A statement, read."""

    mark: Mark
    statement: Statement
    figures: Figures
    parts: tuple[Part, ...]


def stated_of(session: LiveSession) -> list[Stated]:
    """The earliest first."""
    found = session.statements.order_by("due_at")
    return [Stated(Mark(one.mark), one, figures_of(one.figures), parts_of(one.causes)) for one in found]


def expected_of(session: LiveSession, stated: Iterable[Stated]) -> list[tuple[Mark, datetime]]:
    """The marks that are still to come, and from when on."""
    made = {one.mark for one in stated}
    if session.ended_at is None or session.kind == SessionKind.PRACTICE:
        return []
    return [(mark, session.ended_at + AFTER[mark]) for mark in Mark if mark not in made]


def goal_of(session: LiveSession, stated: list[Stated]) -> dict[str, Any]:
    """Goal and result, provisional and settled beside each other; the headline is the net at T+15."""
    settled = next((one for one in stated if one.mark == Mark.T15), None)
    first, latest = (stated[0], stated[-1]) if stated else (None, None)
    shown = settled or latest
    reached = ratio(shown.figures.sums.net_fen, session.goal_fen) if shown else None
    return {
        "first": first,
        "latest": latest,
        "settled": settled,
        "shown": shown,
        "reached": None if reached is None else percent(reached),
        "settles_at": session.ended_at + AFTER[Mark.T15] if session.ended_at else None,
    }


def figures_part(stated: list[Stated]) -> dict[str, Any]:
    """The newest first: it is the one in force."""
    newest_first = stated[::-1]
    return {
        "stated": newest_first,
        "rows": rows_of([one.figures for one in newest_first], [one.mark for one in newest_first]),
        "changes": changes_of([(one.mark, one.figures, one.parts) for one in stated])[::-1],
    }


# --- goods ----------------------------------------------------------------------------------------------------------------


class GoodRow(NamedTuple):
    """A good of the session: what it sold, who clicked, how long it was presented, what follows from it."""

    good: GoodFigures
    clicks: int | None
    conversion: str | None
    verdict: Verdict | None
    times: int
    minutes: int
    a_minute_fen: int | None


def goods_of(session: LiveSession, figures: Figures) -> list[GoodRow]:
    clicks = clicks_of(session)
    clicked = {good.sku: Clicked(good.sku, clicks.get(good.product or 0), good.orders) for good in figures.goods}
    judged = verdicts(list(clicked.values()))
    pitches = [(pitch, pitch.ended_at or session.ended_at) for pitch in session.pitches.all()]
    stretches = ((pitch.product_id, round((end - pitch.started_at).total_seconds())) for pitch, end in pitches if end)
    pitched = pitched_minutes(stretches)
    rows = []
    for good in figures.goods:
        times, seconds = pitched.get(good.product or 0, (0, 0))
        rate = clicked[good.sku].conversion
        told = None if rate is None else percent(rate)
        a_minute = a_pitch_minute(good.paid_fen, seconds)
        rows.append(GoodRow(good, clicked[good.sku].clicks, told, judged.get(good.sku), times, round(seconds / 60), a_minute))
    return rows


def clicks_of(session: LiveSession) -> dict[int, int]:
    """By product: those who clicked, as last said."""
    said = ItemReading.objects.filter(reading__session=session, click_uv__isnull=False).order_by("reading__read_at", "pk")
    return {product: clicks for product, clicks in said.values_list("product", "click_uv") if clicks is not None}


# --- people, supply, money ------------------------------------------------------------------------------------------------


class Mistake(NamedTuple):
    """Something that went wrong at the desk or on air: when, what, about which good, in whose words."""

    at: datetime
    kind: str
    about: str
    words: str


MISTAKES = frozenset({IncidentKind.CORRECTION_MADE, IncidentKind.ITEM_PULLED, IncidentKind.STREAM_LOST})


def people_of(session: LiveSession) -> dict[str, Any]:
    """Who pressed what, how many pitches, what went wrong."""
    pressed: dict[str, Counter[str]] = {}
    log = ControlEvent.objects.filter(session=session).values_list("by__name", "kind").annotate(n=Count("pk"))
    for name, kind, number in log.order_by("by__name", "kind"):
        pressed.setdefault(name, Counter())[str(ControlKind(kind).label)] += number
    pitches = session.pitches.count()
    for name, number in session.pitches.exclude(by=None).values_list("by__name").annotate(n=Count("pk")):
        pressed.setdefault(name, Counter())[str(session.pitches.model._meta.verbose_name)] += number
    return {
        "pressed": [(name, counts.most_common()) for name, counts in pressed.items()],
        "pitches": pitches,
        "mistakes": mistakes_of(session),
    }


def mistakes_of(session: LiveSession) -> list[Mistake]:
    """Corrections, pulled goods, lost streams, and goods that were presented before they could be bought."""
    found = [
        Mistake(one.happened_at, str(one.get_kind_display()), one.product.title if one.product else "", one.note)
        for one in session.incidents.filter(kind__in=MISTAKES).select_related("product")
    ]
    listed: dict[int, datetime] = {}
    for product, at in (
        ControlEvent.objects.filter(session=session, kind=ControlKind.ITEM_LISTED, product__isnull=False)
        .order_by("-happened_at")
        .values_list("product", "happened_at")
    ):
        listed[product] = at
    first: dict[int, Any] = {}
    for pitch in session.pitches.select_related("product").order_by("-started_at"):
        first[pitch.product_id] = pitch
    late = [pitch for product, pitch in first.items() if product in listed and listed[product] > pitch.started_at]
    found += [Mistake(pitch.started_at, "", pitch.product.title, "") for pitch in late]
    return sorted(found)


def supply_of(session: LiveSession, figures: Figures) -> dict[str, Any]:
    """Goods that ran out, more sold than promised (where stock was promised at all), complaints by kind."""
    sold_out = ControlEvent.objects.filter(session=session, kind=ControlKind.ITEM_SOLD_OUT).select_related("product")
    said = Complaint.objects.filter(session=session).values_list("kind").annotate(n=Count("pk")).order_by("kind")
    return {
        "sold_out": sold_out.order_by("happened_at"),
        "is_promised": any(good.committed for good in figures.goods),
        "oversold": [good for good in figures.goods if good.oversold],
        "complaints": [(ComplaintKind(kind).label, number) for kind, number in said],
        "shipping": figures.seen.shipping,
    }


def terms_of(session: LiveSession) -> dict[str, Terms]:
    return {
        item.product.sku: Terms(item.commission_basis_points, item.slot_fee_fen, item.settlement_price_fen)
        for item in session.line_up.select_related("product")
    }


@dataclass(frozen=True, slots=True)
class Actions:
    """`own`: of this review; `carried`: what earlier reviews of this host had left open when this session began."""

    own: QuerySet[ReviewAction]
    carried: QuerySet[ReviewAction]


def actions_of(session: LiveSession) -> Actions:
    """What is to be done, and what was to be done before."""
    rows = ReviewAction.objects.select_related("owner", "session")
    began = session.started_at
    left = Q(done_at=None) | Q(done_at__gte=began)
    earlier = rows.filter(left, session__host=session.host_id, session__ended_at__lt=began).exclude(session=session)
    return Actions(rows.filter(session=session), earlier)


def trust_of(session: LiveSession, figures: Figures, at: datetime) -> list[Finding]:
    """Measured against the county's other sessions of the last ninety days."""
    return findings(figures, usual_of(others_of(session, at)))


def others_of(session: LiveSession, at: datetime) -> list[Figures]:
    """The newest figures of each of the county's other sessions."""
    of_county = Statement.objects.filter(session__county=session.county_id, session__ended_at__gt=at - COMPARED)
    newest = of_county.exclude(session=session.pk).order_by("session", "-due_at").distinct("session")
    return [figures_of(figures) for figures in newest.values_list("figures", flat=True)[:COMPARED_AT_MOST]]


def review_of(session: LiveSession, stated: list[Stated], at: datetime) -> dict[str, Any]:
    """All that rests on figures. Without a statement: only what people pressed and said."""
    figures = stated[-1].figures if stated else Figures()
    return {
        **goal_of(session, stated),
        **figures_part(stated),
        "expected": expected_of(session, stated),
        "funnels": funnels_of(session),
        "goods": goods_of(session, figures),
        "people": people_of(session),
        "supply": supply_of(session, figures),
        "money": money_of(figures, terms_of(session)) if stated else None,
        "passes": [(Hurdle(one.code).label, one) for one in passes_of(session)],
        "overrides": GateOverride.objects.filter(session=session).select_related("product", "by"),
        "incidents": session.incidents.select_related("noted_by", "product"),
    }
