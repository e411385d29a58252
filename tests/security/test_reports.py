"""Where browsers say what they kept a page from doing: small, rare, and nothing personal of it is kept."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest

from config import reports
from livestream.actions import blocked
from livestream.actions.blocked import count_blocked
from livestream.models import BlockedLoad

TOKEN = "kx3v9tZ1QmJr8wYb"
OLD = {
    "csp-report": {
        "document-uri": f"http://testserver/board/county/140425/?kiosk={TOKEN}", "referrer": f"http://testserver/join/{TOKEN}/",
        "violated-directive": "script-src-elem 'self'", "effective-directive": "script-src-elem", "original-policy": "…",
        "blocked-uri": f"https://evil.example:8443/x.js?t={TOKEN}", "status-code": 200, "script-sample": "欧阳槿柒 17000004321",
    }
}  # fmt: skip
NEW = [
    {"type": "csp-violation", "age": 1, "url": "x", "user_agent": "Mozilla", "body": {
        "documentURL": "http://testserver/waiting/", "effectiveDirective": "style-src-attr", "blockedURL": "inline", "sample": "欧阳槿柒"}},
    {"type": "deprecation", "body": {}},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_pace(monkeypatch):
    monkeypatch.setattr(reports, "pace", reports.Pace(reports.A_MINUTE))


def report(client, document, kind="application/csp-report", **headers):
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return client.post("/csp-report/", body, content_type=kind, headers=headers).status_code


def rows():
    return sorted(BlockedLoad.objects.values_list("directive", "page", "blocked", "count"))


def test_both_forms_are_counted_by_day_without_anything_personal(client, db, caplog):
    with caplog.at_level(logging.WARNING):
        assert report(client, OLD) == 204
        assert report(client, OLD) == 204
        assert report(client, NEW, "application/reports+json") == 204

    assert rows() == [
        ("script-src", "orders:county_board", "evil.example", 2),
        ("style-src-attr", "orders:waiting", "inline", 1),
    ]
    said = [record.msg for record in caplog.records if record.name == "config.reports"]
    assert [line["event"] for line in said] == ["csp_report"] * 3
    assert not any(word in caplog.text for word in (TOKEN, "欧阳槿柒", "17000004321", "8443"))


@pytest.mark.parametrize(
    ("document", "kind", "status"),
    [
        (b"{", "application/csp-report", 400),
        (b"[" * 15_000, "application/csp-report", 400),
        (b"\xff", "application/csp-report", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "multipart/form-data; boundary=x", 415),
        (b"x" * 16_001, "application/csp-report", 413),
        (b"{}", "application/csp-report", 204),
        (b"[]", "application/reports+json", 204),
        (b"null", "application/json", 204),
        (b'[{"type": "csp-violation", "body": "x"}, 5, null, {"type": []}]', "application/reports+json", 204),
    ],
)
def test_what_is_no_report_is_refused_or_empty(client, db, document, kind, status):
    assert report(client, document, kind) == status
    assert rows() == []


@pytest.mark.parametrize(
    ("directive", "page", "source", "kept"),
    [
        ("x" * 5000, "http://[", "http://[::1", ("other", "other", "other")),
        ("script-src", "/nowhere/", "chrome-extension://abc", ("script-src", "other", "chrome-extension")),
        ("img-src", "http://testserver/my/", "data", ("img-src", "livestream:my_sessions", "data")),
        ("frame-src", "about:blank\0", "https://\0\u202e.example\n/x", ("frame-src", "other", ".example")),
        (5, ["x"], {"a": 1}, ("other", "other", "other")),
        ("default-src", "/", "javascript:alert(1)", ("default-src", "home", "javascript")),
    ],
)
def test_whatever_is_said_becomes_a_few_plain_words(client, db, directive, page, source, kept):
    body = {"documentURL": page, "effectiveDirective": directive, "blockedURL": source}

    assert report(client, [{"type": "csp-violation", "body": body}], "application/reports+json") == 204

    assert rows() == [(*kept, 1)]


def test_too_many_are_not_written_down(client, db, monkeypatch):
    monkeypatch.setattr(reports, "pace", reports.Pace(3))

    assert [report(client, OLD) for _ in range(5)] == [204, 204, 204, 429, 429]
    assert rows()[0][-1] == 3


def test_the_pace_is_free_again_after_a_minute():
    pace = reports.Pace(2)

    assert [pace.take(now) for now in (0, 1, 2, 60.5, 60.6, 61.5)] == [True, True, False, True, False, True]


def test_a_stranger_cannot_fill_the_table(db, monkeypatch, now):
    monkeypatch.setattr(blocked, "ROWS_A_DAY", 3)
    for n in range(6):
        count_blocked("script-src", "home", f"host{n}", at=now)

    assert [row[1:] for row in rows()] == [("home", "host0", 1), ("home", "host1", 1), ("home", "host2", 1), ("…", "…", 3)]


def test_old_reports_are_forgotten(db):
    at = datetime(2026, 11, 22, tzinfo=UTC)
    count_blocked("script-src", "home", "inline", at=at - timedelta(days=91))
    count_blocked("script-src", "home", "inline", at=at - timedelta(days=90))
    count_blocked("script-src", "home", "inline", at=at)

    assert BlockedLoad.objects.count() == 2


def test_no_cookie_and_no_token_is_asked_for(db):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)

    assert report(client, OLD) == 204
    assert client.cookies == {}
