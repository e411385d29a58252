from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from PIL import Image

from livestream.actions import stored_file
from livestream.actions.gate import lacks_of
from livestream.actions.paper import (
    SHELF,
    PaperFacts,
    add_paper,
    add_paper_rule,
    check_paper,
    content_of,
    drop_paper,
    drop_paper_rule,
    forget_stray_scans,
    warn_of_papers,
)
from livestream.models import BoardVersion, Notice, Paper, PaperRule
from livestream.rules.errors import NotAllowed
from livestream.rules.goods import PaperState
from tests.factories import make_place, make_product, make_supplier, make_user
from tests.goods import make_item, make_paper

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.UPLOADS = tmp_path


@pytest.fixture
def product(county):
    return make_product(county, product_class="primary")


def photo(kind="JPEG"):
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(made, kind)
    return made.getvalue()


def add(on, staff, facts=None, *, content=None, name="证.jpg", supplier=None, **of):
    return add_paper(
        facts or PaperFacts("commitment", number="A1", valid_until_on=TODAY),
        supplier=supplier or on.supplier,
        product=of.get("product", on),
        upload=(io.BytesIO(content), name) if content is not None else None,
        by=staff,
        at=NOON,
    )


def code_of(act, *args, **kwargs):
    with pytest.raises(NotAllowed) as told:
        act(*args, **kwargs)
    assert str(told.value) != told.value.code
    return told.value.code


def test_a_photo_is_written_anew_encrypted_and_waits_to_be_checked(product, staff, tmp_path):
    made = add(product, staff, content=photo("PNG"), name="C:\\照片\\合格证.PNG")

    assert (made.state, made.name, made.added_by, made.county_id) == ("waiting", "合格证.jpg", staff, product.county_id)
    assert Image.open(io.BytesIO(content_of(made))).format == "JPEG"
    (lying,) = (tmp_path / SHELF).iterdir()
    assert photo("PNG") not in lying.read_bytes()
    assert b"JFIF" not in lying.read_bytes()
    (lack,) = lacks_of([product], on=TODAY)[product.pk]
    assert str(lack) == "承诺达标合格证还没核对"


def test_a_pdf_is_kept_as_it_came(product, staff):
    made = add(product, staff, content=b"%PDF-1.7 ...", name="../../etc/检\u202e验.exe")

    assert (made.name, content_of(made), made.bytes) == ("检 验.pdf", b"%PDF-1.7 ...", 12)


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"\xff\xd8\xff" + bytes(40_000_000), "paper_too_large", "文件有 40 MB，太大了，最多 10 MB。"),
        (b"%PDF-" + bytes(9_999_996), "paper_too_large", "文件有 10.00 MB，太大了"),
        (b"", "paper_empty", "空的"),
        (b"PK\x03\x04 a workbook", "paper_file_kind", "只收 PDF、JPG 和 PNG"),
        (b"<svg onload=alert(1)>", "paper_file_kind", "只收 PDF"),
        (b"\xff\xd8\xff not a photo at all", "photo_kind", "照片"),
    ],
    ids=["40 MB", "a byte too much", "empty", "workbook", "svg", "broken"],
)
def test_a_file_that_cannot_be_used_is_refused_and_leaves_nothing_behind(product, staff, tmp_path, content, code, words):
    with pytest.raises(NotAllowed) as told:
        add(product, staff, content=content)

    assert told.value.code in {code, "photo_broken"}
    assert words in str(told.value)
    assert not Paper.objects.exists()
    assert not list(tmp_path.rglob("*.*"))
    assert not (tmp_path / SHELF).exists() or not list((tmp_path / SHELF).iterdir())


def test_a_paper_says_whose_it_is(product, staff, county):
    other = make_supplier(county)

    assert code_of(add, product, staff, PaperFacts("test"), product=None) == "paper_product"
    assert code_of(add, product, staff, supplier=other) == "paper_of_another"
    assert code_of(add, product, staff, PaperFacts("licence", issued_on=TODAY + timedelta(days=1))) == "paper_issued_later"
    backwards = PaperFacts("licence", issued_on=TODAY, valid_until_on=TODAY - timedelta(days=1))
    assert code_of(add, product, staff, backwards) == "paper_days"
    assert add(product, staff, PaperFacts("licence"), product=None).product is None


def test_somebody_accepts_a_paper_and_may_find_later_that_it_is_none(product, staff):
    made = add(product, staff)

    accepted = check_paper(made, PaperState.ACCEPTED, seen="waiting", by=staff, at=NOON)
    assert (accepted.state, accepted.checked_by, accepted.checked_at) == ("accepted", staff, NOON)
    assert lacks_of([product], on=TODAY)[product.pk] == ()

    assert code_of(check_paper, made, PaperState.REFUSED, seen="accepted", by=staff, at=NOON) == "paper_refusal"
    assert code_of(check_paper, made, PaperState.REFUSED, refusal="x", seen="waiting", by=staff, at=NOON) == "paper_meanwhile"
    refused = check_paper(made, PaperState.REFUSED, refusal=" 章\0是假的 ", seen="accepted", by=staff, at=NOON)
    assert (refused.state, refused.refusal) == ("refused", "章 是假的")
    assert str(lacks_of([product], on=TODAY)[product.pk][0]) == "承诺达标合格证核对过，不能用"


