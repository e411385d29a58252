"""Boards through bad networks, dying servers and lost rights, in Chromium: afterwards the number is the database's, and no lower
number was ever shown. A few short ones; `make soak` stages these and more for minutes: a network that swallows everything, lost and
doubled messages, a Redis that is gone, two servers (faults/browser_faults.py)."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Sum
from playwright.sync_api import Error, expect

from faults.bed import free_port
from faults.frame_proxy import FrameProxy, Meddling
from faults.window import Window
from livestream.models import User
from orders.actions.intake import receive
from orders.board import hub
from orders.models import DayTally
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
numbers = itertools.count()


def sell(shop, count=1):
    at = datetime.now(UTC)
    bodies = [make_order_body(f"N{next(numbers)}", at=at) for _ in range(count)]
    receive([make_arrival(shop, *bodies, now=at)], cause=Cause.PUSH, at=at)


def counted(session):
    return DayTally.objects.filter(scope=f"session:{session.pk}").aggregate(orders=Sum("orders", default=0))["orders"]


def is_right(screen, session, seconds=30):
    """Waits for the database's number; then no lower one was ever shown, and no script broke."""
    screen.wait_for(counted(session), seconds)
    screen.wait("a fresh age", lambda: not screen.is_stale, seconds)
    assert (screen.falls(), screen.broken) == (0, [])


@pytest.fixture
def screen(page):
    return Window(page)


@pytest.fixture
def proxy(server):
    with FrameProxy(("127.0.0.1", server.port)) as proxy:
        yield proxy


@pytest.fixture
def watching(screen, proxy, sign_in, session, shop, staff):
    """The session's board, open through the proxy, with five orders on it."""
    sign_in(staff)
    sell(shop, 5)
    screen.open(f"http://127.0.0.1:{proxy.port}/board/session/{session.pk}/")
    screen.wait_for(5)
    return screen


def test_a_network_that_is_gone_is_said_and_made_good(watching, proxy, session, shop):
    proxy.down()
    watching.wait("word of a stale number", lambda: watching.is_stale, 5)
    sell(shop, 7)
    watching.sleep(2)
    assert watching.number == 5

    proxy.up()

    is_right(watching, session)
    assert watching.number == 12


def test_resets_never_show_a_lower_number(watching, proxy, session, shop):
    for _ in range(6):
        sell(shop, 3)
        watching.sleep(0.7)
        proxy.cut(reset=True)
        sell(shop, 3)
        watching.sleep(0.3)

    is_right(watching, session)
    assert watching.page.evaluate("sockets") >= 3


def test_a_page_that_takes_every_message_shows_a_lower_number(watching, proxy, session, shop, server):
    """The control: with messages that pass each other, taking whatever comes is seen to be wrong."""
    proxy.meddling = Meddling(hold=1.0)
    for _ in range(8):
        sell(shop, 3)
        watching.sleep(0.3)
    orders = [orders for _, orders in watching.heard()]

    assert orders != sorted(orders)
    assert watching.falls() == 0


# --- processes that die ---------------------------------------------------------------------------------------------------


class Process:
    """A server in a process of its own, over the test's database, to be killed with -9."""

    def __init__(self, folder, **environment):
        self.port = free_port()
        self.said = folder / f"web-{self.port}.log"
        database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
        self.environment = {
            **os.environ, "SECRET_KEY": settings.SECRET_KEY, "FIELD_KEYS": ",".join(settings.FIELD_KEYS), "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_POOL": "4",
            "DATABASE_URL": urlunsplit(database), "CUNBO_DATA": str(folder), **environment,
        }  # fmt: skip
        self.running = None

    def start(self):
        command = [sys.executable, "-m", "tests.walks.web_process", str(self.port)]
        with self.said.open("ab") as said:
            self.running = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=said, stderr=said)

    def kill(self):
        if self.running:
            self.running.kill()
            self.running.wait()


@pytest.fixture
def processes(tmp_path, transactional_db):
    started = []

    def make(**environment):
        process = Process(tmp_path, **environment)
        started.append(process)
        process.start()
        return process

    yield make
    for process in started:
        process.kill()
        sys.stdout.write(process.said.read_text()[-2000:])  # pytest shows it when the walk failed


def reached(page, address):
    try:
        return page.goto(address).ok
    except Error:  # nobody listens yet
        return False


def open_when_ready(screen, address):
    screen.wait("server", lambda: reached(screen.page, address))
    screen.wait("a first frame", lambda: screen.page.evaluate("heard.length") > 0)


def test_a_server_that_is_killed_and_comes_back_is_followed(screen, processes, sign_in, session, shop, staff):
    process = processes()
    sign_in(staff)
    sell(shop, 5)
    open_when_ready(screen, f"http://127.0.0.1:{process.port}/board/session/{session.pk}/")

    process.kill()

    screen.wait("word of a stale number", lambda: screen.is_stale, 5)
    sell(shop, 7)
    process.start()
    is_right(screen, session, 40)
    assert screen.number == 12


# --- rights that end while somebody watches -------------------------------------------------------------------------------


@pytest.fixture
def quick_rights(monkeypatch):
    """Rights are looked at twice a second instead of every 30 s."""
    monkeypatch.setattr(hub.Pace.__new__, "__defaults__", tuple(hub.Pace(rights=0.5)))


def sign_out(user, _other_county):
    Session.objects.all().delete()


def move_away(user, other_county):
    User.objects.filter(pk=user.pk).update(place=other_county)


@pytest.mark.parametrize(
    ("change", "said"),
    [(sign_out, "登录"), (move_away, "没有")],
    ids=["signed out", "another county"],
)
def test_a_right_that_ends_closes_the_board_and_the_page_says_so(
    quick_rights, page, sign_in, session, shop, staff, other_county, screen, change, said
):
    sign_in(staff)
    sell(shop, 3)
    screen.open("/board/county/140425/")
    screen.wait_for(3)

    change(staff, other_county)

    expect(page.locator("[data-board]")).to_have_count(0, timeout=15_000)
    expect(page.locator("body")).to_contain_text(said)
    assert page.locator("[data-n]").count() == 0
