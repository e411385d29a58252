"""Three years of a county's school: 278 new people every month, and one month in which nobody taught."""

from __future__ import annotations

import time
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.planted_school import BEGINS_ON, plant_school
from training.actions.counting import month_figures, months_between, people_since
from training.models import SchoolRules
from training.rules.counting import Figures, MonthState, month_after
from training.rules.school import AttendanceUnit

QUERIES = 13


@pytest.fixture
def school(county, staff):
    SchoolRules.objects.create(county=county, goal_years=4)
    found = plant_school(county, staff)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return found


@pytest.fixture
def desk(staff):
    client = Client()
    client.force_login(staff)
    return client


@time_machine.travel("2026-11-22T10:00:00+08:00", tick=False)
def test_36_months_of_278_new_people(school, county, desk):
    assert people_since(county.pk, BEGINS_ON) == (10_008, 10_981)
    assert (school.people, school.attendances) == (10_008, 10_981)
    lines = months_between(county.pk, BEGINS_ON, month_after(BEGINS_ON, 37))

    assert [(line.held, line.people) for line in lines[:3]] == [(32, 278), (32, 306), (32, 306)]
    assert [line.first_on for line in lines if not line.held] == [school.gap_on]
    assert sum(line.held for line in lines) == 36 * 32

    page = desk.get("/school/?year=2025")
    assert page.context["goal"].people == 10_008
    assert (page.context["goal"].missing, page.context["goal"].permille) == (0, 1000)
    assert [month.state for month in page.context["months"]] == [
        MonthState.MISSING if month == 6 else MonthState.HELD for month in range(1, 13)
    ]
    assert page.context["missing"] == [school.gap_on] == [date(2025, 6, 1)]
    assert "2025年6月一次课也没有上" in page.content.decode()


@time_machine.travel("2026-11-22T10:00:00+08:00", tick=False)
def test_a_month_of_that_county_in_time_and_in_as_many_queries_as_any(school, county, desk):
    last = school.last_on
    assert month_figures(county.pk, last) == Figures(
        last, AttendanceUnit.COHORT, planned_lessons=32, timetabled_lessons=32, lessons=32, cohorts=8, people=305,
        attendances=305, new_people=278, completers=305,
    )  # fmt: skip
    addresses = [
        f"/school/months/{month:%Y-%m}/?show=people" for month in (last, school.gap_on, BEGINS_ON, month_after(last, 12))
    ]

    costs = [cost(desk, address) for address in addresses]

    assert [queries for queries, _seconds in costs] == [QUERIES, QUERIES, QUERIES, QUERIES]
    assert costs[0][1] < 0.5


def cost(client, address):
    """(queries, the better of two in seconds)"""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
        queries = len(asked)
    best = 9.0
    for _ in range(2):
        began = time.perf_counter()
        client.get(address)
        best = min(best, time.perf_counter() - began)
    return queries, best
