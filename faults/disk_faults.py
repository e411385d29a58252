"""A full disk: the data's and the log's (WAL), each on a small tmpfs of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from config import embedded
from faults.bed import Scene
from faults.case import Case, NotHere, Result, small
from faults.evening import evening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults.bed import Bed
    from faults.sender import Sender

RATE = 300.0
PROMISED_S = 10.0  # to the first 2xx, once there is room again
SMALL = "256m"


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A tmpfs. Raises NotHere where this machine does not let us mount one."""
    if os.geteuid() != 0:
        raise NotHere("only root may mount a small tmpfs")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL},mode=0711", "tmpfs", folder], capture_output=True, check=False
    )
    if done.returncode:
        raise NotHere(f"mount was refused: {done.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def small_scene(bed: Bed, which: str, sabotage: str | None) -> Iterator[tuple[Scene, Path]]:
    """A scene whose data, or whose log, lies on the small disk; gives the disk too."""
    folder = bed.new_folder()
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / "disk").mkdir()
        disk = stack.enter_context(small_disk(folder / "disk"))
        cluster = bed.copy(disk / "postgres" if which == "data" else folder / "postgres")
        away = folder / "wal" if which == "data" else disk / "wal"
        wal = cluster.folder / "pg_wal"
        shutil.copytree(wal, away)
        for place in [away, *away.rglob("*")]:
            os.chown(place, *embedded.server_ids(cluster.folder))
        shutil.rmtree(wal)
        wal.symlink_to(away)
        stack.callback(cluster.stop, "immediate")
        cluster.start("min_wal_size=32MB", "max_wal_size=64MB")
        scene = Scene(bed, folder, cluster, stack)
        scene.web(sabotage)
        yield scene, disk


def fill(disk: Path) -> Path:
    """Takes all that is left of the disk."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 65536)
        except OSError:
            return ballast


def fill_disk(bed: Bed, smoke: bool, which: str = "data", sabotage: str | None = None) -> Result:
    """F22: nothing is acked that is not kept while the disk is full; taken again when there is room."""
    full_s = 3.0 if smoke else 15.0
    result = Result()
    with small_scene(bed, which, sabotage) as (scene, disk):
        sender = scene.sender()
        sender.start(evening(60_000), rate=RATE)
        sender.wait_for(150)
        ballast = fill(disk)
        if which == "wal":
            use_up_log(scene)
        refused = wait_for_refusal(sender, result)
        time.sleep(full_s)
        ballast.unlink()
        freed = time.monotonic()
        scene.cluster.start("min_wal_size=32MB", "max_wal_size=64MB")  # a full log ends the server; `up` or systemd starts it
        result.recovery_s = sender.resumed(freed)
        if result.recovery_s > PROMISED_S:
            result.problems.append(f"the first 2xx came {result.recovery_s:.1f} s after there was room")
        time.sleep(0.5)
        if not sender.drain(60):
            result.problems.append("not everything was acked")
        result.problems += sender.unclean(silence=False)
        result.figures |= {f"{which}: answers 503": sender.statuses()[503], f"{which}: s until refused": refused}
        scene.check().into(result)
        result.problems += damage(scene)
    return result


def use_up_log(scene: Scene) -> None:
    """Goes through the log files that are there already, so that a new one is needed at once."""
    with suppress(psycopg.Error):
        for _ in range(50):
            scene.cluster.execute("SELECT pg_logical_emit_message(false, 'fault', repeat('x', 100)), pg_switch_wal()")


def wait_for_refusal(sender: Sender, result: Result) -> float:
    """Seconds until the first 503."""
    began = time.monotonic()
    while time.monotonic() < began + 30:
        if sender.statuses()[503]:
            return round(time.monotonic() - began, 2)
        time.sleep(0.02)
    result.problems.append("nothing was refused: the disk was not full")
    return 30.0


def damage(scene: Scene) -> list[str]:
    """What pg_amcheck finds in tables and indexes."""
    command = [
        str(embedded.PROGRAMS / "pg_amcheck"), "--install-missing", "--heapallindexed", "-U", "postgres",
        "-h", "127.0.0.1", "-p", str(scene.cluster.port), "cunbo",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [f"pg_amcheck: {(done.stdout + done.stderr)[:300]}"] if done.returncode else []


def fill_both(bed: Bed, smoke: bool, sabotage: str | None = None) -> Result:
    """First the data's disk, then the log's."""
    data, wal = (fill_disk(bed, smoke, which, sabotage) for which in ("data", "wal"))
    return Result(
        data.lost + wal.lost,
        data.double + wal.double,
        max(data.recovery_s or 0, wal.recovery_s or 0),
        data.problems + wal.problems,
        data.figures | wal.figures,
    )


CASES = [
    Case(
        "F22",
        "disk full, of the data and of the log (WAL)",
        fill_both,
        {"ack_before_commit": small(partial(fill_both, sabotage="ack_before_commit"))},
    ),
]
