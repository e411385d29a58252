"""What people send about orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.errors import NotAllowed
from orders.models import Shop
from orders.rules.kiosk import KioskTerm, plain_name
from orders.sheets import SHEETS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.files.uploadedfile import UploadedFile

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
        shops = Shop.objects.visible_to(user).active().filter(platform__in=SHEETS).order_by("name")
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
