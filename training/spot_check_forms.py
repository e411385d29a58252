"""What an auditor types: which classes a sample is drawn from, and what was heard on the telephone; what explains an oddity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line
from livestream.plan_rules_forms import Whole
from training.actions.spot_check import TITLE_AT_MOST, Draw
from training.rules.spot_check import SAMPLE_AT_MOST, SEED_AT_MOST, WORDS_AT_MOST, SpotResult

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from training.models import Cohort


class Cohorts(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no generic when it runs
    """Whatever is no class of the list is said in one sentence."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError:
            raise forms.ValidationError(_("请从列表里选班。")) from None


class SpotCheckForm(forms.Form):
    """`months`: by name (`2026-10`), the classes that had a lesson then."""

    title = Line(label=_("这次抽查叫什么"), max_length=TITLE_AT_MOST)
    month = forms.ChoiceField(
        label=_("一个月里上过课的班"), required=False, error_messages={"invalid_choice": _("请从列表里选一个月。")}
    )
    cohorts = Cohorts(
        label=_("或者选几个班"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    size = Whole(label=_("抽几人"), least=1, most=SAMPLE_AT_MOST)
    seed = Line(label=_("种子"), max_length=SEED_AT_MOST)

    def __init__(self, data: Any = None, *, cohorts: Any, months: Mapping[str, Sequence[Cohort]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.months = months
        self.fields["cohorts"].queryset = cohorts  # type: ignore[attr-defined]
        self.fields["cohorts"].label_from_instance = lambda one: f"{one.year}-{one.number} {one.title}"  # type: ignore[attr-defined]
        self.fields["month"].choices = [("", _("不按月，选班")), *((name, name) for name in months)]  # type: ignore[attr-defined]
        self.fields["seed"].help_text = _("抽之前定下来，谁也算不准的：掷骰子的数、当天报纸上的数。")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("month") and not said.get("cohorts") and "cohorts" not in self.errors:
            self.add_error("cohorts", _("请选一个月，或者至少一个班。"))
        return said

    @property
    def draw(self) -> Draw:
        said = self.cleaned_data
        chosen = self.months[said["month"]] if said["month"] else list(said["cohorts"])
        return Draw(said["title"], chosen, said["seed"], said["size"])


class SpotResultForm(forms.Form):
    """`before`: the result that the page showed."""

    result = forms.ChoiceField(
        label=_("本人怎么说"),
        choices=SpotResult.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一个结果。"), "invalid_choice": _("请选一个结果。")},
    )
    words = Line(label=_("说明"), max_length=WORDS_AT_MOST, required=False)
    before = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)


class AnomalyNoteForm(forms.Form):
    key = forms.CharField(max_length=120, widget=forms.HiddenInput)
    is_explained = forms.BooleanField(label=_("有合理解释"), required=False)
    words = Line(label=_("查到了什么"), max_length=WORDS_AT_MOST)
