"""By REST: the ledger of a subsidy with its sums, what is worth a second look, and a session's whole history as one file."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest
import time_machine

from livestream.models import AuditEntry
from orders.actions.statement import state_session
from orders.actions.subsidy import follow_subsidies
from tests.factories import make_user
from tests.goods import make_subsidy
from tests.livestream.api.asking import asking, refused, said
from tests.orders.actions.reviewed import BEGAN, DAY, ENDED, HOUR, MINUTE, Evening, make_reviewed
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
NOW = ENDED + 16 * DAY


@pytest.fixture
def session(county, shop, staff):
    """Twenty pieces in one order, ten in another that went back wholly; two yuan a piece of the county, up to fifty."""
    made = make_reviewed(county, title="深山花椒")
    rule = make_subsidy(county, staff, per_unit_fen=200, cap_fen=5000, from_at=BEGAN - DAY, until_at=BEGAN + DAY)
    made.line_up.filter(product__sku="LDS-500").update(subsidy=rule)
    evening = Evening(shop)
    evening.tell("BULK", BEGAN + MINUTE, "late", where="here", units=20, fen=119_600, paid_at=BEGAN + MINUTE)
    evening.tell("BACK", BEGAN + 2 * MINUTE, "late", where="here", units=10, fen=59_800, paid_at=BEGAN + 2 * MINUTE)
    follow_subsidies(at=BEGAN + HOUR)
    evening.tell("BACK", BEGAN + 2 * HOUR, "refunded", refunded=59_800)
    follow_subsidies(at=BEGAN + 3 * HOUR)
    return made


@pytest.fixture
def rule(session):
    return session.line_up.get(product__sku="LDS-500").subsidy


def test_the_ledger_of_a_subsidy_adds_up(staff, session, rule, trainer, stranger):
    ask, path = asking(staff, scopes=["read:orders"]), f"/subsidies/{rule.pk}"
    rows = said(ask(f"{path}/ledger"))["results"]
    sums = said(ask(f"{path}/sums"))
    first = said(ask(f"{path}/ledger?page_size=1"))

    assert [(row["order_no"], row["units"], row["amount_fen"]) for row in rows] == [
        ("BULK", 20, 4000), ("BACK", 10, 1000), ("BACK", -10, -1000),
    ]  # fmt: skip
    row = {"session": str(session.pk), "title": "深山花椒", "orders": 2, "units": 20, "amount_fen": 4000}
    assert sums == {"units": 20, "amount_fen": 4000, "cap_fen": 5000, "left_fen": 1000, "sessions": [row]}
    assert said(ask(f"{path}/ledger?page_size=1&cursor={first['next_cursor']}"))["results"] == rows[1:2]
    assert said(ask(f"{path}/ledger?session={session.pk}"))["results"] == rows
    for person, status in ((trainer, 403), (stranger, 404)):
        assert [asking(person, scopes=())(f"{path}/{part}").status_code for part in ("ledger", "sums")] == [status] * 2


def test_what_is_worth_a_look_is_told_with_everything_that_was_looked_at(staff, session, stranger, trainer):
    with time_machine.travel(NOW, tick=False):
        state_session(session, at=NOW)
        (line,) = said(asking(staff, scopes=["read:orders"])("/trust"))
        theirs = said(asking(stranger, scopes=())("/trust"))

    assert (line["session"], line["settled_fen"], line["newest_fen"]) == (str(session.pk), 119_600, 119_600)
    assert [one["signal"] for one in line["findings"] if one["look"] == "look"] == ["bulk"]
    assert len(line["findings"]) == 8
    assert (theirs, asking(trainer, scopes=())("/trust").status_code) == ([], 403)


def test_the_history_is_taken_by_a_person_with_the_second_factor_and_noted(county, staff, session, client, stranger):
    exporter = make_user("exporter", county)
    body = {"words": "价格投诉", "receiver": "县市场监管局 王科长"}
    ask = asking(exporter, session, client=signed_in(exporter))
    parts = {row["part"]: row["rows"] for row in said(ask("history"))["parts"]}
    taken = ask("history", body)
    files = zipfile.ZipFile(io.BytesIO(taken.content))
    told = json.loads(files.read("history.json"))
    (entry,) = AuditEntry.objects.filter(deed="exported")

    assert (taken.status_code, taken["Content-Type"]) == (200, "application/zip")
    assert files.namelist() == ["history.json", "history.pdf", "SHA256SUMS"]
    assert {name: len(rows) for name, rows in told["parts"].items()} == parts
    assert (parts["subsidies"], told["receiver"], told["taken_by"]) == (3, body["receiver"], exporter.name)
    assert (entry.detail["sha256"], entry.actor_id) == (hashlib.sha256(taken.content).hexdigest(), exporter.pk)
    assert ask("history", {"words": " ", "receiver": "x"}).json()["fields"].keys() == {"words"}

    clerk = make_user("staff", county)
    clerk.appointments.create(role="exporter", place=county, from_on="2026-01-01")
    client.force_login(clerk)  # appointed after he had signed in without the second factor
    assert refused(asking(clerk, session, client=client)("history", body)) == (403, "second_factor")
    assert refused(asking(exporter, session, scopes=["read:orders"])("history", body)) == (403, "scope")
    others = (staff, stranger, make_user("exporter", stranger.place))
    assert [asking(one, session, scopes=())("history", body).status_code for one in others] == [403, 403, 404]
    assert AuditEntry.objects.filter(deed="exported").count() == 1
