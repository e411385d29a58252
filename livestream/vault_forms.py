"""What people type about persons' data: facts, reasons, consents, requests and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.actions.subject_request import Answer
from livestream.actions.vault import PersonalFacts
from livestream.rules.age import OLDEST, age_on
from livestream.rules.consent import ConsentKind
from livestream.rules.subject_request import LONGEST_ANSWER, LONGEST_WISH, Outcome, RequestKind
from livestream.rules.text import one_line
from livestream.rules.vault import LONGEST_REASON, RevealReason, birth_in, plain_contact, plain_identity

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

DAY_ERRORS = {"invalid": _("请按 2001-05-20 这样填日期。")}
TOO_LONG = {"max_length": _("最多 %(limit_value)d 个字，现在是 %(show_value)d 个。")}
CLEARABLE = [
    ("age", _("出生日期和年龄核验")),
    ("identity", _("身份证号摘要")),
    ("second_phone", _("备用电话")),
    ("guardian", _("监护人")),
]


def day_field(label: Any, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"})
    return forms.DateField(
        label=label, required=False, input_formats=["%Y-%m-%d"], error_messages=DAY_ERRORS, widget=widget, **kwargs
    )


class Line(forms.CharField):
    """One line, without signs that nobody sees; `attrs` go to the input."""

    def __init__(self, label: Any, longest: int = 80, **attrs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
        super().__init__(label=label, required=False, max_length=longest, error_messages=TOO_LONG, widget=widget)

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


class PersonalDataForm(forms.Form):
    """What staff write down with the identity document in hand. An empty field leaves what is there."""

    birth_on = day_field(_("出生日期"))
    identity = Line(_("身份证号"), 30, inputmode="text", spellcheck="false")
    is_adult = forms.BooleanField(label=_("已核身份，满 18 周岁（不登记出生日期）"), required=False)
    second_phone = Line(_("备用电话"), 30, type="tel", inputmode="tel")
    guardian_name = Line(_("监护人姓名"), 40)
    guardian_phone = Line(_("监护人电话"), 30, type="tel", inputmode="tel")
    guardian_on = day_field(_("监护人同意日期"))
    guardian_evidence = Line(_("同意书存放处"))
    cleared = forms.MultipleChoiceField(label=_("删去"), required=False, choices=CLEARABLE, widget=forms.CheckboxSelectMultiple)

    def clean_birth_on(self) -> date | None:
        born: date | None = self.cleaned_data["birth_on"]
        today = timezone.localdate()
        if born and (born > today or age_on(born, today) > OLDEST):
            raise forms.ValidationError(_("这个出生日期不对，请对着身份证再看一遍。"))
        return born

    def clean_identity(self) -> str:
        typed = self.cleaned_data["identity"]
        if not typed:
            return ""
        try:
            return plain_identity(typed)
        except ValueError:
            raise forms.ValidationError(_("这不是正确的 18 位身份证号，请对着身份证再看一遍。")) from None

    def clean_second_phone(self) -> str:
        return self._contact("second_phone")

    def clean_guardian_phone(self) -> str:
        return self._contact("guardian_phone")

    def _contact(self, name: str) -> str:
        typed = self.cleaned_data[name]
        try:
            return plain_contact(typed) if typed else ""
        except ValueError:
            raise forms.ValidationError(_("请填 11 位手机号，或带区号的座机，例如 0355-8922000。")) from None

    def clean_guardian_on(self) -> date | None:
        agreed: date | None = self.cleaned_data["guardian_on"]
        if agreed and agreed > timezone.localdate():
            raise forms.ValidationError(_("同意日期不能在今天以后。"))
        return agreed

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        born, identity = said.get("birth_on"), said.get("identity")
        if born and identity and birth_in(identity) != born:
            self.add_error("birth_on", _("出生日期和身份证号里的不一样，请再看一遍。"))
        if not self.errors and not any(said.values()):
            raise forms.ValidationError(_("什么也没有填：请至少填一项。"))
        return said

    @property
    def facts(self) -> PersonalFacts:
        said = {name: value or None for name, value in self.cleaned_data.items() if name != "cleared"}
        return PersonalFacts(**said, cleared=tuple(self.cleaned_data["cleared"]))


class RevealForm(forms.Form):
    """Why somebody wants to see it."""

    reason = forms.ChoiceField(
        label=_("为什么要看"),
        choices=[("", _("请选一个原因")), *RevealReason.choices],
        error_messages={"required": _("请选一个原因。"), "invalid_choice": _("请从列表里选一个原因。")},
    )
    words = Line(_("补充说明"), LONGEST_REASON)


class ConsentForm(forms.Form):
    """One switch."""

    kind = forms.ChoiceField(choices=ConsentKind.choices)
    given = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])

    @property
    def is_given(self) -> bool:
        return bool(self.cleaned_data["given"] == "yes")


class AskForm(forms.Form):
    """What a person wants to be done with his data."""

    kind = forms.ChoiceField(choices=RequestKind.choices)
    wish = Line(_("想说明什么"), LONGEST_WISH)


class AnswerForm(forms.Form):
    """What staff decide about a request."""

    outcome = forms.ChoiceField(
        label=pgettext_lazy("request", "答复"),
        error_messages={"required": _("请选一个答复。"), "invalid_choice": _("这个请求不能这样答复，请从列表里选。")},
        widget=forms.RadioSelect,
    )
    until = day_field(_("限制到"))
    words = Line(_("给本人的说明"), LONGEST_ANSWER)

    def __init__(self, *args: Any, offered: Iterable[Outcome], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        outcomes = list(offered)
        self.fields["outcome"].choices = [(outcome.value, outcome.label) for outcome in outcomes]  # type: ignore[attr-defined]
        if Outcome.RESTRICTED not in outcomes:
            del self.fields["until"]

    @property
    def answer(self) -> Answer:
        said = self.cleaned_data
        return Answer(Outcome(said["outcome"]), said["words"], said.get("until"))
