"""What people send about orders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orders.models import Shop
from orders.sheets import SHEETS

if TYPE_CHECKING:
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
