"""The page of the audit log: only what lies in the reader's places, found by each question, read without knowing the tables."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from livestream.actions.audit import note
from livestream.actions.audit_chain import check_chain, seal_entries
from livestream.actions.occasion import Occasion, on
from livestream.models import AuditEntry, Place
from livestream.rules.deed import Deed
from livestream.views.audit import ROWS
from tests.factories import make_place, make_product, make_session, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(county):
    return make_user("auditor", county, name="岳明查")


@pytest.fixture
def deeds(county, other_county, staff, host):
    """One deed in our county, one in the neighbour's, one of the whole platform."""
    with on(Occasion(staff.pk, host.pk, "203.0.113.7", "ab12" + "0" * 28)):
        note(Deed.EXPORTED, place=county.pk, number="CB-1")
    note(Deed.EXPORTED, place=other_county.pk, number="CB-2")
    note(Deed.EXPORTED, number="CB-3")


def read(person, query=""):
    answer = signed_in(person).get(f"/audit/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def numbers(page):
    return re.findall(r"CB-\d", page)


def rows(page):
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in re.findall(r"<tr>(.*?)</tr>", page, re.S)[1:]]


@pytest.mark.parametrize("role", ["host", "staff", "trainer", "exporter", "approver", "commissioner"])
def test_only_who_reads_the_log_comes_in(county, role):
    dates = {"from_on": "2020-01-01", "until_on": "2099-01-01"} if role == "commissioner" else {}
    assert signed_in(make_user(role, county, **dates)).get("/audit/").status_code == 403


@pytest.mark.parametrize(
    ("role", "place", "seen"),
    [
        ("auditor", "140425", ["CB-1"]), ("auditor", "1404", ["CB-1"]), ("auditor", "13", ["CB-2"]), ("auditor", "14", ["CB-1"]),
        ("auditor", "150102", []), ("admin", "140425", ["CB-3", "CB-2", "CB-1"]),
    ],
)  # fmt: skip
def test_a_reader_sees_what_concerns_his_places(deeds, role, place, seen):
    reader = make_user(role, make_place(place, "地方"))
    assert numbers(read(reader, "?deed=exported")) == seen


def test_each_question_narrows_what_is_found(deeds, auditor, staff, host, county):
    today = f"{datetime.now(UTC) + timedelta(hours=8):%Y-%m-%d}"
    hits = [
        f"?person={staff.pk}&deed=exported", f"?person={host.pk}&deed=exported", "?deed=exported", "?place=1404&deed=exported",
        "?request=ab12", "?address=203.0.113.7", f"?deed=exported&from_on={today}", f"?deed=exported&until_on={today}",
    ]  # fmt: skip
    misses = [
        f"?person={auditor.pk}&deed=exported", "?deed=revealed", "?place=140425100", "?request=ab13", "?address=203.0.113.8",
        "?deed=exported&from_on=2099-01-01", "?deed=exported&until_on=2020-01-01", "?kind=livestream.User&deed=exported",
    ]  # fmt: skip
    assert [numbers(read(auditor, query)) for query in hits] == [["CB-1"]] * len(hits)
    assert [numbers(read(auditor, query)) for query in misses] == [[]] * len(misses)


def test_an_object_is_found_by_its_kind_and_number(auditor, county):
    product = make_product(county, title="连翘茶")
    make_product(county, title="蜂蜜")

    page = read(auditor, f"?kind=livestream.Product&object={product.pk}")

    assert len(rows(page)) == 1
    assert "连翘茶" in page
    assert "蜂蜜" not in page


