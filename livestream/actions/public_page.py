"""What the public page of a session shows, read in a handful of questions and kept for a minute. Nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from livestream.actions.agenda import last_told
from livestream.actions.board import session_scope
from livestream.actions.gate import gates_of, papers_of
from livestream.actions.price import price_of
from livestream.actions.product import seller_of
from livestream.models import BoardVersion, Consent, CueCard, LiveSession, Script, ServiceLine, User
from livestream.rules.consent import ConsentKind
from livestream.rules.control import ItemState
from livestream.rules.day import shanghai_day
from livestream.rules.gate import Held
from livestream.rules.goods import PaperKind, ReturnPolicy, seller_sentence
from livestream.rules.money import yuan
from livestream.rules.party import Registration
from livestream.rules.public_page import (
    KEPT_S,
    RETURNS,
    Phase,
    PublicItem,
    PublicPage,
    PublicPaper,
    is_person,
    jin_words,
    phase_of,
    weight_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from livestream.models import LineUpItem, Paper, Product, Supplier

SHOWN_AFTER = frozenset(ItemState) - {ItemState.PLANNED}


def public_session(session_id: UUID) -> LiveSession | None:
    """The session, where anybody may know of it."""
    found = LiveSession.objects.select_related("host", "place__parent", "county").filter(pk=session_id).first()
    return found if found and phase_of(found.state, found.kind) else None


def public_page(session: LiveSession, *, at: datetime) -> PublicPage:
    """As it is, or as it was a minute ago: a whole village may open it at once. Whatever moves the session's board is seen
    at once: prices, items, states, a consent that was taken back."""
    version = BoardVersion.objects.filter(scope=session_scope(session.pk)).values_list("version", flat=True).first()
    key = f"public:{session.pk}:{version or 0}:{shanghai_day(at)}:{get_language()}"
    kept: PublicPage | None = cache.get(key)
    if kept is None:
        kept = page_of(session, at=at)
        cache.set(key, kept, KEPT_S)
    return kept


def page_of(session: LiveSession, *, at: datetime) -> PublicPage:
    """Of a session that is public. Before it, its time and title are what people were told."""
    phase = phase_of(session.state, session.kind)
    assert phase is not None
    told = last_told(session) if phase == Phase.BEFORE else None
    line = ServiceLine.objects.filter(county=session.county_id).first()
    is_kept = session.replay_until_on is None or session.replay_until_on >= shanghai_day(at)
    return PublicPage(
        phase=phase,
        title=told.title if told else session.title,
        host=session.host.public_name,
        place=session.place.full_name,
        county=session.county.name,
        starts_at=told.starts_at if told else session.started_at,
        ended_at=session.ended_at,
        items=tuple(_items(session, phase, at)),
        return_words=session.return_words,
        line_phone=line.phone if line else "",
        line_hours=line.hours if line else "",
        is_ai_made=_is_ai_made(session),
        is_public_interest=session.is_public_interest,
        replay_url=session.replay_url if phase == Phase.AFTER and is_kept and shows_host(session) else "",
    )


def shows_host(session: LiveSession) -> bool:
    """A recording shows him, and is public only while he agrees to that."""
    return bool(session.replay_url) and Consent.objects.allows(session.host, ConsentKind.PORTRAIT)


def _is_ai_made(session: LiveSession) -> bool:
    """GB 45438-2025: told wherever it is shown."""
    made = Script.objects.filter(session=session, is_ai_made=True)
    return made.exists() or CueCard.objects.filter(session=session, is_ai_made=True).exists()


def _items(session: LiveSession, phase: Phase, at: datetime) -> Iterable[PublicItem]:
    """Before: what may be listed as things stand. On air and after: what was listed."""
    on = shanghai_day(session.ended_at or at)
    line_up = list(
        session.line_up.select_related("product__supplier__place__parent", "product__geo_indication", "subsidy")
        .prefetch_related("offers")
        .order_by("position")
    )
    products = [item.product for item in line_up]
    if phase == Phase.BEFORE:
        gates = gates_of(session, products, on=max(on, shanghai_day(session.planned_start_at)))
        line_up = [item for item in line_up if gates[item.product_id].is_open]
    elif phase == Phase.AFTER:
        line_up = [item for item in line_up if item.state in SHOWN_AFTER]
    papers, named = papers_of(products), _named(product.supplier for product in products)
    for item in line_up:
        item.session = session
        yield _item(item, phase, at, papers=_shown(papers[item.product_id], item.product, on), named=named)


def _item(item: LineUpItem, phase: Phase, at: datetime, *, papers: tuple[PublicPaper, ...], named: frozenset[int]) -> PublicItem:
    product, supplier = item.product, item.product.supplier
    price = price_of(item, at=at)
    return PublicItem(
        product=product.pk,
        title=product.title,
        seller=seller_sentence(_seller(item, named)),
        supplier=supplier.name if supplier.pk in named else _("一户农户"),
        village=supplier.place.full_name,
        registration=_registration(supplier),
        facts=tuple(_facts(product)),
        price=_("{price} 一{unit}").format(price=yuan(price.live_price_fen), unit=product.get_sale_unit_display()),
        final_price=yuan(price.final_fen) if price.final_fen != price.live_price_fen else "",
        jin_price=jin_words(price.live_price_fen, product.net_weight_grams, product.product_class),
        geo=_geo(product, papers, shanghai_day(at)),
        papers=papers,
        returns=str(RETURNS[ReturnPolicy(product.return_policy)]),
        state=_state(item, phase),
    )


def _state(item: LineUpItem, phase: Phase) -> str:
    if phase == Phase.AFTER:
        return str(ItemState.PULLED.label) if item.state == ItemState.PULLED else ""
    return "" if item.state in {ItemState.LISTED, ItemState.PLANNED} else str(item.get_state_display())


def _facts(product: Product) -> Iterable[tuple[str, str]]:
    said = (
        (_("规格"), product.spec),
        (_("净重"), weight_words(product.net_weight_grams, product.product_class)),
        (_("等级"), product.get_grade_display() if product.grade is not None else ""),
        (_("品牌"), product.brand),
        (_("储存"), product.get_storage_display()),
        (_("保质期"), _("{days} 天").format(days=product.shelf_life_days) if product.shelf_life_days else ""),
    )
    return ((name, str(words)) for name, words in said if words)


def _shown(papers: Sequence[Paper], product: Product, on: date) -> tuple[PublicPaper, ...]:
    """What was accepted and held on the day on which it was sold, one of a kind, the one that holds longest."""
    best: dict[str, Paper] = {}
    for paper in papers:
        if not Held(paper.kind, paper.state, paper.valid_until_on).holds(on):
            continue
        there = best.get(paper.kind)
        if there is None or _longer(paper, there):
            best[paper.kind] = paper
    order = list(PaperKind.values)
    today = timezone.localdate()
    return tuple(
        PublicPaper(
            kind=kind,
            valid_until_on=paper.valid_until_on,
            is_over=paper.valid_until_on is not None and paper.valid_until_on < today,
            number=paper.number if kind == PaperKind.STANDARD else "",
        )
        for kind, paper in sorted(best.items(), key=lambda each: order.index(each[0]))
        if kind != PaperKind.GI or product.geo_indication_id
    )


def _longer(paper: Paper, there: Paper) -> bool:
    if there.valid_until_on is None or paper.valid_until_on is None:
        return paper.valid_until_on is None
    return paper.valid_until_on > there.valid_until_on


def _geo(product: Product, papers: Sequence[PublicPaper], on: date) -> str:
    """The name of the indication, where its registration holds and its holder let this supplier use it."""
    geo = product.geo_indication
    if geo is None or (geo.valid_until_on is not None and geo.valid_until_on < on):
        return ""
    is_authorised = any(paper.kind == PaperKind.GI and not paper.is_over for paper in papers)
    return geo.name if is_authorised else ""


# --- who is named ---------------------------------------------------------------------------------------------------------------


def _named(suppliers: Iterable[Supplier]) -> frozenset[int]:
    """The suppliers whose names may stand on a public page: all that are no person's own name, and of the others those who have
    an account here and agreed to be named. A namesake in the same village who did not agree keeps the name out."""
    found = {supplier.pk: supplier for supplier in suppliers}
    people = [one for one in found.values() if is_person(one.kind, one.registration)]
    asked = User.objects.filter(name__in={one.name for one in people}, place__in={one.place_id for one in people})
    agreed: dict[tuple[str, str], list[bool]] = {}
    if people:
        for name, place, shows_name in asked.values_list("name", "place", "shows_name"):
            agreed.setdefault((name, place), []).append(shows_name)
    silent = {one.pk for one in people if not all(agreed.get((one.name, one.place_id), [False]))}
    return frozenset(found) - silent


def _name(supplier: Supplier, named: frozenset[int]) -> str:
    if supplier.pk in named:
        return supplier.name
    return _("{village}的一户农户").format(village=supplier.place.short_name)


def _seller(item: LineUpItem, named: frozenset[int]) -> str:
    """As staff say it, but never a person's name that he did not agree to."""
    words, supplier, host = seller_of(item), item.product.supplier, item.session.host
    if words == supplier.name:
        return _name(supplier, named)
    return host.public_name if words == host.name else words


def _registration(supplier: Supplier) -> str:
    """电子商务法 第十五条: a licence, or the sentence that none is needed."""
    return str(Registration(supplier.registration).label) if supplier.registration else ""
