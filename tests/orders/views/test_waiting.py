"""The page of what waits: what it lists, what staff can do there, and who they must be."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import timedelta

import msgspec
import pytest
import time_machine
from django.utils import timezone

from orders.actions.arrival import Arrival, ShopRef
from orders.actions.hints import dismiss_hint
from orders.actions.intake import receive
from orders.actions.poison import keep_poison
from orders.actions.sweep import note_sweep
from orders.models import DayTally, DeadLetter, Hint
from orders.models.ledger import Cause
from orders.platforms.contract import HintFact
from tests.factories import make_arrival, make_order_body, make_shop, make_user
from tests.sign_in import enter


@pytest.fixture(autouse=True)
def clock(now):
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def shop(county):
    return make_shop(county, "douyin", name="平顺好物")


def make_hint(shop, number="6900000000000000001", *, waits=timedelta(), **changes):
    hint = (HintFact("order", number),)
    receive([Arrival(ShopRef(shop.pk, shop.county_id), hints=hint)], cause=Cause.PUSH, at=timezone.now() - waits)
    Hint.objects.filter(number=number, shop=shop).update(**changes)
    return Hint.objects.get(number=number, shop=shop)


def make_letter(shop, body, at):
    arrival = Arrival(ShopRef(shop.pk, shop.county_id), digest=hashlib.sha256(body).digest())
    keep_poison(msgspec.structs.replace(arrival, body=body), at=at)
    return DeadLetter.objects.get(digest=arrival.digest)


def make_refund(shop, now, number, *, has_lines=True, **order):
    body = make_order_body(number, at=now, refunds=[("R1", 1, 5980)], **order)
    if not has_lines:
        del body["lines"]
    receive([make_arrival(shop, body, now=now)], cause=Cause.PUSH, at=now)


def words(answer):
    """What one reads inside the list, without tags."""
    page = answer.content.decode().replace("\u2009", "")
    page = page[page.index('<div class="stack" id="waiting"') :].split("</main>")[0]
    page = re.sub(r"<(select|form|summary).*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("\xa0", " ").strip()


TABS = "正在等 {} 没有取到 {} 读不懂的推送 {} 对不上的退款 {}"


# --- what it lists --------------------------------------------------------------------------------------------------------


def test_nothing_waits_and_the_page_says_so(desk):
    assert words(desk.get("/waiting/")) == (
        f"现在没有订单在等平台回答。 {TABS.format(0, 0, 0, 0)} 没有等待处理的订单 平台推来的每一笔都取到、都算过了。可以安心喝口茶。"
    )


@pytest.mark.parametrize("show", ["given_up", "messages", "refunds"])
def test_every_list_has_words_for_when_it_is_empty(desk, show):
    page = desk.get(f"/waiting/?show={show}").content.decode()

    assert page.count('<div class="empty"><b>') == 1
    assert f'href="/waiting/?show={show}" aria-current="page"' in page


def test_what_waits_longest_comes_first_with_age_tries_reason_and_next_try(desk, shop, now):
    make_hint(shop, "2", waits=timedelta(seconds=30))
    make_hint(
        shop, "1", waits=timedelta(hours=1), waiting_since=now - timedelta(minutes=2), attempts=3, due_at=now + timedelta(minutes=5),
        reason="missing", last_error="50002: 订单不存在",
    )  # fmt: skip

    assert words(desk.get("/waiting/")).split("一般不用做什么。 ")[1] == (
        "已等 2 分钟 订单 1 平台上没有 平台说没有这个单号。系统会再试大约一个小时，先不用管。 "
        "平顺好物 · 试过 3 次 · 5 分钟后再试 平台原话：50002: 订单不存在 "
        "已等 30 秒 订单 2 刚收到，马上去取。 平顺好物 · 还没有试过 · 马上去取"
    )
    assert "最早的一笔已等 2 分钟。" in words(desk.get("/waiting/"))


def test_given_up_says_since_when_and_what_a_colleague_once_said(desk, staff, shop, now):
    hint = make_hint(shop, "1")
    dismiss_hint(hint, by=staff, note="测试单", at=now - timedelta(days=3))
    Hint.objects.update(given_up_at=now - timedelta(hours=26), reason="unreadable", attempts=8, last_error="unreadable: 'x'")

    text = words(desk.get("/waiting/"))

    assert TABS.format(0, 1, 0, 0) in text
    said = timezone.localtime(now - timedelta(days=3))
    assert text.split("再点“重试”。 ", 1)[1] == (
        "已放弃 1 天 订单 1 回答看不懂 平台的回答看不懂，可能是接口改了。请把单号告诉系统管理员，修好以后点“重试”。 "
        f"平顺好物 · 试过 8 次 {staff.name} 在 {said:%m-%d %H:%M} 说过不再处理：测试单。后来平台又推送了。"
    )


def test_an_unreadable_message_shows_everything_but_its_words(desk, shop, now):
    make_letter(shop, json.dumps({"receiver": "张三丰", "phone": "13800001234"}).encode(), now - timedelta(hours=2))

    answer = desk.get("/waiting/")

    assert (
        "读它时出错 这条推送让读它的程序出错了。请告诉系统管理员，升级以后点“重试”。 平顺好物 · 58 字节 · 还没有再试过 · 马上再试"
        in words(answer)
    )
    assert "已等 2 小时" in words(answer)
    assert [secret for secret in ("张三丰", "1380000", "receiver") if secret in answer.content.decode()] == []


def test_refunds_without_a_counted_order_are_listed_with_their_age_until_it_comes(desk, county, now):
    own = make_shop(county, name="自家商城")
    make_refund(own, now - timedelta(minutes=3), "T1", status="created", paid_at=None)
    make_refund(own, now - timedelta(minutes=2), "T2", has_lines=False)
    make_refund(own, now - timedelta(minutes=1), "T3")
    receive(
        [make_arrival(own, make_order_body("T4", at=now, refunds=[("R1", 1, 100, "withdrawn")], status="created"))],
        cause=Cause.PUSH, at=now,
    )  # fmt: skip

    before = words(desk.get("/waiting/"))
    receive([make_arrival(own, make_order_body("T1", version=2), make_order_body("T2", version=2))], cause=Cause.PUSH, at=now)
    after = words(desk.get("/waiting/"))

    assert TABS.format(0, 0, 0, 2) in before
    assert before.split("请导入这家店铺的订单文件。 ")[1] == (
        "已等 3 分钟 退款 ¥59.80 退款成功 它的订单收到了，但从没见过付款（现在是“待付款”）。 自家商城 · 订单 T1 · 售后单 R1 "
        "已等 2 分钟 退款 ¥59.80 退款成功 它的订单收到了，但没有商品，退款无处可减。 自家商城 · 订单 T2 · 售后单 R1"
    )
    assert TABS.format(0, 0, 0, 0) in after


def test_one_shop_at_a_time_page_by_page(desk, county, shop):
    other = make_shop(county, name="别家")
    for n in range(21):
        make_hint(shop, f"A{n:02}", waits=timedelta(minutes=n))
    make_hint(other, "B")

    pages = [desk.get("/waiting/", {"shop": shop.pk, "page": n}) for n in (1, 2, 99)]

    numbers = [re.findall(r"订单 (A\d\d|B) ", words(page)) for page in pages]
    assert numbers == [[f"A{n:02}" for n in range(20, 0, -1)], ["A00"], ["A00"]]
    assert "第 2 页，共 2 页" in words(pages[1])
    assert f'href="/waiting/?show=waiting&amp;shop={shop.pk}" rel="prev"' in pages[1].content.decode()
    assert re.findall(r"订单 (\S+) ", words(desk.get("/waiting/", {"shop": other.pk}))) == ["B"]


@pytest.mark.parametrize(
    "query", ["show=x&shop=x&page=x", "shop=-1&page=-1", "shop=%00&page=0", f"shop={'9' * 30}&page={'9' * 18}"]
)
def test_a_strange_address_is_the_page_without_it(desk, shop, query):
    make_hint(shop, "1")

    answer = desk.get(f"/waiting/?{query}")

    assert (answer.status_code, "订单 1 刚收到" in words(answer)) == (200, True)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("show", ["waiting", "given_up", "messages", "refunds"])
def test_a_list_costs_the_same_whatever_its_length(desk, shop, now, show, rows, django_assert_num_queries):
    for n in range(rows):
        make_hint(shop, f"W{n}")
        make_hint(shop, f"G{n}", given_up_at=now)
        make_letter(shop, b"%d" % n, now)
        make_refund(shop, now, f"T{n}", status="created", paid_at=None)

    with django_assert_num_queries(13):  # session, user, posts, alarms; four lengths, the list's rows, oldest, sweep, shops
        desk.get("/waiting/", {"show": show})


def test_a_dead_timetable_is_said_on_top(desk, now):
    note_sweep("windows", at=now - timedelta(minutes=5))

    assert words(desk.get("/waiting/")).startswith(
        "后台任务已经 5 分钟没有动静，等着的不会自动去取。请告诉系统管理员。 现在没有订单在等平台回答。"
    )


# --- what staff can do ----------------------------------------------------------------------------------------------------


def test_retry_puts_a_hint_in_front_and_returns_to_the_same_place(desk, shop, now):
    hint = make_hint(shop, "1", given_up_at=now, attempts=8)

    answer = desk.post(f"/waiting/hints/{hint.pk}/retry/", {"show": "given_up", "shop": shop.pk, "page": "2"}, follow=True)

    hint.refresh_from_db()
    assert (hint.given_up_at, hint.attempts, hint.due_at) == (None, 0, now)
    assert answer.redirect_chain == [(f"/waiting/?show=given_up&shop={shop.pk}&page=2", 302)]
    assert "1 排到最前面了，马上再去取。" in answer.content.decode()


def test_dismissing_takes_a_hint_off_the_list_and_keeps_the_note(desk, staff, shop):
    hint = make_hint(shop, "1")

    answer = desk.post(f"/waiting/hints/{hint.pk}/dismiss/", {"note": "平台查不到"}, follow=True)

    hint.refresh_from_db()
    assert (hint.dismissed_by, hint.note) == (staff, "平台查不到")
    assert "1 不再处理了。平台再推送它，会重新开始。" in answer.content.decode()
    assert TABS.format(0, 0, 0, 0) in words(answer)


def test_a_message_is_tried_again_and_then_let_rest(desk, county, staff, now):
    own = make_shop(county)
    good, bad = make_letter(own, json.dumps(make_order_body("T1")).encode(), now), make_letter(own, b"{", now)

    said = [
        desk.post(f"/waiting/messages/{good.pk}/retry/", follow=True),
        desk.post(f"/waiting/messages/{bad.pk}/retry/", follow=True),
        desk.post(f"/waiting/messages/{bad.pk}/dismiss/", {"note": "已改好重发"}, follow=True),
    ]

    sentences = ["这一次读懂了，里面的订单已经计入。", "还是不行，推送仍然留着。原因写在下面。", "这条推送不再处理了。"]
    assert [sentence in answer.content.decode() for sentence, answer in zip(sentences, said, strict=True)] == [True] * 3
    assert list(DeadLetter.objects.order_by("pk").values_list("state", "by", "note")) == [
        ("retried", staff.pk, ""), ("dismissed", staff.pk, "已改好重发"),
    ]  # fmt: skip
    assert DayTally.objects.get(scope="county:140425").orders == 1


@pytest.mark.parametrize(("kind", "show"), [("hints", "waiting"), ("messages", "messages")])
@pytest.mark.parametrize(("note", "sentence"), [("", "请写一句为什么不再处理"), ("长" * 201, "“备注”太长了，最多 200 个字。")])
def test_a_note_that_cannot_be_kept_is_said_at_its_field_and_stays_typed(desk, shop, now, kind, show, note, sentence):
    row = make_hint(shop, "1") if kind == "hints" else make_letter(shop, b"{", now)
    address = f"/waiting/{kind}/{row.pk}/dismiss/"

    page = desk.post(address, {"note": note, "show": show})
    fragment = desk.post(address, {"note": note, "show": show}, headers={"HX-Request": "true"})

    assert [(answer.status_code, "<!doctype html>" in answer.content.decode()) for answer in (page, fragment)] == [
        (422, True), (200, False),
    ]  # fmt: skip
    for answer in (page, fragment):
        text = answer.content.decode()
        assert '<details class="rest" open>' in text
        assert f'value="{note}" aria-invalid="true"' in text
        assert sentence in text.split('class="error"')[1]
    assert (Hint if kind == "hints" else DeadLetter).objects.filter(note="").count() == 1


def test_what_a_colleague_settled_meanwhile_is_said_and_changes_nothing(desk, county, shop, now):
    colleague = make_user("staff", county, name="王芳")
    hint, letter = make_hint(shop, "1"), make_letter(shop, b"{", now)
    dismiss_hint(hint, by=colleague, note="查不到", at=now)
    DeadLetter.objects.update(state="dismissed", by=colleague, at=now, note="重发了")

    for kind, row in (("hints", hint), ("messages", letter)):
        for step in ("retry", "dismiss"):
            answer = desk.post(f"/waiting/{kind}/{row.pk}/{step}/", {"note": "我的"}, follow=True)
            assert "王芳已经处理过这一条：不再处理。" in answer.content.decode()

    assert (Hint.objects.get().note, DeadLetter.objects.get().note) == ("查不到", "重发了")


# --- who ------------------------------------------------------------------------------------------------------------------


def test_another_county_sees_and_changes_nothing(client, stranger, shop, now):
    hint, letter = make_hint(shop, "1"), make_letter(shop, b"{", now)
    make_refund(shop, now, "T1", status="created", paid_at=None)
    client.force_login(stranger)

    steps = [
        f"/waiting/{kind}/{row.pk}/{step}/"
        for kind, row in (("hints", hint), ("messages", letter))
        for step in ("retry", "dismiss")
    ]
    absent = [re.sub(r"/\d+/", "/999999999/", step) for step in steps]
    answers = [client.post(step, {"note": "x"}) for step in (*steps, *absent)]

    assert [answer.status_code for answer in answers] == [404] * 8
    assert (
        len({re.sub(rb"<b .*?</small>|\"[A-Za-z0-9]{64}\"", b"", answer.content) for answer in answers}) == 1
    )  # but for its number
    assert TABS.format(0, 0, 0, 0) in words(client.get("/waiting/"))
    assert TABS.format(0, 0, 0, 0) in words(client.get(f"/waiting/?shop={shop.pk}"))
    assert (Hint.objects.get().note, DeadLetter.objects.get().state) == ("", "waiting")


@pytest.mark.parametrize(("role", "status"), [("host", 403), ("trainer", 403), ("staff", 200), ("admin", 200)])
def test_the_page_is_the_staffs(client, county, shop, role, status):
    hint = make_hint(shop, "1")
    enter(client, make_user(role, county))

    assert client.get("/waiting/").status_code == status
    assert client.post(f"/waiting/hints/{hint.pk}/retry/").status_code == (302 if status == 200 else 403)


def test_the_page_asks_who_it_is_and_changes_nothing_by_get(client, desk, shop):
    hint = make_hint(shop, "1")

    assert client.get(f"/waiting/hints/{hint.pk}/retry/").status_code == 405
    client.logout()
    assert client.get("/waiting/").headers["Location"] == "/login/?next=/waiting/"


# --- the way there --------------------------------------------------------------------------------------------------------


def test_the_desk_counts_what_a_person_should_know_of_and_leads_there(desk, county, other_county, shop, now):
    make_hint(shop, "fresh", waits=timedelta(seconds=30))
    calm = desk.get("/desk/figures/", {"since": ""})
    make_hint(shop, "late", waits=timedelta(seconds=90))
    make_hint(shop, "lost", given_up_at=now)
    make_letter(shop, b"{", now)
    make_hint(make_shop(other_county, "douyin"), "theirs", given_up_at=now)
    known = re.search(r'data-since="([^"]+)"', calm.content.decode()).group(1)

    changed = desk.get("/desk/figures/", {"since": known})

    assert "等待处理" not in calm.content.decode()
    assert changed.status_code == 200
    assert (
        '<a class="stat warn plain" href="/waiting/"><span>等待处理</span><b>3 <small>去处理</small></b></a>'
        in changed.content.decode()
    )
