"""What may be sent of a plan, and what is answered about clashes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from livestream.api.errors import ErrorSerializer
from livestream.api.fields import LARGEST_ID
from livestream.api.session_shapes import PlannedSessionSerializer
from livestream.api.strict import Code, Flag, Line, Moment, Number, Strict, Words
from livestream.models.excuse import REASON_AT_MOST as EXCUSE_AT_MOST
from livestream.rules.plan import (
    MOST_FEN,
    NAME_AT_MOST,
    NOTE_AT_MOST,
    POST_AT_MOST,
    REASON_AT_MOST,
    ROWS_AT_MOST,
    TITLE_AT_MOST,
    Platform,
)
from livestream.rules.planning import CREW, ClashKind, Level
from livestream.rules.session import GuestRank, SessionKind

YEARS = range(2000, 2101)
LARGEST_KEY = 200
MOST_GOAL_FEN = 10**15
LARGEST_VERSION = 2_000_000_000


class PlanMoment(Moment):
    """A moment that a plan can mean: whoever adds a day to it is still on the calendar."""

    def to_internal_value(self, value: Any) -> datetime:
        moment: datetime = super().to_internal_value(value)
        if moment.year not in YEARS:
            self.fail("invalid", format="2000–2100")
        return moment


def key_of(help_text: str, **more: Any) -> Number:
    return Number(min_value=1, max_value=LARGEST_ID, help_text=help_text, **more)


def segment_number() -> Number:
    said = "number of its segment in this list, from 0; left out: the whole session"
    return Number(min_value=0, max_value=ROWS_AT_MOST - 1, required=False, allow_null=True, default=None, help_text=said)


class RoomBodySerializer(Strict):
    platform = serializers.ChoiceField(Platform.choices)
    room_id = Line(max_length=64)
    account = Line(max_length=64, required=False, allow_blank=True, default="")


class GuestBodySerializer(Strict):
    """Either `leader`, whose name, title and rank are the register's, or all three of these."""

    name = Line(max_length=NAME_AT_MOST, required=False)
    title = Line(max_length=POST_AT_MOST, required=False)
    rank = serializers.ChoiceField(GuestRank.choices, required=False)
    leader = key_of("id in the register of leaders", required=False, allow_null=True, default=None)
    segment = segment_number()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        missing = [name for name in ("name", "title", "rank") if name not in attrs]
        if missing and attrs["leader"] is None:
            raise serializers.ValidationError({name: [self.fields[name].error_messages["required"]] for name in missing})
        return attrs


class LineUpBodySerializer(Strict):
    """In the order in which they are presented."""

    sku = Words(max_length=64, help_text="the merchant code of a product of the county")
    live_price_fen = Number(min_value=0, max_value=MOST_FEN)
    committed_stock = Number(min_value=0, max_value=MOST_FEN, required=False, allow_null=True, default=None)
    segment = segment_number()


class SegmentBodySerializer(Strict):
    title = Line(max_length=TITLE_AT_MOST)
    place = Code()
    starts_at = PlanMoment()
    ends_at = PlanMoment()


class CrewBodySerializer(Strict):
    person = key_of("a person's id")
    duty = serializers.ChoiceField([(duty.value, duty.label) for duty in CREW])


class ExcuseBodySerializer(Strict):
    """Why a clash may stand that the county lets an approver allow."""

    key = Words(max_length=LARGEST_KEY, help_text="`key` of the clash")
    reason = Line(max_length=EXCUSE_AT_MOST)


def rows_of(shape: type[Strict], **more: Any) -> Any:
    many: Any = shape  # `many` makes another class of it, which takes a length
    return many(many=True, required=False, max_length=ROWS_AT_MOST, **more)


