"""The review as staff, hosts, owners and strangers meet it, and what of it goes on to the next session."""

from __future__ import annotations

import io

import pypdf
import pytest
import time_machine
from django.urls import reverse

from livestream.actions.review import note_part, open_actions_for
from livestream.models import (
    ControlEvent,
    GateOverride,
    Incident,
    ItemReading,
    Notice,
    Pitch,
    ReviewAction,
    StartChoice,
    ViewerReading,
)
from livestream.rules.errors import NotAllowed
from livestream.rules.review import ReviewPart
from orders.actions.statement import state_session
from tests.factories import make_session, make_user
from tests.goods import make_event, make_item
from tests.orders.actions.reviewed import BEGAN, DAY, ENDED, HOUR, MINUTE, Evening, make_reviewed
from tests.sign_in import signed_in

NEXT_DAY = ENDED + DAY + HOUR
ACTION = {"what": "把花椒的链接测一遍", "due_on": "2026-11-10"}


@pytest.fixture
def sold(county, shop):
    """Reviewed a day after: eight orders, two refunds, one late."""
    session = make_reviewed(county, goal_fen=10_000_000, title="深山花椒")
    evening = Evening(shop)
    for n in range(7):
        evening.tell(f"A{n}", BEGAN + n * 10 * MINUTE, "late", where="here")
    evening.tell("A0", ENDED + 2 * HOUR, "refunded", refunded=5980)
    evening.tell("F", ENDED + 3 * HOUR, "late", where="here", paid_at=BEGAN + MINUTE, sku="HJ-250", units=2, fen=5960)
    state_session(session, at=NEXT_DAY)
    return session


def at(moment=NEXT_DAY):
    return time_machine.travel(moment, tick=False)


def page(user, session, status=200):
    answer = signed_in(user).get(reverse("livestream:review", args=[session.pk]))
    assert answer.status_code == status
    return answer


def text(answer):
    return " ".join(answer.content.decode().split())


def paper_of(user, session):
    answer = signed_in(user).get(reverse("livestream:review_pdf", args=[session.pk]))
    return " ".join(" ".join(each.extract_text().split()) for each in pypdf.PdfReader(io.BytesIO(answer.content)).pages)


def test_the_page_of_a_session_that_sold(sold, staff):
    ginseng = sold.line_up.get(position=1).product
    Pitch.objects.create(session=sold, product=ginseng, started_at=BEGAN, ended_at=BEGAN + 10 * MINUTE, by=sold.host)
    late = make_item(sold)  # put on the line-up afterwards
    Pitch.objects.create(session=sold, product=late.product, started_at=BEGAN + HOUR, ended_at=BEGAN + 2 * HOUR)
    make_event(sold, "listed", by=staff, at=BEGAN + HOUR + MINUTE, product=late.product)
    make_event(sold, "sold_out", by=staff, at=BEGAN + HOUR, product=ginseng)
    Incident.objects.create(
        session=sold, kind="correction_made", happened_at=ENDED - MINUTE, note="价格念错", said="以链接为准", noted_by=staff
    )
    GateOverride.objects.create(session=sold, product=ginseng, missing="检测报告", reason="报告明天到", by=staff, at=BEGAN)
    reading = ViewerReading.objects.create(
        session=sold, platform="douyin", source="tap", read_at=ENDED, exposure_uv=1000, view_uv=300, item_click_uv=40
    )
    ItemReading.objects.create(reading=reading, product=ginseng, click_uv=40)

    with at():
        answer = page(staff, sold)
        printed = paper_of(staff, sold)

    for words in (
        "一、目标和结果", "T+1", "晚到的订单", "三、转化", "曝光进入率", "四、每分钟", "最高一分钟", "讲一分钟卖多少", "先讲后上架",
        "口播更正", "以链接为准", "检测报告", "报告明天到", "到户比例", "不知道：没有商品写了结算价", "没有派过推广任务", "值得看一看的地方",
        "怎么算的", "支付金额 − 退款金额", "合计（结算价 × 件数）÷ 净额",
    ):  # fmt: skip
        assert words in printed, words
    assert "〓" not in printed

    body, context = text(answer), answer.context
    assert [one.mark.value for one in context["stated"]] == ["t1", "t0"]  # the one in force first
    assert [(part.cause.value, part.sums.net_fen) for part in context["changes"][0].parts] == [
        ("late", 5960),
        ("refunded", -5980),
    ]
    assert context["reached"] == "0.4%"
    assert [(row.good.sku, row.clicks, row.conversion, row.times, row.minutes) for row in context["goods"]] == [
        ("LDS-500", 40, "17.5%", 1, 10),
        ("HJ-250", None, None, 0, 0),
    ]
    mistakes = [(one.kind, one.about, one.words) for one in context["people"]["mistakes"]]
    assert mistakes == [("", late.product.title, ""), ("口播更正", "", "价格念错")]  # the first: presented before it was listed
    for words in (
        "还没到 T+15",
        "晚到的订单",
        "报告明天到",
        "以链接为准",
        "不知道：平台的订单里没有发货时间",
        "值得看一看的地方",
    ):
        assert words in body, words
    assert "T+1 的数字还没有" not in body


