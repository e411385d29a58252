"""The REST API of sessions: the plan and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from livestream.api.door import Door, asker, visible
from livestream.api.fields import chosen, county_code, day, first_moment, one
from livestream.api.once import IDEMPOTENCY_KEY, once
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.plan_shapes import PlanBodySerializer, PlannedSerializer
from livestream.api.planning import REFUSALS, plan_new
from livestream.api.session_shapes import PlannedSessionSerializer, SessionSerializer, with_parts
from livestream.models import LiveSession
from livestream.rules.api_token import Scope
from livestream.rules.rights import Action
from livestream.rules.session import SessionKind, SessionState

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

ORDERINGS = {"-planned_start_at": ("-planned_start_at", "-id"), "planned_start_at": ("planned_start_at", "id")}


class SessionQuery(PageQuery):
    state = serializers.ChoiceField(SessionState.choices, required=False)
    kind = serializers.ChoiceField(SessionKind.choices, required=False)
    county = county_code()
    day = day("a Shanghai day: what began in it, is planned in it, or is on air in it; cancelled ones left out")
    ordering = serializers.ChoiceField(list(ORDERINGS), default="-planned_start_at")


class Sessions(Door):
    """Sessions of your places, and your own, by their planned start; and one more."""

    scope, write_scope = Scope.READ_SESSIONS, Scope.WRITE_PLAN
    right, write_right, is_own = Action.SEE_PLAN, Action.PLAN_SESSION, True
    asked = SessionQuery

    @extend_schema(responses=page_of(SessionSerializer))
    def get(self, request: Request) -> Response:
        """Sessions of your places, and your own, by their planned start."""
        rows = visible(request, LiveSession.objects.select_related("host"), place="place")
        rows = rows.filter(**chosen(self.query, state="state", kind="kind", county="county_id"))
        if on := self.query.get("day"):
            rows = rows.of_day(first_moment(on))
        return page(self, rows, ORDERINGS[self.query["ordering"]], SessionSerializer)

    @extend_schema(parameters=[IDEMPOTENCY_KEY], request=PlanBodySerializer, responses={201: PlannedSerializer, **REFUSALS})
    def post(self, request: Request) -> Response:
        """A new session in draft. Nobody is told before a release."""
        if not asker(request).reach(Action.PLAN_SESSION):
            raise PermissionDenied
        return once(request, lambda: plan_new(request))


class SessionDetail(Door):
    """One session with its whole plan."""

    scope, right, is_own = Scope.READ_SESSIONS, Action.SEE_PLAN, True

    @extend_schema(responses=PlannedSessionSerializer)
    def get(self, request: Request, session_id: UUID) -> Response:
        rows = visible(request, LiveSession.objects.all(), place="place")
        return Response(PlannedSessionSerializer(one(with_parts(rows), pk=session_id)).data)
