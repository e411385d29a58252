"""Requests that no browser sends, over raw sockets: ambiguous lengths, headers in disguise, bodies without an end."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
import uvicorn
from django.http import JsonResponse
from django.urls import path, reverse

from config import bodies
from config.urls import urlpatterns as ours
from orders.actions.file import CSV_AT_MOST

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
heard = []


def echo(request):
    """Who we think is there, and what he said."""
    who = {
        "address": request.META["REMOTE_ADDR"], "is_secure": request.is_secure(), "path": request.get_full_path(),
        "said": {name: value for name, value in request.headers.items() if name.lower().startswith(("x-", "remote"))},
        "body": len(request.body),
    }  # fmt: skip
    heard.append(who)
    return JsonResponse(who)


urlpatterns = [*ours, path("echo/", echo)]


@contextmanager
def open_server(**options):
    """uvicorn as deploy/ starts it; gives its port."""
    from config.asgi import application

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        application, port=port, lifespan="off", log_config=None, ws="none", timeout_graceful_shutdown=1, **options
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < until
        time.sleep(0.01)
    try:
        yield port
    finally:
        server.should_exit = True
        thread.join(10)


@pytest.fixture
def port(settings):
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["cunbo.example"]
    heard.clear()
    with open_server() as port:
        yield port


def say(port, data, *, seconds=3.0, more=()):
    """All that comes back for these bytes, until the server ends or says nothing more."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as line:
        line.sendall(data)
        for piece in more:
            try:
                line.sendall(piece)
            except OSError:
                break
        read = b""
        try:
            while piece := line.recv(1 << 16):
                read += piece
        except (TimeoutError, ConnectionError):
            pass
        return read


def statuses(read):
    return [int(line.split(b" ")[1]) for line in read.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


HOST = b"Host: cunbo.example\r\n"
SMUGGLED = b"GET /echo/?smuggled HTTP/1.1\r\nHost: cunbo.example\r\n\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"Content-Length: 4\r\nContent-Length: 60\r\n",
        b"Content-Length: 4, 60\r\n",
        b"Content-Length: +4\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 0x4\r\n",
        b"Content-Length: 4 4\r\n",
        b"Content-Length: 99999999999999999999999\r\n",
        b"Content-Length : 4\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n",
        b"Transfer\x00-Encoding: chunked\r\n",
        b"X: y\rContent-Length: 60\r\n",
        b"X: y\r\n Content-Length: 60\r\n",
        b"Bad Header: x\r\nContent-Length: 4\r\n",
    ],
)
def test_a_request_of_two_lengths_is_one_request_or_none(port, head):
    """Whatever the body is taken for, the request hidden in it is never answered as a second one."""
    body = b"0\r\n\r\n" + SMUGGLED
    read = say(port, b"POST /echo/ HTTP/1.1\r\n" + HOST + b"Connection: close\r\n" + head + b"\r\n" + body, seconds=1.0)

    assert len(statuses(read)) <= 1
    assert [who["path"] for who in heard if "smuggled" in who["path"]] == []


@pytest.mark.parametrize(
    "chunks",
    [
        b"5\r\nabc\r\n0\r\n\r\n",
        b"zz\r\nabc\r\n",
        b"-1\r\n\r\n",
        b"FFFFFFFFFFFFFFFFFF\r\nabc",
        b"3\nabc\n0\n\n",
        b"3 ;x\r\nabcX\r\n0\r\n\r\n",
    ],
)
def test_chunks_that_lie_are_refused(port, chunks):
    read = say(port, b"POST /echo/ HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + SMUGGLED, seconds=1.0)

    assert set(statuses(read)) <= {400}
    assert heard == []


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Host: cunbo.example\r\nHost: evil.example\r\n", 400),
        (b"Host: evil.example\r\n", 400),
        (b"Host: cunbo.example@evil.example\r\n", 400),
        (b"Host: cunbo.example:x\r\n", 400),
        (b"", 400),
        (b"Host: cunbo.example\r\nX-Forwarded-Host: evil.example\r\n", 200),
        (b"Host: cunbo.example\r\nForwarded: host=evil.example;for=1.2.3.4\r\n", 200),
    ],
)
def test_only_our_own_host_is_served(port, head, status):
    read = say(port, b"GET /echo/ HTTP/1.1\r\n" + head + b"Connection: close\r\n\r\n")

    assert statuses(read) == [status]
    assert b"evil.example" not in read.split(b"\r\n\r\n")[0]


