"""The REST API of planning: a session planned, tried, changed, moved, cancelled. The rules are those of the verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from livestream.actions.plan import Move, cancel_plan, change_plan, move_session, plan_session, try_plan
from livestream.actions.plan_json import plan_of
from livestream.api.door import Door, asker, visible
from livestream.api.fields import one
from livestream.api.once import keyed, once
from livestream.api.plan_answers import clashes, done, stopped
from livestream.api.plan_body import Reader, excuses_of, read_plan
from livestream.api.plan_shapes import (
    PlanBodySerializer,
    PlanCancelSerializer,
    PlanChangeSerializer,
    PlanCheckSerializer,
    PlanMoveSerializer,
    PlannedSerializer,
    PlanRefusedSerializer,
    TriedSerializer,
)
from livestream.api.schema import error
from livestream.api.strict import said
from livestream.models import LiveSession
from livestream.rules.api_token import Scope
from livestream.rules.clash import Clashing
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

FORBIDDEN = "You may see the session, but not plan it; or the token is not for planning (`scope`)"
REFUSED = error(
    409, "It clashes (`clash`), was changed since (`changed_meanwhile`), or cannot be; or is under way", PlanRefusedSerializer
)
REFUSALS = {403: FORBIDDEN, 409: REFUSED}


class Planning(Door):
    """What is planned of one session: those who see it may be told of it, staff of its place plan it."""

    write_scope = Scope.WRITE_PLAN
    right, write_right = Action.SEE_PLAN, Action.PLAN_SESSION


def planned(request: Request, session_id: UUID) -> LiveSession:
    """A session that the asker may plan. Raises Http404, PermissionDenied."""
    session = one(visible(request, LiveSession.objects.select_related("host", "county"), place="place"), pk=session_id)
    if not session.lies_in(asker(request).reach(Action.PLAN_SESSION)):
        raise PermissionDenied
    return session


def plan_new(request: Request) -> Response:
    sent = read_plan(said(request, PlanBodySerializer), asker(request))
    by, at = asker(request), timezone.now()
    return done(
        request,
        lambda: plan_session(sent.plan, county=sent.county, excuses=sent.excuses, by=by, at=at),
        status=status.HTTP_201_CREATED,
    )


class PlanChange(Planning):
    """The plan of a session, anew."""

    @keyed(PlanChangeSerializer, {200: PlannedSerializer, **REFUSALS}, "sessions_plan_change")
    def post(self, request: Request, session_id: UUID) -> Response:
        """The whole plan of a session anew: what is left out goes."""
        session = planned(request, session_id)
        return once(request, lambda: change(request, session))


def change(request: Request, session: LiveSession) -> Response:
    body = said(request, PlanChangeSerializer)
    sent = read_plan(body, asker(request), plan_of(session))
    seen = {"version": body["plan_version"], "by": asker(request), "at": timezone.now()}
    return done(request, lambda: change_plan(session, sent.plan, excuses=sent.excuses, **seen), session)


class PlanMove(Planning):
    """A session at other hours."""

    @keyed(PlanMoveSerializer, {200: PlannedSerializer, **REFUSALS}, "sessions_move")
    def post(self, request: Request, session_id: UUID) -> Response:
        """The same session at other hours, with another host or other things if they are named."""
        session = planned(request, session_id)
        return once(request, lambda: move(request, session))


def move(request: Request, session: LiveSession) -> Response:
    body = said(request, PlanMoveSerializer)
    reader, host, things = Reader(asker(request), plan_of(session)), body["host"], body.get("resources")
    found = reader.resources(things or [])
    goes = Move(
        body["starts_at"],
        body["ends_at"],
        reader.people("host", [host])[host] if host else None,
        None if things is None else [found[key] for key in things],
    )
    seen = {"version": body["plan_version"], "by": asker(request), "at": timezone.now()}
    return done(request, lambda: move_session(session, goes, excuses=excuses_of(body), **seen), session)


class PlanCancel(Planning):
    """A session that does not take place."""

    @keyed(PlanCancelSerializer, {200: PlannedSerializer, **REFUSALS}, "sessions_cancel")
    def post(self, request: Request, session_id: UUID) -> Response:
        """A session does not take place: what it held is free again."""
        session = planned(request, session_id)
        return once(request, lambda: cancel(request, session))


def cancel(request: Request, session: LiveSession) -> Response:
    body = said(request, PlanCancelSerializer)
    facts = {"reason": body["reason"], "tells": body["tells"]}
    seen = {"version": body["plan_version"], "by": asker(request), "at": timezone.now()}
    return done(request, lambda: cancel_plan(session, **facts, **seen), session)


class PlanCheck(Planning):
    """A plan that is only tried."""

    @extend_schema(request=PlanCheckSerializer, responses={200: TriedSerializer}, operation_id="sessions_check")
    def post(self, request: Request) -> Response:
        """What planning this would say: what clashes, and when all it needs is free. Nothing is kept."""
        body = said(request, PlanCheckSerializer)
        session = planned(request, body["session"]) if body["session"] else None
        sent = read_plan(body, asker(request), plan_of(session) if session else None)
        by, at, county = asker(request), timezone.now(), session.county if session else sent.county
        refused, warnings = try_plan(sent.plan, county=county, session=session, excuses=sent.excuses, by=by, at=at)
        answer = {
            "is_possible": refused is None,
            "code": refused.code if refused else "",
            "detail": str(refused) if refused else "",
            **(stopped(request, refused) if isinstance(refused, Clashing) else {"clashes": [], "free": [], "studios": []}),
        }
        if refused is None:
            answer["clashes"] = clashes(request, warnings)
        return Response(answer)
