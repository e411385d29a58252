"""A person who learned is forgotten, or restricted; what was counted stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from livestream.actions.erasure import erase_person, lift_restriction, seal_person
from livestream.actions.own_data import take_copy
from livestream.models import AuditEntry, Notice
from livestream.rules.errors import NotAllowed
from tests.factories import make_user
from tests.school import make_enrolment, make_trainee
from training.actions.trainee_erasure import erase_trainee, seal_trainee, unseal_trainee
from training.models import Enrolment, Trainee, TraineePass

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
KNOWN = {"name": "张三丰", "phone": "13800000001", "birth": "1985-03-05", "support": "lifted", "identity_digest": "d"}


@pytest.fixture
def trainee(county):
    found = make_trainee(county, **KNOWN)
    make_enrolment(trainee=found, state="completed")
    TraineePass.objects.create(trainee=found, digest="d")
    for phone in ("13800000001", "13800000002"):
        Notice.objects.create(county=county, kind="seat", way="sms", phone=phone, text="张三丰，您有座位了", due_at=AT)
    return found


def as_stored(trainee):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(t)::text FROM training_trainee t WHERE id = %s", [trainee.pk])
        return cursor.fetchone()[0]


def test_erased_trainee_is_a_number_and_his_classes_stay(trainee, staff):
    same = make_trainee(trainee.county, name="张三封", merged_into=trainee)

    erase_trainee(trainee, by=staff, at=AT)

    row = Trainee.objects.get(pk=trainee.pk)
    assert (row.name, row.phone, row.phone_digest, row.phone_end, row.birth_year) == (f"已注销学员 {row.pk}", "", "", "", None)
    assert (row.birth, row.support, row.identity_digest, row.erased_at) == ("", "", "", AT)
    assert Trainee.objects.get(pk=same.pk).name == f"已注销学员 {same.pk}"
    assert (Enrolment.objects.completed().count(), TraineePass.objects.count()) == (1, 0)
    assert [notice.phone for notice in Notice.objects.all()] == ["13800000002"]
    assert "张三" not in str(list(AuditEntry.objects.filter(deed="erased").values()))


def test_messages_to_a_phone_that_somebody_shares_stay(trainee, staff):
    make_trainee(trainee.county, phone="13800000001")

    erase_trainee(trainee, by=staff, at=AT)

    assert Notice.objects.count() == 2


def test_only_who_answers_requests_erases_and_never_around_an_account(trainee, staff, trainer):
    with pytest.raises(NotAllowed) as said:
        erase_trainee(trainee, by=trainer, at=AT)
    assert said.value.code == "trainee_not_yours"
    Trainee.objects.filter(pk=trainee.pk).update(user=make_user("host", trainee.county))
    for verb in (lambda: erase_trainee(trainee, by=staff, at=AT), lambda: seal_trainee(trainee, by=staff)):
        with pytest.raises(NotAllowed) as said:
            verb()
        assert said.value.code == "trainee_has_account"


def test_restricted_trainee_is_nobody_until_it_is_lifted(trainee, staff):
    seal_trainee(trainee, by=staff)
    seal_trainee(trainee, by=staff)

    row = Trainee.objects.get(pk=trainee.pk)
    assert (row.name, row.phone, row.birth, row.support, row.is_nobody) == (f"已注销学员 {row.pk}", "", "", "", True)
    stored = as_stored(trainee)
    assert not any(known in stored for known in KNOWN.values() if len(known) > 1)
    assert TraineePass.objects.get().revoked_at is not None

    unseal_trainee(row, by=staff)

    row = Trainee.objects.get(pk=trainee.pk)
    assert {name: getattr(row, name) for name in KNOWN} == KNOWN
    assert (row.phone_end, row.sealed, row.phone_digest) == ("0001", "", trainee.phone_digest)


def test_restriction_is_not_lifted_onto_somebody_who_came_again(trainee, staff):
    seal_trainee(trainee, by=staff)
    make_trainee(trainee.county, name="张三丰", phone="13800000001")

    with pytest.raises(NotAllowed) as said:
        unseal_trainee(Trainee.objects.get(pk=trainee.pk), by=staff)
    assert said.value.code == "trainee_there"


def test_account_takes_its_trainee_along(trainee, staff):
    user = make_user("host", trainee.county)
    Trainee.objects.filter(pk=trainee.pk).update(user=user)

    copied = take_copy(user)
    assert {row["项目"]: row["内容"] for row in copied["学员资料"]}["手机号"] == "13800000001"
    assert [row["状态"] for row in copied["培训班"]] == ["已结业"]

    seal_person(user, until=timezone.localdate() + timedelta(days=9), by=staff)
    assert Trainee.objects.get(pk=trainee.pk).is_nobody
    lift_restriction(user, by=staff)
    assert Trainee.objects.get(pk=trainee.pk).name == "张三丰"

    proof = erase_person(user, by=staff)
    row = Trainee.objects.get(pk=trainee.pk)
    assert (row.user, row.name, proof["training_trainee.user_id"]) == (None, f"已注销学员 {row.pk}", [1, 0])


def test_copy_of_somebody_who_does_not_learn_has_no_school(staff):
    assert "学员资料" not in take_copy(staff)
