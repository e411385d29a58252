"""Faults of boards as a person meets them, in Chromium: afterwards the number is the database's, and none was ever lower.

`W` for window; the promises are those of F60 to F67 and F72. `make soak` runs all of these, for minutes each.
"""

from __future__ import annotations

import random
import shutil
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from faults.bed import open_scene
from faults.boards import Balancer
from faults.case import Case, NotHere, Result, small
from faults.frame_proxy import FrameProxy, Meddling
from faults.net_broker import open_redis
from faults.processes import run_command
from faults.sender import push_of
from faults.window import Window
from faults.world import LOGIN_KEY, ROOM, SESSION_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faults.bed import Bed, Scene
    from faults.processes import Web
    from faults.sender import Push, Sender

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
BOARD = f"/board/session/{SESSION_ID}/"
BACK_S = 45.0  # the longest pause between two tries, and a start
RATE = 20
SEEN_S = 3.0  # from the last order to the number of a board that is well


def paid_orders(count: int) -> list[Push]:
    """Orders that stay: the number of a board only rises, so that one that falls was an older one."""
    now = datetime.now(UTC).isoformat()
    line = {"line_no": "1", "sku": "LDS-500", "title": "潞党参 500g", "quantity": 1, "paid_fen": 5980}
    order = {"version": 1, "updated_at": now, "status": "paid", "paid_at": now, "live_room": ROOM, "lines": [line]}
    return [push_of(f"W_{n}", order | {"order_no": f"W{n:07d}"}) for n in range(count)]


@contextmanager
def open_windows(scene: Scene, count: int = 1) -> Iterator[list[Window]]:
    """So many pages of one browser, signed in as somebody of the county's staff."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NotHere("pip install -r requirements-dev.txt") from None
    if not shutil.which(CHROMIUM):
        raise NotHere("apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu", "--js-flags=--expose-gc"]
        )
        context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN", timezone_id="Asia/Shanghai")
        context.add_cookies([{"name": "cunbo", "value": LOGIN_KEY, "url": "http://127.0.0.1"}])
        yield [Window(context.new_page()) for _ in range(count)]
        browser.close()


def with_static(bed: Bed) -> Bed:
    """Servers read at their start which static files there are."""
    if not list(bed.folder.glob("data/static/*.json")):
        done = run_command(bed.environment, "collectstatic", "--noinput", "--verbosity", "0")
        if done.returncode:
            raise RuntimeError(done.stderr)
    return bed


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}{BOARD}"


def truth(scene: Scene) -> int:
    statement = "SELECT COALESCE(sum(orders), 0)::int FROM orders_ledgerentry WHERE session_id = %s"
    return int(scene.cluster.execute(statement, [SESSION_ID])[0][0])


def start(scene: Scene, seconds: float, rate: int = RATE) -> Sender:
    sender = scene.sender(8)
    sender.start(paid_orders(int(seconds * rate)), rate)
    return sender


def finish(scene: Scene, sender: Sender, windows: Sequence[Window], result: Result, seconds: float = SEEN_S) -> Result:
    """Everything is acked; every window comes to the database's number and says that it is fresh; none ever fell."""
    while sender.is_sending():
        windows[0].sleep(0.1)
    if not sender.drain(60):
        result.problems.append("not everything was acked")
    number = truth(scene)
    for window in windows:
        try:
            result.recovery_s = max(result.recovery_s or 0.0, window.wait_for(number, seconds))
            window.wait("fresh age", lambda window=window: not window.is_stale, seconds)
        except TimeoutError as error:
            result.problems.append(f"{error}; the database says {number}")
        if falls := window.falls():
            result.problems.append(f"{falls} times a lower number was shown")
        result.problems += [f"a script broke: {words}" for words in window.broken[:3]]
    result.figures |= {"orders": number, "frames": len(windows[0].heard())}
    return scene.check().into(result)


@contextmanager
def behind_proxy(bed: Bed) -> Iterator[tuple[Scene, FrameProxy, list[Window]]]:
    """One server, and a window that reaches it only through a proxy that can do it harm."""
    with (
        open_scene(with_static(bed)) as scene,
        FrameProxy(("127.0.0.1", scene.webs[0].port)) as proxy,
        open_windows(scene) as windows,
    ):
        yield scene, proxy, windows


# --- the network ----------------------------------------------------------------------------------------------------------


