from __future__ import annotations

import io
import json
import logging
import logging.config
import sys
import time

import pytest
import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from config.logs import LONGEST_LINE, WithoutTokens, harmless, without_secrets
from livestream.models import User
from tests.factories import make_user

TOKEN = "Zx8-_" + "q" * 38
SHOWN = "GET /board/?kiosk=… HTTP/1.1"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"GET /board/?kiosk={TOKEN} HTTP/1.1", SHOWN),
        (f"/ws/?kiosk={TOKEN}&detail=1", "/ws/?kiosk=…&detail=1"),
        (f'"a?detail=1&kiosk={TOKEN}"', '"a?detail=1&kiosk=…"'),
        (f"next=%2Fboard%2F%3Fkiosk%3D{TOKEN}", "next=%2Fboard%2F%3Fkiosk%3D…"),
        (f"GET /join/{TOKEN}/ HTTP/1.1", "GET /join/…/ HTTP/1.1"),
        (f"next=%2Fjoin%2F{TOKEN}%2F", "next=%2Fjoin%2F…%2F"),
        (f"POST /c/{TOKEN}/ HTTP/1.1", "POST /c/…/ HTTP/1.1"),
        ("next=%2Fc%2Fabc%2F", "next=%2Fc%2F…%2F"),
        (f"/calendar/{TOKEN}.ics", "/calendar/…"),
        (f"X-Key: cunbo_0123456789_{TOKEN}", "X-Key: cunbo_0123456789_…"),
        (f"Authorization: Bearer cunbo_0123456789_{TOKEN}", "Authorization: …"),
        ("{'Cookie': 'cunbo=abc; x=y'}", "{'Cookie': …"),
        ("Set-Cookie: cunbo=abc", "Set-Cookie: …"),
        ("bearer abcdefghijk", "bearer …"),
        ("secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw+/=", "secret whsec_…"),
        ("password=hunter2&next=/", "password=…&next=/"),
        ("{'csrfmiddlewaretoken': 'abc', 'a': 1}", "{'csrfmiddlewaretoken': '…', 'a': 1}"),
        ('"app_secret": "abc"', '"app_secret": "…"'),
        ("postgres://cunbo:geheim@db/cunbo", "postgres://cunbo:…@db/cunbo"),
        (f"a bare one: {TOKEN}.", "a bare one: …."),
        ("Key (phone)=(13800000000) already exists.", "Key (phone)=(…) already exists."),
        ("DETAIL:  Failing row contains (1, 张三, 1990-01-01).", "DETAIL:  Failing row contains (…"),
        ("13812345678", "138****5678"),
        ("call 138-1234-5678 or +86 138 1234 5678, 8613812345678", "call 138****5678 or +86 138****5678, 86138****5678"),
        ("１３８12345678", "１３８****5678"),
        ("11010519491231002X", "110105****"),
    ],
)  # fmt: skip
def test_what_no_log_may_say_is_cut_out(line, shown):
    assert without_secrets(line) == shown


