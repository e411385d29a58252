"""The person who learns: written down once, changed, agreed, linked, looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from livestream.models import AuditEntry
from livestream.rules.errors import NotAllowed
from livestream.rules.vault import RevealReason
from tests.factories import make_place, make_user
from tests.school import make_cohort, make_enrolment, make_trainee
from training.actions.trainee import (
    TraineeFacts,
    accounts_for,
    add_trainee,
    change_trainee,
    link_account,
    record_consent,
    reveal_phone,
    reveal_secret,
    unlink_account,
)
from training.models import Trainee

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
IDENTITY = "140425198503050023"  # 5 March 1985, a woman


def facts(place, **kwargs) -> TraineeFacts:
    return TraineeFacts(**({"name": "张三", "phone": "13800000001", "place": place} | kwargs))


def add(county, by=None, **kwargs):
    return add_trainee(facts(kwargs.pop("place", county), **kwargs), county=county, by=by, at=AT)


@pytest.fixture
def village(county):
    return make_place("140425100201", "东寺头村委会")


def test_trainee_is_one_person_by_name_phone_and_village(county, village):
    first = add(county, place=village, name="张　三", phone="+86 138-0000 0001", sex="female")
    again = add(county, place=village, name="张三 ", phone="１３８００００００ ０１", sex="male", birth_on=date(1985, 3, 5))

    assert (first.is_new, again.is_new, again.trainee.pk) == (True, False, first.trainee.pk)
    kept = Trainee.objects.get()
    assert (kept.name, kept.phone, kept.phone_end, kept.sex) == ("张三", "13800000001", "0001", "female")
    assert (kept.birth, kept.birth_year) == ("1985-03-05", 1985)


def test_trainee_of_another_village_or_name_is_another_and_is_said_to_be_near(county, village):
    here = add(county, place=village).trainee

    there, wife = add(county, place=county), add(county, place=village, name="李四")

    assert (there.is_new, there.near) == (True, [here])
    assert (wife.is_new, wife.near) == (True, [])


def test_trainee_of_one_identity_number_is_one_person_and_the_number_is_nowhere(county, village):
    first = add(county, identity=IDENTITY).trainee

    again = add(county, phone="13800000002", place=village, identity=IDENTITY)

    assert (again.is_new, again.trainee) == (False, first)
    assert (first.birth, first.birth_year, len(first.identity_digest)) == ("1985-03-05", 1985, 64)
    row = Trainee.objects.filter(pk=first.pk).values().get()
    assert IDENTITY not in str(row)
    assert IDENTITY not in str(list(AuditEntry.objects.values()))
    with pytest.raises(NotAllowed) as said:
        add(county, name="李四", identity=IDENTITY)
    assert said.value.code == "trainee_identity"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"birth_on": date(2010, 11, 23)}, "trainee_too_young"),
        ({"birth_on": date(2010, 11, 22)}, "trainee_guardian"),
        ({"birth_on": date(2008, 11, 23)}, "trainee_guardian"),
        ({"birth_year": 2011}, "trainee_too_young"),
        ({"birth_year": 2010}, "trainee_birth"),
        ({"birth_year": 2008}, "trainee_birth"),
        ({"name": "13800000000"}, "trainee_name"),
        ({"name": "\x00\u202e"}, "trainee_name"),
        ({"name": "张" * 41}, "trainee_name"),
        ({"phone": "12345"}, "trainee_phone"),
        ({"identity": "140425198503050024"}, "trainee_identity_wrong"),
    ],
)
def test_trainee_is_refused(county, said, code):
    with pytest.raises(NotAllowed) as refusal:
        add(county, **said)

    assert (refusal.value.code, Trainee.objects.count()) == (code, 0)
    assert code not in str(refusal.value)


@pytest.mark.parametrize(
    "said",
    [
        {"birth_on": date(2008, 11, 22)},
        {"birth_on": date(2009, 1, 1), "guardian_evidence": "1 号柜"},
        {"birth_year": 2007},
        {},
    ],
)
def test_trainee_is_taken(county, said):
    assert add(county, **said).is_new


def test_trainee_of_another_county_is_refused(county, other_county):
    with pytest.raises(NotAllowed) as said:
        add(county, place=other_county)

    assert said.value.code == "place_elsewhere"


def test_trainee_is_changed_and_what_is_masked_stays(county, trainer):
    trainee = add(county, identity=IDENTITY, support="lifted").trainee

    change_trainee(trainee, facts(county, name="张珊", phone="13800000009", sex="female"), by=trainer, at=AT)

    row = Trainee.objects.get()
    assert (row.name, row.phone, row.phone_end, row.sex) == ("张珊", "13800000009", "0009", "female")
    assert (row.birth, row.support, row.identity_digest) == ("1985-03-05", "lifted", trainee.identity_digest)


def test_trainee_is_not_changed_into_another_nor_by_strangers(county, trainer, stranger):
    add(county, name="李四")
    trainee = add(county).trainee

    for by, code in ((trainer, "trainee_there"), (stranger, "trainee_not_yours")):
        with pytest.raises(NotAllowed) as said:
            change_trainee(trainee, facts(county, name="李四"), by=by, at=AT)
        assert said.value.code == code


def test_consent_is_given_and_taken_back_and_each_is_an_entry(county, trainer):
    trainee = add(county, by=trainer, has_consented=True).trainee
    record_consent(trainee, is_given=True, by=trainer, at=AT)
    record_consent(trainee, is_given=False, by=trainer, at=AT)

    trainee.refresh_from_db()
    assert trainee.consented_at is None
    entries = AuditEntry.objects.filter(deed__in=["consent_given", "consent_withdrawn"]).order_by("pk")
    assert [(each.deed, each.detail) for each in entries] == [
        ("consent_given", {"kind": "training", "version": 1}),
        ("consent_withdrawn", {"kind": "training", "version": 1}),
    ]


def test_account_of_one_phone_and_name_is_offered_and_never_joined_by_itself(county, trainer):
    user = make_user("host", county, name="张三")
    trainee = add(county, phone=user.phone).trainee
    other = add(county, phone=user.phone, name="张三丰").trainee

    assert (accounts_for([trainee, other]), trainee.user) == ({trainee.pk: user}, None)
    assert link_account(trainee, by=trainer) == user
    assert Trainee.objects.get(user=user) == trainee
    with pytest.raises(NotAllowed) as said:
        link_account(other, by=trainer)
    assert said.value.code == "trainee_account"
    assert (unlink_account(trainee, by=trainer), unlink_account(trainee, by=trainer)) == (True, False)


def test_trainer_of_a_class_sees_the_phone_to_call_and_nothing_else(county, village):
    trainer = make_user("trainer", village)
    trainee = make_trainee(county, county, phone="13800000001", birth="1985-03-05")

    with pytest.raises(NotAllowed) as said:
        reveal_phone(trainee, reason=RevealReason.CONTACT, words="", by=trainer)
    assert said.value.code == "trainee_contact"
    make_enrolment(make_cohort(county, place=village), trainee)

    assert reveal_phone(trainee, reason=RevealReason.CONTACT, words="", by=trainer) == "13800000001"
    for field, reason in (("phone", RevealReason.INSPECTION), ("birth", RevealReason.CONTACT)):
        with pytest.raises(NotAllowed) as said:
            reveal_secret(trainee, field, reason=reason, words="", by=trainer)
        assert said.value.code == "trainee_contact"
    entry = AuditEntry.objects.get(deed="revealed")
    assert (entry.actor, entry.detail) == (trainer, {"field": "phone", "reason": "contact", "words": ""})


def test_reveals_of_trainees_and_of_people_share_one_hourly_limit(county, staff, settings):
    settings.REVEALS_PER_HOUR = 2
    trainee = make_trainee(county, birth="1985-03-05")

    assert reveal_secret(trainee, "birth", reason=RevealReason.INSPECTION, words="", by=staff) == "1985-03-05"
    reveal_phone(trainee, reason=RevealReason.CONTACT, words="", by=staff)
    with pytest.raises(NotAllowed) as said:
        reveal_phone(trainee, reason=RevealReason.CONTACT, words="", by=staff)
    assert said.value.code == "reveal_limit"