def test_before_and_after_are_told_in_words(auditor, county, staff):
    product = make_product(county, title="连翘茶", list_price_fen=5980)
    session = make_session(county, make_user("host", county, name="刘小梅"), title="党参专场")
    with on(Occasion(staff.pk)):
        product.list_price_fen, product.title = 3990, "连翘茶 250g"
        product.save(update_fields=["list_price_fen", "title"])
        session.state = "approved"
        session.save(update_fields=["state"])
        staff.place = make_place("140425100", "青羊镇")
        staff.save(update_fields=["place"])

    changed = rows(read(auditor, "?deed=row_changed"))

    said = [row.split("修改 ", 1)[1].rsplit(" ", 1)[0] for row in changed]
    assert said == [
        f"人员 {staff.name} 所属地方 平顺县 → 青羊镇",
        f"人员 {staff.name} 所属地方 平顺县 → 青羊镇",
        "场次 党参专场 状态 草稿 → 已批准",
        "商品 连翘茶 250g 商品名 连翘茶 → 连翘茶 250g 日常价（分） ¥ 59.80 → ¥ 39.90",
    ]


def test_a_helper_stands_beside_the_host(deeds, auditor, staff, host):
    (row,) = rows(read(auditor, "?deed=exported"))
    assert f"{staff.name} 代 {host.name} 下载导出" in row


def test_a_phone_number_is_masked_and_a_name_in_a_change_too(auditor, county):
    person = make_user("host", county, name="欧阳娜")
    page = read(auditor, "?kind=livestream.User")
    assert person.phone not in page
    assert f"{person.phone[:3]}****{person.phone[-4:]}" in page


def test_pages_follow_each_other_without_gap_or_repeat(county, auditor):
    for n in range(ROWS * 2 + 7):
        note(Deed.EXPORTED, place=county.pk, number=f"N{n:03}")

    seen, query = [], "?deed=exported"
    while query:
        page = read(auditor, query)
        seen += re.findall(r"N\d{3}", page)
        note(Deed.EXPORTED, place=county.pk, number="later")  # what comes meanwhile moves nothing
        older = re.search(r'rel="next" href="/audit/(\?[^"]+)"', page)
        query = older[1].replace("&amp;", "&") if older else ""

    assert seen == [f"N{n:03}" for n in reversed(range(ROWS * 2 + 7))]


