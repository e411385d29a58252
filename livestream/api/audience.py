"""The REST API of viewers and their comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from livestream.actions.audience import Read, note_readings
from livestream.actions.comment import Said, answer_comment, hide_comment, note_comment
from livestream.api.control_shapes import ColleagueSerializer
from livestream.api.door import Door, asker
from livestream.api.fields import chosen, one
from livestream.api.line_up_shapes import choice, words
from livestream.api.on_air import REFUSALS, EveningQuery, OnAir, PitchEndSerializer, run, seen
from livestream.api.once import IDEMPOTENCY_KEY, once
from livestream.api.paging import page, page_of
from livestream.api.strict import Line, Number, Strict, Words, said
from livestream.api.verb import answering, session_for
from livestream.models import Comment, LiveSession, ViewerReading
from livestream.rules.api_token import Scope
from livestream.rules.audience import COUNT_AT_MOST, ONLINE_AT_MOST, CommentKind, CommentState, Count, ReadingSource
from livestream.rules.comment import ANSWER_AT_MOST, REASON_AT_MOST, TYPED_AT_MOST
from livestream.rules.errors import NotAllowed
from livestream.rules.plan import Platform
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

TAP_HELP = "your own id: sent twice, it counts once"


class ReadingSerializer(serializers.Serializer[ViewerReading]):
    """`online_now` is of the moment, all other counts of the whole session up to then; null: not said."""

    id = serializers.IntegerField()
    platform = serializers.CharField(allow_blank=True)
    source = serializers.ChoiceField(ReadingSource.choices)  # type: ignore[assignment]  # the name that callers know
    read_at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    by = ColleagueSerializer(allow_null=True)
    online_now = serializers.IntegerField(allow_null=True)
    exposure_uv = serializers.IntegerField(allow_null=True)
    view_pv = serializers.IntegerField(allow_null=True)
    view_uv = serializers.IntegerField(allow_null=True)
    watch_seconds = serializers.IntegerField(allow_null=True)
    item_exposure_uv = serializers.IntegerField(allow_null=True)
    item_click_uv = serializers.IntegerField(allow_null=True)
    order_creators = serializers.IntegerField(allow_null=True)
    buyers = serializers.IntegerField(allow_null=True)
    new_followers = serializers.IntegerField(allow_null=True)


def counted(most: int = COUNT_AT_MOST) -> Number:
    return Number(min_value=0, max_value=most, required=False)


class ReadingBodySerializer(PitchEndSerializer):
    """What a platform said of its viewers at a moment: at least one count."""

    platform = serializers.ChoiceField(Platform.choices)
    tap = Words(max_length=64, required=False, default="", help_text=TAP_HELP)
    online_now = counted(ONLINE_AT_MOST)
    exposure_uv = counted()
    view_pv = counted()
    view_uv = counted()
    watch_seconds = counted()
    item_exposure_uv = counted()
    item_click_uv = counted()
    order_creators = counted()
    buyers = counted()
    new_followers = counted()


class Readings(OnAir):
    """What was said of a session's viewers, as it was recorded; and one more reading."""

    asked = EveningQuery

    @extend_schema(responses=page_of(ReadingSerializer))
    def get(self, request: Request, session_id: UUID) -> Response:
        """What was said of a session's viewers, as it was recorded."""
        rows = ViewerReading.objects.filter(session=seen(request, session_id)).select_related("by")
        return page(self, rows, ("id",), ReadingSerializer)

    @extend_schema(parameters=[IDEMPOTENCY_KEY], request=ReadingBodySerializer, responses={201: ReadingSerializer, **REFUSALS})
    def post(self, request: Request, session_id: UUID) -> Response:
        """What a platform said of its viewers. A reading is never changed: another one follows."""
        session = run(request, session_id)
        return once(request, lambda: read(request, session))


def read(request: Request, session: LiveSession) -> Response:
    body = said(request, ReadingBodySerializer)
    counts = {name: body[name] for name in Count.values if name in body}
    with answering():
        one_read = Read(body["platform"], body["at"], counts, body["tap"])
        noted, _new = note_readings(session, [one_read], source=ReadingSource.API, by=asker(request))
    return Response(ReadingSerializer(noted[0]).data, status=status.HTTP_201_CREATED)


# --- comments -------------------------------------------------------------------------------------------------------------


