"""What staff type about their school: what they agreed on, and the plan of a month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line, day_field
from livestream.plan_rules_forms import Whole
from training.actions.school import MonthPlan, RulesPlan
from training.rules.counting import MEANING_OF_UNIT
from training.rules.school import AttendanceUnit
from training.rules.suppression import LEAST

if TYPE_CHECKING:
    from training.models import SchoolMonth, SchoolRules

NOTE_AT_MOST = 500


def note_field(label: Any, *, most: int = NOTE_AT_MOST, help_text: Any = "", rows: int = 3) -> forms.CharField:
    """Some lines of text, as they were typed."""
    said = {
        "max_length": _("最多写 %(limit_value)d 个字，现在是 %(show_value)d 个。"),
        "null_characters_not_allowed": _("里面有看不见的字符，请删掉重新填。"),
    }
    box = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=False, max_length=most, help_text=help_text, widget=box, error_messages=said)


class RulesForm(forms.Form):
    """What a county agreed on, each with what follows from it."""

    unit = forms.ChoiceField(
        label=_("一人次怎么算"),
        choices=AttendanceUnit.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一样。"), "invalid_choice": _("请从三样里选一样。")},
    )
    goal_people = Whole(label=_("目标人数"), help_text=_("不重复的人，不是人次。"), least=1, most=1_000_000)
    goal_years = Whole(label=_("几年完成"), least=1, most=10)
    goal_from_on = day_field(_("从哪天算起"))
    attendance_percent = Whole(label=_("出勤率至少（%）"), help_text=_("点名页照它提醒；发证照发证规则。"), least=0, most=100)
    qr_seconds = Whole(
        label=_("签到码多少秒换一次"), help_text=_("越短，越没法拍照转给别人；太短，后排扫不上。一般 30 秒。"), least=10, most=300
    )
    late_minutes = Whole(label=_("开课多少分钟后算迟到"), help_text=_("迟到也算到课。"), least=0, most=240)
    small_cell = Whole(
        label=_("少于几人不显示"), help_text=_("成效页上，少于这么多人的格子不写数字，免得认出是谁。"), least=LEAST, most=50
    )

    def __init__(self, data: Any = None, *, rules: SchoolRules) -> None:
        super().__init__(data, initial={name: getattr(rules, name) for name in self.base_fields})
        self.fields["goal_from_on"].help_text = _("空着，就从第一次上课那天算起。")

    @property
    def units(self) -> list[tuple[Any, Any]]:
        """Each choice with what it counts."""
        return [(choice, MEANING_OF_UNIT[AttendanceUnit(str(choice.data["value"]))]) for choice in self["unit"]]

    @property
    def plan(self) -> RulesPlan:
        """Of a valid form."""
        said = self.cleaned_data
        return RulesPlan(**(said | {"unit": AttendanceUnit(said["unit"])}))


class MonthForm(forms.Form):
    """The plan of a month."""

    theme = Line(label=_("主题"), max_length=60, required=False, help_text=_("例如“花椒上市，学直播卖货”。可以不填。"))
    planned_lessons = Whole(label=_("计划上几次课"), least=0, most=500)
    planned_people = Whole(label=_("计划多少人来"), help_text=_("不重复的人。"), least=0, most=30_000)
    note = note_field(_("说明"))

    def __init__(self, data: Any = None, *, month: SchoolMonth | None) -> None:
        known = (
            {name: getattr(month, name) for name in self.base_fields} if month else {"planned_lessons": 0, "planned_people": 0}
        )
        super().__init__(data, initial=known)

    @property
    def plan(self) -> MonthPlan:
        """Of a valid form."""
        return MonthPlan(**self.cleaned_data)
