"""The inbox, how one is told, and what staff see of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from livestream.actions.notice import remind, tell
from livestream.models import LiveSession, Notice, NoticePreference, Robot
from livestream.rules.notice import NoticeKind
from tests.factories import make_place, make_session, make_user
from tests.livestream.outbox import released
from tests.livestream.platforms.test_robot import ADDRESSES, SECRET
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
EVIL = "名\x00字\u202e" + "x" * 10_000


@pytest.fixture
def told(county, host, now):
    session = released(make_session(county, host, planned_start_at=now + timedelta(days=3)), state="approved")
    tell(
        [host], NoticeKind.CHANGED, "周三的直播改到 20:00。", county=county, session=session, version=1, link=f"/my/{session.pk}/"
    )
    tell([host], NoticeKind.TASK_DUE, "预播海报明天到期。", county=county, link="/my/")
    return session


def page(client, address, **query):
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_inbox_says_what_will_be_there(host):
    assert "现在没有通知" in page(signed_in(host), "/me/notices/")


def test_unread_stand_first_and_opening_one_reads_it_wherever_it_came(host, told):
    client = signed_in(host)
    by_sms = Notice.objects.get(kind="changed", way="sms")

    assert "2 条没看" in page(client, "/me/notices/")
    assert 'class="count num">2<' in page(client, "/my/")
    answer = client.get(f"/n/{by_sms.pk}/")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/my/{told.pk}/")
    assert not Notice.objects.filter(kind="changed", read_at=None).exists()
    shown = page(client, "/me/notices/")
    assert "1 条没看" in shown
    assert shown.index("预播海报") < shown.index("周三的直播")


def test_all_are_read_at_once(host, told):
    client = signed_in(host)

    assert client.post("/me/notices/read/").headers["Location"] == "/me/notices/"

    assert Notice.objects.filter(way="inbox", read_at=None).count() == 0
    assert "条没看" not in page(client, "/me/notices/")


def test_nobody_opens_what_was_told_to_somebody_else(told, staff, stranger, county):
    number = Notice.objects.filter(way="inbox").first().pk

    assert [signed_in(one).get(f"/n/{number}/").status_code for one in (staff, stranger, make_user("host", county))] == [404] * 3
    assert signed_in(staff).get("/n/99999999999999999999/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_asks_the_same_however_much_there_is(host, county, rows, django_assert_num_queries):
    for n in range(rows):
        tell([host], NoticeKind.TASK_DUE, f"第{n}条", county=county)
    client = signed_in(host)
    client.get("/me/notices/")

    with django_assert_num_queries(6):
        client.get("/me/notices/")


def test_one_chooses_by_which_ways_he_is_told(host):
    client = signed_in(host)
    assert "发短信告诉我" in page(client, "/me/notices/ways/")

    answer = client.post(
        "/me/notices/ways/", {"sms_for": ["reminder"], "email": " a@example.cn ", "email_for": ["plan", "reminder"]}
    )

    assert answer.headers["Location"] == "/me/notices/"
    kept = NoticePreference.objects.get(person=host)
    assert (kept.sms_for, kept.email, kept.email_for) == (["reminder"], "a@example.cn", ["plan", "reminder"])
    (letter,) = Notice.objects.all()
    assert (letter.way, letter.kind, letter.state) == ("email", "test", "waiting")
    client.post("/me/notices/ways/", {"email": "a@example.cn"})
    assert Notice.objects.count() == 1
    assert NoticePreference.objects.get().sms_for == []


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"email": "无"}, "请填完整的邮箱，例如 name@example.cn。"),
        ({"email": EVIL}, ""),
        ({"email": "a@example.cn", "sms_for": ["everything"]}, "请从列表里选。"),
        ({"email": "a@b.cn\nBcc: x@y.cn"}, "请填完整的邮箱，例如 name@example.cn。"),
    ],
)
def test_what_cannot_be_an_address_is_said_and_kept_in_the_box(host, form, words):
    answer = signed_in(host).post("/me/notices/ways/", form)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert NoticePreference.objects.count() == 0


def test_ways_that_are_not_there_are_not_offered(settings, host):
    settings.SMS_SENDER, settings.SENDS_EMAIL = "", False

    assert "现在只在这里告诉您" in page(signed_in(host), "/me/notices/ways/")


# --- staff ------------------------------------------------------------------------------------------------------------------


def test_staff_see_what_was_sent_to_whom_and_no_phone_number(told, staff, host):
    remind(told)

    shown = page(signed_in(staff), "/plan/notices/")

    assert host.name in shown
    assert "周三的直播改到 20:00。" in shown
    assert (host.phone in shown, f"{host.phone[:3]}****{host.phone[-4:]}" in shown) == (False, True)
    assert "等发送 <span" in shown
    assert "周三的直播" not in page(signed_in(staff), "/plan/notices/", state="failed")
    assert "还没有发过" not in page(signed_in(staff), "/plan/notices/", state="\x00")


def test_what_failed_is_tried_again_by_a_button(told, staff):
    Notice.objects.filter(way="sms", kind="changed").update(state="failed", error="没发出去：TimeoutError", tries=5)
    number, client = Notice.objects.get(state="failed").pk, signed_in(staff)
    assert "没发出去：TimeoutError" in page(client, "/plan/notices/", state="failed")

    answers = [client.post(f"/plan/notices/{number}/retry/", follow=True).content.decode() for _ in range(2)]

    assert "又去发了" in answers[0]
    assert "这一条不用再发" in answers[1]
    assert Notice.objects.get(pk=number).state == "waiting"


def test_a_township_sees_what_concerns_its_own_sessions(told, county, host):
    there, elsewhere = (
        make_user("staff", make_place("140425201", "龙溪镇")),
        make_user("staff", make_place("140425202", "石城镇")),
    )
    LiveSession.objects.filter(pk=told.pk).update(place="140425201")

    assert "周三的直播" in page(signed_in(there), "/plan/notices/")
    assert "周三的直播" not in page(signed_in(elsewhere), "/plan/notices/")
    assert "预播海报" not in page(signed_in(there), "/plan/notices/")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_however_much_there_is(told, staff, host, county, rows, django_assert_num_queries):
    for n in range(rows):
        tell([host, staff], NoticeKind.TASK_DUE, f"第{n}条", county=county, session=told)
    client = signed_in(staff)
    client.get("/plan/notices/")

    with django_assert_num_queries(9):
        client.get("/plan/notices/")


def test_today_says_which_session_is_not_on_air_in_time(staff, county, host, now):
    session = make_session(county, host, title="没开播的", planned_start_at=now - timedelta(minutes=6))
    released(session, state="approved")

    assert "到点没开播" in page(signed_in(staff), "/desk/")
    LiveSession.objects.update(state="live", went_live_at=now)
    assert "到点没开播" not in page(signed_in(staff), "/desk/")


# --- robots -----------------------------------------------------------------------------------------------------------------

FORM = {"county": "140425", "name": "工作一群", "address": ADDRESSES["dingtalk"], "secret": SECRET}


def test_a_group_is_added_by_its_address_and_tried_at_once(staff):
    client = signed_in(staff)
    assert "还没有接工作群" in page(client, "/plan/robots/")

    shown = client.post("/plan/robots/", FORM, follow=True).content.decode()

    robot = Robot.objects.get()
    assert (robot.kind, robot.name, robot.county_id) == ("dingtalk", "工作一群", "140425")
    assert "正在往“工作一群”试发一条。" in shown
    assert f"oapi.dingtalk.com …{ADDRESSES['dingtalk'][-4:]}" in shown
    assert (ADDRESSES["dingtalk"] in shown, SECRET in shown) == (False, False)
    assert list(Notice.objects.values_list("kind", "way", "robot", "state")) == [("test", "robot", robot.pk, "waiting")]
    client.post(f"/plan/robots/{robot.pk}/test/")
    assert Notice.objects.count() == 2


def test_a_group_is_stopped_once(staff):
    client = signed_in(staff)
    client.post("/plan/robots/", FORM)
    number = Robot.objects.get().pk

    answers = [client.post(f"/plan/robots/{number}/stop/").status_code for _ in range(2)]

    assert answers == [302, 302]
    assert "还没有接工作群" in page(client, "/plan/robots/")
    assert client.post(f"/plan/robots/{number}/test/").status_code == 404


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": ""}, "请填写。"),
        ({"name": EVIL}, "最多写 40 个字"),
        ({"address": "https://example.cn/"}, "这不是企业微信、钉钉或飞书群机器人的地址。"),
        (
            {"address": "http://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef"},
            "这不是企业微信、钉钉或飞书群机器人的地址。",
        ),
        ({"address": "x" * 10_000}, "最多写 300 个字"),
        ({"county": "130529"}, "请从列表里选。"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(staff, change, words):
    answer = signed_in(staff).post("/plan/robots/", FORM | change)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert ("工作一群" in answer.content.decode()) == ("name" not in change)
    assert Robot.objects.count() == 0


def test_a_second_group_of_one_name_is_refused_at_the_name(staff):
    client = signed_in(staff)
    client.post("/plan/robots/", FORM)

    answer = client.post("/plan/robots/", FORM)

    assert answer.status_code == 422
    assert "已经有一个群叫这个名字" in answer.content.decode()


def test_another_countys_robots_are_not_there(staff, stranger, host, trainer):
    signed_in(staff).post("/plan/robots/", FORM)
    number = Robot.objects.get().pk

    assert "工作一群" not in page(signed_in(stranger), "/plan/robots/")
    assert signed_in(stranger).post(f"/plan/robots/{number}/stop/").status_code == 404
    assert [signed_in(one).get("/plan/robots/").status_code for one in (host, trainer)] == [403, 403]
