from __future__ import annotations

import json
import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
import uvicorn
from django.core.management import call_command
from django.core.management.base import CommandError

from livestream.actions.pitch import start_pitch
from livestream.actions.session import end_session
from livestream.models import LiveSession, Pitch, Product
from orders.actions.audit import audit_tallies
from orders.actions.intake import receive
from orders.management.simulation import Presenter, stages_of
from orders.models import DayTally, Delivery, Hint, Order
from orders.models.ledger import Cause
from orders.push import PushApp
from orders.rules.evening import PLAYED, Habits, body, evening
from tests.factories import make_arrival, make_product, make_session, make_shop

COUNTS = {"paid", "shipped", "received", "completed", "closed"}


def fold(bodies):
    """What these orders are worth, told by the plainest model there is: newest version of each, then sums."""
    orders = {}
    for said in bodies:
        known = orders.setdefault(said["order_no"], {"version": 0, "status": "created", "lines": [], "refunds": {}})
        if said["version"] > known["version"]:
            known["version"], known["status"] = said["version"], said["status"]
        known["lines"] = said.get("lines") or known["lines"]
        for refund in said.get("refunds", []):
            older = known["refunds"].get(refund["refund_no"])
            if older is None or older["updated_at"] < refund["updated_at"]:
                known["refunds"][refund["refund_no"]] = refund
    counted = [order for order in orders.values() if order["status"] in COUNTS]
    return (
        len(counted),
        sum(line["quantity"] for order in counted for line in order["lines"]),
        sum(line["paid_fen"] for order in counted for line in order["lines"]),
        sum(r["refund_fen"] for order in counted for r in order["refunds"].values() if r["status"] == "succeeded"),
    )


def totals(county="140425"):
    sums = [0, 0, 0, 0]
    for row in DayTally.objects.filter(scope=f"county:{county}").values_list("orders", "units", "paid_fen", "refunded_fen"):
        sums = [a + b for a, b in zip(sums, row, strict=True)]
    return tuple(sums)


@pytest.fixture
def practice(county, host, now):
    """A practice shop of the county with a session of three goods on air."""
    line_up = [(make_product(county, sku), fen, None) for sku, fen in (("LDS-500", 5980), ("DHP-250", 3580), ("SB-1000", 2980))]
    make_session(county, host, room="R1", went_live_at=now - timedelta(minutes=40), line_up=line_up)
    return make_shop(county, is_practice=True)


