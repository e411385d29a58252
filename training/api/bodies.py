"""What may be sent to the school's API."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from livestream.api.plan_shapes import PlanMoment, key_of
from livestream.api.strict import Code, Flag, Line, Moment, Number, Strict, Words
from livestream.rules.person import LONGEST_TYPED, NAME_AT_MOST
from training.actions.attendance import DEVICE_AT_MOST, WORDS_AT_MOST
from training.rules.attendance import MarkWay, Presence
from training.rules.course import Mode
from training.rules.exam import FULL_MARKS
from training.rules.lesson import BECAUSE_AT_MOST, NOTE_AT_MOST, TITLE_AT_MOST, WHERE_AT_MOST
from training.rules.study import MINUTES_A_DAY
from training.rules.trainee import Category, Education, Sex, Support, is_birth

ROWS_AT_MOST = 500
SEATS_AT_MOST = 40
EVIDENCE_AT_MOST = 80
LARGEST_VERSION = 2_000_000_000
YEARS = range(1900, 2101)


def many(shape: type[Strict], at_most: int, help_text: str = "") -> Any:
    rows: Any = shape  # `many` makes another class of it, which takes a length
    return rows(many=True, max_length=at_most, help_text=help_text)


class PersonBodySerializer(Strict):
    """Somebody by name, phone and village: the person who is known as that, or a new one. What is left out is not said."""

    name = Line(max_length=NAME_AT_MOST)
    phone = Words(max_length=LONGEST_TYPED, help_text="a mainland mobile; a relative's, where he has none")
    place = Code(help_text="of the village or community, in the county of the class")
    has_consented = Flag(help_text="agreed that the data are kept for the class")
    sex = serializers.ChoiceField(Sex.choices, required=False)
    birth_on = serializers.DateField(input_formats=["%Y-%m-%d"], required=False, help_text="16 years at least")
    category = serializers.ChoiceField(Category.choices, required=False)
    education = serializers.ChoiceField(Education.choices, required=False)
    is_returnee = Flag(required=False, default=False)
    support = serializers.ChoiceField(Support.choices, required=False, help_text="of the household: kept encrypted")
    guardian_evidence = Line(
        max_length=EVIDENCE_AT_MOST, required=False, help_text="of 16 and 17 years: where the guardian's paper lies"
    )

    def validate_birth_on(self, born: date) -> date:
        if not is_birth(born, timezone.localdate()):
            raise serializers.ValidationError(_("这个出生日期不对。"))
        return born


class EnrolBodySerializer(Strict):
    """Either `trainee`, who is known, or `person`."""

    trainee = key_of("a trainee's id", required=False, allow_null=True, default=None)
    person = PersonBodySerializer(required=False, allow_null=True, default=None)
    client_id = serializers.UUIDField(
        required=False, allow_null=True, default=None, help_text="made where it was typed: the same one again changes nothing"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["trainee"] is None) == (attrs["person"] is None):
            raise serializers.ValidationError({"person": [_("写 trainee 或者 person，只写一个。")]})
        return attrs


class LeaveBodySerializer(Strict):
    because = Line(max_length=BECAUSE_AT_MOST, help_text="why")


class LessonBodySerializer(Strict):
    """A lesson on one of the days of its class."""

    title = Line(max_length=TITLE_AT_MOST)
    starts_at = PlanMoment()
    ends_at = PlanMoment(help_text="at most 12 hours later")
    trainer = key_of("a person's id", required=False, allow_null=True, default=None)
    assistant = key_of("a person's id", required=False, allow_null=True, default=None)
    room = key_of("a resource's id", required=False, allow_null=True, default=None)
    room_note = Line(max_length=WHERE_AT_MOST, required=False, allow_blank=True, default="", help_text="another place, in words")
    course = key_of("a course's id", required=False, allow_null=True, default=None)
    academic_hours = Number(min_value=1, max_value=24, required=False, default=2)
    mode = serializers.ChoiceField(Mode.choices, required=False, default=Mode.OFFLINE)
    note = Line(max_length=NOTE_AT_MOST, required=False, allow_blank=True, default="")


def version_seen() -> Number:
    return Number(min_value=0, max_value=LARGEST_VERSION, help_text="`version` as you read it")


class LessonMoveSerializer(Strict):
    version = version_seen()
    starts_at = PlanMoment()
    ends_at = PlanMoment(required=False, allow_null=True, default=None, help_text="left out: as long as before")


class LessonCancelSerializer(Strict):
    version = version_seen()
    because = Line(max_length=BECAUSE_AT_MOST, help_text="the trainees read it")


class MarkBodySerializer(Strict):
    """One scan or tap."""

    client_id = serializers.UUIDField(help_text="made where it was taken: the same one twice is one mark")
    lesson = serializers.UUIDField()
    enrolment = serializers.UUIDField()
    presence = serializers.ChoiceField(Presence.choices)
    way = serializers.ChoiceField(
        [(way.value, way.label) for way in (MarkWay.ROLL_CALL, MarkWay.QR, MarkWay.ONLINE)], required=False, default="roll_call"
    )
    at = Moment(help_text="when it was taken, by the device's clock")
    words = Line(max_length=WORDS_AT_MOST, required=False, allow_blank=True, default="")


class MarksBodySerializer(Strict):
    """Marks of one device, in any order; again whenever no answer came."""

    marks = many(MarkBodySerializer, ROWS_AT_MOST)
    sent_at = Moment(
        required=False,
        allow_null=True,
        default=None,
        help_text="what the device's clock says at sending: each `at` is corrected by it. What then lies ahead of now, "
        "or over 60 days back, counts as taken now",
    )
    device = Line(max_length=DEVICE_AT_MOST, required=False, allow_blank=True, default="", help_text="a name it gave itself")


class ExamMarkBodySerializer(Strict):
    enrolment = serializers.UUIDField()
    marks = Number(min_value=0, max_value=FULL_MARKS, allow_null=True, help_text="null: was absent, takes a mark away")


class ExamMarksBodySerializer(Strict):
    marks = many(ExamMarkBodySerializer, SEATS_AT_MOST, "one line for each of these enrolments; the others stay as they are")

    def validate_marks(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({row["enrolment"] for row in rows}) < len(rows):
            raise serializers.ValidationError(_("一个人只写一行。"))
        return rows


class MinutesBodySerializer(Strict):
    enrolment = serializers.UUIDField()
    minutes = Number(min_value=1, max_value=MINUTES_A_DAY)


class StudyBodySerializer(Strict):
    """What one platform says of one course and one day."""

    course = key_of("a course's id")
    platform = Line(max_length=40, help_text="its name")
    on = serializers.DateField(input_formats=["%Y-%m-%d"], help_text="a Shanghai day, not after today")
    rows = many(MinutesBodySerializer, ROWS_AT_MOST, "the same list again counts nothing twice; other minutes replace the former")

    def validate_on(self, on: date) -> date:
        if on.year not in YEARS or on > timezone.localdate():
            raise serializers.ValidationError(_("请写今天或以前的日期。"))
        return on
