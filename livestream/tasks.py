"""The worker's doors. What there is to do waits in tables, so a lost or repeated task changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime

from celery import shared_task
from django.utils import timezone

from livestream.actions.audit_chain import check_nightly, retire_entries, seal_entries
from livestream.actions.complaint import forget_contacts
from livestream.actions.confirmation import escalate_unanswered
from livestream.actions.incident import forget_stray_proofs
from livestream.actions.kept_answer import forget_answers
from livestream.actions.login import forget_logins
from livestream.actions.notice_alarm import alarm_late
from livestream.actions.notice_sending import forget_notices, send_due
from livestream.actions.paper import forget_stray_scans, warn_of_papers
from livestream.actions.plan import forget_steps
from livestream.actions.practice import end_overdue, keep_moving
from livestream.actions.promotion import remind_of_tasks
from livestream.actions.sms import forget_codes, send_code
from livestream.actions.subject_request import erase_what_is_over
from livestream.models.leisure import at_leisure


@shared_task  # type: ignore[untyped-decorator]
def seal_audit_entries() -> None:
    seal_entries()


@shared_task  # type: ignore[untyped-decorator]
def check_audit_nightly() -> None:
    with at_leisure():
        check_nightly(at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def retire_audit_entries() -> None:
    """What is old enough becomes so on the first of a month: the other runs find nothing."""
    with at_leisure():
        retire_entries(at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def send_sms_code(number: int) -> None:
    send_code(number, at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def forget_old_logins() -> None:
    forget_codes(timezone.now())
    forget_logins(timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def erase_sealed_people() -> None:
    """Whose years are over; the other runs of a day find nobody."""
    with at_leisure():
        erase_what_is_over(timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def forget_kept_answers() -> None:
    with at_leisure():
        forget_answers(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def send_due_notices() -> None:
    send_due(timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def tell_of_late_sessions() -> None:
    alarm_late(timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def forget_old_notices() -> None:
    with at_leisure():
        forget_notices(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def tell_of_unanswered() -> None:
    escalate_unanswered(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def forget_plan_steps() -> None:
    forget_steps(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def remind_of_promotion() -> None:
    remind_of_tasks(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def warn_of_ending_papers() -> None:
    """Each paper is told of on its days; what a killed upload left behind goes too."""
    warn_of_papers(at=timezone.now())
    with at_leisure():
        forget_stray_scans(at=timezone.now())
        forget_stray_proofs(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def forget_complaint_contacts() -> None:
    """Each is forgotten on its day; the other runs find nothing."""
    with at_leisure():
        forget_contacts(at=timezone.now())


@shared_task  # type: ignore[untyped-decorator]
def keep_practice_moving() -> None:
    """Practice rooms sell by the clock, and end by it."""
    end_overdue(at=timezone.now())
    keep_moving(at=timezone.now())
