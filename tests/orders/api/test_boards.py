"""Boards by REST, with something in every list of them, against their own schema."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from schemathesis.specs.openapi.checks import ignored_auth

from tests.api.judge import cookies_of, judged
from tests.factories import make_user
from tests.orders.market_day import market_day

AT = datetime(2026, 11, 21, 12, 30, 30, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def api_schema(db):
    with judged() as schema:
        yield schema


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


@pytest.fixture
def admin_cookies(county):
    return cookies_of(make_user("admin", county))


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
