"""Asking for exports, making them and reading what came out."""

from __future__ import annotations

import csv
import io
import json
import uuid
import zipfile
from datetime import UTC, datetime, timedelta

import openpyxl

from livestream.rules.day import shanghai_day
from orders.actions import stored_file
from orders.actions.export import SHELF, Wish, approve_export, ask_export
from orders.actions.export_making import make_export
from orders.models import Export
from orders.rules.export import ExportFormat, ExportKind, ExportPurpose
from tests.factories import make_place, make_user


def make_exporter(place=None, **kwargs):
    return make_user("exporter", place or make_place(), **kwargs)


def make_approver(place=None, **kwargs):
    return make_user("approver", place or make_place(), **kwargs)


def make_wish(kind="ledger", place="140425", form="csv", *, key=None, days=2, until_on=None, **kwargs) -> Wish:
    until_on = until_on or shanghai_day(datetime.now(UTC))
    words = {"purpose": ExportPurpose.REPORT, "purpose_words": "上报十一月直播销售", "receiver": "市商务局 王科长"}
    return Wish(
        key or uuid.uuid4(),
        ExportKind(kind),
        place,
        until_on - timedelta(days=days),
        until_on,
        ExportFormat(form),
        **(words | kwargs),
    )


def make_ready(kind="ledger", form="csv", *, by, approver=None, **kwargs) -> Export:
    """An export with its file, approved where that is needed."""
    at = datetime.now(UTC)
    export = ask_export(make_wish(kind, form=form, **kwargs), by=by, at=at)
    if export.state == "waiting":
        approve_export(export, words="同意", by=approver or make_approver(export.place), at=at)
    make_export(export.pk, export.place_id)
    export.refresh_from_db()
    assert (export.state, export.error) == ("ready", "")
    return export


def bytes_of(export: Export) -> bytes:
    return b"".join(stored_file.read(export.stored_as, SHELF))


def csv_of(data: bytes) -> tuple[list[list[str]], list[list[str]]]:
    """The rows of the data, head first, and those of the notes."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        first, second = packed.namelist()
        return [list(csv.reader(io.StringIO(packed.read(name).decode("utf-8-sig"), newline=""))) for name in (first, second)]


def sheets_of(data: bytes):
    """Name → rows of openpyxl cells."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {sheet.title: list(sheet.iter_rows()) for sheet in book}


def json_of(data: bytes):
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return json.loads(packed.read(packed.namelist()[0]), parse_float=str)
