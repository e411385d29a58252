"""What the school's API answers about people, classes and lessons. People are masked: the first character of a name."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from rest_framework import serializers

from livestream.rules.person import masked_phone
from livestream.rules.vault import masked_name
from training.models import Certificate, Cohort, CohortTrainer, Course, Enrolment, Exam, FollowUp, Lesson, Trainee, Trainer
from training.rules.attendance import MarkWay, Presence
from training.rules.cohort import CohortForm, CohortState, Funding, TeachingDuty
from training.rules.course import CourseLevel, Mode, Topic
from training.rules.enrolment import EnrolmentState, EnrolmentWay
from training.rules.exam import ExamKind
from training.rules.lesson import LessonState
from training.rules.trainee import Category, age_band

MASKED = "the first character: `张**`"


class MaskedName(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, help_text=MASKED, **kwargs)

    def to_representation(self, value: Any) -> str:
        return masked_name(str(value))


class TeacherSerializer(serializers.Serializer[Any]):
    """Who teaches, masked as everybody is."""

    id = serializers.IntegerField()
    name = MaskedName()


class CourseSerializer(serializers.Serializer[Course]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    title = serializers.CharField()
    level = serializers.ChoiceField(CourseLevel.choices)
    topic = serializers.ChoiceField(Topic.choices)
    mode = serializers.ChoiceField(Mode.choices)
    academic_hours = serializers.IntegerField(help_text="of 45 minutes")
    trade = serializers.CharField(
        allow_blank=True, help_text="工种: selector, seller, video_promoter, platform_manager; or empty"
    )
    trade_level = serializers.IntegerField(allow_null=True, help_text="5 (lowest) to 1")
    about = serializers.CharField(allow_blank=True)
    is_in_use = serializers.BooleanField()


class TrainerSerializer(serializers.Serializer[Trainer]):
    id = serializers.IntegerField(source="user_id", help_text="a person's id")
    county = serializers.CharField(source="county_id")
    name = MaskedName(source="user.name")
    phone = serializers.SerializerMethodField(help_text="three and four digits")
    organisation = serializers.CharField(allow_blank=True)
    agreement_on = serializers.DateField(allow_null=True)
    is_in_use = serializers.BooleanField()

    def get_phone(self, trainer: Trainer) -> str:
        return masked_phone(trainer.user.phone)


class CohortSerializer(serializers.Serializer[Cohort]):
    id = serializers.UUIDField()
    county = serializers.CharField(source="county_id")
    place = serializers.CharField(source="place_id")
    title = serializers.CharField()
    year = serializers.IntegerField()
    number = serializers.IntegerField(help_text="the county's own, of the year")
    form = serializers.ChoiceField(CohortForm.choices)
    state = serializers.ChoiceField(CohortState.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="included")
    seats = serializers.IntegerField(help_text="at most 40")
    taken = serializers.IntegerField(help_text="seats that somebody has")
    waiting = serializers.IntegerField(help_text="people in the queue")
    closed_at = serializers.DateTimeField(allow_null=True)


class CohortTrainerSerializer(serializers.Serializer[CohortTrainer]):
    person = TeacherSerializer(source="user")
    duty = serializers.ChoiceField(TeachingDuty.choices)


class CohortDetailSerializer(CohortSerializer):
    version = serializers.IntegerField(help_text="to be said when it is changed")
    funding = serializers.ChoiceField(Funding.choices)
    funding_note = serializers.CharField(allow_blank=True)
    budget_fen = serializers.IntegerField(allow_null=True)
    aims = serializers.CharField(allow_blank=True)
    courses = CourseSerializer(many=True)
    trainers = CohortTrainerSerializer(many=True)


class OpenedSerializer(serializers.Serializer[Any]):
    """Whoever has the address can enrol himself."""

    state = serializers.ChoiceField(CohortState.choices)
    join_code = serializers.CharField()
    path = serializers.CharField(help_text="of the page, below the address of this system")


class ClosedSerializer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(CohortState.choices)
    completed = serializers.IntegerField(help_text="with a certificate each")
    not_completed = serializers.IntegerField()


class TraineeNameSerializer(serializers.Serializer[Trainee]):
    id = serializers.IntegerField()
    name = MaskedName()


class TraineeSerializer(TraineeNameSerializer):
    """A natural person who learns, masked. Household support is told to nobody here."""

    county = serializers.CharField(source="county_id")
    place = serializers.CharField(source="place_id", help_text="a village or community")
    sex = serializers.CharField(allow_blank=True, help_text="female, male; or not said")
    age = serializers.SerializerMethodField(help_text="a band of years: 16-17, 18-29, … 60+; null: not known")
    category = serializers.ChoiceField(Category.choices)
    education = serializers.CharField(allow_blank=True, help_text="primary, middle, high, college, bachelor; or not said")
    is_returnee = serializers.BooleanField(help_text="came back to the county")
    has_consented = serializers.SerializerMethodField(help_text="agreed that the data are kept for the class")
    merged_into = serializers.IntegerField(source="merged_into_id", allow_null=True, help_text="found to be that person")

    def get_age(self, trainee: Trainee) -> str | None:
        band = age_band(trainee.birth_year, timezone.localdate())
        return band.value if band else None

    def get_has_consented(self, trainee: Trainee) -> bool:
        return trainee.consented_at is not None


class EnrolmentSerializer(serializers.Serializer[Enrolment]):
    id = serializers.UUIDField()
    cohort = serializers.UUIDField(source="cohort_id")
    trainee = TraineeNameSerializer()
    state = serializers.ChoiceField(EnrolmentState.choices)
    seat = serializers.IntegerField(allow_null=True)
    queue_no = serializers.IntegerField(allow_null=True, help_text="the order in which they wait")
    way = serializers.ChoiceField(EnrolmentWay.choices, help_text="by which door")
    enrolled_at = serializers.DateTimeField()
    promoted_at = serializers.DateTimeField(allow_null=True, help_text="from the queue to a seat")
    left_at = serializers.DateTimeField(allow_null=True)
    completed_on = serializers.DateField(allow_null=True)


class EnrolledSerializer(serializers.Serializer[Any]):
    """A seat, or a place in the queue."""

    enrolment = EnrolmentSerializer()
    waits_as = serializers.IntegerField(allow_null=True, help_text="1: gets the next free seat; null: has a seat")
    is_new = serializers.BooleanField(help_text="false: was in this class before")


class LessonSerializer(serializers.Serializer[Lesson]):
    id = serializers.UUIDField()
    cohort = serializers.UUIDField(source="cohort_id")
    course = serializers.IntegerField(source="course_id", allow_null=True)
    title = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    academic_hours = serializers.IntegerField()
    mode = serializers.ChoiceField(Mode.choices)
    trainer = TeacherSerializer(allow_null=True)
    assistant = TeacherSerializer(allow_null=True)
    room = serializers.IntegerField(source="room_id", allow_null=True, help_text="a resource's id")
    room_note = serializers.CharField(allow_blank=True, help_text="another place, in words")
    state = serializers.ChoiceField(LessonState.choices)
    held_at = serializers.DateTimeField(allow_null=True)
    cancelled_because = serializers.CharField(allow_blank=True)
    version = serializers.IntegerField(help_text="name it when you change the lesson")


class AttendanceSerializer(serializers.Serializer[Any]):
    """Of one seat: what holds by all marks; null while nobody said anything."""

    enrolment = serializers.UUIDField()
    trainee = TraineeNameSerializer()
    seat = serializers.IntegerField()
    presence = serializers.ChoiceField(Presence.choices, allow_null=True)
    way = serializers.ChoiceField(MarkWay.choices, allow_null=True)
    at = serializers.DateTimeField(allow_null=True)
    is_contradicted = serializers.BooleanField(help_text="marks differ, and nobody has decided yet")


class AttendanceListSerializer(serializers.Serializer[Any]):
    results = AttendanceSerializer(many=True)


PERCENT = "one decimal, rounded down; null over nothing"


class ShareSerializer(serializers.Serializer[Any]):
    """In how many lessons somebody was. Leave is shown and not counted as there."""

    enrolment = serializers.UUIDField()
    trainee = TraineeNameSerializer()
    seat = serializers.IntegerField()
    held = serializers.IntegerField(help_text="lessons held")
    planned = serializers.IntegerField(help_text="lessons not called off, held or to come")
    there = serializers.IntegerField(help_text="of those held")
    excused = serializers.IntegerField(help_text="of those held")
    percent_of_held = serializers.FloatField(allow_null=True, help_text=PERCENT)
    percent_of_planned = serializers.FloatField(allow_null=True, help_text=PERCENT)
    best_possible = serializers.FloatField(allow_null=True, help_text="over planned, if no lesson is missed any more")
    can_reach = serializers.BooleanField(help_text="what the county asks for (`percent`) is still possible")


class ShareListSerializer(serializers.Serializer[Any]):
    percent = serializers.IntegerField(help_text="what the county asks for, over the planned lessons")
    results = ShareSerializer(many=True)


class ExamSerializer(serializers.Serializer[Exam]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(ExamKind.choices)
    on = serializers.DateField()
    pass_marks = serializers.IntegerField()


class ExamMarkSerializer(serializers.Serializer[Any]):
    exam = serializers.IntegerField()
    marks = serializers.IntegerField(allow_null=True, help_text="of 100; null: absent, or not marked yet")
    has_passed = serializers.BooleanField()


class ResultSerializer(serializers.Serializer[Any]):
    enrolment = serializers.UUIDField()
    trainee = TraineeNameSerializer()
    seat = serializers.IntegerField()
    exams = ExamMarkSerializer(many=True)
    practical = serializers.IntegerField(allow_null=True, help_text="the best one, of 100")
    study_minutes = serializers.IntegerField(help_text="online")
    quizzes_passed = serializers.IntegerField()
    academic_hours = serializers.FloatField(help_text="in lessons and online, to one decimal")


class ResultListSerializer(serializers.Serializer[Any]):
    exams = ExamSerializer(many=True)
    results = ResultSerializer(many=True)


class CertificateSerializer(serializers.Serializer[Certificate]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    cohort = serializers.UUIDField(source="enrolment.cohort_id")
    enrolment = serializers.UUIDField(source="enrolment_id")
    name = MaskedName()
    issued_at = serializers.DateTimeField()
    rule_version = serializers.IntegerField(source="rule.version", help_text="of the county's rule by which it was given")
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoked_because = serializers.CharField(allow_blank=True)
    replaces = serializers.SerializerMethodField(help_text="number of the one whose name was wrong, in whose place this stands")
    replaced_by = serializers.SerializerMethodField(
        help_text="number of the one that stands in its place; it was not revoked else"
    )
    path = serializers.SerializerMethodField(help_text="of the public page that checks it")

    def get_replaces(self, certificate: Certificate) -> str | None:
        return certificate.replaces.number if certificate.replaces else None

    def get_replaced_by(self, certificate: Certificate) -> str | None:
        return certificate.replaced_by.number if certificate.replaced_by else None

    def get_path(self, certificate: Certificate) -> str:
        return f"/verify/{certificate.number}/"


class FollowUpSerializer(serializers.Serializer[FollowUp]):
    id = serializers.IntegerField()
    enrolment = serializers.UUIDField(source="enrolment_id")
    cohort = serializers.UUIDField(source="enrolment.cohort_id")
    trainee = TraineeNameSerializer(source="enrolment.trainee")
    after_months = serializers.IntegerField(help_text="1, 3, 6 or 12 after the class")
    due_on = serializers.DateField()
    next_on = serializers.DateField(allow_null=True, help_text="was put off until then")
    tries = serializers.IntegerField(help_text="calls so far")