def network_cut(bed: Bed, smoke: bool, *, swallows: bool = False) -> Result:
    """Nothing passes for a minute: every connection refused, or open and silent."""
    seconds = 6 if smoke else 60
    result = Result()
    with behind_proxy(bed) as (scene, proxy, windows):
        (window,) = windows
        window.open(address(proxy.port))
        sender = start(scene, seconds + 8)
        window.sleep(3)
        began = time.monotonic()
        if swallows:
            proxy.set(timeout_s=0)
        else:
            proxy.down()
        told = window.wait("word of a stale number", lambda: window.is_stale, 15)
        shown = window.number
        window.sleep(max(0.0, seconds - (time.monotonic() - began)))
        if window.number != shown or not window.is_stale:
            result.problems.append("the board moved, or forgot to say that it is old, while nothing came through")
        proxy.heal()
        proxy.up()
        result.figures |= {"cut s": seconds, "said after s": round(told, 1), "missed": truth(scene) - shown}
        return finish(scene, sender, windows, result, BACK_S)


def resets(bed: Bed, smoke: bool) -> Result:
    """Every connection is reset, every few seconds."""
    seconds, pauses = (8, (0.5, 1.5)) if smoke else (300, (2.0, 10.0))
    chance = random.Random(60)
    result = Result()
    with behind_proxy(bed) as (scene, proxy, windows):
        (window,) = windows
        window.open(address(proxy.port))
        sender = start(scene, seconds)
        until, cuts, slowest = time.monotonic() + seconds, 0, 0.0
        while time.monotonic() < until:
            window.sleep(chance.uniform(*pauses))
            proxy.cut()
            cuts += 1
            before = len(window.heard())
            slowest = max(slowest, window.wait("frame after a reset", lambda before=before: len(window.heard()) > before, BACK_S))
        result.figures |= {"resets": cuts, "longest without a frame s": round(slowest, 1)}
        return finish(scene, sender, windows, result, BACK_S)


def meddled(bed: Bed, smoke: bool, *, takes_all: bool = False) -> Result:
    """A fifth of the messages is lost, others come twice or after the next one; then the last ones are lost, too.
    `takes_all`: the page shows whatever comes."""
    seconds = 8 if smoke else 180
    result = Result()
    with behind_proxy(bed) as (scene, proxy, windows):
        (window,) = windows
        if takes_all:
            window.replace("**/socket*.js", "if (!isNewer(message, newest[part])) return;", "")
        window.open(address(proxy.port))
        proxy.meddling = Meddling(lose=0.2, double=0.3, hold=0.3)
        sender = start(scene, seconds)
        window.sleep(seconds - 1)
        proxy.meddling = Meddling(lose=1.0)
        while sender.is_sending():
            window.sleep(0.1)
        window.sleep(0.5)
        behind = truth(scene) - window.number
        proxy.meddling = Meddling()
        finish(scene, sender, windows, result, 15.0)  # a heartbeat, and what a busy machine adds to it
        versions = [version for version, _ in window.heard()]
        backwards = sum(later < earlier for earlier, later in zip(versions, versions[1:], strict=False))
        result.figures |= {**proxy.done, "older versions that came": backwards, "behind at the end": behind}
        if not backwards or not behind:
            result.problems.append("nothing was out of order, or the last word was not lost: this run proves nothing")
        return result


# --- servers --------------------------------------------------------------------------------------------------------------


def killed(bed: Bed, smoke: bool) -> Result:
    """kill -9 of the web process, again and again."""
    kills, pause = (1, 2.0) if smoke else (6, 10.0)
    result = Result()
    with open_scene(with_static(bed)) as scene, open_windows(scene) as windows:
        (web,), (window,) = scene.webs, windows
        window.open(address(web.port))
        sender = start(scene, kills * (pause + 4) + 4)
        slowest = 0.0
        for _ in range(kills):
            window.sleep(2)
            web.kill()
            window.wait("word of a stale number", lambda: window.is_stale, 5)
            window.sleep(pause)
            before = len(window.heard())
            web.start()
            slowest = max(
                slowest, window.wait("frame of the new process", lambda before=before: len(window.heard()) > before, BACK_S)
            )
        result.figures |= {"kills": kills, "back after s": round(slowest, 1)}
        return finish(scene, sender, windows, result, BACK_S)


