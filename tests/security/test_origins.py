"""Which pages may open a socket: those that this very address served, and no other that looks like it."""

from __future__ import annotations

import pytest

from config.asgi import is_own_origin

OWN = b"https://cunbo.example"
FOREIGN = [
    None, b"", b"null", b"https://evil.example", b"http://cunbo.example", b"https://cunbo.example:8443", b"https://cunbo.example:443",
    b"https://www.cunbo.example", b"https://cunbo.example.evil.example", b"https://evilcunbo.example", b"https://cunbo.example.",
    b"https://cunbo.example/", b"https://cunbo.example@evil.example", b"https://evil.example#https://cunbo.example",
    b"https://evil.example?https://cunbo.example", b"https://cunbo.example https://evil.example", b"https://evil.example https://cunbo.example",
    b"wss://cunbo.example", b"ws://cunbo.example", b"file://", b"file://cunbo.example", b"chrome-extension://cunbo.example", b"cunbo.example",
    b"//cunbo.example", b"https:cunbo.example", b"https://cunbo.examp1e", "https://cunbо.example".encode(), b"https://xn--cunb-1va.example",
    b"https://cunbo.example%00.evil.example", b"https://127.0.0.1", b"https://localhost", b"data:text/html,x", b"https://cunbo\texample",
    b"*", b"https://*.example", b"javascript://cunbo.example",
]  # fmt: skip


def scope(origin, host=b"cunbo.example"):
    headers = [(b"host", host)] + ([(b"origin", origin)] if origin is not None else [])
    return {"type": "websocket", "scheme": "ws", "headers": headers}


@pytest.fixture(autouse=True)
def _a_real_system(settings):
    settings.HTTPS, settings.ALLOWED_HOSTS = True, ["cunbo.example"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_no_other_origin_opens_a_socket(origin):
    assert not is_own_origin(scope(origin))


def test_there_are_thirty_and_our_own_one_does():
    assert len(set(FOREIGN)) >= 30
    assert is_own_origin(scope(OWN))
    assert is_own_origin(scope(OWN.upper()))


@pytest.mark.parametrize("host", [b"evil.example", b"", b"cunbo.example.evil.example", b"cunbo.example:x@evil.example"])
def test_a_host_that_is_not_ours_opens_none_even_for_itself(host):
    assert not is_own_origin(scope(b"https://" + host, host))
