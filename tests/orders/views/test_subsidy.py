"""A subsidy through its pages: made, carried by an item, debited by real orders, used up, claimed with a file, stopped."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest
from django.db import IntegrityError, transaction

from livestream.actions.price import check_listing
from livestream.actions.subsidy import SubsidyPlan, approve_subsidy, change_subsidy, terms_mark
from livestream.models import AuditEntry, LineUpItem, Notice, SubsidyRule
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from orders.actions.intake import receive
from orders.actions.subsidy import follow_subsidies
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session, make_user
from tests.goods import make_offer, make_subsidy
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def typed(**more):
    return {
        "name": "小米每箱补两块", "payer": "县电商中心", "goes_to": "seller", "per_unit_fen": "2", "cap_fen": "4",
        "from_at": "2026-11-01T00:00", "until_at": "2026-12-01T00:00", "basis": "平商务〔2026〕8 号", **more,
    }  # fmt: skip


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def box(county, host):
    product = make_product(county, "XM-5", title="小米 5 斤", net_weight_grams=2500, floor_price_fen=450, floor_per="jin")
    session = make_session(county, host, went_live_at=AT - timedelta(hours=1), line_up=[(product, 2990, 100)])
    item = session.line_up.get()
    make_offer(item, 800)
    return item


def test_a_subsidy_lives_from_its_form_to_its_claim(desk, box, shop, county):
    with pytest.raises(NotAllowed, match="卖家实收 ¥\u200921.90"):
        check_listing(box, at=AT)
    assert desk.post("/goods/subsidies/new/", typed()).status_code == 302
    rule = SubsidyRule.objects.get()
    assert (rule.county, rule.per_unit_fen, rule.cap_fen, rule.goes_to) == (county, 200, 400, "seller")
    LineUpItem.objects.filter(pk=box.pk).update(subsidy=rule)
    with pytest.raises(NotAllowed, match="少 ¥\u20090.60"):
        check_listing(LineUpItem.objects.get(pk=box.pk), at=AT)
    assert "等批准，还不算数" in desk.get("/goods/subsidies/").content.decode()
    rule = approved(rule)
    check_listing(LineUpItem.objects.get(pk=box.pk), at=AT)

    bodies = [make_order_body(f"T{n}", at=AT + timedelta(minutes=n), lines=((1, "XM-5", 1, 2190),)) for n in range(3)]
    receive([make_arrival(shop, *bodies, now=AT)], cause=Cause.PUSH, at=AT)
    follow_subsidies(at=AT + timedelta(hours=1))

    page = desk.get(f"/goods/subsidies/{rule.pk}/").content.decode()
    for words in ("补贴用完了", "已用 ¥\u20094.00", "还剩 ¥\u20090.00", "T0", "T1", "2 笔订单", "小米 5 斤"):
        assert words in page
    assert "T2" not in page
    assert "用完了" in desk.get("/goods/subsidies/").content.decode()
    with pytest.raises(NotAllowed, match="少 ¥\u20090.60"):
        check_listing(LineUpItem.objects.get(pk=box.pk), at=AT)

    book = openpyxl.load_workbook(io.BytesIO(desk.get(f"/goods/subsidies/{rule.pk}/file/").content))
    rows = list(book.worksheets[0].values)
    assert [row[4:] for row in rows[1:]] == [("T0", "1", 1, 2), ("T1", "1", 1, 2), ("", "", 2, 4)]
    lines = desk.get(f"/goods/subsidies/{rule.pk}/file/?as=csv").content.decode("utf-8-sig").splitlines()
    assert [line.rsplit(",", 4)[1:] for line in lines[1:]] == [
        ["T0", "1", "1", "2.00"],
        ["T1", "1", "1", "2.00"],
        ["", "", "2", "4.00"],
    ]

    assert "每件补多少" in desk.post(f"/goods/subsidies/{rule.pk}/edit/", typed(per_unit_fen="1")).content.decode()
    assert "已经补出去" in desk.post(f"/goods/subsidies/{rule.pk}/edit/", typed(cap_fen="3")).content.decode()
    assert desk.post(f"/goods/subsidies/{rule.pk}/edit/", typed(cap_fen="100")).status_code == 302
    follow_subsidies(at=AT + timedelta(hours=2))
    assert SubsidyRule.objects.get().used_fen == 400, "drafted anew: what was paid stays, nothing more is"
    approved(rule)
    follow_subsidies(at=AT + timedelta(hours=3))
    assert SubsidyRule.objects.get().used_fen == 600
    assert desk.post(f"/goods/subsidies/{rule.pk}/stop/").status_code == 302
    assert SubsidyRule.objects.get().is_active is False


def approved(rule):
    """By another, on the page on which he reads it."""
    boss = signed_in(make_user("approver", rule.county))
    page = boss.get("/goods/subsidies/").content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    assert boss.post(f"/goods/subsidies/{rule.pk}/approve/", {"seen": seen}).status_code == 302
    rule.refresh_from_db()
    assert (rule.approved_by.role, rule.is_approved) == ("approver", True)
    return rule


def test_nobody_approves_what_he_wrote_or_has_not_read(county, staff):
    both = make_user("approver", county)
    mine, theirs = (make_subsidy(county, by, approved_at=None) for by in (both, staff))
    Notice.objects.all().delete()
    plan = SubsidyPlan(theirs.name, theirs.payer, 300, theirs.cap_fen, theirs.from_at, theirs.until_at)

    assert refusal(approve_subsidy, mine, by=both, at=AT) == "subsidy_own"
    assert refusal(approve_subsidy, theirs, by=staff, at=AT) == "pass_not_yours"
    seen = terms_mark(theirs)
    change_subsidy(theirs, plan, by=staff)
    assert refusal(approve_subsidy, theirs, by=both, at=AT, seen=seen) == "subsidy_meanwhile"
    assert Notice.objects.filter(kind="request_asked", way="inbox").values_list("person", flat=True).get() == both.pk
    for _ in range(2):
        approve_subsidy(theirs, by=both, at=AT)
    assert AuditEntry.objects.get(deed=Deed.SUBSIDY_APPROVED).detail["per_unit_fen"] == 300
    smaller = replace(plan, cap_fen=plan.cap_fen - 1, until_at=plan.until_at - timedelta(days=1), name="改个名")
    assert change_subsidy(theirs, smaller, by=staff).is_approved
    assert change_subsidy(theirs, plan, by=both).is_approved is False
    assert refusal(approve_subsidy, theirs, by=both, at=AT) == "subsidy_own", "who drafts it anew wrote it"
    with pytest.raises(IntegrityError, match="subsidy_takes_two_persons"), transaction.atomic():
        SubsidyRule.objects.filter(pk=mine.pk).update(approved_by=both, approved_at=AT)


def refusal(verb, *args, **kwargs):
    with pytest.raises(NotAllowed) as refused:
        verb(*args, **kwargs)
    return refused.value.code


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": "\0 "}, "请填写。"),
        ({"cap_fen": "1"}, "一共最多要不少于一件的补贴。"),
        ({"cap_fen": "-5"}, "请填金额"),
        ({"per_unit_fen": "0"}, "请写 0 元以上"),
        ({"until_at": "2026-10-01T00:00"}, "结束要晚于开始。"),
        ({"from_at": "明天"}, "请按 2026-01-31 19:30 这样填"),
        ({"goes_to": "me"}, "请从列表里选一个。"),
        ({"name": "旧的"}, "已经有一条补贴叫这个名字"),
    ],
)
def test_bad_input_is_said_in_words(desk, county, staff, more, words):
    make_subsidy(county, staff, name="旧的")
    answer = desk.post("/goods/subsidies/new/", typed(**more))
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


def test_below_the_county_nobody_makes_one_and_another_county_sees_none(client, county, staff, stranger):
    rule = make_subsidy(county, staff)
    client.force_login(stranger)
    assert client.get(f"/goods/subsidies/{rule.pk}/").status_code == 404
    assert client.get(f"/goods/subsidies/{rule.pk}/file/").status_code == 404
    assert rule.name not in client.get("/goods/subsidies/").content.decode()
    client.force_login(make_user("trainer", county))
    assert client.get("/goods/subsidies/new/").status_code == 403
    assert client.get(f"/goods/subsidies/{rule.pk}/").status_code == 403
