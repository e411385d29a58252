"""The staff's inbox of alarms: what it says, what it asks, and who may open it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from orders.actions.alert import acknowledge
from orders.actions.sweep import note_sweep
from orders.models import Alert, AlertThresholds
from tests.factories import make_shop, make_user
from tests.sign_in import enter

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)  # 20:30 in Shanghai
MINUTE = timedelta(minutes=1)
LIMITS = {"selling_out_minutes": 10, "no_orders_minutes": 10, "silent_minutes": 5, "refund_percent": 20, "refund_orders": 5}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False):
        note_sweep("alerts", at=AT)
        yield


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def make_alert(county, kind="oversold", *, scope=None, number=3, at=AT - 5 * MINUTE, title="潞党参 500g", **more):
    facts = {"units": 53, "stock": 50, "left": 4, "a_minute": 1.5, "refunded": 5, "orders": 20, "platform": "douyin"}
    detail = {"title": title, "number": number, **facts}
    defaults = {"scope": scope or f"county:{county.pk}", "episode": str(Alert.objects.count()), "detail": detail, "raised_at": at}
    return Alert.objects.create(county=county, kind=kind, **(defaults | more))


def words(answer) -> str:
    text = re.sub(r"<(script|style|select).*?</\1>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def headings(answer):
    return [re.sub(r"\s+", " ", found) for found in re.findall(r"<h2>(.*?)</h2>", answer.content.decode())]


# --- what it says ---------------------------------------------------------------------------------------------------------


def test_an_empty_inbox_says_what_will_be_here(desk):
    page = desk.get("/alerts/")

    assert page.status_code == 200
    assert "现在没有要您处理的提醒。" in words(page)
    assert "一切正常" in words(page)
    assert "这七天没有解除过提醒。" in words(page)


def test_the_worst_is_first_and_says_what_is_so_where_and_what_to_do(desk, county, session):
    scope = f"session:{session.pk}"
    make_alert(county, "no_orders", scope=scope, number=12, title="潞党参专场", at=AT - MINUTE)
    make_alert(county, "selling_out", scope=scope, number=3)
    make_alert(county, "feed_silent", number=8, title="平顺山货旗舰店")
    make_alert(county, "oversold", scope=scope)
    make_alert(county, "broken", number=2, title="平顺县")

    page = desk.get("/alerts/")

    assert headings(page) == [
        "数字对不上 · 平顺县", "超卖 · 潞党参 500g", "来源没有动静 · 平顺山货旗舰店", "即将售罄 · 潞党参 500g", "久无订单 · 潞党参专场",
    ]  # fmt: skip
    said = words(page)
    assert "有 5 条提醒还没有人看，其中 3 条紧急。" in said
    assert (
        "⚠ 紧急 11-21 20:25 起 超卖 · 潞党参 500g 卖出 53 件，承诺库存只有 50 件，多卖了 3 件。 现在就到平台下架，或把库存改对；"
        "再问供货方能不能补货。补不上的，尽早联系买家改期或退款。 潞党参专场 大屏 知道了" in said
    )
    assert "● 留意 11-21 20:29 起 久无订单 · 潞党参专场 正在直播，已经 12 分钟没有新订单。" in said
    html = page.content.decode()
    assert f'href="/sessions/{session.pk}/"' in html
    assert f'href="/board/session/{session.pk}/"' in html
    assert 'href="/board/county/140425/"' in html


def test_titles_are_text(desk, county):
    make_alert(county, title="<b>党参</b>")

    assert headings(desk.get("/alerts/")) == ["超卖 · &lt;b&gt;党参&lt;/b&gt;"]


def test_taken_note_of_is_below_and_over_is_history_for_seven_days(desk, county, staff):
    colleague = make_user("staff", county, name="王芳")
    acknowledge(make_alert(county, title="甲"), by=colleague, at=AT - 2 * MINUTE)
    over = make_alert(county, "selling_out", title="乙", at=AT - 60 * MINUTE, cleared_at=AT - 50 * MINUTE)
    acknowledge(over, by=colleague, at=AT - 55 * MINUTE)
    make_alert(county, "no_orders", title="丙", number=12, at=AT - timedelta(days=2), cleared_at=AT - timedelta(days=1))
    make_alert(county, title="丁", at=AT - timedelta(days=8), cleared_at=AT - timedelta(days=7, seconds=1))

    said = words(desk.get("/alerts/"))

    assert "现在没有要您处理的提醒。" in said
    assert (
        "有人知道了，还没有解除 ⚠ 紧急 11-21 20:25 起 超卖 · 甲 卖出 53 件，承诺库存只有 50 件，多卖了 3 件。 平顺县大屏" in said
    )
    assert "王芳 11-21 20:28 知道了" in said
    assert "11-21 19:30 – 19:40 即将售罄 · 乙" in said
    assert "王芳 19:35" in said
    assert "11-19 20:30 – 11-20 20:30 久无订单 · 丙" in said
    assert "自己解除的" in said
    assert "丁" not in said


def test_history_has_pages_and_a_kind_to_look_at(desk, county):
    for n in range(23):
        make_alert(county, "no_orders", title=f"静{n:02}", cleared_at=AT - n * MINUTE)
    make_alert(county, title="党参", cleared_at=AT)

    first, second = desk.get("/alerts/?kind=no_orders"), desk.get("/alerts/?kind=no_orders&page=2")

    assert "党参" not in words(first)
    assert 'href="/alerts/?kind=no_orders&amp;page=2"' in first.content.decode()
    assert ("静19" in words(first), "静20" in words(first)) == (True, False)
    assert ("静19" in words(second), "静20" in words(second)) == (False, True)
    for odd in ("?kind=nonsense", "?page=0", "?page=x", "?page=99999999", "?page=٣", f"?page={'9' * 40}", "?kind=%00"):
        assert desk.get(f"/alerts/{odd}").status_code == 200


def test_a_hundred_are_listed_and_the_rest_is_counted(desk, county):
    for n in range(103):
        make_alert(county, title=f"货{n}")

    page = desk.get("/alerts/")

    assert len(headings(page)) == 100
    assert "还有 3 条没有列出来，先处理上面的。" in words(page)


def test_an_inbox_nobody_fills_says_so(desk):
    note_sweep("alerts", at=AT - 3 * MINUTE)

    assert "后台任务已经 3 分钟没有看过，新的提醒不会出来。请告诉系统管理员。" in words(desk.get("/alerts/"))


# --- it stays fresh -------------------------------------------------------------------------------------------------------


def test_the_list_is_sent_again_only_when_something_changed(desk, county, staff):
    alert = make_alert(county)

    def ask(since):
        return desk.get("/alerts/", {"since": since})

    first = ask("")
    known = re.search(r'data-since="([^"]+)"', first.content.decode()).group(1)
    assert "<html" not in first.content.decode()
    assert ask(known).status_code == 204

    for change in ({"detail": alert.detail | {"number": 4}}, {"cleared_at": AT}):
        Alert.objects.filter(pk=alert.pk).update(**change)
        answer = ask(known)
        assert answer.status_code == 200
        known = re.search(r'data-since="([^"]+)"', answer.content.decode()).group(1)
    acknowledge(alert, by=staff, at=AT)
    answer = ask(known)
    assert answer.status_code == 200
    assert '<div data-slot-for="unread-alerts" hidden></div>' in answer.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_costs_the_same_whatever_its_length(desk, county, session, rows, django_assert_num_queries):
    for _ in range(rows):
        make_alert(county, scope=f"session:{session.pk}")
        make_alert(county, "no_orders", scope=f"session:{session.pk}", cleared_at=AT)
    # session, user; the open, the past and how many, the unread, their sessions (2), the sweep; the menu's number
    with django_assert_num_queries(11):
        desk.get("/alerts/")


def test_the_menu_counts_what_nobody_has_seen(desk, county, other_county, staff):
    make_alert(county)
    acknowledge(make_alert(county), by=staff, at=AT)
    make_alert(county, cleared_at=AT)
    make_alert(other_county)

    def counted(client):
        return re.search(r'id="unread-alerts">(.*?)</b>', client.get("/desk/").content.decode()).group(1)

    assert counted(desk) == "1"
    Alert.objects.update(cleared_at=AT)
    assert counted(desk) == ""


# --- taking note ----------------------------------------------------------------------------------------------------------


def test_taking_note_by_a_plain_form_comes_back_to_the_same_list(desk, county, staff):
    alert = make_alert(county)

    answer = desk.post(f"/alerts/{alert.pk}/acknowledge/", {"kind": "oversold", "page": "1"})

    assert answer.headers["Location"] == "/alerts/?kind=oversold"
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.acknowledged_at) == (staff, AT)


def test_taking_note_by_htmx_answers_with_the_list_alone(desk, county):
    alert = make_alert(county)

    answer = desk.post(f"/alerts/{alert.pk}/acknowledge/", {}, follow=True, headers={"HX-Request": "true"})

    assert "<html" not in answer.content.decode()
    assert "有人知道了，还没有解除" in words(answer)


def test_the_second_learns_who_was_faster(desk, county):
    alert = make_alert(county)
    acknowledge(alert, by=make_user("staff", county, name="王芳"), at=AT)

    assert "王芳已经处理过这一条：知道了。" in words(desk.post(f"/alerts/{alert.pk}/acknowledge/", {}, follow=True))


# --- from when on to warn -------------------------------------------------------------------------------------------------


def test_limits_are_shown_changed_and_kept(desk, county):
    assert desk.get("/alerts/thresholds/").content.decode().count('value="10"') == 2

    answer = desk.post("/alerts/thresholds/", LIMITS | {"no_orders_minutes": "１５", "refund_percent": " 30 "}, follow=True)

    assert "改好了，几秒钟以后就按新的界线看。" in words(answer)
    assert list(AlertThresholds.objects.values_list("county_id", *LIMITS)) == [("140425", 10, 15, 5, 30, 5)]
    assert 'value="15"' in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "typed", "bounds"),
    [
        ("selling_out_minutes", "0", "1 到 240"),
        ("no_orders_minutes", "241", "1 到 240"),
        ("silent_minutes", "五", "1 到 240"),
        ("refund_percent", "101", "1 到 100"),
        ("refund_percent", "20.5", "1 到 100"),
        ("refund_orders", "", "1 到 10000"),
        ("refund_orders", "99999999", "1 到 10000"),
        ("refund_orders", "<b>", "1 到 10000"),
    ],
)
def test_a_limit_out_of_bounds_says_so_beside_its_field_and_keeps_the_rest(desk, name, typed, bounds):
    answer = desk.post("/alerts/thresholds/", LIMITS | {"silent_minutes": 7, name: typed})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'<p class="error" id="error-{name}" role="alert">请填 {bounds} 之间的整数。</p>' in html
    assert html.count('class="error"') == 1
    assert name == "silent_minutes" or 'value="7"' in html
    assert AlertThresholds.objects.count() == 0


def test_an_administrator_names_the_county(client, county, other_county):
    make_shop(county)
    make_shop(other_county)
    enter(client, make_user("admin", county.parent))

    assert "请先选一个县" in words(client.get("/alerts/thresholds/"))
    answer = client.post("/alerts/thresholds/?county=130529", LIMITS)

    assert answer.headers["Location"] == "/alerts/thresholds/?county=130529"
    assert list(AlertThresholds.objects.values_list("county_id", flat=True)) == ["130529"]
    assert client.get("/alerts/thresholds/?county=999999").status_code == 404


def test_staff_change_the_own_county_whatever_they_name(desk, other_county):
    assert desk.post("/alerts/thresholds/?county=130529", LIMITS).status_code == 404
    assert AlertThresholds.objects.count() == 0


# --- who ------------------------------------------------------------------------------------------------------------------


def test_another_county_sees_and_changes_nothing(client, stranger, county):
    alert = make_alert(county)
    client.force_login(stranger)

    assert headings(client.get("/alerts/")) == []
    assert client.post(f"/alerts/{alert.pk}/acknowledge/").status_code == 404
    assert client.post("/alerts/999999999999999999999/acknowledge/").status_code == 404
    assert Alert.objects.unread().count() == 1


@pytest.mark.parametrize(("role", "status"), [("host", 403), ("trainer", 403), ("staff", 200), ("admin", 200)])
def test_the_inbox_is_the_staffs(client, county, other_county, role, status):
    alert = make_alert(county)
    enter(client, make_user(role, county))

    assert client.get("/alerts/").status_code == status
    assert client.get("/alerts/thresholds/").status_code == status
    assert client.get(f"/alerts/{alert.pk}/acknowledge/").status_code == (405 if status == 200 else 403)
    assert client.post(f"/alerts/{alert.pk}/acknowledge/").status_code == (302 if status == 200 else 403)


def test_an_administrator_sees_every_county(client, county, other_county):
    make_alert(county, title="甲")
    make_alert(other_county, title="乙")
    enter(client, make_user("admin", county))

    assert sorted(headings(client.get("/alerts/"))) == ["超卖 · 乙", "超卖 · 甲"]


def test_whoever_is_not_signed_in_is_asked_who_they_are(client, county):
    for address in ("/alerts/", "/alerts/thresholds/"):
        assert client.get(address).headers["Location"] == f"/login/?next={address}"
