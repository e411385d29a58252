from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from orders.actions.audit import audit_tallies
from orders.models import DayTally, LedgerEntry, Order, OrderFile
from tests.factories import make_shop
from tests.orders.sheets.exports import make_file, make_row

pytestmark = pytest.mark.django_db
REASON = "“订单应付金额”是负数。"


@pytest.fixture
def douyin(county, settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    return make_shop(county, platform="douyin", key="dd1")


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "订单.csv"
    path.write_bytes(make_file([make_row(1), make_row(1, 1), make_row(2, 订单应付金额="-3.00"), make_row(3)], encoding="gb18030"))
    return path


def run(*arguments):
    out = io.StringIO()
    call_command("import_orders", *map(str, arguments), stdout=out)
    return out.getvalue()


def run_json(*arguments):
    answer = json.loads(run(*arguments, "--json"))
    answer.pop("seconds", None)
    return answer


def test_json_is_one_object_with_every_row(douyin, export):
    assert run_json(export, "--shop", "dd1") == {
        "read": 4,
        "applied": 3,
        "duplicate": 0,
        "rejected": [{"line": 4, "reason": REASON}],
        "totals": {"rows": 4, "orders": 2, "paid_fen": 35880},
        "dry_run": False,
    }
    assert DayTally.objects.filter(scope="county:140425").values_list("orders", "paid_fen").get() == (2, 35880)


def test_twice_counts_once(douyin, export):
    run_json(export, "--shop", "dd1")

    again = run_json(export, "--shop", "dd1")

    assert (again["read"], again["applied"], again["duplicate"], len(again["rejected"])) == (4, 0, 3, 1)
    assert Order.objects.count() == 2
    assert audit_tallies() == []


def test_a_dry_run_says_the_same_and_writes_nothing(douyin, export):
    assert run_json(export, "--shop", "dd1", "--dry-run") == {
        "read": 4,
        "applied": 3,
        "duplicate": 0,
        "rejected": [{"line": 4, "reason": REASON}],
        "totals": {"rows": 4, "orders": 2, "paid_fen": 35880},
        "dry_run": True,
    }
    assert (Order.objects.count(), LedgerEntry.objects.count(), OrderFile.objects.count()) == (0, 0, 0)


def test_words_for_people(douyin, export):
    assert run(export, "--shop", "dd1") == f"已导入。读到 4 行 = 计入 3 + 重复 0 + 退回 1\n第 4 行：{REASON}\n"


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize(
    ("content", "key", "sentence"),
    [
        (b"a,b\n1,2\n", "dd1", "认不出这份表。"),
        (b"", "dd1", "这份文件是空的。"),
        (make_file([make_row(1)]), "nobody", "没有标识为“nobody”的店铺。"),
        (None, "dd1", "打不开 "),
    ],
)
def test_what_cannot_be_imported_ends_with_1_and_a_sentence(douyin, tmp_path, capsys, content, key, sentence, as_json):
    path = tmp_path / "x.csv"
    if content is not None:
        path.write_bytes(content)

    if not as_json:
        with pytest.raises(CommandError) as refused:
            run(path, "--shop", key)
        assert (refused.value.returncode, str(refused.value).startswith(sentence)) == (1, True)
        return
    with pytest.raises(SystemExit) as ended:
        call_command("import_orders", str(path), "--shop", key, "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (ended.value.code, answer.pop("refused").startswith(sentence)) == (1, True)
    assert answer == {"read": 0, "applied": 0, "duplicate": 0, "rejected": []}
