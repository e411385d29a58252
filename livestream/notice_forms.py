"""What somebody types about his notices, and staff about a group's robot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from livestream.actions.robot import RobotPlan, kind_of
from livestream.models import Place
from livestream.person_forms import Line
from livestream.rules.errors import SENTENCES
from livestream.rules.notice import NoticeGroup, NoticeState

if TYPE_CHECKING:
    from livestream.models import NoticePreference

EMAIL_AT_MOST, ADDRESS_AT_MOST, SECRET_AT_MOST = 100, 300, 120
NOT_OFFERED = {"invalid_choice": _("请从列表里选。")}


def _groups() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        choices=NoticeGroup.choices, required=False, widget=forms.CheckboxSelectMultiple, error_messages=NOT_OFFERED
    )


class WaysForm(forms.Form):
    """An e-mail address, and which kinds go by which way. What is about no way that there is, is not asked."""

    sms_for = _groups()
    email = Line(
        label=_("我的邮箱"),
        required=False,
        max_length=EMAIL_AT_MOST,
        validators=[EmailValidator(_("请填完整的邮箱，例如 name@example.cn。"))],
        attrs={"type": "email", "inputmode": "email", "autocomplete": "email"},
    )
    email_for = _groups()

    def __init__(self, data: Any = None, *, preference: NoticePreference, has_sms: bool, has_email: bool) -> None:
        initial = {"email": preference.email, "sms_for": preference.sms_for, "email_for": preference.email_for}
        super().__init__(data, initial=initial)
        self.preference = preference
        self.fields["sms_for"].label, self.fields["email_for"].label = _("发短信告诉我"), _("发邮件告诉我")
        for name in ([] if has_sms else ["sms_for"]) + ([] if has_email else ["email", "email_for"]):
            del self.fields[name]

    @property
    def wanted(self) -> dict[str, Any]:
        """Of a valid form; what was not asked stays as it was."""
        kept = {"email": self.preference.email, "sms_for": self.preference.sms_for, "email_for": self.preference.email_for}
        return kept | self.cleaned_data


class RobotForm(forms.Form):
    """A group's name, its robot's address and, where it signs, its secret. Which platform it is, the address says."""

    county = forms.ChoiceField(label=_("县"), error_messages=NOT_OFFERED)
    name = Line(label=_("群名"), help_text=_("您自己认得就行，例如“播主群”。"), max_length=40)
    address = Line(
        label=_("机器人的 Webhook 地址"),
        help_text=_("在群设置里添加机器人，把地址整个复制过来。企业微信、钉钉、飞书都可以。"),
        max_length=ADDRESS_AT_MOST,
        attrs={"inputmode": "url", "spellcheck": "false"},
    )
    secret = Line(
        label=_("加签密钥"),
        help_text=_("钉钉选了“加签”、飞书选了“签名校验”的才有，没有就空着。按关键词过滤的，关键词写“村播”。"),
        max_length=SECRET_AT_MOST,
        required=False,
        attrs={"spellcheck": "false"},
    )

    def __init__(self, data: Any = None, *, counties: list[Place]) -> None:
        super().__init__(data, initial={"county": counties[0].pk if counties else ""})
        self.counties = {place.pk: place for place in counties}
        county = cast("forms.ChoiceField", self.fields["county"])
        county.choices = [(place.pk, place.name) for place in counties]
        if len(counties) == 1:
            county.widget = forms.HiddenInput()

    def clean_address(self) -> str:
        address = str(self.cleaned_data["address"])
        if kind_of(address) is None:
            raise forms.ValidationError(SENTENCES["robot_address"])
        return address

    @property
    def place(self) -> Place:
        """Of a valid form."""
        return self.counties[self.cleaned_data["county"]]

    @property
    def plan(self) -> RobotPlan:
        """Of a valid form."""
        said = self.cleaned_data
        return RobotPlan(said["name"], said["address"], said["secret"])


class NoticeFilter(forms.Form):
    """What the list of notices is narrowed to. Whatever is not understood narrows nothing."""

    state = forms.ChoiceField(required=False, choices=[("", ""), *NoticeState.choices])

    @property
    def state_said(self) -> str:
        return str(self.cleaned_data.get("state", "")) if self.is_valid() else ""
