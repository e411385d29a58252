"""Files taken in and imported in tests."""

from __future__ import annotations

import io

from orders.actions.file import begin_import, import_file, store_file
from orders.models import DayTally
from tests.orders.sheets.exports import NOW, make_file


def taken_in(shop, data, name="订单.csv"):
    return store_file(shop, io.BytesIO(data), name=name, by=None, at=NOW)


def imported(shop, rows, **kwargs):
    file = taken_in(shop, make_file(rows, **kwargs))
    begin_import(file, at=NOW)
    return import_file(file.pk, lambda: NOW)


def counts(file):
    return file.rows_read, file.rows_applied, file.rows_duplicate, file.rows_rejected


def kept(uploads):
    return sorted(path.name for path in uploads.glob("orders/*"))


def totals(scope="county:140425"):
    return DayTally.objects.filter(scope=scope).values_list("orders", "units", "paid_fen", "refunded_fen").get()
