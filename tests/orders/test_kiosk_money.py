"""On a link that hides money no amount leaves the server: not in a page, not by GET, not through a socket."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from livestream.models import User
from livestream.rules.money import yuan
from orders.actions.intake import receive
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_place, make_product, make_session, make_user
from tests.orders.kiosk import make_link
from tests.orders.test_consumers import in_thread, knock

AMOUNTS = [73_519_753, 64_208_642, 19_283_746]  # no other number of a board looks like one of these or their sums
GOAL = 987_654_321


def amounts_in(value, found=None) -> set[int]:
    """Whatever is as large as an amount, and no time, in a document."""
    found = set() if found is None else found
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            amounts_in(inner, found)
        elif isinstance(inner, int) and 10**7 < inner < 1_500_000_000:
            found.add(inner)
    return found


def spellings(fen: int) -> set[str]:
    """How a page may write it."""
    plain = [yuan(fen), yuan(fen, 0), str(fen // 100), f"{fen / 100:.2f}", f"{fen:,}", str(fen)]
    return {word.replace("¥", "").replace("\u2009", "").strip() for word in plain}


def sell(shop, county, host):
    """An earlier session at the same time on air, one that is on air with two goods and a refund, and an order of no session."""
    now = datetime.now(UTC)
    supplier_place = make_place("140425102201", "岳家寨村")
    goods = [make_product(county, sku) for sku in ("LDS-500", "HJ-250")]
    for good in goods:
        good.supplier.place = supplier_place
        good.supplier.save()
    yesterday = now - timedelta(days=1)
    make_session(county, host, room="R0", account="A0", went_live_at=yesterday, ended_at=yesterday + timedelta(hours=1))
    early = make_order_body("E1", at=yesterday + timedelta(seconds=30), room="R0", lines=((1, "LDS-500", 1, AMOUNTS[2]),))
    session = make_session(
        county, host, went_live_at=now - timedelta(minutes=5), goal_fen=GOAL, line_up=[(good, 5980, 100) for good in goods]
    )
    orders = [
        make_order_body("T1", at=now, lines=((1, "LDS-500", 1, AMOUNTS[0]),)),
        make_order_body("T2", at=now, lines=((1, "HJ-250", 2, AMOUNTS[1]),), refunds=(("R1", 1, AMOUNTS[2]),)),
        make_order_body("U1", at=now, room=None, lines=((1, "LDS-500", 1, AMOUNTS[0]),)),
    ]
    receive([make_arrival(shop, early, *orders, now=now)], cause=Cause.PUSH, at=now)
    return session


@pytest.fixture
def session(shop, county, host):
    return sell(shop, county, host)


BOARDS = ["board/session/{}/", "board/county/140425/", "board/city/1404/", "board/province/14/"]


@pytest.fixture
def links(county, session):
    """By board: its address, and the queries of a link that shows money and of one that hides it."""
    admin = make_user("admin", county)
    boards = [session, county, county.parent, county.parent.parent]
    assert User.objects.filter(pk=admin.pk).exists()
    return {
        path: (path.format(session.pk), *(f"?kiosk={make_link(board, admin, hides_money=hides)}" for hides in (False, True)))
        for path, board in zip(BOARDS, boards, strict=True)
    }


def told(text: str, amounts: set[int]) -> set[str]:
    """The amounts that a text tells, by whatever spelling; spaces and thin spaces within a number do not hide it."""
    plain = re.sub(r"[\u2009\u00a0 ]", "", text)
    return {word for fen in amounts for word in spellings(fen) if re.search(rf"(?<![\d,.-]){re.escape(word)}(?![\d])", plain)}


@pytest.mark.django_db
@pytest.mark.parametrize("path", BOARDS)
def test_page_and_answers_tell_no_amount(client, links, path):
    address, shows, hides = links[path]
    doors = ["/" + address, f"/api/v1/{address}", f"/api/v1/{address}detail/"]

    open_texts = [client.get(door + shows).content.decode() for door in doors]
    hidden_texts = [client.get(door + hides).content.decode() for door in doors]

    amounts = set(AMOUNTS) | {GOAL} | amounts_in(json.loads(open_texts[1])) | amounts_in(json.loads(open_texts[2]))
    assert len(amounts) > 4
    assert told(open_texts[0], amounts)  # what is searched for is there to be found
    assert told(open_texts[1], amounts)
    assert [told(text, amounts) for text in hidden_texts] == [set(), set(), set()]
    assert [json.loads(text)["version"] for text in open_texts[1:]] == [json.loads(text)["version"] for text in hidden_texts[1:]]


async def hear_until(socket, texts, is_enough) -> None:
    """Frames and details come in any order."""
    while not is_enough([json.loads(text) for text in texts]):
        texts.append(await socket.hear())


def both_kinds(documents) -> bool:
    return {"part" in document for document in documents} == {True, False}


def another_order(documents) -> bool:
    orders = [document["totals"]["orders"] for document in documents if "totals" in document]
    return orders[-1] == orders[0] + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", BOARDS)
async def test_socket_tells_no_amount_and_its_neighbour_does(links, path, shop):
    address, shows, hides = links[path]
    heard = {query: [] for query in (shows, hides)}
    sockets = {query: knock(f"/ws/{address}{query}&detail=1", "") for query in heard}
    assert [await socket.connect() for socket in sockets.values()] == [True, True]
    for query, socket in sockets.items():
        await hear_until(socket, heard[query], both_kinds)

    ninth = make_order_body("T9", lines=((1, "HJ-250", 1, AMOUNTS[1]),))
    await in_thread(receive)([make_arrival(shop, ninth)], cause=Cause.PUSH, at=datetime.now(UTC))
    for query, socket in sockets.items():
        await hear_until(socket, heard[query], another_order)

    amounts = set(AMOUNTS) | {GOAL}.union(*(amounts_in(json.loads(text)) for text in heard[shows]))
    assert told("".join(heard[shows]), amounts)
    assert [told(text, amounts) for text in heard[hides]] == [set()] * len(heard[hides])
    for socket in sockets.values():
        await socket.leave()


@pytest.mark.django_db
def test_signed_in_or_not_the_link_hides_money(client, links, staff):
    address, _shows, hides = links[BOARDS[0]]
    client.force_login(staff)

    by_link, by_login = client.get(f"/api/v1/{address}{hides}").json(), client.get(f"/api/v1/{address}").json()

    assert (by_link["totals"]["paid_fen"], by_login["totals"]["paid_fen"]) == (None, AMOUNTS[0] + AMOUNTS[1])
