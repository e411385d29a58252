"""Every write of what trainees say themselves, and what comes of it together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from livestream.rules.errors import NotAllowed
from training.models import Feedback, school_rules_of
from training.rules.exam import FeedbackKind
from training.rules.feedback import Summary, summary_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from training.models import Cohort, Enrolment


class Said(NamedTuple):
    """A filled form: a face for each line, and free words."""

    kind: FeedbackKind
    answers: Mapping[str, int]
    words: str = ""


@transaction.atomic
def give_feedback(enrolment: Enrolment, said: Said, *, client_id: UUID, at: datetime) -> Feedback:
    """Once of each kind: whatever is sent later, by whichever phone, changes nothing. Raises NotAllowed(`page_is_old`)."""
    one = Feedback(enrolment=enrolment, kind=said.kind, answers=dict(said.answers), words=said.words, client_id=client_id, at=at)
    Feedback.objects.bulk_create([one], ignore_conflicts=True)
    if stored := Feedback.objects.filter(enrolment=enrolment, kind=said.kind).first():
        return stored
    raise NotAllowed("page_is_old")


def summaries_of(cohort: Cohort) -> list[Summary]:
    """Each form of a cohort together, without names; small numbers are counted and not shown."""
    seated = cohort.enrolments.seated()
    asked, small_cell = seated.count(), school_rules_of(cohort.county_id).small_cell
    rows = Feedback.objects.filter(enrolment__in=seated.values("pk")).values_list("kind", "answers", "words")
    said: dict[str, list[tuple[Mapping[str, int], str]]] = {kind: [] for kind in FeedbackKind.values}
    for kind, answers, words in rows:
        said[kind].append((answers, words))
    return [summary_of(kind, said[kind], asked=asked, small_cell=small_cell) for kind in FeedbackKind]
