"""The line-up sheet of a session (排品表): looked at, an item of it changed, added, taken out, moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.line_up import OPEN, add_item, move_item, remove_item, reorder, save_item
from livestream.actions.line_up_copy import last_of_host
from livestream.actions.line_up_version import facts_of, items_of, mark_of_item, mark_of_order, newest
from livestream.line_up_forms import FIELDS, ItemForm
from livestream.models import Product
from livestream.rules.errors import NotAllowed
from livestream.rules.line_up_item import ItemFacts
from livestream.rules.rights import Action
from livestream.rules.text import one_line
from livestream.typed_fields import say
from livestream.views.desk import session_reached
from livestream.views.line_up_rows import row_of, rows_of
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from uuid import UUID

    from livestream.models import LineUpItem, LiveSession
    from livestream.views.signed_in import SignedInRequest

FOUND_AT_MOST = 30
LONGEST_SEARCH = 60


class MoveForm(forms.Form):
    steps = forms.TypedChoiceField(choices=[(-1, ""), (1, "")], coerce=int)


class OrderForm(forms.Form):
    """`order`: the keys of all items, with commas between."""

    order = forms.RegexField(r"^\d{1,18}(,\d{1,18})*$", max_length=2000)
    seen = forms.CharField(max_length=16)

    @property
    def keys(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["order"].split(",")]


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def line_up(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    return line_up_page(request, session_reached(request, session_id, Action.SEE_PLAN))


def line_up_page(request: SignedInRequest, session: LiveSession, refused: str = "") -> HttpResponse:
    """The whole sheet; with status 409 and why, when a change of it was refused."""
    rows = rows_of(session, at=timezone.now())
    may_keep = session.state in OPEN and session.lies_in(request.user.reach(Action.KEEP_GOODS))
    context = {
        "session": session,
        "rows": rows,
        "may_keep": may_keep,
        "may_pass": session.state in OPEN and request.user.may(Action.PASS_GOODS, session.county_id),
        "seen": mark_of_order(row.item for row in rows),
        "version": newest(session),
        "last": last_of_host(session) if may_keep else None,
        "refused": refused,
        "wrong": sum(bool(row.wrong) for row in rows),
        "told": sum(bool(row.told) for row in rows),
        "minutes": sum(row.item.planned_minutes or 0 for row in rows),
    }
    return render(request, "livestream/line_up.html", context, status=409 if refused else 200)


def item_reached(session: LiveSession, pk: int) -> LineUpItem:
    """Raises Http404."""
    item = next((item for item in items_of(session) if item.pk == pk), None)
    if item is None:
        raise Http404
    return item


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def item(request: SignedInRequest, session_id: UUID, pk: int) -> HttpResponse:
    """All that the sheet says of one item. Whoever saves says what he saw of it (`seen`)."""
    session = session_reached(request, session_id, Action.KEEP_GOODS)
    found = item_reached(session, pk)
    form = ItemForm(request.POST if request.method == "POST" else None, item=found, facts=facts_of(found))
    if request.method == "GET":
        return item_page(request, found, form)
    if not form.is_valid():
        return item_page(request, found, form, status=422)
    try:
        save_item(found, form.facts, seen=request.POST.get("seen", ""), by=request.user, at=timezone.now())
    except NotAllowed as refused:
        say(form, refused, FIELDS)
        return item_page(request, found, form, status=409 if refused.code == "line_up_changed" else 422)
    messages.success(request, _("存好了：{title}。").format(title=found.product.title))
    return redirect("livestream:line_up", session.pk)


def item_page(request: SignedInRequest, found: LineUpItem, form: ItemForm, status: int = 200) -> HttpResponse:
    """With what was typed. After somebody else's change the mark is that of the item as it is now, which stands beside it."""
    now = timezone.now()
    context = {
        "session": found.session,
        "item": found,
        "form": form,
        "row": row_of(found, None, [], at=now),
        "seen": request.POST.get("seen", "") if status == 422 else mark_of_item(found),
        "is_changed": status == 409,
        "low": getattr(found.product, "paid_low", None),
    }
    return render(request, "livestream/line_up_item.html", context, status=status)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def add(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The register of goods, narrowed by a word; one of them comes onto the sheet."""
    session = session_reached(request, session_id, Action.KEEP_GOODS)
    if request.method == "POST":
        return added(request, session)
    return add_page(request, session)


def add_page(request: SignedInRequest, session: LiveSession, refused: str = "") -> HttpResponse:
    words = one_line(request.GET.get("q", ""))[:LONGEST_SEARCH]
    goods = Product.objects.filter(county=session.county_id, is_in_use=True).select_related("supplier")
    goods = goods.exclude(pk__in=session.line_up.values("product"))
    if words:
        goods = goods.filter(Q(title__icontains=words) | Q(sku__icontains=words) | Q(supplier__name__icontains=words))
    found = list(goods.order_by("title", "pk")[: FOUND_AT_MOST + 1])
    context = {"session": session, "words": words, "goods": found[:FOUND_AT_MOST], "refused": refused}
    context |= {"is_more": len(found) > FOUND_AT_MOST}
    return render(request, "livestream/line_up_add.html", context, status=422 if refused else 200)


def added(request: SignedInRequest, session: LiveSession) -> HttpResponse:
    key = request.POST.get("product", "")
    goods = Product.objects.filter(county=session.county_id)
    product = goods.filter(pk=key).first() if key.isascii() and key.isdigit() and len(key) < 19 else None
    if product is None:
        return HttpResponseBadRequest()
    try:
        made = add_item(session, product, by=request.user, at=timezone.now(), facts=ItemFacts(product.list_price_fen))
    except NotAllowed as refused:
        return add_page(request, session, str(refused))
    messages.success(request, _("加上了：{title}。请填直播价和库存。").format(title=product.title))
    return redirect("livestream:line_up_item", session.pk, made.pk)


@needs(Action.KEEP_GOODS)
@require_POST
def remove(request: SignedInRequest, session_id: UUID, pk: int) -> HttpResponse:
    session = session_reached(request, session_id, Action.KEEP_GOODS)
    found = item_reached(session, pk)
    try:
        remove_item(found, seen=request.POST.get("seen", ""), by=request.user, at=timezone.now())
    except NotAllowed as refused:
        return line_up_page(request, session, str(refused))
    messages.success(request, _("从排品表里删掉了：{title}。要找回来，看“以前的版本”。").format(title=found.product.title))
    return redirect("livestream:line_up", session.pk)


@needs(Action.KEEP_GOODS)
@require_POST
def move(request: SignedInRequest, session_id: UUID, pk: int) -> HttpResponse:
    """One up or one down: the buttons of a phone."""
    session = session_reached(request, session_id, Action.KEEP_GOODS)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    try:
        move_item(item_reached(session, pk), form.cleaned_data["steps"], by=request.user, at=timezone.now())
    except NotAllowed as refused:
        return line_up_page(request, session, str(refused))
    answer = redirect("livestream:line_up", session.pk)
    answer["Location"] += f"#item-{pk}"
    return answer


@needs(Action.KEEP_GOODS)
@require_POST
def order(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """All items in another order, as they were dragged; answers with the mark of the new one, or 409 and why."""
    session = session_reached(request, session_id, Action.KEEP_GOODS)
    form = OrderForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    try:
        reorder(session, form.keys, seen=form.cleaned_data["seen"], by=request.user, at=timezone.now())
    except NotAllowed as refused:
        return JsonResponse({"words": str(refused)}, status=409)
    return JsonResponse({"seen": mark_of_order(session.line_up.order_by("position"))})
