"""The worker's doors of the school. What there is to do follows from tables, so a lost or repeated task changes nothing."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from livestream.models.leisure import at_leisure
from training.actions.follow_up import plan_all_follow_ups
from training.actions.lesson_telling import remind_of_lessons
from training.actions.telling import tell_promoted


@shared_task  # type: ignore[untyped-decorator]
def remind_of_tomorrow() -> None:
    remind_of_lessons(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def plan_calls() -> None:
    """Whoever completed is called after 1, 3, 6 and 12 months."""
    with at_leisure():
        plan_all_follow_ups()


@shared_task  # type: ignore[untyped-decorator]
def tell_of_seats() -> None:
    """Who got a seat by something that tells nobody: a statement typed into the database."""
    tell_promoted(at=timezone.now())
