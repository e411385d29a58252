"""What people send about orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from orders.actions.export import Wish
from orders.models import AlertThresholds, Shop
from orders.models.alert import BOUNDS
from orders.rules.alert import Limits
from orders.rules.export import RECEIVER_AT_MOST, WORDS_AT_MOST, ExportFormat, ExportKind, ExportPurpose
from orders.rules.kiosk import KioskTerm, plain_name
from orders.sheets import SHEETS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files.uploadedfile import UploadedFile
    from django.db import models
    from django.utils.functional import _StrPromise

    from livestream.models import User


class UploadForm(forms.Form):
    """An export file and the shop whose orders it holds."""

    shop = forms.ModelChoiceField(Shop.objects.none(), label=_("店铺"), empty_label=_("请选择店铺"))
    file = forms.FileField(
        label=pgettext_lazy("one", "订单文件"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
        error_messages={"required": _("请选一个文件。"), "empty": _("这份文件是空的。")},
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shops = Shop.objects.visible_to(user, Action.KEEP_ORDERS).active().filter(platform__in=SHEETS).order_by("name")
        self.fields["shop"].queryset = shops  # type: ignore[attr-defined]
        if len(shops) == 1:
            self.initial["shop"] = shops[0]

    @property
    def has_shops(self) -> bool:
        return bool(self.fields["shop"].queryset)  # type: ignore[attr-defined]

    def clean_file(self) -> UploadedFile[Any]:
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if not (file.name or "").casefold().endswith((".csv", ".xlsx", ".txt")):
            raise forms.ValidationError(_("请上传 .csv 或 .xlsx 文件。"), code="kind")
        return file


class KioskForm(forms.Form):
    """Which screen shows which board, for how long, and whether it shows money. `boards` are (scope, title) to choose from."""

    name = forms.CharField(
        label=_("哪块屏"),
        required=False,  # the rule says it in better words
        help_text=_("写它挂在哪里，例如“一楼大厅”。以后收回链接时靠它认。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 40, "required": True}),
    )
    board = forms.ChoiceField(label=_("显示什么"), error_messages={"invalid_choice": _("这块大屏已经不在名单里了，请重新选。")})
    term = forms.ChoiceField(label=_("多久有效"), choices=KioskTerm.choices, initial=KioskTerm.MONTH)
    hides_money = forms.BooleanField(label=_("不显示金额，只显示订单和件数"), required=False)

    def __init__(self, *args: Any, boards: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["board"].choices = list(boards)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        try:
            return plain_name(self.cleaned_data["name"])
        except NotAllowed as refused:
            raise forms.ValidationError(str(refused), code=refused.code) from refused

    def clean_term(self) -> KioskTerm:
        return KioskTerm(self.cleaned_data["term"])


def _words(label: _StrPromise, missing: _StrPromise, limit: int, help_text: _StrPromise) -> forms.CharField:
    """A line of a person's own words, which must be there."""
    too_long = format_lazy(_("最多 {limit} 个字，请写短一点。"), limit=limit)
    said = {"required": missing, "max_length": too_long}
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(label=label, max_length=limit, help_text=help_text, error_messages=said, widget=widget)


def _day(label: _StrPromise) -> forms.DateField:
    said = dict.fromkeys(("required", "invalid"), _("请选日期，例如 2026-11-01。"))
    shown = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"})
    return forms.DateField(label=label, input_formats=["%Y-%m-%d"], widget=shown, error_messages=said)


def _choice(label: _StrPromise, choices: Any) -> forms.ChoiceField:
    said = dict.fromkeys(("required", "invalid_choice"), _("请从列表里选一样。"))
    return forms.ChoiceField(label=label, choices=choices, error_messages=said)


class ExportForm(forms.Form):
    """What somebody wants to take out, for what and for whom. `kinds` and `places` are what may be chosen."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    kind = _choice(_("内容"), ())
    place = _choice(_("地方"), ())
    from_on = _day(_("从哪一天"))
    until_on = _day(_("到哪一天"))
    format = _choice(_("格式"), ExportFormat.choices)
    purpose = _choice(_("用途"), [("", _("请选用途")), *ExportPurpose.choices])
    purpose_words = _words(
        _("用途说明"), _("请写一句做什么用，例如“上报十一月直播销售”。"), WORDS_AT_MOST, _("写清楚做什么用，会印在文件里。")
    )
    receiver = _words(
        _("交给谁"),
        _("请写交给哪个单位、哪个人。"),
        RECEIVER_AT_MOST,
        _("单位和姓名，例如“市商务局 王科长”；自己用就写自己的单位。"),
    )

    def __init__(self, *args: Any, kinds: Iterable[tuple[str, Any]], places: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds)  # type: ignore[attr-defined]
        self.fields["place"].choices = list(places)  # type: ignore[attr-defined]

    @property
    def wish(self) -> Wish:
        """Of a valid form."""
        said = self.cleaned_data
        kind, purpose = ExportKind(said["kind"]), ExportPurpose(said["purpose"])
        return Wish(**said | {"kind": kind, "format": ExportFormat(said["format"]), "purpose": purpose})


class Limit(forms.IntegerField):
    """A whole number with the unit that stands behind it, and the bounds in words."""

    def __init__(self, unit: _StrPromise | str, bounds: _StrPromise, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.unit, self.bounds = unit, bounds


def _limit(name: str, help_text: _StrPromise, unit: _StrPromise | str) -> Limit:
    """A whole number within the bounds that the table has, which the refusal names."""
    column = cast("models.Field[Any, Any]", AlertThresholds._meta.get_field(name))
    least, most = BOUNDS[name]
    refusal = format_lazy(_("请填 {least} 到 {most} 之间的整数。"), least=least, most=most)
    said = dict.fromkeys(("required", "invalid", "min_value", "max_value"), refusal)
    bounds = format_lazy(_("（{least} 到 {most}，通常是 {usual}）"), least=least, most=most, usual=column.default)
    words = {"label": column.verbose_name, "help_text": help_text, "error_messages": said}
    return Limit(unit, bounds, min_value=least, max_value=most, **words)


class ThresholdsForm(forms.Form):
    """From when on a county wants to be warned."""

    selling_out_minutes = _limit("selling_out_minutes", _("按最近五分钟卖的速度推算。数字越大，提醒得越早。"), _("分钟"))
    no_orders_minutes = _limit("no_orders_minutes", _("开播后的头几分钟不算。数字越小，提醒得越早，也越多。"), _("分钟"))
    silent_minutes = _limit("silent_minutes", _("还要比这家店铺平常的间隔长三倍，才算安静得不对头。"), _("分钟"))
    refund_percent = _limit("refund_percent", _("今天退款的单数，占这一场全部订单的多少。"), "%")
    refund_orders = _limit("refund_orders", _("单数太少，比例说明不了什么：两条都到了才提醒。"), _("单"))

    @property
    def limits(self) -> Limits:
        """Of a valid form."""
        return Limits(**self.cleaned_data)
