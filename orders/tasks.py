"""The worker's doors. Each task only wakes work whose rows are in PostgreSQL, so a lost or repeated one changes nothing. One
that is about an object carries its county, and leaves another county's object alone."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from celery import shared_task

from livestream.models.leisure import LONGEST_S, at_leisure
from orders.actions.alert import raise_alerts
from orders.actions.attribution import follow_windows
from orders.actions.check import check_nightly, check_touched
from orders.actions.dead_letter import retry_due_messages
from orders.actions.epoch import follow_timeline
from orders.actions.export_making import continue_exports, forget_exports, make_export
from orders.actions.file import continue_imports, forget_old_files, import_file, is_of_county, read_file
from orders.actions.hints import answer_waiting
from orders.actions.month import drop_old_months, open_months
from orders.actions.paid_low import note_lows
from orders.actions.pull import pull_lists
from orders.actions.raw import KEPT_FOR, forget_raw
from orders.actions.secret import forget_ended_secrets
from orders.actions.statement import state_due
from orders.actions.subsidy import follow_subsidies
from orders.actions.sweep import note_sweep
from orders.actions.token import renew_tokens
from orders.actions.viewers import pull_viewers


@shared_task  # type: ignore[untyped-decorator]
def answer_waiting_hints() -> None:
    answer_waiting(datetime.now(UTC))
    note_sweep("hints", at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def pull_platform_lists() -> None:
    pull_lists(datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def pull_practice_viewers() -> None:
    pull_viewers(datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def renew_access_tokens() -> None:
    """Tokens before they end; secrets that have ended go."""
    forget_ended_secrets(datetime.now(UTC))
    renew_tokens(datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def follow_session_windows() -> None:
    with at_leisure():
        follow_windows(at=datetime.now(UTC))
        note_sweep(
            "windows", at=datetime.now(UTC)
        )  # only the timetable wakes this one: its age is that of the last sweep by beat


@shared_task  # type: ignore[untyped-decorator]
def retry_kept_messages() -> None:
    retry_due_messages(datetime.now(UTC))
    note_sweep("messages", at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def read_order_file(file_id: str, county: str) -> None:
    with at_leisure():
        if is_of_county(UUID(file_id), county):
            read_file(UUID(file_id))


@shared_task  # type: ignore[untyped-decorator]
def import_order_file(file_id: str, county: str) -> None:
    with at_leisure():
        if is_of_county(UUID(file_id), county):
            import_file(UUID(file_id))


@shared_task  # type: ignore[untyped-decorator]
def continue_order_files() -> None:
    with at_leisure():
        continue_imports(at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def forget_order_files() -> None:
    with at_leisure():
        forget_old_files(at=datetime.now(UTC))


@shared_task(time_limit=LONGEST_S)  # type: ignore[untyped-decorator]
def make_export_file(export_id: str, place: str) -> None:
    with at_leisure():
        make_export(UUID(export_id), place)


@shared_task(time_limit=LONGEST_S)  # type: ignore[untyped-decorator]
def continue_export_files() -> None:
    with at_leisure():
        continue_exports(at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def forget_export_files() -> None:
    with at_leisure():
        forget_exports(at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def turn_months() -> None:
    """Months ahead are opened, raw deliveries whose time is over go."""
    with at_leisure():
        now = datetime.now(UTC)
        open_months(now)
        forget_raw(at=now)
        drop_old_months(before=now - KEPT_FOR)


@shared_task  # type: ignore[untyped-decorator]
def check_touched_boards() -> None:
    with at_leisure():
        check_touched(at=datetime.now(UTC))
        note_sweep("checks", at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def raise_due_alerts() -> None:
    with at_leisure():
        raise_alerts(datetime.now(UTC))
        note_sweep("alerts", at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def follow_subsidy_rules() -> None:
    with at_leisure():
        follow_subsidies(at=datetime.now(UTC))
        note_sweep("subsidies", at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def note_paid_lows() -> None:
    with at_leisure():
        note_lows(at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def check_everything_nightly() -> None:
    with at_leisure():
        check_nightly(at=datetime.now(UTC))


@shared_task(time_limit=LONGEST_S)  # type: ignore[untyped-decorator]
def state_due_figures() -> None:
    with at_leisure():
        state_due(at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def follow_database_timeline() -> None:
    follow_timeline()
