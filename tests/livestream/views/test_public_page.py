"""The page behind the code on a parcel: who sells, whose goods, papers, returns; a complaint and its answer. Nobody signs in."""

from __future__ import annotations

import gzip
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from livestream.actions.complaint import answer_complaint, forget_contacts
from livestream.actions.consent import record_consent
from livestream.actions.session import change_state
from livestream.models import AuditEntry, Complaint, Consent, CueCard, GeoIndication, LiveSession, Notice, ServiceLine
from livestream.rules.consent import ConsentKind, ConsentWay
from livestream.rules.session import SessionEvent
from tests.factories import make_place, make_product, make_session, make_supplier, make_user
from tests.goods import make_goods, make_offer, make_paper
from tests.sign_in import signed_in


@pytest.fixture(autouse=True)
def nothing_kept():
    """Neither a page nor who asked lately."""
    cache.clear()


@pytest.fixture
def village(county):
    return make_place("140425103209", "井底村")


@pytest.fixture
def coop(county, village):
    return make_supplier(county, name="井底合作社", place=village, registration="licensed", licence_no="91140425MA0GYK1234")


@pytest.fixture
def apples(county, coop):
    good = make_goods(
        county, "primary", title="红富士苹果", supplier=coop, net_weight_grams=2500, spec="80 毫米以上", sale_unit="box",
        return_policy="fresh", geo_indication=GeoIndication.objects.create(county=county, name="平顺苹果"),
    )  # fmt: skip
    make_paper(good, "standard", number="GB/T 10651")
    make_paper(good, "gi")
    make_paper(good, "licence", number="91140425MA0GYK1234")
    make_paper(good, "test", state="waiting")
    make_paper(good, "brand", valid_until_on=date(2020, 1, 1))
    return good


@pytest.fixture
def session(county, host, apples, now):
    return make_session(county, host, title="苹果专场", went_live_at=now - timedelta(hours=1), line_up=[(apples, 4990, 100)])


def page(session, client=None):
    return (client or Client()).get(f"/s/{session.pk}/")


def words_of(response):
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_it_says_who_sells_whose_goods_papers_and_returns(session, apples):
    ServiceLine.objects.create(county=session.county, phone="0355-8921234", hours="每天 8:00–20:00")
    make_offer(session.line_up.get(), 500)
    answer = page(session)

    assert (answer.status_code, answer["X-Robots-Tag"], answer["Cache-Control"]) == (
        200,
        "noindex, nofollow",
        "private, max-age=20",
    )
    assert not answer.cookies
    told = words_of(answer)
    for words in (
        "正在直播", "苹果专场", "这件商品由井底合作社销售和发货。", "井底合作社 · 井底村（", "有营业执照",
        "¥\u200949.90 一箱", "用券、补贴后 ¥\u200944.90", "合 ¥\u20099.98 一斤", "规格 80 毫米以上", "净重 2.5 公斤（5 斤）",
        "地理标志 · 平顺苹果", "承诺达标合格证 有效到 2099-12-31", "产品执行标准 GB/T 10651", "地理标志用标授权",
        "鲜货容易坏，不能无理由退货", "服务电话 0355-8921234", "每天 8:00–20:00", "12315",
    ):  # fmt: skip
        assert words in told, words


def test_what_is_hidden_stays_hidden(session, apples, host, staff):
    apples.papers.filter(kind="gi").delete()
    told = page(session).content.decode()

    assert "91140425MA0GYK1234" not in told  # the number of a licence, which may be a person's
    assert "检验报告" not in told  # not checked yet
    assert "品牌授权" not in told  # over
    assert "geo" not in told  # no authorisation
    assert host.phone not in told
    assert "<script" not in told


def test_it_is_light(session, county):
    for _ in range(9):
        good = make_product(county)
        session.line_up.create(product=good, position=session.line_up.count() + 1, live_price_fen=990, state="listed")

    assert len(gzip.compress(page(session).content)) < 4_000


@pytest.mark.parametrize(
    "state", ["draft", "in_review", "approved", "rehearsed", "live", "ended", "cancelled", "practice", "absent"]
)
def test_what_is_not_decided_or_not_real_is_nobodys_business(session, state):
    facts = {"kind": "practice"} if state == "practice" else {} if state == "absent" else {"state": state}
    LiveSession.objects.filter(pk=session.pk).update(**facts)
    address = "/s/00000000-0000-4000-8000-000000000000/" if state == "absent" else f"/s/{session.pk}/"

    is_public = state in {"approved", "rehearsed", "live", "ended"}
    assert [Client().get(address + more).status_code for more in ("", "say/")] == [200 if is_public else 404] * 2


