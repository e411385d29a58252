"""The pages of people: who sees whom, and what may be done with whom."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from livestream.actions.invitation import make_link
from livestream.models import Appointment, Invitation, User
from livestream.rules.person import masked_phone
from tests.factories import make_place, make_session, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
LIST = "/people/"
DAY = timedelta(days=1)


def page_of(person, *path) -> str:
    return "/".join(["/people", str(person.pk), *path, ""])


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))).strip()


def names_of(answer) -> list[str]:
    (body,) = re.findall(r"<tbody>(.*?)</tbody>", answer.content.decode(), re.DOTALL) or [""]
    return re.findall(r'<a class="tap"[^>]*>([^<]+)</a>', body)


@pytest.fixture
def village(county):
    return make_place("140425202215", "库峧村村委会")


@pytest.fixture
def home(village, county):
    """Somebody of every role here, one host elsewhere."""
    dates = {"from_on": date(2026, 1, 1), "until_on": date(2030, 1, 1)}
    people = {"host": make_user("host", village, name="路小峧", live_name="山里人家")}
    for role in ("staff", "trainer", "approver", "exporter", "auditor", "commissioner"):
        people[role] = make_user(role, county, name=role, **(dates if role == "commissioner" else {}))
    return people


# --- the list -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "status"), [("staff", 200), ("trainer", 200), ("auditor", 200), ("commissioner", 200), ("approver", 403), ("exporter", 403), ("host", 403)])  # fmt: skip
def test_list_is_for_those_who_may_see_people(home, role, status):
    assert signed_in(home[role]).get(LIST).status_code == status


def test_posts_here_of_people_of_elsewhere_are_named_to_those_who_see_people_there(county, other_county, village, staff):
    """Name, post and the masked number: the person's own page stays that of his county. By role and place of who looks."""
    today = timezone.localdate()
    guest = make_user("trainer", other_county, name="远道来")
    posts = [
        Appointment.objects.create(user=guest, role="trainer", place=place, from_on=today + timedelta(days=n), until_on=until)
        for n, (place, until) in enumerate([(county, None), (village, today + timedelta(days=9)), (other_county, None)])
    ]
    Appointment.objects.create(user=guest, role="approver", place=county, from_on=today, ended_at=timezone.now())
    Appointment.objects.create(user=guest, role="exporter", place=county, from_on=today - DAY, until_on=today - DAY)
    gone = make_user("trainer", other_county, name="停用的", is_active=False)
    Appointment.objects.create(user=gone, role="trainer", place=county, from_on=today)
    looks = {
        staff: posts[:2], make_user("auditor", county): posts[:2], make_user("trainer", county): posts[:2],
        make_user("staff", village.parent): posts[1:2], make_user("staff", village): posts[1:2],
        make_user("staff", make_place("140425103209")): [], make_user("staff", other_county): [],
    }  # fmt: skip

    for person, expected in looks.items():
        answer = signed_in(person).get(LIST)
        assert list(answer.context["visiting"]) == expected, person.role
        if expected:
            assert masked_phone(guest.phone) in text_of(answer)
            assert guest.phone not in answer.content.decode()
            assert (person.place_id in {county.pk, village.pk, village.parent_id}, page_of(guest) in answer.content.decode()) == (
                True,
                False,
            )
    assert signed_in(staff).get(page_of(guest)).status_code == 404
    assert "visiting" not in signed_in(staff).get(LIST + "?q=远道来").context


def test_somebody_who_is_not_signed_in_signs_in_first(client):
    assert client.get(LIST).headers["Location"] == f"/login/?next={LIST}"


def test_list_names_mine_and_nobody_elses_with_phones_masked(home, stranger):
    answer = signed_in(home["staff"]).get(LIST)

    assert sorted(names_of(answer)) == sorted(person.name for person in home.values())
    page = answer.content.decode()
    assert [person.phone for person in User.objects.all() if person.phone in page] == []
    assert f"100****{home['host'].phone[-4:]}" in page
    assert stranger.name not in page
    assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def asked(home, **query):
    return names_of(signed_in(home["staff"]).get(LIST, query))


