"""What a caller writes down about a graduate, and a mentor about what he did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line
from livestream.typed_fields import Yuan, day_field
from training.actions.follow_up import Answers, Tried
from training.rules.follow_up import IS_OVER, NEXT_TRIES, CallResult, StepKind, Work, WorkPlace

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from livestream.models import User
    from training.models import Enrolment

WORDS_AT_MOST, STEP_AT_MOST = 200, 300
NO_MORE = "none"
NEXT_DAYS = [("1", _("明天再打")), ("3", _("3 天后再打")), ("7", _("一周后再打")), (NO_MORE, _("不再打了"))]


class ResultForm(forms.Form):
    """Which of the buttons was pressed; the answers, where somebody answered; when to try again, where nobody did."""

    result = forms.ChoiceField(
        choices=CallResult, error_messages=dict.fromkeys(("required", "invalid_choice"), _("请点一个结果。"))
    )
    work = forms.ChoiceField(label=_("现在做什么"), required=False, choices=Work, widget=forms.RadioSelect)
    work_place = forms.ChoiceField(label=_("在哪里"), required=False, choices=WorkPlace, widget=forms.RadioSelect)
    earns = Yuan(
        label=_("本人说，每月大约挣多少（元）"),
        required=False,
        help_text=_("他怎么说就怎么记，不问也行。这是本人说的，不和系统里数出来的销售额放在一起。"),
    )
    words = Line(label=_("记一句"), max_length=WORDS_AT_MOST, required=False, help_text=_("例如：想学短视频，缺打包箱。"))
    next_days = forms.ChoiceField(label=_("没打通，什么时候再打"), choices=NEXT_DAYS, required=False)
    seen = forms.IntegerField(required=False, min_value=0, max_value=9999, widget=forms.HiddenInput)

    def clean_earns(self) -> int | None:
        earns: int | None = self.cleaned_data["earns"]
        if earns is not None and earns < 0:
            raise forms.ValidationError(_("收入不能是负数。"))
        return earns

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("result") == CallResult.REACHED and not said.get("work") and "work" not in self.errors:
            self.add_error("work", _("打通了，请选他现在做什么。"))
        return said

    @property
    def tried(self) -> Tried:
        """Of a valid form."""
        said = self.cleaned_data
        result = CallResult(said["result"])
        work = Work(said["work"]) if said["work"] else None
        place = WorkPlace(said["work_place"]) if said["work_place"] else None
        is_last = result in IS_OVER or said["next_days"] == NO_MORE
        days = None if is_last else int(said["next_days"] or NEXT_TRIES[0])
        return Tried(result, Answers(work, place, said["earns"], said["words"]), days, said["seen"])


class StepForm(forms.Form):
    """A step of a mentor with one of the cohort's graduates."""

    enrolment = forms.ChoiceField(label=_("哪位学员"), error_messages={"invalid_choice": _("请从名单里选。")})
    kind = forms.ChoiceField(label=_("做了什么"), choices=StepKind)
    on = day_field(_("哪天"))
    mentor = forms.ChoiceField(label=_("带教老师"), error_messages={"invalid_choice": _("请从名单里选。")})
    words = Line(label=_("说明"), max_length=STEP_AT_MOST, required=False)
    prefix = "step"

    def __init__(
        self, data: Any = None, *, graduates: Sequence[Enrolment], mentors: Sequence[User], first_on: date, **kwargs: Any
    ) -> None:
        super().__init__(data, initial={"on": timezone.localdate()}, **kwargs)
        self.first_on = first_on
        self.graduates = {str(one.pk): one for one in graduates}
        self.mentors = {str(one.pk): one for one in mentors}
        offered = cast("forms.ChoiceField", self.fields["enrolment"])
        offered.choices = [("", _("请选")), *((pk, one.trainee.name) for pk, one in self.graduates.items())]
        cast("forms.ChoiceField", self.fields["mentor"]).choices = [(pk, one.name) for pk, one in self.mentors.items()]

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if not self.first_on <= on <= timezone.localdate():
            raise forms.ValidationError(_("请填开班以后、到今天为止的日期。"))
        return on

    @property
    def graduate(self) -> Enrolment:
        return self.graduates[self.cleaned_data["enrolment"]]

    @property
    def who(self) -> User:
        """The mentor."""
        return self.mentors[self.cleaned_data["mentor"]]
