"""The REST API against its own schema, judged by schemathesis: whatever is sent, the answer is one that the schema names."""

from __future__ import annotations

import pytest
import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from schemathesis.specs.openapi.checks import ignored_auth

from orders.actions.intake import receive
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body

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
    return [found.ok() for found in schema.get_all_operations()]


def test_the_schema_names_both_boards(api_schema):
    assert [operation.path for operation in operations(api_schema)] == [
        "/api/v1/board/county/{code}/",
        "/api/v1/board/session/{session_id}/",
    ]


@pytest.mark.parametrize("nth", [0, 1])
def test_any_request_gets_an_answer_of_the_schema(api_schema, cookies, nth):
    @examples(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(operations(api_schema)[nth].as_strategy())
    def ask(case):
        case.call_and_validate(cookies=cookies)

    ask()


@pytest.mark.parametrize("nth", [0, 1])
def test_a_board_that_is_there_is_as_the_schema_says(api_schema, cookies, shop, session, now, nth):
    receive(
        [make_arrival(shop, make_order_body("T1", at=now), make_order_body("T2", at=now, room=None))], cause=Cause.PUSH, at=now
    )
    case = operations(api_schema)[nth].Case(path_parameters={"code": "140425", "session_id": str(session.pk)})

    response = case.call_and_validate(cookies=cookies, excluded_checks=[ignored_auth])  # it takes our login for an invented one

    assert case.call().status_code in {401, 403}
    assert response.status_code == 200
    assert response.json()["totals"]["orders"] == [2, 1][nth]