def test_what_is_typed_becomes_an_address_without_names(auditor, host, county):
    answer = signed_in(auditor).post("/audit/", {"who": host.phone, "deed": "exported", "place": "平顺"})

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/audit/?person={host.pk}&deed=exported&place=140425")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"who": "没有这个人"}, "在您能查的地方没有找到。"),
        ({"who": "同名"}, "有几个：同名（平顺县）、同名（平顺县）。请写得再准一点。"),
        ({"place": "巨鹿县"}, "在您能查的地方没有找到。"),
        ({"from_on": "昨天"}, "请按 2026-01-31 这样填日期。"),
        ({"from_on": "2026-02-01", "until_on": "2026-01-01"}, "结束的日子在开始之前。"),
        ({"request": "zzzz"}, "请求编号只有 0–9 和 a–f，至少写四位。"),
        ({"request": "ab"}, "请求编号只有 0–9 和 a–f，至少写四位。"),
        ({"address": "三楼"}, "请填网络地址，例如 203.0.113.7。"),
        ({"deed": "nothing"}, "请从列表里选。"),
        ({"object": "x" * 65}, "最多写 64 个字。"),
        ({"who": "a\0b"}, "不允许是用空字符串。"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said_and_the_rest_is_kept(auditor, county, other_county, typed, sentence):
    for _ in range(2):
        make_user("host", county, name="同名")

    answer = signed_in(auditor).post("/audit/", {"object": "留着", **typed})

    page = answer.content.decode()
    assert (answer.status_code, 'class="empty"' in page) == (422, False)
    assert re.findall(r'<p class="error"[^>]*>(.*?)</p>', page) == [sentence]
    assert "object" in typed or 'value="留着"' in page


@pytest.mark.parametrize("query", ["?below=x", "?below=1-", "?below=99999999999999999999-1", "?person=-1", "?person=x", "?person=99999999999999999999", "?from_on=x", "?place=%00", "?deed=%27", "?object=%F0%9F%98%80%E2%80%AE", "?request=%", f"?object={'x' * 9000}"])  # fmt: skip
def test_an_address_that_makes_no_sense_narrows_nothing_and_breaks_nothing(auditor, deeds, query):
    assert signed_in(auditor).get(f"/audit/{query}").status_code == 200


def test_a_stranger_is_not_searched_for(auditor, stranger):
    assert signed_in(auditor).get(f"/audit/?person={stranger.pk}").status_code == 404
    assert signed_in(auditor).get("/audit/?person=99999999").status_code == 404


def test_who_looks_at_one_person_leaves_a_trace_and_reading_otherwise_does_not(auditor, host):
    client = signed_in(auditor)
    before = AuditEntry.objects.count()
    client.get("/audit/")
    client.get("/audit/?deed=exported")
    assert AuditEntry.objects.count() == before

    client.get(f"/audit/?person={host.pk}")

    (trace,) = AuditEntry.objects.filter(deed=Deed.AUDIT_READ)
    assert (trace.actor, trace.place, trace.object_id) == (auditor, "140425", str(host.pk))


def test_the_page_says_whether_the_chain_is_whole(auditor, deeds):
    never = read(auditor)
    seal_entries()
    check_chain(at=datetime.now(UTC) - timedelta(hours=40))
    old = read(auditor)
    whole = check_chain(at=datetime.now(UTC))
    good = read(auditor)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE livestream_auditentry DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM livestream_auditentry WHERE position = 2")
        cursor.execute("ALTER TABLE livestream_auditentry ENABLE TRIGGER USER")
    check_chain(at=datetime.now(UTC))

    assert "还没有核对过" in never
    assert "后台任务可能停了" in old
    assert f"从头查到第 {whole.position} 条，没有改过、少过、插过。" in good
    assert "审计链断了：少了记录，第一处在第 2 条。" in read(auditor)


def test_nothing_found_says_what_to_do(auditor):
    assert "把条件放宽一点再查" in read(auditor, "?deed=revealed")


@pytest.mark.parametrize("number", [1, 3])
def test_rows_cost_the_same_however_many(auditor, county, number, django_assert_num_queries):
    for _ in range(number):
        session = make_session(county, make_user("host", county))
        with on(Occasion(auditor.pk)):
            session.title = "新"
            session.save(update_fields=["title"])
    client = signed_in(auditor)
    with django_assert_num_queries(10):
        client.get("/audit/?deed=row_changed&kind=livestream.LiveSession")


def test_an_entry_of_a_table_that_is_gone_is_still_read(auditor, county):
    AuditEntry.objects.create(
        deed="old_deed", kind="gone.Table", object_id="7", place=county.pk, after={"col": 1}, before={"col": 2}
    )
    assert any("old_deed gone.Table 7 col 2 → 1" in row for row in rows(read(auditor)))


def test_places_do_not_leak_by_prefix(auditor):
    """A county's code is no prefix of another's, and a village's lies in its county."""
    note(Deed.EXPORTED, place="140425100201", number="CB-7")
    note(Deed.EXPORTED, place="14042", number="CB-8")
    assert numbers(read(auditor, "?deed=exported")) == ["CB-7"]
    assert Place.objects.filter(pk="14042").count() == 0


def test_a_head_is_shown_to_be_written_down_and_compared_later(auditor, deeds):
    seal_entries()
    check = check_chain(at=datetime.now(UTC))
    client = signed_in(auditor)
    head = re.findall(r"<code>(.*?)</code>", client.get("/audit/head/").content.decode())[0]

    def said(words):
        answer = client.get("/audit/head/", {"head": words})
        return answer.status_code, re.findall(r'class="banner (\w+)" role="status">([^<]{8})', answer.content.decode())

    assert head == f"{check.position}:{check.digest}"
    assert said(f" {head.upper()} ")[1][-1] == ("good", "您记下的链头还在")
    assert said(f"{check.position}:{'a' * 64}")[1][-1] == ("bad", "和您记下的不一样")
    assert said(f"99999:{'a' * 64}")[1][-1] == ("bad", "链没有这么长：末")
    assert [
        said(words)[0] for words in ("", "x", "1:ab", "-1:" + "a" * 64, "\0", "9" * 19 + ":" + "a" * 64, "٣:" + "a" * 64)
    ] == [422] * 7
