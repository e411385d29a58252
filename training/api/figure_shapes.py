"""What the school's API answers about figures: each with its definition in words."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from training.api.shapes import MaskedName
from training.rules.conversion import ConversionKind
from training.rules.counting import Figure, MonthState
from training.rules.outcome import Breakdown
from training.rules.school import AttendanceUnit
from training.rules.suppression import Mark


class GoalSerializer(serializers.Serializer[Any]):
    """How far the county has come: natural persons, each once."""

    wanted = serializers.IntegerField()
    people = serializers.IntegerField(help_text="人数: natural persons")
    attendances = serializers.IntegerField(help_text="人次, by the county's unit: never add the two")
    from_on = serializers.DateField()
    until_on = serializers.DateField(help_text="not included")
    permille = serializers.IntegerField(help_text="of the way")
    per_month = serializers.IntegerField(help_text="new persons that each month left needs")


class MonthLineSerializer(serializers.Serializer[Any]):
    month = serializers.CharField(help_text="`2026-11`")
    state = serializers.ChoiceField(MonthState.choices, help_text="missing: over, and without a lesson")
    theme = serializers.CharField(allow_blank=True)
    planned_lessons = serializers.IntegerField()
    timetabled_lessons = serializers.IntegerField()
    lessons = serializers.IntegerField(help_text="held")
    people = serializers.IntegerField(help_text="natural persons who came; months cannot be added")


class MonthListSerializer(serializers.Serializer[Any]):
    county = serializers.CharField()
    year = serializers.IntegerField()
    goal = GoalSerializer()
    results = MonthLineSerializer(many=True)


class FigureSerializer(serializers.Serializer[Any]):
    figure = serializers.ChoiceField(Figure.choices)
    name = serializers.CharField()
    number = serializers.IntegerField()
    meaning = serializers.CharField(help_text="what is counted, in a sentence")


class MonthSerializer(serializers.Serializer[Any]):
    county = serializers.CharField()
    month = serializers.CharField()
    theme = serializers.CharField(allow_blank=True)
    unit = serializers.ChoiceField(AttendanceUnit.choices, help_text="what makes one attendance (人次) in this county")
    planned_lessons = serializers.IntegerField()
    timetabled_lessons = serializers.IntegerField()
    figures = FigureSerializer(many=True)


class CellSerializer(serializers.Serializer[Any]):
    mark = serializers.ChoiceField(
        [(mark.value, mark.value) for mark in Mark], help_text="few: smaller than `least`; hidden: would give a small one away"
    )
    number = serializers.IntegerField(allow_null=True)


class OutcomeLineSerializer(CellSerializer):
    words = serializers.CharField()


class OutcomeSerializer(serializers.Serializer[Any]):
    breakdown = serializers.ChoiceField(Breakdown.choices)
    name = serializers.CharField()
    meaning = serializers.CharField(help_text="what is counted, in a sentence")
    is_withheld = serializers.BooleanField(help_text="too few people: only the total may be read")
    total = CellSerializer()
    lines = OutcomeLineSerializer(many=True)


class OutcomeListSerializer(serializers.Serializer[Any]):
    county = serializers.CharField()
    year = serializers.IntegerField()
    least = serializers.IntegerField(help_text="numbers below it are not told")
    results = OutcomeSerializer(many=True)


class ConversionSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(ConversionKind.choices)
    definition = serializers.CharField(help_text="the county's rule, in a sentence")
    completers = serializers.IntegerField(help_text="natural persons who completed")
    reached = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="have not reached it, and have days left")
    percent = serializers.FloatField(allow_null=True, help_text="reached of completers, one decimal")


class ConversionListSerializer(serializers.Serializer[Any]):
    results = ConversionSerializer(many=True)


class GraduateSerializer(serializers.Serializer[Any]):
    """Somebody of whom a rule holds, and what proves it."""

    enrolment = serializers.UUIDField()
    name = MaskedName()
    first_on = serializers.DateField(help_text="the day on which it was reached")
    sessions = serializers.ListField(child=serializers.UUIDField())
    orders = serializers.IntegerField(help_text="counted ones of these sessions, paid within the days of the rule")
    papers = serializers.IntegerField()
    calls = serializers.IntegerField(help_text="in which he said so")


class CohortConversionSerializer(ConversionSerializer):
    graduates = GraduateSerializer(many=True)


class GraduateListSerializer(serializers.Serializer[Any]):
    results = CohortConversionSerializer(many=True)
