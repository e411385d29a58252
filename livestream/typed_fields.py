"""Fields in which people type days, moments and money; and where a refusal is said."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.rules.money import fen_from_yuan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest, QueryDict
    from django.utils.functional import _StrPromise

    from livestream.rules.errors import NotAllowed

YEARS = range(2015, 2100)
WAN = 10_000


def day_field(label: _StrPromise | str, **kwargs: Any) -> forms.DateField:
    box = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"})
    errors = {"required": _("请填日期。"), "invalid": _("请按 2026-01-31 这样填日期。")}
    return forms.DateField(label=label, widget=box, input_formats=["%Y-%m-%d"], error_messages=errors, **kwargs)


class Moment(forms.DateTimeField):
    """A day and a time of the clock in Shanghai."""

    def __init__(self, **kwargs: Any) -> None:
        box = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local", "class": "num"})
        super().__init__(widget=box, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **kwargs)
        self.error_messages |= {"required": _("请填日期和时间。"), "invalid": _("请按 2026-01-31 19:30 这样填日期和时间。")}

    def to_python(self, value: Any) -> Any:
        try:
            found: datetime | None = super().to_python(value)
        except OverflowError as error:
            raise forms.ValidationError(self.error_messages["invalid"]) from error
        if found is not None and found.year not in YEARS:
            raise forms.ValidationError(_("请看看年份：要在 2015 年以后。"))
        return found


class Yuan(forms.CharField):
    """Money typed in yuan, kept in fen: `200000`, `¥1,299.90`, `20万`. None where it may be left empty."""

    def __init__(self, **kwargs: Any) -> None:
        box = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "num"})
        super().__init__(widget=box, max_length=30, **kwargs)
        self.error_messages |= {"required": _("请填金额。"), "max_length": _("请填金额，例如 200000 或 20 万。")}

    def clean(self, value: Any) -> Any:
        text = super().clean(value).replace("万元", "万")
        times, plain = (WAN, text[:-1]) if text.endswith("万") else (1, text)
        try:
            fen = fen_from_yuan(plain)
        except ValueError as error:
            raise forms.ValidationError(_("请填金额，例如 200000 或 20 万。")) from error
        if fen is None and self.required:
            raise forms.ValidationError(self.error_messages["required"])
        return None if fen is None else fen * times

    def prepare_value(self, value: Any) -> Any:
        return plain_yuan(value) if isinstance(value, int) else value


def plain_yuan(fen: int) -> str:
    """As it would be typed: `200000`, `59.8`."""
    return f"{fen // 100}" if fen % 100 == 0 else f"{fen // 100}.{fen % 100:02}"


class Narrowing(forms.Form):
    """What a list is narrowed to, once it was looked at (`is_valid`). Whatever is not understood narrows nothing."""

    def said(self, name: str) -> str:
        return str(self.cleaned_data.get(name) or "")

    @property
    def narrows(self) -> bool:
        return any(self.said(name) for name in self.fields)


def number_field(label: _StrPromise | str, **kwargs: Any) -> forms.IntegerField:
    box = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"})
    invalid = _("请填数字。")
    errors = {"required": invalid, "invalid": invalid, "min_value": invalid, "max_value": _("这个数太大了。")}
    return forms.IntegerField(label=label, widget=box, min_value=0, max_value=2**31 - 1, error_messages=errors, **kwargs)


def chosen_field(label: _StrPromise | str, choices: Any) -> forms.ChoiceField:
    errors = {"required": _("请选一个。"), "invalid_choice": _("请从列表里选。")}
    return forms.ChoiceField(label=label, choices=choices, error_messages=errors)


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: nothing while the page is only looked at."""
    return request.POST if request.method == "POST" else None


def say(form: forms.Form, refused: NotAllowed, fields: Mapping[str, str]) -> None:
    """A refusal, at the field that it is about."""
    field = fields.get(refused.code)
    form.add_error(field if field in form.fields else None, str(refused))