def test_before_after_and_the_replay(session, county, host, apples, now):
    bare = make_product(county, title="没证件的豆腐", product_class="food")
    planned = make_session(county, host, planned_start_at=now + timedelta(days=1), line_up=[(apples, 4990, 9), (bare, 990, 9)])
    LiveSession.objects.filter(pk=planned.pk).update(state="approved")
    told = words_of(page(planned))
    assert ("还没开播" in told, "红富士苹果" in told, "没证件的豆腐" in told) == (True, True, False)

    change_state(session, SessionEvent.END, at=now)
    LiveSession.objects.filter(pk=session.pk).update(
        replay_url="https://example.com/replay", replay_until_on=now.date() + timedelta(days=2)
    )
    assert "https://example.com/replay" not in page(session).content.decode()  # nobody asked the host
    Consent.objects.create(user=host, kind="portrait", is_given=True, way="phone", text_version=1)
    cache.clear()
    assert "https://example.com/replay" not in page(session).content.decode()  # he was asked about photos alone
    record_consent(host, ConsentKind.PORTRAIT, is_given=True, way=ConsentWay.PHONE)
    assert "https://example.com/replay" in page(session).content.decode()
    record_consent(host, ConsentKind.PORTRAIT, is_given=False, way=ConsentWay.PHONE)
    assert "https://example.com/replay" not in page(session).content.decode()  # at once
    record_consent(host, ConsentKind.PORTRAIT, is_given=True, way=ConsentWay.PHONE)
    with time_machine.travel(now + timedelta(days=9)):
        assert "https://example.com/replay" not in page(session).content.decode()
        assert "播完了" in words_of(page(session))


def test_a_script_of_ai_says_so(session, apples, host, now):
    assert "AI" not in words_of(page(session))
    CueCard.objects.create(session=session, product=apples, is_ai_made=True, changed_by=host, changed_at=now)
    cache.clear()

    assert "这一场的稿子有用 AI 写的。" in words_of(page(session))


@pytest.mark.parametrize("agreed", [None, False, True])
def test_a_household_is_named_only_as_it_agreed(county, village, host, now, agreed):
    good = make_product(county, supplier=make_supplier(county, name="张三丰", kind="household", place=village))
    if agreed is not None:
        make_user("host", village, name="张三丰", shows_name=agreed)
    session = make_session(county, host, went_live_at=now - timedelta(hours=1), line_up=[(good, 990, 9)])
    told = words_of(page(session))

    assert ("张三丰" in told, "由井底村的一户农户销售和发货" in told) == ((True, False) if agreed else (False, True))


def test_a_name_that_is_taken_back_is_gone_at_once(session, host):
    assert f"{host.name}在" in words_of(page(session))

    record_consent(host, ConsentKind.PUBLISH_NAME, is_given=True, way=ConsentWay.PHONE)
    record_consent(host, ConsentKind.PUBLISH_NAME, is_given=False, way=ConsentWay.PHONE)

    assert host.name not in words_of(page(session))


def test_a_whole_village_may_open_it_from_one_address_but_no_robot(session, django_assert_max_num_queries):
    client = Client()
    page(session, client)
    with django_assert_max_num_queries(2):
        assert page(session, client).status_code == 200
    answers = [page(session, client).status_code for _ in range(240)]

    assert (answers.count(200), answers.count(429)) == (238, 2)
    assert "请等 1 分钟" in words_of(page(session, client))


# --- a complaint ----------------------------------------------------------------------------------------------------------------


def say(session, client=None, **said):
    facts = {"kind": "quality", "words": "苹果坏了三个", "contact": "13800000000", "page": "p1"} | said
    return (client or Client()).post(f"/s/{session.pk}/say/", facts)


def code_in(response):
    return re.search(r'class="code num">([A-Z2-9-]+)<', response.content.decode())[1]


def test_it_is_kept_once_with_a_code_and_staff_are_told(session, apples, staff):
    client = Client()
    first, again = say(session, client, product=apples.pk), say(session, client, product=apples.pk)

    made = Complaint.objects.get()
    assert (made.kind, made.words, made.contact, made.product, made.state) == (
        "quality",
        "苹果坏了三个",
        "13800000000",
        apples,
        "open",
    )
    assert code_in(first) == code_in(again)
    assert code_in(first).replace("-", "") == made.code
    notice = Notice.objects.get(kind="complaint", person=staff, way="inbox")
    assert (notice.text, notice.link) == (
        "《苹果专场》有人提了意见：货有问题。请在 48 小时内答复。",
        f"/goods/complaints/{made.pk}/",
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"words": "\0\u202e "}, "请写一句是什么事"),
        ({"words": "坏" * 501}, "最多写 500 个字，现在是 501 个"),
        ({"words": "坏" * 100_000}, "最多写 500 个字，现在是 10000 个"),
        ({"kind": "x"}, "请从列表里选是什么事。"),
        ({"product": "9" * 40}, "这件商品不在这一场里"),
        ({"contact": "1" * 61}, "最多写 60 个字，现在是 61 个。"),
        ({"website": "http://spam.example"}, "这一格请留空，再交一次。"),
    ],
)
def test_bad_input_is_told_and_the_rest_is_kept(session, said, words):
    answer = say(session, **said)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "苹果坏了三个" in answer.content.decode() or "words" in said
    assert not Complaint.objects.exists()


