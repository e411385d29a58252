"""What staff type about the grades of hosts: which to look at, what a county asks, what they decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line
from livestream.plan_rules_forms import Whole
from livestream.typed_fields import Narrowing, day_field
from training.actions.grade import REASON_AT_MOST, Said
from training.rules.grade import LIMITS, Answer, Grade, Terms

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.utils.functional import _StrPromise

    from livestream.models import Place

NAME_AT_MOST = 40


class GradeFilter(Narrowing):
    """What the list of hosts is narrowed to. Whatever is not understood narrows nothing."""

    q = Line(label=_("姓名"), max_length=NAME_AT_MOST, required=False)
    grade = forms.ChoiceField(label=_("等级"), required=False, choices=[("", _("全部等级")), *Grade.choices])
    place = forms.ChoiceField(label=_("乡镇"), required=False)
    open = forms.BooleanField(label=_("只看等人来定的"), required=False)
    county = forms.CharField(required=False, max_length=6, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, places: Iterable[Place]) -> None:
        super().__init__(data)
        offered = [("", _("全部乡镇")), *((place.pk, place.short_name) for place in places)]
        cast("forms.ChoiceField", self.fields["place"]).choices = offered
        self.is_valid()

    @property
    def is_narrow(self) -> bool:
        return any(self.said(name) for name in ("q", "grade", "place", "open"))


def number(name: str, label: _StrPromise, **words: Any) -> Whole:
    least, most = LIMITS[name]
    return Whole(label=label, least=least, most=most, **words)


class GradeRuleForm(forms.Form):
    """The thresholds of a county, by grade, and the day from which they hold."""

    novice_lessons = number("novice_lessons", _("上过几次课"))
    junior_sessions = number("junior_sessions", _("正式播过几场"), help_text=_("练习不算。"))
    junior_needs_sale = forms.BooleanField(label=_("要卖出过"), required=False)
    window_months = number("window_months", _("“近期”看几个月"), help_text=_("中级和高级的场次、在线、退款都看这几个月。"))
    middle_sessions = number("middle_sessions", _("近期播几场"))
    middle_online = number("middle_online", _("近期一般在线（人）"), help_text=_("一半的场次比它多，一半比它少。"))
    middle_refund_percent = number(
        "middle_refund_percent", _("退款率不超过全县中位数的（%）"), help_text=_("100 就是不超过全县主播的中位数。")
    )
    senior_online = number("senior_online", _("近期一般在线（人）"))
    senior_lessons_taught = number("senior_lessons_taught", _("给别人上过几次课"), help_text=_("当讲师或助教，已上的课。"))
    senior_households = number("senior_households", _("带动几户农户供货"))
    rest_days = number("rest_days", _("不同意以后几天内不再提"))
    begins_on = day_field(_("从哪天起"))

    groups = (
        (Grade.NOVICE, ("novice_lessons",)),
        (Grade.JUNIOR, ("junior_sessions", "junior_needs_sale")),
        (Grade.MIDDLE, ("window_months", "middle_sessions", "middle_online", "middle_refund_percent")),
        (Grade.SENIOR, ("senior_online", "senior_lessons_taught", "senior_households")),
        (None, ("rest_days", "begins_on")),
    )

    def __init__(self, data: Any = None, *, terms: Terms) -> None:
        super().__init__(data, initial=terms._asdict() | {"begins_on": timezone.localdate()})

    def by_grade(self) -> list[tuple[Grade | None, list[forms.BoundField]]]:
        return [(grade, [self[name] for name in names]) for grade, names in self.groups]

    @property
    def terms(self) -> Terms:
        """Of a valid form."""
        return Terms(**{name: self.cleaned_data[name] for name in Terms._fields})

    @property
    def begins(self) -> date:
        return cast("date", self.cleaned_data["begins_on"])


class DecisionForm(forms.Form):
    """What somebody decides about a proposal; which button was pressed says what."""

    answer = forms.ChoiceField(choices=Answer.choices, widget=forms.HiddenInput)
    grade = forms.ChoiceField(choices=Grade.choices, widget=forms.HiddenInput)
    because = Line(label=_("原因"), max_length=REASON_AT_MOST, required=False, help_text=_("不同意一定要写，主播看得到这句话。"))
    until_on = day_field(_("推到哪天"), required=False)

    @property
    def said(self) -> Said:
        """Of a valid form."""
        data = self.cleaned_data
        return Said(Answer(data["answer"]), data["grade"], data["because"], data["until_on"])
