"""Every wait for the database ends, whatever the network or the server does."""

from __future__ import annotations

import os
import time

import psycopg
import pytest
from django.db import OperationalError, connection

from config.database import Line, bounded
from config.environment import Environment
from faults.proxy import Proxy
from livestream.models.leisure import at_leisure


def limits(line):
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    return [line.execute(f"SHOW {name}").fetchone()[0] for name in names]


@pytest.fixture
def proxy():
    """In front of the tests' own server."""
    folder = psycopg.conninfo.conninfo_to_dict(os.environ["DATABASE_URL"])["host"]
    with Proxy(f"{folder}/.s.PGSQL.5432") as proxy:
        yield proxy


def parameters(proxy, statement_s):
    """How the pool connects: the class and its arguments."""
    options = bounded(Environment().database("NONE", f"postgres://postgres@127.0.0.1:{proxy.port}/postgres"), 4, statement_s)[
        "OPTIONS"
    ]
    pool = options.pop("pool")
    return pool["connection_class"], {
        "host": "127.0.0.1",
        "port": proxy.port,
        "user": "postgres",
        "dbname": "postgres",
        **options,
    }


def test_the_server_ends_what_takes_too_long(proxy):
    kind, words = parameters(proxy, 1)
    with kind.connect(**words) as line:
        assert limits(line) == ["1s", "3s", "10s"]
        with pytest.raises(psycopg.errors.QueryCanceled):
            line.execute("SELECT pg_sleep(5)")


def test_a_command_may_take_long_but_never_waits_for_a_lock(proxy):
    kind, words = parameters(proxy, 0)
    with kind.connect(**words) as line:
        assert (limits(line), line.patience) == (["0", "3s", "10min"], None)


def test_own_options_of_the_address_win(proxy):
    address = {"OPTIONS": {"options": "-c lock_timeout=7s", "keepalives_idle": 60}}
    options = bounded(address, 4, 5)["OPTIONS"]
    assert options["options"].endswith(" -c lock_timeout=7s")
    assert (options["keepalives_idle"], options["connect_timeout"]) == (60, 3)


def test_without_a_pool_nothing_is_sent_that_a_pgbouncer_refuses():
    assert "options" not in bounded({}, 0, 5)["OPTIONS"]


def test_a_silent_server_is_given_up_a_second_later(proxy):
    kind, words = parameters(proxy, 1)
    line = kind.connect(**words)
    proxy.set(timeout_s=0)
    began = time.monotonic()
    with pytest.raises(psycopg.OperationalError, match="does not answer"):
        line.execute("SELECT 1")
    assert 2.0 <= time.monotonic() - began < 3.0
    assert line.closed


def test_a_silent_line_cannot_hold_a_connection_attempt(proxy):
    kind, words = parameters(proxy, 5)
    proxy.set(timeout_s=0)
    began = time.monotonic()
    with pytest.raises(psycopg.errors.ConnectionTimeout):
        kind.connect(**words)
    assert time.monotonic() - began < 4.0


@pytest.mark.django_db(transaction=True)
def test_leisure_is_for_what_is_inside():
    def shown():
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return cursor.fetchone()[0]

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '50ms'")
    connection.connection.execute("SELECT 1")
    with at_leisure(60):
        assert shown() == "1min"
    assert shown() == "0"  # the session's own default: in a pooled one that of config/database.py

    with pytest.raises(OperationalError), at_leisure(60), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert shown() == "0"  # on a connection that was made anew


def test_patience_is_a_second_more_than_the_server_has(proxy):
    kind, words = parameters(proxy, 5)
    with kind.connect(**words, autocommit=True) as line:
        assert (kind.patience, line.patience, Line.patience) == (6, 6, None)
