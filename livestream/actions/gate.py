"""The goods gate: what the products of a session lack, and every write of a named approver who lets one through all the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from livestream.actions.audit import note
from livestream.actions.board import touch_session
from livestream.actions.refusal import refusing
from livestream.models import GateOverride, LineUpItem, LiveSession, Paper, PaperRule, Product
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.gate import MISSING_AT_MOST, REASON_AT_MOST, Asked, Held, Why, day_asked, lacking, line_of
from livestream.rules.rights import Action
from livestream.rules.session import SessionState
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from livestream.models import User
    from livestream.rules.gate import Lack

LISTING = {"papers_before_listing": "papers_missing"}  # for `refusing`, around whatever lists an item


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a product may be listed: `missing` in words, `()` when nothing is; `override`: who let it through, and why."""

    missing: tuple[str, ...] = ()
    override: GateOverride | None = None
    is_open: bool = True
    is_classified: bool = True
    lacks: tuple[Lack, ...] = ()  # what `missing` says, whether somebody let it pass or not

    @property
    def can_be_passed(self) -> bool:
        """Whether an approver could let it through: nobody can answer for what he does not know."""
        return not self.is_open and self.is_classified


def lacks_of(products: Iterable[Product], *, on: date) -> dict[int, tuple[Lack, ...]]:
    """What each of these products lacks on that Shanghai day; () when it may be listed. Three questions however many they are."""
    asked = list(products)
    papers, rules = papers_of(asked), _county_lines({one.county_id for one in asked})
    geos = dict(
        Product.objects.filter(pk__in=[one.pk for one in asked], geo_indication__isnull=False).values_list(
            "pk", "geo_indication__valid_until_on"
        )
    )
    return {
        one.pk: lacking(
            Asked(one.product_class, rules[one.county_id, one.product_class], one.pk in geos, geos.get(one.pk)),
            [Held(paper.kind, paper.state, paper.valid_until_on) for paper in papers[one.pk]],
            on,
        )
        for one in asked
    }


def papers_of(products: Iterable[Product]) -> dict[int, list[Paper]]:
    """The papers that speak for each of these products: its own, and those of its supplier as a whole."""
    asked = list(products)
    suppliers = {one.supplier_id for one in asked}
    found = Paper.objects.filter(Q(product=None) | Q(product__in=[one.pk for one in asked]), supplier__in=suppliers)
    by_supplier: defaultdict[int, list[Paper]] = defaultdict(list)
    for paper in found.select_related("checked_by").order_by("pk"):
        by_supplier[paper.supplier_id].append(paper)
    return {
        one.pk: [paper for paper in by_supplier[one.supplier_id] if paper.product_id in {None, one.pk}]  # fmt: skip
        for one in asked
    }


def _county_lines(counties: set[str]) -> defaultdict[tuple[str, str], tuple[frozenset[str], ...]]:
    found: defaultdict[tuple[str, str], tuple[frozenset[str], ...]] = defaultdict(tuple)
    for rule in PaperRule.objects.filter(county__in=counties).order_by("pk"):
        found[rule.county_id, rule.product_class] += (line_of(rule.any_of),)
    return found


def gate_of(session: LiveSession, *, on: date) -> dict[int, Gate]:
    """By the key of each product on the line-up: whether it may be listed in this session on that Shanghai day."""
    products = list(Product.objects.filter(pk__in=session.line_up.values("product")))
    return gates_of(session, products, on=on)


def gates_of(session: LiveSession, products: Iterable[Product], *, on: date) -> dict[int, Gate]:
    """The same of any products."""
    passed = {one.product_id: one for one in GateOverride.objects.filter(session=session).select_related("by")}
    return {pk: gate_from(lacks, passed.get(pk)) for pk, lacks in lacks_of(products, on=on).items()}


def gate_from(lacks: Iterable[Lack], override: GateOverride | None = None) -> Gate:
    """An override lets papers be missing, not the class."""
    found = tuple(lacks)
    is_classified = all(lack.why != Why.UNCLASSIFIED for lack in found)
    is_open = not found or (override is not None and is_classified)
    return Gate(tuple(str(lack) for lack in found), override, is_open, is_classified, found)


def touch_rooms_of(**items: object) -> None:
    """What stands on the screens of sessions on air changed: of those whose line-up has such items."""
    on_air = LiveSession.objects.filter(
        pk__in=LineUpItem.objects.filter(**items).values("session"), state=SessionState.LIVE
    )  # fmt: skip
    for pk, county in on_air.order_by("pk").values_list("pk", "county"):
        touch_session(pk, county)


@transaction.atomic
def override_gate(session: LiveSession, product: Product, *, reason: str, by: User, at: datetime) -> GateOverride:
    """This product may be listed in this session without all its papers; `by` answers for it, and it is shown wherever the item
    is shown. Papers are asked as of the session's day. The same once more finds what stands.

    Raises NotAllowed(`pass_not_yours`, `pass_reason`, `unclassified`, `nothing_missing`, `not_in_line_up`)."""
    if not by.may(Action.PASS_GOODS, session.county_id):
        raise NotAllowed("pass_not_yours")
    if not session.line_up.filter(product=product).exists():
        raise NotAllowed("not_in_line_up", title=product.title)
    if there := GateOverride.objects.filter(session=session, product=product).first():
        return there
    words = one_line(reason)[:REASON_AT_MOST]
    if not words:
        raise NotAllowed("pass_reason")
    gate = gates_of(session, [product], on=day_asked(session.planned_start_at, at))[product.pk]
    if gate.is_open:
        raise NotAllowed("nothing_missing", title=product.title)
    if not gate.can_be_passed:
        raise NotAllowed("unclassified", title=product.title)
    missing = "；".join(gate.missing)[:MISSING_AT_MOST]
    with refusing({"override_once_per_session": "passed_already"}):
        made = GateOverride.objects.create(session=session, product=product, missing=missing, reason=words, by=by, at=at)
    note(Deed.GATE_PASSED, place=session.county_id, by=by, about=session, sku=product.sku, missing=missing, reason=words)
    touch_session(session.pk, session.county_id)
    return made
