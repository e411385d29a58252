"""Settings that would open a real system to strangers stop every process at its start, or fail the check."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config import checks
from config.dangers import refuse_dangers
from tests.config.test_settings import MANY, ROOT, settings_with

SAFE = {"debug": False, "https": True, "hosts": ["cunbo.example"], "database": {"HOST": "db.example"}, "environment": {}, "arguments": ["uvicorn"]}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "variable"),
    [
        ({"debug": True}, "DEBUG"),
        ({"debug": True, "database": {"HOST": "127.0.0.1"}}, "DEBUG"),
        ({"debug": True, "https": False}, "DEBUG"),
        ({"hosts": ["cunbo.example", "*"]}, "ALLOWED_HOSTS"),
        ({"environment": {"FORWARDED_ALLOW_IPS": "127.0.0.1, *"}}, "FORWARDED_ALLOW_IPS"),
        ({"arguments": ["uvicorn", "--forwarded-allow-ips", "*"]}, "FORWARDED_ALLOW_IPS"),
        ({"arguments": ["uvicorn", "--forwarded-allow-ips=*"]}, "FORWARDED_ALLOW_IPS"),
    ],
)
def test_what_opens_a_real_system_is_refused_by_name(changed, variable):
    with pytest.raises(ImproperlyConfigured, match=f"环境变量 {variable} "):
        refuse_dangers(**(SAFE | changed))


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"debug": True, "https": False, "database": {"HOST": "/tmp/socket"}},
        {"debug": True, "https": False, "database": {"HOST": "127.0.0.1"}, "hosts": ["*"]},
        {
            "environment": {"FORWARDED_ALLOW_IPS": "10.0.0.2"},
            "arguments": ["uvicorn", "--forwarded-allow-ips", "10.0.0.2,10.0.0.3"],
        },
    ],
)
def test_what_a_developer_or_a_proxy_needs_is_not(changed):
    refuse_dangers(**(SAFE | changed))


def test_a_process_does_not_start_with_it(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="ALLOWED_HOSTS"):
        settings_with(tmp_path, "DEBUG", **MANY, ALLOWED_HOSTS="*")


def test_the_deployment_check_is_clean_with_warnings_as_errors(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], cwd=ROOT, capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "CUNBO_DATA": str(tmp_path), **MANY, "SECRET_KEY": "".join(map(chr, range(40, 100))), "HTTPS": "1"},
    )  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (0, "System check identified no issues (0 silenced).\n", "")


def test_dangers_are_named(settings, monkeypatch):
    assert [*checks.dangers()] == []
    settings.CELERY_ACCEPT_CONTENT = ["json", "pickle"]
    settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {"script-src": ["'self'", "'unsafe-inline'"], "img-src": ["*"]}}
    settings.FIELD_KEYS = [settings.SECRET_KEY]
    settings.MIDDLEWARE = []
    monkeypatch.setattr(checks, "find_spec", lambda _name: None)

    found = [(problem.id, problem.msg) for problem in checks.check_dangers()]

    assert [number for number, _ in found] == ["cunbo.E001", "cunbo.E002", "cunbo.E003", "cunbo.E004", "cunbo.E005"]
    assert found[2][1] == "The Content Security Policy is open: img-src, script-src."


def test_weak_cookies_are_named(settings):
    """As on a test machine: no HTTPS, and a fast hasher."""
    settings.SESSION_COOKIE_HTTPONLY = False

    assert [problem.id for problem in checks.weak_cookies()] == ["cunbo.W001", "cunbo.W002", "cunbo.W003"]


def test_keys_are_two(tmp_path):
    found = settings_with(tmp_path, "SECRET_KEY", "FIELD_KEYS")

    assert found["SECRET_KEY"] not in found["FIELD_KEYS"]
    assert Fernet(found["FIELD_KEYS"][0])


def test_logins_that_never_end_or_are_guessed_freely_are_named(settings):
    settings.AXES_ENABLED = True
    assert list(checks.weak_logins()) == []

    settings.AXES_ENABLED = False
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != "config.logins.Logins"]
    settings.SESSION_COOKIE_AGE = 1_209_600
    assert [problem.id for problem in checks.weak_logins()] == ["cunbo.W011", "cunbo.W012", "cunbo.W013"]
