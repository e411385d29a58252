"""Rows that are one person: found, made one, or said to be two."""

from __future__ import annotations

import contextlib
import random
import time
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

from livestream.models import AuditEntry
from livestream.rules.errors import NotAllowed
from tests.factories import make_place, make_user
from tests.school import make_cohort, make_enrolment, make_trainee
from training.actions.duplicate import find_duplicates, merge_trainees, say_different
from training.actions.enrolment import enrol, leave
from training.actions.merge_undo import undo_merge
from training.models import Cohort, DifferentPeople, Enrolment, Trainee, TraineePass
from training.rules.duplicate import Pair, Reason

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def two(county):
    """The same person twice, once with an old number."""
    kept = make_trainee(county, name="张三", phone="13800000001", birth_year=None)
    gone = make_trainee(county, name="张三", phone="13800000002", birth="1985-03-05", is_returnee=True, identity_digest="x")
    return kept, gone


def test_merged_person_has_the_classes_and_what_was_known_of_both(two, trainer):
    kept, gone = two
    first, second = make_enrolment(trainee=kept), make_enrolment(trainee=gone, state="completed")
    TraineePass.objects.create(trainee=gone, digest="d")

    merged = merge_trainees(gone, kept, by=trainer, at=AT)

    assert (merged.kept, merged.enrolments) == (kept, 1)
    assert set(Enrolment.objects.filter(trainee=kept)) == {first, second}
    kept, gone = Trainee.objects.get(pk=kept.pk), Trainee.objects.get(pk=gone.pk)
    assert (kept.birth, kept.birth_year, kept.is_returnee, kept.phone) == ("1985-03-05", 1985, True, "13800000001")
    assert (gone.merged_into, list(Trainee.objects.unique())) == (kept, [kept])
    assert TraineePass.objects.get().trainee == kept
    entry = AuditEntry.objects.get(deed="trainees_merged")
    assert (entry.object_id, entry.detail["gone"], entry.detail["enrolments"]) == (str(kept.pk), gone.pk, [str(second.pk)])
    assert entry.detail["filled"] == ["birth", "birth_year", "identity_digest", "is_returnee"]


def test_merging_is_refused_where_both_have_a_seat_of_one_class(two, county, trainer):
    kept, gone = two
    cohort = make_cohort(county, title="第九期")
    make_enrolment(cohort, kept)
    make_enrolment(cohort, gone)

    with pytest.raises(NotAllowed) as said:
        merge_trainees(gone, kept, by=trainer, at=AT)

    assert (said.value.code, "第九期" in str(said.value)) == ("trainee_both_seated", True)
    assert Trainee.objects.unique().count() == 2


def test_who_waits_in_a_class_of_the_other_row_leaves_it(two, county, trainer):
    kept, gone = two
    cohort = make_cohort(county, seats=1)
    for trainee in (kept, gone, make_trainee(county)):
        enrol(cohort, trainee, way="trainer", by=trainer, at=AT)

    with pytest.raises(NotAllowed) as said:
        merge_trainees(kept, gone, by=trainer, at=AT)
    assert said.value.code == "trainee_seat_of_other"
    merge_trainees(gone, kept, by=trainer, at=AT)

    found = Enrolment.objects.filter(cohort=cohort).order_by("enrolled_at", "state").values_list("trainee", "state")
    assert dict(found)[kept.pk] == "enrolled"
    assert dict(found)[gone.pk] == "withdrawn"
    assert [state for pk, state in found if pk not in {kept.pk, gone.pk}] == ["waiting"]


def test_merging_is_refused_for_what_cannot_be_one_person(two, county, other_county, trainer, stranger):
    kept, gone = two
    far = make_trainee(other_county)
    for one, into, by, code in (
        (kept, kept, trainer, "trainee_same"),
        (gone, kept, stranger, "trainee_not_yours"),
        (far, kept, trainer, "trainee_not_yours"),
        (far, kept, make_user("admin", county), "trainee_county"),
    ):
        with pytest.raises(NotAllowed) as said:
            merge_trainees(one, into, by=by, at=AT)
        assert said.value.code == code
    Trainee.objects.filter(pk=kept.pk).update(user=make_user("host", county))
    Trainee.objects.filter(pk=gone.pk).update(user=make_user("host", county))
    with pytest.raises(NotAllowed) as said:
        merge_trainees(gone, kept, by=trainer, at=AT)
    assert said.value.code == "trainee_two_accounts"


