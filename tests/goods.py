"""Goods, papers, line-ups and what is done on air, as rows with sensible defaults."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

from livestream.models import (
    ControlEvent,
    LineUpItem,
    LineUpVersion,
    Offer,
    Paper,
    SelectionCase,
    SubsidyRule,
)
from livestream.rules.goods import REQUIRED
from tests.factories import make_product, make_session, make_user

numbers = itertools.count(1)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG = date(2099, 12, 31)


def make_paper(product, kind="test", *, by=None, **kwargs) -> Paper:
    """Accepted, and valid for long."""
    by = by or make_user("staff", product.county)
    defaults = {"valid_until_on": LONG, "state": "accepted", "checked_by": by, "checked_at": AT, "number": f"Z{next(numbers)}"}
    return Paper.objects.create(
        county=product.county, supplier=product.supplier, product=product, kind=kind, added_by=by, **(defaults | kwargs)
    )


def make_papers(product, *, by=None, **kwargs) -> list[Paper]:
    """All that the class of this product asks for."""
    by = by or make_user("staff", product.county)
    return [make_paper(product, min(line), by=by, **kwargs) for line in REQUIRED.get(product.product_class, ())]


def make_goods(county=None, product_class="primary", **kwargs):
    """A product of a class with all its papers."""
    product = make_product(county, product_class=product_class, **kwargs)
    make_papers(product)
    return product


def make_item(session=None, product=None, **kwargs) -> LineUpItem:
    session = session or make_session(host=make_user())
    position = session.line_up.count() + 1
    product = product or make_product(session.county)
    return LineUpItem.objects.create(
        session=session, product=product, **({"position": position, "live_price_fen": 2990, "committed_stock": 100} | kwargs)
    )


def make_offer(item, amount_fen=800, *, kind="coupon", payer="supplier", **kwargs) -> Offer:
    return Offer.objects.create(item=item, kind=kind, payer=payer, amount_fen=amount_fen, **kwargs)


def make_subsidy(county, by=None, **kwargs) -> SubsidyRule:
    """Approved, unless `approved_at` is None."""
    defaults: dict[str, object] = {
        "name": f"补贴{next(numbers)}",
        "payer": "县电商中心",
        "per_unit_fen": 200,
        "cap_fen": 100_000,
        "from_at": AT - timedelta(days=30),
        "until_at": AT + timedelta(days=3650),
    }
    if kwargs.get("approved_at", AT):
        defaults |= {"approved_at": AT, "approved_by": make_user("approver", county)}
    return SubsidyRule.objects.create(county=county, made_by=by or make_user("staff", county), **(defaults | kwargs))


def make_selection(product, by=None, **kwargs) -> SelectionCase:
    return SelectionCase.objects.create(
        county=product.county, product=product, opened_by=by or make_user("staff", product.county), opened_at=AT, **kwargs
    )


def make_event(session, kind="listed", *, by=None, at=None, **kwargs) -> ControlEvent:
    defaults = {"device": "desk", "happened_at": at or AT}
    return ControlEvent.objects.create(session=session, kind=kind, by=by or session.host, **(defaults | kwargs))


def make_version(session, by=None, words="") -> LineUpVersion:
    number = session.line_up_versions.count() + 1
    made = {"made_by": by or session.host, "made_at": AT}
    return LineUpVersion.objects.create(session=session, number=number, body={"items": []}, words=words, **made)
