"""The Celery app and its timetable. A task only wakes work whose rows are in PostgreSQL, so a lost task loses nothing."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, Task, signals
from structlog.contextvars import bound_contextvars

from config.idle import watch_idle
from livestream.actions.occasion import Occasion, new_request_id, on

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class NumberedTask(Task):  # type: ignore[misc]  # Celery has no types
    """Each run has a number, in its lines of the log and in the audit log, where the task stands as the one who did it."""

    def __call__(self, *args: Any, **words: Any) -> Any:
        number = new_request_id()
        with bound_contextvars(request_id=number, task=self.name), on(Occasion(request_id=number, through=f"task {self.name}")):
            return super().__call__(*args, **words)


app = Celery("cunbo", task_cls=NumberedTask)


@signals.setup_logging.connect  # type: ignore[untyped-decorator]
def keep_our_logging(**_words: Any) -> None:
    """Logs are Django's, one JSON a line: a worker must not take the root logger over, nor its level."""


app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "answer-waiting-hints": {"task": "orders.tasks.answer_waiting_hints", "schedule": 5.0},
    "renew-access-tokens": {"task": "orders.tasks.renew_access_tokens", "schedule": 30.0},
    "pull-platform-lists": {"task": "orders.tasks.pull_platform_lists", "schedule": 30.0, "options": {"expires": 30}},
    "pull-practice-viewers": {"task": "orders.tasks.pull_practice_viewers", "schedule": 60.0, "options": {"expires": 60}},
    "follow-session-windows": {"task": "orders.tasks.follow_session_windows", "schedule": 5.0},
    "retry-kept-messages": {"task": "orders.tasks.retry_kept_messages", "schedule": 15.0},
    "follow-database-timeline": {"task": "orders.tasks.follow_database_timeline", "schedule": 5.0},
    "continue-order-files": {"task": "orders.tasks.continue_order_files", "schedule": 15.0},
    "check-touched-boards": {"task": "orders.tasks.check_touched_boards", "schedule": 10.0},
    "follow-subsidies": {"task": "orders.tasks.follow_subsidy_rules", "schedule": 15.0, "options": {"expires": 15}},
    "note-paid-lows": {"task": "orders.tasks.note_paid_lows", "schedule": 60.0, "options": {"expires": 60}},
    "raise-due-alerts": {"task": "orders.tasks.raise_due_alerts", "schedule": 5.0},
    "state-due-figures": {"task": "orders.tasks.state_due_figures", "schedule": 60.0, "options": {"expires": 60}},
    "check-everything-nightly": {"task": "orders.tasks.check_everything_nightly", "schedule": 300.0},
    "forget-order-files": {"task": "orders.tasks.forget_order_files", "schedule": 3600.0},
    "continue-export-files": {"task": "orders.tasks.continue_export_files", "schedule": 15.0},
    "forget-export-files": {"task": "orders.tasks.forget_export_files", "schedule": 3600.0},
    "seal-audit-entries": {"task": "livestream.tasks.seal_audit_entries", "schedule": 60.0},
    "check-audit-nightly": {"task": "livestream.tasks.check_audit_nightly", "schedule": 300.0},
    "retire-audit-entries": {"task": "livestream.tasks.retire_audit_entries", "schedule": 6 * 3600.0},
    "forget-old-logins": {"task": "livestream.tasks.forget_old_logins", "schedule": 3600.0},
    "erase-sealed-people": {"task": "livestream.tasks.erase_sealed_people", "schedule": 6 * 3600.0},
    "forget-kept-answers": {"task": "livestream.tasks.forget_kept_answers", "schedule": 3600.0},
    "send-due-notices": {"task": "livestream.tasks.send_due_notices", "schedule": 10.0, "options": {"expires": 10}},
    "tell-of-late-sessions": {"task": "livestream.tasks.tell_of_late_sessions", "schedule": 60.0, "options": {"expires": 60}},
    "forget-plan-steps": {"task": "livestream.tasks.forget_plan_steps", "schedule": 3600.0},
    "forget-old-notices": {"task": "livestream.tasks.forget_old_notices", "schedule": 3600.0},
    "tell-of-unanswered": {"task": "livestream.tasks.tell_of_unanswered", "schedule": 60.0},
    "warn-of-ending-papers": {"task": "livestream.tasks.warn_of_ending_papers", "schedule": 3600.0},
    "forget-complaint-contacts": {"task": "livestream.tasks.forget_complaint_contacts", "schedule": 3600.0},
    "keep-practice-moving": {"task": "livestream.tasks.keep_practice_moving", "schedule": 5.0, "options": {"expires": 5}},
    "remind-of-promotion": {"task": "livestream.tasks.remind_of_promotion", "schedule": 300.0},
    "remind-of-tomorrow": {"task": "training.tasks.remind_of_tomorrow", "schedule": 600.0},
    "plan-follow-up-calls": {"task": "training.tasks.plan_calls", "schedule": 6 * 3600.0},
    "propose-grades": {"task": "training.tasks.propose_grades", "schedule": 6 * 3600.0},
    "continue-class-packs": {"task": "training.tasks.continue_class_packs", "schedule": 60.0},
    "forget-class-packs": {"task": "training.tasks.forget_class_packs", "schedule": 3600.0},
    "tell-of-seats": {"task": "training.tasks.tell_of_seats", "schedule": 60.0},
    "turn-months": {"task": "orders.tasks.turn_months", "schedule": 3600.0},
}
watch_idle(app)