def test_who_sees_what(sold, staff, trainer, stranger, county):
    with at():
        assert "trust" in page(staff, sold).context
        assert page(staff, sold).context["trust"]
        hosts = page(sold.host, sold)
        assert (hosts.context["is_mine"], hosts.context["sees_figures"], hosts.context["trust"]) == (True, True, [])
        assert "base_phone.html" in {template.name for template in hosts.templates}
        trainers = page(trainer, sold)
        assert "¥" not in text(trainers)
        assert "您的身份看不到订单和金额" in text(trainers)
        page(stranger, sold, 404)
        page(make_user("host", county), sold, 404)
        for user, status in ((staff, 200), (sold.host, 200), (trainer, 404), (stranger, 404)):
            answer = signed_in(user).get(reverse("livestream:review_pdf", args=[sold.pk]))
            assert answer.status_code == status
    assert (answer := signed_in(staff).get(reverse("livestream:review_pdf", args=[sold.pk]))).content[:5] == b"%PDF-"
    assert answer.headers["Content-Type"] == "application/pdf"


def test_before_the_end_and_of_a_practice_the_page_says_so(county, staff, session):
    assert "下播以后，复盘会自己生成" in text(page(staff, session))
    practice = make_reviewed(county, kind="practice")
    assert "不计入任何数字" in text(page(staff, practice))


def test_the_settled_net_is_the_headline_once_it_is_there(sold, staff):
    state_session(sold, at=ENDED + 16 * DAY)

    answer = page(staff, sold)

    assert answer.context["settled"].figures.sums.net_fen == 7 * 5980 + 5960 - 5980
    assert "T+15，对外说的就是它" in text(answer)


def post(user, name, *args, **data):
    return signed_in(user).post(reverse(f"livestream:{name}", args=args), data)


def test_conclusions_are_kept_once_and_bad_ones_come_back(sold, staff, trainer):
    with at():
        answer = post(staff, "review_note", sold.pk, part="funnel", words=" 封面\u202e太暗\x00 ")
        assert answer.status_code in {302, 422}
        for _ in range(2):
            answer = post(staff, "review_note", sold.pk, part="funnel", words="封面太暗")
            assert answer.headers["Location"] == reverse("livestream:review", args=[sold.pk]) + "#funnel"
        assert post(sold.host, "review_note", sold.pk, part="host", words="今天讲快了").status_code == 302
        wrong = [
            post(staff, "review_note", sold.pk, part="funnel", words=""),
            post(staff, "review_note", sold.pk, part="nowhere", words="x"),
            post(staff, "review_note", sold.pk, part="funnel", words="长" * 501),
        ]
        assert [one.status_code for one in wrong] == [422] * 3
        assert "长" * 501 in text(wrong[2])
        assert post(trainer, "review_note", sold.pk, part="funnel", words="x").status_code == 404

    assert sold.review_notes.filter(words="封面太暗", part="funnel").count() == 1
    assert "今天讲快了" in text(page(staff, sold))


def test_an_action_tells_its_owner_and_goes_on_to_the_next_session(sold, staff, county):
    host = sold.host
    with at():
        answer = post(staff, "review_action_new", sold.pk, owner=host.pk, **ACTION)
        assert answer.status_code == 302
        post(staff, "review_action_new", sold.pk, owner=host.pk, **ACTION)  # pressed twice
        action = ReviewAction.objects.get()
        assert [notice.text for notice in Notice.objects.filter(person=host, way="inbox")] == [
            f"{staff.name}请您在 11-10 以前做：把花椒的链接测一遍（“深山花椒”的复盘）。"
        ]
        following = make_session(county, host, room="R5", account="A5", planned_start_at=NEXT_DAY + DAY)
        assert list(open_actions_for(host)) == [action]
        for address, user in (("session", staff), ("my_session", host)):
            shown = signed_in(user).get(reverse(f"livestream:{address}", args=[following.pk]))
            assert "上次复盘说好要做的" in text(shown)
    began = NEXT_DAY + DAY
    type(sold).objects.filter(pk=following.pk).update(state="ended", went_live_at=began, ended_at=began + HOUR)

    with at(began + 2 * HOUR):
        assert list(page(staff, following).context["actions"].carried) == [action]
        done = post(host, "review_action_done", action.pk, outcome="测过了，没问题", **{"from": following.pk})
        assert done.headers["Location"] == reverse("livestream:review", args=[following.pk]) + "#actions"
        assert "测过了，没问题" in text(page(staff, following))  # done since: it is checked here
        assert list(open_actions_for(host)) == []
        post(staff, "review_action_reopen", action.pk)
        action.refresh_from_db()
        assert (action.done_at, action.outcome) == (None, "")


