from __future__ import annotations

import json

import pytest
from django.core.management import call_command

from orders.actions.intake import receive
from orders.models import DayTally
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(shop, session, now):
    receive([make_arrival(shop, make_order_body("T1"), make_order_body("T2"))], cause=Cause.PUSH, at=now)


def test_audit_says_that_ledger_and_tallies_agree(sold, capsys):
    call_command("audit_tallies")

    assert capsys.readouterr().out == "账本与统计一致。\n"


def test_audit_exits_1_and_names_each_difference(sold, capsys):
    DayTally.objects.filter(scope="county:140425").update(orders=3)
    DayTally.objects.exclude(scope="county:140425").delete()
    day = DayTally.objects.get().day.isoformat()

    with pytest.raises(SystemExit) as stop:
        call_command("audit_tallies")

    assert stop.value.code == 1
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "账本与统计不一致：2 处"
    assert said[1] == (
        f"orders_daytally　140425 county:140425 {day}：统计为 orders=3 units=4 paid_fen=23920 refunded_fen=0，"
        "账本为 orders=2 units=4 paid_fen=23920 refunded_fen=0"
    )
    assert said[2].endswith("统计为 没有这一行，账本为 orders=2 units=4 paid_fen=23920 refunded_fen=0")


def test_audit_speaks_json(sold, capsys):
    call_command("audit_tallies", json=True)
    assert json.loads(capsys.readouterr().out) == []

    DayTally.objects.filter(scope="county:140425").update(orders=3)
    with pytest.raises(SystemExit):
        call_command("audit_tallies", json=True)

    (found,) = json.loads(capsys.readouterr().out)
    assert (found["table"], found["stored"], found["ledger"]) == ("orders_daytally", [3, 4, 23920, 0], [2, 4, 23920, 0])


def test_rebuild_mends_what_audit_found(sold, capsys):
    DayTally.objects.update(orders=3)

    call_command("rebuild_tallies")
    assert capsys.readouterr().out.splitlines()[0] == "orders_daytally：更正 2 行"

    call_command("audit_tallies")
