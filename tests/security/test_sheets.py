"""What goes out as a table to be opened in a spreadsheet: whatever was sent in, no cell of it is computed."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime

import pytest

from livestream.models import LiveSession, Place, Product, User
from orders.actions.intake import receive
from orders.models import Shop
from orders.models.ledger import Cause
from orders.rules.export import ExportKind
from tests.factories import make_arrival, make_order_body, make_product, make_user
from tests.orders.exports import bytes_of, csv_of, make_approver, make_ready, sheets_of
from tests.orders.files import taken_in
from tests.orders.sheets.exports import make_file, make_row
from tests.security.payloads import SHEET, XSS, plain
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db(transaction=True)
SIGNS = set("=+-@＝＋－＠\t\r\n")
TEXTS = SHEET + XSS[:6]
FIGURE = re.compile(r"-[\d.,]+|\t[\w\d][^=+@]*")


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path


def computed(cells):
    """Texts that a spreadsheet would compute: after blanks, a sign that begins a formula, and then no number."""
    return [cell for cell in cells if (bare := cell.strip(" \ufeff\u200b")) and bare[0] in SIGNS and not is_figure(bare)]


def is_figure(text):
    """A negative number, a dash for nothing, or a tab that keeps long digits, days and our own words as they are."""
    return text in {"-", "－"} or FIGURE.fullmatch(text) is not None


@pytest.fixture
def planted(shop, session, county, staff):
    """Each text as goods, and as every name that an export carries."""
    now = datetime.now(UTC)
    bodies = []
    for n, text in enumerate(TEXTS):
        body = make_order_body(f"T{n}", at=now, room="R1", lines=((1, f"sku-{n}", 1, 100),))
        body["lines"][0] |= {"title": text}
        bodies.append(body)
    odd = [make_order_body(text, at=now, room="R1") | {"province": text, "host_account": text} for text in TEXTS]
    for body, text in zip(odd, TEXTS, strict=True):
        body["lines"][0] |= {"sku": text, "title": text}
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=now)
    for body in odd:  # one by one: the adapter may refuse some
        receive([make_arrival(shop, body)], cause=Cause.PUSH, at=now)
    make_product(county, "sku-0", title=SHEET[1], selling_points=SHEET[2])
    User.objects.update(name=SHEET[3], live_name=SHEET[4])
    Place.objects.update(name=SHEET[0])
    LiveSession.objects.update(title=SHEET[1])
    Shop.objects.update(name=SHEET[2])
    Product.objects.update(title=SHEET[5])


@pytest.mark.parametrize("kind", ExportKind.values)
def test_no_export_holds_a_formula(planted, county, kind):
    said = {
        "by": make_user("admin", county, name=SHEET[0]),
        "purpose_words": SHEET[1] + "上报",
        "receiver": SHEET[3],
        "approver": make_approver(county, name=SHEET[2]),
    }

    data, notes = csv_of(bytes_of(make_ready(kind, "csv", **said)))
    assert computed(cell for row in [*data, *notes] for cell in row) == []
    assert len(data) > 1 or kind not in {"orders", "lines", "entries", "ledger"}

    book = sheets_of(bytes_of(make_ready(kind, "xlsx", **said)))
    cells = [cell for rows in book.values() for row in rows for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    assert len(cells) > 10


def test_rows_that_are_given_back_hold_no_formula_and_are_whole(county, staff):
    shop = Shop.objects.create(county=county, platform="douyin", name="x", secret="x", key="dd")
    rows = [make_row(n, 选购商品=text, 商家编码=text, 达人ID=text, 商品数量="x") for n, text in enumerate(TEXTS)]
    file = taken_in(shop, make_file(rows))

    answer = signed_in(staff).get(f"/files/{file.pk}/rejected.csv")

    given = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"), newline="")))
    assert len(given) == len(TEXTS) + 1
    assert computed(cell for row in given for cell in row) == []
    column = given[0].index("选购商品")
    back = [plain(row[column]).lstrip("'\"=").strip() for row in given[1:]]
    assert [
        n for n, text in enumerate(TEXTS) if plain(text).strip("'\"= ") not in back[n].strip("'\"= ") and "1+1" not in back[n]
    ] == []


def test_control_a_plain_table_would_hold_formulas(tmp_path):
    out = io.StringIO(newline="")
    csv.writer(out).writerows([[text] for text in SHEET])

    assert len(computed(cell for row in csv.reader(io.StringIO(out.getvalue(), newline="")) for cell in row)) >= 15
    assert computed(["-12.50", "-", "\t6923450000000000017", "\t2026-11-20 20:05:00", "潞党参", "'=1+1"]) == []