def test_list_is_narrowed_by_name_number_role_place_and_state(home, county):
    host, staff = home["host"], home["staff"]
    User.objects.filter(pk=home["trainer"].pk).update(is_active=False)
    User.objects.filter(pk=home["auditor"].pk).update(password="!never")

    assert (
        asked(home, q="小峧")
        == asked(home, q=" 山里\u200b")
        == asked(home, role="host")
        == asked(home, place="140425202")
        == ["路小峧"]
    )
    assert (asked(home, q=host.phone[-4:]), asked(home, q=staff.phone)) == (["路小峧"], ["staff"])
    assert (asked(home, state="stopped"), asked(home, state="invited")) == (["trainer"], ["auditor"])
    assert asked(home, q="小峧", role="staff") == []


def test_hidden_digits_of_a_number_cannot_be_tried_one_by_one(home):
    phone = home["host"].phone

    assert asked(home, q=phone[-6:]) == asked(home, q="9" + phone[-4:])


@pytest.mark.parametrize("query", [{"q": "\0"}, {"q": "x" * 5000}, {"role": "king"}, {"place": "' OR 1=1"}, {"state": "\u202e"}, {"page": "9" * 30}, {"page": "-1"}])  # fmt: skip
def test_whatever_is_not_understood_narrows_nothing_or_finds_nobody(home, query):
    answer = signed_in(home["staff"]).get(LIST, query)

    assert answer.status_code == 200
    assert len(names_of(answer)) in {0, len(home)}


def test_empty_lists_say_what_to_do(county):
    staff = make_user("staff", make_place("140425202215"))

    assert "没有找到这样的人" in text_of(signed_in(staff).get(LIST, {"q": "没有"}))
    assert text_of(signed_in(make_user("admin", county)).get(LIST, {"state": "stopped", "q": "0"})).count("没有找到这样的人") == 1


def test_list_goes_page_by_page_and_keeps_what_was_asked(home, county):
    for n in range(65):
        make_user("host", county, name=f"甲{n:02}")
    client = signed_in(home["staff"])

    pages = [client.get(LIST, {"q": "甲", "page": n}) for n in (1, 2, 3, 9)]

    assert [len(names_of(page)) for page in pages] == [30, 30, 5, 5]
    assert "第 2 页，共 3 页 · 65 人" in text_of(pages[1])
    assert 'href="?q=%E7%94%B2&amp;page=3"' in pages[1].content.decode()


def test_list_asks_as_often_for_three_people_as_for_one(county, django_assert_num_queries):
    client = signed_in(make_user("staff", county))
    client.get(LIST)
    for _ in range(2):
        for n in range(3):
            make_user("host", make_place(f"14042520{n}200"))
        with django_assert_num_queries(14):
            client.get(LIST)


# --- one person -----------------------------------------------------------------------------------------------------------


def test_page_tells_a_persons_posts_sessions_and_what_happened(home, county, now):
    host, staff = home["host"], home["staff"]
    session = make_session(county, host, went_live_at=now - timedelta(minutes=5), title="山货第一茬")
    make_session(
        county, make_user("host", county), went_live_at=now - timedelta(minutes=5), title="别人的", room="R2", account="A2"
    )
    Appointment.objects.create(
        user=host, role="trainer", place=county, from_on=date(2026, 1, 1), until_on=date(2031, 1, 1), appointed_by=staff
    )
    make_link(host, by=staff, at=now)

    page = signed_in(staff).get(page_of(host))

    text = text_of(page)
    for words in (
        "路小峧 在用",
        "库峧村（140425202）",
        "山里人家",
        host.phone,
        "还没登录过",
        "山货第一茬",
        "讲师 平顺县",
        "2026-01-01 – 2031-01-01",
        "发重设密码链接",
    ):
        assert words in text, words
    assert f"/sessions/{session.pk}/" in page.content.decode()
    assert "别人的" not in text


def test_number_is_whole_only_for_those_who_keep_people_there(home):
    phone = home["host"].phone
    seen = {
        role: phone in signed_in(home[role]).get(page_of(home["host"])).content.decode()
        for role in ("staff", "trainer", "auditor", "commissioner")
    }

    assert seen == {"staff": True, "trainer": False, "auditor": False, "commissioner": False}


