"""Files that go out: the same rows as CSV, workbook and JSON, read back by other people's programs."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils.translation import override

from orders.rules.export import ExportKind
from orders.sheets import outgoing
from orders.sheets.dictionary import COLUMNS, NUMBER, Cell, Column
from orders.sheets.outgoing import CsvFile, JsonFile, Notes, Workbook, readers
from tests.formulas import FORMULAS, HIDDEN
from tests.orders.exports import csv_of, json_of, sheets_of

AT = datetime(2026, 11, 22, 12, 0, 1, 999, tzinfo=UTC)
COLUMNS_OF_ALL = (
    Column("name", "名称", Cell.TEXT, "名字"),
    Column("count", "件数", Cell.NUMBER, "=几件", is_summed=True),
    Column("paid_yuan", "支付（元）", Cell.YUAN, "实付"),
    Column("at", "时间", Cell.MOMENT, "什么时候"),
    Column("day", "日期", Cell.DAY, "哪一天"),
    Column("is_it", "是不是", Cell.FLAG, "是或否"),
)
AMOUNTS = [0, 1, 5, 10, 29, 57, 1999, 11960, 9_999_999, 123_456_789_01, 10**12 - 1, 10**12, -1, -5980, -(10**12)]


class Basket(io.RawIOBase):
    """A sink that cannot go back, like the one that encrypts."""

    def __init__(self):
        super().__init__()
        self.data = b""

    def writable(self):
        return True

    def write(self, data):
        self.data += bytes(data)
        return len(data)

    def tell(self):
        raise OSError


def written(form, rows, tmp_path, columns=COLUMNS_OF_ALL, about=(("用途", "=1+1"),)):
    sink = Basket()
    make = {"csv": lambda: CsvFile(sink, columns, "N1", AT), "xlsx": lambda: Workbook(sink, columns, "N1", str(tmp_path)),
            "json": lambda: JsonFile(sink, columns, "N1", AT)}  # fmt: skip
    file = make[form]()
    reads = readers(columns)
    for n in range(0, len(rows), 4):
        file.put([[read(said) for read, said in zip(reads, row, strict=True)] for row in rows[n : n + 4]])
    fingerprint = file.fingerprint
    file.close(Notes(list(about), columns))
    return sink.data, fingerprint


def rows_of(texts=(), amounts=()):
    given = [(text, 1, 5980) for text in texts] + [("党参", 2, fen) for fen in amounts]
    return [(text, count, fen, AT, date(2026, 11, 22), count == 1) for text, count, fen in given]


def test_no_formula_reaches_a_workbook_and_text_stays_as_it_was_sent(tmp_path):
    data, _ = written("xlsx", rows_of([*FORMULAS, *HIDDEN]), tmp_path)

    sheets = sheets_of(data)
    cells = [cell for rows in sheets.values() for row in rows for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    first = [row[0] for row in sheets["数据"][1:]]
    assert {cell.data_type for cell in first} == {"s"}
    assert [cell.value for cell in first[:7]] == FORMULAS[:7]
    assert {cell.quotePrefix for cell in first} == {True}  # typed into again, it stays text
    assert [row[1].value for row in sheets["说明"] if row[0].value == "用途"] == ["=1+1"]


def test_no_formula_reaches_a_csv_file(tmp_path):
    data, _ = written("csv", rows_of([*FORMULAS, *HIDDEN]), tmp_path)

    rows, notes = csv_of(data)
    assert [row[0][0] for row in rows[1:]] == ["'"] * 22
    assert notes[0] == ["用途", "'=1+1"]
    assert ["件数", "count", "整数", "'=几件"] in notes
    assert {cell[:1] for row in [*rows, *notes] for cell in row} & set("=+@＝＋－＠") == set()


def test_numbers_stay_numbers_and_money_is_exact_to_ten_thousand_million_yuan(tmp_path):
    rows = rows_of(amounts=AMOUNTS)
    exact = [Decimal(fen) / 100 for fen in AMOUNTS]

    book, _ = written("xlsx", rows, tmp_path)
    cells = [row[2] for row in sheets_of(book)["数据"][1:]]
    assert {cell.data_type for cell in cells} == {"n"}
    assert [Decimal(str(cell.value)) for cell in cells] == exact
    table = csv_of(written("csv", rows, tmp_path)[0])[0]
    assert [row[2] for row in table[1:]] == [f"{yuan:.2f}" for yuan in exact]
    document = json_of(written("json", rows, tmp_path)[0])
    assert [row["paid_yuan"] for row in document["rows"]] == [f"{yuan:.2f}" for yuan in exact]


def test_days_moments_and_flags_read_alike_in_all_three(tmp_path):
    rows = rows_of(["党参"])

    assert csv_of(written("csv", rows, tmp_path)[0])[0][1] == ["党参", "1", "59.80", "2026-11-22 20:00:01", "2026-11-22", "是"]
    cells = sheets_of(written("xlsx", rows, tmp_path)[0])["数据"][1]
    assert [cell.value for cell in cells] == ["党参", 1, 59.8, datetime(2026, 11, 22, 20, 0, 1), datetime(2026, 11, 22), "是"]  # noqa: DTZ001
    assert json_of(written("json", rows, tmp_path)[0])["rows"] == [
        {"name": "党参", "count": 1, "paid_yuan": "59.80", "at": "2026-11-22T20:00:01+08:00", "day": "2026-11-22", "is_it": "是"}
    ]


def test_nothing_known_is_an_empty_cell(tmp_path):
    row = (None, None, None, None, None, None)

    assert csv_of(written("csv", [row], tmp_path)[0])[0][1] == [""] * 6
    assert [cell.value for cell in sheets_of(written("xlsx", [row], tmp_path)[0])["数据"][1:]] == []


def test_the_same_content_has_the_same_fingerprint_in_every_file(tmp_path):
    rows = rows_of(FORMULAS, AMOUNTS)
    fingerprints = {written(form, rows, tmp_path)[1] for form in ("csv", "xlsx", "json")}

    assert len(fingerprints) == 1
    assert {written("csv", rows[:-1], tmp_path)[1]} & fingerprints == set()


def test_the_fingerprint_is_that_of_the_csv_file_itself(tmp_path):
    import hashlib
    import zipfile

    data, fingerprint = written("csv", rows_of(FORMULAS), tmp_path)

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.namelist() == ["N1.csv", "说明.csv"]
        assert hashlib.sha256(packed.read("N1.csv")).hexdigest() == fingerprint


def test_what_does_not_fit_on_a_sheet_goes_on_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(outgoing, "ROWS_A_SHEET", 10)

    sheets = sheets_of(written("xlsx", rows_of(amounts=range(25)), tmp_path)[0])

    assert {name: len(rows) for name, rows in sheets.items() if name != "说明"} == {"数据": 11, "数据 2": 11, "数据 3": 6}


def test_an_empty_file_has_its_head_and_its_notes(tmp_path):
    assert csv_of(written("csv", [], tmp_path)[0])[0] == [["名称", "件数", "支付（元）", "时间", "日期", "是不是"]]
    assert json_of(written("json", [], tmp_path)[0])["rows"] == []


@pytest.mark.parametrize("kind", ExportKind)
def test_every_column_of_every_kind_is_named_once_and_explained(kind):
    columns = (*COLUMNS[kind], NUMBER)
    assert len({column.key for column in columns}) == len({str(column.title) for column in columns}) == len(columns)
    with override("zh-hans"):
        assert all(str(column.note) for column in columns)
