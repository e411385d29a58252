"""What people ask about their own data, and what is left of them afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.utils import timezone

from livestream.actions.consent import record_consents_at_joining
from livestream.actions.erasure import erase_person, lift_restriction, seal_person
from livestream.actions.own_data import may_take_copy, take_copy
from livestream.actions.person import restore_person
from livestream.actions.session import end_session
from livestream.actions.subject_request import (
    Answer,
    answer_request,
    ask,
    erase_after_term,
    erase_what_is_over,
    restore,
    withdraw,
)
from livestream.actions.vault import PersonalFacts, record_data, reveal
from livestream.models import Appointment, AuditEntry, LiveSession, PersonalData, SubjectRequest, User
from livestream.rules.errors import NotAllowed
from livestream.rules.subject_request import Outcome, RequestKind
from livestream.rules.vault import RevealReason, Secret
from tests.factories import make_session, make_user
from tests.sign_in import signed_in

TODAY = timezone.localdate()
PHONE, NAME, LIVE_NAME = "13911112222", "司徒蓼蓝", "蓼蓝的山货"


def refused(work, *args, **kwargs):
    with pytest.raises(NotAllowed) as caught, transaction.atomic():
        work(*args, **kwargs)
    return caught.value.code


@pytest.fixture
def leaver(county, staff):
    """Somebody who has left traces everywhere, on air four years ago."""
    person = make_user("host", county, name=NAME, live_name=LIVE_NAME)
    User.objects.filter(pk=person.pk).update(phone=PHONE)
    person.refresh_from_db()
    record_consents_at_joining(person)
    record_data(person, PersonalFacts(birth_on=date(1990, 1, 1), second_phone="13933334444"), by=staff)
    Appointment.objects.create(user=person, role="trainer", place=county, from_on=TODAY)
    AccessAttempt.objects.create(username=PHONE, ip_address="10.0.0.1", failures_since_start=1)
    kind = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(user=staff, content_type=kind, object_id=str(person.pk), object_repr=NAME, action_flag=2)
    began = timezone.now() - timedelta(days=4 * 366)
    make_session(county, person, went_live_at=began, ended_at=began + timedelta(hours=1))
    return person


def whole_database():
    """Every text of every table of ours, as a dump would have it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        held = []
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10)), '') FROM \"{table}\" t")
            held.append(cursor.fetchone()[0])
    return "\n".join(held)


def found_in_database():
    held = whole_database()
    return {word for word in (PHONE, NAME, LIVE_NAME, "13933334444") if word in held}


# --- asking -------------------------------------------------------------------------------------------------------------


def test_ask_is_due_in_fifteen_days_and_once(host, county):
    asked = ask(host, RequestKind.CORRECT, wish=" 名字写错了 ")

    assert (asked.wish, asked.due_on, asked.state) == ("名字写错了", TODAY + timedelta(days=15), "open")
    assert refused(ask, host, RequestKind.CORRECT, wish="又写错了") == "asked_already"
    assert refused(ask, host, RequestKind.CORRECT, wish=" ") == "wish_missing"
    assert ask(host, RequestKind.COPY).kind == "copy"
    entry = AuditEntry.objects.filter(deed="subject_requested").first()
    assert (entry.actor_id, entry.place, entry.detail) == (host.pk, county.pk, {"kind": "correct"})


def test_withdraw_is_for_the_person_and_once(host, staff):
    asked = ask(host, RequestKind.ERASE)

    assert refused(withdraw, asked, by=staff) == "request_closed"
    withdraw(asked, by=host)
    assert refused(withdraw, asked, by=host) == "request_closed"
    assert ask(host, RequestKind.ERASE).state == "open"


# --- answering ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "answer", "code"),
    [
        (RequestKind.COPY, Answer(Outcome.ERASED), "answer_not_offered"),
        (RequestKind.CORRECT, Answer(Outcome.CORRECTED), "answer_missing"),
        (RequestKind.COPY, Answer(Outcome.REFUSED, " "), "answer_missing"),
        (RequestKind.RESTRICT, Answer(Outcome.RESTRICTED), "until_missing"),
        (RequestKind.RESTRICT, Answer(Outcome.RESTRICTED, until=TODAY), "until_missing"),
    ],
)
def test_answer_request_refuses(host, staff, kind, answer, code):
    asked = ask(host, kind, wish="说明")

    assert refused(answer_request, asked, answer, by=staff) == code
    asked.refresh_from_db()
    assert (asked.state, asked.outcome) == ("open", "")


