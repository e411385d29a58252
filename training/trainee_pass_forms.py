"""What a trainee types to get the link to his own pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.rules.person import plain_phone

NOT_A_PHONE = _("请填 11 位手机号，例如 13800000000。")


class PassAsked(forms.Form):
    phone = forms.CharField(
        label=_("手机号"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("请填手机号。"), "max_length": NOT_A_PHONE, "null_characters_not_allowed": NOT_A_PHONE},
    )

    def clean_phone(self) -> str:
        try:
            return plain_phone(self.cleaned_data["phone"])
        except ValueError as error:
            raise forms.ValidationError(NOT_A_PHONE) from error
