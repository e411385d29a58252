"""What every request passes through."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InterfaceError, OperationalError
from django.test import RequestFactory
from psycopg_pool import PoolTimeout

from config.middleware import AwayDatabase


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed"), PoolTimeout("none free")])
def test_a_page_without_a_database_says_when_to_come_again(error):
    answer = AwayDatabase(lambda _request: None).process_exception(RequestFactory().get("/"), error)
    assert (answer.status_code, answer["Retry-After"], "系统出了错" in answer.content.decode()) == (503, "5", True)


@pytest.mark.parametrize("error", [IntegrityError("twice"), ValueError("ours")])
def test_what_is_broken_stays_an_error(error):
    assert AwayDatabase(lambda _request: None).process_exception(RequestFactory().get("/"), error) is None
