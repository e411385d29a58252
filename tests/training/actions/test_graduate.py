"""A trainee becomes a host in one step."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from livestream.models import AuditEntry, PersonalData, User
from livestream.rules.errors import NotAllowed
from tests.factories import make_place, make_user
from tests.school import make_cohort, make_enrolment, make_trainee
from training.actions.graduate import make_host

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def seated(county):
    village = make_place("140425100201", "东寺头村")

    def make(**kwargs):
        trainee = make_trainee(county, village, **kwargs)
        make_enrolment(make_cohort(county), trainee, state="completed")
        return trainee

    return make


def refusal(trainee, by):
    with pytest.raises(NotAllowed) as refused:
        make_host(trainee, by=by, at=NOW)
    return refused.value.code


def test_a_graduate_gets_an_account_a_link_and_his_sessions_counted(seated, staff):
    trainee = seated(phone="13812345678", name="王桂香")

    hosted = make_host(trainee, by=staff, at=NOW)

    trainee.refresh_from_db()
    user = User.objects.get(phone="13812345678")
    assert (trainee.user, hosted.user, hosted.was_there) == (user, user, False)
    assert (user.name, user.role, user.place_id, user.has_usable_password()) == ("王桂香", "host", "140425100201", False)
    assert (hosted.told.invitation.user, hosted.told.invitation.kind, len(hosted.told.token) > 20) == (user, "join", True)
    assert set(AuditEntry.objects.filter(actor=staff).values_list("deed", flat=True)) == {"invited", "trainee_linked"}
    assert refusal(trainee, staff) == "host_already"


def test_the_account_of_his_phone_and_name_is_his(seated, staff, county):
    user = make_user("host", county, name="王桂香")
    trainee = seated(phone=user.phone, name="王桂香")

    hosted = make_host(trainee, by=staff, at=NOW)

    trainee.refresh_from_db()
    assert (trainee.user, hosted.told, hosted.was_there, User.objects.filter(phone=user.phone).count()) == (user, None, True, 1)


def test_who_was_invited_and_has_no_password_gets_a_new_link(seated, staff, county):
    user = make_user("host", county, password=None, name="王桂香")
    trainee = seated(phone=user.phone, name="王桂香")

    hosted = make_host(trainee, by=staff, at=NOW)

    assert (hosted.user, hosted.told.invitation.user) == (user, user)


@pytest.mark.parametrize(
    ("account", "code"),
    [
        ({"name": "李四"}, "phone_of_another"),
        ({"name": "王桂香", "is_active": False}, "person_stopped"),
    ],
)
def test_an_account_that_cannot_be_his_is_refused(seated, staff, county, account, code):
    user = make_user("host", county, **account)
    trainee = seated(phone=user.phone, name="王桂香")

    assert refusal(trainee, staff) == code
    trainee.refresh_from_db()
    assert trainee.user is None


def test_of_an_account_in_another_county_nothing_is_said(seated, staff, other_county):
    user = make_user("host", other_county, name="王桂香")

    assert refusal(seated(phone=user.phone, name="王桂香"), staff) == "phone_taken"


def test_one_account_is_one_trainees(seated, staff, county):
    user = make_user("host", county, name="王桂香")
    make_trainee(county, user=user)

    assert refusal(seated(phone=user.phone, name="王桂香"), staff) == "account_of_another"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"birth": "2010-11-23", "birth_year": 2010}, "too_young"),  # sixteen tomorrow
        ({"birth_year": 2011}, "too_young"),
    ],
)
def test_nobody_under_sixteen_becomes_a_host(seated, staff, facts, code):
    assert refusal(seated(phone="13812345678", **facts), staff) == code
    assert not User.objects.filter(phone="13812345678").exists()


@pytest.mark.parametrize("facts", [{"birth": "2010-11-22", "birth_year": 2010}, {"birth_year": 2010}, {"birth_year": None}])
def test_who_may_be_old_enough_is_invited_and_checked_before_the_first_session(seated, staff, facts):
    hosted = make_host(seated(phone="13812345678", **facts), by=staff, at=NOW)

    assert not PersonalData.objects.filter(user=hosted.user).exists()


def test_without_a_seat_or_by_who_may_not_invite_nobody_becomes_a_host(seated, staff, county, trainer):
    outside = make_trainee(county, phone="13812345670")
    full = make_cohort(county, seats=1)
    make_enrolment(full)
    make_enrolment(full, outside, state="waiting")

    assert refusal(outside, staff) == "no_seat_yet"
    assert refusal(seated(phone="13812345671"), trainer) == "not_yours_to_give"
    gone = seated()
    type(gone).objects.filter(pk=gone.pk).update(phone="", phone_digest="")
    assert refusal(gone, staff) == "phone_missing"
    same = seated()
    type(same).objects.filter(pk=same.pk).update(merged_into=gone)
    assert refusal(same, staff) == "trainee_merged"
