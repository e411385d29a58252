"""The REST API of a session's script (直播脚本): its words, its run-of-show row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from livestream.actions.script import (
    Hand,
    ScriptWords,
    add_row,
    change_row,
    drop_row,
    move_row,
    order_rows,
    save_words,
)
from livestream.api.door import asker
from livestream.api.fields import one
from livestream.api.line_up import FORBIDDEN, OfGoods, kept_session
from livestream.api.on_air import seen
from livestream.api.once import keyed, once
from livestream.api.script_shapes import (
    RowBodySerializer,
    RowMoveSerializer,
    RowOrderSerializer,
    ScriptSerializer,
    ScriptWordsSerializer,
    SeenSerializer,
    script_told,
)
from livestream.api.strict import said
from livestream.api.verb import answering
from livestream.models import LiveSession, ScriptRow
from livestream.rules.errors import NotAllowed
from livestream.rules.run_of_show import RowPlan

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.models import Product

REFUSED = "Changed since (`script_changed`: read it anew), over (`script_over`), or otherwise refused: `code` says why"
REFUSALS = {403: FORBIDDEN, 409: REFUSED}
ANSWERS = {200: ScriptSerializer, **REFUSALS}


def script(session: LiveSession, status_code: int = status.HTTP_200_OK) -> Response:
    """As it stands now."""
    fresh = LiveSession.objects.get(pk=session.pk)
    return Response(ScriptSerializer(script_told(fresh)).data, status=status_code)


def hand_in(request: Request, body: dict[str, Any]) -> Hand:
    return Hand(asker(request), timezone.now(), body["seen"])


def product_in(session: LiveSession, sku: str | None) -> Product | None:
    """Of the line-up. Raises NotAllowed(`not_in_line_up`)."""
    if sku is None:
        return None
    item = session.line_up.filter(product__sku=sku).select_related("product").first()
    if item is None:
        raise NotAllowed("not_in_line_up", title=sku)
    product: Product = item.product
    return product


class Script(OfGoods):
    """The script of a session."""

    @extend_schema(responses=ScriptSerializer, operation_id="sessions_script")
    def get(self, request: Request, session_id: UUID) -> Response:
        """Its words, its rows with the minute in which each begins, and what in it may not be said."""
        return script(seen(request, session_id))

    @keyed(ScriptWordsSerializer, ANSWERS, "sessions_script_change")
    def post(self, request: Request, session_id: UUID) -> Response:
        """All its words anew; the rows stay. Words that a law forbids are kept, and told in `findings`."""
        session = kept_session(request, session_id)
        return once(request, lambda: worded(request, session))


def worded(request: Request, session: LiveSession) -> Response:
    body = said(request, ScriptWordsSerializer)
    with answering():
        save_words(session, ScriptWords(**{name: body[name] for name in ScriptWords.__slots__}), hand_in(request, body))
    return script(session)


class ScriptRows(OfGoods):
    """The rows of a script."""

    @keyed(RowBodySerializer, {201: ScriptSerializer, **REFUSALS}, "sessions_script_rows_add")
    def post(self, request: Request, session_id: UUID) -> Response:
        """One more row, behind the others."""
        session = kept_session(request, session_id)
        return once(request, lambda: row_added(request, session))


def row_in(session: LiveSession, body: dict[str, Any]) -> RowPlan:
    """Raises NotAllowed(`not_in_line_up`)."""
    product = product_in(session, body["sku"])
    facts = {name: body[name] for name in RowPlan._fields if name != "product"}
    return RowPlan(**facts, product=product.pk if product else None)


def row_added(request: Request, session: LiveSession) -> Response:
    body = said(request, RowBodySerializer)
    with answering():
        add_row(session, row_in(session, body), hand_in(request, body))
    return script(session, status.HTTP_201_CREATED)


class ScriptRowDetail(OfGoods):
    """One row of a script."""

    @keyed(RowBodySerializer, ANSWERS, "sessions_script_row_change")
    def post(self, request: Request, session_id: UUID, row_id: int) -> Response:
        """All that a row says, anew: what is left out goes."""
        row = row_of(kept_session(request, session_id), row_id)
        return once(request, lambda: row_changed(request, row))


def row_of(session: LiveSession, row_id: int) -> ScriptRow:
    """Raises Http404."""
    return one(ScriptRow.objects.filter(script__session=session).select_related("script__session"), pk=row_id)


def row_changed(request: Request, row: ScriptRow) -> Response:
    body, session = said(request, RowBodySerializer), row.script.session
    with answering():
        change_row(row, row_in(session, body), hand_in(request, body))
    return script(session)


class ScriptRowMove(OfGoods):
    """A row at another place."""

    @keyed(RowMoveSerializer, ANSWERS, "sessions_script_row_move")
    def post(self, request: Request, session_id: UUID, row_id: int) -> Response:
        """A row some places up or down."""
        row = row_of(kept_session(request, session_id), row_id)
        return once(request, lambda: row_moved(request, row))


def row_moved(request: Request, row: ScriptRow) -> Response:
    body, session = said(request, RowMoveSerializer), row.script.session
    with answering():
        move_row(session, row.pk, body["steps"], hand_in(request, body))
    return script(session)


class ScriptRowDrop(OfGoods):
    """A row that goes."""

    @keyed(SeenSerializer, ANSWERS, "sessions_script_row_drop")
    def post(self, request: Request, session_id: UUID, row_id: int) -> Response:
        """A row is gone, the others close up."""
        session = kept_session(request, session_id)
        return once(request, lambda: row_dropped(request, row_of(session, row_id)))


def row_dropped(request: Request, row: ScriptRow) -> Response:
    body, session = said(request, SeenSerializer), row.script.session
    with answering():
        drop_row(session, row.pk, hand_in(request, body))
    return script(session)


class ScriptOrder(OfGoods):
    """The order of the rows."""

    @keyed(RowOrderSerializer, ANSWERS, "sessions_script_order")
    def post(self, request: Request, session_id: UUID) -> Response:
        """The rows in another order."""
        session = kept_session(request, session_id)
        return once(request, lambda: rows_ordered(request, session))


def rows_ordered(request: Request, session: LiveSession) -> Response:
    body = said(request, RowOrderSerializer)
    with answering():
        order_rows(session, body["order"], hand_in(request, body))
    return script(session)
