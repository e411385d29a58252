"""Inviting, and the page on the phone where a password is set."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client

from livestream.actions.invitation import make_link
from livestream.models import Invitation, User
from tests.factories import make_place, make_user
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
INVITE = "/people/invite/"
FORM = {"phone": "100 9999 0001", "name": "岳小麦", "live_name": "小麦家", "role": "host", "place": "库峧村"}
PASSWORD = "核桃花椒和一只黑山羊不怕冷"


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))).strip()


def address_of(answer) -> str:
    (address,) = re.findall(r"data-address>http://testserver([^<]+)<", answer.content.decode())
    return address


@pytest.fixture
def village(county):
    return make_place("140425202215", "库峧村村委会")


@pytest.fixture
def address(staff, village) -> str:
    """Where somebody who was just invited sets a password."""
    return address_of(signed_in(staff).post(INVITE, FORM))


def test_inviting_tells_link_code_and_words_once(staff, village):
    client = signed_in(staff)

    answer = client.post(INVITE, FORM)

    person = User.objects.get(phone="10099990001")
    address = address_of(answer)
    assert (person.name, person.live_name, person.role, person.place, person.state) == (
        "岳小麦",
        "小麦家",
        "host",
        village,
        "invited",
    )
    assert re.fullmatch(r"/join/[A-Za-z0-9_-]{43}/", address)
    assert "data:image/svg+xml" in answer.content.decode()
    assert f"岳小麦，您好！我是{staff.name}。" in text_of(answer)
    assert answer.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    for page in ("/people/", f"/people/{person.pk}/", INVITE):
        assert address not in client.get(page).content.decode()


def test_form_lists_the_places_of_ones_reach_for_the_browser(staff, village, other_county):
    page = signed_in(staff).get(INVITE).content.decode()

    assert re.findall(r'<option value="([^"]+（[^"]+)">', page) == [
        "平顺县（1404）",
        "140425202（平顺县）",
        "库峧村（140425202）",
    ]
    assert re.findall(r'<option value="(\w+)"', page) == ["host", "trainer"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"phone": ""}, "请填手机号。"),
        ({"phone": "123"}, "请填 11 位手机号，例如 13800000000。"),
        ({"phone": "1" * 31}, "请填 11 位手机号，例如 13800000000。"),
        ({"phone": "1380000000\u0660"}, "请填 11 位手机号，例如 13800000000。"),
        ({"name": " "}, "请填写。"),
        ({"role": "exporter"}, "这个身份不归您给，请从列表里选。"),
        ({"place": "月球"}, "您管的地方里没有这个名字，请再看一遍。"),
    ],
)
def test_bad_input_is_named_and_the_rest_is_kept(staff, village, said, sentence):
    answer = signed_in(staff).post(INVITE, FORM | said)

    assert (answer.status_code, sentence in text_of(answer), 'value="小麦家"' in answer.content.decode()) == (422, True, True)
    assert not Invitation.objects.exists()


def test_a_taken_number_is_said_without_saying_whose(staff, stranger, village):
    answer = signed_in(staff).post(INVITE, FORM | {"phone": stranger.phone})

    assert (answer.status_code, "这个手机号已经有账号了" in text_of(answer)) == (422, True)
    assert stranger.name not in text_of(answer)
    assert "巨鹿" not in text_of(answer)


@pytest.mark.parametrize(("role", "status"), [("staff", 200), ("trainer", 403), ("auditor", 403), ("host", 403)])
def test_only_those_who_keep_people_invite(county, role, status):
    assert signed_in(make_user(role, county)).get(INVITE).status_code == status


def test_state_or_city_invites_nobody(county):
    assert signed_in(make_user("staff", make_place("1404", "长治市"))).post(INVITE, FORM).status_code == 403


# --- on the phone ---------------------------------------------------------------------------------------------------------


def test_page_greets_by_name_and_sets_a_password_and_is_in(client, address):
    page = client.get(address)
    answer = client.post(address, {"password": PASSWORD})

    text = text_of(page)
    assert all(words in text for words in ("平顺县", "岳小麦，您好！", "100****0001")), text
    assert "10099990001" not in page.content.decode()
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.get("/my/").status_code == 200
    assert User.objects.get(phone="10099990001").check_password(PASSWORD)
    for one in (page, answer):
        assert one.headers["Referrer-Policy"] == "no-referrer"
        assert one.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_every_fault_of_a_password_is_one_sentence_and_it_stays_in_its_field(client, address):
    for password in ("", "kurz", "password1234", "x" * 129, "a\0bcdefghijklmn"):
        answer = client.post(address, {"password": password})
        errors = re.findall(r'<p class="error"[^>]*>([^<]+)</p>', answer.content.decode())
        assert (password, answer.status_code, len(errors) >= 1) == (password, 422, True)
        assert html.escape(password).replace("\0", "\0") in answer.content.decode()
    assert User.objects.get(phone="10099990001").state == "invited"


def test_password_can_be_looked_at_without_a_script(client, address):
    hidden = client.get(address).content.decode()
    shown = client.post(address, {"password": PASSWORD, "show": "1"})

    assert 'type="password"' in hidden
    assert (shown.status_code, f'type="text" name="password" value="{PASSWORD}"' in shown.content.decode()) == (200, True)
    assert User.objects.get(phone="10099990001").state == "invited"


def test_used_expired_revoked_and_unknown_links_get_one_page(client, staff, host, village, now):
    used, expired, revoked, stopped = (make_user("host", village) for _ in range(4))
    links = {
        person.pk: make_link(person, by=staff, at=now - timedelta(minutes=29)).token
        for person in (used, expired, revoked, stopped)
    }
    assert client.post(f"/join/{links[used.pk]}/", {"password": PASSWORD}).status_code == 302
    Invitation.objects.filter(user=expired).update(expires_at=now)
    Invitation.objects.filter(user=revoked).update(revoked_at=now)
    User.objects.filter(pk=stopped.pk).update(is_active=False)

    tokens = [*links.values(), "x" * 43, "short", "村", "x" * 5000]
    answers = [verb(f"/join/{token}/") for token in tokens for verb in (Client().get, Client().post)]

    assert {answer.status_code for answer in answers} == {404}
    pages = {re.sub(r"<p class=.request.*?</p>|[0-9a-f]{32}", "", answer.content.decode()) for answer in answers}
    assert len(pages) == 1
    assert "请找给您链接的人（县电商中心），再要一个新的。" in text_of(answers[0])
    assert {answer.headers["Referrer-Policy"] for answer in answers} == {"no-referrer"}


def test_a_form_must_bring_the_token_of_its_cookie_and_may_come_without_an_origin(address):
    """A page that sends no Referer sends `Origin: null`: allowed, but nothing else of CSRF is."""
    careful = Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', careful.get(address).content.decode())[1]
    said = {"password": PASSWORD}

    without = careful.post(address, said, headers={"Origin": "null"})
    foreign = careful.post(address, said | {"csrfmiddlewaretoken": token}, headers={"Origin": "https://evil.example"})
    no_cookie = Client(enforce_csrf_checks=True).post(address, said | {"csrfmiddlewaretoken": token}, headers={"Origin": "null"})
    right = careful.post(address, said | {"csrfmiddlewaretoken": token}, headers={"Origin": "null"})

    assert [answer.status_code for answer in (without, foreign, no_cookie, right)] == [403, 403, 403, 302]


def test_somebody_else_who_is_signed_in_here_no_longer_is(staff, address):
    client = signed_in(staff)

    client.post(address, {"password": PASSWORD})

    assert client.get("/people/").status_code == 403
    assert client.get("/my/").status_code == 200


def test_staff_make_a_new_link_for_a_forgotten_password_and_take_it_back(staff, host):
    client = signed_in(staff)
    phone = signed_in(host)

    told = client.post(f"/people/{host.pk}/link/")
    first = address_of(told)
    second = address_of(client.post(f"/people/{host.pk}/link/"))
    statuses = [Client().get(address).status_code for address in (first, second)]
    client.post(f"/people/{host.pk}/link/revoke/")

    assert "重设密码" in text_of(told)
    assert (statuses, Client().get(second).status_code) == ([404, 200], 404)
    third = address_of(client.post(f"/people/{host.pk}/link/"))
    assert Client().post(third, {"password": PASSWORD}).status_code == 302
    assert phone.get("/my/").status_code == 302
