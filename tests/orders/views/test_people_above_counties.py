"""People of a city or a province read what the counties inside it have, and change nothing there; another city's stays hidden."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from livestream.models import LiveSession, Product, Supplier, User
from livestream.rules.rights import Action
from orders.actions.intake import receive
from orders.models import DeadLetter, Hint, KioskLink, Order, OrderFile, PullCursor, Shop
from orders.models.ledger import Cause
from orders.models.unmatched import unmatched_refunds
from tests.factories import make_arrival, make_order_body, make_place, make_product, make_user
from tests.sign_in import enter

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


@pytest.fixture(params=["14", "1404"])
def above(request, county):
    return make_user("staff", make_place(request.param, request.param))


@pytest.fixture(params=["13", "1305"])
def elsewhere(request, county):
    return make_user("staff", make_place(request.param, request.param))


def test_desk_figures_are_those_of_the_counties_inside(client, sold, above, staff):
    shown = {}
    for person in (above, staff):
        client.force_login(person)
        context = client.get("/desk/figures/", {"since": ""}).context
        shown[person.pk] = {key: context[key] for key in ("lanes", "totals", "unattributed", "refunded_on_day", "unsettled")}

    assert shown[above.pk] == shown[staff.pk]
    assert (shown[above.pk]["totals"]["paid_fen"], shown[above.pk]["unattributed"]["orders"]) == (39920, 1)


def test_desk_figures_of_another_city_are_zero(client, sold, elsewhere):
    client.force_login(elsewhere)

    context = client.get("/desk/figures/", {"since": ""}).context

    shown = {key: context[key] for key in ("lanes", "totals", "unattributed", "refunded_on_day", "checking_since", "unsettled")}
    assert shown == {
        "lanes": [], "totals": NOTHING, "unattributed": NOTHING, "refunded_on_day": 0, "checking_since": None, "unsettled": 0,
    }  # fmt: skip


@pytest.mark.parametrize(("in_township", "paid_fen"), [(True, 19960), (False, 0)])
def test_desk_figures_below_the_county_are_those_of_the_sessions_there(client, sold, session, in_township, paid_fen):
    township = make_place("140425100", "青羊镇")
    if in_township:
        LiveSession.objects.filter(pk=session.pk).update(place=make_place("140425100201", "一村"))
    client.force_login(make_user("staff", township))

    context = client.get("/desk/figures/", {"since": ""}).context

    assert (context["totals"]["paid_fen"], len(context["lanes"])) == (paid_fen, in_township)
    assert (context["unattributed"], context["unsettled"]) == (None, 0)  # what no session sold lies in no village


def test_administrator_of_no_county_sees_the_sums_of_all(client, sold):
    enter(client, make_user("admin", make_place("14", "山西省")))

    answer = client.get("/desk/figures/", {"since": ""})

    assert (answer.context["totals"]["paid_fen"], answer.context["unattributed"]["orders"]) == (39920, 1)


OF_COUNTIES = [LiveSession, Product, Supplier, Order, Shop, Hint, DeadLetter, OrderFile, PullCursor, User]


def counts(person) -> dict[str, int]:
    return {model.__name__: model.objects.visible_to(person).count() for model in OF_COUNTIES}


def test_rows_of_the_counties_inside_are_seen(sold, above, staff, session, shop, host):
    seen, seen_in_county = counts(above), counts(staff)

    assert seen == seen_in_county | {"User": seen_in_county["User"] + 1}  # and himself
    assert (len(unmatched_refunds(above)), KioskLink.objects.visible_to(above).count()) == (1, 0)


def test_rows_of_counties_elsewhere_are_not(sold, elsewhere, session, shop, host):
    assert counts(elsewhere) == {model.__name__: int(model is User) for model in OF_COUNTIES}
    assert list(unmatched_refunds(elsewhere)) == []


@pytest.mark.parametrize("path", ["/sessions/{}/", "/sessions/{}/figures/", "/board/session/{}/", "/api/v1/sessions/{}/pitches/"])
def test_sessions_inside_are_read_and_those_elsewhere_are_404(client, sold, session, above, elsewhere, path):
    statuses = []
    for person in (above, elsewhere):
        client.force_login(person)
        statuses.append(client.get(path.format(session.pk)).status_code)

    assert statuses == [200, 404]


@pytest.mark.parametrize("step", ["event", "desk/press", "incident"])
def test_nothing_inside_is_changed_from_above(client, session, above, step):
    client.force_login(above)

    assert client.post(f"/sessions/{session.pk}/{step}/", {"event": "end"}).status_code == 403
    assert (above.reach(Action.RUN_SESSION), LiveSession.objects.get().state) == ((), "live")


def test_page_of_a_session_from_above_has_no_button(client, session, above):
    client.force_login(above)

    page = client.get(f"/sessions/{session.pk}/").content.decode()

    assert [form for form in ("/event/", "/pitch/", "/incident/") if f"{session.pk}{form}" in page] == []


@pytest.mark.parametrize("path", ["/desk/", "/waiting/", "/files/", "/school/"])
def test_pages_name_nothing_of_a_county_elsewhere(client, sold, session, shop, host, elsewhere, path):
    client.force_login(elsewhere)

    html = client.get(path).content.decode()

    assert [word for word in (session.title, shop.name, host.name, "T1", "T3", "LDS-500") if f">{word}" in html] == []