def test_a_paper_is_accepted_to_the_end_of_its_last_day_in_shanghai(product, staff):
    made = add(product, staff)
    midnight = datetime(2026, 11, 22, 16, tzinfo=UTC)

    assert code_of(check_paper, made, PaperState.ACCEPTED, seen="waiting", by=staff, at=midnight) == "paper_over"
    just = check_paper(made, PaperState.ACCEPTED, seen="waiting", by=staff, at=midnight - timedelta(microseconds=1))
    assert just.state == "accepted"


def test_a_paper_is_taken_away_as_long_as_nobody_has_checked_it(product, staff, tmp_path, django_capture_on_commit_callbacks):
    made, kept = add(product, staff, content=b"%PDF-1"), add(product, staff, content=b"%PDF-2")
    check_paper(kept, PaperState.ACCEPTED, seen="waiting", by=staff, at=NOON)

    with django_capture_on_commit_callbacks(execute=True):
        drop_paper(made)

    assert code_of(drop_paper, kept) == "paper_checked"
    assert [path.name for path in (tmp_path / SHELF).iterdir()] == [kept.stored_as]


def test_files_without_a_row_are_forgotten_after_a_day(product, staff, tmp_path):
    kept, _stray = add(product, staff, content=b"%PDF-1"), stored_file.keep([b"x"], SHELF)

    assert forget_stray_scans(at=timezone.now()) == 0
    assert forget_stray_scans(at=timezone.now() + timedelta(days=2)) == 1
    assert content_of(kept) == b"%PDF-1"


def test_the_screens_of_a_room_hear_that_a_paper_of_its_goods_was_checked(product, staff, session):
    make_item(session, product)
    made = add(product, staff)

    def version():
        return BoardVersion.objects.get(scope=f"session:{session.pk}").version

    before = version()
    check_paper(made, PaperState.ACCEPTED, seen="waiting", by=staff, at=NOON)

    assert version() == before + 1


def test_a_county_asks_for_more_and_takes_it_back(product, county, other_county):
    rule = add_paper_rule(county, "primary", ["workshop", "food_lic", "no such"])

    assert rule.any_of == "food_lic,workshop"
    assert [str(lack) for lack in lacks_of([product], on=TODAY)[product.pk]] == [
        "没有承诺达标合格证",
        "没有食品生产许可证或小作坊登记证",
    ]
    assert code_of(add_paper_rule, county, "primary", ["workshop", "food_lic"]) == "paper_rule_there"
    assert code_of(add_paper_rule, county, "primary", []) == "paper_rule_empty"
    add_paper_rule(other_county, "primary", ["other"])
    drop_paper_rule(rule)
    assert PaperRule.objects.get().county == other_county
    assert len(lacks_of([product], on=TODAY)[product.pk]) == 1


# --- before it ends -------------------------------------------------------------------------------------------------------


def told():
    return sorted(Notice.objects.filter(kind="paper_ends", way="inbox").values_list("person__name", "text"))


def test_staff_are_told_thirty_and_seven_days_before_once_each_and_by_day(county, staff):
    village = make_place("140425201216", "神龙湾村")
    local, elsewhere = make_user("staff", village), make_user("staff", make_place("140425102213"))
    make_user("approver", county)
    product = make_product(county, supplier=make_supplier(county, place=village), title="潞党参")
    make_paper(product, "test", by=staff, valid_until_on=date(2026, 12, 22))
    make_paper(product, "gi", by=staff, valid_until_on=date(2026, 12, 23))
    make_paper(product, "brand", by=staff, valid_until_on=date(2026, 12, 1), state="refused")

    assert warn_of_papers(at=datetime(2026, 11, 21, 20, tzinfo=UTC)) == 0  # four in the morning
    assert warn_of_papers(at=NOON) == 1
    words = "1 份证件快到期，过期的货不能上架：潞党参 检验报告（2026年12月22日到期）"
    assert told() == sorted([(local.name, words), (staff.name, words)])
    assert elsewhere.name not in [name for name, _text in told()]
    assert Notice.objects.filter(kind="paper_ends").first().link == "/goods/papers/"

    assert warn_of_papers(at=NOON + timedelta(hours=1)) == 0
    assert warn_of_papers(at=NOON + timedelta(days=1)) == 1  # the other one's thirtieth day
    assert warn_of_papers(at=NOON + timedelta(days=22)) == 0
    assert warn_of_papers(at=NOON + timedelta(days=23)) == 1  # seven days before
    assert warn_of_papers(at=NOON + timedelta(days=24)) == 1
    assert [warn_of_papers(at=NOON + timedelta(days=days)) for days in range(25, 35)] == [0] * 10
    assert len(told()) == 8
