"""A poster as a PDF for the printer and as a picture for phones, drawn from its words and from what its session is now."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import segno
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from livestream.actions.notice import in_chinese
from livestream.actions.price import price_of
from livestream.models import GeoIndication
from livestream.rules.cue_card import price_words, seller_words
from livestream.rules.plan import Platform
from livestream.rules.poster import is_advertisement
from livestream.rules.script import PosterKind
from livestream.sheets.paper import paper

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LineUpItem, LiveSession, Poster

BRANDS_NAMED = 4
FORMS = {"pdf": "a4", "png": "phone"}


def poster_paper(poster: Poster, address: str, *, form: str, at: datetime) -> bytes:
    """`form` is `pdf` (A4) or `png` (for a phone's screen); its QR opens `address`. Raises NotPrinted."""
    qr = io.BytesIO()
    segno.make_qr(address, error="m").save(qr, kind="svg", border=2, scale=8)
    with in_chinese():
        data = data_of(poster, page=FORMS[form], at=at)
    return paper("poster", data, {"qr.svg": qr.getvalue()}, form=form)


def data_of(poster: Poster, *, page: str, at: datetime) -> dict[str, Any]:
    """What `papers/poster.typ` sets. Beside a leader stand the county and its public brands alone."""
    session = poster.session
    is_ad = is_advertisement(poster.kind, is_public_interest=session.is_public_interest)
    item = session.line_up.filter(product=poster.product).select_related("product__supplier", "subsidy", "session").first()
    return {
        "at": timezone.localtime(at).isoformat(),
        "page": page,
        "kind": poster.kind,
        "mark": _("广告") if is_ad else _("公益推介"),
        "county": session.county.name,
        "headline": poster.headline,
        "line": poster.line,
        "when": when_words(session),
        "where": session.place.full_name,
        "who": "" if poster.kind == PosterKind.LEADER else _("主播：{name}").format(name=session.host.public_name),
        "rooms": rooms_of(session),
        "brand_words": _("公共品牌"),
        "brands": brands_of(session) if poster.kind == PosterKind.LEADER else [],
        **_goods(poster, item, at=at),
        "scan": [_("扫码看这一场"), _("谁卖的、谁家的货、怎么退")],
    }


def when_words(session: LiveSession) -> str:
    """`11月25日 周三 20:00–22:00`."""
    begins, ends = timezone.localtime(session.planned_start_at), timezone.localtime(session.planned_end_at)
    day = _("{month}月{day}日").format(month=begins.month, day=begins.day)
    return f"{day} {date_format(begins, 'l')} {begins:%H:%M}–{ends:%H:%M}"


def rooms_of(session: LiveSession) -> str:
    named = dict.fromkeys(session.rooms.order_by("pk").values_list("platform", flat=True))
    return " · ".join(str(Platform(each).label) if each in Platform.values else each for each in named)


def brands_of(session: LiveSession) -> list[str]:
    """The public brands of the county: its geographical indications."""
    found = GeoIndication.objects.filter(county=session.county_id).values_list("name", flat=True)
    return list(found[:BRANDS_NAMED])


def _goods(poster: Poster, item: LineUpItem | None, *, at: datetime) -> dict[str, str]:
    if item is None or poster.kind == PosterKind.LEADER:
        return {"goods": "", "price": "", "seller": ""}
    product, price = item.product, price_of(item, at=at)
    said = price_words(
        price.live_price_fen, price.final_fen, unit=str(product.get_sale_unit_display()), grams=product.net_weight_grams,
        product_class=product.product_class,
    )  # fmt: skip
    title = f"{product.title} {product.spec}".strip()
    seller = seller_words(item.actual_seller or product.seller)
    return {"goods": title, "price": said if poster.shows_price else "", "seller": seller}
