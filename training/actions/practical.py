"""Every write of practicals (以战代训): a session of the trainee's own, on air or for practice, marked with the rubric."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from livestream.models import LiveSession
from livestream.rules.errors import NotAllowed
from livestream.rules.when import Clock, moment
from training.actions.rubric import keep_default, rubric_of
from training.models import Practical
from training.rules.rubric import marks_by

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from livestream.models import User
    from training.models import Enrolment


class Marking(NamedTuple):
    """What a marker typed: the points by key of the rubric that he saw, and a few words."""

    rubric_version: int
    points: Mapping[str, str]
    words: str = ""


def sessions_to_mark(enrolment: Enrolment) -> QuerySet[LiveSession]:
    """The sessions that this trainee hosted in the county since the cohort began, practice too, newest first."""
    cohort, user = enrolment.cohort, enrolment.trainee.user_id
    if user is None:
        return LiveSession.objects.none()
    began_at = moment(cohort.starts_on, Clock(time(0)))
    found = LiveSession.objects.aired().filter(county=cohort.county_id, host=user, went_live_at__gte=began_at)
    return found.order_by("-went_live_at", "pk")


@transaction.atomic
def mark_practical(enrolment: Enrolment, session: LiveSession, marking: Marking, *, by: User, at: datetime) -> Practical:
    """One row of each marker for a session: marked once more by the same, it is changed. Nobody marks himself.

    Raises NotAllowed(`practical_elsewhere`, `practical_own`, `rubric_meanwhile`, `too_long`) and what `marks_by` raises."""
    if by.pk == enrolment.trainee.user_id:
        raise NotAllowed("practical_own")
    if not sessions_to_mark(enrolment).filter(pk=session.pk).exists():
        raise NotAllowed("practical_elsewhere")
    county = enrolment.cohort.county_id
    keep_default(county)
    rubric = rubric_of(county)
    if rubric.version != marking.rubric_version:
        raise NotAllowed("rubric_meanwhile")
    marks = marks_by(rubric, marking.points)
    practical, _is_new = Practical.objects.update_or_create(
        enrolment=enrolment,
        session=session,
        marked_by=by,
        defaults={
            "rubric_version": rubric.version,
            "marks": marks,
            "total": sum(marks.values()),
            "words": marking.words,
            "marked_at": at,
        },
    )
    return practical
