"""People of a city or a province belong to no county: pages that are of a county show them nothing, and not everything."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from livestream.models import LiveSession, Product, Supplier, User
from orders.actions.intake import receive
from orders.models import DeadLetter, Hint, KioskLink, Order, OrderFile, PullCursor, Shop
from orders.models.ledger import Cause
from orders.models.unmatched import unmatched_refunds
from tests.factories import make_arrival, make_order_body, make_place, make_product, make_user

NOTHING = {"orders": 0, "units": 0, "paid_fen": 0, "refunded_fen": 0, "net_fen": 0}


@pytest.fixture
def sold(session, shop, county):
    """An order in the room and one that no session sold, 199.60 each, one of them refunded in part; and an orphaned refund."""
    now = datetime.now(UTC)
    make_product(county, "LDS-500")
    lines = ((1, "LDS-500", 2, 19960),)
    orders = [
        make_order_body("T1", at=now, lines=lines, refunds=(("R1", 1, 1234),)),
        make_order_body("T2", room=None, lines=lines),
    ]
    orphan = make_order_body("T3", status="created", lines=lines, refunds=(("R3", 1, 4321),))
    receive([make_arrival(shop, *orders, orphan, now=now)], cause=Cause.PUSH, at=now)


@pytest.fixture(params=[("staff", "14"), ("staff", "1404"), ("trainer", "14")])
def above(request, county):
    role, code = request.param
    return make_user(role, make_place(code, code))


def test_desk_figures_of_no_county_are_zero(client, sold, above, staff):
    client.force_login(above)
    answer = client.get("/desk/figures/", {"since": ""})
    client.force_login(staff)
    of_county = client.get("/desk/figures/", {"since": ""})

    assert of_county.context["totals"]["paid_fen"] == 39920
    if above.role == "trainer":
        assert answer.status_code == 403
        return
    shown = {
        key: answer.context[key] for key in ("lanes", "totals", "unattributed", "refunded_on_day", "checking_since", "unsettled")
    }
    assert shown == {
        "lanes": [], "totals": NOTHING, "unattributed": NOTHING, "refunded_on_day": 0, "checking_since": None, "unsettled": 0,
    }  # fmt: skip


def test_administrator_of_no_county_sees_the_sums_of_all(client, sold):
    client.force_login(make_user("admin", make_place("14", "山西省")))

    answer = client.get("/desk/figures/", {"since": ""})

    assert (answer.context["totals"]["paid_fen"], answer.context["unattributed"]["orders"]) == (39920, 1)


def test_rows_of_counties_are_not_theirs(sold, above, session, shop, host):
    of_counties = [LiveSession, Product, Supplier, Order, Shop, Hint, DeadLetter, OrderFile, PullCursor, KioskLink]

    seen = {model.__name__: model.objects.visible_to(above).count() for model in of_counties}

    assert seen == {model.__name__: 0 for model in of_counties}
    assert (list(unmatched_refunds(above)), list(User.objects.visible_to(above))) == ([], [])
    assert Order.objects.count() == 3


@pytest.mark.parametrize("path", ["/sessions/{session}/", "/sessions/{session}/figures/", "/board/session/{session}/"])
def test_sessions_of_counties_are_404(client, sold, session, above, path):
    client.force_login(above)

    expected = 403 if above.role == "trainer" and path == "/sessions/{session}/" else 404
    assert client.get(path.format(session=session.pk)).status_code == expected


@pytest.mark.parametrize("path", ["/desk/", "/waiting/", "/files/", "/school/"])
def test_pages_of_counties_name_nothing_of_a_county(client, sold, session, shop, host, above, path):
    client.force_login(above)

    answer = client.get(path)

    assert answer.status_code == (403 if above.role == "trainer" and path != "/school/" else 200)
    html = answer.content.decode()
    assert [word for word in (session.title, shop.name, host.name, "T1", "T3", "LDS-500") if f">{word}" in html] == []