class PushServer:
    """The push endpoint on a real port; may be started late."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.app = PushApp()
        self.server = uvicorn.Server(uvicorn.Config(self.app, port=self.port, lifespan="off", log_config=None, ws="none"))
        self.thread = threading.Thread(target=self._run)
        self.delay = 0.0

    def _run(self):
        time.sleep(self.delay)
        self.server.run()

    def stop(self):
        self.server.should_exit = True
        self.thread.join(10)
        self.app.stop()


@pytest.fixture
def push_server(transactional_db):
    server = PushServer()
    yield server
    server.stop()


@pytest.fixture
def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def log_lines(path):
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {event: [line for line in lines if line["event"] == event] for event in ("sent", "acked", "refused")}


def test_an_evening_counts_what_a_plain_fold_of_its_messages_counts(practice, now):
    began = now - timedelta(minutes=30)
    stages = stages_of("140425", began)
    seconds = evening(Habits(rate=0.5), "7", "T", lambda _second: stages)
    bodies = [body(message, began) for due in islice(seconds, 1500) for message in due]

    for start in range(0, len(bodies), 100):
        receive([make_arrival(practice, *bodies[start : start + 100])], cause=Cause.PUSH, at=now)

    assert totals() == fold(bodies)
    assert fold(bodies)[3] > 0
    assert audit_tallies() == []


def test_what_was_acked_is_counted_and_douyin_gets_its_share(push_server, practice, county, tmp_path, free_port, capsys):
    make_shop(county, platform="douyin", is_practice=True)
    push_server.thread.start()

    call_command("simulate", url=push_server.url, rate=40, seconds=4, fake_port=free_port, log=tmp_path / "log")

    lines = log_lines(tmp_path / "log")
    told = [line["body"] for line in lines["sent"] if "order_no" in line["body"]]
    assert len(lines["sent"]) == len(lines["acked"])
    assert lines["refused"] == []
    assert totals() == fold(told)
    assert len(told) > 50
    assert {line["body"]["tag"] for line in lines["sent"] if "order_no" not in line["body"]} >= {"100", "101"}
    assert Hint.objects.exists()
    assert Delivery.objects.count() == len({line["message_id"] for line in lines["sent"]})
    assert f"已发 {len(lines['sent'])}" in capsys.readouterr().out


def test_nothing_is_lost_while_the_server_is_away(push_server, practice, tmp_path):
    push_server.delay = 1.5
    push_server.thread.start()

    call_command("simulate", url=push_server.url, rate=20, seconds=2, fake_port=0, log=tmp_path / "log")

    lines = log_lines(tmp_path / "log")
    assert {line["message_id"] for line in lines["acked"]} == {line["message_id"] for line in lines["sent"]}
    assert totals() == fold([line["body"] for line in lines["sent"]])
    assert Order.objects.count() == len({line["body"]["order_no"] for line in lines["sent"]})


def test_a_log_that_a_kill_cut_off_goes_on_and_can_be_checked(push_server, practice, tmp_path, capsys):
    push_server.thread.start()
    path = tmp_path / "log"
    call_command("simulate", url=push_server.url, rate=20, seconds=1, fake_port=0, log=path)
    path.write_bytes(path.read_bytes()[:-20])

    call_command("simulate", url=push_server.url, rate=20, seconds=1, fake_port=0, log=path, prefix="N")

    capsys.readouterr()
    call_command("check_run", str(path))
    said = capsys.readouterr().out.splitlines()
    assert said[-2:] == ["1 行没有写完（进程被杀时正常），没有核对", "没有丢失，没有多出，没有记错。"]


def test_it_stops_when_its_parent_is_gone(push_server, practice):
    push_server.thread.start()
    began = time.monotonic()

    call_command("simulate", url=push_server.url, rate=1, fake_port=0, parent=1 << 22)

    assert time.monotonic() - began < 5


@pytest.mark.django_db
def test_a_real_shop_gets_no_invented_orders_unless_it_is_named(county, shop):
    with pytest.raises(CommandError, match="manage.py demo"):
        call_command("simulate", seconds=1)


@pytest.mark.django_db
def test_stages_are_the_sessions_on_air_with_something_to_sell(county, host, practice):
    now = datetime.now(UTC)
    make_session(county, host, room="R2", went_live_at=now - timedelta(minutes=1))  # an empty line-up
    make_session(county, host, room="R3", line_up=[(make_product(county), 100, None)])  # not on air

    (stage,) = stages_of("140425", now)

    assert (stage.room, stage.account, stage.weight) == ("R1", "A1", 1)
    assert [(offer.sku, offer.price_fen) for offer in stage.offers] == [("LDS-500", 5980), ("DHP-250", 3580), ("SB-1000", 2980)]
    assert 2400 <= stage.on_air_s <= 2460


# --- what hosts present -------------------------------------------------------------------------------------------------


def presented():
    return [(pitch.product.sku, pitch.ended_at is None) for pitch in Pitch.objects.select_related("product")]


def test_a_simulated_evening_says_what_its_hosts_present(push_server, practice):
    push_server.thread.start()

    call_command("simulate", url=push_server.url, rate=5, seconds=1, fake_port=0, pitches=True)

    assert presented() == [("LDS-500", True)]


def test_nothing_is_said_unless_it_is_asked_for(push_server, practice):
    push_server.thread.start()

    call_command("simulate", url=push_server.url, rate=5, seconds=1, fake_port=0)

    assert presented() == []


@pytest.fixture
def plays(practice, now):
    """`plays(sku)`: the evening moves on to this item."""
    (stage,) = stages_of("140425", now)
    return lambda sku: Presenter("140425")(stage, next(offer for offer in stage.offers if offer.sku == sku), 0)


def tapped(sku, ago, tap):
    session = LiveSession.objects.get()
    return start_pitch(session, Product.objects.get(sku=sku), at=datetime.now(UTC) - ago, tap=tap)


@pytest.mark.django_db(transaction=True)
def test_the_evening_goes_on_from_its_own_pitch(plays):
    tapped("LDS-500", timedelta(seconds=30), f"{PLAYED}1")

    plays("DHP-250")

    assert presented() == [("LDS-500", False), ("DHP-250", True)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("minutes", "open_now"), [(4, "LDS-500"), (6, "DHP-250")])
def test_what_a_person_presents_stays_for_five_minutes(plays, minutes, open_now):
    tapped("LDS-500", timedelta(minutes=minutes), "a phone's own id")

    plays("DHP-250")

    assert Pitch.objects.open().get().product.sku == open_now


@pytest.mark.django_db(transaction=True)
def test_a_session_that_ended_meanwhile_presents_nothing(plays, now):
    end_session(LiveSession.objects.get(), at=now)

    plays("DHP-250")

    assert presented() == []


@pytest.mark.django_db(transaction=True)
def test_an_item_that_left_the_line_up_meanwhile_is_not_presented(plays):
    LiveSession.objects.get().line_up.filter(product__sku="DHP-250").delete()

    plays("DHP-250")

    assert presented() == []
