"""The REST API of sessions on air: what is presented, what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ErrorDetail, PermissionDenied
from rest_framework.response import Response
from rest_framework.views import APIView

from livestream.actions.incident import record_incident
from livestream.actions.pitch import end_pitch, start_pitch
from livestream.models import LiveSession, Pitch
from livestream.rules.errors import NotAllowed
from livestream.rules.incident import LONGEST_NOTE, IncidentKind
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.models import User


class Refused(APIException):
    """A verb said no: 409 with its stable code and its sentence."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, refused: NotAllowed) -> None:
        super().__init__()
        self.detail = {"code": ErrorDetail(refused.code), "detail": ErrorDetail(str(refused))}


class PitchEndSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(required=False, help_text="now, if it is left out; not in the future")

    def validate_at(self, at: datetime) -> datetime:
        if at > timezone.now():
            raise serializers.ValidationError(_("时间在将来。"))
        return at


class PitchStartSerializer(PitchEndSerializer):
    sku = serializers.CharField(max_length=64, help_text="the merchant code of a product in the line-up")
    tap = serializers.CharField(max_length=64, required=False, help_text="your own id: sent twice, it counts once")


class PitchSerializer(serializers.Serializer[Pitch]):
    sku = serializers.CharField(source="product.sku")
    title = serializers.CharField(source="product.title")
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class IncidentNoteSerializer(PitchEndSerializer):
    kind = serializers.ChoiceField(IncidentKind.choices)
    note = serializers.CharField(max_length=LONGEST_NOTE, required=False, allow_blank=True)


class IncidentSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(IncidentKind.choices)
    happened_at = serializers.DateTimeField()
    note = serializers.CharField()
    noted_by = serializers.CharField(source="noted_by.name")
    noted_at = serializers.DateTimeField()


class PitchListSerializer(serializers.Serializer[Any]):
    pitches = PitchSerializer(many=True)


class IncidentListSerializer(serializers.Serializer[Any]):
    incidents = IncidentSerializer(many=True)


INVALID = OpenApiResponse(description="A field is missing or wrong: what is wrong, by field")
FORBIDDEN = OpenApiResponse(description="You may see the session, but not run it")
NOT_FOUND = OpenApiResponse(description="No such session, or not yours to see")
REFUSED = OpenApiResponse(description="Not while the session is off air, or not in its line-up: `code` and `detail`")
REFUSALS = {400: INVALID, 403: FORBIDDEN, 404: NOT_FOUND, 409: REFUSED}


def asker(request: Request) -> User:
    """The permission classes of the project let nobody else in."""
    return cast("User", request.user)


def seen(request: Request, session_id: UUID) -> LiveSession:
    session = LiveSession.objects.visible_to(asker(request)).filter(pk=session_id).first()
    if session is None:
        raise Http404
    return session


def run(request: Request, session_id: UUID) -> LiveSession:
    """A session whose pitches and incidents the asker may write. Raises Http404, PermissionDenied."""
    session = seen(request, session_id)
    if session.host_id != asker(request).pk and not session.lies_in(asker(request).reach(Action.RUN_SESSION)):
        raise PermissionDenied
    return session


def said(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    """What was sent, checked, with its moment. Raises ValidationError."""
    serializer.is_valid(raise_exception=True)
    return {"at": timezone.now(), **serializer.validated_data}


class Pitches(APIView):
    """What was presented in a session, in order; and the next thing to present."""

    @extend_schema(responses={200: PitchListSerializer, 404: NOT_FOUND})
    def get(self, request: Request, session_id: UUID) -> Response:
        pitches = seen(request, session_id).pitches.select_related("product")
        return Response(PitchListSerializer({"pitches": pitches}).data)

    @extend_schema(request=PitchStartSerializer, responses={201: PitchSerializer, **REFUSALS})
    def post(self, request: Request, session_id: UUID) -> Response:
        session = run(request, session_id)
        facts = said(PitchStartSerializer(data=request.data))
        item = session.line_up.filter(product__sku=facts["sku"]).select_related("product").first()
        if item is None:
            raise Refused(NotAllowed("not_in_line_up", title=facts["sku"]))
        try:
            pitch = start_pitch(session, item.product, at=facts["at"], tap=facts.get("tap", ""))
        except NotAllowed as refused:
            raise Refused(refused) from refused
        return Response(PitchSerializer(pitch).data, status=status.HTTP_201_CREATED)


class PitchEnd(APIView):
    """Nothing is presented until the next pitch."""

    @extend_schema(request=PitchEndSerializer, responses={200: PitchSerializer, 204: None, **REFUSALS})
    def post(self, request: Request, session_id: UUID) -> Response:
        session = run(request, session_id)
        pitch = end_pitch(session, at=said(PitchEndSerializer(data=request.data))["at"])
        return Response(PitchSerializer(pitch).data) if pitch else Response(status=status.HTTP_204_NO_CONTENT)


class Incidents(APIView):
    """What happened on air, in order; and one more."""

    @extend_schema(responses={200: IncidentListSerializer, 404: NOT_FOUND})
    def get(self, request: Request, session_id: UUID) -> Response:
        incidents = seen(request, session_id).incidents.select_related("noted_by")
        return Response(IncidentListSerializer({"incidents": incidents}).data)

    @extend_schema(request=IncidentNoteSerializer, responses={201: IncidentSerializer, **REFUSALS})
    def post(self, request: Request, session_id: UUID) -> Response:
        session = run(request, session_id)
        facts = said(IncidentNoteSerializer(data=request.data))
        kind, note = IncidentKind(facts["kind"]), facts.get("note", "")
        try:
            incident = record_incident(session, kind=kind, at=facts["at"], note=note, by=asker(request))
        except NotAllowed as refused:
            raise Refused(refused) from refused
        return Response(IncidentSerializer(incident).data, status=status.HTTP_201_CREATED)
