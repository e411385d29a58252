from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.certificates import AT, make_certificate
from training.actions.certificate import revoke
from training.actions.certificate_anew import give_anew
from training.models import Certificate
from training.rules.certificate import number_of
from training.views.certificate_check import CheckCourtesy, GuessCourtesy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nobody_asked_yet():
    cache.clear()


@pytest.fixture
def made(county):
    return make_certificate(county, name="张峧喆", title="第一期")


def test_anybody_reads_what_a_certificate_certifies_and_no_name(client, made):
    response = client.get(f"/verify/{made.number}/")

    body = response.content.decode()
    assert response.status_code == 200
    for piece in [
        "证书有效",
        "张**",
        "第一期",
        "10 学时，5 天",
        "5 课到了 5 课，100%",
        "v1：出勤 80% 以上",
        "平顺县电商学堂",
        "2026-11-30",
        made.number,
    ]:
        assert piece in body
    for secret in ["峧喆", "86 分", "91 分", made.enrolment.trainee.phone, made.issued_by.name]:
        assert secret not in body
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_a_revoked_certificate_stays_and_says_so(client, made, staff):
    revoke(made, because="查实代签", by=staff, at=AT)

    response = client.get(f"/verify/{made.number}/")

    body = response.content.decode()
    assert response.status_code == 200
    for piece in ["这张证书已撤销", "2026-11-30 撤销", "查实代签", "张**"]:
        assert piece in body
    assert "证书有效" not in body
    assert staff.name not in body


def test_one_given_anew_leads_to_the_new_number_and_is_not_called_revoked(client, made, staff, django_assert_num_queries):
    anew = give_anew(made, "张四", by=staff, at=AT)

    with django_assert_num_queries(1):
        old = client.get(f"/verify/{made.number}/").content.decode()
    assert ("这张证书换发过" in old, f"/verify/{anew.number}/" in old, "已撤销" in old) == (True, True, False)
    new = client.get(f"/verify/{anew.number}/").content.decode()
    assert ("证书有效" in new, made.number in new, "v1" in new) == (True, True, True)


def test_it_is_read_in_english_too(client, made, settings):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"

    body = client.get(f"/verify/{made.number}/").content.decode()

    assert '<html lang="en"' in body


def test_an_erased_name_is_said_to_be_erased(client, made):
    Certificate.objects.filter(pk=made.pk).update(name="")

    assert "按本人的要求删了" in client.get(f"/verify/{made.number}/").content.decode()


def test_a_number_that_nobody_was_given_is_said_to_be_none(client, made):
    response = client.get(f"/verify/{number_of('140425', 2026, 2)}/")

    body = response.content.decode()
    assert (response.status_code, "这里没有发过这样一张证书" in body) == (404, True)
    assert 'name="number"' in body


@pytest.mark.parametrize("wrong", ["140425-2026-00001-10", "abc", "%00", "1" * 3000, "%E2%80%AE", "<b>x</b>".replace("/", "")])
def test_a_mistyped_number_is_asked_for_again(client, made, wrong):
    response = client.get(f"/verify/{wrong}/")

    body = response.content.decode()
    assert (response.status_code, "可能抄错了一位" in body) == (404, True)
    assert "<b>x" not in body


@pytest.mark.parametrize("spell", [lambda number: number.replace("-", ""), lambda number: number.replace("-", " ")])
def test_a_number_without_dashes_leads_to_the_certificate(client, made, spell):
    response = client.get(f"/verify/{spell(made.number)}/")

    assert (response.status_code, response.headers["Location"]) == (302, f"/verify/{made.number}/")


def test_a_typed_number_leads_to_the_certificate(client, made):
    response = client.get("/verify/", {"number": f" {made.number.replace('-', '')} "})

    assert (response.status_code, response.headers["Location"]) == (302, f"/verify/{made.number}/")


@pytest.mark.parametrize("typed", ["", "140425", "\x00", "x" * 10_000])
def test_what_is_typed_wrong_is_said_and_kept(client, typed):
    response = client.get("/verify/", {"number": typed})

    assert (response.status_code, 'role="alert"' in response.content.decode()) == (422, True)


def test_who_guesses_numbers_is_asked_to_wait(client, made, monkeypatch):
    monkeypatch.setattr(GuessCourtesy, "rate", "3/min")

    statuses = [client.get(f"/verify/{number_of('140425', 2026, n)}/").status_code for n in range(2, 7)]

    assert statuses == [404, 404, 404, 429, 429]
    assert client.get(f"/verify/{made.number}/").status_code == 200


def test_who_asks_without_pause_is_asked_to_wait(client, made, monkeypatch):
    monkeypatch.setattr(CheckCourtesy, "rate", "3/min")

    responses = [client.get(f"/verify/{made.number}/") for _ in range(4)]

    assert [response.status_code for response in responses] == [200, 200, 200, 429]
    assert responses[-1].headers["Retry-After"] == "60"
    assert "请等一分钟再查" in responses[-1].content.decode()


def test_a_certificate_asks_one_question(client, made, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(f"/verify/{made.number}/")
