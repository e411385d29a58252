"""What a subsidy has paid, order by order, and the same as a file to claim it with. No buyer stands in it."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import xlsxwriter
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.models import SubsidyRule
from livestream.rules.cell import csv_cell, plain, yuan_decimal
from livestream.rules.rights import Action
from livestream.views.plan_sheet import as_file
from livestream.views.signed_in import needs
from orders.models import SubsidyEntry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livestream.views.signed_in import SignedInRequest

A_PAGE = 100
PIECE = 2000


def rule_reached(request: SignedInRequest, pk: int) -> SubsidyRule:
    """Raises Http404."""
    return get_object_or_404(
        SubsidyRule.objects.visible_to(request.user, Action.SEE_ORDERS).select_related("county", "made_by", "approved_by"), pk=pk
    )


@never_cache
@needs(Action.SEE_ORDERS)
@require_GET
def subsidy(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rule, its sums by session, and every entry, the newest first."""
    rule = rule_reached(request, pk)
    entries = SubsidyEntry.objects.filter(rule=rule)
    by_session = entries.order_by().values("session_id", "session__title").annotate(fen=Sum("amount_fen"), pieces=Sum("units"))
    page = Paginator(entries.select_related("order", "session").order_by("-pk"), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "rule": rule,
        "page": page,
        "sessions": by_session.annotate(orders=Count("order_id", distinct=True)).order_by("-fen"),
        "items": rule.items.select_related("product", "session").order_by("-session__planned_start_at", "position")[:A_PAGE],
    }
    return render(request, "orders/subsidy.html", context)


@never_cache
@needs(Action.SEE_ORDERS)
@require_GET
def subsidy_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Every entry of the ledger (`as=csv`, else a workbook); its last row is the sum that is claimed."""
    rule = rule_reached(request, pk)
    name = _("补贴台账") + f"-{rule.name}-{timezone.localdate():%Y%m%d}"
    rows = lines_of(rule)
    if request.GET.get("as") == "csv":
        answer = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.csv") or "attachment"
        return answer
    return as_file(as_workbook(rows), f"{name}.xlsx")


def lines_of(rule: SubsidyRule) -> list[list[str | int]]:
    """Heads, entries, the sum; amounts in fen."""
    heads = [_("记账时间"), _("支付时间"), _("场次"), _("店铺"), _("订单号"), _("行号"), _("件数"), _("补贴（元）")]
    entries = SubsidyEntry.objects.filter(rule=rule).select_related("order__shop", "session").order_by("pk")
    rows: list[list[str | int]] = [list(heads)]
    units = fen = 0
    for entry in entries.iterator(PIECE):
        times = [f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" for at in (entry.recorded_at, entry.paid_at)]
        words = [entry.session.title, entry.order.shop.name, entry.order.order_no, entry.line_no]
        rows.append([*times, *words, entry.units, entry.amount_fen])
        units, fen = units + entry.units, fen + entry.amount_fen
    rows.append([_("合计"), "", "", "", "", "", units, fen])
    return rows


def as_csv(rows: list[list[str | int]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for number, row in enumerate(rows):
        *words, units, fen = row
        last = str(fen) if number == 0 else str(yuan_decimal(int(fen)))
        writer.writerow([*(csv_cell(str(word)) for word in words), str(units), last])
    return out.getvalue().encode("utf-8-sig")


def as_workbook(rows: Iterable[list[str | int]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(_("补贴台账"))
    money, head = book.add_format({"num_format": "0.00"}), book.add_format({"bold": True})
    sheet.set_column(0, 5, 22)
    for number, row in enumerate(rows):
        *words, units, fen = row
        for place, word in enumerate(words):
            sheet.write_string(number, place, plain(str(word)), head if number == 0 else None)
        if number == 0:
            sheet.write_string(0, 6, str(units), head)
            sheet.write_string(0, 7, str(fen), head)
        else:
            sheet.write_number(number, 6, int(units))
            sheet.write_number(number, 7, yuan_decimal(int(fen)), money)
    book.close()
    return out.getvalue()
