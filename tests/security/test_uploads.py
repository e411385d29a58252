"""Files that people send in: two kinds, by name and by content; kept under names of our own, encrypted; given back as attachments."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orders.actions.file import take_in
from orders.models import OrderFile
from orders.sheets.contract import Refused
from tests.factories import make_shop
from tests.orders.files import taken_in
from tests.orders.sheets.exports import NOW, make_file, make_row
from tests.orders.sheets.test_workbook import make_book, with_sheet
from tests.sign_in import signed_in

CSV = make_file([make_row(1), make_row(2, 商品数量="x")])


@pytest.fixture
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    return settings.UPLOADS


@pytest.fixture
def douyin(county, uploads):
    return make_shop(county, "douyin", key="dd")


NAMES = [
    "../../etc/passwd.csv", "..\\..\\windows\\system32\\x.csv", "/etc/cron.d/x.csv", "C:\\inetpub\\wwwroot\\x.csv", "....//....//x.csv",
    "..%2f..%2fx.csv", "%2e%2e%2fx.csv", "..;/x.csv", "x.csv/../../y.csv", "./x.csv", ".csv", "..csv", "~/.ssh/x.csv", "con.csv", "aux.csv",
    "x.php.csv", "x.html;.csv", "x.csv\u202egpj.csv", "<img src=x onerror=alert(1)>.csv", "'; DROP TABLE orders_orderfile; --.csv",
    "$(touch x).csv", "`id`.csv", "|id.csv", "x\r\nSet-Cookie: a=b.csv", 'x"; filename="evil.exe.csv', "=cmd|' /C calc'!A0.csv",
    "{{7*7}}{% load x %}.csv", "%(x)s{0.__class__}.csv", "\u2028\u2029\ufeff.csv", "名" * 300 + ".csv", "file:///etc/passwd.csv",
    "\\\\evil\\share\\x.csv", "x.csv ", "a/b/c/d.csv",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_name_of_a_file_names_a_place(douyin, staff, uploads, name):
    before = {path for path in uploads.parent.rglob("*") if "uploads" not in path.parts[len(uploads.parent.parts) :][:1]}
    file = take_in(douyin, io.BytesIO(CSV), name=name, by=staff, at=NOW)

    assert re.fullmatch(r"[0-9a-f]{32}", file.stored_as)
    assert [path.relative_to(uploads).as_posix() for path in uploads.rglob("*") if path.is_file()] == [f"orders/{file.stored_as}"]
    assert {path for path in uploads.parent.rglob("*") if "uploads" not in path.parts[len(uploads.parent.parts) :][:1]} == before
    assert not set(file.name) & {"/", "\\", "\r", "\n", "\u202e", "\u2028", "\ufeff", "\0"}
    assert 0 < len(file.name) <= 200


def test_there_are_thirty():
    assert len(set(NAMES)) >= 30


@pytest.mark.parametrize("name", NAMES)
def test_what_is_given_back_is_an_attachment_under_a_plain_name(douyin, staff, name):
    file = taken_in(douyin, CSV, name=name)

    answer = signed_in(staff).get(f"/files/{file.pk}/rejected.csv")

    kind, _, rest = answer["Content-Disposition"].partition(";")
    assert (answer.status_code, kind, answer["X-Content-Type-Options"]) == (200, "attachment", "nosniff")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert len(re.findall(r"filename\*?=", rest)) == 1
    assert not re.search(r"[\r\n]|Set-Cookie:|evil\.exe\.csv\";", rest)
    assert "no-store" in answer["Cache-Control"]
    b"".join(answer.streaming_content)


def test_what_lies_on_the_disk_is_nobodys_to_read(douyin, uploads):
    file = taken_in(douyin, CSV)
    folder, stored = uploads / "orders", uploads / "orders" / file.stored_as

    assert (folder.stat().st_mode & 0o777, stored.stat().st_mode & 0o777) == (0o700, 0o600)
    for path in folder.iterdir():
        assert not any(word in path.read_bytes() for word in ("王东峧".encode(), b"13900000000", "东寺头乡".encode(), b"LDS-500"))


BOOK = make_book([make_row(1)])


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.csv", BOOK, "misnamed"),
        ("a.txt", BOOK, "misnamed"),
        ("a.xlsx", CSV, "misnamed"),
        ("a.XLSX", b"<html><table><tr><td>", "misnamed"),
        ("a.xlsm", BOOK, "macros"),
        ("a.xlsb", BOOK, "macros"),
        ("a.xlsx", with_sheet("", xl__vbaProject__bin="x").replace(b"xl/vbaProject/bin", b"xl/vbaProject.bin"), "macros"),
        ("a.xlsx", with_sheet("", xl__macrosheets__sheet1="x"), "macros"),
        ("a.xlsx", with_sheet("", xl__activeX__activeX1="x"), "macros"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"EncryptedPackage", "old_or_locked"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_or_locked"),
        ("a.xlsx", BOOK[:200], "broken_workbook"),
        ("a.csv", b"MZ\x90\x00", "unknown"),
        ("a.csv", b"\x7fELF", "unknown"),
        ("a.csv", b"GIF89a<script>alert(1)</script>", "unknown"),
        ("a.csv", b"%PDF-1.7", "unknown"),
        ("a.csv", b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>", "unknown"),
        ("a.csv", b"\x1f\x8b\x08" + bytes(20), "unknown"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_not_kept(douyin, staff, uploads, name, data, code):
    with pytest.raises(Refused) as refused:
        take_in(douyin, io.BytesIO(data), name=name, by=staff, at=NOW)

    assert (refused.value.code, bool(str(refused.value))) == (code, True)
    assert (OrderFile.objects.count(), [path for path in uploads.rglob("*") if path.is_file()]) == (0, [])


def test_the_form_says_so_at_its_field(douyin, staff):
    answer = signed_in(staff).post("/files/upload/", {"shop": douyin.pk, "file": SimpleUploadedFile("a.csv", BOOK)})

    assert answer.status_code == 422
    assert "文件名以 .csv 结尾，里面却是另一种文件。请从平台重新导出，不要改文件名。" in answer.content.decode()


def test_a_form_from_another_site_uploads_nothing(douyin, staff):
    client = signed_in(staff, enforce_csrf_checks=True)

    answer = client.post("/files/upload/", {"shop": douyin.pk, "file": SimpleUploadedFile("a.csv", CSV)})

    assert (answer.status_code, OrderFile.objects.count()) == (403, 0)
