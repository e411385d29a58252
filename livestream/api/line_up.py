"""The REST API of line-up sheets (排品表): read with computed prices, changed, put in order, copied, returned to a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from livestream.actions.line_up import add_item, move_item, remove_item, reorder, save_item
from livestream.actions.line_up_copy import copy_line_up, last_of_host, return_to
from livestream.actions.line_up_version import items_of, kept_in, mark_of_order, newest
from livestream.api.door import Door, asker, visible
from livestream.api.fields import one
from livestream.api.line_up_shapes import (
    CopiedSerializer,
    CopyBodySerializer,
    ItemAddSerializer,
    ItemChangeSerializer,
    ItemMoveSerializer,
    ItemRemoveSerializer,
    OrderBodySerializer,
    PriceQuery,
    ReturnBodySerializer,
    SheetItemSerializer,
    SheetSerializer,
    SheetVersionDetailSerializer,
    SheetVersionSerializer,
    facts_in,
    item_told,
)
from livestream.api.on_air import seen
from livestream.api.once import keyed, once
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.strict import said
from livestream.api.verb import answering, session_for
from livestream.models import LiveSession, Product
from livestream.rules.api_token import Scope
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.models import LineUpItem, LineUpVersion, User

FORBIDDEN = "You may see the session, but not keep its goods; or the token is not for them (`scope`)"
REFUSED = (
    "Below its floor (`below_floor`, with the sum), changed since (`line_up_changed`), over or otherwise refused: `code` says why"
)
REFUSALS = {403: FORBIDDEN, 409: REFUSED}


class OfGoods(Door):
    """What concerns the goods of one session: whoever sees it reads, whoever keeps the goods of its place writes."""

    scope, write_scope = Scope.READ_SESSIONS, Scope.WRITE_GOODS
    right, write_right = Action.SEE_PLAN, Action.KEEP_GOODS
    is_own = True


def hand(request: Request) -> dict[str, Any]:
    who: User = asker(request)
    return {"by": who, "at": timezone.now()}


def kept_session(request: Request, session_id: UUID) -> LiveSession:
    return session_for(request, session_id, Action.KEEP_GOODS)


def item_in(session: LiveSession, item_id: int) -> LineUpItem:
    """Raises Http404."""
    found = next((item for item in items_of(session) if item.pk == item_id), None)
    if found is None:
        raise Http404
    return found


def sheet_told(session: LiveSession, *, at: datetime) -> dict[str, Any]:
    items, last = items_of(session), newest(session)
    rows = [item_told(item, at=at) for item in items]
    return {"version": last.number if last else None, "order_mark": mark_of_order(items), "items": rows}


def sheet(session: LiveSession) -> Response:
    return Response(SheetSerializer(sheet_told(LiveSession.objects.get(pk=session.pk), at=timezone.now())).data)


def item_answer(session: LiveSession, item_id: int, status_code: int = status.HTTP_200_OK) -> Response:
    fresh = LiveSession.objects.get(pk=session.pk)
    return Response(SheetItemSerializer(item_told(item_in(fresh, item_id), at=timezone.now())).data, status=status_code)


class LineUp(OfGoods):
    """The line-up sheet of a session; and one more item."""

    @extend_schema(responses=SheetSerializer, operation_id="sessions_line_up")
    def get(self, request: Request, session_id: UUID) -> Response:
        """Every item in its order, with what it costs and brings."""
        return sheet(seen(request, session_id))

    @keyed(ItemAddSerializer, {201: SheetItemSerializer, **REFUSALS})
    def post(self, request: Request, session_id: UUID) -> Response:
        """One more of the goods, behind the others."""
        session = kept_session(request, session_id)
        return once(request, lambda: added(request, session))


def added(request: Request, session: LiveSession) -> Response:
    body = said(request, ItemAddSerializer)
    with answering():
        goods = Product.objects.visible_to(asker(request), Action.KEEP_GOODS).filter(county=session.county_id)
        product = goods.filter(sku=body["sku"]).first()
        if product is None:
            raise NotAllowed("item_not_in_use", title=body["sku"])
        item = add_item(session, product, facts=facts_in(body), **hand(request))
    return item_answer(session, item.pk, status.HTTP_201_CREATED)


class LineUpItemDetail(OfGoods):
    """One item of a line-up."""

    asked = PriceQuery

    @extend_schema(responses=SheetItemSerializer)
    def get(self, request: Request, session_id: UUID, item_id: int) -> Response:
        """One item with its computed price: at its live price, or at another that you name."""
        item = item_in(seen(request, session_id), item_id)
        told = item_told(item, at=timezone.now(), live_price_fen=self.query.get("live_price_fen"))
        return Response(SheetItemSerializer(told).data)

    @keyed(ItemChangeSerializer, {200: SheetItemSerializer, **REFUSALS}, "sessions_line_up_item_change")
    def post(self, request: Request, session_id: UUID, item_id: int) -> Response:
        """All that the sheet says of an item, anew: what is left out goes."""
        session = kept_session(request, session_id)
        return once(request, lambda: changed(request, item_in(session, item_id)))


def changed(request: Request, item: LineUpItem) -> Response:
    body = said(request, ItemChangeSerializer)
    with answering():
        save_item(item, facts_in(body), seen=body["seen"], **hand(request))
    return item_answer(item.session, item.pk)


class LineUpItemMove(OfGoods):
    """An item at another place in the order."""

    @keyed(ItemMoveSerializer, {200: SheetSerializer, **REFUSALS}, "sessions_line_up_item_move")
    def post(self, request: Request, session_id: UUID, item_id: int) -> Response:
        """An item some places up or down."""
        session = kept_session(request, session_id)
        return once(request, lambda: moved(request, item_in(session, item_id)))


def moved(request: Request, item: LineUpItem) -> Response:
    steps = said(request, ItemMoveSerializer)["steps"]
    with answering():
        move_item(item, steps, **hand(request))
    return sheet(item.session)


class LineUpItemRemove(OfGoods):
    """An item that is not sold."""

    @keyed(ItemRemoveSerializer, {200: SheetSerializer, **REFUSALS}, "sessions_line_up_item_remove")
    def post(self, request: Request, session_id: UUID, item_id: int) -> Response:
        """An item is not sold in this session; what was on sale stays."""
        session = kept_session(request, session_id)
        return once(request, lambda: removed(request, item_in(session, item_id)))


def removed(request: Request, item: LineUpItem) -> Response:
    mark = said(request, ItemRemoveSerializer)["seen"]
    with answering():
        remove_item(item, seen=mark, **hand(request))
    return sheet(item.session)


class LineUpOrder(OfGoods):
    """The order of a line-up."""

    @keyed(OrderBodySerializer, {200: SheetSerializer, **REFUSALS}, "sessions_line_up_order")
    def post(self, request: Request, session_id: UUID) -> Response:
        """The items in another order."""
        session = kept_session(request, session_id)
        return once(request, lambda: ordered(request, session))


def ordered(request: Request, session: LiveSession) -> Response:
    body = said(request, OrderBodySerializer)
    with answering():
        reorder(session, body["order"], seen=body["seen"], **hand(request))
    return sheet(session)


class LineUpCopy(OfGoods):
    """A line-up taken over from another session."""

    @keyed(CopyBodySerializer, {200: CopiedSerializer, **REFUSALS}, "sessions_line_up_copy")
    def post(self, request: Request, session_id: UUID) -> Response:
        """The goods of another session behind those that are there; which did not come, and why."""
        session = kept_session(request, session_id)
        return once(request, lambda: copied(request, session))


def copied(request: Request, session: LiveSession) -> Response:
    key = said(request, CopyBodySerializer)["session"]
    source = one(visible(request, LiveSession.objects.all(), place="place"), pk=key) if key else last_of_host(session)
    with answering():
        if source is None:
            raise NotAllowed("nothing_to_copy")
        found = copy_line_up(session, source, **hand(request))
    left_out = [{"title": title, "why": why} for title, why in found.left_out]
    told = sheet_told(LiveSession.objects.get(pk=session.pk), at=timezone.now())
    return Response(CopiedSerializer({"added": found.added, "left_out": left_out, "line_up": told}).data)


class LineUpVersions(OfGoods):
    """Every save of a line-up, the newest first."""

    asked = PageQuery

    @extend_schema(responses=page_of(SheetVersionSerializer))
    def get(self, request: Request, session_id: UUID) -> Response:
        rows = seen(request, session_id).line_up_versions.select_related("made_by").defer("body")
        return page(self, rows, ("-number", "-id"), SheetVersionSerializer)


class LineUpVersionDetail(OfGoods):
    """A line-up as it was."""

    @extend_schema(responses=SheetVersionDetailSerializer)
    def get(self, request: Request, session_id: UUID, version_id: int) -> Response:
        found = version_in(seen(request, session_id), version_id)
        head = {name: getattr(found, name) for name in ("id", "number", "words", "made_by", "made_at")}
        return Response(SheetVersionDetailSerializer(head | {"items": kept_in(found)}).data)


class LineUpReturn(OfGoods):
    """A line-up as it was once more."""

    @keyed(ReturnBodySerializer, {200: SheetSerializer, **REFUSALS}, "sessions_line_up_return")
    def post(self, request: Request, session_id: UUID, version_id: int) -> Response:
        """The sheet is as it was in this version; prices are asked again."""
        found = version_in(kept_session(request, session_id), version_id)
        return once(request, lambda: returned(request, found))


def version_in(session: LiveSession, version_id: int) -> LineUpVersion:
    """Raises Http404."""
    return one(session.line_up_versions.select_related("made_by", "session"), pk=version_id)


def returned(request: Request, version: LineUpVersion) -> Response:
    number = said(request, ReturnBodySerializer)["seen"]
    with answering():
        return_to(version, seen=number, **hand(request))
    return sheet(version.session)
