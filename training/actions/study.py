"""Every write of online study: the minutes that phones count, and those that a platform's list tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from livestream.actions.audit import note
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from training.models import StudyEntry, Trainee
from training.rules.study import MINUTES_A_DAY
from training.rules.study_sheet import Person, TypedRow, who, wrong_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from django.db.models import QuerySet

    from livestream.models import User
    from training.models import Cohort, Course, Enrolment, Material


class Minute(NamedTuple):
    """One minute of the clock as a phone counted it. `is_finished`: he said that he has learnt it all."""

    client_id: UUID
    minute_at: datetime
    is_finished: bool = False


@transaction.atomic
def count_minute(enrolment: Enrolment, material: Material, minute: Minute) -> bool:
    """Whether it was counted: a minute that this person has already, from whatever phone and cohort, is not counted again, nor
    one beyond twelve hours of a day. Raises NotAllowed(`study_closed`)."""
    closed_at = enrolment.cohort.closed_at
    if closed_at and minute.minute_at >= closed_at:
        raise NotAllowed("study_closed")
    lock_people([enrolment.trainee_id])
    his = StudyEntry.objects.filter(enrolment__trainee=enrolment.trainee_id)
    if StudyEntry.objects.filter(client_id=minute.client_id).exists():
        return False
    same = his.filter(minute_at=minute.minute_at)
    if same.exists():
        if minute.is_finished:
            same.update(is_finished=True)
        return False
    on = timezone.localdate(minute.minute_at)
    if minutes_in(his.filter(on=on)) >= MINUTES_A_DAY:
        return False
    entry = StudyEntry(
        client_id=minute.client_id,
        enrolment=enrolment,
        course_id=material.course_id,
        material=material,
        on=on,
        minutes=1,
        minute_at=minute.minute_at,
        is_finished=minute.is_finished,
    )
    StudyEntry.objects.bulk_create([entry], ignore_conflicts=True)
    return True


def lock_people(trainees: Iterable[int]) -> None:
    """Whoever writes minutes of one of these waits for the others, in one order."""
    list(Trainee.objects.select_for_update(no_key=True).filter(pk__in=set(trainees)).order_by("pk").values("pk"))


def minutes_in(entries: QuerySet[StudyEntry]) -> int:
    total: int = entries.aggregate(sum=Sum("minutes", default=0))["sum"]
    return total


# --- a platform's list ----------------------------------------------------------------------------------------------------


class StudyList(NamedTuple):
    """Which course somebody watched, on which platform, on which day."""

    course: Course
    source: str
    on: date


class Verdict(NamedTuple):
    """What would come of a row: `code` says what is wrong, "" nothing; `before` is what the same list said of him last time."""

    row: TypedRow
    enrolment: Enrolment | None
    code: str
    before: int | None = None

    @property
    def is_same(self) -> bool:
        return not self.code and self.before == self.row.minutes

    @property
    def is_nothing(self) -> bool:
        return not self.code and self.row.minutes == 0


class Entered(NamedTuple):
    added: int
    changed: int
    same: int


def look_at_list(cohort: Cohort, rows: Sequence[TypedRow], about: StudyList) -> list[Verdict]:
    """What would come of each row; nothing is written. The same list twice is the same rows."""
    seated = {str(one.pk): one for one in cohort.enrolments.seated().select_related("trainee").order_by("seat")}
    people = {key: Person(one.trainee.name, one.trainee.phone_end) for key, one in seated.items()}
    trainees = [one.trainee_id for one in seated.values()]
    of_the_day = StudyEntry.objects.filter(enrolment__trainee__in=trainees, on=about.on)
    sums = dict(of_the_day.values_list("enrolment__trainee").annotate(sum=Sum("minutes")))
    known = dict(of_the_day.exclude(source="").values_list("client_id", "minutes"))
    found, taken = [], set()
    for row in rows:
        key, code = who(row, people)
        enrolment = seated.get(key)
        before = known.get(_key(enrolment, about)) if enrolment else None
        if enrolment:
            code = (
                "twice"
                if key in taken
                else wrong_with(row.minutes, others_that_day=sums.get(enrolment.trainee_id, 0) - (before or 0))
            )
            taken.add(key)
        found.append(Verdict(row, enrolment, code, before))
    return found


@transaction.atomic
def enter_list(cohort: Cohort, rows: Sequence[TypedRow], about: StudyList, *, by: User) -> Entered:
    """Counts the rows with which nothing is wrong; one that says other minutes than last time replaces what it said, and the
    audit log knows both. Raises NotAllowed(`study_none`)."""
    good = [one for one in enter_rows(cohort, rows, about, by=by) if not one.code and not one.is_nothing]
    if not good:
        raise NotAllowed("study_none")
    added, same = sum(one.before is None for one in good), sum(one.is_same for one in good)
    return Entered(added, len(good) - added - same, same)


@transaction.atomic
def enter_rows(cohort: Cohort, rows: Sequence[TypedRow], about: StudyList, *, by: User) -> list[Verdict]:
    """The same, and what became of each row, in their order; that none is good is no refusal."""
    lock_people(cohort.enrolments.seated().values_list("trainee", flat=True))
    found = look_at_list(cohort, rows, about)
    good = [one for one in found if not one.code and not one.is_nothing]
    StudyEntry.objects.bulk_create(_entry(one, about, by) for one in good if one.before is None)
    for one in good:
        if one.before is not None and not one.is_same:
            _replace(one, about, by)
    return found


def _key(enrolment: Enrolment, about: StudyList) -> UUID:
    """The same for the same person, course, platform and day."""
    return uuid5(NAMESPACE_URL, f"study:{enrolment.pk}:{about.course.pk}:{about.on}:{about.source}")


def _entry(one: Verdict, about: StudyList, by: User) -> StudyEntry:
    assert one.enrolment is not None
    return StudyEntry(
        client_id=_key(one.enrolment, about),
        enrolment=one.enrolment,
        course=about.course,
        on=about.on,
        minutes=one.row.minutes or 0,
        source=about.source,
        noted_by=by,
    )


def _replace(one: Verdict, about: StudyList, by: User) -> None:
    assert one.enrolment is not None
    entry = StudyEntry.objects.get(client_id=_key(one.enrolment, about))
    entry.minutes, entry.noted_by = one.row.minutes or 0, by
    entry.save(update_fields=["minutes", "noted_by"])
    county = one.enrolment.cohort.county_id
    note(Deed.ROW_CHANGED, place=county, by=by, about=entry, before={"minutes": one.before}, after={"minutes": entry.minutes})