def test_page_offers_what_may_be_done_and_nothing_else(home):
    def offered(role, person):
        page = signed_in(home[role]).get(page_of(home[person])).content.decode()
        return {verb for verb in ("edit", "link", "stop", "act", "appoint") if page_of(home[person], verb) in page}

    assert offered("staff", "host") == {"edit", "link", "stop", "act", "appoint"}
    assert offered("staff", "trainer") == {"edit", "link", "stop", "appoint"}
    assert offered("staff", "auditor") == {"appoint"}
    assert offered("staff", "staff") == set()
    assert offered("commissioner", "host") == {"act"}
    assert offered("auditor", "host") == offered("trainer", "host") == set()


VERBS = [
    ("",),
    ("edit",),
    ("stop",),
    ("restore",),
    ("link",),
    ("link", "revoke"),
    ("appoint",),
    ("act",),
    ("appointments", "1", "end"),
]


@pytest.mark.parametrize("verb", VERBS)
def test_a_person_of_another_county_is_not_there(home, stranger, verb):
    """Owner, colleague, stranger: the same 404 as for somebody who is nowhere."""
    absent = f"/people/{10**18}/" + "".join(f"{word}/" for word in verb if word)
    for address in (page_of(home["host"], *[word for word in verb if word]), absent, absent.replace(str(10**18), "9" * 30)):
        client = signed_in(stranger)
        answer = client.get(address) if verb in {("",), ("edit",), ("appoint",)} else client.post(address)
        assert (address, answer.status_code) == (address, 404)
    assert User.objects.get(pk=home["host"].pk).is_active
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("verb", VERBS[1:6])
@pytest.mark.parametrize(("role", "person"), [("staff", "auditor"), ("staff", "staff"), ("auditor", "host"), ("commissioner", "host"), ("host", "host")])  # fmt: skip
def test_who_may_not_keep_somebody_gets_403_and_nothing_happens(home, role, person, verb):
    answer = signed_in(home[role]).post(page_of(home[person], *verb))

    assert answer.status_code == 403
    assert (User.objects.filter(is_active=False).exists(), Invitation.objects.exists()) == (False, False)


def test_people_of_a_township_see_and_keep_their_own(county):
    mine = make_user("host", make_place("140425202215"), name="我的")
    theirs = make_user("host", make_place("140425201216"), name="邻乡的")
    client = signed_in(make_user("staff", make_place("140425202"), name="乡里"))

    assert sorted(names_of(client.get(LIST))) == ["乡里", "我的"]
    assert client.get(page_of(mine, "edit")).status_code == 200
    assert client.get(page_of(theirs)).status_code == 404


# --- editing, stopping ----------------------------------------------------------------------------------------------------


FORM = {"name": "路小峧", "live_name": "山里人家", "role": "host", "place": "库峧村"}


def test_edit_shows_what_is_and_writes_what_was_said(home, village):
    client, host = signed_in(home["staff"]), home["host"]

    page = client.get(page_of(host, "edit")).content.decode()
    answer = client.post(page_of(host, "edit"), FORM | {"name": "路\u202e小小"})

    assert all(
        words in page
        for words in ('value="路小峧"', 'value="山里人家"', 'value="库峧村（140425202）"', '<option value="host" selected>')
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, page_of(host))
    host.refresh_from_db()
    assert (host.name, host.place) == ("路 小小", village)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"name": ""}, "请填写。"),
        ({"name": "\0\u200b"}, "请填写。"),
        ({"name": "长" * 41}, "最多写 40 个字，现在是 41 个。"),
        ({"role": "admin"}, "这个身份不归您给，请从列表里选。"),
        ({"role": "\0"}, "这个身份不归您给，请从列表里选。"),
        ({"place": "月球"}, "您管的地方里没有这个名字，请再看一遍。"),
        ({"place": "巨鹿县"}, "您管的地方里没有这个名字，请再看一遍。"),
        ({"place": "130529"}, "您管的地方里没有这个名字，请再看一遍。"),
        ({"place": "石城"}, "不止一个地方，请选一个；没有要的，就把名字写全。"),
        ({"place": "x" * 100_000}, "最多写 80 个字，现在是 100000 个。"),
    ],
)
def test_bad_input_is_named_and_the_rest_is_kept(home, other_county, said, sentence):
    make_place("140425102", "石城镇")
    make_place("140425102200", "石城村村委会")

    answer = signed_in(home["staff"]).post(page_of(home["host"], "edit"), FORM | {"live_name": "新名字"} | said)

    text = text_of(answer)
    assert (answer.status_code, sentence in text) == (422, True), text
    assert 'value="新名字"' in answer.content.decode()
    assert User.objects.get(pk=home["host"].pk).live_name == "山里人家"


