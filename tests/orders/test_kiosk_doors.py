"""Kiosk links at every door of a board: its page, its API, its socket."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pgtrigger
import pytest

from livestream.models import ControlEvent, LiveSession
from orders.actions.intake import receive
from orders.board import refusals
from orders.board.hub import Pace, running_hub
from orders.models import KioskLink
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_session
from tests.orders.kiosk import make_link
from tests.orders.test_consumers import closed_with, cookie_of, in_thread, knock, newest

PREFIXES = {"page": "/", "api": "/api/v1/"}


@pytest.fixture(autouse=True)
def nothing_told_yet():
    refusals._told.clear()


@pytest.fixture
def boards(county, session, staff):
    """Addresses of boards with a link's token for each."""
    other = make_session(county, room="R2", account="A2", went_live_at=datetime.now(UTC))
    return {
        "session": (f"board/session/{session.pk}/", make_link(session, staff)),
        "other session": (f"board/session/{other.pk}/", make_link(other, staff)),
        "county": ("board/county/140425/", make_link(county, staff)),
    }


@pytest.fixture
def bad(county, session, other_county, staff, stranger, boards) -> dict[str, str]:
    """Query strings that open no board of ours, by what is wrong with them."""
    now = datetime.now(UTC)
    valid = boards["session"][1]
    return {
        "revoked": "kiosk=" + make_link(session, staff, revoked_at=now),
        "expired": "kiosk=" + make_link(session, staff, expires_at=now),
        "revoked and expired": "kiosk=" + make_link(session, staff, revoked_at=now, expires_at=now),
        "of another county": "kiosk=" + make_link(other_county, stranger),
        "never made": "kiosk=" + "A" * 43,
        "cut off": "kiosk=" + valid[:-1],
        "one letter more": "kiosk=" + valid + "A",
        "in capitals": "kiosk=" + valid.swapcase(),
        "nothing": "kiosk=",
        "no value": "kiosk",
        "garbage": "kiosk=" + quote("' OR 1=1 --"),
        "ten thousand letters": "kiosk=" + "A" * 10_000,
        "a list": f"kiosk={valid}&kiosk={valid}",
        "a list of two": f"kiosk={'A' * 43}&kiosk={valid}",
        "NUL": "kiosk=%00",
        "NUL behind": f"kiosk={valid}%00",
        "bytes that are no text": "kiosk=%FF%FE",
        "Chinese": "kiosk=" + quote("村" * 43),
        "the digest": "kiosk=" + bytes(KioskLink.objects.order_by("pk")[0].digest).hex(),
        "the number": f"kiosk={KioskLink.objects.order_by('pk')[0].pk}",
    }


# --- page and API ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("door", PREFIXES)
@pytest.mark.parametrize("signed_in", [None, "staff", "stranger", "host"])
def test_link_opens_its_board_and_no_other_whoever_is_signed_in(client, boards, door, signed_in, request):
    if signed_in:
        client.force_login(request.getfixturevalue(signed_in))

    opened = {
        (board, of): client.get(f"{PREFIXES[door]}{path}?kiosk={token}").status_code
        for board, (path, _token) in boards.items()
        for of, (_path, token) in boards.items()
    }

    assert opened == {(board, of): 200 if board == of else 404 for board, of in opened}


@pytest.mark.django_db
@pytest.mark.parametrize("signed_in", [None, "staff"])
def test_every_bad_token_gets_the_same_page(client, boards, bad, signed_in, request):
    if signed_in:
        client.force_login(request.getfixturevalue(signed_in))
    path = "/" + boards["session"][0]
    bad["of the county"] = "kiosk=" + boards["county"][1]

    answers = {name: client.get(f"{path}?{query}") for name, query in bad.items()}

    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(bad, 404)
    pages = {answer.content for answer in answers.values()}
    assert len(pages) == 1
    html = pages.pop().decode()
    assert "这个链接打不开大屏" in html
    assert "请找给您链接的人（县电商中心），再要一个新的。" in html
    assert re.findall(r"<(?:a|form|button)\b", html) == []
    headers = {(answer["Referrer-Policy"], "no-store" in answer["Cache-Control"]) for answer in answers.values()}
    assert headers == {("no-referrer", True)}


@pytest.mark.django_db
def test_every_bad_token_gets_the_same_answer_of_the_api(client, boards, bad):
    answers = {name: client.get(f"/api/v1/{boards['session'][0]}?{query}") for name, query in bad.items()}

    assert {answer.status_code for answer in answers.values()} == {404}
    assert {tuple((answer.json() | {"request_id": "", "fields": ""}).items()) for answer in answers.values()} == {
        (("code", "not_found"), ("detail", "没有这一项，或者不在您能看的范围里。"), ("fields", ""), ("request_id", ""))
    }


