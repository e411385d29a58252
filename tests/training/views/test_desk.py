"""The trainer's desk: what the county's hosts really did this month."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.factories import make_session, make_user
from tests.sign_in import enter


@pytest.fixture
def mid_month():
    moment = timezone.localtime(timezone.now()).replace(day=15, hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(moment, tick=False):
        yield moment


@pytest.fixture
def school(client, trainer):
    client.force_login(trainer)
    return client


def aired(county, host, at, **kwargs):
    return make_session(county, host, went_live_at=at, ended_at=at + timedelta(hours=1), **kwargs)


def test_school_counts_hosts_and_their_sessions_of_the_month(school, county, other_county, mid_month):
    busy, quiet, new = (make_user("host", county, name=name) for name in ("常播", "少播", "新人"))
    for days in (1, 2):
        aired(county, busy, mid_month - timedelta(days=days))
    aired(county, quiet, mid_month - timedelta(days=30))
    aired(county, quiet, mid_month - timedelta(days=3), kind="practice")
    make_session(county, busy)
    aired(other_county, make_user("host", other_county), mid_month - timedelta(days=1))
    make_user("host", county, is_active=False)

    context = school.get("/school/").context

    assert (context["hosts_count"], context["hosts_on_air"], context["sessions_count"]) == (3, 1, 2)
    assert [(host.name, host.aired, host.last_aired_at) for host in context["hosts"]] == [
        ("常播", 2, mid_month - timedelta(days=1)), ("少播", 0, mid_month - timedelta(days=30)), ("新人", 0, None),
    ]  # fmt: skip


def test_school_without_hosts_says_so_and_what_is_to_come(school):
    page = school.get("/school/").content.decode()

    assert "还没有主播" in page
    assert "学堂还在建" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_school_costs_the_same_whatever_its_length(school, county, mid_month, rows, django_assert_num_queries):
    for _ in range(rows):
        aired(county, make_user("host", county), mid_month)

    with django_assert_num_queries(6):  # session, user, posts; sums, hosts
        school.get("/school/")


@pytest.mark.parametrize(("role", "status"), [("host", 403), ("trainer", 200), ("staff", 200), ("admin", 200)])
def test_school_is_for_trainers_and_staff(client, county, role, status):
    enter(client, make_user(role, county))

    assert client.get("/school/").status_code == status


def test_school_of_another_county_shows_its_own_hosts_only(client, host, stranger):
    client.force_login(stranger)

    assert client.get("/school/").context["hosts_count"] == 0


def test_school_asks_who_it_is(client, db):
    assert client.get("/school/").headers["Location"] == "/login/?next=/school/"
