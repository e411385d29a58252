from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from livestream.models import AuditEntry
from livestream.rules.errors import NotAllowed
from tests.school import make_cohort, make_course, make_enrolment
from tests.study import make_learner, make_material
from training.actions.study import Entered, Minute, StudyList, count_minute, enter_list, look_at_list
from training.models import Cohort, StudyEntry
from training.rules.study_sheet import TypedRow

AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
ON = date(2026, 11, 20)


@pytest.fixture
def course(county):
    return make_course(county)


@pytest.fixture
def learner(county, course):
    return make_learner(county, course=course, name="张三", phone="13800005678")


def minute(at=AT, **kwargs):
    return Minute(kwargs.pop("client_id", None) or uuid.uuid4(), at, **kwargs)


def counted():
    return list(StudyEntry.objects.order_by("minute_at").values_list("minute_at", "minutes", "is_finished"))


def test_the_same_tap_and_the_same_minute_of_another_phone_count_once(learner, course):
    material, tap = make_material(course), minute()

    assert count_minute(learner, material, tap) is True
    assert count_minute(learner, material, tap) is False
    assert count_minute(learner, material, minute()) is False
    assert count_minute(learner, make_material(course), minute()) is False
    assert counted() == [(AT, 1, False)]


def test_a_minute_in_two_classes_at_once_is_one(learner, course):
    other = make_enrolment(make_cohort(learner.cohort.county), learner.trainee)
    other.cohort.courses.add(course)
    material = make_material(course)

    assert count_minute(learner, material, minute()) is True
    assert count_minute(other, material, minute()) is False
    assert count_minute(other, material, minute(AT + timedelta(minutes=1))) is True


def test_who_says_that_he_is_done_is_believed_also_in_a_counted_minute(learner, course):
    material = make_material(course)
    count_minute(learner, material, minute())

    assert count_minute(learner, material, minute(is_finished=True)) is False
    assert counted() == [(AT, 1, True)]


def test_half_a_day_is_enough_and_the_next_day_counts_again(learner, course):
    material = make_material(course)
    StudyEntry.objects.create(client_id=uuid.uuid4(), enrolment=learner, course=course, on=ON, minutes=719, source="钉钉")

    assert count_minute(learner, material, minute()) is True
    assert count_minute(learner, material, minute(AT + timedelta(minutes=1))) is False
    assert count_minute(learner, material, minute(AT + timedelta(hours=4))) is True  # midnight in Shanghai


def test_after_the_class_is_closed_only_what_was_before_counts(learner, course):
    Cohort.objects.filter(pk=learner.cohort_id).update(closed_at=AT)
    learner.refresh_from_db()
    material = make_material(course)

    assert count_minute(learner, material, minute(AT - timedelta(minutes=1))) is True
    with pytest.raises(NotAllowed) as refused:
        count_minute(learner, material, minute(AT))
    assert refused.value.code == "study_closed"


# --- a platform's list ----------------------------------------------------------------------------------------------------


@pytest.fixture
def about(course):
    return StudyList(course, "钉钉课堂", ON)


def test_list_is_looked_at_row_by_row_and_the_good_ones_are_entered(learner, course, about, trainer):
    two = make_learner(cohort=learner.cohort, name="李四")
    rows = [
        TypedRow(1, "张三", "5678", 45), TypedRow(2, "王五", "", 30), TypedRow(3, "李四", "", 100000),
        TypedRow(4, "李四", "", 30), TypedRow(5, "", "", None),
    ]  # fmt: skip

    looked = look_at_list(learner.cohort, rows, about)

    assert [one.code for one in looked] == ["", "unknown", "minutes_too_many", "twice", "unknown"]
    assert not StudyEntry.objects.exists()
    assert enter_list(learner.cohort, rows, about, by=trainer) == Entered(1, 0, 0)
    assert enter_list(learner.cohort, [TypedRow(1, "李四", "", 0), rows[0]], about, by=trainer) == Entered(0, 0, 1)
    entry = StudyEntry.objects.get()
    assert (entry.enrolment_id, entry.minutes, entry.source, entry.on, entry.noted_by_id) == (
        learner.pk,
        45,
        "钉钉课堂",
        ON,
        trainer.pk,
    )
    assert entry.enrolment_id != two.pk


def test_corrected_list_replaces_what_it_said_and_both_stand_in_the_log(learner, about, trainer):
    enter_list(learner.cohort, [TypedRow(1, "张三", "", 45)], about, by=trainer)

    assert enter_list(learner.cohort, [TypedRow(1, "张三", "", 60)], about, by=trainer) == Entered(0, 1, 0)
    assert StudyEntry.objects.get().minutes == 60
    (entry,) = AuditEntry.objects.filter(kind="training.StudyEntry")
    assert entry.detail == {"before": {"minutes": 45}, "after": {"minutes": 60}}


def test_list_and_phone_together_stay_within_half_a_day(learner, course, about, trainer):
    count_minute(learner, make_material(course), minute())

    (looked,) = look_at_list(learner.cohort, [TypedRow(1, "张三", "", 720)], about)

    assert looked.code == "day_is_full"
    with pytest.raises(NotAllowed) as refused:
        enter_list(learner.cohort, [looked.row], about, by=trainer)
    assert refused.value.code == "study_none"
