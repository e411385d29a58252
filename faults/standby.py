"""A standby of a cluster: copied by pg_basebackup, fed by streaming, promoted when the primary is gone.

The programs come with the embedded server. The standby counts as synchronous when the primary names it so; a COMMIT on the
primary then waits until the standby has it on disk.
"""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

from config import embedded
from faults.cluster import Cluster

if TYPE_CHECKING:
    from pathlib import Path

NAME = "standby"
PATIENCE_S = 60.0


class Standby(Cluster):
    """Started like any cluster; it follows its primary until `promote`."""

    def promote(self) -> float:
        """Returns the moment from which it takes writes."""
        self.execute("SELECT pg_promote(wait => false)", database="postgres")
        until = time.monotonic() + PATIENCE_S
        while self.execute("SELECT pg_is_in_recovery()", database="postgres")[0][0]:
            if time.monotonic() > until:
                raise RuntimeError(f"the standby was not promoted: {embedded.last_words(self.folder / 'log')}")
            time.sleep(0.02)
        return time.monotonic()


def copy_running(primary: Cluster, folder: Path, port: int, reach: int) -> Standby:
    """A standby of a running primary, stopped; it will follow it through the port `reach`, that of a proxy, under its name."""
    folder.mkdir(mode=0o700)
    os.chown(folder, *embedded.server_ids(primary.folder))
    done = subprocess.run(
        [embedded.PROGRAMS / "pg_basebackup", "-D", str(folder), "-X", "stream", "-c", "fast", "-R",
         "-d", f"host=127.0.0.1 port={reach} user=postgres application_name={NAME}"],
        cwd="/", env={**os.environ, "LC_ALL": "C"}, capture_output=True, text=True, check=False, **embedded.identity(folder),
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"pg_basebackup failed: {done.stderr[-500:]}")
    (folder / "log").unlink(missing_ok=True)
    return Standby(folder, port)


def make_synchronous(primary: Cluster, names: str = NAME) -> None:
    """From now on a COMMIT waits for these standbys; "" waits for none. Works without a restart."""
    primary.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'", database="postgres")
    primary.execute("SELECT pg_reload_conf()", database="postgres")


def wait_until_streaming(primary: Cluster, state: str = "sync") -> float:
    """Until the standby is as the primary wishes it ("sync", or "async"); returns that moment."""
    until = time.monotonic() + PATIENCE_S
    asked = "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state = %s"
    while not primary.execute(asked, [state], database="postgres")[0][0]:
        if time.monotonic() > until:
            raise RuntimeError("the standby does not follow")
        time.sleep(0.02)
    return time.monotonic()
