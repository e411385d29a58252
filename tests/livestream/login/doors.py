"""Signing in as people do it: by the forms, from an address, on a device."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime

from django.test import Client
from django_otp.oath import TOTP

PASSWORD = "correct horse battery"
ANDROID = "Mozilla/5.0 (Linux; Android 13; V2166A) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Edg/120.0"
NAVIGATES = {"Sec-Fetch-Mode": "navigate"}


def browser(address="10.0.0.1", user_agent=WINDOWS) -> Client:
    return Client(REMOTE_ADDR=address, headers={"user-agent": user_agent})


def try_password(client, phone, password="wrong wrong wrong", **more):
    return client.post("/login/", {"username": phone, "password": password, **more})


def is_in(client) -> bool:
    """Whether this browser's cookie opens a page."""
    return client.get("/me/").status_code == 200


def entered(user, **where) -> Client:
    client = browser(**where)
    assert try_password(client, user.phone, PASSWORD).status_code == 302
    return client


def code_at(key, at: datetime | None = None) -> str:
    """What an authenticator with this key shows at that moment."""
    shown = TOTP(base64.b32decode(key))
    shown.time = (at or datetime.now(UTC)).timestamp()
    return f"{shown.token():06}"


def sms_to(said: list[tuple[str, str]], phone) -> str:
    """The newest code that was sent to this number."""
    return re.search(r"\d{6}", [text for to, text in said if to == phone][-1])[0]