def test_a_flood_from_one_address_ends(session):
    client = Client()
    answers = [say(session, client, page=f"p{n}").status_code for n in range(22)]

    assert answers == [200] * 20 + [429] * 2
    assert Complaint.objects.count() == 20


def test_the_answer_is_found_by_the_code_alone(session, staff, now):
    client = Client()
    code = code_in(say(session, client))
    waiting = client.post("/s/answer/", {"code": f" {code.lower()} "})
    answer_complaint(Complaint.objects.get(), answer="今天补发三个。", is_closed=True, by=staff, at=now)
    answered = client.post("/s/answer/", {"code": code})

    assert "还没答复" in words_of(waiting)
    assert "今天补发三个。" in words_of(answered)
    assert "苹果坏了三个" not in words_of(answered)
    assert staff.name not in words_of(answered)


def test_whoever_guesses_is_stopped(db):
    client = Client()
    answers = [
        client.post("/s/answer/", {"code": f"ABCDEFGH{n:02}".replace("0", "J").replace("1", "K")}).status_code for n in range(12)
    ]

    assert answers == [404] * 10 + [429] * 2
    assert Client().post("/s/answer/", {"code": "x"}).status_code == 422


# --- at the desk ----------------------------------------------------------------------------------------------------------------


def test_staff_answer_and_see_three_rates(session, client, staff):
    say(session)
    made = Complaint.objects.get()
    client.force_login(staff)
    listed = client.get("/goods/complaints/")
    assert ("苹果坏了三个" in words_of(listed), "等答复" in words_of(listed)) == (False, True)
    assert "苹果坏了三个" in words_of(client.get(f"/goods/complaints/{made.pk}/"))

    refused = client.post(f"/goods/complaints/{made.pk}/", {"answer": " ", "seen": "open"})
    assert (refused.status_code, Complaint.objects.get().state) == (422, "open")
    client.post(f"/goods/complaints/{made.pk}/", {"answer": "补发", "seen": "open"})
    late = client.post(f"/goods/complaints/{made.pk}/", {"answer": "不补", "seen": "open", "close": "1"})

    assert late.status_code == 422
    assert "刚才有人也处理了这一条" in late.content.decode()
    made.refresh_from_db()
    assert (made.state, made.answer, made.answered_by) == ("answered", "补发", staff)
    client.post(f"/goods/complaints/{made.pk}/", {"answer": "补发了", "seen": "answered", "close": "1"})
    assert re.findall(r"<b>(\d+%?)</b>", client.get("/goods/complaints/?state=closed").content.decode()) == [
        "1",
        "100%",
        "100%",
        "100%",
    ]


def test_the_contact_is_shown_once_with_a_reason_and_forgotten_in_time(session, staff, now):
    say(session)
    made = Complaint.objects.get()
    desk = signed_in(staff)
    assert "13800000000" not in desk.get(f"/goods/complaints/{made.pk}/").content.decode()

    seen = desk.post(f"/goods/complaints/{made.pk}/contact/", {"reason": "contact", "words": ""})
    assert "13800000000" in seen.content.decode()
    assert AuditEntry.objects.get(deed="revealed").detail == {"field": "contact", "reason": "contact", "words": ""}

    answer_complaint(made, answer="补发", is_closed=True, by=staff, at=now)
    assert forget_contacts(at=now + timedelta(days=180)) == 0
    assert forget_contacts(at=now + timedelta(days=180, seconds=1)) == 1
    assert forget_contacts(at=now + timedelta(days=181)) == 0
    made.refresh_from_db()
    assert (made.contact, made.words, made.answer) == ("", "苹果坏了三个", "补发")


def test_who_answers_and_who_does_not(session, trainer, stranger, host):
    say(session)
    pk = Complaint.objects.get().pk
    asked = [(trainer, 200, 403), (stranger, 200, 404), (host, 403, 403)]

    for user, listed, one in asked:
        desk = signed_in(user)
        assert (desk.get("/goods/complaints/").status_code, desk.get(f"/goods/complaints/{pk}/").status_code) == (listed, one)
    assert "货有问题" not in words_of(signed_in(stranger).get("/goods/complaints/"))


def test_the_service_phone_is_the_countys(session, staff, stranger):
    address = f"/goods/complaints/line/{session.county_id}/"
    answers = [signed_in(user).post(address, {"phone": phone}).status_code for user, phone in (
        (stranger, "0355-1"), (staff, "打我"), (staff, "0355 8921234"),
    )]  # fmt: skip

    assert answers == [404, 302, 302]
    assert list(ServiceLine.objects.values_list("phone", flat=True)) == ["03558921234"]
    assert "服务电话 03558921234" in words_of(page(session))


def test_the_code_to_print_leads_to_the_page(session, staff):
    desk = signed_in(staff)
    shown = desk.get(f"/sessions/{session.pk}/code/").content.decode()
    LiveSession.objects.filter(pk=session.pk).update(kind="practice")

    assert f"http://testserver/s/{session.pk}/" in shown
    assert "data:image/svg+xml" in shown
    assert "data:image/svg+xml" not in desk.get(f"/sessions/{session.pk}/code/").content.decode()
