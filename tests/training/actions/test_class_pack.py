from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pypdf
import pytest

from livestream.models import AuditEntry
from livestream.rules.errors import NotAllowed
from tests.packs import make_full_class
from tests.school import make_cohort
from training.actions.class_pack import ask_pack, claim, continue_packs, finish, forget_packs, make_pack, take_pack
from training.actions.class_pack_file import write_pack
from training.actions.conversion import conversions
from training.models import ClassPack
from training.rules.class_pack import GIVEN_UP_AFTER, KEPT_DAYS, LEASE

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shelves(settings, tmp_path):
    settings.UPLOADS = tmp_path
    settings.PUBLIC_ADDRESS = "https://cunbo.example.cn"


def asked(cohort, by, purpose="2026 年县级验收，交县商务局"):
    return ask_pack(cohort, purpose=purpose, by=by, at=datetime.now(UTC))


def unpacked(pack, by):
    """By name without the folder that all lie in."""
    zipped = zipfile.ZipFile(io.BytesIO(b"".join(take_pack(pack, by=by))))
    assert zipped.testzip() is None
    assert all(one.flag_bits & 0x800 for one in zipped.infolist())  # names are UTF-8
    return {one.filename.split("/", 1)[1]: zipped.read(one) for one in zipped.infolist()}


def words_of(content):
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split())


def test_a_pack_holds_the_fifteen_things_and_their_sums(county, staff):
    cohort = make_full_class(county)
    pack = asked(cohort, staff)

    make_pack(pack.pk, county.pk)

    pack.refresh_from_db()
    assert (pack.error, pack.stored_as != "", len(pack.sha256)) == ("", True, 64)
    files = unpacked(pack, staff)
    sums = dict(reversed(line.split("  ", 1)) for line in files["SHA256SUMS"].decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "SHA256SUMS"}
    said = json.loads(files["contents.json"])
    assert [item["number"] for item in said["items"]] == list(range(1, 16))
    assert said["about"]["用途"] == "2026 年县级验收，交县商务局"
    assert {file["name"] for item in said["items"] for file in item["files"]} | {
        "00 目录.pdf",
        "contents.json",
        "SHA256SUMS",
    } == set(files)
    assert said["items"][14]["missing"] == ["系统里不存新闻稿和公示，请把剪报、网页截图另放进这个文件夹"]
    contents = words_of(files["00 目录.pdf"])
    assert all(piece in contents for piece in ("十五项材料", "培训方案", sums["01 培训方案.pdf"], "2026年县级验收"))
    check_papers(files)
    check_books(files, cohort)
    check_enclosures(files)


def check_papers(files):
    """Figures on paper are those of the pages: one of four was away from each of two lessons."""
    assert all(piece in words_of(files["04 签到表.pdf"]) for piece in ("张峧", "李㛃", "王喆", "△点", "√扫", "全班出勤率100%"))
    assert len(pypdf.PdfReader(io.BytesIO(files["10 结业证书.pdf"])).pages) == 4
    assert "12,800.00元" in words_of(files["01 培训方案.pdf"])
    plain = words_of(files["03 学员花名册.pdf"])
    assert "****" in plain
    assert "东寺头村（龙溪镇）" in plain


def check_enclosures(files):
    """Of the evidence and of the call, with the sum of each in the list of its part."""
    for part, book in (
        ("12 回访附件/001 张峧 上门.jpg", "12 回访.xlsx"),
        ("13 转化材料附件/001 张峧 抖店.pdf", "13 转化材料.xlsx"),
    ):
        listed = list(openpyxl.load_workbook(io.BytesIO(files[book]))["附件"].iter_rows(min_row=4, values_only=True))
        assert [(row[0], row[5]) for row in listed] == [(part.split("/")[1], hashlib.sha256(files[part]).hexdigest())]
    assert files["13 转化材料附件/001 张峧 抖店.pdf"] == b"%PDF-1.4 shop"


def check_books(files, cohort):
    books = {name: openpyxl.load_workbook(io.BytesIO(content)) for name, content in files.items() if name.endswith(".xlsx")}
    assert sorted(books) == [
        "02 课程表.xlsx", "03 学员花名册.xlsx", "04 签到表明细.xlsx", "08 成绩.xlsx", "10 结业名单和证书.xlsx", "12 回访.xlsx",
        "13 转化材料.xlsx", "14 线上学习.xlsx",
    ]  # fmt: skip
    assert all(cell.data_type != "f" for book in books.values() for sheet in book for row in sheet.iter_rows() for cell in row)
    figures = list(books["13 转化材料.xlsx"]["转化率"].iter_rows(min_row=4, values_only=True))
    found = conversions(cohort.county, [cohort])
    assert [(row[2], row[3], row[4]) for row in figures] == [
        (len(one.reached), one.completers, f"{one.percent}%") for one in found
    ]
    proofs = list(books["13 转化材料.xlsx"]["凭据"].iter_rows(min_row=4, values_only=True))
    assert [(row[1], row[5]) for row in proofs] == [("张峧", "抖店截图")]


