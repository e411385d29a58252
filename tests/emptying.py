"""Empties the tables after a test that commits. Django's way, TRUNCATE of every table, makes a thousand files anew and asks for
every permission again: more work than most of those tests."""

from __future__ import annotations

from functools import cache

from django.db import DatabaseError, connections, transaction
from django.test import TransactionTestCase

# What `migrate` itself writes stays; nothing else writes there.
KEPT = frozenset({"django_content_type", "auth_permission", "django_migrations"})
by_truncating = TransactionTestCase._fixture_teardown


@cache
def statements(alias: str) -> str:
    """A server that replays a log trusts what it is told: neither foreign keys nor triggers that refuse are asked."""
    tables = sorted({*connections[alias].introspection.django_table_names(only_existing=True, include_views=False)} - KEPT)
    deletions = [f'DELETE FROM "{table}"' for table in tables]
    return "; ".join(["SET LOCAL session_replication_role = replica", *deletions])


def empty(alias: str) -> None:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(statements(alias))


def by_deleting(case: TransactionTestCase) -> None:
    """Where the role may do so; with another one as Django does."""
    try:
        for alias in case._databases_names(include_mirrors=False):
            empty(alias)
    except DatabaseError:
        by_truncating(case)


def begin() -> None:
    TransactionTestCase._fixture_teardown = by_deleting
