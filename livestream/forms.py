"""What people type and tap: an event of a session, a person's record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AdminUserCreationForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.models import User
from livestream.rules.api_token import NAME_AT_MOST, Scope, TokenPlan, TokenTerm, plain_name
from livestream.rules.control import moment_of_tap
from livestream.rules.errors import NotAllowed
from livestream.rules.session import SessionEvent

if TYPE_CHECKING:
    from collections.abc import Iterable


class TapForm(forms.Form):
    """What a thumb did. `tap` and `at` come from a phone that may have kept the tap until there was network again."""

    tap = forms.CharField(max_length=64, required=False)
    sent = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])
    at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])

    def __init__(self, data: Any, *, now: datetime | None = None) -> None:
        super().__init__(data)
        self.now = now or timezone.now()

    def clean_at(self) -> datetime:
        """The moment of the tap by our clock (`rules.control.moment_of_tap`). `sent` stands before `at`: it is read first."""
        return moment_of_tap(self.cleaned_data["at"], sent=self.cleaned_data.get("sent"), now=self.now)

    @property
    def was_kept(self) -> bool:
        """A script sent it, perhaps late, and waits for a status rather than for a page."""
        return bool(self.cleaned_data["tap"])


class EventForm(TapForm):
    """One step of a session."""

    event = forms.ChoiceField(choices=SessionEvent.choices)

    def __init__(self, data: Any, *, offered: Iterable[SessionEvent], now: datetime | None = None) -> None:
        super().__init__(data, now=now)
        self.offered = set(offered)

    def clean_event(self) -> SessionEvent:
        event = SessionEvent(self.cleaned_data["event"])
        if event not in self.offered:
            raise forms.ValidationError(_("这一步不在这里办。"))
        return event


class PitchForm(TapForm):
    """The next thing to present. `page` is the id of the page whose button was pressed: a second press there is the same tap."""

    product = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    page = forms.CharField(max_length=32, required=False)

    @property
    def tap_id(self) -> str:
        page, product = self.cleaned_data["page"], self.cleaned_data["product"]
        return self.cleaned_data["tap"] or (f"{page}-{product}" if page else "")


class TokenForm(forms.Form):
    """Where a token of the API is used, what for, in which place, how long. `scopes` and `places` are (value, words)."""

    name = forms.CharField(
        label=_("用在哪里"),
        required=False,  # the rule says it in better words
        help_text=_("写哪个程序用它，例如“电商中心的报表”。以后撤销时靠它认。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": NAME_AT_MOST, "required": True}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("可以做什么"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只选用得着的。它做不了您自己做不了的事。"),
        error_messages={"required": _("请至少选一样它可以做的事。"), "invalid_choice": _("请从列表里选。")},
    )
    place = forms.ChoiceField(label=_("哪个地方"), required=False, error_messages={"invalid_choice": _("请从列表里选一个地方。")})
    term = forms.ChoiceField(label=_("多久有效"), choices=TokenTerm.choices, initial=TokenTerm.QUARTER)

    def __init__(self, *args: Any, scopes: Iterable[tuple[str, str]], places: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = list(scopes)  # type: ignore[attr-defined]
        self.fields["place"].choices = list(places)  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        try:
            return plain_name(self.cleaned_data["name"])
        except NotAllowed as refused:
            raise forms.ValidationError(str(refused), code=refused.code) from refused

    @property
    def plan(self) -> TokenPlan:
        """Of a valid form."""
        said = self.cleaned_data
        return TokenPlan(said["name"], tuple(Scope(each) for each in said["scopes"]), said["place"], TokenTerm(said["term"]))


class PersonCreation(AdminUserCreationForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = User
        fields = ["phone", "name", "role", "place"]
