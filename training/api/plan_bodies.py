"""What may be sent to plan the school: courses, classes, tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from livestream.api.fields import county_code
from livestream.api.plan_shapes import key_of
from livestream.api.strict import Code, Line, Number, Strict, Words
from training.api.bodies import YEARS, LessonBodySerializer, many, version_seen
from training.rules.cohort import SEATS, CohortForm, Funding, TeachingDuty
from training.rules.course import CourseLevel, Mode, Topic, Trade
from training.rules.exam import FULL_MARKS, PASS_MARKS, ExamKind

BUDGET_MOST_FEN = 10_000_000_000  # 100 million yuan
LISTED_AT_MOST = 50


class Day(serializers.DateField):
    """A Shanghai day of the years 2000 to 2100."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d"], **kwargs)

    def to_internal_value(self, value: Any) -> date:
        found: date = super().to_internal_value(value)
        if found.year not in YEARS:
            raise serializers.ValidationError(_("请写 2000 年到 2100 年之间的日期。"))
        return found


class CourseBodySerializer(Strict):
    """One course of a county's catalogue, whole."""

    title = Line(max_length=60)
    topic = serializers.ChoiceField(Topic.choices)
    academic_hours = Number(min_value=1, max_value=400, help_text="of 45 minutes")
    level = serializers.ChoiceField(CourseLevel.choices, required=False, default=CourseLevel.ENTRY)
    mode = serializers.ChoiceField(Mode.choices, required=False, default=Mode.OFFLINE)
    trade = serializers.ChoiceField(Trade.choices, required=False, allow_null=True, default=None, help_text="with its level")
    trade_level = Number(min_value=1, max_value=5, required=False, allow_null=True, default=None)
    about = Words(max_length=500, required=False, allow_blank=True, default="")


class NewCourseSerializer(CourseBodySerializer):
    county = county_code()


class TeachingSerializer(Strict):
    person = key_of("a person's id, of somebody who teaches in the county")
    duty = serializers.ChoiceField(TeachingDuty.choices)


class CohortBodySerializer(Strict):
    """A class, whole."""

    title = Line(max_length=60)
    place = Code(help_text="where it is held; the county is that of the place")
    starts_on = Day()
    ends_on = Day(help_text="included")
    form = serializers.ChoiceField(CohortForm.choices, required=False, default=CohortForm.MONTH)
    seats = Number(min_value=1, max_value=SEATS, required=False, default=SEATS)
    funding = serializers.ChoiceField(Funding.choices, required=False, default=Funding.COUNTY)
    funding_note = Line(max_length=120, required=False, allow_blank=True, default="")
    budget_fen = Number(min_value=0, max_value=BUDGET_MOST_FEN, required=False, allow_null=True, default=None)
    aims = Line(max_length=500, required=False, allow_blank=True, default="")
    courses = serializers.ListField(child=key_of("a course's id"), max_length=LISTED_AT_MOST, required=False, default=list)
    trainers = many(TeachingSerializer, LISTED_AT_MOST, "everybody who teaches it; at most one `lead`")

    def validate_trainers(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({row["person"] for row in rows}) < len(rows):
            raise serializers.ValidationError(_("一个人只写一行。"))
        return rows


class CohortChangeSerializer(CohortBodySerializer):
    version = version_seen()


class LessonChangeSerializer(LessonBodySerializer):
    version = version_seen()


class ExamBodySerializer(Strict):
    """A test of a class, whole."""

    title = Line(max_length=60)
    kind = serializers.ChoiceField(ExamKind.choices)
    on = Day()
    pass_marks = Number(min_value=0, max_value=FULL_MARKS, required=False, default=PASS_MARKS)
