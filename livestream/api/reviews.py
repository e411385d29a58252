"""The REST API of reviews (复盘): what a session had earned by each mark, and what is to be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from livestream.actions.review import add_action, finish_action
from livestream.api.control_shapes import ColleagueSerializer
from livestream.api.door import Door, asker, visible
from livestream.api.fields import one
from livestream.api.line_up_shapes import day_of
from livestream.api.on_air import REFUSALS, EveningQuery, OnAir, run, seen
from livestream.api.once import IDEMPOTENCY_KEY, once
from livestream.api.paging import page, page_of
from livestream.api.plan_shapes import key_of
from livestream.api.strict import Line, Strict, said
from livestream.api.verb import answering
from livestream.models import ReviewAction, Statement, User
from livestream.rules.api_token import Scope
from livestream.rules.review import WHAT_AT_MOST, Mark
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.models import LiveSession


@extend_schema_field(OpenApiTypes.OBJECT)
class Told(serializers.JSONField):
    """As it was stated: names with `_fen` are fen, the others counts."""


@extend_schema_field({"type": "array", "items": {"type": "object"}})
class Causes(serializers.JSONField):
    """Every difference from the mark before, by its cause."""


class StatementSerializer(serializers.Serializer[Statement]):
    mark = serializers.ChoiceField(Mark.choices)
    due_at = serializers.DateTimeField(help_text="orders and refunds known up to then")
    made_at = serializers.DateTimeField()
    figures = Told()
    causes = Causes()


class ReviewActionSerializer(serializers.Serializer[ReviewAction]):
    id = serializers.IntegerField()
    what = serializers.CharField()
    owner = ColleagueSerializer()
    due_on = serializers.DateField()
    made_by = ColleagueSerializer()
    made_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.CharField(allow_blank=True)


class ReviewActionBodySerializer(Strict):
    what = Line(max_length=WHAT_AT_MOST)
    owner = key_of("id of whoever does it")
    due_on = day_of("until when")


class ReviewDoneSerializer(Strict):
    outcome = Line(max_length=WHAT_AT_MOST, help_text="how it went")


class Statements(Door):
    """What a session had earned, at T+0, 1, 7, 15 and 30."""

    scope, right, is_own = Scope.READ_ORDERS, Action.SEE_ORDERS, True
    asked = EveningQuery

    @extend_schema(responses=page_of(StatementSerializer))
    def get(self, request: Request, session_id: UUID) -> Response:
        """Frozen when made; for its host and whoever sees the orders there."""
        return page(self, Statement.objects.filter(session=seen(request, session_id)), ("due_at", "id"), StatementSerializer)


class ReviewActions(OnAir):
    """What is to be done after a session; and one more."""

    asked = EveningQuery

    @extend_schema(responses=page_of(ReviewActionSerializer))
    def get(self, request: Request, session_id: UUID) -> Response:
        """What is to be done after a session, by whom and until when."""
        rows = ReviewAction.objects.filter(session=seen(request, session_id)).select_related("owner", "made_by")
        return page(self, rows, ("id",), ReviewActionSerializer)

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY], request=ReviewActionBodySerializer, responses={201: ReviewActionSerializer, **REFUSALS}
    )
    def post(self, request: Request, session_id: UUID) -> Response:
        """Something to be done until a day: its owner is told."""
        session = run(request, session_id)
        return once(request, lambda: acted(request, session))


def acted(request: Request, session: LiveSession) -> Response:
    body = said(request, ReviewActionBodySerializer)
    owner = worker(request, session, body["owner"])
    with answering():
        made = add_action(session, what=body["what"], owner=owner, due_on=body["due_on"], by=asker(request), at=timezone.now())
    return Response(ReviewActionSerializer(made).data, status=status.HTTP_201_CREATED)


def worker(request: Request, session: LiveSession, key: int) -> User:
    """Of the county where the asker runs sessions, or who worked in this one. Raises ValidationError."""
    by = asker(request)
    reached = User.objects.reached_by(by, Action.RUN_SESSION).filter(place__code__startswith=session.county_id)
    people = reached | User.objects.filter(pk__in=[by.pk, *session.people_concerned().values_list("pk", flat=True)])
    found = people.filter(pk=key).first()
    if found is None:
        raise ValidationError({"owner": [_("没有 {key}，或者不在您能找的人里。").format(key=key)]})
    return found


class ReviewActionDone(Door):
    """Something that was to be done."""

    write_scope, write_right, is_own = Scope.WRITE_SESSIONS, Action.RUN_SESSION, True

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=ReviewDoneSerializer,
        responses={200: ReviewActionSerializer, **REFUSALS},
        operation_id="review_actions_done",
    )
    def post(self, request: Request, pk: int) -> Response:
        """It is done, and how it went: by its owner, or who runs sessions there."""
        rows = ReviewAction.objects.select_related("owner", "made_by", "session")
        found = one(visible(request, rows, county="session__county", place="session__place"), pk=pk)
        return once(request, lambda: done(request, found))


def done(request: Request, action: ReviewAction) -> Response:
    outcome = said(request, ReviewDoneSerializer)["outcome"]
    with answering():
        finish_action(action, outcome=outcome, at=timezone.now())
    return Response(ReviewActionSerializer(action).data)
