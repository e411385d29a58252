"""The public door of a class, as a farmer's phone meets it."""

from __future__ import annotations

import uuid

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client

from livestream.models import AuditEntry
from tests.factories import make_place, make_user
from tests.school import make_cohort, make_enrolment, make_lesson, make_trainee
from tests.sign_in import signed_in
from training.actions.cohort import close_link, open_link
from training.models import Enrolment, Trainee
from training.views.join import JoinCourtesy

pytestmark = pytest.mark.django_db
PASS = django_settings.PASS_COOKIE_NAME


@pytest.fixture(autouse=True)
def afresh():
    cache.clear()


@pytest.fixture
def village(county):
    return make_place("140425100201", "东寺头村")


@pytest.fixture
def cohort(county):
    """第3期, two seats, its link open."""
    made = make_cohort(county, title="第3期", seats=2)
    open_link(made)
    made.refresh_from_db()
    return made


@pytest.fixture
def typed(village):
    return {
        "name": "李二妮", "phone": "138 0000 0000", "place": "东寺头村", "has_consented": "on", "category": "farmer",
        "client_id": str(uuid.uuid4()),
    }  # fmt: skip


def address(cohort):
    return f"/join/{cohort.join_code}/"


def test_page_says_what_the_class_is_and_how_many_seats_are_left(client, cohort):
    make_enrolment(cohort)
    make_lesson(cohort, room_note="青羊镇文化站")

    said = client.get(address(cohort)).content.decode()

    assert all(words in said for words in ("第3期", "青羊镇文化站", "个座位空着", "我同意学堂登记"))
    assert "学员" not in said.replace("学员的", "")  # nobody else's name


def test_stranger_writes_himself_down_and_the_phone_knows_him(client, cohort, typed):
    answer = client.post(address(cohort), typed)

    made = Enrolment.objects.select_related("trainee").get()
    assert (answer.status_code, made.seat, made.way, made.enrolled_by) == (200, 1, "phone", None)
    assert (made.trainee.name, made.trainee.phone, made.trainee.made_by) == ("李二妮", "13800000000", None)
    assert "1</b> 号座位" in answer.content.decode()
    assert client.cookies[PASS]["httponly"]
    assert "第3期" in client.get("/my/school/").content.decode()


def test_full_class_gives_a_place_in_the_queue(client, cohort, typed):
    make_enrolment(cohort)
    make_enrolment(cohort)
    make_enrolment(cohort, state="waiting")

    said = client.post(address(cohort), typed).content.decode()

    assert '第 <b class="num">2</b> 位' in said


def test_same_form_again_is_the_same_enrolment_and_the_phone_still_knows_him(cohort, typed):
    answers = [Client().post(address(cohort), typed) for _n in range(2)]

    assert Enrolment.objects.count() == 1
    assert [PASS in answer.cookies for answer in answers] == [True, True]


def test_who_types_somebody_elses_name_opens_nothing_of_his(client, county, cohort, village, typed):
    make_trainee(county, village, name="李二妮", phone="13800000000", made_by=make_user("trainer", county))

    answers = [client.post(address(cohort), typed) for _n in range(2)]

    assert (Trainee.objects.count(), Enrolment.objects.count()) == (1, 1)
    assert [PASS in answer.cookies for answer in answers] == [False, False]
    assert client.get("/my/school/").status_code == 302


def test_nor_later_with_a_form_of_his_own(county, cohort, typed):
    """Somebody enrolled himself; another one sends the same person with another form, for this class and the next."""
    Client().post(address(cohort), typed)
    other = make_cohort(county)
    open_link(other)
    other.refresh_from_db()

    answers = [Client().post(address(one), typed | {"client_id": str(uuid.uuid4())}) for one in (cohort, other)]

    assert [(answer.status_code, PASS in answer.cookies) for answer in answers] == [(200, False), (200, False)]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"has_consented": ""}, "要先同意，才能报名"),
        ({"phone": "12"}, "请填 11 位手机号"),
        ({"name": ""}, "请填写"),
        ({"place": "没有的村"}, "县里没有这个名字"),
        ({"name": "\0\u202e"}, "请填写"),
        ({"phone": "9" * 10_000}, "请填 11 位手机号"),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_is_kept(client, cohort, typed, said, words):
    answer = client.post(address(cohort), typed | said)

    assert (answer.status_code, Trainee.objects.count(), Enrolment.objects.count()) == (422, 0, 0)
    assert words in answer.content.decode()
    assert typed["client_id"] in answer.content.decode()


def test_form_without_a_tap_or_with_nonsense_is_taken_once(client, cohort, typed):
    assert client.post(address(cohort), typed | {"client_id": "x\0" * 99}).status_code == 200
    assert Enrolment.objects.count() == 1


def test_closed_codes_and_those_that_are_none_are_one_page(client, cohort):
    there = address(cohort)
    close_link(cohort)

    answers = [client.get(one) for one in (there, "/join/zzzzzzzz/")]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content.replace(b"/" + there.encode(), b"") == answers[1].content


def test_invitation_at_the_same_address_is_still_an_invitation(client):
    assert "设密码" in client.get(f"/join/{'x' * 43}/").content.decode() or client.get(f"/join/{'x' * 43}/").status_code == 404


def test_host_who_is_signed_in_and_learns_here_taps_once(county, cohort):
    host = make_user("host", county)
    trainee = make_trainee(county, user=host, name="王建军")
    phone = signed_in(host)

    assert "我要报名" in phone.get(address(cohort)).content.decode()
    answer = phone.post(address(cohort), {"as_me": "1", "client_id": str(uuid.uuid4())})

    assert (answer.status_code, PASS in answer.cookies) == (200, False)
    assert Enrolment.objects.get().trainee == trainee
    assert "您报过了" in phone.get(address(cohort)).content.decode()


def test_whole_class_behind_one_router_comes_in_and_a_flood_does_not(client, cohort, typed, monkeypatch):
    assert JoinCourtesy.rate == "120/min"
    monkeypatch.setattr(JoinCourtesy, "rate", "2/min")

    answers = [client.post(address(cohort), {}) for _n in range(3)]

    assert [answer.status_code for answer in answers] == [422, 422, 429]
    assert answers[2].headers["Retry-After"] == "60"


def test_nothing_that_was_typed_stands_in_the_audit_log(client, cohort, typed):
    client.post(address(cohort), typed)

    kept = "".join(f"{entry.before}{entry.after}{entry.detail}" for entry in AuditEntry.objects.all())
    assert "13800000000" not in kept
    assert "李二妮" not in kept
