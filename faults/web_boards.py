"""Faults of boards: idle, cut off, never read, all back at once, moved from one web process to another, too many."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.report import percentile
from config.machine.limits import raise_file_limit
from faults.bed import open_scene
from faults.boards import PATHS, PER_VIEWER, Balancer, Crowd, log_in_many, open_raw
from faults.case import Case, Result, small
from faults.evening import evening
from faults.watching import Pages
from faults.world import COUNTY, SESSION_ID

if TYPE_CHECKING:
    import socket

    from faults.bed import Bed, Scene
    from faults.processes import Web
    from faults.sender import Sender

NO_CAPS = {"BOARD_SOCKETS_PER_USER": "0", "BOARD_SOCKETS_PER_ADDRESS": "0"}
ONE_ADDRESS = {"BOARD_SOCKETS_PER_ADDRESS": "0"}  # all our boards come from here
SLOW_S = 1.0
BACK_S, MOVED_S, CLOSED_S, STALE_S = 15.0, 10.0, 60.0, 5.0
SHOWN = (
    ("SELECT COALESCE(sum(orders), 0)::int FROM orders_ledgerentry WHERE session_id = %s", SESSION_ID),
    ("SELECT COALESCE(sum(orders), 0)::int FROM orders_ledgerentry WHERE county_id = %s", COUNTY),
)


def stay_idle(bed: Bed, smoke: bool) -> Result:
    """F59: nothing is said for a minute, in neither direction; then a push comes, and every board shows it."""
    seconds = 8 if smoke else 60
    result = Result()
    with open_scene(bed, sabotage="no_heartbeat", environment=NO_CAPS) as scene:
        (web,) = scene.webs
        with Crowd(web.port, log_in_many(scene, 1), PER_VIEWER) as crowd:
            crowd.until_live(20)
            time.sleep(1.0)
            before = sum(len(screen.came) for screen in crowd.screens)
            time.sleep(seconds)
            heard = sum(len(screen.came) for screen in crowd.screens) - before
            closed = crowd.codes().total()
            sender = scene.sender(2)
            sender.start(evening(10))
            sender.wait_for(5)
            finish(scene, sender, crowd, result)
            result.figures |= {"idle_s": seconds, "frames_meanwhile": heard, "closed": closed}
            if heard or closed:
                result.problems.append(f"{heard} frames came and {closed} boards were closed while all was quiet")
        return scene.check().into(result)


def cut_off(bed: Bed, smoke: bool) -> Result:
    """F60: every line is reset again and again while orders come."""
    seconds, count = (8, 10) if smoke else (60, 50)
    chance = random.Random(60)
    result = Result()
    with open_scene(bed, environment=NO_CAPS) as scene, Balancer([web.port for web in scene.webs]) as proxy:
        with Crowd(proxy.port, log_in_many(scene, count // PER_VIEWER), count) as crowd:
            crowd.until_live(20)
            sender = scene.sender(8)
            sender.start(evening(20 * seconds), 20)
            until, slowest, cuts = time.monotonic() + seconds, 0.0, 0
            while time.monotonic() < until:
                time.sleep(chance.uniform(0.5, 2) if smoke else chance.uniform(2, 10))
                proxy.cut()
                cuts += 1
                slowest = max(slowest, crowd.until_live(20, time.monotonic()))
            finish(scene, sender, crowd, result)
        result.figures |= {"cuts": cuts, "stale_s": round(slowest, 2)}
        if slowest > STALE_S:
            result.problems.append(f"a board was stale for {slowest:.1f} s")
        return scene.check().into(result)


def never_read(bed: Bed, smoke: bool, sabotage: str | None = None) -> Result:
    """F64: twenty boards take what they are sent and never read it, beside two hundred that do."""
    deaf, count, calm_s = (5, 20, 3) if smoke else (20, 200, 15)
    limit_s = 15.0 if smoke else CLOSED_S
    hurry = {"UVICORN_WS_PING_INTERVAL": "2", "UVICORN_WS_PING_TIMEOUT": "2"} if smoke else {}
    result = Result()
    with open_scene(bed, sabotage=sabotage, environment=NO_CAPS | hurry) as scene:
        (web,) = scene.webs
        cookies = log_in_many(scene, count // PER_VIEWER)
        with Crowd(web.port, cookies, count) as crowd:
            crowd.until_live(30)
            sender = scene.sender(8)
            sender.start(evening(20 * int(calm_s + limit_s + 10)), 20)
            time.sleep(calm_s)
            memory_kb, began = web.memory_kb(), time.monotonic()
            calm = crowd.lags(began - calm_s, began)
            lines = [open_raw(web.port, PATHS[0], cookies[0])[0] for _ in range(deaf)]
            ports = {int(line.getsockname()[1]) for line in lines}
            gone_s, highest_kb = until_gone(web, ports, limit_s)
            judge_calm(result, calm, crowd.lags(began))
            result.figures |= {"closed_after_s": round(gone_s, 1), "memory_mb": f"{memory_kb // 1024} to {highest_kb // 1024}"}
            if gone_s > limit_s:
                result.problems.append(f"still connected after {limit_s:.0f} s: {len(connected(web, ports))}")
            if highest_kb - memory_kb > 20 * 1024:
                result.problems.append(f"memory grew by {(highest_kb - memory_kb) // 1024} MB")
            for line in lines:
                line.close()
            finish(scene, sender, crowd, result)
        return scene.check().into(result)


def connected(web: Web, ports: set[int]) -> set[int]:
    """Those whose connection the server's end still has, in whatever state: the kernel's own list, since it keeps connections
    that belong to no process any more."""
    with Path("/proc/net/tcp").open() as listed:
        ends = [line.split()[1:4] for line in listed]
    ours, timed_wait = f"0100007F:{web.port:04X}", "06"
    return {int(far[9:], 16) for near, far, state in ends[1:] if near == ours and state != timed_wait} & ports


def until_gone(web: Web, ports: set[int], seconds: float) -> tuple[float, int]:
    """Seconds until the server has no connection to these any more, and its most KB meanwhile."""
    began, highest = time.monotonic(), 0
    while connected(web, ports):
        highest = max(highest, web.memory_kb())
        if time.monotonic() - began > seconds:
            return float("inf"), highest
        time.sleep(0.5)
    return time.monotonic() - began, highest


def judge_calm(result: Result, calm: list[float], beside: list[float]) -> None:
    """How old frames were at the others, before and beside."""
    for share in (0.95, 0.99):
        name = f"p{share * 100:.0f}_ms"
        result.figures[name] = f"{percentile(beside, share) * 1000:.0f} after {percentile(calm, share) * 1000:.0f}"
    if percentile(beside, 0.95) > SLOW_S:
        result.problems.append(f"frames of the others were {percentile(beside, 0.95):.1f} s old")


def come_back_at_once(bed: Bed, smoke: bool, sabotage: str | None = None) -> Result:
    """F65: all boards lose their line in one moment, twice: in quiet, and while pushes come. The questions are counted."""
    count = 100 if smoke else 500
    keys = 2 * count // PER_VIEWER  # one of every viewer for each of two boards
    result = Result()
    with open_scene(bed, sabotage=sabotage, environment=ONE_ADDRESS) as scene:
        (web,) = scene.webs
        with Crowd(web.port, log_in_many(scene, count // PER_VIEWER), count) as crowd:
            crowd.until_live(60)
            time.sleep(6)  # what was kept of the first handshakes is forgotten
            before = questions(scene)
            quiet_s = drop_and_wait(crowd)
            time.sleep(1.5)  # until the database has counted
            statements, logins = (after - was for after, was in zip(questions(scene), before, strict=True))
            sender = scene.sender(8)
            sender.start(evening(2500), 50)
            sender.wait_for(100)
            began = time.monotonic()
            result.recovery_s = round(max(quiet_s, drop_and_wait(crowd)), 2)
            waits = sorted(t.ended - t.began for t in list(sender.tries) if t.began >= began)
            result.figures |= {"boards": count, "statements_per_s": round(statements / (quiet_s + 1.5), 1), "logins_read": logins}
            result.figures |= {"push_p99_ms": round(percentile(waits, 0.99) * 1000)}
            if result.recovery_s > BACK_S:
                result.problems.append(f"not all boards were live after {BACK_S:.0f} s")
            if percentile(waits, 0.99) > SLOW_S:
                result.problems.append(f"pushes waited {percentile(waits, 0.99):.1f} s")
            if logins > 3 * keys:
                result.problems.append(f"{logins} logins were read, of {keys} keys")
            finish(scene, sender, crowd, result)
        return scene.check().into(result)


def drop_and_wait(crowd: Crowd) -> float:
    began = time.monotonic()
    crowd.drop_all()
    return crowd.until_live(2 * BACK_S, began)


def questions(scene: Scene) -> tuple[int, int]:
    """Statements of the database so far, and how often the table of logins was looked into."""
    ((statements,),) = scene.cluster.execute("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
    ((logins,),) = scene.cluster.execute(
        "SELECT COALESCE(idx_scan, 0) + seq_scan FROM pg_stat_user_tables WHERE relname = 'django_session'"
    )
    return int(statements), int(logins)


def move_over(bed: Bed, smoke: bool) -> Result:
    """F67: two web processes behind a balancer; one is killed and comes back, then the other is restarted in peace."""
    count, rate = (20, 50) if smoke else (100, 200)
    result = Result()
    with open_scene(bed, webs=2, environment=ONE_ADDRESS) as scene, Balancer([web.port for web in scene.webs]) as proxy:
        victim, other = scene.webs
        with Crowd(proxy.port, log_in_many(scene, count // PER_VIEWER), count) as crowd:
            crowd.until_live(60)
            sender = scene.sender(16)
            sender.start(evening(rate * 60), rate)
            sender.wait_for(2 * rate)
            began = time.monotonic()
            victim.kill()
            moved = [crowd.until_live(2 * BACK_S, began)]
            victim.start()
            time.sleep(1)
            began = time.monotonic()
            other.stop()
            moved.append(crowd.until_live(2 * BACK_S, began))
            other.start()
            told = crowd.codes()[1012]
            result.recovery_s = round(max(moved), 2)
            result.figures |= {"moved_after_kill_s": round(moved[0], 2), "after_restart_s": round(moved[1], 2), "told_1012": told}
            finish(scene, sender, crowd, result)
            if max(moved) > MOVED_S:
                result.problems.append(f"boards were live again only after {max(moved):.1f} s")
            if not told:
                result.problems.append("no board was told of the restart")
        return scene.check().into(result)


def finish(scene: Scene, sender: Sender, crowd: Crowd, result: Result) -> None:
    """Sends what is still open; then every board shows, within a second of each other, what the ledger says."""
    if not sender.drain(60):
        result.problems.append("not everything was acked")
    result.problems += sender.unclean(silence=True)
    acked = time.monotonic()
    truth = {path: scene.cluster.execute(query, [key])[0][0] for path, (query, key) in zip(PATHS, SHOWN, strict=True)}
    wrong = -1
    while wrong and time.monotonic() - acked < BACK_S:
        wrong = sum(not screen.frame or screen.frame["totals"]["orders"] != truth[screen.path] for screen in crowd.screens)
        time.sleep(0.02)
    if wrong:
        result.problems.append(f"{wrong} boards show another number than the ledger")
    result.figures["agreed_after_s"] = round(time.monotonic() - acked, 2)
    if (agreed := crowd.until_agreed(1.0)) > 1.0:
        result.problems.append(f"boards of one scope show different versions for {agreed} s")


def too_many(bed: Bed, smoke: bool, caps: tuple[int, int, int] | None = None) -> Result:
    """F75: connections from twenty addresses, more than the server, an address and a viewer may have."""
    each, (server, address, viewer) = (15, caps or (100, 12, 5)) if smoke else (100, caps or (600, 80, 10))
    names = ("BOARD_SOCKETS", "BOARD_SOCKETS_PER_ADDRESS", "BOARD_SOCKETS_PER_USER")
    environment = dict(zip(names, map(str, (server, address, viewer)), strict=True))
    most = (100, 12) if smoke else (600, 80)
    raise_file_limit()
    result = Result()
    with open_scene(bed, webs=0) as scene:
        scene.command("collectstatic", "--noinput", "--verbosity", "0")  # or there were no login page
        web = scene.web(environment=environment)
        cookies = log_in_many(scene, 80)
        pages = Pages(web, "/login/").start()
        sender = scene.sender(4)
        sender.start(evening(20 * 60), 20)
        began = time.monotonic()
        with ThreadPoolExecutor(20) as threads:
            knocked = list(threads.map(lambda n: flood(web.port, f"127.0.0.{n + 2}", cookies[n:] + cookies[:n], each), range(20)))
        result.figures["seconds"] = round(time.monotonic() - began, 1)
        time.sleep(2)
        pages.stop()
        judge_flood(result, knocked, most)
        waits = sorted(t.ended - t.began for t in list(sender.tries))
        result.figures |= {"slowest_login_s": round(pages.slowest(), 2), "push_p99_ms": round(percentile(waits, 0.99) * 1000)}
        refused = Counter(asked.status for asked in pages.asked if asked.status != 200)
        if refused or pages.slowest() > SLOW_S:
            result.problems.append(f"the login page took {pages.slowest():.1f} s, refused: {dict(refused)}")
        if percentile(waits, 0.99) > SLOW_S:
            result.problems.append(f"pushes waited {percentile(waits, 0.99):.1f} s")
        for line in (line for lines, _ in knocked for line in lines):
            line.close()
        if not sender.drain(60):
            result.problems.append("not everything was acked")
        return scene.check().into(result)


def flood(port: int, source: str, cookies: list[str], count: int) -> tuple[list[socket.socket], Counter[int]]:
    """So many handshakes from one address, one after the other; what was let in stays open."""
    lines, statuses = [], Counter[int]()
    for n in range(count):
        line, status = open_raw(port, PATHS[0], cookies[n % len(cookies)], source=source)
        statuses[status] += 1
        lines.append(line)
    return lines, statuses


def judge_flood(result: Result, knocked: list[tuple[list[socket.socket], Counter[int]]], most: tuple[int, int]) -> None:
    statuses = sum((found for _, found in knocked), Counter[int]())
    result.figures |= {str(status): count for status, count in sorted(statuses.items())}
    if statuses[101] > most[0] or max(found[101] for _, found in knocked) > most[1]:
        result.problems.append(f"{statuses[101]} boards were let in")
    if unknown := set(statuses) - {101, 429, 503}:
        result.problems.append(f"handshakes were answered with {unknown}")


CASES = [
    Case("F59", "a board on which nothing is said", stay_idle),
    Case("F60", "every board's line reset again and again", cut_off),
    Case(
        "F64",
        "boards that are never read",
        never_read,
        {"closed without a reset": small(partial(never_read, sabotage="polite"))},
    ),
    Case(
        "F65",
        "all boards come back at once",
        come_back_at_once,
        {"every handshake asks": small(partial(come_back_at_once, sabotage="ask_each"))},
    ),
    Case("F67", "two web processes, one killed, one restarted", move_over),
    Case("F75", "more connections than allowed", too_many, {"no caps": small(partial(too_many, caps=(0, 0, 0)))}),
]