@pytest.mark.parametrize(
    "line",
    [
        "kiosk_link_refused", "kiosk:7", "order 4781320682406083640", "order 138123456789", "at 1763726400123", "tokens left: 5",
        "token_expires_at=None", "110105194912310021", "/joined/x/", "f" * 64, "a" * 43, f"a{'1' * 11}b".ljust(64, "c"), "0a0b0c0d-1111-1111-1111-a13812345678", "1111a138-1234-5678-9abc-000000000000", "the secret of the mountain",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_stays(line):
    assert without_secrets(line) == line


def test_what_uvicorn_says_of_a_socket_has_no_token_and_is_one_line():
    record = logging.LogRecord(
        "uvicorn.error", 20, "", 0, '%s - "WebSocket %s" [accepted] %d', ("::1\r\nx", f"/ws/\u202e?kiosk={TOKEN}", 7), None
    )

    assert WithoutTokens().filter(record) is True
    assert record.getMessage() == '::1\\r\\nx - "WebSocket /ws/\\u202e?kiosk=…" [accepted] 7'
    assert "without_tokens" in settings.LOGGING["loggers"]["uvicorn.error"]["filters"]


@pytest.fixture
def formatter():
    return logging.config.DictConfigurator({"version": 1}).configure_formatter(dict(settings.LOGGING["formatters"]["json"]))


def test_our_own_log_hides_it_in_messages_facts_and_tracebacks(formatter):
    try:
        raise ValueError(f"/board/?kiosk={TOKEN}")
    except ValueError:
        record = logging.LogRecord("orders", 40, "", 0, "broke at /?kiosk=%s", (TOKEN,), sys.exc_info())

    line = formatter.format(record)

    said = json.loads(line)
    assert TOKEN not in line
    assert said["event"] == "broke at /?kiosk=…"
    assert said["exception"].endswith("ValueError: /board/?kiosk=…")


def test_every_line_of_a_request_carries_its_number(formatter):
    with structlog.contextvars.bound_contextvars(request_id="ab" * 16):
        line = formatter.format(logging.LogRecord("django.request", 30, "", 0, "Not Found: %s", ("/x/",), None))
    assert json.loads(line)["request_id"] == "ab" * 16


class Unspeakable:
    def __str__(self):
        raise RuntimeError


NASTY = {
    "line breaks": "a\r\nb\n{\"event\": \"forged\"}\u2028c\u0085d",
    "colours": "\x1b[31mred\x1b[0m\x9b31m\x07\x00\x7f",
    "direction": "\u202eexe.txt\u2066\u200b\ufeff\u061c",
    "halves": "\ud800 \udfff",
    "tags": "\U000e0041\U000e007f",
    "a megabyte": "好" * 350_000,
    "a megabyte of signs": "\u202e" * 350_000,
    "digits": "1" * 1_000_000,
    "deep": [[[[[[[[["x"]]]]]]]]],
    "wide": {str(n): "x" * 500 for n in range(10_000)},
    "bytes": b"\xff\x00abc",
    "unspeakable": Unspeakable(),
    "huge": 10**5000,
    "number": 13812345678,
    "nan": float("nan"),
    "loop": None,
}  # fmt: skip
NASTY["loop"] = {"itself": NASTY}


@pytest.mark.parametrize("case", NASTY)
def test_whatever_is_said_is_one_short_line_of_json_that_anybody_can_read(case):
    line = harmless(None, "", {"event": "x", "value": NASTY[case], "again": NASTY[case], "phones": {"13812345678": 1}})

    assert len(line.encode()) < LONGEST_LINE
    assert line.splitlines() == [line]
    assert [sign for sign in line if not sign.isprintable()] == []
    assert "13812345678" not in line
    assert json.loads(line)["event"] == "x"


def test_a_value_of_a_telling_name_is_never_said():
    said = {"event": "x", "password": "p1", "facts": {"access_token": "p2", "Cookie": "p3", "body": "p4"}, "digest": "d" * 64}
    assert json.loads(harmless(None, "", said)) == {
        "event": "x", "password": "…", "facts": {"access_token": "…", "Cookie": "…", "body": "…"}, "digest": "d" * 64,
    }  # fmt: skip


def test_a_nested_traceback_of_any_length_keeps_its_end(formatter):
    try:
        try:
            raise ValueError("内" * 500_000)
        except ValueError as inner:
            raise RuntimeError("the end") from inner
    except RuntimeError:
        record = logging.LogRecord("x", 40, "", 0, "broke", (), sys.exc_info())

    line = formatter.format(record)

    assert len(line.encode()) < LONGEST_LINE
    assert json.loads(line)["exception"].endswith("RuntimeError: the end")


def test_no_half_of_a_secret_stands_where_a_value_is_cut():
    for padding in range(0, 4200, 7):
        line = harmless(None, "", {"event": "x" * padding + f" kiosk={TOKEN} 13812345678 " + "y " * 4000})
        assert "qqqq" not in line
        assert "1381234" not in line


def test_a_line_is_made_in_less_than_a_millisecond():
    said = {
        "event": "board_refused",
        "reason": "address",
        "path": f"/ws/board/?kiosk={TOKEN}",
        "level": "info",
        "logger": "orders",
    }
    began = time.perf_counter()
    for _ in range(500):
        harmless(None, "", dict(said))
    assert (time.perf_counter() - began) / 500 < 0.001


# --- payloads through the doors -----------------------------------------------------------------------------------------------

PAYLOADS = ["\r\nforged: yes", "\x1b[2J", "\u202e倒", "%0d%0aforged", "13912345678", f"kiosk={TOKEN}", "A" * 100_000]
SECRET_ONES = ["13912345678", TOKEN, "hunter2hunter2", "11010519491231002X"]


@pytest.fixture
def written(formatter):
    """What all loggers write meanwhile, and how many times."""
    lines, events = io.StringIO(), []
    handler = logging.StreamHandler(lines)
    handler.setFormatter(formatter)
    handler.addFilter(lambda record: events.append(record) or True)
    logging.getLogger().addHandler(handler)
    yield lambda: (lines.getvalue().split("\n")[:-1], len(events))
    logging.getLogger().removeHandler(handler)


@pytest.mark.django_db
def test_payloads_through_every_door_are_one_clean_line_each(written, county):
    client = Client(raise_request_exception=False)
    staff = make_user("staff", county)
    for payload in PAYLOADS:
        client.get(f"/nowhere/{payload}/")
        client.get("/desk/", {"q": payload})
        client.get(
            "/login/",
            headers={"x-request-id": payload[:200], "user-agent": payload, "referer": payload, "cookie": f"cunbo={payload}"},
        )
        client.post("/login/", {"username": payload, "password": "hunter2hunter2"})
        client.get(f"/join/{TOKEN}/", {"x": payload})
        client.post("/push/standard/x/", payload, content_type="application/json")
        client.get("/api/v1/nowhere/", headers={"authorization": f"Bearer {TOKEN}"})
        client.post("/my/", {"x": payload})
        structlog.get_logger("orders").warning("seen", name=payload, phone=payload)
        logging.getLogger("x").error("seen %s", payload)
        logging.getLogger("x").error(payload + " 11010519491231002X")
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        User(phone=staff.phone, name="张三丰", role="staff", place=county).save()
    logging.getLogger("x").error("twice", exc_info=refused.value)

    lines, events = written()

    assert events > 40
    assert len(lines) == events
    assert all(isinstance(json.loads(line), dict) for line in lines)
    assert all(line.isprintable() and len(line.encode()) < LONGEST_LINE for line in lines)
    assert [secret for secret in (*SECRET_ONES, staff.phone) if any(secret in line for line in lines)] == []
