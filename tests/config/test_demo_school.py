"""The school of the demo county: what it shows on the day, a day later, and when the month turns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from config.demo.cast import Cast
from config.demo.goods import GOODS, load_goods, load_shops
from config.demo.load import PLACES
from config.demo.people import COUNTY, HOST, NEIGHBOUR, OTHER_COUNTY, load_people
from config.demo.school import CAMP, GRADUATED, load_school, tell_the_planner
from livestream.actions.place import import_places, read_place_files
from livestream.models import Place, User
from training.actions.anomaly import anomalies
from training.actions.conversion import conversions
from training.actions.counting import month_figures, people_since
from training.actions.duplicate import find_duplicates
from training.models import Attendance, Cohort, Enrolment, FollowUp, GradeDecision, GradeProposal, Lesson, SpotCall, Trainee

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 3, 4, tzinfo=UTC)  # 11:04 in Shanghai


def cast_at(now):
    county = Place.objects.get(pk=COUNTY)
    return Cast(county, load_people(timezone.localdate(now)), load_goods(county, GOODS), load_shops(county), now)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The school alone, loaded once: each test sees it and takes back what it adds."""
    with django_db_blocker.unblock(), transaction.atomic():
        import_places(read_place_files(PLACES, (COUNTY, NEIGHBOUR, OTHER_COUNTY)))
        tell_the_planner()  # as in a database that has stood empty for a while
        load_school(cast_at(NOW))
        yield
        transaction.set_rollback(True)


@pytest.fixture
def school(loaded, db):
    return Place.objects.get(pk=COUNTY)


def test_seven_classes_are_over_one_runs_and_one_is_full(school):
    states = list(Cohort.objects.order_by("starts_on").values_list("title", "state"))

    assert [state for _title, state in states] == ["closed"] * 7 + ["running", "open"]
    assert states[-2:] == [("11月直播带货班", "running"), ("12月直播带货班", "open")]
    for cohort in Cohort.objects.all():
        assert Enrolment.objects.filter(cohort=cohort).seated().count() == 40, cohort.title
    assert Cohort.objects.get(state="open").enrolments.waiting().count() == 4
    assert all(Cohort.objects.filter(state__in=["running", "open"]).values_list("join_code", flat=True))
    assert Enrolment.objects.filter(trainee__user__phone=HOST.phone).count() == 3


def test_people_are_counted_once_and_one_month_is_red(school):
    figures = {ago: month_figures(COUNTY, date(2026, ago, 1)) for ago in range(1, 12)}

    assert [month for month, one in figures.items() if not one.lessons] == [2]
    assert 240 < people_since(COUNTY, date(2025, 9, 1))[0] < 330
    assert Attendance.objects.contradicting().count() == 1
    assert Lesson.objects.filter(starts_at__lte=NOW, ends_at__gt=NOW).get().cohort.title == "11月直播带货班"


def test_the_class_of_spring_has_certificates_and_graduates_who_sold(school):
    spring = Cohort.objects.get(title=GRADUATED)
    by_kind = {one.rule.kind: one for one in conversions(school, [spring], date(2026, 11, 22))}

    assert by_kind["live"].completers == Enrolment.objects.filter(cohort=spring).completed().count() > 28
    assert len(by_kind["live"].reached) == 6  # the seventh was on air for eighteen minutes
    assert len(by_kind["sale"].reached) == 4
    assert len(by_kind["shop"].reached) == 9
    revoked = spring.enrolments.get(certificates__revoked_at__isnull=False)
    assert revoked.state == "not_completed"
    assert 0 < FollowUp.objects.to_call(date(2026, 11, 22)).count() < 60
    assert Cohort.objects.get(title=CAMP).form == "camp"


def test_what_somebody_should_look_at_is_found(school):
    found = find_duplicates(school, by=User.objects.get(phone="10014042503"))

    assert [len(family.people) for family in found.families] == [3]
    assert SpotCall.objects.exclude(result="").count() == 9
    odd = anomalies(COUNTY, date(2026, 10, 24), date(2026, 11, 22))
    assert [finding.kind.value for finding in odd] == ["phone", "burst", "device", "device"]
    assert any("name_and_phone" in pair.reasons for pair in found.pairs)


def test_hosts_hold_grades_and_some_wait_for_a_decision(school):
    given = {one.host.name: one.grade for one in GradeDecision.objects.filter(answer="accept").select_related("host")}
    assert len(given) == 5
    assert set(given.values()) == {"novice"}  # the school alone: nobody of them was on air before
    assert GradeDecision.objects.filter(answer="refuse").count() == 1
    assert {proposal.grade for proposal in GradeProposal.objects.open()} >= {"novice"}


def test_everybody_is_invented_and_can_be_told_apart(school):
    rows = Trainee.objects.values_list("name", "place", "phone_digest")

    assert len(rows) == len(set(rows))
    assert {phone[:3] for phone in Trainee.objects.values_list("phone", flat=True)} == {"100"}


def test_a_day_later_it_has_a_lesson_of_that_day_and_nothing_else_is_new(school):
    people, lessons = Trainee.objects.count(), Lesson.objects.count()

    load_school(cast_at(NOW + timedelta(days=1)))

    assert (Trainee.objects.count(), Lesson.objects.count()) == (people, lessons + 1)
    assert not Lesson.objects.filter(state="planned", ends_at__lt=NOW + timedelta(days=1)).exists()


def test_when_the_month_turns_the_full_class_runs_and_the_old_one_is_closed(school):
    load_school(cast_at(NOW + timedelta(days=14)))

    old, new = Cohort.objects.get(title="11月直播带货班"), Cohort.objects.get(title="12月直播带货班")
    assert (old.state, new.state, Cohort.objects.get(title="1月直播带货班").state) == ("closed", "running", "open")
    assert old.enrolments.completed().count() > 28
    assert not old.enrolments.filter(state__in=["enrolled", "waiting"]).exists()
