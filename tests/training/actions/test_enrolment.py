"""Enrolling and leaving by the verbs: who has what, and who was told."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from livestream.models import Notice
from livestream.rules.errors import NotAllowed
from tests.factories import make_user
from tests.school import make_cohort, make_enrolment, make_trainee
from training.actions.enrolment import QUEUE_AT_MOST, enrol, leave
from training.actions.telling import tell_promoted, waiting_place
from training.models import Cohort, Enrolment, TraineePass

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def texts(settings):
    settings.SMS_SENDER, settings.PUBLIC_ADDRESS = "tests.livestream.outbox.remember", "https://cunbo.example.cn"


@pytest.fixture
def cohort(county):
    """Two seats, 第3期."""
    return make_cohort(county, title="第3期", seats=2)


def put_in(cohort, trainee, **kwargs):
    return enrol(cohort, trainee, **({"way": "trainer", "by": None, "at": AT} | kwargs))


def said(trainee):
    """What this trainee was told, oldest first: by which way, and what."""
    mine = [one for one in Notice.objects.order_by("pk") if one.person_id == trainee.user_id and one.phone in {"", trainee.phone}]
    return [(one.way, one.text) for one in mine if one.person_id or one.phone]


def code_of(work):
    with pytest.raises(NotAllowed) as refused:
        work()
    return refused.value.code


def test_who_enrols_has_a_seat_and_a_link_of_his_own(cohort, county, staff):
    trainee = make_trainee(county)

    made = put_in(cohort, trainee, by=staff)

    assert (made.state, made.seat, made.enrolled_by, made.enrolled_at) == ("enrolled", 1, staff, AT)
    assert said(trainee) == [("sms", "您在“第3期”有座位了：1 号，11月2日开班。来不了，请告诉老师。")]
    assert Notice.objects.get().link.startswith("/t/")
    assert TraineePass.objects.filter(trainee=trainee).count() == 1
    assert Enrolment.objects.get().told_at == AT


def test_who_has_an_account_is_told_there(cohort, county, settings):
    settings.SMS_SENDER = ""
    trainee = make_trainee(county, user=make_user("host", county))

    put_in(cohort, trainee)

    assert [(way, text[:4]) for way, text in said(trainee)] == [("inbox", "您在“第")]
    assert Notice.objects.get().link == "/my/school/"
    assert not TraineePass.objects.exists()


def test_without_text_messages_who_has_no_account_is_enrolled_all_the_same(cohort, county, settings):
    settings.SMS_SENDER = ""

    assert put_in(cohort, make_trainee(county)).seat == 1
    assert (Notice.objects.count(), TraineePass.objects.count()) == (0, 0)


def test_who_comes_to_a_full_cohort_waits_and_is_told_his_place(cohort, county):
    make_enrolment(cohort)
    make_enrolment(cohort)
    put_in(cohort, make_trainee(county))
    last = make_trainee(county)

    made = put_in(cohort, last)

    assert (made.state, made.seat, waiting_place(made)) == ("waiting", None, 2)
    assert said(last) == [("sms", "“第3期”满员了，您排在候补第 2 位。有了座位马上告诉您。")]


def test_who_is_in_stays_as_he_is(cohort, county):
    trainee = make_trainee(county)
    first = put_in(cohort, trainee)

    again = put_in(cohort, trainee, at=AT + timedelta(days=1))

    assert (again.pk, again.seat, again.enrolled_at) == (first.pk, 1, AT)
    assert len(said(trainee)) == 1


def test_one_leaves_and_the_first_who_waits_has_the_seat_and_knows_it(cohort, county):
    left, waits = make_trainee(county), make_trainee(county)
    put_in(cohort, make_trainee(county))
    out = put_in(cohort, left)
    put_in(cohort, waits)

    leave(out, because=" 外出打工 ", by=None, at=AT)

    out.refresh_from_db()
    assert (out.state, out.seat, out.left_at, out.left_because) == ("withdrawn", None, AT, "外出打工")
    promoted = Enrolment.objects.get(trainee=waits)
    assert (promoted.state, promoted.seat, promoted.told_at) == ("enrolled", 2, AT)
    assert [text for _way, text in said(waits)][1] == "您在“第3期”有座位了：2 号，11月2日开班。来不了，请告诉老师。"
    assert tell_promoted() == 0


def test_who_left_comes_back_to_the_end_of_the_queue_in_the_same_row(cohort, county):
    people = [make_trainee(county) for _n in range(4)]
    rows = [put_in(cohort, one) for one in people]
    leave(rows[0], because="有事", by=None, at=AT)

    back = put_in(cohort, people[0], at=AT + timedelta(days=1), way="phone")

    assert (back.pk, back.state, back.way, back.left_at, back.left_because) == (rows[0].pk, "waiting", "phone", None, "")
    assert [one.trainee_id for one in cohort.enrolments.waiting()] == [people[3].pk, people[0].pk]


def test_late_repeat_of_a_tap_brings_nobody_back(cohort, county):
    trainee, tap = make_trainee(county), uuid.uuid4()
    made = put_in(cohort, trainee, client_id=tap)
    leave(made, because="有事", by=None, at=AT)

    assert put_in(cohort, trainee, client_id=tap).state == "withdrawn"
    assert put_in(cohort, trainee, client_id=uuid.uuid4()).state == "enrolled"


def test_who_was_found_to_be_somebody_else_is_enrolled_as_that_person(cohort, county):
    one = make_trainee(county)
    merged = make_trainee(county, merged_into=one)

    assert put_in(cohort, merged).trainee_id == one.pk


def test_refusals(cohort, county, other_county):
    gone = make_trainee(county, erased_at=AT)
    closed = make_cohort(county, state="closed")
    made = put_in(cohort, make_trainee(county))
    completed = make_enrolment(cohort, state="completed")

    assert code_of(lambda: put_in(cohort, gone)) == "learner_gone"
    assert code_of(lambda: put_in(cohort, make_trainee(other_county))) == "trainee_elsewhere"
    assert code_of(lambda: put_in(closed, make_trainee(county))) == "cohort_takes_nobody"
    assert code_of(lambda: leave(made, because=" ", by=None, at=AT)) == "left_reason"
    assert code_of(lambda: leave(completed, because="有事", by=None, at=AT)) == "not_in_cohort"
    leave(made, because="有事", by=None, at=AT)
    assert code_of(lambda: leave(made, because="有事", by=None, at=AT)) == "not_in_cohort"


def test_queue_of_who_enrol_themselves_has_an_end(cohort, county, monkeypatch):
    monkeypatch.setattr("training.actions.enrolment.QUEUE_AT_MOST", 1)
    for _n in range(3):
        put_in(cohort, make_trainee(county), way="phone")

    assert code_of(lambda: put_in(cohort, make_trainee(county), way="phone")) == "queue_is_full"
    assert put_in(cohort, make_trainee(county)).state == "waiting"
    assert QUEUE_AT_MOST > 40


def test_family_that_shares_a_phone_is_told_of_each_seat(cohort, county):
    for name in ("张三", "张四"):
        put_in(cohort, make_trainee(county, name=name, phone="13800000000"))

    assert [one.text[:16] for one in Notice.objects.order_by("pk")] == [
        "您在“第3期”有座位了：1 号，",
        "您在“第3期”有座位了：2 号，",
    ]


def test_promoted_by_a_new_seat_is_told_by_the_sweep_once(cohort, county):
    for _n in range(3):
        put_in(cohort, make_trainee(county))
    Cohort.objects.filter(pk=cohort.pk).update(seats=3)

    assert (tell_promoted(), tell_promoted()) == (1, 0)
