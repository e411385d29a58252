"""The page on which a trainee becomes a host."""

from __future__ import annotations

import pytest

from livestream.models import User
from tests.factories import make_user
from tests.school import make_cohort, make_enrolment, make_trainee
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def trainee(county):
    trainee = make_trainee(county, phone="13812345678", name="王桂香")
    make_enrolment(make_cohort(county), trainee, state="completed")
    return trainee


def test_one_button_makes_the_host_and_tells_the_link_once(staff, trainee):
    door = signed_in(staff)
    assert "138****5678" in door.get(f"/school/graduates/{trainee.pk}/").content.decode()

    page = door.post(f"/school/graduates/{trainee.pk}/")

    user = User.objects.get(phone="13812345678")
    text = page.content.decode()
    assert "链接只显示这一次" in text
    assert page.context["address"] in text
    assert f"/plan/new/?host={user.pk}" in text
    after = door.get(f"/school/graduates/{trainee.pk}/").content.decode()
    assert "已经有账号：王桂香" in after
    assert page.context["address"] not in after
    assert door.post(f"/school/graduates/{trainee.pk}/").status_code == 422
    assert User.objects.filter(phone="13812345678").count() == 1


def test_the_planner_takes_the_host(staff, trainee):
    door = signed_in(staff)
    door.post(f"/school/graduates/{trainee.pk}/")

    page = door.get(f"/plan/new/?host={User.objects.get(phone='13812345678').pk}")

    assert 'value="王桂香' in page.content.decode()


def test_an_account_that_was_there_is_linked_without_a_new_link(staff, county):
    user = make_user("host", county, name="李四")
    trainee = make_trainee(county, phone=user.phone, name="李四")
    make_enrolment(make_cohort(county), trainee)

    page = signed_in(staff).post(f"/school/graduates/{trainee.pk}/", follow=True)

    trainee.refresh_from_db()
    assert trainee.user == user
    assert "本来就有账号" in page.content.decode()


def test_what_stands_in_the_way_is_said(staff, county):
    page = signed_in(staff).get(f"/school/graduates/{make_trainee(county).pk}/")

    assert "还没有入班" in page.content.decode()
    assert '<button class="btn primary big-button">' not in page.content.decode()


def test_who_may_not_invite_does_not_come_in(trainer, stranger, trainee):
    assert signed_in(trainer).get(f"/school/graduates/{trainee.pk}/").status_code == 403
    for act in (signed_in(stranger).get, signed_in(stranger).post):
        assert act(f"/school/graduates/{trainee.pk}/").status_code == 404
