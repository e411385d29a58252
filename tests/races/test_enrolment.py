"""Forty-five people enrol in one class at the same second, by every door there is: forty are in, five wait in order, never 41.

`CUNBO_ROUNDS=50` plays as many rounds (`make seats`). The control takes the guards away from the same clients."""

from __future__ import annotations

import os
import uuid
from itertools import count

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from livestream.models import Notice
from tests.factories import make_place, make_user
from tests.races.runners import race
from tests.school import make_cohort, make_enrolment, make_trainee
from tests.tokens import token_text, with_token
from training.actions.cohort import open_link
from training.actions.enrolment import enrol, leave
from training.actions.telling import tell_promoted
from training.models import Cohort, Enrolment, Trainee

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]
PEOPLE, SEATS = 45, 40
ROUNDS = int(os.environ.get("CUNBO_ROUNDS", "2"))
phones = count(1)


@pytest.fixture(autouse=True)
def texts(settings):
    settings.SMS_SENDER, settings.PUBLIC_ADDRESS = "tests.livestream.outbox.remember", "https://cunbo.example.cn"


@pytest.fixture
def village(county):
    return make_place("140425100201", "东寺头村")


@pytest.fixture
def make_class(county):
    """A new class that is open for everybody who has its link."""
    teacher = make_user("trainer", county)

    def make():
        cohort = make_cohort(county, made_by=teacher)
        open_link(cohort)
        cohort.refresh_from_db()
        return cohort

    return make


# --- the doors ------------------------------------------------------------------------------------------------------------


def by_verb(cohort, village):
    trainee = make_trainee(cohort.county, village)
    return lambda: enrol(cohort, trainee, way="trainer", by=None, at=timezone.now())


def by_page(cohort, village):
    """A phone of its own, in a network of its own: a stranger who writes himself down."""
    n = next(phones)
    phone = Client(REMOTE_ADDR=f"10.{n // 65_536}.{n // 256 % 256}.{n % 256}")
    typed = {"name": f"张{'甲乙丙丁戊己庚辛'[n % 8]}", "phone": f"138{n:08d}", "place": village.name, "has_consented": "on"}

    def send():
        answer = phone.post(f"/join/{cohort.join_code}/", typed | {"client_id": str(uuid.uuid4()), "category": "farmer"})
        assert answer.status_code == 200, answer.content.decode()

    return send


SQL = (
    "INSERT INTO training_enrolment (id, cohort_id, trainee_id, state, seat, way, enrolled_at, left_because) "
    "VALUES (gen_random_uuid(), %s, %s, 'enrolled', 1, 'sql', now(), '')"
)


def by_sql(cohort, village):
    trainee = make_trainee(cohort.county, village)

    def insert():
        with connection.cursor() as cursor:
            cursor.execute(SQL, [cohort.pk, trainee.pk])

    return insert


def by_api(cohort, village):
    """A program with a token of its own, so that none waits for another's request to be counted."""
    n = next(phones)
    program = with_token(token_text(make_user("staff", cohort.county), "write:school"))
    person = {"name": f"李{'甲乙丙丁戊己庚辛'[n % 8]}", "phone": f"139{n:08d}", "place": village.pk, "has_consented": True}

    def send():
        path, key = f"/api/v1/school/cohorts/{cohort.pk}/enrolments/", {"Idempotency-Key": f"enrol-{n}"}
        answer = program.post(path, {"person": person}, content_type="application/json", headers=key)
        assert answer.status_code == 201, answer.content.decode()

    return send


DOORS = (by_page, by_api, by_verb, by_sql)


def clients(cohort, village, doors=DOORS):
    return [doors[n % len(doors)](cohort, village) for n in range(PEOPLE)]


def seats_of(cohort):
    return sorted(cohort.enrolments.seated().values_list("seat", flat=True))


# --- what must hold -------------------------------------------------------------------------------------------------------


def test_of_forty_five_forty_are_in_and_five_wait_in_order(make_class, village):
    for _round in range(ROUNDS):
        cohort = make_class()

        assert race(*clients(cohort, village)) == []

        assert seats_of(cohort) == list(range(1, SEATS + 1))
        assert list(cohort.enrolments.waiting().values_list("queue_no", flat=True)) == [1, 2, 3, 4, 5]
        one_leaves_and_the_first_is_in_and_told(cohort)


def test_of_forty_five_by_api_alone_forty_are_in_and_five_wait(make_class, village):
    cohort = make_class()

    assert race(*clients(cohort, village, (by_api,))) == []

    assert seats_of(cohort) == list(range(1, SEATS + 1))
    assert list(cohort.enrolments.waiting().values_list("queue_no", flat=True)) == [1, 2, 3, 4, 5]
    assert set(cohort.enrolments.values_list("way", flat=True)) == {"api"}


