"""The worker's doors. Each task only wakes work whose rows are in PostgreSQL, so a lost or repeated one changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from celery import shared_task

from orders.actions.attribution import follow_windows
from orders.actions.file import continue_imports, forget_old_files, import_file
from orders.actions.hints import answer_waiting


@shared_task  # type: ignore[untyped-decorator]
def answer_waiting_hints() -> None:
    answer_waiting(datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def follow_session_windows() -> None:
    follow_windows(at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def import_order_file(file_id: str) -> None:
    import_file(UUID(file_id))


@shared_task  # type: ignore[untyped-decorator]
def continue_order_files() -> None:
    continue_imports(at=datetime.now(UTC))


@shared_task  # type: ignore[untyped-decorator]
def forget_order_files() -> None:
    forget_old_files(at=datetime.now(UTC))