class PlanBodySerializer(Strict):
    """The whole plan of a session. What is left out is not planned."""

    kind = serializers.ChoiceField(SessionKind.choices)
    title = Line(max_length=TITLE_AT_MOST)
    host = key_of("a person's id")
    place = Code(help_text="where it is streamed from; its county is the session's")
    planned_start_at = PlanMoment()
    planned_end_at = PlanMoment()
    goal_fen = Number(min_value=0, max_value=MOST_GOAL_FEN, required=False, allow_null=True, default=None)
    is_public_interest = Flag(required=False, default=False)
    campaign = key_of("a campaign's id", required=False, allow_null=True, default=None)
    note = Line(max_length=NOTE_AT_MOST, required=False, allow_blank=True, default="")
    rooms = rows_of(RoomBodySerializer)
    guests = rows_of(GuestBodySerializer)
    line_up = rows_of(LineUpBodySerializer)
    segments = rows_of(SegmentBodySerializer)
    crew = rows_of(CrewBodySerializer)
    resources = serializers.ListField(
        child=key_of("a resource's id; not an account's: rooms book those"), required=False, max_length=ROWS_AT_MOST
    )
    excuses = rows_of(ExcuseBodySerializer)


def version_seen() -> Number:
    return Number(min_value=0, max_value=LARGEST_VERSION, help_text="`plan_version` as you read it")


class PlanChangeSerializer(PlanBodySerializer):
    """The whole plan anew: what is left out goes."""

    plan_version = version_seen()


class PlanCheckSerializer(PlanBodySerializer):
    """A plan to try."""

    session = serializers.UUIDField(required=False, allow_null=True, default=None, help_text="that is changed; else a new one")


class PlanMoveSerializer(Strict):
    """Where a session goes; its segments go with it."""

    plan_version = version_seen()
    starts_at = PlanMoment()
    ends_at = PlanMoment()
    host = key_of("a person's id; left out: the same", required=False, allow_null=True, default=None)
    resources = serializers.ListField(
        child=key_of("a resource's id"), required=False, max_length=ROWS_AT_MOST, help_text="left out: the same"
    )
    excuses = rows_of(ExcuseBodySerializer)


class PlanCancelSerializer(Strict):
    """Why a session does not take place."""

    plan_version = version_seen()
    reason = Line(max_length=REASON_AT_MOST, help_text="the host reads it")
    tells = Flag(required=False, default=False, help_text="tell those who were told of it now; else with the next release")


class ClashSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="names it in `excuses`")
    kind = serializers.ChoiceField(ClashKind.choices)
    level = serializers.ChoiceField(Level.choices, help_text="block: cannot be; approve: with a reason; warn: only said")
    words = serializers.CharField(help_text="who or what is where then, in a sentence")
    session = serializers.UUIDField(allow_null=True, help_text="the other session; null: none, or not yours to see")
    begins_at = serializers.DateTimeField(help_text="of the hours that both want; on the road, of those between the two")
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField(allow_blank=True, help_text="the excuse that was given")
    is_allowed = serializers.BooleanField(help_text="an approver has allowed it")


class StudioSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


class PlannedSerializer(serializers.Serializer[Any]):
    """The session as it is now, and what clashes and was let through."""

    session = PlannedSessionSerializer()
    warnings = ClashSerializer(many=True)


class TriedSerializer(serializers.Serializer[Any]):
    """What planning it would say. Nothing is kept."""

    is_possible = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True, help_text="why not, for programs")
    detail = serializers.CharField(allow_blank=True, help_text="why not, in a sentence")
    clashes = ClashSerializer(many=True, help_text="those that stop it; where none does, what would be let through")
    free = serializers.ListField(child=serializers.DateTimeField(), help_text="the next starts at which all it needs is free")
    studios = StudioSerializer(many=True, help_text="studios that are free at its hours, where a studio clashes")


class PlanRefusedSerializer(ErrorSerializer):
    """409. With `clash`: what clashes, and what is free. With `changed_meanwhile`: the session as it is now."""

    clashes = ClashSerializer(many=True, required=False)
    free = serializers.ListField(child=serializers.DateTimeField(), required=False)
    studios = StudioSerializer(many=True, required=False)
    newest = PlannedSessionSerializer(required=False)
