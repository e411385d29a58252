"""The REST API of a session's whole history as one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.actions.history import RECEIVER_AT_MOST, WORDS_AT_MOST, Purpose, history_of, take_history
from livestream.api.door import Door, asker
from livestream.api.strict import Line, Strict, said
from livestream.api.verb import answering, session_for
from livestream.rules.history import TITLES
from livestream.rules.rights import Action
from orders.actions.history import parts_of_orders

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class HistoryPartSerializer(serializers.Serializer[Any]):
    part = serializers.CharField(help_text="its name in history.json")
    title = serializers.CharField()
    rows = serializers.IntegerField()


class HistoryPartsSerializer(serializers.Serializer[Any]):
    parts = HistoryPartSerializer(many=True)


class HistoryTakeSerializer(Strict):
    words = Line(max_length=WORDS_AT_MOST, help_text="what it is taken out for")
    receiver = Line(max_length=RECEIVER_AT_MOST, help_text="who gets it: unit and name")


class History(Door):
    """The whole history of a session. It is taken by a person who signed in with the second factor, by no token."""

    right = write_right = Action.EXPORT

    @extend_schema(responses=HistoryPartsSerializer, operation_id="sessions_history")
    def get(self, request: Request, session_id: UUID) -> Response:
        """What would be in the file. Nothing is taken out."""
        session = session_for(request, session_id, Action.EXPORT)
        parts = history_of(session, of_orders=parts_of_orders(session))
        rows = [{"part": name, "title": TITLES[name], "rows": len(part.rows)} for name, part in parts.items()]
        return Response(HistoryPartsSerializer({"parts": rows}).data)

    @extend_schema(
        request=HistoryTakeSerializer,
        responses={
            (200, "application/zip"): OpenApiResponse(
                OpenApiTypes.BINARY, "history.json with a digest of each part, history.pdf, SHA256SUMS"
            ),
            403: "For this right one signs in with the second factor (`second_factor`); no token has it (`scope`)",
            409: "It could not be printed (`history_not_printed`)",
        },
        operation_id="sessions_history_take",
    )
    def post(self, request: Request, session_id: UUID) -> HttpResponse:
        """One ZIP. That it was taken, by whom and what for stands in the audit log each time; there is nobody of buyers in it."""
        session = session_for(request, session_id, Action.EXPORT)
        body = said(request, HistoryTakeSerializer)
        purpose, of_orders = Purpose(body["words"], body["receiver"]), parts_of_orders(session)
        with answering():
            taken = take_history(session, purpose, of_orders=of_orders, by=asker(request), at=timezone.now())
        answer = HttpResponse(taken.content, content_type="application/zip")
        answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=taken.name) or "attachment"
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
