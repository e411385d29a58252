"""No trick of an address makes us knock at a door inside: the listener on this machine hears nobody."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time

import httpx
import pytest

from livestream.platforms.asking import Silent, Unreachable, authorities, post
from livestream.platforms.outgoing import OnlyPlatforms, PublicAddresses, is_public, proxy_for, way_out
from orders.platforms.client import BASES, Access, open_line
from orders.platforms.contract import Credentials

REAL = Access("douyin", Credentials("app", "s3cret"), "token", is_practice=False)
PLATFORM = "openapi-fxg.jinritemai.com"


class Listener:
    """Counts who knocks, on IPv4 and IPv6."""

    def __init__(self):
        self.knocks = 0
        self.sockets = [socket.create_server(("127.0.0.1", 0))]
        self.port = self.sockets[0].getsockname()[1]
        if socket.has_dualstack_ipv6():
            self.sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for one in self.sockets:
            threading.Thread(target=self.listen, args=[one], daemon=True).start()

    def listen(self, one):
        while True:
            try:
                heard, _ = one.accept()
            except OSError:
                return
            self.knocks += 1
            heard.close()

    def close(self):
        for one in self.sockets:
            one.shutdown(socket.SHUT_RDWR)
            one.close()


@pytest.fixture
def listener(monkeypatch):
    for name in [*os.environ]:
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    listener = Listener()
    yield listener
    listener.close()


TRICKS = [
    "http://127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "https://localhost:{port}/", "https://LOCALHOST:{port}/",
    "https://localhost.:{port}/", "https://127.1:{port}/", "https://127.0.1:{port}/", "https://2130706433:{port}/",
    "https://0x7f000001:{port}/", "https://0x7f.0.0.1:{port}/", "https://0177.0.0.1:{port}/", "https://017700000001:{port}/",
    "https://0:{port}/", "https://0.0.0.0:{port}/", "https://127.0.0.1.:{port}/", "https://127.000.000.001:{port}/",
    "https://[::1]:{port}/", "https://[::]:{port}/", "https://[::ffff:127.0.0.1]:{port}/", "https://[::ffff:7f00:1]:{port}/",
    "https://[0:0:0:0:0:ffff:127.0.0.1]:{port}/", "https://[::127.0.0.1]:{port}/", "https://[64:ff9b::7f00:1]:{port}/",
    "https://[2002:7f00:1::]:{port}/", "https://[fe80::1%25lo]:{port}/", "https://①②⑦.⓪.⓪.①:{port}/", "https://ｌｏｃａｌｈｏｓｔ:{port}/",
    "https://127。0。0。1:{port}/", "https://{platform}@127.0.0.1:{port}/", "https://{platform}:443@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}/?{platform}", "https://127.0.0.1:{port}/#@{platform}/", "https://127.0.0.1:{port}\\@{platform}/",
    "https://{platform}.127.0.0.1.nip.io:{port}/", "https://{platform}:{port}/", "https://{platform}.:443/", "https://x.{platform}/",
    "http://{platform}/", "http://{platform}:443/", "https://user:pass@{platform}/", "https://169.254.169.254/latest/meta-data/",
    "https://[fd00:ec2::254]/", "https://10.0.0.1/", "https://192.168.1.1:{port}/", "https://{platform}%00.localhost:{port}/",
    "https://{platform}%2f@localhost:{port}/", "https://localhost%0d%0aHost:{platform}:{port}/", "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_x", "ftp://127.0.0.1:{port}/", "unix:///tmp/.s.PGSQL.5432", "//127.0.0.1:{port}/", "127.0.0.1:{port}",
]  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_no_address_leads_inside(listener, trick):
    url = trick.format(port=listener.port, platform=PLATFORM)
    with open_line() as line, pytest.raises(Silent):
        post(line.to(REAL), url, {}, b"{}")

    time.sleep(0.005)
    assert listener.knocks == 0


def test_there_are_at_least_forty():
    assert len(set(TRICKS)) >= 40


def test_control_a_client_without_the_guard_knocks(listener):
    """The same tricks, as httpx alone takes them: many of them reach the listener."""
    reached = set()
    for trick in TRICKS:
        url = trick.format(port=listener.port, platform=PLATFORM)
        if PLATFORM in url.split("@")[-1].split("?")[0].split("#")[0] or "nip.io" in url or "169.254" in url or "10.0.0.1" in url:
            continue  # these would go out to the network
        if any(word in url for word in ("192.168", "fd00", "64:ff9b", "2002:", "fe80")):
            continue
        before = listener.knocks
        with (
            contextlib.suppress(httpx.HTTPError, httpx.InvalidURL, UnicodeError),
            httpx.Client(trust_env=False, timeout=1) as bare,
        ):
            bare.post(url)
        time.sleep(0.01)
        if listener.knocks > before:
            reached.add(trick)

    assert len(reached) >= 10


# --- names ------------------------------------------------------------------------------------------------------------------


class Resolver:
    """Our own: says one address after the other, and counts how often it was asked."""

    def __init__(self, *answers):
        self.answers = [*answers]
        self.asked = 0

    def __call__(self, _host, _port):
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


def ask_at(listener, resolver, host=PLATFORM):
    """A real platform's name, at the listener's port: the door that a rebound name would open."""

    class AnyPort(OnlyPlatforms):
        def handle_request(self, request):
            request.url = request.url.copy_with(port=None)
            assert request.url.host in self.hosts
            request.url = request.url.copy_with(port=listener.port)
            return self.inner.handle_request(request)

    strict = way_out([host], authorities(), ask=resolver)
    with httpx.Client(transport=AnyPort([host], strict.inner), trust_env=False, timeout=0.3) as line:
        line.post(f"https://{host}/")


@pytest.mark.parametrize(
    "inside",
    ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "::", "fc00::1", "fe80::1%lo", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "ff02::1", "240.0.0.1",
     "198.51.100.7", "255.255.255.255"],
)  # fmt: skip
def test_a_name_that_means_a_place_inside_is_not_visited(listener, inside):
    assert not is_public(inside)
    for answer in ([inside], ["1.1.1.1", inside]):
        with pytest.raises(httpx.ConnectError, match="not at a public address"):
            ask_at(listener, Resolver(answer))
    assert listener.knocks == 0


def test_a_name_is_asked_once_and_visited_where_it_was_then(listener, monkeypatch):
    """Rebinding: public when it is looked at, inside when it is asked again. Nobody asks again."""
    visited = []

    def nobody_there(address, *_timeout, **_source):
        visited.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", nobody_there)
    resolver = Resolver(["1.1.1.1", "2606:4700:4700::1111"], ["127.0.0.1"])

    with pytest.raises(httpx.ConnectError):
        ask_at(listener, resolver)

    assert (resolver.asked, visited) == (1, [("1.1.1.1", listener.port), ("2606:4700:4700::1111", listener.port)])
    assert listener.knocks == 0


def test_control_whoever_asks_twice_is_led_inside(listener):
    """Looked at, then connected to by name, as a check in front of a plain client would do it."""
    resolver = Resolver(["1.1.1.1"], ["127.0.0.1"])
    assert all(is_public(address) for address in resolver(PLATFORM, 443))

    socket.create_connection((resolver(PLATFORM, 443)[0], listener.port)).close()

    until = time.monotonic() + 2
    while not listener.knocks and time.monotonic() < until:
        time.sleep(0.01)
    assert listener.knocks == 1


@pytest.mark.parametrize("address", ["1.1.1.1", "101.126.59.1", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_public_addresses_are_public(address):
    assert is_public(address)


def test_no_name_at_all_is_no_address():
    def nobody(_host, _port):
        raise socket.gaierror(-2, "unknown")

    for ask in (nobody, lambda *_: []):
        with pytest.raises(Exception, match="unknown|not at a public"):
            PublicAddresses(ask).connect_tcp(PLATFORM, 443)
    with pytest.raises(Exception, match="PGSQL"):
        PublicAddresses().connect_unix_socket("/tmp/.s.PGSQL.5432")


def test_a_practice_shop_goes_to_the_practice_platform_alone_and_a_real_shop_never(settings):
    practice = Access("douyin", Credentials("app", "s3cret"), "token", is_practice=True)
    with open_line() as line:
        assert (line.to(practice), line.to(REAL)) == (line.practice, line.platforms)
        settings.PRACTICE_PLATFORM_URL = "http://127.0.0.1:1"
        with pytest.raises(Silent, match="not an address of a platform"):
            post(line.to(REAL), practice.base, {}, b"{}")
    assert set(BASES.values()) == {f"https://{PLATFORM}"}


def test_an_operators_proxy_is_used_and_the_hosts_stay_ours(monkeypatch):
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert proxy_for([PLATFORM]) == ""
    monkeypatch.setenv("https_proxy", "proxy.county.example:3128")
    assert proxy_for([PLATFORM]) == "http://proxy.county.example:3128"
    monkeypatch.setenv("no_proxy", PLATFORM)
    assert proxy_for([PLATFORM]) == ""

    through = way_out([PLATFORM], authorities(), "http://127.0.0.1:1")
    with httpx.Client(transport=through) as line, pytest.raises(httpx.UnsupportedProtocol):
        line.post("https://127.0.0.1/")


def test_an_answer_that_unfolds_is_not_read(monkeypatch):
    """A hundred bytes of gzip may be a gigabyte."""
    asked = []

    def answer(request):
        asked.append(request.headers["accept-encoding"])
        return httpx.Response(200, headers={"content-encoding": "gzip"}, content=b"\x1f\x8b")

    with httpx.Client(transport=httpx.MockTransport(answer)) as line, pytest.raises(Unreachable, match="is compressed"):
        post(line, f"https://{PLATFORM}/", {}, b"{}")
    assert asked == ["identity"]
