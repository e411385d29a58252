"""A trainee's own pages: whose phone it is, my class, leaving."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from tests.factories import make_user
from tests.school import make_cohort, make_enrolment, make_lesson, make_trainee
from tests.sign_in import signed_in
from training.actions.trainee_pass import make_pass
from training.models import Enrolment

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
PASS = django_settings.PASS_COOKIE_NAME


@pytest.fixture
def trainee(county):
    return make_trainee(county, name="张秀兰")


@pytest.fixture
def phone(client, trainee):
    """A phone that opened the link of 张秀兰."""
    answer = client.get(f"/t/{make_pass(trainee, at=timezone.now())}/")
    assert (answer.status_code, answer.headers["Location"], answer.headers["Referrer-Policy"]) == (
        302, "/my/school/", "no-referrer",
    )  # fmt: skip
    return client


def test_my_class_and_my_next_lesson(phone, trainee, county):
    cohort = make_cohort(county, title="第3期")
    make_enrolment(cohort)
    make_enrolment(cohort, trainee)
    make_lesson(cohort, title="昨天的课", starts_at=timezone.now() - timedelta(days=1))
    make_lesson(cohort, title="介绍花椒", room_note="文化站", starts_at=timezone.now() + timedelta(days=1))
    make_lesson(cohort, title="后天的课", starts_at=timezone.now() + timedelta(days=2))

    said = phone.get("/my/school/").content.decode()

    assert all(words in said for words in ("第3期", "2</b> 号座位", "介绍花椒", "文化站"))
    assert not any(words in said for words in ("昨天的课", "后天的课"))


def test_who_waits_sees_his_place_and_what_is_over_stands_below(phone, trainee, county):
    full = make_cohort(county, seats=1)
    make_enrolment(full)
    make_enrolment(full, trainee, state="waiting")
    make_enrolment(make_cohort(county, title="上一期"), trainee, state="completed")

    said = phone.get("/my/school/").content.decode()

    assert '候补第 <b class="num">1</b> 位' in said
    assert "上一期" in said
    assert "已结业" in said


def test_phone_that_nobody_is_known_on_is_asked(client):
    answer = client.get("/my/school/")

    assert answer.headers["Location"] == "/login/school/?next=/my/school/"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_who_is_signed_in_and_learns_nothing_here_is_told_how_to_begin(county):
    assert "您还没有报班" in signed_in(make_user("host", county)).get("/my/school/").content.decode()


def test_host_who_learns_comes_from_his_own_page(county):
    host = make_user("host", county)
    page = signed_in(host)
    assert 'href="/my/school/"' not in page.get("/my/").content.decode()
    make_enrolment(make_cohort(county, title="第3期"), make_trainee(county, user=host))

    assert 'href="/my/school/"' in page.get("/my/").content.decode()
    assert "第3期" in page.get("/my/school/").content.decode()


def test_i_leave_and_the_next_one_is_in(phone, trainee, county):
    cohort = make_cohort(county, title="第3期", seats=1)
    mine, waiting = make_enrolment(cohort, trainee), make_enrolment(cohort, state="waiting")

    refused = phone.post(f"/my/school/{mine.pk}/leave/", {"because": ""}, follow=True)
    assert "请写一句为什么退出" in refused.content.decode()
    left = phone.post(f"/my/school/{mine.pk}/leave/", {"because": "孩子病了"}, follow=True)

    assert "您退出了“第3期”" in left.content.decode()
    mine.refresh_from_db()
    waiting.refresh_from_db()
    assert (mine.state, mine.left_because, waiting.seat) == ("withdrawn", "孩子病了", 1)


def test_nobody_leaves_for_another(phone, county):
    others = make_enrolment(make_cohort(county))

    assert phone.post(f"/my/school/{others.pk}/leave/", {"because": "x"}).status_code == 404
    assert Enrolment.objects.get().state == "enrolled"


def test_links_that_open_nothing_lead_to_a_new_one(client):
    for token in ("x" * 43, "short", "x" * 500):
        answer = client.get(f"/t/{token}/")
        assert (answer.status_code, PASS in answer.cookies) == (404, False)
        assert "/login/school/" in answer.content.decode()


def test_lent_phone_forgets(phone, trainee):
    phone.post("/login/school/forget/")

    assert phone.get("/my/school/").status_code == 302


def test_answer_is_the_same_for_every_number(client, trainee, settings):
    settings.SMS_SENDER, settings.PUBLIC_ADDRESS = "tests.livestream.outbox.remember", "https://cunbo.example.cn"
    answers = [client.post("/login/school/", {"phone": number}) for number in (trainee.phone, "13911111111")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len({TOKEN.sub("", answer.content.decode()) for answer in answers}) == 1
    soon = client.post("/login/school/", {"phone": trainee.phone})
    assert (soon.status_code, "请等一分钟" in soon.content.decode()) == (422, True)
    assert "请填 11 位手机号" in client.post("/login/school/", {"phone": "x"}).content.decode()


def test_trainer_shows_a_new_link_and_no_other_county_does(phone, trainee, trainer, stranger):
    answer = signed_in(trainer).post(f"/school/people/{trainee.pk}/pass/")

    assert answer.status_code == 200
    assert "/t/" in answer.content.decode()
    assert phone.get("/my/school/").status_code == 302  # the old one opens nothing any more
    assert signed_in(stranger).post(f"/school/people/{trainee.pk}/pass/").status_code == 404