class CommentSerializer(serializers.Serializer[Comment]):
    """A viewer's words without who said them."""

    id = serializers.IntegerField()
    platform = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(CommentKind.choices)
    state = serializers.ChoiceField(CommentState.choices)
    words = serializers.CharField()
    sku = serializers.CharField(source="product.sku", allow_null=True, default=None)
    said_at = serializers.DateTimeField()
    answer = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True, help_text="why it was hidden")
    noted_by = ColleagueSerializer()
    settled_by = ColleagueSerializer(allow_null=True)
    settled_at = serializers.DateTimeField(allow_null=True)


class CommentQuery(EveningQuery):
    state = serializers.ChoiceField(CommentState.choices, required=False)
    kind = serializers.ChoiceField(CommentKind.choices, required=False)


class CommentBodySerializer(PitchEndSerializer):
    """What a viewer said. Numbers, accounts, addresses and names in it are taken out before it is kept."""

    words = Words(max_length=TYPED_AT_MOST)
    kind = serializers.ChoiceField(CommentKind.choices)
    platform = choice(Platform.choices)
    sku = Words(max_length=64, required=False)
    tap = Words(max_length=64, required=False, default="", help_text=TAP_HELP)


class CommentAnswerSerializer(Strict):
    answer = words(ANSWER_AT_MOST, "may stay unwritten: answered by voice")


class CommentHideSerializer(Strict):
    reason = Line(max_length=REASON_AT_MOST)


class Comments(Door):
    """What viewers said in a session; and one more comment."""

    scope, write_scope = Scope.READ_SESSIONS, Scope.WRITE_SESSIONS
    right, write_right = Action.SEE_PLAN, Action.RUN_SESSION
    asked = CommentQuery

    @extend_schema(responses=page_of(CommentSerializer))
    def get(self, request: Request, session_id: UUID) -> Response:
        """What viewers said in a session, as it was noted."""
        rows = Comment.objects.filter(session=seen(request, session_id), **chosen(self.query, state="state", kind="kind"))
        return page(self, rows.select_related("product", "noted_by", "settled_by"), ("id",), CommentSerializer)

    @extend_schema(parameters=[IDEMPOTENCY_KEY], request=CommentBodySerializer, responses={201: CommentSerializer, **REFUSALS})
    def post(self, request: Request, session_id: UUID) -> Response:
        """What a viewer said, kept without who it was."""
        session = session_for(request, session_id, Action.RUN_SESSION)
        return once(request, lambda: commented(request, session))


def commented(request: Request, session: LiveSession) -> Response:
    body = said(request, CommentBodySerializer)
    with answering():
        item = session.line_up.filter(product__sku=body.get("sku")).select_related("product").first()
        if "sku" in body and item is None:
            raise NotAllowed("not_in_line_up", title=body["sku"])
        kind, product = CommentKind(body["kind"]), item.product if item else None
        heard = Said(body["words"], kind, body["at"], body["platform"], product, body["tap"])
        noted, _kept = note_comment(session, heard, by=asker(request))
    return Response(CommentSerializer(noted).data, status=status.HTTP_201_CREATED)


class CommentDoor(Door):
    """What becomes of one comment."""

    write_scope, write_right = Scope.WRITE_SESSIONS, Action.RUN_SESSION

    def comment(self, request: Request, pk: int) -> Comment:
        """Raises Http404, PermissionDenied."""
        found = one(Comment.objects.select_related("product", "noted_by", "settled_by"), pk=pk)
        session_for(request, found.session_id, Action.RUN_SESSION)
        return found


class CommentAnswer(CommentDoor):
    """A comment that was answered."""

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=CommentAnswerSerializer,
        responses={200: CommentSerializer, **REFUSALS},
        operation_id="comments_answer",
    )
    def post(self, request: Request, pk: int) -> Response:
        """It was answered, by voice or in writing."""
        found = self.comment(request, pk)
        return once(request, lambda: answered(request, found))


def answered(request: Request, comment: Comment) -> Response:
    words_said = said(request, CommentAnswerSerializer)["answer"]
    with answering():
        answer_comment(comment, answer=words_said, by=asker(request), at=timezone.now())
    return Response(CommentSerializer(comment).data)


class CommentHide(CommentDoor):
    """A comment that was hidden on the platform."""

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=CommentHideSerializer,
        responses={200: CommentSerializer, **REFUSALS},
        operation_id="comments_hide",
    )
    def post(self, request: Request, pk: int) -> Response:
        """It was hidden, and why. Questions and complaints are never hidden."""
        found = self.comment(request, pk)
        return once(request, lambda: hidden(request, found))


def hidden(request: Request, comment: Comment) -> Response:
    reason = said(request, CommentHideSerializer)["reason"]
    with answering():
        hide_comment(comment, reason=reason, by=asker(request), at=timezone.now())
    return Response(CommentSerializer(comment).data)
