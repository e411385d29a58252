"""What staff type about certificates: the rule of a county, why one is revoked; and the number that anybody types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line
from livestream.plan_rules_forms import Whole
from training.actions.certificate import REASON_AT_MOST, RuleFacts, facts_of_rule
from training.rules.certificate import LONGEST_TYPED, plain_number

if TYPE_CHECKING:
    from training.models import CertificateRule

HOURS_AT_MOST = 400
WORDS_AT_MOST = 60
NAME_AT_MOST = 40


class CertificateRuleForm(forms.Form):
    attendance_percent = Whole(label=_("出勤率至少（%）"), least=0, most=100)
    is_over_planned = forms.BooleanField(
        label=_("按计划课次算"), required=False, help_text=_("不勾：按已经上过的课算。勾上：还没上的课也算在内。")
    )
    needs_exam = forms.BooleanField(label=_("要考试"), required=False)
    exam_marks = Whole(label=_("每门考试至少（分）"), least=0, most=100)
    needs_practical = forms.BooleanField(label=_("要实操"), required=False)
    practical_marks = Whole(label=_("实操至少（分）"), least=0, most=100)
    academic_hours = Whole(
        label=_("至少学时"), least=0, most=HOURS_AT_MOST, help_text=_("线上每 45 分钟也算一学时。不要求就填 0。")
    )

    def __init__(self, data: Any = None, *, rule: CertificateRule) -> None:
        super().__init__(data, initial=facts_of_rule(rule)._asdict())

    @property
    def facts(self) -> RuleFacts:
        """Of a valid form."""
        return RuleFacts(**self.cleaned_data)


class RevokeForm(forms.Form):
    because = Line(
        label=_("为什么撤销"),
        max_length=REASON_AT_MOST,
        help_text=_("谁扫码核验，谁就看得到这句话。不要写别人的姓名和手机号。"),
    )


class CorrectForm(forms.Form):
    """The name as it should have stood on a certificate."""

    name = Line(
        label=_("正确的姓名"),
        max_length=NAME_AT_MOST,
        help_text=_("照身份证写。学员资料里的姓名也一起改过来。"),
    )


class CertificateSearch(forms.Form):
    """What narrows the list. What cannot be is as if it were not there."""

    q = Line(label=_("编号、姓名或班名"), max_length=WORDS_AT_MOST, required=False)
    revoked = forms.BooleanField(label=_("只看撤销的"), required=False)

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""

    @property
    def is_revoked(self) -> bool:
        return bool(self.is_valid() and self.cleaned_data["revoked"])


class NumberForm(forms.Form):
    """The number of a certificate, typed from paper."""

    number = Line(
        label=_("证书编号"),
        max_length=LONGEST_TYPED,
        attrs={"inputmode": "numeric", "class": "num", "placeholder": "140425-2026-00001-19"},
        error_messages={"required": _("请填证书上的编号。")},
    )

    def clean_number(self) -> str:
        try:
            return plain_number(self.cleaned_data["number"])
        except ValueError:
            raise forms.ValidationError(_("编号不对，可能抄错了一位。请对着证书再看一遍：一共 17 个数字。")) from None
