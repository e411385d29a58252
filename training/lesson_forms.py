"""What is typed into a timetable: one lesson, a lesson every week, an earlier class to copy, why one is called off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from livestream.models import Resource, User
from livestream.person_forms import Line
from livestream.plan_forms import DayInput
from livestream.rules.availability import weekday_words
from livestream.rules.planning import ResourceKind
from livestream.rules.rights import Action
from livestream.rules.series import SeriesRule
from livestream.rules.when import clock_of, day_of, moment
from livestream.series_forms import minutes_between
from livestream.typed_fields import day_field
from training.actions.lesson import LessonPlan
from training.models import Cohort, Course, Lesson
from training.rules.course import Mode
from training.rules.lesson import BECAUSE_AT_MOST, NOTE_AT_MOST, TITLE_AT_MOST, WHERE_AT_MOST

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from livestream.rules.errors import NotAllowed
    from livestream.rules.when import Clock

TYPED_AT_MOST = 40
LARGEST_VERSION = 2_000_000_000
PICK = {"invalid_choice": _("请从列表里选一个。")}
# What a refusal is about; the others stand above the form.
FIELDS = {
    "lesson_title_missing": "title", "lesson_backwards": "end", "lesson_too_long": "end", "lesson_outside": "day",
    "lesson_hours": "academic_hours", "lesson_assistant": "assistant", "lesson_person": "trainer", "lesson_room": "room",
    "series_backwards": "until_on", "series_too_long": "until_on", "series_too_many": "until_on", "series_no_dates": "until_on",
    "series_by_what": "weekdays", "series_minutes": "end", "lessons_nothing": "earlier", "lesson_because": "because",
}  # fmt: skip


class DayField(Line):
    """A day as people write it; clean gives the date."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=TYPED_AT_MOST, **kwargs)
        self.widget = DayInput(attrs={"class": "num"})

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        found = day_of(typed, today=timezone.localdate())
        if found is None:
            raise forms.ValidationError(_now("没看懂“{typed}”是哪一天。请写 11月25日、2026-11-25 或 明天。").format(typed=typed))
        return found


