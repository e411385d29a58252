"""Classes end at the same moment: numbers without a gap and without a double, one certificate each."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from tests.certificates import AT, make_class
from tests.factories import make_user
from tests.races.runners import race
from training.actions import certificate as verbs
from training.actions.certificate import RuleFacts, change_rule, complete_cohort, issue_certificates, revoke
from training.actions.credential import issuer_key
from training.models import Certificate, IssuerKey
from training.rules.certificate import number_of
from training.rules.credential import LIST_SIZE

pytestmark = pytest.mark.django_db(transaction=True)
CLASSES, PEOPLE = 5, 3


@pytest.fixture
def classes(county, settings):
    settings.PUBLIC_ADDRESS = "https://cunbo.example.cn"
    return [make_class(county, *(f"人{n}{m}" for m in range(PEOPLE)), lessons=1, there=1) for n in range(CLASSES)]


@pytest.fixture
def trainers(county):
    return [make_user("trainer", county) for _ in range(CLASSES)]


@pytest.fixture
def settled(county, trainers, classes):
    """The rule is stored and the key made: nobody waits for these."""
    change_rule(county.pk, RuleFacts(), by=trainers[0])
    issuer_key()


def numbers():
    return list(Certificate.objects.order_by("number").values_list("number", flat=True))


def test_numbers_have_no_gap_and_no_double_whoever_ends_his_class_when(county, classes, trainers):
    works = [lambda pair=pair: complete_cohort(pair[0], by=pair[1], at=AT) for pair in zip(classes, trainers, strict=True)]

    assert race(*works) == []

    assert numbers() == [number_of(county.pk, 2026, n) for n in range(1, CLASSES * PEOPLE + 1)]
    assert sorted(Certificate.objects.values_list("status_index", flat=True)) == list(range(CLASSES * PEOPLE))
    assert IssuerKey.objects.count() == 1


def test_one_class_ended_by_five_at_once_is_given_its_certificates_once(county, classes, trainers):
    cohort = classes[0]

    assert race(*[lambda by=by: issue_certificates(cohort, by=by, at=AT) for by in trainers]) == []

    assert numbers() == [number_of(county.pk, 2026, n) for n in range(1, PEOPLE + 1)]


def test_control_without_the_lock_numbers_clash(classes, trainers, settled, monkeypatch):
    gate = threading.Barrier(CLASSES)
    monkeypatch.setattr(verbs, "lock_numbers", lambda: gate.wait(10))
    works = [lambda pair=pair: complete_cohort(pair[0], by=pair[1], at=AT) for pair in zip(classes, trainers, strict=True)]

    errors = race(*works)

    assert len(errors) == CLASSES - 1  # the constraint is the last guard: nothing double is stored, and four classes went without
    assert len(numbers()) == PEOPLE


@pytest.fixture
def unguarded():
    """Without the constraints that one enrolment has one certificate, and one that stands."""
    found = {one.name: one for one in Certificate._meta.constraints}
    guards = [found[name] for name in ("certificate_once_per_enrolment", "certificate_stands_once")]
    with connection.schema_editor() as editor:
        for guard in guards:
            editor.remove_constraint(Certificate, guard)
    yield
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE training_certificate CASCADE")
    with connection.schema_editor() as editor:
        for guard in guards:
            editor.add_constraint(Certificate, guard)


def test_control_without_lock_and_constraint_somebody_gets_two(classes, trainers, settled, monkeypatch, unguarded):
    gate, judge = threading.Barrier(CLASSES), verbs.judge

    def judged(*args):
        found = judge(*args)
        gate.wait(10)
        return found

    monkeypatch.setattr(verbs, "lock_cohort", lambda cohort: None)
    monkeypatch.setattr(verbs, "judge", judged)

    race(*[lambda by=by: issue_certificates(classes[0], by=by, at=AT) for by in trainers])

    assert len(numbers()) == CLASSES * PEOPLE


def test_a_certificate_is_revoked_once_by_whoever_is_first(classes, trainers):
    (made, *_others) = issue_certificates(classes[0], by=trainers[0], at=AT)

    errors = race(*[lambda by=by: revoke(made, because=f"原因 {by.pk}", by=by, at=AT) for by in trainers])

    assert [error.code for error in errors] == ["certificate_revoked_already"] * (CLASSES - 1)
    found = Certificate.objects.get(pk=made.pk)
    assert found.revoked_because == f"原因 {found.revoked_by_id}"
    assert found.status_index < LIST_SIZE
