"""The REST API against its own schema, judged by schemathesis: whatever is sent, the answer is one that the schema names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import schemathesis
import time_machine
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from schemathesis.specs.openapi.checks import ignored_auth

from tests.factories import make_user
from tests.orders.market_day import market_day

AT = datetime(2026, 11, 21, 12, 30, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def api_schema(db):
    """Requests run in the test's own transaction, so the end of one must not close its connection (the test client does the same)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/schema/", get_wsgi_application())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def cookies(staff):
    client = Client()
    client.force_login(staff)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def operations(schema):
    found = [found.ok() for found in schema.get_all_operations()]
    return [operation for operation in found if "/board/" in operation.path]


BOARDS = {"city": "1404", "county": "140425", "province": "14", "session": None}
PATHS = [
    f"/api/v1/board/{kind}/{{{name}}}/{part}"
    for kind, name in (("city", "code"), ("county", "code"), ("province", "code"), ("session", "session_id"))
    for part in ("", "detail/")
] + ["/api/v1/board/session/{session_id}/replay/"]


def test_the_schema_names_all_boards(api_schema):
    assert [operation.path for operation in operations(api_schema)] == PATHS


@pytest.mark.parametrize("nth", range(len(PATHS)), ids=PATHS)
def test_any_request_gets_an_answer_of_the_schema(api_schema, cookies, nth):
    @examples(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(operations(api_schema)[nth].as_strategy())
    def ask(case):
        case.call_and_validate(cookies=cookies)

    ask()


@pytest.fixture
def admin_cookies(county):
    client = Client()
    client.force_login(make_user("admin", county))
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


NOW_ON_AIR = [path for path in PATHS if "replay" not in path]


@pytest.mark.parametrize("nth", range(len(NOW_ON_AIR)), ids=NOW_ON_AIR)
@time_machine.travel(AT)
def test_a_board_that_is_there_is_as_the_schema_says(api_schema, admin_cookies, county, host, shop, nth):
    """With something in every list of it."""
    day = market_day(county, host, shop, AT)
    kind = PATHS[nth].split("/")[4]
    operation = operations(api_schema)[nth]
    case = operation.Case(path_parameters={"code": BOARDS[kind], "session_id": str(day.session.pk)})

    response = case.call_and_validate(cookies=admin_cookies, excluded_checks=[ignored_auth])  # it takes our login for invented

    assert case.call().status_code in {401, 403}
    assert response.status_code == 200
    said = response.json()
    assert said["scope"] == f"{kind}:{BOARDS[kind] or day.session.pk}"
    assert {name for name, value in said.items() if value in ([], {}, None)} <= {"checking", "ended_at", "goal_fen"}
