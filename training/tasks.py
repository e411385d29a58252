"""The worker's doors of the school. What there is to do follows from tables, so a lost or repeated task changes nothing."""

from __future__ import annotations

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from livestream.actions.stored_file import STRAY_AFTER
from livestream.models.leisure import LONGEST_S, at_leisure
from training.actions.class_pack import continue_packs, forget_packs, make_pack
from training.actions.enclosure import forget_stray_enclosures
from training.actions.follow_up import plan_all_follow_ups
from training.actions.grade import propose_all
from training.actions.lesson_telling import remind_of_lessons
from training.actions.material import forget_stray_materials
from training.actions.photo import forget_stray_photos
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
def propose_grades() -> None:
    """Whose figures say another grade than he holds has a proposal; a person decides."""
    with at_leisure():
        propose_all(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def tell_of_seats() -> None:
    """Who got a seat by something that tells nobody: a statement typed into the database."""
    tell_promoted(at=timezone.now())


@shared_task(time_limit=LONGEST_S)  # type: ignore[untyped-decorator]
def make_class_pack(pack_id: str, county: str) -> None:
    with at_leisure():
        make_pack(UUID(pack_id), county)


@shared_task(time_limit=LONGEST_S)  # type: ignore[untyped-decorator]
def continue_class_packs() -> None:
    with at_leisure():
        continue_packs(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def forget_class_packs() -> None:
    """Packs whose time is over; photos and materials that a killed upload left behind go too."""
    now = timezone.now()
    with at_leisure():
        forget_packs(at=now)
        forget_stray_enclosures(at=now)
        forget_stray_photos(at=now)
        forget_stray_materials(before=now - STRAY_AFTER)
