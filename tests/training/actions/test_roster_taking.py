"""Many people taken from a sheet at once, as if they had been taken one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from livestream.models import AuditEntry, Notice, Place
from tests.rosters import AT, HEAD, grid, make_villages
from tests.school import make_cohort, make_trainee
from training.actions.enrolment import enrol, leave
from training.actions.roster import import_roster, look_at, without_numbers
from training.actions.roster_taking import take_all
from training.models import Enrolment, Trainee, TraineePass

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def villages(county):
    make_villages()


def rows_of(*rows, head=HEAD):
    return without_numbers(grid([head, *rows]).rows, at=AT)


def mixed_class(county, trainer):
    """A class of four seats, and a sheet of people who are new, known, and were in it and left."""
    village = Place.objects.get(pk="140425101203")
    cohort = make_cohort(county, seats=4)
    known, back = (make_trainee(county, village, name=name, sex="") for name in ("李四", "王五"))
    leave(enrol(cohort, back, way="trainer", by=trainer, at=AT), because="外出", by=trainer, at=AT)
    rows = [[f"张{'一二三四'[n]}", f"139{n:08d}", "安咀村", "女", "是" if n % 2 else ""] for n in range(4)]
    rows[1:1] = [["李四", known.phone, "安咀村", "男", "是"], ["王五", back.phone, "安咀村", "", ""]]
    look = look_at(rows_of(*rows, head=[*HEAD, "性别", "同意"]), cohort, at=AT)
    return cohort, [(one.facts, one.trainee) for one in look.taken]


def everything(cohort):
    seats = Enrolment.objects.filter(cohort=cohort).order_by("seat", "queue_no")
    consents = AuditEntry.objects.filter(deed="consent_given").order_by("actor", "pk")
    return [
        list(seats.values_list("trainee__name", "state", "seat", "queue_no", "way", "enrolled_by", "told_at", "left_at")),
        list(Trainee.objects.order_by("name").values_list("name", "sex", "consented_at", "place", "phone_end", "made_by")),
        sorted((notice.phone, notice.text, len(notice.link)) for notice in Notice.objects.filter(kind="seat")),
        list(consents.values_list("actor", "place", "detail__version")),
        list(TraineePass.objects.order_by("trainee__name").values_list("trainee__name", flat=True)),
    ]


@pytest.mark.parametrize("sender", ["", "config.sms.console"])
def test_together_is_as_one_by_one(county, trainer, settings, sender):
    settings.SMS_SENDER, settings.PUBLIC_ADDRESS = sender, "https://cunbo.example.cn"
    cohort, people = mixed_class(county, trainer)
    nobody = (people[0][0], 0)  # of whom it is said that he is known, and he is not: so they are taken one by one
    found = []
    for wanted in (people, [*people, nobody]):
        with transaction.atomic():
            made = take_all(wanted, cohort, by=trainer, at=AT)
            found.append(([(one.seat, one.queue_no) for one in made[: len(people)]], everything(cohort)))
            transaction.set_rollback(True)

    assert found[0] == found[1]
    assert found[0][0] == [(1, None), (2, None), (3, None), (4, None), (None, 1), (None, 2)]


def test_one_who_is_refused_keeps_none_of_the_others_out(county, trainer):
    cohort = make_cohort(county, seats=3)
    rows = rows_of(*([f"张{n}", f"1390000000{place}", "安咀村"] for place, n in enumerate("一二三")))
    people = [(one.facts, one.trainee) for one in look_at(rows, cohort, at=AT).taken]
    Trainee.objects.create(county=county, place=county, name="李四", identity_digest="x", phone_digest="y")
    people[1] = (replace(people[1][0], identity_digest="x"), 0)

    first, refused, third = take_all(people, cohort, by=trainer, at=AT)

    assert (first.seat, refused.code, third.seat) == (1, "trainee_identity", 2)


def test_three_hundred_rows_ask_as_much_as_three(county, trainer):
    asked = []
    for size in (3, 300):
        cohort = make_cohort(county)
        rows = rows_of(*([f"张{chr(0x4E00 + n)}", f"13{size:03d}{n:06d}", "安咀村"] for n in range(size)))
        digest = look_at(rows, cohort, at=AT).digest
        with CaptureQueriesContext(connection) as queries:
            look = import_roster(rows, cohort, by=trainer, at=AT, digest=digest)
        asked.append(len(queries))
        assert len(look.taken) == size

    assert asked[1] <= asked[0] + 1  # those who wait are counted
