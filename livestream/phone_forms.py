"""What a thumb says on the host's phone: each kind of tap with what it must bring along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.forms import TapForm
from livestream.rules.afterword import Feeling
from livestream.rules.phone import HelpKind
from livestream.rules.preflight import Step

if TYPE_CHECKING:
    from livestream.models import User

KEY_AT_MOST = 2**63 - 1
WORDS_KEPT = 1000  # of what somebody says nothing is cut in silence: the verb says how much is too much


class PageForm(TapForm):
    """`page` is the id of the page whose button was pressed: without a script, a second press there is the same tap."""

    page = forms.CharField(max_length=32, required=False)
    kind = forms.CharField(max_length=16, required=False)
    by: User

    @property
    def of_button(self) -> str:
        """What tells the buttons of one page apart."""
        return str(self.cleaned_data.get("product") or "")

    @property
    def tap_id(self) -> str:
        page = self.cleaned_data["page"]
        return self.cleaned_data["tap"] or (f"{page}-{self.cleaned_data['kind']}-{self.of_button}" if page else "")


class ItemForm(PageForm):
    product = forms.IntegerField(min_value=1, max_value=KEY_AT_MOST)


class AboutForm(PageForm):
    """A note to the host, by its key."""

    about = forms.IntegerField(min_value=1, max_value=KEY_AT_MOST)

    @property
    def of_button(self) -> str:
        return str(self.cleaned_data["about"])


class HelpForm(PageForm):
    help = forms.ChoiceField(choices=HelpKind.choices)
    words = forms.CharField(max_length=WORDS_KEPT, required=False)

    @property
    def of_button(self) -> str:
        return str(self.cleaned_data["help"])


class LookForm(PageForm):
    """One answer to the check before going on air."""

    step = forms.ChoiceField(choices=Step.choices)
    fine = forms.ChoiceField(choices=[("1", _("好了")), ("0", _("没好"))])
    note = forms.CharField(max_length=WORDS_KEPT, required=False)

    @property
    def of_button(self) -> str:
        return f"{self.cleaned_data['step']}{self.cleaned_data['fine']}"


class AfterForm(PageForm):
    """The host's own short review."""

    feeling = forms.ChoiceField(choices=Feeling.choices, required=False)
    stock = forms.CharField(max_length=WORDS_KEPT, required=False)
    promises = forms.CharField(max_length=WORDS_KEPT, required=False)
