"""The one-machine mode as its operator sees it: real processes, real signals, one folder for all."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from config import embedded
from config.machine import door

ROOT = Path(__file__).resolve().parents[2]
OURS = {"DATABASE_URL", "DATABASE_POOL", "CUNBO_EMBEDDED", "CUNBO_TEST_RUN", "CUNBO_DATA", "LOG_FILE", "SECRET_KEY", "FIELD_KEYS"}
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@dataclass
class Up:
    """A running `manage.py up`, and what it said so far."""

    process: subprocess.Popen
    said: Path

    @property
    def text(self) -> str:
        return self.said.read_text()

    @property
    def address(self) -> str:
        return re.search(r"Cunbo is running at (\S+) ", self.text)[1]

    def wait_for(self, words: str, seconds: float = 180) -> None:
        end = time.monotonic() + seconds
        while words not in self.text:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < end, self.text
            time.sleep(0.05)

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def programs(self) -> set[str]:
        """What runs now, by the name of the program; a backend may end while we look."""
        names = set()
        for process in self.family():
            with suppress(psutil.NoSuchProcess):
                names.add(Path(process.exe()).name)
        return names

    def leave(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


def environment(data: Path, **more: str) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if name not in OURS}, "CUNBO_DATA": str(data), **more}


def words_of(process: psutil.Process) -> list[str]:
    """The command line; of a database backend that ended while we looked: nothing."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:  # a zombie is one too
        return []


def has_ended(process: psutil.Process) -> bool:
    """Dead, or a zombie that a container's first process does not bury."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def are_gone(processes: list[psutil.Process], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if all(has_ended(process) for process in processes):
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def data():
    folder = Path(tempfile.mkdtemp(prefix="cb-", dir="/tmp"))
    yield folder
    if embedded.is_alive(folder / "postgres"):
        os.kill(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def up(data):
    """Starts `up`, waits for its greeting; kills what the test left running."""
    started: list[Up] = []

    def start(*arguments: str, **more: str) -> Up:
        said = data / f"said-{time.monotonic_ns()}"
        with said.open("w") as file:
            command = [sys.executable, "manage.py", "up", "--port", "0", *arguments]
            process = subprocess.Popen(command, cwd=ROOT, env=environment(data, **more), stdout=file, stderr=file)
        one = Up(process, said)
        started.append(one)
        one.wait_for("Cunbo is running")
        return one

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.process.wait()


def refused(data: Path, *arguments: str, **more: str) -> str:
    """What `up` says on stderr when it will not start: two lines, Chinese and English, and exit code 1."""
    done = subprocess.run(
        [sys.executable, "manage.py", "up", "--port", "0", *arguments],
        cwd=ROOT,
        env=environment(data, **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout, len(done.stderr.strip().splitlines())) == (1, "", 2), done.stderr
    assert re.search(r"[\u4e00-\u9fff]", done.stderr)
    return done.stderr


def orders_of(data: Path, platform: str) -> int:
    with psycopg.connect(f"host={embedded.socket_folder(data)} user=postgres dbname=cunbo") as connection:
        counted = "SELECT count(*) FROM orders_order o JOIN orders_shop s ON s.id = o.shop_id WHERE s.platform = %s"
        return connection.execute(counted, [platform]).fetchone()[0]


def wait_until(condition, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_everything_runs_and_one_key_stops_all_of_it(up, data):
    one = up()
    assert httpx.get(f"{one.address}healthz").text == "ok\n"
    assert httpx.get(f"{one.address}readyz").json() == {"database": True, "migrations": True}
    assert httpx.get(f"{one.address}login/").status_code == 200
    logins = re.findall(r"^ +(1\d{10})  (\S{12,})  \S+$", one.text, re.MULTILINE)
    assert len(logins) == 11
    # The simulator's practice orders name only their number: they arrive when worker, beat and the fake platform all run.
    before = orders_of(data, "standard"), orders_of(data, "douyin")
    wait_until(lambda: orders_of(data, "standard") > before[0] and orders_of(data, "douyin") > before[1])
    family = one.family()
    assert {"postgres", Path(psutil.Process().exe()).name} <= one.programs()

    began = time.monotonic()
    assert one.leave() == 0
    assert time.monotonic() - began < 15
    assert are_gone(family)
    assert one.text.endswith("正在停止…\n已停止。\n")


def test_kill_leaves_nothing_to_do_by_hand(up, data):
    one = up()
    wait_until(lambda: orders_of(data, "standard") > 20)
    simulator = [process for process in one.family() if "simulate" in words_of(process)]
    assert len(simulator) == 1
    one.process.kill()
    one.process.wait()
    assert are_gone(simulator)
    counted = orders_of(data, "standard")

    heir = up("--no-simulator")
    assert httpx.get(f"{heir.address}readyz").status_code == 200
    assert orders_of(data, "standard") == counted
    assert heir.leave() == 0


def test_second_start_names_the_first_and_a_killed_database_comes_back(up, data):
    one = up("--no-simulator", "--no-demo")
    assert f"已经在运行：{one.address} " in refused(data)

    os.kill(int((data / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    wait_until(lambda: httpx.get(f"{one.address}readyz", timeout=30).status_code == 200 and embedded.is_alive(data / "postgres"))
    assert one.leave() == 0
    assert not embedded.is_alive(data / "postgres")


def test_address_of_another_interface_is_let_in_and_sigterm_stops_all(up):
    one = up("--no-simulator", "--no-demo", "--host", "127.0.0.2")
    assert one.address.startswith("http://127.0.0.2:")
    assert httpx.get(f"{one.address}login/").status_code == 200
    assert httpx.get(f"{one.address}login/", headers={"host": "evil.example"}).status_code == 400
    family = one.family()
    assert one.leave(signal.SIGTERM) == 0
    assert are_gone(family)


def test_everywhere_means_every_name_of_this_machine():
    assert set(door.machine_names()) <= set(door.allowed_hosts("0.0.0.0"))
    assert socket.gethostname() in door.machine_names()
    assert door.urls("0.0.0.0", 8000)[0] == "http://127.0.0.1:8000/"


def test_taken_port_is_one_sentence(data):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert f"端口 {port} 已被别的程序占用" in refused(data, "--port", str(port))


@pytest.mark.parametrize(
    ("arguments", "variables", "words"),
    [
        (["--host", "203.0.113.7"], {}, "HOST"),
        (["--port", "70000"], {}, "PORT"),
        ([], {"CUNBO_DATA": "/proc/nowhere"}, "CUNBO_DATA"),
        ([], {"CUNBO_DATA": str(ROOT / "manage.py" / "below")}, "CUNBO_DATA"),
        ([], {"DEBUG": "1", "DATABASE_URL": "postgres://a:b@127.0.0.1:1/c"}, "DATABASE_URL"),
        ([], {"DEBUG": "1", "DATABASE_URL": "mysql://a:b@127.0.0.1/c"}, "DATABASE_URL"),
        ([], {"DATABASE_URL": "postgres://a:b@127.0.0.1:1/c"}, "SECRET_KEY"),
        ([], {"DATABASE_URL": "postgres://a:b@127.0.0.1:1/c", "SECRET_KEY": "x"}, "FIELD_KEYS"),
        ([], {"PUSH_QUEUE_LIMIT": "many"}, "PUSH_QUEUE_LIMIT"),
    ],
)
def test_whatever_prevents_the_start_is_one_sentence(data, arguments, variables, words):
    assert words in refused(data, *arguments, **variables)
