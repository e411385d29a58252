"""The settings refuse what makes no sense, and name the variable."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config.environment import Environment, fernet_keys, kept

ROOT = Path(__file__).resolve().parents[2]
MANY = {
    "DATABASE_URL": "postgres://cunbo:secret@db.example/cunbo",
    "SECRET_KEY": "s" * 50,
    "FIELD_KEYS": Fernet.generate_key().decode(),
}
READ = """
import json, sys
from django.conf import settings
settings.DEBUG
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""


def settings_with(tmp_path: Path, *names: str, **variables: str) -> dict:
    """The settings a fresh process has under these variables alone. Raises ImproperlyConfigured with what it said."""
    done = subprocess.run(
        [sys.executable, "-c", READ, *names],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", "CUNBO_DATA": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        assert "ImproperlyConfigured" in done.stderr, done.stderr
        raise ImproperlyConfigured(done.stderr.split("ImproperlyConfigured: ", 1)[1].strip())
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DEBUG", "banana", "DEBUG must be 0 or 1."),
        ("HTTPS", "2", "HTTPS must be 0 or 1."),
        ("PUSH_QUEUE_LIMIT", "many", "PUSH_QUEUE_LIMIT must be a whole number."),
        ("DATABASE_POOL", "1.5", "DATABASE_POOL must be a whole number."),
        ("DATABASE_URL", "sqlite:///x", "DATABASE_URL must begin with postgres://, only PostgreSQL will do."),
        ("DATABASE_URL", "postgres://user@host", "DATABASE_URL names no database."),
        ("AUDIT_KEEP_MONTHS", "5", "AUDIT_KEEP_MONTHS must be 6 to 1200 months."),
        ("REDIS_URL", "localhost:6379", "REDIS_URL must begin with redis://."),
        ("FIELD_KEYS", "short", "FIELD_KEYS holds a key that is not 32 bytes in base64."),
        ("SECRET_KEY", "", "SECRET_KEY must be set when DATABASE_URL is set and DEBUG is 0."),
        ("FIELD_KEYS", "", "FIELD_KEYS must be set when DATABASE_URL is set and DEBUG is 0."),
    ],
)
def test_refusal_names_the_variable(tmp_path, name, value, words):
    with pytest.raises(ImproperlyConfigured) as refusal:
        settings_with(tmp_path, **{**MANY, name: value})
    chinese, english = str(refusal.value).splitlines()
    assert chinese.startswith(f"环境变量 {name} ")
    assert english == words


def test_nothing_set_is_one_machine(tmp_path):
    found = settings_with(tmp_path, "DEBUG", "SECRET_KEY", "DATABASES", "CELERY_BROKER_URL", "CHANNEL_LAYERS", "ALLOWED_HOSTS")
    assert found["DEBUG"] is False
    assert found["DATABASES"]["default"]["OPTIONS"]["host"] == str(tmp_path / "postgres") or found["DATABASES"]["default"]["HOST"]
    assert found["CELERY_BROKER_URL"] == "memory://"
    assert found["CHANNEL_LAYERS"]["default"]["BACKEND"] == "channels.layers.InMemoryChannelLayer"
    assert found["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]


def test_secrets_are_made_once_and_kept(tmp_path):
    first = settings_with(tmp_path, "SECRET_KEY", "FIELD_KEYS")
    assert settings_with(tmp_path, "SECRET_KEY", "FIELD_KEYS") == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "field_keys").stat().st_mode & 0o777 == 0o600


def test_redis_url_moves_cache_channels_and_tasks(tmp_path):
    found = settings_with(
        tmp_path, "CACHES", "CHANNEL_LAYERS", "CELERY_BROKER_URL", **MANY, REDIS_URL="redis://cache.example:6379/0"
    )
    assert found == {
        "CACHES": {
            "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://cache.example:6379/0"}
        },
        "CHANNEL_LAYERS": {
            "default": {
                "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
                "CONFIG": {"hosts": ["redis://cache.example:6379/0"]},
            }
        },
        "CELERY_BROKER_URL": "redis://cache.example:6379/0",
    }


def test_empty_variable_counts_as_unset(tmp_path):
    assert settings_with(tmp_path, "DEBUG", "PUSH_QUEUE_LIMIT", DEBUG="", PUSH_QUEUE_LIMIT="") == {
        "DEBUG": False,
        "PUSH_QUEUE_LIMIT": 2000,
    }


def test_kept_value_is_never_replaced(tmp_path):
    assert kept(tmp_path / "below" / "name", "first") == "first"
    assert kept(tmp_path / "below" / "name", "second") == "first"
    assert [path.name for path in (tmp_path / "below").iterdir()] == ["name"]


def test_keys_come_newest_first():
    new, old = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    assert fernet_keys("FIELD_KEYS", f" {new} , {old},") == [new, old]


def test_switches_and_numbers_are_read(monkeypatch):
    monkeypatch.setenv("SWITCH", " yes")
    monkeypatch.setenv("NUMBER", "12")
    assert (Environment().bool("SWITCH", default=False), Environment().int("NUMBER", default=1)) == (True, 12)
