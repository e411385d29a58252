"""The few fixtures everyone needs: two counties, three people and a stranger, one shop, one session on air."""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = os.environ["CUNBO_TEST_RUN"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Argon2 would cost most of the run
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    settings.AXES_ENABLED = False
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns when it is missing

    from tests.emptying import begin

    begin()
    try_fewer()


def try_fewer() -> None:
    """What says no number of its own tries fifty examples in the run of every test; others each time, so the runs add up."""
    from hypothesis import settings

    settings.register_profile("every test", max_examples=int(os.environ.get("CUNBO_EXAMPLES", "50")))
    settings.load_profile("every test")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the matrix of rights tried stands in the last lines of the run."""
    from tests.rights.figures import told

    if line := told([*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]):
        terminalreporter.write_line(line)


def pytest_runtest_setup() -> None:
    """Faults end every connection of the test database, also the one that the next test would use: it gets a new one."""
    from django.db import connections

    for connection in connections.all(initialized_only=True):
        if connection.connection is not None and not connection.in_atomic_block and not connection.is_usable():
            connection.connection = None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings, django_db_blocker):
    """Every worker's database is a copy of one in which the migrations have run: they would take each of them seconds."""
    from django.core.management import call_command
    from django.db import connection

    from tests.database import migrated

    with django_db_blocker.unblock():
        name = migrated(connection, lambda: call_command("migrate", verbosity=0, interactive=False))
    connection.settings_dict["TEST"]["TEMPLATE"] = name


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Ends the connections that executor threads of async tests left open, or the test database could not be dropped."""
    from django.db import connection

    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        cursor.execute(others)


@pytest.fixture(scope="session")
def folders_of_uploads(tmp_path_factory) -> Iterator[Path]:
    """A folder for the uploads of each test; it is made by who stores the first file."""
    worker = tmp_path_factory.mktemp("uploads")
    return (worker / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def uploads_of_its_own(folders_of_uploads):
    """Tests that run at the same time list, sweep and encrypt anew the folder of uploads: none sees another's."""
    from django.conf import settings

    shared, settings.UPLOADS = settings.UPLOADS, next(folders_of_uploads)
    yield
    settings.UPLOADS = shared


BUSY = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"


@pytest.fixture(autouse=True)
def nobody_asks_any_more(request):
    """Waits for the questions that boards, servers and workers of a test still have at the database: emptying its tables beside
    a question in flight can end in a deadlock."""
    marker = request.node.get_closest_marker("django_db")
    if not (marker and marker.kwargs.get("transaction")) and "transactional_db" not in request.fixturenames:
        yield
        return
    from django.db import connection

    request.getfixturevalue("transactional_db")
    yield
    until = time.monotonic() + 5
    with connection.cursor() as cursor:
        cursor.execute(BUSY)
        while cursor.fetchone()[0] and time.monotonic() < until:  # who takes longer is named by the emptying that fails
            time.sleep(0.01)
            cursor.execute(BUSY)


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def county(db):
    from tests.factories import make_place

    return make_place("140425", "平顺县")


@pytest.fixture
def other_county(db):
    from tests.factories import make_place

    return make_place("130529", "巨鹿县")


@pytest.fixture
def host(county):
    from tests.factories import make_user

    return make_user("host", county)


@pytest.fixture
def staff(county):
    from tests.factories import make_user

    return make_user("staff", county)


@pytest.fixture
def trainer(county):
    from tests.factories import make_user

    return make_user("trainer", county)


@pytest.fixture
def stranger(other_county):
    """County staff of another county: must never see anything of ours."""
    from tests.factories import make_user

    return make_user("staff", other_county)


@pytest.fixture
def shop(county):
    from tests.factories import make_shop

    return make_shop(county)


@pytest.fixture
def session(county, host, now):
    """On air for an hour, in room R1 on account A1."""
    from tests.factories import make_session

    return make_session(county, host, went_live_at=now - timedelta(hours=1))