class ClockField(Line):
    """A time of day as people write it; clean gives a Clock."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=TYPED_AT_MOST, attrs={"class": "num", "list": "clocks"}, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        found = clock_of(typed)
        if found is None:
            raise forms.ValidationError(_now("没看懂“{typed}”是几点。请写 19:30 或 晚8点。").format(typed=typed))
        return found


class RefusableForm(forms.Form):
    """Says what a verb refused at what it is about."""

    use_required_attribute = False

    def say(self, refused: NotAllowed) -> None:
        field = FIELDS.get(refused.code)
        self.add_error(field if field in self.fields else None, str(refused))


class LessonFields(RefusableForm):
    """What a lesson is, but for when. `lesson`: the one that is changed; whom and what it names may stay."""

    title = Line(label=_("讲什么"), max_length=TITLE_AT_MOST, help_text=_("例如：手机拍摄、选品和定价。"))
    course = forms.ChoiceField(label=_("课程"), required=False, error_messages=PICK)
    trainer = forms.ChoiceField(label=_("讲师"), required=False, error_messages=PICK)
    assistant = forms.ChoiceField(label=_("助教"), required=False, error_messages=PICK)
    room = forms.ChoiceField(label=_("教室或场地"), required=False, error_messages=PICK)
    room_note = Line(
        label=_("别的地点"), max_length=WHERE_AT_MOST, required=False, help_text=_("列表里没有的，写在这里，例如：村口大槐树下。")
    )
    academic_hours = forms.IntegerField(
        label=_("学时"), initial=2, min_value=1, max_value=24,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _("学时填 1 到 24。")),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num", "autocomplete": "off"}),
    )  # fmt: skip
    mode = forms.ChoiceField(label=_("方式"), choices=Mode.choices, initial=Mode.OFFLINE, error_messages=PICK)
    note = Line(label=_("备注"), max_length=NOTE_AT_MOST, required=False)

    def __init__(self, *args: Any, cohort: Cohort, by: User, lesson: Lesson | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = {str(one.pk): one for one in teachers_for(cohort, lesson)}
        rooms = {str(one.pk): one for one in rooms_for(cohort, by, lesson)}
        courses = {str(one.pk): one for one in courses_for(cohort, by, lesson)}
        self.named: dict[str, dict[str, Any]] = {"trainer": people, "assistant": people, "room": rooms, "course": courses}
        for name, among in self.named.items():
            offered = [(key, str(getattr(one, "name", None) or one)) for key, one in among.items()]
            cast("forms.ChoiceField", self.fields[name]).choices = [("", _("不选")), *offered]

    def sheet(self, starts_at: datetime, ends_at: datetime) -> LessonPlan:
        """Of a valid form."""
        said = self.cleaned_data
        chosen: dict[str, Any] = {name: among.get(said[name]) for name, among in self.named.items()}
        plain = {name: said[name] for name in ("title", "room_note", "academic_hours", "mode", "note")}
        return LessonPlan(starts_at=starts_at, ends_at=ends_at, **chosen, **plain)


class WhenForm(RefusableForm):
    """When a lesson is, and which version of it was seen."""

    day = DayField(label=_("哪一天"))
    start = ClockField(label=_("上课"), help_text=_("例如 9:00、下午2点。"))
    end = ClockField(label=_("下课"))
    version = forms.IntegerField(required=False, min_value=0, max_value=LARGEST_VERSION, widget=forms.HiddenInput)

    @property
    def hours(self) -> tuple[datetime, datetime]:
        said = self.cleaned_data
        return moment(said["day"], said["start"]), moment(said["day"], said["end"])


class LessonForm(LessonFields, WhenForm):
    """One lesson."""

    @property
    def plan(self) -> LessonPlan:
        return self.sheet(*self.hours)


class WeeklyForm(LessonFields):
    """A lesson on some days of every week."""

    weekdays = forms.MultipleChoiceField(label=_("每周几"), error_messages={"required": _("请选每周的哪几天。"), **PICK})
    from_on = day_field(_("从哪天"))
    until_on = day_field(_("到哪天（含）"))
    start = ClockField(label=_("上课"), help_text=_("例如 9:00、下午2点。"))
    end = ClockField(label=_("下课"))
    skips_holidays = forms.BooleanField(label=_("放假的日子不上课"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        week = [(str(day), weekday_words(day)) for day in range(1, 8)]
        cast("forms.MultipleChoiceField", self.fields["weekdays"]).choices = week

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        begins, ends = said.get("start"), said.get("end")
        if begins and ends and ends.at <= begins.at:
            self.add_error("end", _("下课要晚于上课，请看看钟点。"))
        return said

    @property
    def plan(self) -> LessonPlan:
        """Its hours are those of the first day."""
        said = self.cleaned_data
        return self.sheet(moment(said["from_on"], said["start"]), moment(said["from_on"], said["end"]))

    @property
    def rule(self) -> SeriesRule:
        said = self.cleaned_data
        begins: Clock = said["start"]
        days = tuple(int(day) for day in said["weekdays"])
        return SeriesRule(said["from_on"], said["until_on"], begins.at, minutes_between(begins.at, said["end"].at), days)


class CopyForm(RefusableForm):
    """An earlier class, and the day of the first lesson here."""

    earlier = forms.ModelChoiceField(
        Cohort.objects.none(), label=_("照哪个班"), empty_label=_("请选一个班"),
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("请从列表里选一个班。")),
    )  # fmt: skip
    first_on = day_field(_("第一节课在哪天"))
    with_people = forms.BooleanField(label=_("讲师和教室也照搬"), required=False, initial=True)

    def __init__(self, *args: Any, cohort: Cohort, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        taught = Lesson.objects.standing().exclude(cohort=cohort).values("cohort")
        there = Cohort.objects.visible_to(by).filter(county=cohort.county_id, pk__in=taught)
        cast("forms.ModelChoiceField[Cohort]", self.fields["earlier"]).queryset = there


class CancelForm(RefusableForm):
    because = Line(label=_("为什么取消"), max_length=BECAUSE_AT_MOST, help_text=_("讲师和学员会看到这句话。"))
    version = forms.IntegerField(required=False, min_value=0, max_value=LARGEST_VERSION, widget=forms.HiddenInput)


def teachers_for(cohort: Cohort, lesson: Lesson | None = None) -> Iterable[User]:
    """Those of the class, the county's trainers, and who is named already."""
    named = [pk for pk in (lesson.trainer_id, lesson.assistant_id) if pk] if lesson else []
    of_class = Q(pk__in=cohort.trainers.values("user"))
    of_county = Q(trainer__county=cohort.county_id, trainer__is_in_use=True)
    of_county |= Q(role="trainer", place__code__startswith=cohort.county_id)
    return User.objects.filter(((of_class | of_county) & Q(is_active=True)) | Q(pk__in=named)).order_by("name", "pk")


def rooms_for(cohort: Cohort, by: User, lesson: Lesson | None = None) -> Iterable[Resource]:
    """Those of the places where this person keeps the school, and the one that is named already."""
    kinds = (ResourceKind.STUDIO, ResourceKind.PLACE)
    named = [lesson.room_id] if lesson and lesson.room_id else []
    reached = Resource.objects.visible_to(by, Action.KEEP_SCHOOL).filter(is_in_use=True, kind__in=kinds, county=cohort.county_id)
    offered = Q(pk__in=reached.values("pk"))
    return Resource.objects.filter(offered | Q(pk__in=named)).order_by("kind", "name")


def courses_for(cohort: Cohort, by: User, lesson: Lesson | None = None) -> Iterable[Course]:
    """Those that the class is about; where it names none, those of the county that this person may see."""
    named = [lesson.course_id] if lesson and lesson.course_id else []
    own = cohort.courses.all()
    of_county = Course.objects.visible_to(by, Action.KEEP_SCHOOL).filter(county=cohort.county_id).in_use()
    offered = Q(pk__in=(own if own.exists() else of_county).values("pk"))
    return Course.objects.filter(offered | Q(pk__in=named)).order_by("title", "pk")
