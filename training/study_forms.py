"""What staff type about online study: a platform's list of minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line, day_field
from training.actions.study import StudyList
from training.models import Course
from training.rules.study_sheet import PASTED_AT_MOST, cells_in, rows_in

if TYPE_CHECKING:
    from training.models import Cohort
    from training.rules.study_sheet import TypedRow


class StudyListForm(forms.Form):
    use_required_attribute = False
    course: forms.ModelChoiceField[Course] = forms.ModelChoiceField(
        label=_("课程"),
        queryset=Course.objects.none(),
        empty_label=None,
        error_messages={"required": _("请选一门课。"), "invalid_choice": _("请从列表里选。")},
    )
    source = Line(label=_("哪个平台"), max_length=40, help_text=_("例如“钉钉课堂”。同一个平台同一天再录一次，就改成新的分钟数。"))
    on = day_field(_("哪一天"))
    pasted = forms.CharField(
        label=_("名单"),
        strip=False,
        max_length=PASTED_AT_MOST,
        help_text=_("从表格里复制过来就行，一行一个人：姓名、手机号末四位（可以不写）、分钟。"),
        widget=forms.Textarea(attrs={"rows": 10, "class": "pasted", "spellcheck": "false"}),
        error_messages={
            "required": _("请先把名单贴进来。"),
            "max_length": _("太长了，请分几次贴。"),
            "null_characters_not_allowed": _("里面有看不见的字符，请删掉重新贴。"),
        },
    )

    def __init__(self, data: Any = None, *, cohort: Cohort) -> None:
        super().__init__(data, initial={"on": timezone.localdate()})
        cast("forms.ModelChoiceField[Any]", self.fields["course"]).queryset = cohort.courses.all()
        day = cast("forms.DateField", self.fields["on"])
        day.required, day.error_messages["required"] = True, _("请填日期。")
        self.rows: list[TypedRow] = []

    def clean_on(self) -> Any:
        if self.cleaned_data["on"] > timezone.localdate():
            raise forms.ValidationError(_("这一天还没到，请填今天或以前的日子。"))
        return self.cleaned_data["on"]

    def clean_pasted(self) -> str:
        text = str(self.cleaned_data["pasted"])
        self.rows = rows_in(cells_in(text))
        if not self.rows:
            raise forms.ValidationError(_("没有读到人。一行一个人：姓名、手机号末四位、分钟。"))
        return text

    @property
    def about(self) -> StudyList:
        """Of a valid form."""
        said = self.cleaned_data
        return StudyList(said["course"], said["source"], said["on"])
