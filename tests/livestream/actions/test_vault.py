"""Persons' data: encrypted, revealed for a reason and counted; ages at the door of a session."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cryptography.fernet import Fernet
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from livestream.actions.age import check_may_join
from livestream.actions.session import SessionPlan, change_state, go_live, schedule_session
from livestream.actions.vault import (
    PersonalFacts,
    check_age_again,
    others_with_the_same_identity,
    record_data,
    reveal,
)
from livestream.models import AuditEntry, LiveSession, MatchKey, PersonalData
from livestream.rules.errors import NotAllowed
from livestream.rules.session import SessionEvent
from livestream.rules.vault import RevealReason, Secret
from orders.actions.rotate import rotate_field_keys
from tests.factories import make_session, make_user

IDENTITY = "11010519491231002X"
TODAY = timezone.localdate()
YEAR = timedelta(days=366)


def refused(work, *args, **kwargs):
    """The code of a refusal."""
    with pytest.raises(NotAllowed) as caught, transaction.atomic():
        work(*args, **kwargs)
    return caught.value.code


def stored(person):
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM livestream_personaldata t WHERE user_id = %s", [person.pk])
        return cursor.fetchone()[0]


def log_of(person):
    """What verbs wrote; triggers write of the row itself."""
    entries = (
        AuditEntry.objects.filter(kind="livestream.User", object_id=str(person.pk))
        .exclude(deed__startswith="row_")
        .order_by("pk")
    )
    return [(entry.deed, entry.actor_id, entry.place, entry.detail) for entry in entries]


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_record_data_keeps_nothing_in_clear(county, host, staff):
    facts = PersonalFacts(
        identity=IDENTITY,
        second_phone="13812345678",
        guardian_name="路建国",
        guardian_phone="0355-8922000",
        guardian_evidence="2 号柜",
        guardian_on=TODAY,
    )

    data = record_data(host, facts, by=staff)

    data.refresh_from_db()
    assert (data.birth_on, data.second_phone, data.guardian_name, data.checked_by) == (
        date(1949, 12, 31),
        "13812345678",
        "路建国",
        staff,
    )
    assert [word for word in (IDENTITY, "1949", "13812345678", "路建国", "8922000", "2 号柜") if word in stored(host)] == []
    assert data.identity_digest not in {"", IDENTITY}
    assert log_of(host) == [
        ("data_recorded", staff.pk, county.pk, {"fields": ["identity", "second_phone", "guardian_name", "guardian_phone", "guardian_evidence", "guardian_on"]})
    ]  # fmt: skip


def test_record_data_leaves_what_is_not_given_and_clears_what_is_named(host, staff):
    record_data(host, PersonalFacts(birth_on=date(1990, 1, 1), second_phone="13812345678", identity=IDENTITY), by=staff)

    kept = record_data(host, PersonalFacts(guardian_name="甲"), by=staff)
    assert (kept.birth_on, kept.second_phone, kept.guardian_name) == (date(1990, 1, 1), "13812345678", "甲")

    gone = record_data(host, PersonalFacts(cleared=("age", "identity", "second_phone", "guardian")), by=staff)
    assert (gone.birth, gone.second_phone, gone.guardian_name, gone.identity_digest, gone.checked_on) == ("", "", "", "", None)


def test_record_data_is_refused_to_a_stranger_and_without_evidence(host, staff, stranger, trainer):
    assert refused(record_data, host, PersonalFacts(guardian_name="甲"), by=stranger) == "not_your_person"
    assert refused(record_data, host, PersonalFacts(guardian_name="甲"), by=trainer) == "not_your_person"
    assert refused(record_data, host, PersonalFacts(guardian_on=TODAY), by=staff) == "guardian_evidence"


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"guardian_on": TODAY}, "guardian_consent_has_evidence"),
        ({"is_adult": True, "checked_on": None}, "adult_was_checked"),
        ({"restricted_until": TODAY}, "restricted_person_is_sealed"),
    ],
)
def test_the_database_refuses_half_a_record(host, changes, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PersonalData.objects.filter(pk=host.pk).update(**changes)


def test_the_same_identity_number_is_found_and_another_is_not(county, host, staff, trainer):
    other = make_user("host", county)
    record_data(host, PersonalFacts(identity=IDENTITY), by=staff)

    same = record_data(other, PersonalFacts(identity=IDENTITY), by=staff)
    assert others_with_the_same_identity(same) == 1

    corrected = record_data(other, PersonalFacts(identity="440524188001010014"), by=staff)
    assert others_with_the_same_identity(corrected) == 0
    assert others_with_the_same_identity(PersonalData(user=trainer)) == 0


def test_rotating_keys_rotates_these_columns_too(settings, host, staff):
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    record_data(host, PersonalFacts(birth_on=date(1990, 1, 1), identity=IDENTITY), by=staff)
    before, digest = stored(host), PersonalData.objects.get(pk=host.pk).identity_digest
    settings.FIELD_KEYS = [newest := Fernet.generate_key().decode(), *settings.FIELD_KEYS]

    rotate_field_keys()

    settings.FIELD_KEYS = [newest]
    assert stored(host) != before
    assert (PersonalData.objects.get(pk=host.pk).birth_on, MatchKey.objects.count()) == (date(1990, 1, 1), 1)
    assert record_data(host, PersonalFacts(identity=IDENTITY), by=staff).identity_digest == digest


# --- behind the mask ----------------------------------------------------------------------------------------------------


def test_reveal_tells_the_field_and_writes_down_who_what_and_why(county, host, staff):
    record_data(host, PersonalFacts(birth_on=date(1990, 1, 1)), by=staff)

    plain = reveal(host, Secret.BIRTH, reason=RevealReason.OTHER, words=" 补办健康证 ", by=staff)

    assert plain == "1990-01-01"
    assert log_of(host)[-1] == (
        "revealed", staff.pk, county.pk, {"field": "birth", "reason": "other", "words": "补办健康证"}
    )  # fmt: skip
    assert "1990" not in str(log_of(host))


def test_reveal_refuses_without_reason_right_or_anything_to_show(host, staff, stranger, trainer):
    asked = {"reason": RevealReason.CONTACT}
    assert refused(reveal, host, Secret.PHONE, **asked, by=stranger) == "not_your_person"
    assert refused(reveal, host, Secret.PHONE, **asked, by=trainer) == "not_your_person"
    assert refused(reveal, host, Secret.PHONE, **asked, by=host) == "not_your_person"
    assert refused(reveal, host, Secret.SECOND_PHONE, **asked, by=staff) == "reveal_nothing"
    assert refused(reveal, host, Secret.PHONE, reason=RevealReason.OTHER, words="  ", by=staff) == "reveal_reason"
    assert log_of(host) == []


def test_reveal_is_limited_for_each_person_and_hour(settings, county, host, staff):
    settings.REVEALS_PER_HOUR = 2
    again = {"reason": RevealReason.CONTACT}
    assert [reveal(host, Secret.PHONE, **again, by=staff) for _ in range(2)] == [host.phone] * 2

    assert refused(reveal, host, Secret.PHONE, **again, by=staff) == "reveal_limit"
    assert reveal(host, Secret.PHONE, **again, by=make_user("staff", county)) == host.phone


# --- ages ---------------------------------------------------------------------------------------------------------------


def born(years, days=0):
    return TODAY.replace(year=TODAY.year - years) + timedelta(days=days)


def planned(county, host, start):
    plan = SessionPlan("village_host", "花椒", host, county, start, start + timedelta(hours=1))
    return schedule_session(plan, county=county)


def test_an_unchecked_host_is_planned_and_does_not_go_live(county, now):
    host = make_user("host", county, is_checked=False)
    session = planned(county, host, now + timedelta(hours=1))
    LiveSession.objects.filter(pk=session.pk).update(state="approved")
    session.refresh_from_db()

    assert refused(go_live, session, at=now) == "age_unverified"
    session.refresh_from_db()
    assert (session.state, session.went_live_at) == ("approved", None)


def test_somebody_under_16_is_neither_planned_nor_on_air(county, host, staff, now):
    facts = PersonalFacts(birth_on=born(16, days=5), guardian_on=TODAY, guardian_evidence="2 号柜")
    record_data(host, facts, by=staff)

    assert refused(planned, county, host, now + timedelta(days=4)) == "too_young"
    session = planned(county, host, now + timedelta(days=8))  # his birthday lies between
    LiveSession.objects.filter(pk=session.pk).update(state="approved")
    session.refresh_from_db()
    assert refused(change_state, session, SessionEvent.GO_LIVE, at=now) == "too_young"


def test_somebody_of_17_needs_the_guardian_and_a_check_of_this_year(county, host, staff, now):
    record_data(host, PersonalFacts(birth_on=born(17)), by=staff)
    assert refused(planned, county, host, now) == "guardian_missing"

    record_data(host, PersonalFacts(guardian_on=TODAY, guardian_evidence="2 号柜"), by=staff)
    session = planned(county, host, now)
    LiveSession.objects.filter(pk=session.pk).update(state="approved")
    session.refresh_from_db()
    PersonalData.objects.filter(pk=host.pk).update(checked_on=TODAY - YEAR)
    assert refused(go_live, session, at=now) == "age_recheck"

    check_age_again(host, by=staff)
    assert go_live(session, at=now).state == "live"


def test_a_grown_up_stays_on_air_when_the_yearly_check_is_late(county, host, now):
    PersonalData.objects.filter(pk=host.pk).update(checked_on=TODAY - 2 * YEAR)

    assert make_session(county, host, went_live_at=now).state == "live"


def test_a_host_from_before_has_time_to_be_checked(county, now):
    host = make_user("host", county, is_checked=False)
    PersonalData.objects.create(user=host, verify_by=TODAY)
    assert make_session(county, host, went_live_at=now).state == "live"

    PersonalData.objects.filter(pk=host.pk).update(verify_by=TODAY - timedelta(days=1))
    with pytest.raises(NotAllowed, match="核验"):
        make_session(county, host, room="R2", went_live_at=now)


def test_check_age_again_needs_something_to_check(county, staff, stranger, host):
    nobody = make_user("host", county, is_checked=False)

    assert refused(check_age_again, nobody, by=staff) == "age_unverified"
    assert refused(check_age_again, host, by=stranger) == "not_your_person"


def test_nobody_under_16_joins_as_a_host():
    assert check_may_join(born(16), TODAY) is None
    with pytest.raises(NotAllowed, match="16"):
        check_may_join(born(16, days=1), TODAY)