def test_one_of_several_places_is_chosen_by_its_code_without_a_script(home):
    make_place("140425102", "石城镇")
    chosen = make_place("140425102200", "石城村村委会")
    client, address = signed_in(home["staff"]), page_of(home["host"], "edit")

    asked_back = client.post(address, FORM | {"place": "石城"}).content.decode()
    foreign = client.post(address, FORM | {"place": "石城", "place_code": "140425202215"})
    client.post(address, FORM | {"place": "石城", "place_code": chosen.pk})

    assert re.findall(r'name="place_code" value="(\d+)"', asked_back) == ["140425102", "140425102200"]
    assert foreign.status_code == 422
    home["host"].refresh_from_db()
    assert home["host"].place == chosen


def test_names_like_code_stay_text(home):
    name = "<img onerror=x>{{7*7}}"
    client = signed_in(home["staff"])

    client.post(page_of(home["host"], "edit"), FORM | {"name": name})

    for address in (LIST, page_of(home["host"]), page_of(home["host"], "edit")):
        page = client.get(address).content.decode()
        assert (html.escape(name) in page, "<img onerror" in page) == (True, False)


def test_an_administrator_gives_a_term(home, county):
    client, address = signed_in(make_user("admin", county)), page_of(home["host"], "edit")
    term = FORM | {"role": "commissioner", "place": "平顺县"}

    without = client.post(address, term)
    backwards = client.post(address, term | {"from_on": "2026-02-01", "until_on": "2026-01-01"})
    no_day = client.post(address, term | {"from_on": "明天", "until_on": "2026-13-01"})
    client.post(address, term | {"from_on": "2026-01-01", "until_on": "2026-12-31"})

    assert "特派员要写任期" in text_of(without)
    assert "结束的那天不能早于开始的那天。" in text_of(backwards)
    assert text_of(no_day).count("请按 2026-01-31 这样填日期。") == 2
    home["host"].refresh_from_db()
    assert (home["host"].role, home["host"].until_on) == ("commissioner", date(2026, 12, 31))


def test_stop_and_restore_say_so_and_a_second_tap_changes_nothing(home):
    client, host = signed_in(home["staff"]), home["host"]

    for verb, state in (("stop", "stopped"), ("stop", "stopped"), ("restore", "active"), ("restore", "active")):
        answer = client.post(page_of(host, verb))
        assert (answer.headers["Location"], User.objects.get(pk=host.pk).state) == (page_of(host), state)
    assert [str(message) for message in get_messages(answer.wsgi_request)][-1] == "路小峧可以用原来的密码登录了。"


# --- appointments ---------------------------------------------------------------------------------------------------------


def test_a_post_is_given_and_ended_on_its_pages(home, county):
    client, trainer = signed_in(home["staff"]), home["trainer"]
    said = {"role": "host", "place": "库峧村", "from_on": "2026-11-01", "until_on": "2031-01-31"}

    given = client.post(page_of(trainer, "appoint"), said)
    again = client.post(page_of(trainer, "appoint"), said)
    held = Appointment.objects.get()
    ended = client.post(page_of(trainer, "appointments", str(held.pk), "end"))

    assert (given.status_code, again.status_code, ended.status_code) == (302, 422, 302)
    assert "已经有这个任职了，不用再任命。" in text_of(again)
    assert 'value="2031-01-31"' in again.content.decode()
    assert (held.role, held.place_id, held.appointed_by) == ("host", "140425202215", home["staff"])
    assert Appointment.objects.get().ended_at is not None


def test_appointments_of_others_and_above_are_not_ended(home, county):
    held = Appointment.objects.create(user=home["trainer"], role="auditor", place=county, from_on=date(2026, 1, 1))
    client = signed_in(home["staff"])

    assert client.post(page_of(home["trainer"], "appointments", str(held.pk), "end")).status_code == 403
    assert client.post(page_of(home["host"], "appointments", str(held.pk), "end")).status_code == 404
    assert client.get(page_of(home["staff"], "appoint")).status_code == 403
    assert Appointment.objects.get().ended_at is None