def test_actions_that_make_no_sense_are_refused_in_words(sold, staff, stranger, county):
    stopped = make_user("host", county, is_active=False)
    with at():
        past = post(staff, "review_action_new", sold.pk, what="晚了", owner=sold.host.pk, due_on="2026-11-01")
        assert (past.status_code, "已经过了" in text(past), "晚了" in text(past)) == (422, True, True)
        for owner in (stranger.pk, stopped.pk, "", "x\x00"):
            assert post(staff, "review_action_new", sold.pk, owner=owner, **ACTION).status_code == 422
        action = ReviewAction.objects.create(
            session=sold, what="x", owner=sold.host, due_on="2026-11-10", made_by=staff, made_at=NEXT_DAY
        )
        assert post(stranger, "review_action_done", action.pk, outcome="x").status_code == 404
        post(staff, "review_action_done", action.pk, outcome="")
        action.refresh_from_db()
        assert action.done_at is None


def test_the_review_is_closed_by_a_button_when_the_figures_of_a_day_are_there(county, staff, shop):
    session = make_reviewed(county)
    state_session(session, at=ENDED + HOUR)
    with at(ENDED + 2 * HOUR):
        assert "T+1 的数字还没有算出来" in text(page(staff, session))
        post(staff, "review_close", session.pk)
        session.refresh_from_db()
        assert session.state == "ended"
    state_session(session, at=NEXT_DAY)

    with at():
        for _ in range(2):
            post(staff, "review_close", session.pk)

    session.refresh_from_db()
    assert session.state == "reviewed"


def test_definitions_are_one_tap_away_and_on_one_page(staff):
    answer = signed_in(staff).get(reverse("livestream:definitions"))

    assert "支付金额 − 退款金额" in text(answer)
    assert 'id="net"' in answer.content.decode()


def test_the_county_page_lists_sessions_with_what_is_worth_a_look(sold, staff, stranger, trainer, shop):
    evening = Evening(shop)
    evening.tell("BULK", NEXT_DAY + HOUR, "late", where="here", units=30, fen=179_400, paid_at=BEGAN + MINUTE)
    state_session(sold, at=ENDED + 8 * DAY)

    with at(ENDED + 9 * DAY):
        mine = signed_in(staff).get(reverse("orders:trust"))
        theirs = signed_in(stranger).get(reverse("orders:trust"))

    assert [(line.session.title, [one.signal.value for one in line.looks]) for line in mine.context["lines"]] == [
        ("深山花椒", ["bulk"])
    ]
    assert "深山花椒" not in text(theirs)
    assert "没有算好数字的场次" in text(theirs)
    assert reverse("orders:trust") in text(mine)  # in the menu
    assert reverse("orders:trust") not in text(signed_in(trainer).get(reverse("livestream:desk")))


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_number_of_questions(sold, staff, rows, django_assert_max_num_queries):
    for n in range(rows):
        ReviewAction.objects.create(
            session=sold, what=f"x{n}", owner=sold.host, due_on="2026-11-10", made_by=staff, made_at=NEXT_DAY
        )
        ControlEvent.objects.create(session=sold, kind="prompt", by=staff, device="desk", happened_at=BEGAN, words=f"{n}")
    client = signed_in(staff)
    with at(), django_assert_max_num_queries(75):
        client.get(reverse("livestream:review", args=[sold.pk]))


def test_a_verb_refuses_a_note_before_the_end(session, staff):
    with pytest.raises(NotAllowed) as refused:
        note_part(session, ReviewPart.GOAL, words="x", by=staff, at=NEXT_DAY)

    assert refused.value.code == "review_not_over"


def test_what_was_let_pass_before_the_start_stands_in_the_review(sold, staff):
    StartChoice.objects.create(session=sold, kind="passed", code="rehearsal", reason="上周彩排过", by=staff, at=BEGAN)

    assert "上周彩排过" in text(page(staff, sold))
