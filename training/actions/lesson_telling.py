"""What trainers and trainees are told of lessons. Of a class that is still in preparation only the trainers are told: they must
keep the time free."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from livestream.actions.notice import in_chinese, tell, withdraw_of_hold
from livestream.models import Hold, Notice
from livestream.rules.notice import NoticeKind, Way
from training.actions.telling import HOME, tell_trainees
from training.models import Enrolment, Lesson
from training.rules.cohort import CohortState
from training.rules.course import Mode
from training.rules.enrolment import EnrolmentState
from training.rules.lesson import DAY, LessonState, reminded_at
from training.rules.lesson_words import (
    Facts,
    cancelled_words,
    changed_words,
    many_words,
    planned_words,
    replaced_words,
    restored_words,
    soon_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from livestream.actions.notice import About
    from livestream.models import User
    from training.models import Trainee

QUEUED_BEFORE = timedelta(hours=1)
TOLD = (CohortState.OPEN, CohortState.RUNNING)


def facts_of(lesson: Lesson) -> Facts:
    return Facts(lesson.title, lesson.cohort.title, lesson.starts_at, where_of(lesson))


def where_of(lesson: Lesson) -> str:
    """Its room and the other place in words; of a lesson online, that it is; else where the class is."""
    said = [lesson.room.name] if lesson.room else []
    said += [lesson.room_note] if lesson.room_note else []
    online = [_("线上")] if lesson.mode == Mode.ONLINE else []
    return " · ".join(said or online or [lesson.cohort.place.short_name])


def teachers_of(lesson: Lesson) -> list[User]:
    return [one for one in (lesson.trainer, lesson.assistant) if one is not None]


def trainees_of(cohort: UUID) -> list[Trainee]:
    """Who has a seat now."""
    there = Enrolment.objects.filter(cohort=cohort, state=EnrolmentState.ENROLLED).select_related("trainee__user")
    return [enrolment.trainee for enrolment in there.order_by("seat")]


def tell_planned(lesson: Lesson) -> None:
    with in_chinese():
        _tell_all(lesson, planned_words(facts_of(lesson)))


def tell_many(lessons: Sequence[Lesson]) -> None:
    """Of all these together, not of each: the trainees once, every trainer of his own."""
    cohort = lessons[0].cohort
    with in_chinese():
        text = many_words(len(lessons), facts_of(lessons[0]))
        for teacher in {one for lesson in lessons for one in teachers_of(lesson)}:
            his = [lesson for lesson in lessons if teacher in teachers_of(lesson)]
            words = many_words(len(his), facts_of(his[0]))
            tell([teacher], NoticeKind.LESSON, words, county=cohort.county, link="/my/lessons/")
    if cohort.state in TOLD:
        tell_trainees(trainees_of(cohort.pk), NoticeKind.LESSON, text, county=cohort.county, link=HOME)


def tell_changed(lesson: Lesson, before: Facts, gone: Iterable[User]) -> None:
    """All of the new hours or place; who does not teach it any more, that he need not come."""
    withdraw_of_hold(*_hold(lesson))
    with in_chinese():
        _tell_all(lesson, changed_words(facts_of(lesson), before))
        tell(gone, NoticeKind.LESSON, replaced_words(before), county=lesson.cohort.county, **_about(lesson, "/my/lessons/"))


def tell_teachers_changed(lesson: Lesson, before: Facts, *, new: Iterable[User], gone: Iterable[User]) -> None:
    """Only who teaches it is another one: no trainee need know."""
    withdraw_of_hold(*_hold(lesson))
    county, about = lesson.cohort.county, _about(lesson, "/my/lessons/")
    with in_chinese():
        tell(new, NoticeKind.LESSON, planned_words(facts_of(lesson)), county=county, **about)
        tell(gone, NoticeKind.LESSON, replaced_words(before), county=county, **about)


def tell_cancelled(lesson: Lesson) -> None:
    withdraw_of_hold(*_hold(lesson))
    with in_chinese():
        _tell_all(lesson, cancelled_words(facts_of(lesson), lesson.cancelled_because))


def tell_restored(lesson: Lesson) -> None:
    with in_chinese():
        _tell_all(lesson, restored_words(facts_of(lesson)))


def _tell_all(lesson: Lesson, text: str) -> None:
    county = lesson.cohort.county
    tell(teachers_of(lesson), NoticeKind.LESSON, text, county=county, **_about(lesson, f"/school/lessons/{lesson.pk}/"))
    if lesson.cohort.state in TOLD:
        tell_trainees(trainees_of(lesson.cohort_id), NoticeKind.LESSON, text, county=county, **_about(lesson, HOME))


def _hold(lesson: Lesson) -> tuple[Hold, int]:
    hold = Hold.objects.get(pk=lesson.pk)
    return hold, hold.version


def _about(lesson: Lesson, link: str) -> About:
    hold, version = _hold(lesson)
    return {"hold": hold, "version": version, "link": link}


# --- the evening before --------------------------------------------------------------------------------------------------------


def remind_of_lessons(*, at: datetime) -> int:
    """Whoever comes to a lesson of tomorrow is reminded at six this evening, once for each version of it: the rows are queued in
    the hour before, and whenever this runs later for who is enrolled since. Returns of how many lessons. Who was told of the
    lesson itself after six is not told again."""
    soon = Lesson.objects.filter(state=LessonState.PLANNED, starts_at__gt=at, starts_at__lte=at + 2 * DAY)
    soon = soon.filter(cohort__state__in=TOLD).select_related("cohort__county", "cohort__place", "room", "trainer", "assistant")
    due = [lesson for lesson in soon if reminded_at(lesson.starts_at) <= at + QUEUED_BEFORE]
    holds = Hold.objects.standing().in_bulk([lesson.pk for lesson in due])
    fresh = [lesson for lesson in due if lesson.pk in holds and holds[lesson.pk].changed_at <= reminded_at(lesson.starts_at)]
    for lesson in fresh:
        _remind(lesson, holds[lesson.pk])
    return len(fresh)


def _remind(lesson: Lesson, hold: Hold) -> None:
    with in_chinese():
        text = soon_words(facts_of(lesson))
    county = lesson.cohort.county
    about: About = {
        "hold": hold,
        "version": hold.version,
        "due_at": reminded_at(lesson.starts_at),
        "expires_at": lesson.starts_at,
    }
    his, hers = about | {"link": "/my/lessons/"}, about | {"link": HOME}
    tell(teachers_of(lesson), NoticeKind.LESSON_SOON, text, county=county, **his)
    said = Notice.objects.filter(hold=hold, version=hold.version, kind=NoticeKind.LESSON_SOON, way=Way.SMS, person=None)
    known = {notice.phone for notice in said}
    trainees = [one for one in trainees_of(lesson.cohort_id) if one.user_id or one.phone not in known]
    tell_trainees(trainees, NoticeKind.LESSON_SOON, text, county=county, **hers)
