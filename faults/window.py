"""A board in a real browser during a fault: what it showed from the first frame to the last, and what it says of its age."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

# Before any script of the page: notes the version of every frame that arrives, and every number that is shown.
RECORD = """
(() => {
  window.heard = [];
  window.shown = [];
  window.sockets = 0;
  window.WebSocket = class extends WebSocket {
    constructor(...asked) {
      super(...asked);
      window.sockets += 1;
      this.addEventListener("message", ({ data }) => {
        const said = JSON.parse(data);
        if (!said.part) window.heard.push([said.version, said.totals.orders]);
      });
    }
  };
  const note = () => {
    const text = document.querySelector('[data-n="totals.orders"]')?.textContent;
    if (text == null) return;
    const number = Number(text.replaceAll(",", ""));
    if (window.shown.at(-1) !== number) window.shown.push(number);
  };
  addEventListener("DOMContentLoaded", () => {
    note();
    const box = document.querySelector('[data-n="totals.orders"]');
    if (box) new MutationObserver(note).observe(box, { childList: true, characterData: true, subtree: true });
  });
})();
"""


OLD = re.compile(r"\d\d:\d\d:\d\d|延迟")


class Window:
    """One open board. Its numbers only ever rise in these runs, so that one that fell was a lower version."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.broken: list[str] = []
        self.fallen = 0  # on pages that were open before this one
        page.add_init_script(RECORD)
        page.on("pageerror", lambda error: self.broken.append(str(error)))

    def open(self, address: str) -> None:
        self.fallen = self.falls() if self.number >= 0 else self.fallen
        self.page.goto(address)
        self.wait("a first frame", lambda: self.page.evaluate("heard.length") > 0)

    def replace(self, files: str, old: str, new: str) -> None:
        """Changes a script of the page, for controls. One that does not hold these words breaks the run."""

        def answer(route: Route) -> None:
            text = route.fetch().text()
            if old not in text:
                raise RuntimeError(f"{route.request.url} does not say {old}")
            route.fulfill(body=text.replace(old, new), content_type="text/javascript")

        self.page.route(files, answer)

    @property
    def number(self) -> int:
        """The orders that it shows; −1 while there is no board."""
        text = self._text('[data-n="totals.orders"]')
        return int(text.replace(",", "")) if text else -1

    @property
    def age(self) -> str:
        return self._text("[data-age-text]")

    def _text(self, what: str) -> str:
        """Empty where there is none, and while one page gives way to another."""
        from playwright.sync_api import Error

        try:
            return str(self.page.evaluate("what => document.querySelector(what)?.textContent ?? ''", what))
        except Error:
            return ""

    @property
    def is_stale(self) -> bool:
        """It says in words since when its number is old (or how old it is, while it asks by GET), and looks like it."""
        return bool(self.page.locator(".lost, .silent").count()) and bool(OLD.search(self.age))

    @property
    def version(self) -> int:
        """Of the newest frame that arrived."""
        return int(self.page.evaluate("heard.length ? heard.at(-1)[0] : -1"))

    def falls(self) -> int:
        """How often the number shown was lower than the one before, since the window was first opened."""
        shown: list[int] = self.page.evaluate("shown")
        return self.fallen + sum(later < earlier for earlier, later in zip(shown, shown[1:], strict=False))

    def heard(self) -> list[tuple[int, int]]:
        """Version and orders of every frame that arrived at this page, in the order of arrival."""
        return [tuple(pair) for pair in self.page.evaluate("heard")]

    def wait(self, what: str, true: Callable[[], Any], seconds: float = 30.0) -> float:
        """Waits, with the browser's events flowing; how long it took. Raises TimeoutError."""
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > seconds:
                raise TimeoutError(f"no {what} within {seconds:g} s: {self.page.url} shows {self.number}, “{self.age}”")
            self.page.wait_for_timeout(50)
        return time.monotonic() - began

    def wait_for(self, number: int, seconds: float = 30.0) -> float:
        return self.wait(f"{number} orders", lambda: self.number == number, seconds)

    def sleep(self, seconds: float) -> None:
        self.page.wait_for_timeout(seconds * 1000)