@pytest.mark.django_db
@pytest.mark.parametrize("kiosk", ["", "?kiosk[]=a", "?Kiosk=a", "?detail=1"])
def test_without_a_token_one_signs_in(client, boards, kiosk):
    path = f"/{boards['session'][0]}{kiosk}"

    page, frame = client.get(path), client.get(f"/api/v1{path}")

    assert (page.status_code, page["Location"]) == (302, f"/login/?next={quote(path)}")
    assert frame.status_code == 401


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
@pytest.mark.parametrize("door", PREFIXES)
def test_link_only_reads(client, boards, door, method):
    path, token = boards["session"]

    assert getattr(client, method)(f"{PREFIXES[door]}{path}?kiosk={token}").status_code == 405


@pytest.mark.django_db
def test_link_of_a_session_that_is_deleted_says_what_every_bad_link_says(client, boards, session, bad):
    path, token = boards["session"]
    with pgtrigger.ignore("livestream.ControlEvent:control_log_stays"):  # nobody deletes what was on air; if it happened
        ControlEvent.objects.filter(session=session).delete()
    LiveSession.objects.get(pk=session.pk).delete()

    page, frame = client.get(f"/{path}?kiosk={token}"), client.get(f"/api/v1/{path}?kiosk={token}")

    assert (page.status_code, frame.status_code) == (404, 404)
    assert page.content == client.get(f"/{path}?{bad['nothing']}").content


@pytest.mark.django_db
def test_page_of_a_link_reads_only_and_keeps_its_address_to_itself(client, county, boards):
    path, token = boards["county"]

    page = client.get(f"/{path}?kiosk={token}")

    html = page.content.decode()
    assert (page["Referrer-Policy"], "no-store" in page["Cache-Control"]) == ("no-referrer", True)
    assert f'data-socket="/ws/{path}?kiosk={token}"' in html
    assert re.findall(r'<a\b[^>]*\bhref="([^"]*)"', html) == []
    assert "<form" not in html  # a page that names no referrer cannot send one: its origin would be unknown
    assert [name for name in ("is_kiosk", "hides_money", "has_links") if page.context[name]] == ["is_kiosk"]
    assert page.context["api"] == f"/api/v1/{path}?kiosk={token}"


