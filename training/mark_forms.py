"""What thumbs and keyboards say of who was there: a tap that a phone may have kept, a scan, a decision, the lines of a sheet."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_OID, UUID, uuid5

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line
from training.actions.attendance import DEVICE_AT_MOST, WORDS_AT_MOST
from training.rules.attendance import Presence
from training.rules.sign_in_code import Moment, corrected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.models import Enrolment

TAP_AT_MOST = 64
TICKET_AT_MOST = 400
DIGITS = dict(zip("1234", Presence, strict=True))  # what a key means on the page of a paper sheet


def as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


class PhoneTime(forms.DateTimeField):
    """A time as a script writes it; None for what is none, for a clock is no reason to refuse a tap."""

    def __init__(self) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%dT%H:%M:%S.%f%z"])

    def clean(self, value: Any) -> datetime | None:
        try:
            found: datetime | None = super().clean(value)
        except (ValidationError, OverflowError):
            return None
        return found


class Word(forms.CharField):
    """What a script says; cut instead of refused."""

    def __init__(self, longest: int) -> None:
        super().__init__(required=False)
        self.longest = longest

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\0", "")[: self.longest]


class MarkForm(forms.Form):
    """What a thumb did. `tap`, `at`, `sent` come from a phone that may have kept the tap until there was network again: its id,
    and what the phone's clock said at the tap and at the sending."""

    tap = Word(TAP_AT_MOST)
    at, sent = PhoneTime(), PhoneTime()
    device = Word(DEVICE_AT_MOST)

    def __init__(self, data: Any = None, *, now: datetime | None = None) -> None:
        super().__init__(data)
        self.now = now or timezone.now()

    @property
    def was_kept(self) -> bool:
        """A script sent it, perhaps late, and waits for a status rather than for a page."""
        return bool(self.cleaned_data["tap"])

    @property
    def tap_id(self) -> UUID | None:
        tap = self.cleaned_data["tap"]
        return (as_uuid(tap) or uuid5(NAMESPACE_OID, tap)) if tap else None

    @property
    def moment(self) -> Moment:
        """By the server's clock; now, where no phone said otherwise."""
        at = self.cleaned_data["at"] if self.was_kept else None
        if at is None:
            return Moment(self.now, 0)
        return corrected(at, sent_at=self.cleaned_data["sent"] or self.now, received_at=self.now)


class RollForm(MarkForm):
    """One name called: `mark` is enrolment and presence, `page` the page whose button was pressed: a second press is the same."""

    mark = forms.RegexField(r"^[0-9a-f-]{36}:(?:present|late|excused|absent)$")
    page = Word(32)

    @property
    def enrolment_id(self) -> UUID:
        """Of a valid form."""
        return UUID(self.cleaned_data["mark"].partition(":")[0])

    @property
    def presence(self) -> Presence:
        return Presence(self.cleaned_data["mark"].partition(":")[2])

    def clean_mark(self) -> str:
        mark = str(self.cleaned_data["mark"])
        if as_uuid(mark[:36]) is None:
            raise forms.ValidationError(_("没有这个人。"))
        return mark

    @property
    def client_id(self) -> UUID:
        return self.tap_id or uuid5(NAMESPACE_OID, f"{self.cleaned_data['page']} {self.cleaned_data['mark']}")


class SignInForm(MarkForm):
    """A trainee's own sign-in; `ticket` says that he opened the code while it was good."""

    ticket = Word(TICKET_AT_MOST)


class DecisionForm(forms.Form):
    """What holds where marks differ, and why."""

    enrolment = forms.UUIDField(widget=forms.HiddenInput)
    presence = forms.ChoiceField(
        label=_("定为"),
        choices=Presence.choices,
        error_messages={"required": _("请选一样。"), "invalid_choice": _("请选一样。")},
    )
    words = Line(label=_("凭什么定的"), max_length=WORDS_AT_MOST)


class SheetForm(forms.Form):
    """The lines of a signed sheet: for each seat one digit, or nothing where the line is empty."""

    photo = forms.FileField(label=_("签好的表拍张照"), required=False, widget=forms.FileInput(attrs={"accept": "image/*"}))
    page = Word(32)
    rest_is_absent = forms.BooleanField(label=_("没填的都记“缺”"), required=False)

    def __init__(self, *args: Any, enrolments: Iterable[Enrolment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.enrolments = list(enrolments)
        for enrolment in self.enrolments:
            self.fields[self.name_of(enrolment)] = forms.ChoiceField(
                label=enrolment.trainee.name,
                required=False,
                choices=[("", ""), *((digit, presence.label) for digit, presence in DIGITS.items())],
                widget=forms.TextInput(
                    attrs={"inputmode": "numeric", "maxlength": 1, "autocomplete": "off", "class": "num", "data-digit": ""}
                ),
                error_messages={"invalid_choice": _("只能填 1、2、3、4。")},
            )

    @staticmethod
    def name_of(enrolment: Enrolment) -> str:
        return f"line-{enrolment.pk}"

    @property
    def lines(self) -> dict[UUID, Presence]:
        """Of a valid form."""
        rest = "4" if self.cleaned_data["rest_is_absent"] else ""
        said = {one.pk: self.cleaned_data[self.name_of(one)] or rest for one in self.enrolments}
        return {enrolment: DIGITS[digit] for enrolment, digit in said.items() if digit}

    @property
    def page_id(self) -> UUID:
        return as_uuid(self.cleaned_data["page"]) or uuid5(NAMESPACE_OID, self.cleaned_data["page"])


class PhotosForm(forms.Form):
    """Where the photos that come along belong; the files themselves are looked at one by one."""

    lesson = forms.ChoiceField(label=_("哪一课"), required=False, error_messages={"invalid_choice": _("请从列表里选一课。")})
    caption = Line(label=_("说明"), max_length=80, required=False)

    def __init__(self, data: Any = None, *, lessons: Iterable[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["lesson"].choices = [("", _("不分课")), *lessons]  # type: ignore[attr-defined]