def test_headers_in_disguise_are_not_heard(port):
    """`X_Forwarded_For` would become the same name as `X-Forwarded-For` inside; REMOTE_ADDR is nobody's to send."""
    head = b"X_Forwarded_For: 1.2.3.4\r\nX_Forwarded_Proto: https\r\nREMOTE_ADDR: 1.2.3.4\r\nRemote-Addr: 1.2.3.4\r\nX_Real_IP: 1.2.3.4\r\n"
    read = say(port, b"GET /echo/ HTTP/1.1\r\n" + HOST + head + b"Connection: close\r\n\r\n")

    assert statuses(read) == [200]
    (who,) = heard
    assert (who["address"], who["is_secure"]) == ("127.0.0.1", False)
    assert who["said"] == {"Remote-Addr": "1.2.3.4"}  # a header like any other: nobody reads it


FORGED = b"X-Forwarded-For: 8.8.8.8, 1.2.3.4\r\nX-Forwarded-Proto: https\r\n"


@pytest.mark.parametrize(("trusted", "address", "is_secure"), [("10.0.0.2", "127.0.0.1", False), ("127.0.0.1", "1.2.3.4", True)])
def test_only_the_proxy_is_believed_about_who_comes(settings, trusted, address, is_secure):
    """The first: a stranger's own X-Forwarded-For says nothing. The control: our proxy's is believed, and of it the last one."""
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["cunbo.example"]
    settings.SECURE_PROXY_SSL_HEADER = None
    heard.clear()
    with open_server(forwarded_allow_ips=trusted) as port:
        say(port, b"GET /echo/ HTTP/1.1\r\n" + HOST + FORGED + b"Connection: close\r\n\r\n")

    (who,) = heard
    assert (who["address"], who["is_secure"]) == (address, is_secure)


def test_our_proxies_overwrite_what_a_client_says_of_itself():
    shipped = Path("deploy/cunbo_proxy.conf").read_text()
    nginx = Path("deploy/nginx.conf").read_text()

    assert "proxy_set_header X-Forwarded-For $remote_addr;" in shipped
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in shipped
    assert "underscores_in_headers on" not in nginx
    assert not any("forwarded-allow-ips" in unit.read_text() for unit in Path("deploy").glob("*.service"))


# --- bodies -----------------------------------------------------------------------------------------------------------------


def temporary_bytes():
    """What this process holds on the disk in files without a name, as Django spools bodies."""
    total = 0
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            if "(deleted)" in str(descriptor.readlink()):
                total += descriptor.stat().st_size
        except OSError:
            continue
    return total


def pour(port, address, head, pieces, piece):
    """Sends so many pieces or as many as are taken; (pieces sent, what came back, the most that lay on the disk)."""
    sent, most = 0, 0
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"POST " + address + b" HTTP/1.1\r\n" + HOST + head + b"\r\n")
        try:
            for sent in range(1, pieces + 1):
                line.sendall(piece)
                if sent % 8 == 0:
                    most = max(most, temporary_bytes())
        except OSError:
            pass
        read = b""
        line.settimeout(1)
        with suppress(OSError):
            read = line.recv(1 << 16)
    return sent, read, most


MEGABYTE = b"100000\r\n" + b"x" * (1 << 20) + b"\r\n"


@pytest.mark.parametrize("address", [b"/login/", b"/echo/", b"/csp-report/"])
def test_a_body_without_an_end_is_cut(port, address):
    """Five gigabytes in chunks: a few megabytes are taken, and nothing of them stays."""
    before = psutil.Process().memory_info().rss

    sent, read, most = pour(port, address, b"Transfer-Encoding: chunked\r\n", 5000, MEGABYTE)

    assert sent < 60
    assert most < 50_000_000
    assert statuses(read) in ([413], [])  # a reset may take the answer along
    assert temporary_bytes() < 1_000_000
    assert psutil.Process().memory_info().rss - before < 80_000_000
    assert heard == []


def test_a_body_that_says_it_is_too_long_is_refused_unread(port):
    read = say(port, b"POST /echo/ HTTP/1.1\r\n" + HOST + b"Content-Length: 5000000000\r\n\r\n")

    assert (statuses(read), heard) == ([413], [])
    assert "发来的内容太大了，没有收下。".encode() in read


def test_a_body_that_ends_early_is_no_request(port):
    read = say(port, b"POST /echo/ HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\nshort", seconds=0.5)

    assert (statuses(read), heard) == ([], [])


def test_control_without_the_bound_the_disk_fills(settings, monkeypatch):
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["cunbo.example"]
    monkeypatch.setattr(bodies, "LARGEST", 1 << 40)
    with open_server() as port:
        sent, _read, most = pour(port, b"/echo/", b"Transfer-Encoding: chunked\r\n", 80, MEGABYTE)

    assert (sent, most > 60_000_000) == (80, True)


def test_an_order_file_may_be_larger_than_a_page():
    assert bodies.LARGER[reverse("orders:file_upload")] > CSV_AT_MOST
