"""The REST API of sessions on air: what is presented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from livestream.actions.control_pitch import stop_pitch
from livestream.actions.pitch import start_pitch
from livestream.api.door import Door, asker, visible
from livestream.api.errors import Refused
from livestream.api.once import IDEMPOTENCY_KEY, once
from livestream.api.paging import LARGEST_PAGE, PageQuery, cut
from livestream.api.strict import Moment, Strict, Whole, Words, said
from livestream.models import LiveSession, Pitch
from livestream.rules.api_token import Scope
from livestream.rules.control import Device
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from rest_framework.request import Request


class PitchEndSerializer(Strict):
    """When it was."""

    at = Moment(required=False, help_text="now, if it is left out; not in the future")

    def validate_at(self, at: datetime) -> datetime:
        if at > timezone.now():
            raise serializers.ValidationError(_("时间在将来。"))
        return at


class PitchStartSerializer(PitchEndSerializer):
    """What is presented, and since when."""

    sku = Words(max_length=64, help_text="the merchant code of a product in the line-up")
    tap = Words(max_length=64, required=False, help_text="your own id: sent twice, it counts once")


class PitchSerializer(serializers.Serializer[Pitch]):
    sku = serializers.CharField(source="product.sku")
    title = serializers.CharField(source="product.title")
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class EveningQuery(PageQuery):
    """An evening fits on one page, unless somebody asks for less."""

    page_size = Whole(min_value=1, max_value=LARGEST_PAGE, default=LARGEST_PAGE, help_text="rows at most")


class PitchListSerializer(serializers.Serializer[Any]):
    pitches = PitchSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="null: this was the last page")


FORBIDDEN = "You may see the session, but not run it; or the token is not for writing (`scope`)"
REFUSED = "Not while the session is off air, or not in its line-up; or the first request under this key is still under way"
REFUSALS = {403: FORBIDDEN, 409: REFUSED}
NOTHING = OpenApiResponse(description="Nothing was presented")


class OnAir(Door):
    """What concerns one session: its county's people read, its staff and its host write."""

    scope, write_scope = Scope.READ_SESSIONS, Scope.WRITE_SESSIONS
    right, write_right = Action.SEE_PLAN, Action.RUN_SESSION
    is_own = True


def seen(request: Request, session_id: UUID) -> LiveSession:
    session = visible(request, LiveSession.objects.all(), place="place").filter(pk=session_id).first()
    if session is None:
        raise Http404
    return session


def run(request: Request, session_id: UUID) -> LiveSession:
    """A session whose pitches and incidents the asker may write. Raises Http404, PermissionDenied."""
    session = seen(request, session_id)
    if session.host_id != asker(request).pk and not session.lies_in(asker(request).reach(Action.RUN_SESSION)):
        raise PermissionDenied
    return session


class Pitches(OnAir):
    """What was presented in a session, in order; and the next thing to present."""

    asked = EveningQuery

    @extend_schema(responses=PitchListSerializer)
    def get(self, request: Request, session_id: UUID) -> Response:
        """What was presented in a session, in order."""
        pitches = seen(request, session_id).pitches.select_related("product")
        found, next_cursor = cut(pitches, ("started_at", "id"), self.query, of="Pitches")
        return Response(PitchListSerializer({"pitches": found, "next_cursor": next_cursor}).data)

    @extend_schema(parameters=[IDEMPOTENCY_KEY], request=PitchStartSerializer, responses={201: PitchSerializer, **REFUSALS})
    def post(self, request: Request, session_id: UUID) -> Response:
        """The next thing to present: what was presented before ends."""
        session = run(request, session_id)
        return once(request, lambda: begin(request, session))


def begin(request: Request, session: LiveSession) -> Response:
    facts = said(request, PitchStartSerializer)
    item = session.line_up.filter(product__sku=facts["sku"]).select_related("product").first()
    if item is None:
        raise Refused(NotAllowed("not_in_line_up", title=facts["sku"]))
    try:
        pitch = start_pitch(session, item.product, at=facts["at"], tap=facts.get("tap", ""), by=asker(request))
    except NotAllowed as refused:
        raise Refused(refused) from refused
    return Response(PitchSerializer(pitch).data, status=status.HTTP_201_CREATED)


class PitchEnd(OnAir):
    """Nothing is presented until the next pitch."""

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=PitchEndSerializer,
        responses={200: PitchSerializer, 204: NOTHING, 403: FORBIDDEN},
        operation_id="sessions_pitches_end",
    )
    def post(self, request: Request, session_id: UUID) -> Response:
        session = run(request, session_id)
        return once(request, lambda: finish(request, session))


def finish(request: Request, session: LiveSession) -> Response:
    at = said(request, PitchEndSerializer)["at"]
    try:
        pitch = stop_pitch(session, by=asker(request), at=at, device=Device.API)
    except NotAllowed:  # off air: nothing is presented then
        pitch = None
    return Response(PitchSerializer(pitch).data) if pitch else Response(status=status.HTTP_204_NO_CONTENT)
