from __future__ import annotations

import pytest

SAID: list[tuple[str, str]] = []


def hear(phone: str, text: str) -> None:
    """A sender of text messages that keeps what it was given."""
    SAID.append((phone, text))


def fail(_phone: str, _text: str) -> None:
    raise ConnectionError("https://sms.example/?to=13800001234&code=123456")


@pytest.fixture
def sms(settings, django_capture_on_commit_callbacks):
    """What was sent: (number, text), oldest first. Messages leave when the worker is told to look."""
    SAID.clear()
    settings.SMS_SENDER = "tests.livestream.login.conftest.hear"
    return SAID


@pytest.fixture
def locks(settings):
    """Lock-out as it is outside the tests."""
    settings.AXES_ENABLED = True
