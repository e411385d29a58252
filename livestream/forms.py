"""What people type and tap: signing in, an event of a session, a person's record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import AdminUserCreationForm, AuthenticationForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.models import User
from livestream.rules.person import plain_phone
from livestream.rules.session import SessionEvent

if TYPE_CHECKING:
    from collections.abc import Iterable

# A tap may wait on the phone for a whole evening without network; what claims to be older is a wrong clock.
OLDEST_TAP = timedelta(hours=12)


class PhoneLogin(AuthenticationForm):
    """Phone number and password. A number that is none, an unknown one and a wrong password get the same sentence."""

    error_messages = {
        "invalid_login": _("手机号或密码不对，请再看一遍。忘了密码，请联系县电商中心。"),
        "inactive": _("手机号或密码不对，请再看一遍。忘了密码，请联系县电商中心。"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"] = forms.CharField(
            label=_("手机号"),
            max_length=30,
            error_messages={"required": _("请填手机号。")},
            widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "username", "autofocus": True}),
        )
        self.fields["password"].label = _("密码")
        self.fields["password"].error_messages = {"required": _("请填密码。")}
        self.order_fields(["username", "password"])

    def clean_username(self) -> str:
        typed = str(self.cleaned_data["username"])
        try:
            return plain_phone(typed)
        except ValueError:
            return typed


class EventForm(forms.Form):
    """One step of a session. `tap` and `at` come from a phone that may have kept the tap until there was network again."""

    event = forms.ChoiceField(choices=SessionEvent.choices)
    tap = forms.CharField(max_length=64, required=False)
    at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])

    def __init__(self, data: Any, *, offered: Iterable[SessionEvent], now: datetime | None = None) -> None:
        super().__init__(data)
        self.offered = set(offered)
        self.now = now or timezone.now()

    def clean_event(self) -> SessionEvent:
        event = SessionEvent(self.cleaned_data["event"])
        if event not in self.offered:
            raise forms.ValidationError(_("这一步不在这里办。"))
        return event

    def clean_at(self) -> datetime:
        """The moment of the tap; now, where the phone's clock is ahead or says something older than an evening."""
        at: datetime | None = self.cleaned_data["at"]
        return at if at and self.now - OLDEST_TAP <= at <= self.now else self.now


class PersonCreation(AdminUserCreationForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = User
        fields = ["phone", "name", "role", "place"]
