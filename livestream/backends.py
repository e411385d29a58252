"""Signing in by a code that was sent to the phone; by a password, Django's own backend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.backends import ModelBackend
from django.utils import timezone

from livestream.actions.sms import use_code

if TYPE_CHECKING:
    from django.http import HttpRequest

    from livestream.models import User


class SmsCode(ModelBackend):
    """A code is good only in the browser that asked for it: `asked` is the row that its session remembers."""

    def authenticate(  # type: ignore[override]  # other credentials than a password's
        self, request: HttpRequest | None, username: str = "", secret_code: str = "", asked: int = 0, **_other: Any
    ) -> User | None:
        if not (request and secret_code and asked):
            return None
        user = use_code(username, secret_code, asked=asked, at=timezone.now())
        return user if user and self.user_can_authenticate(user) else None
