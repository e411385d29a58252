"""The API in this process, as schemathesis judges it: its own schema, asked through the WSGI application."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache

import schemathesis
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator

from tests.sign_in import signed_in


@cache
def described() -> dict:
    """The OpenAPI document, as /api/schema/ tells it."""
    return SchemaGenerator().get_schema(request=None, public=True)


@contextmanager
def judged():
    """Requests run in the test's own transaction, so the end of one must not close its connection (the test client does the same)."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        schema = schemathesis.openapi.from_dict(described())
        schema.app = get_wsgi_application()
        yield schema
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def cookies_of(user) -> dict[str, str]:
    client = signed_in(user)
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