def test_answer_request_is_for_colleagues_of_the_place(host, staff, stranger, trainer):
    asked, own = ask(host, RequestKind.COPY), ask(staff, RequestKind.COPY)

    assert refused(answer_request, asked, Answer(Outcome.COPIED), by=stranger) == "not_your_person"
    assert refused(answer_request, asked, Answer(Outcome.COPIED), by=trainer) == "not_your_person"
    assert refused(answer_request, own, Answer(Outcome.COPIED), by=staff) == "not_yourself"
    assert answer_request(asked, Answer(Outcome.COPIED), by=staff).state == "answered"
    assert refused(answer_request, asked, Answer(Outcome.COPIED), by=staff) == "request_closed"


def test_a_copy_holds_everything_about_oneself_and_nobody_else(leaver, staff):
    reveal(leaver, Secret.BIRTH, reason=RevealReason.IDENTITY, by=staff)
    assert may_take_copy(leaver) is False
    answer_request(ask(leaver, RequestKind.COPY), Answer(Outcome.COPIED), by=staff)
    assert may_take_copy(leaver) is True

    copied = take_copy(leaver)

    assert {title: len(rows) for title, rows in copied.items()} == {
        "账号": 6, "个人信息": 3, "任职": 1, "同意记录": 4, "场次": 1, "个人信息请求": 1, "通知方式": 1, "通知": 0, "登录": 0, "审计": 8
    }  # fmt: skip
    assert copied["账号"][2] == {"项目": "手机号", "内容": PHONE}
    assert copied["个人信息"][:2] == [{"项目": "出生日期", "内容": "1990-01-01"}, {"项目": "备用电话", "内容": "13933334444"}]
    revealed = {name: copied["审计"][-1][name] for name in ("做了什么", "谁", "原因")}
    assert revealed == {"做了什么": "看隐去的信息", "谁": "工作人员", "原因": "核对身份"}
    assert staff.name not in str(copied)
    SubjectRequest.objects.update(answered_at=timezone.now() - timedelta(days=31))
    assert may_take_copy(leaver) is False


# --- leaving ------------------------------------------------------------------------------------------------------------


def test_erased_is_gone_from_the_whole_database_and_the_sessions_stay(leaver, staff):
    assert found_in_database() == {PHONE, NAME, LIVE_NAME}  # the second phone lies encrypted
    sessions = LiveSession.objects.filter(host=leaver).count()

    asked = answer_request(ask(leaver, RequestKind.ERASE, wish=f"{NAME}不播了"), Answer(Outcome.ERASED, "已办好"), by=staff)

    assert found_in_database() == set()
    person = User.objects.get(pk=leaver.pk)
    assert (person.name, person.live_name, person.phone) == (f"已注销人员 {leaver.pk}", "", f"12{leaver.pk:09d}")
    assert (person.is_active, person.has_usable_password(), person.shows_name) == (False, False, False)
    assert PersonalData.objects.filter(pk=leaver.pk).count() == Appointment.objects.filter(user=leaver).count() == 0
    assert LiveSession.objects.filter(host=leaver).count() == sessions == 1
    assert (asked.wish, asked.answer) == ("", "已办好")
    assert {name: counts for name, counts in asked.proof.items() if counts[0] != counts[1]} == {
        "axes_accessattempt": [1, 0],
        "livestream_appointment.user_id": [1, 0],
        "livestream_personaldata.user_id": [1, 0],
    }
    assert asked.proof["livestream_livesession.host_id"] == [1, 1]
    assert asked.proof["livestream_consent.user_id"] == [4, 4]


def test_whoever_is_nobody_is_signed_out_and_not_made_somebody_by_staff(leaver, staff):
    client = signed_in(leaver)
    assert client.get("/me/data/").status_code == 200

    seal_person(leaver, until=TODAY + timedelta(days=9), by=staff)

    assert client.get("/me/data/").status_code == 302
    assert refused(restore_person, leaver, by=staff) == "person_gone"
    erase_person(leaver, by=staff)
    assert refused(restore_person, leaver, by=staff) == "person_gone"


def test_the_phone_of_somebody_erased_is_free_again(county, leaver, staff):
    erase_person(leaver, by=staff)

    assert User.objects.create(phone=PHONE, name="别人", role="host", place=county).pk != leaver.pk


