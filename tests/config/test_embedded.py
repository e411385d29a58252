"""The embedded server through every kind of death: real processes, real signals."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from config import embedded

ROOT = Path(__file__).resolve().parents[2]
# Starts the server, says so, and waits for a line before it leaves by the front door.
HOLDER = "from config import embedded; print(embedded.start(), flush=True); input(); embedded.stop()"


@pytest.fixture
def data():
    folder = Path(tempfile.mkdtemp(prefix="cb-", dir="/tmp"))
    yield folder
    if embedded.is_alive(folder / "postgres"):
        server = postmaster(folder)
        server.kill()
        while is_running(server):
            time.sleep(0.01)
    shutil.rmtree(embedded.socket_folder(folder), ignore_errors=True)
    shutil.rmtree(folder)


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CUNBO_EMBEDDED"}}
    return {**kept, "CUNBO_DATA": str(data)}


def hold(data: Path, program: str = HOLDER) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(data),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def leave(holder: subprocess.Popen[str]) -> str:
    """What it said on its way out: nothing, when all is well."""
    _said, complaint = holder.communicate("\n", timeout=60)
    return f"{complaint}{holder.returncode or ''}"


def begun(holder: subprocess.Popen[str]) -> str:
    return holder.stdout.readline().strip()


def postmaster(data: Path) -> psutil.Process:
    return psutil.Process(int((data / "postgres" / "postmaster.pid").read_text().split("\n")[0]))


def is_running(server: psutil.Process) -> bool:
    """A container whose first process buries nobody keeps the dead as zombies."""
    return server.is_running() and server.status() != psutil.STATUS_ZOMBIE


def notes(data: Path) -> list[str]:
    with psycopg.connect(f"host={embedded.socket_folder(data)} user=postgres dbname=cunbo") as connection:
        return [text for (text,) in connection.execute("SELECT text FROM note ORDER BY text")]


def write_note(data: Path, text: str) -> None:
    with psycopg.connect(f"host={embedded.socket_folder(data)} user=postgres dbname=cunbo") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (text text)")
        connection.execute("INSERT INTO note VALUES (%s)", [text])


def test_server_stops_with_its_last_user(data):
    first = hold(data)
    address = begun(first)
    second = hold(data)
    assert begun(second) == address == f"postgres://postgres@/cunbo?host={data}/postgres"
    server = postmaster(data)

    assert leave(first) == ""
    assert is_running(server)
    assert leave(second) == ""
    assert not is_running(server)
    assert not (data / "postgres" / "postmaster.pid").exists()


def test_two_first_starts_at_once_share_one_server(data):
    holders = [hold(data) for _ in range(3)]
    assert len({begun(holder) for holder in holders}) == 1
    server = postmaster(data)
    assert [leave(holder) for holder in holders] == ["", "", ""]
    assert not is_running(server)


def test_killed_user_is_forgotten(data):
    holder = hold(data)
    begun(holder)
    write_note(data, "kept")
    server = postmaster(data)
    holder.kill()
    holder.communicate()
    assert is_running(server)

    heir = hold(data)
    begun(heir)
    assert postmaster(data).pid == server.pid
    assert notes(data) == ["kept"]
    assert leave(heir) == ""
    assert not is_running(server)


def test_killed_server_comes_back_with_everything(data):
    holder = hold(data)
    begun(holder)
    write_note(data, "kept")
    server = postmaster(data)
    os.kill(server.pid, signal.SIGKILL)
    holder.kill()
    holder.communicate()

    heir = hold(data)
    begun(heir)
    assert postmaster(data).pid != server.pid
    assert notes(data) == ["kept"]
    assert leave(heir) == ""


def test_pid_inherited_by_a_stranger_is_not_believed(data):
    holder = hold(data)
    begun(holder)
    lines = (data / "postgres" / "postmaster.pid").read_text().split("\n")
    os.kill(postmaster(data).pid, signal.SIGKILL)
    holder.kill()
    holder.communicate()
    (data / "postgres" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))

    heir = hold(data)
    assert begun(heir).endswith(str(data / "postgres"))
    assert leave(heir) == ""


def test_killed_initdb_leaves_no_half_server(data):
    (data / "postgres.new").mkdir()
    (data / "postgres.new" / "PG_VERSION").write_text("18\n")
    holder = hold(data)
    begun(holder)
    assert leave(holder) == ""
    assert not (data / "postgres.new").exists()


@pytest.mark.parametrize("name", ["x" * 120, "村播 数据's"])
def test_long_and_odd_paths_listen_elsewhere(data, name):
    inner = data / name
    holder = hold(inner)
    assert begun(holder) == f"postgres://postgres@/cunbo?host={embedded.socket_folder(inner)}"
    assert embedded.socket_folder(inner).parent == Path("/tmp")
    assert embedded.socket_folder(inner).stat().st_mode & 0o077 == 0
    write_note(inner, "kept")
    assert leave(holder) == ""
    shutil.rmtree(embedded.socket_folder(inner))


def test_other_major_version_is_refused_in_one_sentence(data):
    holder = hold(data)
    begun(holder)
    leave(holder)
    (data / "postgres" / "PG_VERSION").write_text("17\n")

    with pytest.raises(embedded.CannotStart, match="PostgreSQL 17"):
        embedded.refuse_other_version(data / "postgres")


def test_folder_that_cannot_be_written_is_refused_in_one_sentence(data):
    (data / "file").write_text("")
    with pytest.raises(embedded.CannotStart, match="CUNBO_DATA"):
        embedded.make_folders(data / "file" / "below")


def test_server_that_cannot_start_says_why(data):
    holder = hold(data)
    begun(holder)
    leave(holder)
    with (data / "postgres" / "postgresql.conf").open("a") as file:
        file.write("shared_buffers = banana\n")
    began = time.monotonic()
    broken = hold(data)
    _said, complaint = broken.communicate(timeout=60)
    assert "banana" in complaint
    assert time.monotonic() - began < 20


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_ordinary_user_runs_it_as_itself(data):
    somebody = pwd.getpwnam("nobody")
    os.chown(data, somebody.pw_uid, somebody.pw_gid)
    turned = f"import os; os.setgroups([]); os.setgid({somebody.pw_gid}); os.setuid({somebody.pw_uid}); "
    holder = hold(data, HOLDER.replace("embedded; ", f"embedded; {turned}", 1))
    assert begun(holder).endswith(str(data / "postgres"))
    assert postmaster(data).username() == "nobody"
    assert leave(holder) == ""

    root = hold(data)  # and root, later, gives way to the owner
    begun(root)
    assert postmaster(data).username() == "nobody"
    assert leave(root) == ""
