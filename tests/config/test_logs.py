from __future__ import annotations

import json
import logging
import logging.config
import sys

import pytest
from django.conf import settings

from config.logs import WithoutTokens, without_tokens

TOKEN = "Zx8-_" + "q" * 38


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"GET /board/?kiosk={TOKEN} HTTP/1.1", "GET /board/?kiosk=… HTTP/1.1"),
        (f"/ws/?kiosk={TOKEN}&detail=1", "/ws/?kiosk=…&detail=1"),
        (f"/api/v1/?token=cunbo_0123456789_{TOKEN}&x=1", "/api/v1/?token=cunbo_0123456789_…&x=1"),
        (f'"a?detail=1&kiosk={TOKEN}"', '"a?detail=1&kiosk=…"'),
        (f"next=%2Fboard%2F%3Fkiosk%3D{TOKEN}", "next=%2Fboard%2F%3Fkiosk%3D…"),
        (f'{{"a": "?kiosk={TOKEN}\\"}}', '{"a": "?kiosk=…\\"}'),
        (f"Not Found: /join/{TOKEN}/", "Not Found: /join/…/"),
        (f"/join/{TOKEN}", "/join/…"),
        (f"/login/?next=%2Fjoin%2F{TOKEN}%2F", "/login/?next=%2Fjoin%2F…%2F"),
        (f'"path": "/join/{TOKEN}?a=1"', '"path": "/join/…?a=1"'),
        ("kiosk_link_refused", "kiosk_link_refused"),
        ("to join the county", "to join the county"),
        ("kiosk:7", "kiosk:7"),
    ],
)
def test_token_is_cut_out_of_a_line(line, shown):
    assert without_tokens(None, "", line) == shown


def test_what_uvicorn_says_of_a_socket_has_no_token():
    record = logging.LogRecord(
        "uvicorn.error", 20, "", 0, '%s - "WebSocket %s" [accepted] %d', ("::1", f"/ws/?kiosk={TOKEN}", 7), None
    )

    assert WithoutTokens().filter(record) is True
    assert record.getMessage() == '::1 - "WebSocket /ws/?kiosk=…" [accepted] 7'
    assert "without_tokens" in settings.LOGGING["loggers"]["uvicorn.error"]["filters"]


def test_our_own_log_hides_it_in_messages_facts_and_tracebacks():
    formatter = logging.config.DictConfigurator({"version": 1}).configure_formatter(dict(settings.LOGGING["formatters"]["json"]))
    try:
        raise ValueError(f"/board/?kiosk={TOKEN}")
    except ValueError:
        record = logging.LogRecord("orders", 40, "", 0, "broke at /?kiosk=%s", (TOKEN,), sys.exc_info())

    line = formatter.format(record)

    said = json.loads(line)
    assert TOKEN not in line
    assert said["event"] == "broke at /?kiosk=…"
    assert said["exception"].endswith("ValueError: /board/?kiosk=…")
