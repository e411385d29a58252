"""What the database does about seats, written to by plain rows and SQL: no verb is asked."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from livestream.actions.refusal import constraint_of
from tests.school import make_cohort, make_enrolment, make_trainee
from training.models import Cohort, Enrolment

pytestmark = pytest.mark.django_db


def seats(cohort):
    """Everybody who is in, by seat, and who waits, in order."""
    seated = list(cohort.enrolments.seated().order_by("seat").values_list("seat", "trainee__name"))
    return seated, list(cohort.enrolments.waiting().values_list("queue_no", "trainee__name"))


def add(cohort, name, **kwargs):
    return Enrolment.objects.create(cohort=cohort, trainee=make_trainee(cohort.county, name=name), **kwargs)


def put(enrolment, **columns):
    Enrolment.objects.filter(pk=enrolment.pk).update(**columns)
    enrolment.refresh_from_db()
    return enrolment


@pytest.fixture
def cohort(county):
    """Three seats; two are in, nobody waits."""
    made = make_cohort(county, seats=3)
    for name in ("甲", "乙"):
        add(made, name)
    return made


@pytest.fixture
def full(cohort):
    """甲 乙 丙 are in, 丁 and 戊 wait."""
    for name in ("丙", "丁", "戊"):
        add(cohort, name)
    return cohort


def row(cohort, name):
    return cohort.enrolments.get(trainee__name=name)


def refused(work):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        work()
    return constraint_of(error.value)


def test_seats_are_given_in_order_and_then_places_in_the_queue(full):
    assert seats(full) == ([(1, "甲"), (2, "乙"), (3, "丙")], [(1, "丁"), (2, "戊")])


def test_what_a_new_row_says_of_its_seat_is_overwritten(cohort):
    add(cohort, "丙", seat=1)
    add(cohort, "丁", seat=40)
    add(cohort, "戊", state="waiting", queue_no=1)

    assert seats(cohort) == ([(1, "甲"), (2, "乙"), (3, "丙")], [(1, "丁"), (2, "戊")])


def test_who_asks_to_wait_gets_the_seat_that_is_free(cohort):
    add(cohort, "丙", state="waiting", queue_no=7)

    assert seats(cohort)[0][2] == (3, "丙")


def test_many_rows_of_one_statement_get_seats_of_their_own(cohort):
    people = [make_trainee(cohort.county, name=name) for name in ("丙", "丁", "戊")]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO training_enrolment (id, cohort_id, trainee_id, state, way, enrolled_at, left_because) "
            "SELECT gen_random_uuid(), %s, t.id, 'enrolled', 'sql', now(), '' FROM training_trainee t WHERE t.id = ANY(%s) "
            "ORDER BY t.id",
            [cohort.pk, [one.pk for one in people]],
        )

    assert seats(cohort) == ([(1, "甲"), (2, "乙"), (3, "丙")], [(1, "丁"), (2, "戊")])


def test_freed_seat_goes_to_the_first_who_waits(full):
    left = put(row(full, "乙"), state="withdrawn")

    assert seats(full) == ([(1, "甲"), (2, "丁"), (3, "丙")], [(2, "戊")])
    assert (left.seat, left.queue_no, left.left_at is not None) == (None, None, True)
    promoted = row(full, "丁")
    assert (promoted.promoted_at is not None, promoted.told_at) == (True, None)


def test_seat_of_a_deleted_row_goes_to_the_first_who_waits(full):
    row(full, "甲").delete()

    assert seats(full) == ([(1, "丁"), (2, "乙"), (3, "丙")], [(2, "戊")])


def test_all_seats_freed_by_one_statement_are_filled(full):
    full.enrolments.filter(trainee__name__in=["甲", "丙"]).update(state="withdrawn")

    assert seats(full) == ([(1, "丁"), (2, "乙"), (3, "戊")], [])


def test_who_waits_and_leaves_moves_nobody(full):
    put(row(full, "丁"), state="withdrawn")

    assert seats(full) == ([(1, "甲"), (2, "乙"), (3, "丙")], [(2, "戊")])


def test_who_comes_back_goes_to_the_end_of_the_queue(full):
    put(row(full, "丁"), state="withdrawn")
    put(row(full, "丁"), state="enrolled", left_at=None)

    assert seats(full)[1] == [(2, "戊"), (3, "丁")]


def test_new_seats_go_to_those_who_wait(full):
    Cohort.objects.filter(pk=full.pk).update(seats=4)

    assert seats(full) == ([(1, "甲"), (2, "乙"), (3, "丙"), (4, "丁")], [(2, "戊")])


def test_cohort_keeps_a_seat_for_everybody_who_has_one(full):
    assert refused(lambda: Cohort.objects.filter(pk=full.pk).update(seats=2)) == "cohort_keeps_its_seated"
    put(row(full, "丁"), state="withdrawn")
    put(row(full, "戊"), state="withdrawn")
    put(row(full, "丙"), state="withdrawn")

    Cohort.objects.filter(pk=full.pk).update(seats=2)

    assert seats(full) == ([(1, "甲"), (2, "乙")], [])


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_cohort_that_is_over_takes_nobody(cohort, state):
    gone = put(row(cohort, "乙"), state="withdrawn")
    Cohort.objects.filter(pk=cohort.pk).update(state=state)

    assert refused(lambda: add(cohort, "丙")) == "cohort_takes_people"
    assert refused(lambda: put(gone, state="enrolled")) == "cohort_takes_people"


def test_nobody_is_promoted_into_a_cohort_that_is_over(full):
    Cohort.objects.filter(pk=full.pk).update(state="closed")
    put(row(full, "甲"), state="withdrawn")

    assert seats(full) == ([(2, "乙"), (3, "丙")], [(1, "丁"), (2, "戊")])


def test_who_has_completed_keeps_the_seat(full):
    put(row(full, "甲"), state="completed", completed_on=full.ends_on)
    put(row(full, "乙"), state="not_completed")

    assert seats(full) == ([(1, "甲"), (2, "乙"), (3, "丙")], [(1, "丁"), (2, "戊")])


@pytest.mark.parametrize("state", ["enrolled", "completed", "not_completed"])
def test_nobody_passes_those_who_waited_longer(full, state):
    last = row(full, "戊")

    assert refused(lambda: put(last, state=state, seat=1, queue_no=None)) == "seat_goes_to_the_first_waiting"


def test_places_and_seats_that_are_given_are_not_written_over(full):
    put(row(full, "甲"), seat=2)
    put(row(full, "戊"), queue_no=1)
    put(row(full, "乙"), state="waiting", seat=None, queue_no=9)

    assert seats(full) == ([(1, "甲"), (2, "乙"), (3, "丙")], [(1, "丁"), (2, "戊")])


def test_enrolment_stays_in_its_cohort(full, county):
    other = make_cohort(county)

    assert refused(lambda: put(row(full, "甲"), cohort=other)) == "enrolment_stays_in_its_cohort"


def test_history_of_a_cohort_that_is_over_can_be_written_down(county):
    past = make_cohort(county, seats=1, state="closed")
    add(past, "甲", state="completed", completed_on=past.ends_on)

    assert seats(past) == ([(1, "甲")], [])
    assert refused(lambda: add(past, "乙", state="not_completed")) == "enrolment_has_a_seat_or_waits"


def test_factory_makes_what_it_is_asked_for(county):
    past = make_cohort(county, seats=2, state="closed")
    enrolled = make_enrolment(past)
    withdrawn = make_enrolment(past, state="withdrawn")
    completed = make_enrolment(past, state="completed")

    assert [(one.state, one.seat) for one in (enrolled, withdrawn, completed)] == [
        ("enrolled", 1), ("withdrawn", None), ("completed", 2),
    ]  # fmt: skip
    assert Cohort.objects.get(pk=past.pk).state == "closed"