def redis_gone(bed: Bed, smoke: bool) -> Result:
    """Redis is flushed, killed, started again, silent: the board does not notice."""
    seconds = 2 if smoke else 15
    result = Result()
    with open_scene(with_static(bed), webs=0) as scene, open_windows(scene) as windows:
        redis = open_redis(scene)
        web = scene.web(environment={"REDIS_URL": redis.url})
        (window,) = windows
        window.open(address(web.port))
        sender = start(scene, 5 * seconds)
        harms = [("flushed", lambda: redis.say("FLUSHALL")), ("killed", redis.kill), ("started", redis.start)]
        for name, harm in [*harms, ("silent", lambda: redis.proxy.set(timeout_s=0))]:
            harm()
            shown, stale = window.number, 0
            for _ in range(seconds * 4):
                window.sleep(0.25)
                stale += window.is_stale
            if stale or window.number == shown:
                result.problems.append(f"Redis {name}: the board stood still")
        return finish(scene, sender, windows, result)


def two_servers(bed: Bed, smoke: bool) -> Result:
    """Two web processes behind one address: one version within a second; the windows of one that is killed move over."""
    rounds = 1 if smoke else 5
    result = Result()
    with (
        open_scene(with_static(bed), webs=2) as scene,
        Balancer([web.port for web in scene.webs]) as balancer,
        open_windows(scene, 2) as windows,
    ):
        both = list(balancer.servers)
        for place, window in enumerate(windows):
            balancer.servers = [both[place]]
            window.open(address(balancer.port))
        balancer.servers = both
        sender = start(scene, rounds * 12)
        apart, moved = 0.0, 0.0
        for n in range(rounds):
            window, other, victim = windows[n % 2], windows[1 - n % 2], scene.webs[n % 2]
            apart = max(apart, agree(windows))
            before = len(window.heard())
            victim.kill()
            moved = max(
                moved,
                window.wait("frame of the other process", lambda window=window, before=before: len(window.heard()) > before, 15),
            )
            if other.is_stale:
                result.problems.append("the other window noticed")
            victim.start()
            lead_back(window, balancer, victim, both)
        result.figures |= {"kills": rounds, "apart at most s": round(apart, 2), "moved after s": round(moved, 1)}
        if apart > 1:
            result.problems.append(f"for {apart:.1f} s the two showed different versions")
        return finish(scene, sender, windows, result, 15.0)


def agree(windows: Sequence[Window]) -> float:
    """How long until both have heard of the version that the first has now."""
    version = windows[0].version
    return windows[1].wait(f"version {version}", lambda: windows[1].version >= version, 15)


def lead_back(window: Window, balancer: Balancer, web: Web, both: list[tuple[str, int] | str]) -> None:
    balancer.servers = [("127.0.0.1", web.port)]
    window.open(address(balancer.port))
    balancer.servers = both


# --- rights ---------------------------------------------------------------------------------------------------------------


def right_ends(bed: Bed, _smoke: bool) -> Result:
    """Signed out elsewhere while a board is open: closed within 30 s, and the page is the login's."""
    result = Result()
    with open_scene(with_static(bed)) as scene, open_windows(scene) as windows:
        (window,) = windows
        window.open(address(scene.webs[0].port))
        sender = start(scene, 35)
        window.sleep(1)
        scene.cluster.execute("DELETE FROM django_session")
        result.recovery_s = window.wait("end of the board", lambda: window.number == -1 and "/login/" in window.page.url, 40)
        if result.recovery_s > 33:
            result.problems.append(f"closed after {result.recovery_s:.0f} s")
        while sender.is_sending():
            window.sleep(0.2)
        sender.drain(60)
        return scene.check().into(result)


CASES = [
    Case("W1", "network refused for a minute, in Chromium", network_cut),
    Case("W2", "network silent for a minute, in Chromium", partial(network_cut, swallows=True)),
    Case("W3", "web process kill -9 under an open board, in Chromium", killed),
    Case("W4", "Redis flushed, killed, silent under an open board, in Chromium", redis_gone),
    Case("W5", "signed out under an open board, in Chromium", right_ends),
    Case("W6", "connections reset every few seconds (F60), in Chromium", resets),
    Case(
        "W7",
        "messages lost, doubled, reordered (F61, F62), in Chromium",
        meddled,
        {"takes_all": small(partial(meddled, takes_all=True))},
    ),
    Case("W8", "two web processes, one killed, in Chromium", two_servers),
]
