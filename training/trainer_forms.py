"""What staff type about those who teach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.models import User
from livestream.person_forms import Line, day_field
from livestream.plan_rules_forms import Whole
from livestream.rules.person import NAME_AT_MOST
from training.actions.trainer import NewRecord, TrainerPlan
from training.course_forms import LISTED
from training.rules.trainer import RecordKind
from training.school_forms import note_field

if TYPE_CHECKING:
    from livestream.models import Place
    from training.models import Trainer

MEANT_AT_MOST = 20


class TrainerForm(forms.Form):
    """The profile of somebody who teaches."""

    organisation = Line(label=_("单位"), max_length=60, required=False)
    about = note_field(_("简历"), most=1000, rows=6, help_text=_("做过什么、教过什么。存档要用。"))
    agreement_on = day_field(_("聘用协议日期"))

    def __init__(self, data: Any = None, *, trainer: Trainer | None = None, **kwargs: Any) -> None:
        known = {name: getattr(trainer, name) for name in TrainerForm.base_fields} if trainer else {}
        super().__init__(data, initial=known, **kwargs)

    @property
    def plan(self) -> TrainerPlan:
        """Of a valid form."""
        return TrainerPlan(*(self.cleaned_data[name] for name in TrainerForm.base_fields))


class NewTrainerForm(TrainerForm):
    """The same of somebody of the county who has no profile yet, found by his name; `choices` where several have it."""

    who = Line(label=_("姓名"), max_length=NAME_AT_MOST, help_text=_("本县已经有账号的人。外面请来的，先在“人员”里邀请他。"))
    person = forms.IntegerField(required=False, widget=forms.HiddenInput)
    field_order = ["who", "person", "organisation", "about", "agreement_on"]

    def __init__(self, data: Any = None, *, county: Place) -> None:
        super().__init__(data)
        self.county = county
        self.choices: list[User] = []
        self.found: User | None = None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("who"):
            return said
        people = User.objects.filter(place__code__startswith=self.county.pk, is_active=True).select_related("place__parent")
        meant = list(people.filter(Q(name=said["who"]) | Q(live_name=said["who"])).order_by("place_id", "pk")[:MEANT_AT_MOST])
        chosen = [person for person in meant if person.pk == said.get("person")] or meant
        if len(chosen) == 1:
            self.found = chosen[0]
        elif chosen:
            self.choices = chosen
            self.add_error("who", _("本县不止一个人叫这个名字，请选一个。"))
        else:
            self.add_error("who", _("本县没有叫这个名字的账号。请看看有没有写错；没有账号的，先在“人员”里邀请他。"))
        return said


class RecordForm(forms.Form):
    """One more thing that a trainer did."""

    kind = forms.ChoiceField(label=_("类型"), choices=RecordKind.choices, error_messages=LISTED)
    title = Line(label=_("内容"), max_length=80, help_text=_("例如“省里的直播电商师资班”。"))
    on = forms.DateField(
        label=_("日期"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"}),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _("请填写。"), "invalid": _("请按 2026-01-31 这样填日期。")},
    )
    academic_hours = Whole(label=_("学时"), help_text=_("没有就填 0。"), least=0, most=1000)
    place = Line(label=_("地点"), max_length=60, required=False)
    evidence = Line(label=_("证明存放处"), max_length=120, required=False, help_text=_("例如“电商中心 2 号柜”。"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"on": timezone.localdate(), "academic_hours": 0})

    @property
    def facts(self) -> NewRecord:
        """Of a valid form."""
        return NewRecord(**(self.cleaned_data | {"kind": RecordKind(self.cleaned_data["kind"])}))
