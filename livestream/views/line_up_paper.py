"""What is printed of a line-up sheet: its facts as `papers/line_up.typ` reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.line_up_version import facts_of
from livestream.line_up_words import offer_words
from livestream.rules.money import yuan
from livestream.rules.plan import Platform

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from livestream.models import LineUpVersion, LiveSession
    from livestream.views.line_up_rows import Row


def paper_of(session: LiveSession, rows: Sequence[Row], version: LineUpVersion | None, *, at: datetime) -> dict[str, object]:
    heads = (_("序号"), _("商品"), _("价"), _("卖家实收"), _("库存和发货"), _("链接号"), _("卖点"), _("不能说、备注"))
    begins, ends = timezone.localtime(session.planned_start_at), timezone.localtime(session.planned_end_at)
    return {
        "at": timezone.localtime(at).isoformat(),
        "title": _("排品表"),
        "session": f"{session.title} · {begins:%Y-%m-%d %H:%M}–{ends:%H:%M} · {session.host.name} · {session.place.full_name}",
        "version": _("第 {number} 版").format(number=version.number) if version else "",
        "note": _("打印时间 {at}").format(at=f"{timezone.localtime(at):%Y-%m-%d %H:%M}"),
        "empty": _("还没有排品"),
        "heads": heads,
        "rows": [cells_of(row) for row in rows],
    }


def cells_of(row: Row) -> list[str]:
    item, product = row.item, row.item.product
    role = item.get_slot_role_display() if item.slot_role else ""
    minutes = _("{n} 分钟").format(n=item.planned_minutes) if item.planned_minutes else ""
    name = [product.title, product.spec, " ".join(filter(None, [role, minutes])), item.actual_seller or product.seller]
    price = [_("直播价 {price}").format(price=yuan(item.live_price_fen)), *(offer_words(o) for o in facts_of(item).offers)]
    price.append(_("到手价 {price}").format(price=yuan(row.price.final_fen)))
    receives = [yuan(row.price.seller_receives_fen)]
    if row.price.floor_fen is not None:
        receives.append(_("保护价 {price}").format(price=yuan(row.price.floor_fen)))
    stock = [] if item.committed_stock is None else [_("{n} 件").format(n=item.committed_stock)]
    if item.daily_ship_capacity is not None:
        stock.append(_("每天发 {n} 件").format(n=item.daily_ship_capacity))
    if item.ship_within_hours is not None:
        stock.append(_("{n} 小时内发货").format(n=item.ship_within_hours))
    links = [f"{Platform(link.platform).label} {link.number}" for link in item.links.all()]
    never = [*item.banned_claims.splitlines(), item.note]
    columns = [[str(item.position)], name, price, receives, stock, links, row.points, never]
    return ["\n".join(filter(None, lines)) for lines in columns]
