"""What a trainer types about a cohort, and how a list of them is narrowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models import Place, User
from livestream.person_forms import Line
from livestream.plan_lists import Lists, Unclear
from livestream.plan_row_forms import NamedField
from livestream.rules.person import Role
from livestream.rules.rights import Action
from livestream.typed_fields import Narrowing, Yuan, chosen_field, day_field
from training.actions.cohort import CohortPlan, Teaching
from training.models import Course
from training.rules.cohort import SEATS, CohortForm, CohortState, Funding, TeachingDuty
from training.trainee_forms import TraineeForm

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from training.models import Cohort

BUDGET_MOST_FEN = 10_000_000_000  # 100 million yuan
AT = {
    "cohort_not_there": "place",
    "cohort_backwards": "ends_on",
    "cohort_too_long": "ends_on",
    "forty_seats": "seats",
    "seats_are_held": "seats",
}
DUTY = "duty_"  # duty_7: what the person 7 does in the cohort


def people_who_teach(county: Place) -> Iterable[User]:
    """Trainers of the county, by their role, a post or their record; who left is no longer among them."""
    is_appointed = Q(
        appointments__role=Role.TRAINER, appointments__place__code__startswith=county.pk, appointments__ended_at=None
    )
    is_of_county = Q(role=Role.TRAINER, place__code__startswith=county.pk)
    has_record = Q(trainer__county=county, trainer__is_in_use=True)
    found = User.objects.filter(is_of_county | is_appointed | has_record, is_active=True)
    return found.select_related("place").distinct().order_by("name", "pk")


def courses_to_choose(county: Place, by: User, cohort: Cohort | None) -> QuerySet[Course]:
    """Those in use that this person may see, and those that the cohort has."""
    offered = Course.objects.visible_to(by, Action.KEEP_SCHOOL).filter(county=county).in_use().values("pk")
    had = cohort.courses.values("pk") if cohort else Course.objects.none().values("pk")
    return Course.objects.filter(Q(pk__in=offered) | Q(pk__in=had)).order_by("title", "pk")


class ClassTraineeForm(TraineeForm):
    """Somebody new, as a trainer writes him down for a class: the names listed are of the places where he keeps the school."""

    def __init__(self, data: Any = None, *, by: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.lists = Lists(by, action=Action.KEEP_SCHOOL)

    @property
    def places(self) -> list[str]:
        return self.lists.places.labels


class CohortPlanForm(forms.Form):
    """A cohort of this county; `version` is the one that the person saw. Who teaches stands in a field for each trainer."""

    title = Line(label=_("班名"), max_length=60, help_text=_("学员和证书上看到的名字，例如“2026 年第 36 期村播班”。"))
    form = chosen_field(_("形式"), CohortForm.choices)
    place = NamedField(label=_("开班地点"), datalist="places", help_text=_("写村名或乡镇名，从列表里选；在县城就写县名。"))
    starts_on = day_field(_("开班日期"))
    ends_on = day_field(_("结班日期"))
    seats = forms.IntegerField(
        label=_("名额"),
        min_value=1,
        max_value=SEATS,
        initial=SEATS,
        help_text=_("最多 40 人：老师叫得出每个人的名字。多的人排候补。"),
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "num", "min": 1, "max": SEATS}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("一个班 1 到 40 个名额。人多了，请再开一个班。")
        ),
    )
    courses = forms.ModelMultipleChoiceField(
        label=_("课程"), queryset=Course.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    aims = Line(label=_("对象和目标"), max_length=500, required=False, help_text=_("办给谁、学完会什么。可以不填。"))
    funding = chosen_field(_("经费来源"), Funding.choices)
    funding_note = Line(label=_("经费文件"), max_length=120, required=False, help_text=_("文号或协议名。可以不填。"))
    budget_fen = Yuan(label=_("预算（元）"), required=False, help_text=_("例如 20000 或 2 万。可以不填。"))
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, county: Place, by: User, cohort: Cohort | None = None, **kwargs: Any) -> None:
        self.lists = Lists(by, action=Action.KEEP_SCHOOL)
        said = said_of(cohort, self.lists) if cohort else {"place": county.full_name, "funding": Funding.COUNTY}
        super().__init__(data, initial=said | kwargs.pop("initial", {}), **kwargs)
        self.county, self.cohort = county, cohort
        self.fields["funding"].label_suffix = ""
        chosen = cast("forms.ModelMultipleChoiceField[Course]", self.fields["courses"])
        chosen.queryset = courses_to_choose(county, by, cohort)
        self.trainers = list(people_who_teach(county))
        duties = [("", _("不教这个班")), *TeachingDuty.choices]
        held = dict(cohort.trainers.values_list("user", "duty")) if cohort else {}
        self.trainers += list(User.objects.filter(pk__in=set(held) - {one.pk for one in self.trainers}))
        for person in self.trainers:
            field = forms.ChoiceField(label=person.name, required=False, choices=duties, initial=held.get(person.pk, ""))
            self.fields[f"{DUTY}{person.pk}"] = field

    @property
    def plain(self) -> list[forms.BoundField]:
        """Those that stand below each other; courses, trainers and the version stand apart."""
        return [field for field in self.visible_fields() if field.name != "courses" and not field.name.startswith(DUTY)]

    @property
    def teaching_fields(self) -> list[forms.BoundField]:
        return [self[f"{DUTY}{person.pk}"] for person in self.trainers]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if typed := said.get("place"):
            try:
                said["where"] = self.lists.places.find(typed)
            except Unclear as unclear:
                self.add_error("place", str(unclear))
        if (said.get("budget_fen") or 0) > BUDGET_MOST_FEN:
            self.add_error("budget_fen", _("这个数太大了。"))
        leads = [name for name, value in said.items() if name.startswith(DUTY) and value == TeachingDuty.LEAD]
        if len(leads) > 1:
            self.add_error(leads[1], _("一个班只有一位班主任，请改过来。"))
        return said

    @property
    def plan(self) -> CohortPlan:
        """Of a valid form."""
        said = self.cleaned_data
        return CohortPlan(
            title=said["title"],
            place=said["where"],
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            form=CohortForm(said["form"]),
            seats=said["seats"],
            funding=Funding(said["funding"]),
            funding_note=said["funding_note"],
            budget_fen=said["budget_fen"],
            aims=said["aims"],
        )

    @property
    def teaching(self) -> Teaching:
        """Of a valid form."""
        said = self.cleaned_data
        chosen = [(person, said[f"{DUTY}{person.pk}"]) for person in self.trainers]
        return Teaching([(person, TeachingDuty(duty)) for person, duty in chosen if duty], list(said["courses"]))


def said_of(cohort: Cohort, lists: Lists) -> dict[str, Any]:
    """What a form about this cohort holds at first."""
    names = (
        "title", "form", "starts_on", "ends_on", "seats", "aims", "funding", "funding_note", "budget_fen", "version",
    )  # fmt: skip
    said = {name: getattr(cohort, name) for name in names}
    return said | {"place": lists.places.shown(cohort.place), "courses": list(cohort.courses.values_list("pk", flat=True))}


class CohortFilter(Narrowing):
    """What the list is narrowed to. Whatever is not understood narrows nothing."""

    q = Line(label=_("班名"), max_length=60, required=False)
    year = forms.ChoiceField(label=_("年度"), required=False)
    state = forms.ChoiceField(
        label=pgettext_lazy("cohort", "状态"), required=False, choices=[("", _("全部状态")), *CohortState.choices]
    )

    def __init__(self, data: Any, *, years: Iterable[int]) -> None:
        super().__init__(data)
        offered = [("", _("全部年度")), *((str(year), str(year)) for year in years)]
        cast("forms.ChoiceField", self.fields["year"]).choices = offered
        self.is_valid()


class WhyForm(forms.Form):
    """Why somebody leaves, or a cohort is called off."""

    because = Line(label=_("为什么"), max_length=120, required=False, attrs={"required": True})  # the verb says it better
