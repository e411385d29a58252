"""Making the file of an export: what is in it, that it adds up, and what happens when it is stopped."""

from __future__ import annotations

import pytest

from orders.actions.intake import receive
from orders.models import DayTally
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product
from tests.orders.exports import bytes_of, csv_of, make_exporter, make_ready

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path


@pytest.fixture
def sold(shop, session, now):
    """Seven orders of two lines, one of them refunded in part, one of no session."""
    make_product(session.county, "LDS-500", title="潞党参 500g")
    bodies = [
        make_order_body(f"69234500000000000{n:02d}", at=now, room="R1" if n else "NOWHERE",
                        lines=((1, "LDS-500", 2, 11960), (2, "HJ", 1, 2999 + n)), refunds=(("R1", 1, 5980),) if n == 3 else ())
        for n in range(7)
    ]  # fmt: skip
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=now)


def test_the_ledger_adds_up_to_what_boards_show(sold, county):
    export = make_ready(by=make_exporter(county))

    rows, notes = csv_of(bytes_of(export))
    head, *data = rows
    column = {name: [row[n] for row in data] for n, name in enumerate(head)}
    tally = DayTally.objects.get(scope="county:140425")
    assert sum(map(int, column["订单数"])) == tally.orders == 7
    assert sum(map(int, column["件数"])) == tally.units == 21
    assert sum(round(float(yuan) * 100) for yuan in column["支付（元）"]) == tally.paid_fen == 7 * (11960 + 2999) + 21
    assert column["退款（元）"].count("59.80") == 1
    said = {row[0]: row[1] for row in notes if len(row) == 2}
    assert said["合计：支付（元）"] == said["大屏上同样几天：支付（元）"] == f"{tally.paid_fen / 100:.2f}"
    assert said["和大屏"] == "一致"
    assert said["用途"] == "上报主管部门：上报十一月直播销售"
    assert said["交给谁"] == "市商务局 王科长"
    assert set(column["导出编号"]) == {export.number}
