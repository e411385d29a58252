"""Every write to the months: ledger and raw deliveries lie in one partition for each Shanghai month.

Months are opened ahead by a job; a system that slept longer than that opens the month it needs at the first booking.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
from django.db import connection, transaction

from livestream.rules.day import SHANGHAI, shanghai_day
from orders.models import MonthKey

if TYPE_CHECKING:
    from collections.abc import Iterator

TABLES = ("orders_ledgerentry", "orders_rawdelivery")
AHEAD = 3  # months
ONE_AT_A_TIME = 20261121  # the advisory lock of those who open months
OPEN = "SELECT cunbo_open_month(%s, %s, %s)"  # by functions of the owner: our own account need not be able to make tables
OPENED = "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = %s::regclass"


def has_no_month(error: psycopg.errors.CheckViolation) -> bool:
    """PostgreSQL found no partition for a row (any other refusal of a row names the constraint)."""
    return error.diag.constraint_name is None and error.diag.table_name in TABLES


@transaction.atomic
def open_months(at: datetime) -> list[str]:
    """Makes the partitions of this month and the next three where they are missing; returns the names of the new ones.

    A table is made first and attached then, because only that lets writers go on meanwhile.
    """
    made: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        for table in TABLES:
            cursor.execute(OPENED, [table])
            known = {name for (name,) in cursor.fetchall()}
            for first, following in months_from(shanghai_day(at)):
                name = f"{table}_{first:%Y_%m}"
                if name not in known:
                    cursor.execute(
                        OPEN, [table, *(datetime(day.year, day.month, 1, tzinfo=SHANGHAI) for day in (first, following))]
                    )
                    made.append(name)
    return made


def months_from(day: date) -> Iterator[tuple[date, date]]:
    """The first days of this month and of those ahead, each with the first day of the month after it."""
    first = day.replace(day=1)
    for _ in range(AHEAD + 1):
        following = (first + timedelta(days=32)).replace(day=1)
        yield first, following
        first = following


def drop_old_months(*, before: datetime) -> list[str]:
    """Drops the months of raw deliveries that ended before then: they are empty, and stay small so. With them go their keys: no
    copy of a month can be read from then on. Returns the names of the tables."""
    cut = shanghai_day(before).replace(day=1)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        cursor.execute(OPENED, ["orders_rawdelivery"])
        old = sorted(name for (name,) in cursor.fetchall() if name < f"orders_rawdelivery_{cut:%Y_%m}")
        for name in old:
            cursor.execute("SELECT cunbo_drop_month(%s)", [name])
        MonthKey.objects.filter(month__lt=cut).delete()
    return old
