"""What staff type about courses and their materials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line
from livestream.plan_rules_forms import Whole
from training.actions.course import CoursePlan
from training.rules.course import CourseLevel, Mode, Topic, Trade, TradeLevel
from training.rules.material import KINDS, SAME
from training.school_forms import note_field

if TYPE_CHECKING:
    from training.models import Course

LISTED = {"required": _("请从列表里选一个。"), "invalid_choice": _("请从列表里选一个。")}
NO_TRADE = ("", _("不按工种"))


class CourseForm(forms.Form):
    """One course of the catalogue."""

    title = Line(label=_("课程"), max_length=60)
    topic = forms.ChoiceField(label=_("内容"), choices=Topic.choices, error_messages=LISTED)
    level = forms.ChoiceField(label=_("程度"), choices=CourseLevel.choices, error_messages=LISTED)
    mode = forms.ChoiceField(label=_("方式"), choices=Mode.choices, error_messages=LISTED)
    academic_hours = Whole(label=_("学时"), help_text=_("一学时 45 分钟。"), least=1, most=400)
    trade = forms.ChoiceField(label=_("工种"), required=False, choices=[NO_TRADE, *Trade.choices], error_messages=LISTED)
    trade_level = forms.TypedChoiceField(
        label=_("等级"),
        required=False,
        choices=[NO_TRADE, *TradeLevel.choices],
        coerce=int,
        empty_value=None,
        error_messages=LISTED,
    )
    about = note_field(_("讲什么"))

    def __init__(self, data: Any = None, *, course: Course | None = None) -> None:
        known = {name: getattr(course, name) for name in self.base_fields} if course else {"mode": Mode.OFFLINE}
        super().__init__(data, initial=known)

    @property
    def plan(self) -> CoursePlan:
        """Of a valid form."""
        said = self.cleaned_data
        chosen = {"topic": Topic(said["topic"]), "level": CourseLevel(said["level"]), "mode": Mode(said["mode"])}
        return CoursePlan(**(said | chosen | {"trade": Trade(said["trade"]) if said["trade"] else None}))


class CourseFilter(forms.Form):
    """What the catalogue is narrowed to. Whatever is not understood narrows nothing."""

    topic = forms.ChoiceField(label=_("内容"), required=False, choices=[("", _("全部内容")), *Topic.choices])
    level = forms.ChoiceField(label=_("程度"), required=False, choices=[("", _("全部程度")), *CourseLevel.choices])

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_valid()

    @property
    def said(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if value}


class MaterialForm(forms.Form):
    """A file for a course, and what it is called; its own name where nothing is typed."""

    file = forms.FileField(
        label=_("文件"),
        help_text=_("PDF、jpg、png、mp3、mp4、docx、pptx、xlsx，最大 20 MB。手机流量要钱，越小越好。"),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{suffix}" for suffix in (*KINDS, *SAME))}),
        error_messages={
            "required": _("请选一个文件。"),
            "empty": _("这个文件是空的，请再选一次。"),
            "invalid": _("请选一个文件。"),
            "missing": _("请选一个文件。"),
        },
    )
    title = Line(label=_("名称"), max_length=60, required=False, help_text=_("学员看到的名字。空着就用文件名。"))
