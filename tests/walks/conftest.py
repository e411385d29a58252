"""What a walk needs: Cunbo on a real port over the test's database, and a page of headless Chromium that looks at it.

A walk asks for `live_url` (`http://127.0.0.1:<port>`), `page` (playwright) and `sign_in(user)`. `server.stop()` and
`server.start()` take the server away and bring it back on the same port. Say `@pytest.mark.browser` on every walk.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import uvicorn
from django.conf import settings
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.sign_in import signed_in

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

PATIENCE = 30_000  # ms: a machine that does many things at once is no failure
expect.set_options(timeout=PATIENCE)


class Server:
    """uvicorn in a thread of this process, so that it uses the test's database."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        from config.asgi import application  # it loads the middleware: only after the settings are final

        self.uvicorn = uvicorn.Server(
            uvicorn.Config(
                ASGIStaticFilesHandler(application),
                port=self.port,
                ws="config.machine.wire:Wire",
                lifespan="off",
                log_config=None,
                timeout_graceful_shutdown=2,
            )
        )
        self.thread = threading.Thread(target=self.uvicorn.run, name="walk-server")
        self.thread.start()
        until = time.monotonic() + 10
        while not self.uvicorn.started:
            assert self.thread.is_alive(), "the server did not start"
            assert time.monotonic() < until, "the server did not start in 10 s"
            time.sleep(0.01)

    def stop(self) -> None:
        self.uvicorn.should_exit = True
        self.thread.join(10)
        assert not self.thread.is_alive(), "the server did not stop in 10 s"


@pytest.fixture
def server(transactional_db) -> Iterator[Server]:
    server = Server()
    server.start()
    yield server
    if server.thread.is_alive():
        server.stop()


@pytest.fixture
def live_url(server: Server) -> str:
    return server.url


@pytest.fixture(scope="session")
def chromium() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """One Chromium for all walks of this process, and playwright's loop. The loop runs only during a walk: whoever comes between
    two walks may run a loop of his own."""
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip("apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def page(chromium, server: Server, monkeypatch) -> Iterator[Page]:
    """A page at 1920×1080 whose addresses begin at `live_url`. A script that breaks or offends the CSP fails the walk."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright keeps a loop running in this thread
    browser, loop = chromium
    broken: list[str] = []
    asyncio._set_running_loop(loop)
    try:
        context = browser.new_context(
            base_url=server.url, viewport={"width": 1920, "height": 1080}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on("console", lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None)
        yield page
        for left in browser.contexts:
            left.close()
    finally:
        asyncio._set_running_loop(None)
    assert broken == []


@pytest.fixture
def sign_in(page: Page, server: Server) -> Callable[..., None]:
    """`sign_in(user)` gives the page that person's session cookie; the login form has walks of its own."""

    def _sign_in(user) -> None:
        cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])

    return _sign_in
