"""What is pressed and typed at the control desk: one button, or a few fields, each press with an id of its own."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.forms import TapForm
from livestream.person_forms import Line
from livestream.rules.control import WORDS_AT_MOST
from livestream.rules.plan import Platform
from livestream.typed_fields import Yuan, chosen_field

PRESS = re.compile(r"([a-z_]{1,20})(?::(\d{1,18}))?")
NUMBER_MOST = 2**62


class PressForm(TapForm):
    """`press` is what was pressed, and on what: `list:12` of the product 12, `price_yes:345` of the event 345. `page` is the id
    of the page whose button it was: a second press of the same button there is the same tap."""

    press = forms.CharField(max_length=40)
    page = forms.CharField(max_length=32, required=False)
    product = forms.IntegerField(required=False, min_value=1, max_value=NUMBER_MOST)
    words = Line(label=_("说明"), max_length=WORDS_AT_MOST, required=False)
    phrase = Line(max_length=WORDS_AT_MOST, required=False)  # of a button that says its words itself
    price = Yuan(required=False)
    number = forms.IntegerField(
        required=False,
        min_value=-NUMBER_MOST,
        max_value=NUMBER_MOST,
        error_messages={"invalid": _("请填整数，例如 200。")},
    )
    platform = chosen_field(_("平台"), [("", ""), *Platform.choices])
    room_id = Line(label=_("直播间号"), max_length=64, required=False)
    account = Line(label=_("直播账号"), max_length=64, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].required = False

    def clean_press(self) -> tuple[str, int | None]:
        found = PRESS.fullmatch(self.cleaned_data["press"])
        if found is None:
            raise forms.ValidationError(_("请按页面上的按钮。"))
        return found[1], int(found[2]) if found[2] else None

    @property
    def what(self) -> str:
        name: str = self.cleaned_data["press"][0]
        return name

    @property
    def number_of(self) -> int | None:
        """What the press is on: a product, or an event of the log."""
        pressed: int | None = self.cleaned_data["press"][1]
        return pressed or self.cleaned_data["product"]

    @property
    def tap_id(self) -> str:
        page = self.cleaned_data["page"]
        return self.cleaned_data["tap"] or (f"{page}-{self.data.get('press', '')}"[:64] if page else "")