def test_what_the_law_keeps_is_not_erased_but_sealed(county, leaver, staff, now):
    make_session(county, leaver, room="R9", went_live_at=now - timedelta(hours=2), ended_at=now - timedelta(hours=1))
    asked = ask(leaver, RequestKind.ERASE)
    kept = TODAY.replace(year=TODAY.year + 3)
    assert refused(answer_request, asked, Answer(Outcome.ERASED), by=staff) == "must_be_kept"
    assert (
        refused(answer_request, asked, Answer(Outcome.RESTRICTED, until=kept - timedelta(days=9)), by=staff) == "until_too_early"
    )

    answer_request(asked, Answer(Outcome.RESTRICTED, until=kept), by=staff)

    assert found_in_database() - {PHONE} == set()
    person = User.objects.get(pk=leaver.pk)
    assert (person.name, person.is_active, person.public_name) == (f"已注销人员 {leaver.pk}", False, "主播")
    assert refused(reveal, person, Secret.BIRTH, reason=RevealReason.IDENTITY, by=staff) == "person_restricted"
    assert refused(record_data, person, PersonalFacts(second_phone="1"), by=staff) == "person_restricted"
    assert refused(make_session, county, person, room="R10") == "person_restricted"


def test_after_the_term_the_sealed_is_erased_too(leaver, staff):
    asked = ask(leaver, RequestKind.RESTRICT)
    answer_request(asked, Answer(Outcome.RESTRICTED, until=TODAY + timedelta(days=1)), by=staff)
    assert refused(erase_after_term, asked, by=staff) == "must_be_kept"
    PersonalData.objects.filter(pk=leaver.pk).update(restricted_until=TODAY - timedelta(days=1))
    assert list(SubjectRequest.objects.term_is_over(TODAY)) == [asked]

    erase_after_term(asked, by=staff)

    asked.refresh_from_db()
    assert (asked.outcome, asked.proof["livestream_personaldata.user_id"]) == ("erased", [1, 0])
    assert list(SubjectRequest.objects.term_is_over(TODAY)) == []
    assert found_in_database() == set()
    assert refused(erase_after_term, asked, by=staff) == "request_closed"


def test_who_asked_to_be_erased_is_erased_by_the_night_after_his_years_and_nobody_else(leaver, county, staff):
    """The law wanted him known until a day; another one asked only that his data rest: he decides what becomes of them."""
    resting = make_user("host", county)
    asked = [ask(leaver, RequestKind.ERASE), ask(resting, RequestKind.RESTRICT)]
    for one in asked:
        answer_request(one, Answer(Outcome.RESTRICTED, until=TODAY + timedelta(days=9)), by=staff)
    last_day = timezone.now() + timedelta(days=9)
    assert erase_what_is_over(last_day) == 0

    assert [erase_what_is_over(last_day + timedelta(days=days)) for days in (1, 1)] == [1, 0]

    assert [SubjectRequest.objects.get(pk=one.pk).outcome for one in asked] == ["erased", "restricted"]
    assert found_in_database() == set()
    entry = AuditEntry.objects.filter(deed="erased").get()
    assert (entry.actor_id, entry.object_id) == (None, str(leaver.pk))


def test_restoring_brings_back_who_he_was(leaver, staff, stranger):
    asked = ask(leaver, RequestKind.RESTRICT)
    answer_request(asked, Answer(Outcome.RESTRICTED, until=TODAY + timedelta(days=9)), by=staff)
    assert refused(restore, asked, by=stranger) == "not_your_person"

    person = restore(asked, by=staff)

    assert (person.name, person.live_name, person.phone, person.is_active) == (NAME, LIVE_NAME, PHONE, True)
    assert PersonalData.objects.get(pk=leaver.pk).birth_on == date(1990, 1, 1)
    assert lift_restriction(person, by=staff) == person


def test_restoring_waits_while_somebody_else_has_the_number(county, leaver, staff):
    seal_person(leaver, until=TODAY + timedelta(days=9), by=staff)
    User.objects.create(phone=PHONE, name="别人", role="host", place=county)

    assert refused(lift_restriction, leaver, by=staff) == "old_phone_taken"
    assert refused(seal_person, leaver, until=TODAY + timedelta(days=9), by=staff) == "person_restricted"


def test_nobody_is_erased_while_on_air(session, host, staff, now):
    assert refused(erase_person, host, by=staff) == "still_on_air"
    assert refused(seal_person, host, until=TODAY.replace(year=TODAY.year + 4), by=staff) == "still_on_air"
    end_session(session, at=now)
    assert refused(erase_person, host, by=staff) == "must_be_kept"
