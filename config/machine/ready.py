"""What must be true before the first page: a database with every migration, static files of this release."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config import embedded
from config.embedded import CannotStart

if TYPE_CHECKING:
    from collections.abc import Callable

OLDEST_POSTGRES = 15


def check_database() -> None:
    """Raises CannotStart when DATABASE_URL leads nowhere."""
    parameters = connection.get_connection_params()
    parameters.pop("pool", None)
    try:
        with psycopg.connect(**parameters) as trial:
            version = trial.info.server_version // 10000
    except psycopg.Error as error:
        reason = " ".join(str(error).split())
        raise CannotStart(
            f"连不上 DATABASE_URL 指定的数据库：{reason}。请检查地址、账号和密码；不设置 DATABASE_URL 就用自带的数据库。",
            "The database of DATABASE_URL cannot be reached. Check the address, or unset the variable to use the built-in one.",
        ) from error
    if version < OLDEST_POSTGRES:
        raise CannotStart(
            f"DATABASE_URL 指定的是 PostgreSQL {version}，需要 {OLDEST_POSTGRES} 或更新的版本。",
            f"DATABASE_URL names a PostgreSQL {version}; {OLDEST_POSTGRES} or newer is needed.",
        )


def migrate(tell: Callable[[str], None]) -> None:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        tell("更新数据库结构…")
        call_command("migrate", verbosity=0, interactive=False)


def collect_static(tell: Callable[[str], None]) -> None:
    """Hashes and compresses the static files, unless the very same were done before."""
    stamp = Path(settings.DATA) / "run" / "static"
    now = static_stamp()
    if stamp.exists() and stamp.read_text() == now and (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return
    tell("整理页面文件…")
    call_command("collectstatic", verbosity=0, interactive=False)
    stamp.write_text(now)


def static_stamp() -> str:
    """Changes with every file that is added, removed or written, and with the place they go to."""
    digest = hashlib.sha256(f"{django.VERSION} {settings.STATIC_ROOT}".encode())
    for finder in get_finders():
        for name, storage in finder.list(apps.get_app_config("staticfiles").ignore_patterns):  # type: ignore[attr-defined]
            state = Path(storage.path(name)).stat()
            digest.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    digest.update(Path(embedded.ROOT / "config" / "storage.py").read_bytes())
    return digest.hexdigest()