def test_merged_row_leads_to_who_it_is_and_cannot_be_merged_again(two, county, trainer):
    kept, gone = two
    third = make_trainee(county)
    merge_trainees(gone, kept, by=trainer, at=AT)

    with pytest.raises(NotAllowed) as said:
        merge_trainees(gone, third, by=trainer, at=AT)
    assert said.value.code == "trainee_merged"
    merge_trainees(kept, third, by=trainer, at=AT)

    assert {row.merged_into for row in Trainee.objects.exclude(merged_into=None)} == {third}


def test_different_people_are_not_asked_about_again(two, county, trainer):
    kept, gone = two
    assert find_duplicates(county, by=trainer).pairs == [Pair(kept.pk, gone.pk, (Reason.NAME_AND_VILLAGE,))]

    say_different(gone, kept, by=trainer)
    say_different(kept, gone, by=trainer)

    assert find_duplicates(county, by=trainer).pairs == []
    assert DifferentPeople.objects.get().noted_by == trainer
    with pytest.raises(NotAllowed):
        say_different(kept, kept, by=trainer)


def test_duplicates_of_a_village_are_those_of_the_village(county, two):
    village = make_place("140425100201", "东寺头村")
    for phone in ("13900000001", "13900000002"):
        make_trainee(county, village, name="李四", phone=phone)

    found = find_duplicates(county, by=make_user("trainer", village))

    assert [pair.reasons for pair in found.pairs] == [(Reason.NAME_AND_VILLAGE,)]
    assert len(find_duplicates(county, by=make_user("trainer", county)).pairs) == 2


def test_duplicates_among_ten_thousand_people_cost_two_questions_and_less_than_a_second(
    county, trainer, django_assert_num_queries
):
    people = (
        Trainee(county=county, place=county, name=f"张{chr(0x4E00 + n % 4000)}", phone_digest=f"{n // 2:064}", phone_end="0001")
        for n in range(10_000)
    )
    with connection.cursor() as cursor:  # the audit of ten thousand rows would take most of the test
        cursor.execute("SET LOCAL session_replication_role = replica")
        Trainee.objects.bulk_create(people)
        cursor.execute("SET LOCAL session_replication_role = origin")
    trainer.posts  # noqa: B018  asked before
    began = time.perf_counter()

    with django_assert_num_queries(2):
        found = find_duplicates(county, by=trainer)

    assert time.perf_counter() - began < 1
    assert len(found.pairs) > 6_000


# --- undone -------------------------------------------------------------------------------------------------------------------


def everything():
    """All that a merge may move, as it lies in the tables; what a moment wrote aside."""
    people = Trainee.objects.order_by("pk").values(
        "pk", "name", "user", "merged_into", "sex", "birth", "birth_year", "identity_digest", "education", "support",
        "guardian_evidence", "is_returnee", "consented_at",
    )  # fmt: skip
    seats = Enrolment.objects.order_by("pk").values("pk", "trainee", "state", "seat", "queue_no", "left_because")
    return list(people), list(seats), list(TraineePass.objects.order_by("pk").values("pk", "trainee"))


def random_world(draw, county, cohorts):
    people = [
        make_trainee(
            county,
            name=f"张{n}",
            birth_year=draw.choice([None, 1980, 1981]),
            birth=draw.choice(["", "1980-03-05"]),
            education=draw.choice(["", "middle", "high"]),
            support=draw.choice(["", "lifted"]),
            is_returnee=draw.random() < 0.3,
            consented_at=draw.choice([None, AT]),
            user=make_user("host", county) if draw.random() < 0.3 else None,
        )
        for n in range(4)
    ]
    for cohort in cohorts:
        for one in draw.sample(people, 3):
            enrolled = enrol(cohort, one, way="trainer", by=None, at=AT)
            if draw.random() < 0.2:
                leave(enrolled, because="外出", by=None, at=AT)
    for one in people:
        TraineePass.objects.create(trainee=one, digest=str(one.pk))
    return people