def one_leaves_and_the_first_is_in_and_told(cohort):
    """By a verb, and by a statement that tells nobody until the sweep does."""
    first, second, *others = cohort.enrolments.waiting().select_related("trainee")
    by_hand, by_statement = cohort.enrolments.seated().order_by("?")[:2]

    leave(by_hand, because="外出打工", by=None, at=timezone.now())
    assert told(first) == (by_hand.seat, 1)

    with connection.cursor() as cursor:
        cursor.execute("UPDATE training_enrolment SET state = 'withdrawn' WHERE id = %s", [by_statement.pk])
    assert told(second) == (by_statement.seat, 0)
    assert (tell_promoted(), tell_promoted()) == (1, 0)
    assert told(second) == (by_statement.seat, 1)

    assert seats_of(cohort) == list(range(1, SEATS + 1))
    assert list(cohort.enrolments.waiting()) == others


def told(enrolment):
    """The seat that somebody has now, and how many text messages said so."""
    enrolment.refresh_from_db()
    texts = Notice.objects.filter(way="sms", kind="seat", text__contains=f"{enrolment.seat} 号")
    return enrolment.seat, sum(notice.phone == enrolment.trainee.phone for notice in texts)


def test_people_who_come_and_go_at_once_leave_no_seat_double_and_none_empty(make_class, village):
    for _round in range(ROUNDS):
        cohort = make_class()
        race(*clients(cohort, village))
        leaving = list(cohort.enrolments.seated().order_by("?")[:8]) + list(cohort.enrolments.waiting()[1:3])
        going = [lambda one=one: leave(one, because="有事", by=None, at=timezone.now()) for one in leaving[:5] + leaving[8:]]
        going += [lambda one=one: gone_by_sql(one) for one in leaving[5:8]]
        coming = [door(cohort, village) for door in DOORS for _n in range(4)]

        assert race(*going, *coming) == []

        assert seats_of(cohort) == list(range(1, SEATS + 1))
        assert cohort.enrolments.count() == PEOPLE + len(coming)
        assert cohort.enrolments.waiting().count() == PEOPLE + len(coming) - len(leaving) - SEATS
        tell_promoted()
        assert not Enrolment.objects.filter(promoted_at__isnull=False, state="enrolled", told_at=None).exists()


def gone_by_sql(enrolment):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE training_enrolment SET state = 'withdrawn' WHERE id = %s", [enrolment.pk])


def test_same_tap_sent_ten_times_at_once_is_one_enrolment(make_class, village):
    cohort, tap = make_class(), str(uuid.uuid4())
    typed = {"name": "张秀兰", "phone": "13800000000", "place": village.name, "has_consented": "on", "client_id": tap}
    answers = []

    def send():
        answers.append(Client().post(f"/join/{cohort.join_code}/", typed))

    assert race(*[send] * 10) == []

    assert {answer.status_code for answer in answers} == {200}
    assert Trainee.objects.filter(name="张秀兰").count() == 1
    assert seats_of(cohort) == [1]
    assert len([notice for notice in Notice.objects.filter(way="sms") if notice.phone == "13800000000"]) == 1


# --- the controls ---------------------------------------------------------------------------------------------------------


def counted_then_stored(cohort, village):
    """What a program does that trusts its own counting: a moment lies between the question and the answer."""
    trainee = make_trainee(cohort.county, village)

    def ask_and_insert():
        with transaction.atomic(), connection.cursor() as cursor:
            taken = cohort.enrolments.seated().count()
            cursor.execute("SELECT pg_sleep(0.25)")
            if taken < SEATS:
                Enrolment.objects.create(cohort=cohort, trainee=trainee, seat=taken + 1, way="sql")

    return ask_and_insert


@pytest.fixture
def no_trigger(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE training_enrolment DISABLE TRIGGER USER")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE training_enrolment ENABLE TRIGGER USER")


@pytest.fixture
def no_constraint(no_trigger):
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'seat_is_held_by_one'")
        (kept,) = cursor.fetchone()
        cursor.execute("DROP INDEX seat_is_held_by_one")
    yield
    Enrolment.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(kept)


@pytest.fixture
def nearly_full(make_class):
    """Thirty-eight are in, two seats are left."""
    cohort = make_class()
    for _n in range(SEATS - 2):
        make_enrolment(cohort)
    return cohort


def test_control_without_the_guards_more_than_forty_are_in(nearly_full, village, no_constraint):
    assert race(*clients(nearly_full, village, (counted_then_stored,))) == []

    assert len(seats_of(nearly_full)) > SEATS


def test_constraint_alone_keeps_the_forty_and_sends_the_others_away(nearly_full, village, no_trigger):
    refused = race(*clients(nearly_full, village, (counted_then_stored,)))

    assert {type(error) for error in refused} == {IntegrityError}
    assert len(seats_of(nearly_full)) <= SEATS
    assert len(refused) >= PEOPLE - 2


def test_same_clients_with_the_guards_are_in_or_wait(nearly_full, village):
    assert race(*clients(nearly_full, village, (counted_then_stored,))) == []

    assert seats_of(nearly_full) == list(range(1, SEATS + 1))
    assert Cohort.objects.get(pk=nearly_full.pk).enrolments.waiting().count() == nearly_full.enrolments.count() - SEATS
