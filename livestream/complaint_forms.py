"""What people type on the public page of a session, and what staff answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line
from livestream.rules.complaint import ANSWER_AT_MOST, CONTACT_AT_MOST, WORDS_AT_MOST, ComplaintKind, ComplaintState, plain_code
from livestream.rules.text import one_line
from livestream.typed_fields import Narrowing

if TYPE_CHECKING:
    from collections.abc import Iterable

PHONE = re.compile(r"\+?[0-9][0-9\-]{2,22}")


class Words(forms.CharField):
    """A few sentences. Longer than the verb allows is said by the verb, with how long it is."""

    def __init__(self, *, label: Any, limit: int, rows: int = 4, **kwargs: Any) -> None:
        box = forms.Textarea(attrs={"rows": rows, "maxlength": limit})
        super().__init__(label=label, widget=box, **kwargs)
        self.error_messages |= {"required": _("请写一句是什么事，例如：苹果坏了三个。")}
        self.error_messages |= kwargs.get("error_messages", {})
        self.limit = limit

    def to_python(self, value: Any) -> str:
        """On one line, without what nobody sees; a flood is cut to what the verb then refuses."""
        return one_line(str(super().to_python(value))[: 20 * self.limit])


class SayForm(forms.Form):
    """A complaint. `website` is a field that people do not see: whoever fills it in is a program."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label=_("什么事"),
        choices=ComplaintKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选是什么事。"), "invalid_choice": _("请从列表里选是什么事。")},
    )
    product = forms.TypedChoiceField(
        label=_("哪一件商品（可以不选）"),
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _("这件商品不在这一场里，请从列表里选。")},
    )
    words = Words(label=_("怎么回事"), limit=WORDS_AT_MOST)
    contact = Line(
        label=_("怎么联系您（可以不写）"),
        help_text=_("电话或微信号。只有处理的人看得到，答复 180 天后删掉。不写，就凭查询码看答复。"),
        max_length=CONTACT_AT_MOST,
        required=False,
        attrs={"inputmode": "text"},
    )
    website = forms.CharField(
        label=_("这一格请留空"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    page = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, goods: Iterable[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        cast("forms.ChoiceField", self.fields["product"]).choices = [("", _("不选")), *goods]

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("这一格请留空，再交一次。"))
        return ""


class CodeForm(forms.Form):
    """The code that a complaint was given."""

    use_required_attribute = False
    code = forms.CharField(
        label=_("查询码"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "class": "num"}),
        error_messages={"required": _("请写查询码。"), "max_length": _("查询码是 10 个字母和数字，请再看一遍。")},
    )

    def clean_code(self) -> str:
        try:
            return plain_code(self.cleaned_data["code"])
        except ValueError as error:
            raise forms.ValidationError(_("查询码是 10 个字母和数字，例如 ABCD-EFG-HJK，请再看一遍。")) from error


class AnswerForm(forms.Form):
    """What staff answer, and whether it is settled."""

    use_required_attribute = False
    answer = Words(
        label=_("怎么答复（对方凭查询码看得到，不要写别人的姓名电话）"),
        limit=ANSWER_AT_MOST,
        error_messages={"required": _("请写怎么答复：对方凭查询码看得到。")},
    )
    seen = forms.ChoiceField(choices=ComplaintState.choices, required=False, widget=forms.HiddenInput)


class ServiceLineForm(forms.Form):
    """The county's service phone."""

    use_required_attribute = False
    phone = Line(label=_("服务电话"), max_length=24, attrs={"inputmode": "tel"})
    hours = Line(label=_("几点有人接"), max_length=40, required=False, attrs={"placeholder": _("例如 每天 8:00–20:00")})

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].replace(" ", "").replace("－", "-").replace("—", "-")
        if PHONE.fullmatch(phone) is None:
            raise forms.ValidationError(_("请填电话，例如 0355-8921234 或 13800000000。"))
        return phone


class ComplaintFilter(Narrowing):
    state = forms.ChoiceField(required=False, choices=[("", ""), *ComplaintState.choices])
