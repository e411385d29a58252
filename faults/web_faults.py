"""Faults of the web process: killed in mid-batch, killed between commit and answer, one of two killed."""

from __future__ import annotations

import json
import random
import time
import urllib.request
from functools import partial
from typing import TYPE_CHECKING, Any

from faults.bed import open_scene
from faults.case import Case, Result, small
from faults.evening import crowd, evening
from faults.world import COUNTY, LOGIN_KEY, SESSION_ID

if TYPE_CHECKING:
    from faults.bed import Bed, Scene
    from faults.processes import Web
    from faults.sender import Sender

PATIENCE_S = 120.0
BACKLOG_S = 10.0  # after the last kill
DYING_S = 240.0  # for 200 deaths at most


def kill_in_mid_batch(bed: Bed, smoke: bool, sabotage: str | None = None) -> Result:
    """F17."""
    pushes, kills = (1500, 2) if smoke else (20_000, 30)
    chance = random.Random(17)
    result = Result()
    with open_scene(bed, sabotage=sabotage) as scene:
        (web,) = scene.webs
        sender = scene.sender()
        sender.start(evening(pushes))
        recoveries = []
        for n in range(kills):
            sender.wait_for((n + 1) * pushes // (kills + 2))
            time.sleep(chance.uniform(0.010, 0.200))
            web.kill()
            began = time.monotonic()
            web.start()
            recoveries.append(sender.resumed(began))
        finish(sender, result)
        result.recovery_s = max(recoveries)
        result.figures |= {"pushes": pushes, "kills": kills}
        return scene.check().into(result)


def die_before_the_answer(bed: Bed, smoke: bool, sabotage: str = "die_after_commit") -> Result:
    """F18: the process kills itself after COMMIT and before the answers, again and again."""
    deaths = 3 if smoke else 200
    result = Result()
    with open_scene(bed, sabotage=sabotage) as scene:
        (web,) = scene.webs
        sender = scene.sender(connections=16)
        sender.start(evening(40_000))
        died, recoveries, until = 0, [], time.monotonic() + DYING_S
        while died < deaths and time.monotonic() < until and sender.is_sending():
            time.sleep(0.005)
            if web.is_alive():
                continue
            died += 1
            began = time.monotonic()
            web.start(may_die=True)
            recoveries.append(sender.resumed(began, 5) if died % 10 == 1 and not smoke else time.monotonic() - began)
        web.kill()
        began = time.monotonic()
        scene.web(sabotage.replace("die_after_commit", "").strip("+") or None, port=web.port)
        result.recovery_s = sender.resumed(began)
        if not sender.drain(PATIENCE_S):
            result.problems.append("not everything was acked")
        result.figures |= {"deaths": died, "longest start s": round(max(recoveries, default=0), 2)}
        return scene.check().into(result)


def share_between_two(bed: Bed, smoke: bool, sabotage: str | None = None) -> Result:
    """F15: two processes on one database, messages about the same orders reach both; one is killed on the way."""
    pushes = 1000 if smoke else 12_000
    result = Result()
    with open_scene(bed, webs=2, sabotage=sabotage) as scene:
        victim, survivor = scene.webs
        sender = scene.sender()
        sender.start([*crowd(pushes // 2), *evening(pushes // 2)])
        sender.wait_for(pushes // 4)
        victim.kill()
        result.recovery_s = sender.resumed(time.monotonic())
        sender.wait_for(pushes // 2)
        victim.start()
        finish(sender, result)
        result.figures |= {"pushes": pushes} | shares(scene)
        scene.check().into(result)
        result.problems += compare_boards(scene, [victim, survivor])
    return result


def shares(scene: Scene) -> dict[str, int]:
    """How many orders there are."""
    ((orders,),) = scene.cluster.execute("SELECT count(*) FROM orders_order")
    return {"orders": orders}


def compare_boards(scene: Scene, webs: list[Web]) -> list[str]:
    """Both processes show the session's sum of the ledger, and the same county."""
    ((orders, units, paid, refunded),) = scene.cluster.execute(
        "SELECT sum(orders)::int, sum(units)::int, sum(paid_fen)::bigint, sum(refunded_fen)::bigint FROM orders_ledgerentry"
        " WHERE session_id = %s",
        [SESSION_ID],
    )
    truth = {"orders": orders, "units": units, "paid_fen": paid, "refunded_fen": refunded, "net_fen": paid - refunded}
    until = time.monotonic() + 10
    while True:
        shown = [frame(web, f"session/{SESSION_ID}")["totals"] for web in webs]
        counties = [frame(web, f"county/{COUNTY}") for web in webs]
        versions = {(county["epoch"], county["version"], json.dumps(county["totals"])) for county in counties}
        if all(totals == truth for totals in shown) and len(versions) == 1:
            return []
        if time.monotonic() > until:
            return [f"boards disagree: {shown} and the ledger says {truth}; counties: {versions}"]
        time.sleep(0.2)


def frame(web: Web, scope: str) -> dict[str, Any]:
    request = urllib.request.Request(f"{web.url}/api/v1/board/{scope}/", headers={"cookie": f"cunbo={LOGIN_KEY}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        shown: dict[str, Any] = json.loads(answer.read())
    return shown


def finish(sender: Sender, result: Result) -> None:
    if not sender.wait(PATIENCE_S):
        result.problems.append("not everything was acked")
    result.problems += sender.unclean(silence=True)


CASES = [
    Case(
        "F15",
        "two web processes share one database, one of them kill -9",
        share_between_two,
        {"no_lock": small(partial(share_between_two, sabotage="no_lock"))},
    ),
    Case(
        "F17",
        "web process kill -9 in mid-batch",
        kill_in_mid_batch,
        {name: small(partial(kill_in_mid_batch, sabotage=name)) for name in ("ack_before_commit", "no_transaction")},
    ),
    Case(
        "F18",
        "web process kill -9 between commit and answer",
        die_before_the_answer,
        {"forget": small(partial(die_before_the_answer, sabotage="die_after_commit+forget"))},
    ),
]
