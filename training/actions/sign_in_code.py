"""What the screen of a classroom shows, and a trainee's own sign-in by it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid5

from django.core import signing
from django.db import transaction

from livestream.rules.errors import NotAllowed
from training.actions.attendance import NewMark, lock_lessons, take_marks
from training.models import Attendance, Enrolment, Lesson, school_rules_of
from training.rules.attendance import MarkWay, presence_by_clock
from training.rules.enrolment import SEATED
from training.rules.sign_in_code import Moment, good_during, is_true, made_code, read_code, shown_during, slot_of

if TYPE_CHECKING:
    from training.models import Trainee

SALT = "training.sign_in"
SECRET_BYTES = 32


class Shown(NamedTuple):
    """What the screen shows now: the code, its number, when it changes, until when it is good."""

    code: str
    slot: int
    changes_at: datetime
    good_until: datetime


def shown_code(lesson: Lesson, *, at: datetime) -> Shown:
    """The first time makes the lesson's secret. Raises NotAllowed(`lesson_cancelled`)."""
    if lesson.state == "cancelled":
        raise NotAllowed("lesson_cancelled")
    seconds = school_rules_of(lesson.cohort.county_id).qr_seconds
    slot = slot_of(at, seconds)
    code = made_code(lesson.pk, slot, lesson.secret or make_secret(lesson))
    return Shown(code, slot, shown_during(slot, seconds).until_at, good_during(slot, seconds).until_at)


@transaction.atomic
def make_secret(lesson: Lesson) -> str:
    """Two screens that open at once show the same codes."""
    locked = lock_lessons([lesson.pk])[lesson.pk]
    made = str(locked.secret) or secrets.token_urlsafe(SECRET_BYTES)
    if not locked.secret:
        locked.secret = made
        locked.save(update_fields=["secret"])
    lesson.secret = made
    return made


class Scan(NamedTuple):
    """A scan of a true code: of which lesson, and when by the server's clock."""

    lesson: Lesson
    moment: Moment


def lesson_of(code: str) -> Lesson:
    """The lesson whose screen shows this code, or showed it once. Raises NotAllowed(`code_unknown`)."""
    read = read_code(code)
    lesson = Lesson.objects.select_related("cohort").filter(pk=read.lesson).first() if read else None
    if read is None or lesson is None or not is_true(read, lesson.secret):
        raise NotAllowed("code_unknown")
    return lesson


def scan(code: str, moment: Moment, *, slack: timedelta = timedelta()) -> Scan:
    """Raises NotAllowed: `code_unknown` for what no screen ever showed, `code_expired` for what was scanned when it was no
    longer good. `slack`: how far the moment may be wrong, of a scan without network."""
    lesson, read = lesson_of(code), read_code(code)
    good = good_during(read.slot if read else 0, school_rules_of(lesson.cohort.county_id).qr_seconds)
    if not good.holds(moment.at, slack):
        raise NotAllowed("code_expired")
    return Scan(lesson, moment)


def seat_of(trainee: Trainee, lesson: Lesson) -> Enrolment:
    """His place in the class of this lesson, a seat before all else; of who was found to be somebody else, that one's. Raises
    NotAllowed(`not_in_class`)."""
    his = Enrolment.objects.filter(cohort=lesson.cohort_id, trainee__in=rows_of(trainee))
    found = sorted(his, key=lambda one: one.state not in SEATED)
    if not found:
        raise NotAllowed("not_in_class")
    return found[0]


def rows_of(trainee: Trainee) -> list[int]:
    """His own, and that of the person whom he was found to be."""
    return [pk for pk in (trainee.pk, trainee.merged_into_id) if pk]


def ticket_of(scan: Scan, trainee: Trainee) -> str:
    """Says, signed, that this trainee's phone opened the code of this lesson while it was good: his thumb may be slow, and so may
    his network."""
    said = [str(scan.lesson.pk), trainee.pk, scan.moment.at.isoformat()]
    return signing.dumps(said, salt=SALT, compress=True)


def scan_of(ticket: str, trainee: Trainee) -> Scan | None:
    """None for a ticket that is not this trainee's, or none of ours."""
    try:
        lesson, whose, at = signing.loads(ticket, salt=SALT)
    except (signing.BadSignature, ValueError):
        return None
    found = Lesson.objects.select_related("cohort").filter(pk=UUID(lesson)).first() if whose == trainee.pk else None
    return Scan(found, Moment(datetime.fromisoformat(at), 0)) if found else None


def sign_in(trainee: Trainee, scan: Scan, *, tap: UUID | None, device: str, at: datetime) -> Attendance:
    """The trainee was there; committed when this returns. The same `tap` again, or the same ticket, changes nothing. Raises
    NotAllowed(`not_in_class`, `lesson_cancelled`, `mark_differs`)."""
    lesson, moment = scan
    enrolment = seat_of(trainee, lesson)
    late_minutes = school_rules_of(lesson.cohort.county_id).late_minutes
    mark = NewMark(
        tap or uuid5(lesson.pk, f"{enrolment.pk} {moment.at.isoformat()}"),
        lesson.pk,
        enrolment.pk,
        presence_by_clock(moment.at, starts_at=lesson.starts_at, late_minutes=late_minutes),
        MarkWay.QR,
        moment.at,
        skew_seconds=moment.skew_seconds,
        device=device,
    )
    for refused in take_marks([mark], by=None, at=at).refused:
        raise NotAllowed(refused.code)
    return Attendance.objects.get(lesson=lesson, enrolment=enrolment)


def signed_in_already(trainee: Trainee, lesson: Lesson) -> Attendance | None:
    """What is known of him in this lesson, whoever noted it."""
    his = Attendance.objects.there().filter(lesson=lesson, enrolment__trainee__in=rows_of(trainee))
    return his.select_related("enrolment").first()
