"""The proxies' files as they are shipped, read by their grammar: no proxy runs here. What they say agrees with the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.bodies import LARGER, LARGEST, MEGA
from orders.push import BODY_LIMIT

NGINX, CADDY = Path("deploy/nginx.conf"), Path("deploy/Caddyfile")
# A quoted text, what ends a directive or opens and closes a block, or a bare word.
WORD = re.compile(r"""\s*(?:\#[^\n]*|("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[{};]|[^\s{};'"]+))""")
UNITS = {"k": 1 << 10, "m": 1 << 20, "s": 1}


def blocks_of(text):
    """nginx's grammar: (words, None) for a directive, (words, its directives) for a block. Raises ValueError."""
    words, here, above, at = [], [], [], 0
    text = text.rstrip()
    while at < len(text):
        found = WORD.match(text, at)
        if found is None:
            raise ValueError(f"not understood: {text[at : at + 20]!r}")
        at, word = found.end(), found[1]
        if word == ";":
            here.append((words, None))
            words = []
        elif word == "{":
            above.append((here, words))
            here, words = [], []
        elif word == "}":
            outer, opening = above.pop()
            outer.append((opening, here))
            here = outer
        elif word:
            words.append(word)
    if above or words:
        raise ValueError("a block or a directive has no end")
    return here


def said(block):
    """Of a block: the words of each of its directives, by name."""
    found = {}
    for (name, *words), inner in block:
        if inner is None:
            found.setdefault(name, []).append(words)
    return found


def number(text):
    return int(text[:-1]) * UNITS[text[-1]]


@pytest.fixture(scope="module")
def server():
    """The directives of the server that answers, and its locations by path."""
    servers = [inner for words, inner in blocks_of(NGINX.read_text()) if words == ["server"]]
    (https,) = [inner for inner in servers if ["443", "ssl"] in said(inner)["listen"]]
    return said(https), {words[-1]: said(inner) for words, inner in https if words[0] == "location"}


def test_slow_and_many_are_cut_by_the_proxy(server):
    """S53, in seconds; and S69 of TLS."""
    whole, places = server

    assert [number(whole[name][0][0]) <= 10 for name in ("client_header_timeout", "client_body_timeout")] == [True, True]
    assert whole["proxy_request_buffering"] == [["on"]]
    assert (whole["limit_conn"][0][0], whole["limit_req"][0][0]) == ("cunbo_open", "zone=cunbo_pages")
    assert (number(places["/ws/"]["proxy_read_timeout"][0][0]), places["/ws/"]["proxy_buffering"]) == (75, [["off"]])
    assert whole["ssl_protocols"] == [["TLSv1.2", "TLSv1.3"]]
    assert places["/metrics"] == {"return": [["404"]]}
    taken = [
        words for place in (whole, *places.values()) for name in ("limit_conn", "limit_req") for words in place.get(name, [])
    ]
    used = {words[0].removeprefix("zone=") for words in taken}
    assert used == set(re.findall(r"zone=(\w+):", NGINX.read_text()))


def test_every_place_overwrites_what_a_client_says_of_itself(server):
    forwarded = {path for path, place in server[1].items() if "proxy_pass" in place}

    assert forwarded == set(server[1]) - {"/metrics"}
    assert [server[1][path]["include"] for path in forwarded] == [[["/etc/nginx/cunbo_proxy.conf"]]] * len(forwarded)


def test_the_proxies_take_what_the_program_takes_and_not_much_more(server):
    """A body that one of them refuses and the other would take is an error nobody understands; S25, S34."""
    whole, places = server
    nginx = {
        path: number(place["client_max_body_size"][0][0]) for path, place in places.items() if "client_max_body_size" in place
    }
    ours = {"/push/": BODY_LIMIT, **LARGER}

    assert 1 <= number(whole["client_max_body_size"][0][0]) / LARGEST < 1.1
    assert {path for path, size in nginx.items() if size > 1.1 * LARGEST} == set(LARGER)
    assert [1 <= nginx[path] / size < 1.1 for path, size in ours.items()] == [True] * len(ours)

    text = CADDY.read_text()
    named = dict(re.findall(r"(@\w+) path (\S+)", text))
    sizes = {matcher: int(size) * MEGA for matcher, size in re.findall(r"request_body (@\w+) \{\s*max_size (\d+)MB", text)}
    assert {named.get(matcher, ""): size for matcher, size in sizes.items()} == {"/push/*": BODY_LIMIT, "": LARGEST, **LARGER}
    (others,) = re.findall(r"@others not path (.*)", text)
    assert set(others.split()) == {"/push/*", *LARGER}


@pytest.mark.parametrize("broken", ["server { listen 80;", "a b", "a 'b;", "a; }"])
def test_a_file_that_is_none_is_refused(broken):
    with pytest.raises((ValueError, IndexError)):
        blocks_of(broken)
