"""The page of tokens: who has one, a new one told once, taking one back."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest

from livestream.actions.api_token import make_token, note_use, revoke_token
from livestream.models import ApiToken, ApiTokenAddress
from livestream.rules.api_token import Scope, TokenPlan, TokenTerm
from tests.factories import make_place, make_user
from tests.sign_in import signed_in
from tests.tokens import with_token

pytestmark = pytest.mark.django_db
PAGE = "/me/tokens/"
SAID = {"name": "报表", "scopes": ["read:orders", "read:sessions"], "place": "140425", "term": "quarter"}
TEXT = re.compile(r"cunbo_[0-9a-f]{10}_[\w-]{43}")


@pytest.fixture
def client(staff):
    return signed_in(staff)


def words(answer):
    return html.unescape(answer.content.decode())


def made(owner, name="报表", place="140425", at=None):
    return make_token(owner, TokenPlan(name, (Scope.READ_ORDERS,), place, TokenTerm.MONTH), at=at or datetime.now(UTC))


def test_a_token_is_shown_once_and_works(client, staff, session):
    answer = client.post(PAGE, SAID)

    (text,) = TEXT.findall(words(answer))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (
        200,
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )
    assert with_token(text).get("/api/v1/sessions/").status_code == 200
    token = ApiToken.objects.get()
    assert (token.name, token.scopes, token.place_id) == ("报表", ["read:orders", "read:sessions"], "140425")
    assert token.expires_at - token.created_at == timedelta(days=90)
    page = words(client.get(PAGE))
    assert text not in page
    assert f"cunbo_{token.prefix}_…" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "请写这个令牌用在哪里，例如“电商中心的报表”。"),
        ({"name": "长" * 41}, "“用在哪里”太长了，最多 40 个字。"),
        ({"name": "\u200b\u202e"}, "请写这个令牌用在哪里，例如“电商中心的报表”。"),
        ({"scopes": []}, "请至少选一样它可以做的事。"),
        ({"scopes": ["read:everything"]}, "请从列表里选。"),
        ({"place": "130529"}, "请从列表里选一个地方。"),
        ({"place": ""}, "您在这个地方不能发令牌。"),
        ({"term": "forever"}, None),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(client, changes, sentence):
    answer = client.post(PAGE, SAID | changes)

    assert answer.status_code == 422
    assert sentence is None or sentence in words(answer)
    assert "name" in changes or 'value="报表"' in words(answer)
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("field", ["name", "scopes", "place", "term"])
@pytest.mark.parametrize("value", ["a\0b", "\u202e" * 3, "x" * 100_000, "{{7*7}}", "<img src=x onerror=alert(1)>"])
def test_nothing_that_is_typed_breaks_the_page(client, field, value):
    answer = client.post(PAGE, SAID | {field: value})

    assert answer.status_code in {200, 422}
    assert "<img src=x" not in answer.content.decode()


def test_places_and_scopes_are_those_one_has(county, staff):
    township = make_place("140425100", "青羊镇")
    make_place("140425100201", "东寺头村")
    make_place("130529", "巨鹿县")

    def offered(person):
        page = signed_in(person).get(PAGE).content.decode()
        return re.findall(r'<option value="(\d*)"', page), re.findall(r'name="scopes" value="([^"]+)"', page)

    assert offered(staff) == (["140425", "140425100"], list(Scope.values))
    assert offered(make_user("staff", make_place("1404", "长治市")))[0] == ["1404", "140425"]
    assert offered(make_user("staff", township))[0] == ["140425100"]
    assert offered(make_user("exporter", county))[1] == ["read:orders"]
    assert offered(make_user("admin", county))[0][0] == ""


@pytest.mark.parametrize(
    ("role", "status"),
    [("host", 403), ("trainer", 403), ("approver", 403), ("auditor", 403), ("exporter", 200), ("staff", 200), ("admin", 200)],
)
def test_only_some_have_tokens(county, role, status):
    client = signed_in(make_user(role, county))

    assert client.get(PAGE).status_code == status
    assert client.post(PAGE, SAID).status_code in {status, 422}
    assert ("/me/tokens/" in words(client.get("/me/"))) == (status == 200)


def test_taking_it_back_ends_it_with_the_next_request(client, staff, session, now):
    token, text = made(staff)
    before = with_token(text).get("/api/v1/orders/").status_code

    answers = [client.post(f"{PAGE}{token.pk}/revoke/", follow=True) for _ in range(2)]

    assert (before, with_token(text).get("/api/v1/orders/").status_code) == (200, 401)
    assert "“报表”的令牌撤销了，从现在起不能再用。" in words(answers[0])
    assert answers[1].status_code == 200


def test_anothers_token_is_not_there_but_who_keeps_people_may_take_it_back(county, staff, stranger, trainer, now):
    owner = make_user("staff", make_place("140425100", "青羊镇"), name="镇里的人")
    token, _text = made(owner, "镇上的表", "140425100")

    statuses = {
        name: signed_in(who).post(f"{PAGE}{token.pk}/revoke/").status_code
        for name, who in (("stranger", stranger), ("trainer", trainer))
    }

    assert statuses == {"stranger": 404, "trainer": 403}
    page = words(signed_in(staff).get(PAGE))
    assert ("镇里的人" in page, "镇上的表" in page, "镇上的表" in words(signed_in(stranger).get(PAGE))) == (True, True, False)
    assert signed_in(staff).post(f"{PAGE}{token.pk}/known/").status_code == 404
    assert signed_in(staff).post(f"{PAGE}{token.pk}/revoke/").status_code == 302
    assert ApiToken.objects.get().revoked_at is not None


def test_a_new_address_stands_on_the_page_until_the_owner_knows_it(client, staff, now):
    token, _text = made(staff)
    for n, address in enumerate(["203.0.113.9", "198.51.100.7"]):
        note_use(token, address=address, at=now + timedelta(seconds=n))

    before = words(client.get(PAGE))
    client.post(f"{PAGE}{token.pk}/known/")

    assert ("它在新的地址用过：" in before, "198.51.100.7" in before) == (True, True)
    assert "它在新的地址用过：" not in words(client.get(PAGE))
    assert ApiTokenAddress.objects.filter(known_at=None).count() == 0


def test_ended_ones_are_listed_below(client, staff, now):
    old, _text = made(staff, "过期的", at=now - timedelta(days=31))
    gone, _text = made(staff, "撤销的")
    revoke_token(gone, by=staff, at=now)

    page = words(client.get(PAGE))

    assert "您现在没有能用的令牌" in page
    assert re.findall(r"<h3>(\S+) <code", page) == ["撤销的", "过期的"]
    assert ("已到期" in page, "已撤销" in page) == (True, True)
    assert "/revoke/" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_costs_the_same_however_many_there_are(client, staff, number, now, django_assert_max_num_queries):
    for n in range(number):
        token, _text = made(staff)
        note_use(token, address=f"203.0.113.{n}", at=now)
    client.get(PAGE)

    with django_assert_max_num_queries(16):
        client.get(PAGE)
