"""What a host picks to practise with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.rules.practice import GOODS_AT_MOST

if TYPE_CHECKING:
    from collections.abc import Iterable


class PracticeForm(forms.Form):
    """No goods picked: those of the last line-up."""

    products = forms.TypedMultipleChoiceField(
        label=_("练哪几件"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("有的商品已经不在县里的货品里，请重新选。"), "invalid_list": _("请从列表里选。")},
    )

    def __init__(self, data: Any = None, *, goods: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        cast("forms.MultipleChoiceField", self.fields["products"]).choices = list(goods)

    def clean_products(self) -> list[int]:
        picked: list[int] = self.cleaned_data["products"]
        if len(picked) > GOODS_AT_MOST:
            raise forms.ValidationError(_("一次最多练 {limit} 件商品，请去掉几件。").format(limit=GOODS_AT_MOST))
        return picked
