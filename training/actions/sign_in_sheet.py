"""Every write to paper: a sheet that is printed, and its lines entered back in one go."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from django.db import transaction

from livestream.rules.errors import NotAllowed
from training.actions.attendance import NewMark, Taken, lock_lessons, take_marks
from training.models import Mark, SignInSheet
from training.rules.attendance import MarkWay, Presence

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from livestream.models import User
    from training.models import Enrolment, Lesson, Photo

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that reads like another
CODE_SIGNS, CHECK_SIGNS = 8, 2


@transaction.atomic
def print_sheet(lesson: Lesson, *, by: User) -> SignInSheet:
    """A new sheet with a code of its own; each print is one. Raises NotAllowed(`lesson_cancelled`)."""
    if lesson.state == "cancelled":
        raise NotAllowed("lesson_cancelled")
    code = "".join(secrets.choice(SIGNS) for _ in range(CODE_SIGNS))
    return SignInSheet.objects.create(lesson=lesson, code=code, printed_by=by)


def row_code(sheet: SignInSheet, enrolment: Enrolment) -> str:
    """`07-KX`: the seat, and two signs that only this sheet's line of this person has. Who enters compares them, and notices a
    line of another sheet, or of somebody whose seat went to another since the print."""
    digest = hashlib.sha256(f"{sheet.code} {enrolment.pk}".encode()).digest()
    return f"{enrolment.seat or 0:02}-" + "".join(SIGNS[byte % len(SIGNS)] for byte in digest[:CHECK_SIGNS])


def entered_of(sheet: SignInSheet) -> dict[UUID, Presence]:
    """What the sheet says of each enrolment, as it was entered last."""
    marks = Mark.objects.filter(sheet=sheet).order_by("at", "client_id")
    return {mark.enrolment_id: Presence(mark.presence) for mark in marks}


@transaction.atomic
def enter_sheet(
    sheet: SignInSheet, lines: Mapping[UUID, Presence], *, page: UUID, photo: Photo | None = None, by: User, at: datetime
) -> Taken:
    """The lines of a signed sheet, by enrolment. What it said already is not stored again, so that it may be entered anew to
    correct a line; the same `page` twice is once. A line of somebody who has left meanwhile is refused by itself."""
    lock_lessons([sheet.lesson_id])
    before = entered_of(sheet)
    new = {enrolment: presence for enrolment, presence in lines.items() if before.get(enrolment) != presence}
    marks = [
        NewMark(
            uuid5(page, f"{enrolment} {presence}"), sheet.lesson_id, enrolment, presence, MarkWay.PAPER, at, sheet_id=sheet.pk
        )
        for enrolment, presence in new.items()
    ]
    taken = take_marks(marks, by=by, at=at)
    sheet.entered_at, sheet.entered_by = at, by
    sheet.photo = photo or sheet.photo
    sheet.save(update_fields=["entered_at", "entered_by", "photo"])
    return taken