def test_the_same_rows_are_the_same_bytes_but_for_date_and_purpose(county, staff):
    cohort = make_full_class(county, photos=1)
    one, other = asked(cohort, staff), asked(cohort, staff, "审计")
    make_pack(one.pk, county.pk)
    make_pack(other.pk, county.pk)
    first, second = (unpacked(ClassPack.objects.get(pk=pack.pk), staff) for pack in (one, other))
    assert {name for name in first if first[name] != second[name]} == {"00 目录.pdf", "contents.json", "SHA256SUMS"}


def test_an_empty_class_has_a_pack_that_says_what_is_missing(county, staff):
    pack = asked(make_cohort(county), staff)
    make_pack(pack.pk, county.pk)
    pack.refresh_from_db()
    files = unpacked(pack, staff)
    missing = {item["title"]: item["missing"] for item in json.loads(files["contents.json"])["items"]}
    assert missing["课程表"] == ["没有排课"]
    assert missing["学员花名册"] == ["还没有学员"]
    assert missing["线上学习"] == ["没有线上学习记录"]


@pytest.mark.parametrize(("purpose", "code"), [("  ", "pack_purpose"), ("长" * 201, "pack_purpose_long")])
def test_a_pack_needs_a_purpose_of_one_sentence(county, staff, purpose, code):
    with pytest.raises(NotAllowed) as refused:
        asked(make_cohort(county), staff, purpose)
    assert refused.value.code == code


def test_a_third_one_waits_and_both_askings_are_written_down(county, staff):
    cohort = make_cohort(county)
    asked(cohort, staff)
    asked(cohort, staff)
    with pytest.raises(NotAllowed, match="两份"):
        asked(cohort, staff)
    assert AuditEntry.objects.filter(deed="pack_asked", actor=staff).count() == 2


# --- who makes it -----------------------------------------------------------------------------------------------------------


def test_one_maker_at_a_time_and_another_after_his_time(county, staff, other_county):
    pack = asked(make_cohort(county), staff)
    now = datetime.now(UTC)
    assert claim(pack.pk, other_county.pk, now) is None
    first = claim(pack.pk, county.pk, now)
    assert claim(pack.pk, county.pk, now + LEASE) is None
    second = claim(pack.pk, county.pk, now + LEASE + timedelta(seconds=1))
    finish(second, write_pack(second, address="", at=now), now)
    finish(first, write_pack(first, address="", at=now), now)  # he was not dead after all: his file goes, the other's stays

    pack.refresh_from_db()
    assert pack.claimed_at == second.claimed_at
    assert len(unpacked(pack, staff)) > 10


def test_the_sweep_makes_what_was_lost_and_gives_up_what_kills_its_makers(county, staff):
    lost, deadly = asked(make_cohort(county), staff), asked(make_cohort(county), staff)
    long_ago = datetime.now(UTC) - GIVEN_UP_AFTER - timedelta(minutes=1)
    ClassPack.objects.filter(pk=deadly.pk).update(asked_at=long_ago, claimed_at=long_ago)

    assert continue_packs(at=datetime.now(UTC)) == 2

    lost.refresh_from_db()
    deadly.refresh_from_db()
    assert lost.made_at
    assert (deadly.made_at, deadly.error) == (None, "killed")
    assert continue_packs(at=datetime.now(UTC)) == 0


def test_the_file_goes_after_its_days_and_the_record_stays(county, staff, settings):
    pack = asked(make_cohort(county), staff)
    make_pack(pack.pk, county.pk)
    pack.refresh_from_db()
    assert forget_packs(at=pack.made_at + timedelta(days=KEPT_DAYS)) == 0
    assert forget_packs(at=pack.made_at + timedelta(days=KEPT_DAYS, seconds=1)) == 1
    pack.refresh_from_db()
    assert len(pack.sha256) == 64
    assert list((Path(settings.UPLOADS) / "packs").iterdir()) == []
    with pytest.raises(NotAllowed, match="再要一份"):
        take_pack(pack, by=staff)
