"""Live figures as fragments: what they say, when they say nothing, and to whom."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db.models import Sum
from django.utils import timezone

from livestream.models import Segment
from orders.actions.audit import rebuild_tallies
from orders.actions.intake import receive
from orders.models.ledger import Cause, LedgerEntry
from orders.views.figures import Sold
from orders.views.segments import segment_results
from tests.factories import make_arrival, make_order_body, make_product, make_session, make_user
from tests.sign_in import enter, signed_in


@pytest.fixture(autouse=True)
def noon():
    """A fixed noon in Shanghai: the business day of a payment is today's."""
    moment = timezone.localtime(timezone.now()).replace(hour=12, minute=0, second=0, microsecond=0)
    with time_machine.travel(moment, tick=False):
        yield moment


@pytest.fixture
def now(noon):
    return noon


@pytest.fixture
def figures(session):
    return f"/sessions/{session.pk}/figures/"


def sell(shop, now, *orders):
    receive([make_arrival(shop, *orders, now=now)], cause=Cause.PUSH, at=now)


def stamp(answer):
    return re.search(r'data-since="([^"]+)"', answer.content.decode()).group(1)


def numbers(answer):
    """The figures as words: label and number, in their order."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode().replace("\u2009", ""))
    return re.sub(r"\s+", " ", text).strip()


def test_fragment_says_what_the_session_sold(client, host, shop, figures, now):
    sell(shop, now, make_order_body("T1", at=now), make_order_body("T2", at=now, refunds=[("R1", 1, 1960)]))
    client.force_login(host)

    answer = client.get(figures, {"since": ""})

    assert numbers(answer) == "我的订单 4 件 2 支付 ¥239 退款 ¥20"


def test_fragment_is_silent_until_something_changes(client, host, shop, figures, now):
    client.force_login(host)
    first = client.get(figures, {"since": ""})
    again = client.get(figures, {"since": stamp(first)})
    sell(shop, now, make_order_body("T1", at=now))

    changed = client.get(figures, {"since": stamp(first)})

    assert (again.status_code, again.content) == (204, b"")
    assert (changed.status_code, numbers(changed)) == (200, "我的订单 2 件 1 支付 ¥120 退款 ¥0")


def test_fragment_speaks_again_after_a_rebuild(client, host, shop, figures, now):
    sell(shop, now, make_order_body("T1", at=now))
    client.force_login(host)
    known = stamp(client.get(figures, {"since": ""}))
    rebuild_tallies()

    assert client.get(figures, {"since": known}).status_code == 200


@pytest.mark.parametrize("since", ["x", "0-0", "%00", "9" * 5000])
def test_fragment_takes_any_since(client, host, figures, since):
    client.force_login(host)

    assert client.get(figures, {"since": since}).status_code == 200


@pytest.mark.parametrize(("orders", "since", "queries"), [(1, "", 11), (3, "", 11), (3, None, 5)])
def test_fragment_costs_the_same_however_much_was_sold(
    client, host, shop, figures, now, orders, since, queries, django_assert_num_queries
):
    sell(shop, now, *[make_order_body(f"T{n}", at=now) for n in range(orders)])
    client.force_login(host)
    known = stamp(client.get(figures, {"since": ""})) if since is None else since

    with django_assert_num_queries(
        queries + 1
    ):  # session, user, posts, livestream, epoch, version; line-up, pitch, sums, doubts, items and what was written down when it speaks
        client.get(figures, {"since": known})


def test_figures_are_a_page_of_their_own_without_script(client, host, staff, shop, figures, now):
    sell(shop, now, make_order_body("T1", at=now))
    pages = {}
    for person in (host, staff):
        client.force_login(person)
        pages[person.role] = client.get(figures).content.decode()

    assert ["<!doctype html>" in page for page in pages.values()] == [True, True]
    assert ['class="phone"' in page for page in pages.values()] == [True, False]


def test_htmx_gets_the_fragment(client, staff, figures):
    client.force_login(staff)

    answer = client.get(figures, {"part": "desk"}, headers={"HX-Request": "true"})

    assert answer.content.startswith(b'<div class="stats" data-since=')


def test_desk_fragment_holds_the_line_up_with_what_each_item_sold(client, county, staff, shop, now):
    pepper = make_product(county, "HJ-250", title="大红袍花椒")
    millet = make_product(county, "XM-5", title="黑小米")
    session = make_session(county, went_live_at=now - timedelta(hours=1), line_up=[(pepper, 2990, 1), (millet, 4980, 50)])
    lines = [(1, "HJ-250", 2, 5980), (2, "SHI-1", 1, 1990)]
    sell(shop, now, make_order_body("T1", at=now, lines=lines, refunds=[("R1", 2, 1990)]))
    client.force_login(staff)

    answer = client.get(f"/sessions/{session.pk}/figures/", {"since": "", "part": "desk"})

    assert answer.context["items"] == [
        Sold(1, "大红袍花椒", 2990, 1, 2, 1, 5980, 0),
        Sold(2, "黑小米", 4980, 50, 0, 0, 0, 0),
        Sold(None, "SHI-1", None, None, 1, 1, 1990, 1990),
    ]
    assert "超卖 1" in numbers(answer)
    assert numbers(answer).startswith("订单 1 件数 3 支付 ¥80 退款 ¥20 净额 ¥60")


@pytest.mark.parametrize(("left", "oversold", "committed"), [(None, 0, None), (3, 0, 5), (-1, 1, 1)])
def test_what_is_left_is_what_was_committed_less_what_was_sold(left, oversold, committed):
    item = Sold(1, "货", 100, committed, 2, 1, 200, 0)

    assert (item.left, item.oversold) == (left, oversold)


def test_figures_are_seen_by_the_host_and_those_of_the_county_who_may_see_orders(
    client, county, session, figures, host, staff, trainer, stranger
):
    colleague = make_user("host", county)
    statuses = []
    for person in (host, staff, make_user("auditor", county), trainer, colleague, stranger):
        client.force_login(person)
        statuses.append(client.get(figures, {"since": ""}).status_code)

    assert statuses == [200, 200, 200, 404, 404, 404]


def test_figures_ask_who_it_is(client, figures):
    assert client.get(figures).headers["Location"] == f"/login/?next={figures}"


# --- the county's day -------------------------------------------------------------------------------------------------


def test_county_line_sums_the_day_and_each_of_its_sessions(client, staff, shop, session, now):
    sell(
        shop, now,
        make_order_body("T1", at=now),
        make_order_body("T2", at=now, room="nobody"),
        make_order_body("T0", at=now - timedelta(days=1), room="nobody"),
    )  # fmt: skip
    client.force_login(staff)

    answer = client.get("/desk/figures/", {"since": ""})

    assert numbers(answer) == "今天的场次 1 正在直播 1 今天的订单 2 今天支付 ¥239 未归属的订单 1 ¥120 订单 1 支付 ¥120"
    assert f'data-slot-for="figures-{session.pk}"' in answer.content.decode()


def test_county_line_tells_what_was_refunded_today_of_whatever_day(client, staff, shop, session, now):
    before = now - timedelta(days=20)
    sell(shop, now, make_order_body("T0", at=before, room="nobody"))
    late = make_order_body("T0", at=before, room="nobody", version=2, refunds=[("R1", 1, 5980)])
    late["refunds"][0]["updated_at"] = now.isoformat()
    sell(shop, now, late)
    client.force_login(staff)

    answer = client.get("/desk/figures/", {"since": ""})

    assert (answer.context["refunded_on_day"], answer.context["totals"]["refunded_fen"]) == (5980, 0)
    assert "今天退款 ¥60" in numbers(answer)


def test_county_line_is_silent_until_something_changes_or_the_day_does(client, staff, shop, session, now):
    client.force_login(staff)
    known = stamp(client.get("/desk/figures/", {"since": ""}))
    silent = client.get("/desk/figures/", {"since": known})
    with time_machine.travel(now + timedelta(days=1), tick=False):
        next_day = signed_in(staff).get("/desk/figures/", {"since": known})
    sell(shop, now, make_order_body("T1", at=now))
    changed = client.get("/desk/figures/", {"since": known})

    assert [answer.status_code for answer in (silent, next_day, changed)] == [204, 200, 200]


@pytest.mark.parametrize("rows", [1, 3])
def test_county_line_costs_the_same_whatever_the_day_holds(client, county, staff, shop, now, rows, django_assert_num_queries):
    for n in range(rows):
        make_session(county, room=f"S{n}", went_live_at=now - timedelta(hours=1))
    sell(shop, now, *[make_order_body(f"T{n}", at=now, room=f"S{n}") for n in range(rows)])
    client.force_login(staff)

    # session, user; unsettled, epoch, version, sessions, their sums, the county's, doubts, the unattributed, refunds
    with django_assert_num_queries(12):
        client.get("/desk/figures/", {"since": ""})


def test_county_line_is_a_page_of_its_own_without_script(client, staff, session):
    client.force_login(staff)

    page = client.get("/desk/figures/").content.decode()

    assert "<!doctype html>" in page
    assert f'<a href="/sessions/{session.pk}/">' in page


def test_county_line_of_another_county_holds_nothing_of_ours(client, stranger, shop, session, now):
    sell(shop, now, make_order_body("T1", at=now))
    client.force_login(stranger)

    assert numbers(client.get("/desk/figures/", {"since": ""})) == (
        "今天的场次 0 正在直播 0 今天的订单 0 今天支付 ¥0 未归属的订单 0"
    )


def test_administrator_of_no_county_sees_every_county(client, county, shop, session, now):
    sell(shop, now, make_order_body("T1", at=now))
    enter(client, make_user("admin", county.parent))

    assert numbers(client.get("/desk/figures/", {"since": ""})).startswith("今天的场次 1 正在直播 1 今天的订单 1 今天支付 ¥120")


@pytest.mark.parametrize(("role", "status"), [("host", 403), ("trainer", 403), ("staff", 200)])
def test_county_line_is_the_staffs(client, county, role, status):
    client.force_login(make_user(role, county))

    assert client.get("/desk/figures/").status_code == status


def test_each_stretch_of_a_relay_has_its_own_result_and_together_they_are_the_sessions(client, host, shop, session, figures, now):
    """Sums of minutes, half-open, compared with the ledger payment by payment."""
    began = session.went_live_at.replace(second=0, microsecond=0)
    hours = [began, began + timedelta(minutes=20), began + timedelta(minutes=40), began + timedelta(hours=2)]
    for number in range(3):
        Segment.objects.create(
            session=session, title=f"第{number}棒", place=session.county, starts_at=hours[number], ends_at=hours[number + 1]
        )
    edges = [
        hours[0] + timedelta(minutes=1),
        hours[1] - timedelta(seconds=1),
        hours[1],
        hours[2] - timedelta(seconds=1),
        hours[2],
        now,
    ]
    sell(shop, now, *(make_order_body(f"S{n}", at=at, lines=((1, "A", 1, 100 * 10**n),)) for n, at in enumerate(edges)))

    results = segment_results(session)

    sums = []
    for begins, ends in zip(hours, hours[1:], strict=False):
        rows = LedgerEntry.objects.filter(session=session, occurred_at__gte=begins, occurred_at__lt=ends)
        sums.append(rows.aggregate(orders=Sum("orders"), paid=Sum("paid_fen")))
    assert (
        [(r.orders, r.paid_fen) for r in results]
        == [(s["orders"], s["paid"]) for s in sums]
        == [(2, 1100), (2, 110000), (2, 11000000)]
    )
    client.force_login(make_user("staff", session.county))
    text = client.get(figures, {"since": "", "part": "desk"}).content.decode().replace("\u2009", "")
    assert [re.search(rf'data-slot-for="segment-{r.segment.pk}" hidden>([^<]*)<', text)[1].strip() for r in results] == [
        "2 单 · 支付 ¥11", "2 单 · 支付 ¥1,100", "2 单 · 支付 ¥110,000",
    ]  # fmt: skip