def test_merges_undone_in_any_order_leave_everything_as_it_was(county, trainer):
    cohorts = [make_cohort(county, seats=seats) for seats in (1, 2, 40)]
    for seed in range(6):
        draw = random.Random(seed)
        with transaction.atomic():
            people = random_world(draw, county, cohorts)
            before = everything()
            merged = 0
            for _ in range(5):
                one, into = (Trainee.objects.get(pk=row.pk) for row in draw.sample(people, 2))
                with contextlib.suppress(NotAllowed):
                    merge_trainees(one, into, by=trainer, at=AT)
                    merged += 1
            after = everything()
            while found := list(Trainee.objects.exclude(merged_into=None).select_related("merged_into").order_by("pk")):
                with contextlib.suppress(NotAllowed):  # of a chain, the last comes first
                    undo_merge(draw.choice(found), by=trainer)

            assert everything() == before
            assert (merged > 0) == (before != after)
            transaction.set_rollback(True)


def test_what_came_after_a_merge_stays_and_is_listed(two, county, trainer):
    kept, gone = two
    moved, account = make_enrolment(trainee=gone), make_user("host", county)
    Trainee.objects.filter(pk=gone.pk).update(user=account, education="middle")
    queue = make_cohort(county, title="第九期", seats=1)
    for trainee in (kept, gone):
        enrol(queue, trainee, way="trainer", by=trainer, at=AT)
    merge_trainees(Trainee.objects.get(pk=gone.pk), Trainee.objects.get(pk=kept.pk), by=trainer, at=AT)
    Trainee.objects.filter(pk=kept.pk).update(education="high", user=None)
    later = make_enrolment(trainee=kept)
    Cohort.objects.filter(pk=queue.pk).update(state="closed")

    undone = undo_merge(Trainee.objects.get(pk=gone.pk), by=trainer)

    assert ([one.pk for one in undone.back], [one.pk for one in undone.added]) == ([moved.pk], [later.pk])
    assert (undone.changed, undone.has_account, undone.lost_account) == (["education"], False, True)
    assert [one.cohort for one in undone.left_out] == [queue]
    kept, gone = Trainee.objects.get(pk=kept.pk), Trainee.objects.get(pk=gone.pk)
    assert (kept.education, kept.birth, kept.birth_year, kept.is_returnee) == ("high", "", None, False)
    assert (gone.merged_into, gone.birth, set(kept.enrolments.values_list("state", flat=True))) == (
        None,
        "1985-03-05",
        {"enrolled"},
    )
    entry = AuditEntry.objects.get(deed="merge_undone")
    assert (entry.detail["gone"], entry.detail["enrolments"], entry.detail["stayed"]) == (
        gone.pk,
        [str(moved.pk)],
        [str(later.pk)],
    )


def test_undoing_is_refused_in_words_where_it_cannot_be(two, county, trainer, stranger):
    kept, gone = two
    third = make_trainee(county, name="李四")

    def refusal(by=trainer):
        with pytest.raises(NotAllowed) as said:
            undo_merge(Trainee.objects.get(pk=gone.pk), by=by)
        return said.value.code

    assert refusal() == "merge_not_there"
    merge_trainees(gone, kept, by=trainer, at=AT)
    assert refusal(stranger) == "trainee_not_yours"
    merge_trainees(Trainee.objects.get(pk=kept.pk), third, by=trainer, at=AT)
    assert refusal() == "merge_of_merged"
    undo_merge(Trainee.objects.get(pk=kept.pk), by=trainer)
    again = make_trainee(county, name="张三", phone="13800000002")
    assert refusal() == "merge_written_down_again"
    merge_trainees(again, Trainee.objects.get(pk=kept.pk), by=trainer, at=AT)
    undo_merge(Trainee.objects.get(pk=gone.pk), by=trainer)
    Trainee.objects.filter(pk=gone.pk).update(merged_into=make_trainee(county, name="王五"))
    assert refusal() == "merge_forgotten"
    Trainee.objects.filter(name="王五").update(erased_at=AT)
    assert refusal() == "trainee_erased"
