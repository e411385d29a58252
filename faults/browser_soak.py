"""Half an hour of an evening at twenty times its speed: neither the page nor the server may grow.

Everything comes twenty times as often as on an evening, orders and frames and details and heartbeats, so that a leak of one
object a frame is as large after 90 s as after half an hour. Both ends are measured after a collection of garbage, first when
they are warm, then at the end.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from faults.bed import open_scene
from faults.browser_faults import BACK_S, address, finish, open_windows, start, with_static
from faults.case import Case, Result, small

if TYPE_CHECKING:
    from faults.bed import Bed
    from faults.processes import Web
    from faults.window import Window

RATE = 100  # orders a second: five, twenty times
WARM = 0.25  # of the run
# Growth from warm to the end. A frame that leaked 100 bytes would be 0.7 MB after half an hour of four a second.
HEAP_KB, NODES, LISTENERS, SERVER_KB = 700, 60, 10, 12_000
# What a page must not do: it keeps what it heard, with an element and a listener for each.
LEAK = """
const kept = [];
window.WebSocket = class extends WebSocket {
  constructor(...asked) {
    super(...asked);
    this.addEventListener("message", ({ data }) => {
      const element = document.createElement("i");
      element.addEventListener("click", () => kept.push(data));
      kept.push([JSON.parse(data), element]);
    });
  }
};
"""


class Size(NamedTuple):
    heap_kb: int
    nodes: int
    listeners: int
    server_kb: int

    def grown(self, before: Size) -> Size:
        return Size(*(later - earlier for earlier, later in zip(before, self, strict=True)))


def soak(bed: Bed, smoke: bool, *, leak: str = "") -> Result:
    """A board open for the whole evening. `leak`: a script that makes the page worse."""
    seconds = 12 if smoke else 90
    result = Result()
    with open_scene(with_static(bed), sabotage="twenty_times") as scene, open_windows(scene) as windows:
        (web,), (window,) = scene.webs, windows
        if leak:
            window.page.add_init_script(leak)
        window.open(address(web.port))
        sender = start(scene, seconds, RATE)
        began = time.monotonic()
        window.sleep(seconds * WARM)
        warm = measure(window, web)
        window.sleep(max(0.0, seconds - 1 - (time.monotonic() - began)))
        frames = len(window.heard())
        grown = measure(window, web).grown(warm)
        finish(scene, sender, windows, result, BACK_S)
        result.figures |= {"seconds": seconds, "frames": frames, **{f"{name} grew": n for name, n in grown._asdict().items()}}
        for name, most in zip(Size._fields, (HEAP_KB, NODES, LISTENERS, SERVER_KB), strict=True):
            if (more := getattr(grown, name)) > most:
                result.problems.append(f"{name} grew by {more}")
        return result


def measure(window: Window, web: Web) -> Size:
    """After a collection of garbage. What our own recorder keeps is left out: it is emptied first."""
    window.page.evaluate(
        "() => { window.heard.splice(0, window.heard.length - 1); window.shown.splice(0, window.shown.length - 1); }"
    )
    chrome = window.page.context.new_cdp_session(window.page)
    chrome.send("Performance.enable")
    for _ in range(3):
        chrome.send("HeapProfiler.collectGarbage")
    found = {metric["name"]: metric["value"] for metric in chrome.send("Performance.getMetrics")["metrics"]}
    chrome.detach()
    return Size(int(found["JSHeapUsedSize"]) // 1024, int(found["Nodes"]), int(found["JSEventListeners"]), web.memory_kb())


CASES = [
    Case(
        "W9",
        "half an hour of an evening at twenty times its speed, in Chromium",
        soak,
        {"leak": small(partial(soak, leak=LEAK))},
    ),
]