@pytest.mark.django_db
def test_page_of_somebody_signed_in_leads_on(client, boards, staff):
    client.force_login(staff)

    page = client.get("/" + boards["county"][0])

    assert 'href="/board/session/' in page.content.decode()
    assert 'href="/board/links/?board=county:140425"' in page.content.decode()
    assert [name for name in ("is_kiosk", "hides_money", "has_links") if page.context[name]] == ["has_links"]
    assert page["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_answer_of_the_api_by_link_has_tags_apart_with_and_without_money(client, session, staff):
    path = f"/api/v1/board/session/{session.pk}/?kiosk="
    shows, hides = make_link(session, staff), make_link(session, staff, hides_money=True)

    with_money, without = client.get(path + shows), client.get(path + hides)

    assert with_money["ETag"] != without["ETag"]
    known = {token: [client.get(path + token, headers={"If-None-Match": answer["ETag"]}).status_code for answer in (with_money, without)]
             for token in (shows, hides)}  # fmt: skip
    assert known == {shows: [304, 200], hides: [200, 304]}
    assert (with_money.json()["totals"]["paid_fen"], without.json()["totals"]["paid_fen"]) == (0, None)
    assert without["Referrer-Policy"] == "no-referrer"


@pytest.mark.django_db
def test_opening_is_noted(client, boards, bad, session):
    before = datetime.now(UTC)
    for query in bad.values():
        client.get(f"/{boards['session'][0]}?{query}")
    assert KioskLink.objects.filter(seen_at__isnull=False).count() == 0

    client.get(f"/{boards['session'][0]}?kiosk={boards['session'][1]}")

    (seen_at,) = KioskLink.objects.filter(seen_at__isnull=False).values_list("seen_at", flat=True)
    assert before < seen_at < datetime.now(UTC)


# --- what is told ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_refusal_is_told_once_a_minute_by_reason_and_never_with_the_token(client, county, boards, bad, caplog):
    caplog.set_level("DEBUG")
    bad["of another board"] = "kiosk=" + boards["county"][1]
    before = {reason: refusals.REFUSED.labels(reason)._value.get() for reason in ("unknown", "revoked", "expired", "other_board")}
    for _ in range(3):
        for query in bad.values():
            client.get(f"/{boards['session'][0]}?{query}")
            client.get(f"/api/v1/{boards['session'][0]}?{query}")

    told = [record.msg for record in caplog.records if record.name == "orders.board.refusals"]
    assert sorted((line["reason"], line["address"], line["link"] is None) for line in told) == [
        ("expired", "127.0.0.1", False), ("other_board", "127.0.0.1", False), ("revoked", "127.0.0.1", False), ("unknown", "127.0.0.1", True),
    ]  # fmt: skip
    counted = {reason: refusals.REFUSED.labels(reason)._value.get() - count for reason, count in before.items()}
    assert counted == {"unknown": 6 * (len(bad) - 5), "revoked": 12, "expired": 6, "other_board": 12}
    tokens = {part for query in bad.values() for part in re.findall(r"[\w-]{42,}", query)}
    said = " ".join(f"{record.msg} {record.args} {record.exc_text}" for record in caplog.records)
    assert [token for token in tokens if token in said] == []


def test_refusals_of_many_addresses_are_forgotten_in_time():
    for n in range(refusals.REMEMBERED + 10):
        refusals.tell_refusal("unknown", f"10.0.{n >> 8}.{n & 255}", None)

    assert len(refusals._told) == 10


# --- socket ---------------------------------------------------------------------------------------------------------------

live = pytest.mark.django_db(transaction=True)


def sell(shop, *numbers):
    receive([make_arrival(shop, *(make_order_body(no) for no in numbers))], cause=Cause.PUSH, at=datetime.now(UTC))


@live
@pytest.mark.parametrize("signed_in", [None, "staff", "stranger"])
async def test_socket_opens_by_its_link_alone(boards, bad, signed_in, request):
    cookie = await in_thread(cookie_of)(request.getfixturevalue(signed_in) if signed_in else None)
    queries = {**bad, **{f"of the {name}": f"kiosk={token}" for name, (_path, token) in boards.items()}}
    came_in = []
    for name, query in queries.items():
        socket = knock(f"/ws/{boards['session'][0]}?{query}", cookie)
        if await socket.connect():
            came_in.append(name)
        await socket.leave()

    assert came_in == ["of the session"]


@live
async def test_socket_of_a_link_moves_with_every_order(boards, shop):
    socket = knock(f"/ws/{boards['county'][0]}?kiosk={boards['county'][1]}", "")
    assert await socket.connect()
    first = await newest(socket)

    await in_thread(sell)(shop, "T1")

    assert [first["totals"]["orders"], (await newest(socket))["totals"]["orders"]] == [0, 1]
    await socket.leave()


@live
async def test_page_of_another_origin_opens_no_socket_with_a_good_link(boards):
    path, token = boards["county"]

    assert await knock(f"/ws/{path}?kiosk={token}", "", "http://evil.example").connect() is False


async def watch_for(socket, seconds) -> int | None:
    """The code with which it was closed within so many seconds; None: it is still open."""
    try:
        return await asyncio.wait_for(closed_with(socket), seconds)
    except TimeoutError:
        return None


def end(token, ending, session):
    """What ends a link while its board is on a screen."""
    from livestream.rules.token import digest_of

    found = KioskLink.objects.filter(digest=digest_of(token))
    now = datetime.now(UTC)
    if ending == "revoked":
        found.update(revoked_at=now)
    else:
        found.update(created_at=now - timedelta(days=2), expires_at=now)


@live
@pytest.mark.parametrize("ending", ["revoked", "expired"])
@pytest.mark.parametrize(("rights", "code"), [(0.1, 4403), (60, None)])
async def test_link_that_ends_closes_its_screens_with_the_next_check(boards, session, county, staff, ending, rights, code):
    """With a check that does not come in the time of the test the screen stays open: the control."""
    running_hub().pace = Pace(poll=0.02, rights=rights, heartbeat=0.1)
    path, token = boards["session"]
    other_token = await in_thread(make_link)(session, staff)
    mine, other = knock(f"/ws/{path}?kiosk={token}", ""), knock(f"/ws/{path}?kiosk={other_token}", "")
    assert [await mine.connect(), await other.connect()] == [True, True]
    await newest(mine)
    await newest(other)

    await in_thread(end)(token, ending, session)

    assert await watch_for(mine, 1.0) == code
    assert json.loads(await other.hear())["scope"] == f"session:{session.pk}"
    if code is None:
        assert (await newest(mine))["scope"] == f"session:{session.pk}"
    await mine.leave()
    await other.leave()


@live
async def test_screens_are_counted_by_link(boards, session, staff, settings):
    settings.BOARD_SOCKETS_PER_USER = 2
    path, token = boards["session"]
    another = await in_thread(make_link)(session, staff)

    sockets = [knock(f"/ws/{path}?kiosk={one}", "") for one in (token, token, token, another)]

    assert [await socket.connect() for socket in sockets] == [True, True, False, True]
    for socket in sockets:
        await socket.leave()
