"""What people type to sign in, and about their own account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from livestream.rules.password import LONGEST, SHORTEST
from livestream.rules.person import plain_phone
from livestream.rules.sms import plain_code

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

    from livestream.models import User

REFUSED = _("手机号或密码不对，请再看一遍。忘了密码，请联系县电商中心。")
UNSEEN = _("里面有看不见的字符，请删掉重新填。")
LONGEST_CODE = 32


def password_field(label: StrPromise, *, autocomplete: str, **words: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST,
        error_messages={
            "required": _("请填密码。"),
            "max_length": _("密码最长 %(limit_value)d 个字。"),
            "null_characters_not_allowed": UNSEEN,
        },
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        **words,
    )


class PhoneField(forms.CharField):
    """A phone number as people write it: with +86, spaces, dashes, full-width digits."""

    def __init__(self) -> None:
        super().__init__(
            label=_("手机号"),
            error_messages={"required": _("请填手机号。"), "null_characters_not_allowed": UNSEEN},
            widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "username", "autofocus": True}),
        )


class PhoneLogin(forms.Form):
    """Phone number and password. A number that is none, an unknown one and a wrong password get the same sentence."""

    username = PhoneField()
    password = password_field(_("密码"), autocomplete="current-password")

    def clean_username(self) -> str:
        try:
            return plain_phone(self.cleaned_data["username"])
        except ValueError:
            return ""

    def refuse(self) -> None:
        self.add_error(None, REFUSED)


class CodeAsked(forms.Form):
    """Where to send a code."""

    username = PhoneField()

    def clean_username(self) -> str:
        try:
            return plain_phone(self.cleaned_data["username"])
        except ValueError as error:
            raise ValidationError(_("请填 11 位手机号，例如 138 0000 0000。")) from error


def code_field(label: StrPromise, **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST_CODE,
        error_messages={
            "required": _("请填验证码。"),
            "max_length": _("这不是验证码，请再看一遍。"),
            "null_characters_not_allowed": UNSEEN,
        },
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "class": "num", **attrs}),
    )


class CodeLogin(forms.Form):
    """The code that came by text message."""

    code = code_field(_("6 位验证码"), inputmode="numeric")

    def clean_code(self) -> str:
        return plain_code(self.cleaned_data["code"])


class SecondFactorForm(forms.Form):
    """The code of the authenticator, or a recovery code."""

    code = code_field(_("验证码"))


class PasswordForm(forms.Form):
    """A new password; the old one first, unless a code proved a moment ago who this is (`knows_old` False)."""

    old = password_field(_("现在的密码"), autocomplete="current-password")
    new = password_field(_("新密码"), autocomplete="new-password")
    again = password_field(_("新密码再填一遍"), autocomplete="new-password")

    def __init__(self, user: User, data: Any = None, *, asks_old: bool = True) -> None:
        super().__init__(data)
        self.user = user
        self.fields["new"].widget.attrs["minlength"] = SHORTEST
        if not asks_old:
            del self.fields["old"]

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self.user)
        return new

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("new") and said.get("again") and said["new"] != said["again"]:
            self.add_error("again", _("两次填的不一样，请再填一遍。"))
        if said.get("new") and said.get("new") == said.get("old"):
            self.add_error("new", _("新密码要和现在的不一样。"))
        return said
