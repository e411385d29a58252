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
    from collections.abc import Callable
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.models import Product

    Verb = Callable[[dict[str, Any], Hand], object]

REFUSED = "Changed since (`script_changed`: read it anew), over (`script_over`), or otherwise refused: `code` says why"
REFUSALS = {403: FORBIDDEN, 409: REFUSED}
ANSWERS = {200: ScriptSerializer, **REFUSALS}


def script(session: LiveSession, status_code: int = status.HTTP_200_OK) -> Response:
    """As it stands now."""
    fresh = LiveSession.objects.get(pk=session.pk)
    return Response(ScriptSerializer(script_told(fresh)).data, status=status_code)


def hand_in(request: Request, body: dict[str, Any]) -> Hand:
    return Hand(asker(request), timezone.now(), body["seen"])


def written(
    request: Request, session: LiveSession, shape: type[SeenSerializer], verb: Verb, status_code: int = status.HTTP_200_OK
) -> Response:
    """The script once the verb has done what was sent. Raises Refused."""

    def work() -> Response:
        body = said(request, shape)
        with answering():
            verb(body, hand_in(request, body))
        return script(session, status_code)

    return once(request, work)


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
        return written(request, session, ScriptWordsSerializer, lambda body, hand: save_words(session, words_in(body), hand))


def words_in(body: dict[str, Any]) -> ScriptWords:
    return ScriptWords(**{name: body[name] for name in ScriptWords.__slots__})


def row_in(session: LiveSession, body: dict[str, Any]) -> RowPlan:
    """Raises NotAllowed(`not_in_line_up`)."""
    product = product_in(session, body["sku"])
    facts = {name: body[name] for name in RowPlan._fields if name != "product"}
    return RowPlan(**facts, product=product.pk if product else None)


def row_of(session: LiveSession, row_id: int) -> ScriptRow:
    """Raises Http404."""
    return one(ScriptRow.objects.filter(script__session=session).select_related("script__session"), pk=row_id)


class ScriptRows(OfGoods):
    """The rows of a script."""

    @keyed(RowBodySerializer, {201: ScriptSerializer, **REFUSALS}, "sessions_script_rows_add")
    def post(self, request: Request, session_id: UUID) -> Response:
        """One more row, behind the others."""
        session = kept_session(request, session_id)
        return written(
            request,
            session,
            RowBodySerializer,
            lambda body, hand: add_row(session, row_in(session, body), hand),
            status.HTTP_201_CREATED,
        )


class ScriptRowDetail(OfGoods):
    """One row of a script."""

    @keyed(RowBodySerializer, ANSWERS, "sessions_script_row_change")
    def post(self, request: Request, session_id: UUID, row_id: int) -> Response:
        """All that a row says, anew: what is left out goes."""
        row = row_of(kept_session(request, session_id), row_id)
        session = row.script.session
        return written(request, session, RowBodySerializer, lambda body, hand: change_row(row, row_in(session, body), hand))


class ScriptRowMove(OfGoods):
    """A row at another place."""

    @keyed(RowMoveSerializer, ANSWERS, "sessions_script_row_move")
    def post(self, request: Request, session_id: UUID, row_id: int) -> Response:
        """A row some places up or down."""
        session = kept_session(request, session_id)
        row = row_of(session, row_id)
        return written(request, session, RowMoveSerializer, lambda body, hand: move_row(session, row.pk, body["steps"], hand))


class ScriptRowDrop(OfGoods):
    """A row that goes."""

    @keyed(SeenSerializer, ANSWERS, "sessions_script_row_drop")
    def post(self, request: Request, session_id: UUID, row_id: int) -> Response:
        """A row is gone, the others close up."""
        session = kept_session(request, session_id)
        return written(request, session, SeenSerializer, lambda _body, hand: drop_row(session, row_of(session, row_id).pk, hand))


class ScriptOrder(OfGoods):
    """The order of the rows."""

    @keyed(RowOrderSerializer, ANSWERS, "sessions_script_order")
    def post(self, request: Request, session_id: UUID) -> Response:
        """The rows in another order."""
        session = kept_session(request, session_id)
        return written(request, session, RowOrderSerializer, lambda body, hand: order_rows(session, body["order"], hand))
