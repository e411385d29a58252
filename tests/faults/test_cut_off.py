"""A connection that is cut in mid-body, and a push of which some rows are bad: no ack for what is not kept, no row lost."""

from __future__ import annotations

import json
import socket
import struct
import time

import pytest

from orders.actions.audit import audit_tallies
from orders.models import Delivery, Order
from tests.doors import Line, as_bytes, open_doors, signed, totals
from tests.factories import make_order_body

pytestmark = pytest.mark.django_db(transaction=True)
TENTHS = range(10)
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset, as a phone that changed its network does


@pytest.fixture(scope="module")
def door():
    with open_doors() as (port,):
        yield port


@pytest.fixture
def path(shop, session):
    return f"/push/standard/{shop.key}/"


def request_of(path, headers, body, *, chunked=False):
    """(the request up to its body, the body as it travels)."""
    length = "transfer-encoding: chunked" if chunked else f"content-length: {len(body)}"
    lines = [f"POST {path} HTTP/1.1", "host: testserver", length, *(f"{name}: {value}" for name, value in headers.items())]
    head = ("\r\n".join(lines) + "\r\n\r\n").encode()
    return head, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if chunked else body


def cut(port, head, part, how):
    """Sends that much and goes away; returns what was answered meanwhile."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as line:
        line.sendall(head + part)
        time.sleep(0.02)  # the server reads what there is and waits for more
        if how == "reset":
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            return b""
        if how == "half":
            line.shutdown(socket.SHUT_WR)
            return line.recv(4096)
    return b""


def orders_of(count):
    return [make_order_body(f"T{n:03d}") for n in range(count)]


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("how", ["close", "reset", "half"])
def test_a_body_that_is_cut_at_any_tenth_is_not_acked_and_leaves_nothing(door, path, how, chunked):
    body = as_bytes(orders_of(40))
    headers = signed(body)
    head, sent = request_of(path, headers, body, chunked=chunked)

    answers = [cut(door, head, sent[: len(sent) * tenth // 10], how) for tenth in TENTHS]

    assert not any(answer.startswith(b"HTTP/1.1 2") for answer in answers)
    time.sleep(0.05)
    assert (Delivery.objects.count(), Order.objects.count()) == (0, 0)
    line = Line(door)
    status, told = line.post(path, body, headers)
    line.close()
    assert (status, json.loads(told)["applied"]) == (200, 40)
    assert totals() == (40, 80, 40 * 11960, 0)


def test_a_body_that_a_proxy_cut_and_passed_on_as_whole_is_refused(door, path):
    body = as_bytes(orders_of(40))
    line = Line(door)

    statuses = [line.post(path, body[: len(body) * tenth // 10], signed(body))[0] for tenth in TENTHS]

    line.close()
    assert statuses == [401] * 10
    assert (Delivery.objects.count(), Order.objects.count()) == (0, 0)


BAD = {
    17: {"lines": [{"line_no": "1", "title": "a", "quantity": 1, "paid_fen": -1}]},
    250: {"order_no": None},
    499: {"status": "lost"},
}


def test_three_bad_rows_of_five_hundred_are_named_and_mended_alone(door, path):
    orders = [body | BAD.get(n, {}) for n, body in enumerate(orders_of(500))]
    body = as_bytes(orders)
    line = Line(door)

    status, told = line.post(path, body, signed(body))
    answer = json.loads(told)
    assert status == 200
    assert (answer["applied"], answer["duplicate"], answer["stale"]) == (497, 0, 0)
    assert [rejected["index"] for rejected in answer["rejected"]] == [17, 250, 499]
    assert all(rejected["reason"] for rejected in answer["rejected"])
    assert totals()[0] == 497

    mended = as_bytes(orders_of(500))
    again = json.loads(line.post(path, mended, signed(mended, "msg_2"))[1])
    line.close()

    assert (again["applied"], again["duplicate"], again["rejected"]) == (3, 497, [])
    assert totals() == (500, 1000, 500 * 11960, 0)
    assert audit_tallies() == []
