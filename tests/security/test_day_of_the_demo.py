"""A day of the demo county in which every order names its buyer: afterwards neither the database, nor a log, nor a file does."""

from __future__ import annotations

import csv
import json
import re

import httpx
import openpyxl
import pytest

from orders.platforms import fake_server
from orders.platforms.fake import FakeDouyin, Good
from tests.doors import as_bytes, signed, signed_by_douyin
from tests.factories import make_order_body
from tests.faults.conftest import ServerProcess, own_database, run_command
from tests.faults.test_privacy import FIELDS, NAME, PHONE, POSTGRES_LOG, dump, export_with_buyers, found_in

__all__ = ["own_database"]
KEPT = "留下来的标记党参"  # the title of a product: it belongs to the figures, and shows that the search finds
TASKS = """
from config.celery import app
app.loader.import_default_modules()
for name in sorted({entry["task"] for entry in app.conf.beat_schedule.values()}):
    app.tasks[name]()
print("ran", len(app.conf.beat_schedule))
"""


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("CUNBO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOG_FILE", str(tmp_path / "commands.log"))
    monkeypatch.setenv("ALLOWED_HOSTS", "127.0.0.1")
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.fixture
def talkative(monkeypatch):
    """A 抖店 that says everything about its buyers, in every place its API has."""
    for name in ("detail_of", "line_of", "info_of"):
        told = getattr(fake_server, name)
        monkeypatch.setattr(fake_server, name, lambda *args, told=told: told(*args) | FIELDS)


def demo_of(database):
    done = run_command(database, "demo", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def push_standard(url, shop, room):
    order = make_order_body("D1", room=room, lines=((1, "LDS-500", 1, 5980),), refunds=[("R1", 1, 5)]) | FIELDS
    order["lines"][0] |= FIELDS | {"title": KEPT}
    order["refunds"][0] |= FIELDS
    bad = [
        make_order_body(f"D{n}", room=room) | FIELDS | {field: NAME} for n, field in enumerate(("status", "paid_at", "lines"), 2)
    ]
    body = as_bytes([order, *bad])
    address = f"{url}/push/standard/{shop['key']}/"
    answer = httpx.post(address, content=body, headers=signed(body, "day", shop["secret"]), trust_env=False, timeout=30)
    assert (answer.json()["applied"], len(answer.json()["rejected"])) == (1, 3)
    forged = httpx.post(address, content=body, headers={"content-type": "application/json", "x-name": PHONE}, trust_env=False)
    assert forged.status_code == 401


def push_douyin(url, shop, fake):
    placed, paid = fake.sell([(Good("LDS-500", KEPT, 5980), 1)], room="7300000000000000001")
    fake.refund(placed.number, fen=100)
    messages = [push.message | FIELDS for push in (placed, paid)]
    messages += [{"tag": "101", "msg_id": "x", "data": FIELDS}, {"tag": FIELDS, "msg_id": "y"}]
    body = json.dumps(messages, ensure_ascii=False).encode()
    headers = signed_by_douyin(body, shop["app_key"], shop["secret"])
    assert (
        httpx.post(f"{url}/push/douyin/{shop['key']}/", content=body, headers=headers, trust_env=False, timeout=30).status_code
        == 200
    )


def as_workbook(path):
    """The same rows as Excel has them."""
    book = openpyxl.Workbook()
    with path.open(encoding="gb18030", newline="") as file:
        for row in csv.reader(file):
            book.active.append(row)
    book.save(path.with_suffix(".xlsx"))
    return path.with_suffix(".xlsx")


def upload(url, login, shop_key, *paths):
    """Through the login and the form, as staff does it in a browser; and a few addresses that hold a buyer by mistake."""
    with httpx.Client(base_url=url, follow_redirects=True, trust_env=False, timeout=30) as browser:

        def post(address, files=None, **fields):
            page = browser.get(address).text
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
            return browser.post(
                address, data={"csrfmiddlewaretoken": token} | fields, files=files, headers={"referer": url + address}
            )

        assert post("/login/", username=login["login"], password=login["password"]).status_code == 200
        page = browser.get("/files/upload/").text
        shop = re.search(r'<option value="(\d+)"', page)[1]
        for path in paths:
            answer = post("/files/upload/", {"file": (path.name, path.read_bytes())}, shop=shop)
            assert answer.url.path.startswith("/files/")
            assert "upload" not in answer.url.path, answer.text
        for address in (
            f"/nowhere/{NAME}/?tel={PHONE}",
            f"/waiting/?shop={PHONE}",
            f"/alerts/?kind={NAME}",
            f"/people/?name={NAME}&phone={PHONE}",
        ):
            browser.get(address)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_after_a_day_of_the_demo_no_buyer_is_found(own_database, data, talkative, monkeypatch):
    demo = demo_of(own_database)
    assert run_command(own_database, "collectstatic", "--noinput", "--verbosity", "0").returncode == 0
    standard, douyin = (
        next(shop for shop in demo["shops"] if shop["platform"] == platform) for platform in ("standard", "douyin")
    )
    room = next(session["room"] for session in demo["sessions"] if session["state"] == "live")
    with FakeDouyin(douyin["app_key"], douyin["secret"], seed=5) as fake:
        monkeypatch.setenv("PRACTICE_PLATFORM_URL", fake.url)
        server = ServerProcess(own_database, data / "server.log")
        server.start()
        try:
            push_standard(server.url, standard, room)
            push_douyin(server.url, douyin, fake)
            export_with_buyers(fake, data / "订单.csv")
            book = as_workbook(data / "订单.csv")
            upload(server.url, demo["users"]["staff"], douyin["key"], data / "订单.csv", book)
            for path in (data / "订单.csv", book):
                done = run_command(own_database, "import_orders", str(path), "--shop", douyin["key"], "--json")
                assert json.loads(done.stdout)["applied"] + json.loads(done.stdout)["duplicate"] >= 1, done.stderr
            pulled = run_command(own_database, "pull_orders", "--shop", douyin["key"], "--json")
            assert pulled.returncode == 0, pulled.stderr
            ran = run_command(own_database, "shell", "--no-imports", "-c", TASKS)
            assert "ran " in ran.stdout, ran.stderr
        finally:
            server.kill()

    held = dump(own_database)
    assert KEPT.encode() in held  # the control: what is kept in clear is found
    assert found_in(held) == set()
    written = [path for path in data.rglob("*") if path.is_file() and path.stem != "订单"]
    assert {"server.log", "commands.log"} <= {path.name for path in written}
    assert sum(path.parent.name == "orders" for path in written) >= 4  # the uploads themselves lie there, encrypted
    assert [path.name for path in written if found_in(path.read_bytes())] == []
    assert found_in(POSTGRES_LOG.read_bytes() if POSTGRES_LOG.exists() else b"") == set()
