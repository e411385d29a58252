"""Names, phones and addresses of buyers reach no table, no log and no file in clear, wherever a platform puts them."""

from __future__ import annotations

import base64
import csv
import json
import shutil
import subprocess

import httpx
import psycopg
import pytest
from django.apps import apps
from django.db import connection

from config.embedded import PROGRAMS, data_folder
from livestream.models.encrypted import EncryptedTextField
from orders.platforms import fake_server
from orders.platforms.fake import FakeDouyin, Good
from tests.doors import as_bytes, signed, signed_by_douyin
from tests.factories import SECRET, make_order_body
from tests.faults.conftest import ServerProcess, run_command
from tests.inventory import levels

POSTGRES_LOG = data_folder() / "postgres" / "log"  # of the tests' own server; another one keeps its own
NAME, PHONE, ADDRESS, NOTE = "欧阳槿柒", "17000004321", "云顶山路八百零八号翡翠苑", "请放门口青竹筐"
BUYER = {NAME, PHONE, ADDRESS, NOTE}
FIELDS = {
    "post_receiver": NAME, "post_tel": PHONE, "post_addr": {"detail": ADDRESS, "province": {"name": "山西省"}}, "buyer_words": NOTE,
    "encrypt_post_receiver": NAME, "encrypt_post_tel": PHONE, "receiver_name": NAME, "receiver_mobile": PHONE, "address": ADDRESS,
    "收件人": NAME, "收件人手机号": PHONE, "详细地址": ADDRESS, "买家留言": NOTE, "buyer": {"name": NAME, "phones": [PHONE, int(PHONE)]},
    "user_nick_name": NAME, "open_address_id": ADDRESS, "mask_post_tel": PHONE, "id_card": PHONE,
}  # fmt: skip
SETUP = f"""
from datetime import UTC, datetime, timedelta
from django.db import connection
from tests.factories import make_place, make_session, make_shop, make_user
county = make_place("140425")
make_shop(county, key="standard", secret="{SECRET}")
make_shop(county, "douyin", key="douyin", app_key="app", secret="s3cret", access_token="t", is_practice=True)
make_session(county, make_user("host", county), room="R1", went_live_at=datetime.now(UTC) - timedelta(hours=1))
with connection.cursor() as cursor:
    cursor.execute("CREATE FUNCTION choke() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN IF NEW.order_no LIKE 'POISON%' THEN RAISE division_by_zero; END IF; RETURN NEW; END $$")
    cursor.execute("CREATE TRIGGER choke BEFORE INSERT ON orders_order FOR EACH ROW EXECUTE FUNCTION choke()")
"""
ANSWER = """
from datetime import UTC, datetime, timedelta
from orders.actions.hints import answer_waiting
print("answered", answer_waiting(datetime.now(UTC)))
"""


def forms(needle):
    """How a text may look in a dump: plain, hex of bytea, base64 at any alignment, JSON escapes."""
    raw = needle.encode()
    yield from (raw, raw.hex().encode(), json.dumps(needle)[1:-1].encode(), needle.encode("gb18030"))
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        yield coded[4 if shift else 0 : -4]


def found_in(data: bytes):
    return {needle for needle in BUYER for form in forms(needle) if form in data}


def dump(url):
    """Everything the database holds, as text."""
    program = PROGRAMS / "pg_dump"
    found = str(program) if program.exists() else shutil.which("pg_dump")
    if found:
        done = subprocess.run([found, url.replace("postgres://", "postgresql://")], capture_output=True, check=False)
        if done.returncode == 0:
            return done.stdout
    with psycopg.connect(url.replace("postgres://", "postgresql://")) as connection:
        return b"".join(copied(connection))


def copied(connection):
    tables = connection.execute("SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'").fetchall()
    for (table,) in tables:
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT") as rows:
            yield from map(bytes, rows)


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A data folder of its own, for whatever the processes write; and a log that everyone writes to."""
    monkeypatch.setenv("CUNBO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LOG_FILE", str(tmp_path / "commands.log"))
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.fixture
def fake(monkeypatch):
    """A 抖店 whose answers say everything about the buyer, in every place its API has."""
    for name in ("detail_of", "line_of", "info_of"):
        told = getattr(fake_server, name)
        monkeypatch.setattr(fake_server, name, lambda *args, told=told: told(*args) | FIELDS)
    with FakeDouyin("app", "s3cret", seed=66) as fake:
        monkeypatch.setenv("PRACTICE_PLATFORM_URL", fake.url)
        yield fake


@pytest.fixture
def server_with_shops(own_database, data, fake):
    made = run_command(own_database, "shell", "--no-imports", "-c", SETUP)
    assert made.returncode == 0, made.stderr
    server = ServerProcess(own_database, data / "server.log")
    server.start()
    yield server
    server.kill()


def push(url, order, message_id):
    body = as_bytes(order)
    return httpx.post(
        f"{url}/push/standard/standard/", content=body, headers=signed(body, message_id), trust_env=False, timeout=30
    )


def push_with_buyers(url):
    """Orders that are counted, rejected, unreadable, forged and poisonous, each with a buyer in it."""
    good = make_order_body("T1", refunds=[("R1", 1, 5)]) | FIELDS
    good["lines"][0] |= FIELDS
    good["refunds"][0] |= FIELDS
    mixed_up = [
        make_order_body("T2") | FIELDS | {field: value}
        for field in ("status", "updated_at", "version", "paid_at", "lines")
        for value in (NAME, [FIELDS])
    ]
    assert push(url, good, "m1").json()["applied"] == 1
    assert len(push(url, [good, *mixed_up], "m2").json()["rejected"]) == 10
    assert push(url, f'{{"order_no": "T3", {NAME} {PHONE}'.encode(), "m3").status_code == 400
    assert push(url, make_order_body("POISON-1") | FIELDS, "m4").json()["rejected"]
    forged = httpx.post(
        f"{url}/push/standard/standard/", content=as_bytes(good), headers={"content-type": "application/json"}, trust_env=False
    )
    assert forged.status_code == 401


def push_hints_with_buyers(url, fake):
    """Pushes of 抖店 with buyers in them, readable and not; and one about an order that its platform does not know."""
    placed, paid = fake.sell([(Good("LDS-500", "潞党参 500g", 5980), 1)], room="7300000000000000001")
    asked, settled = fake.refund(placed.number, fen=100)
    messages = [push.message | FIELDS for push in (placed, paid, asked, settled)]
    messages += [
        {"tag": "101", "msg_id": "x", "data": {"p_id": placed.number} | FIELDS},
        {"tag": "101", "msg_id": "y", "data": [FIELDS]},
    ]
    messages += [
        {"tag": FIELDS, "msg_id": "z"},
        {"tag": "101", "msg_id": "w", "data": {"p_id": NAME}},
        {"tag": "101", "msg_id": "v", "data": {"p_id": FIELDS}},
    ]
    messages += [{"tag": "101", "msg_id": "u", "data": {"p_id": "404"} | FIELDS}]
    body = json.dumps(messages, ensure_ascii=False).encode()
    answer = httpx.post(f"{url}/push/douyin/douyin/", content=body, headers=signed_by_douyin(body), trust_env=False, timeout=30)
    assert answer.status_code == 200


def export_with_buyers(fake, path):
    """The platform's export in clear, not masked, with rows that are refused; saved anew in GB18030."""
    fake.write_export(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows = [
        row | {"收件人": NAME, "收件人手机号": PHONE, "详细地址": ADDRESS, "买家留言": NOTE, "商家备注": f"{NAME} {PHONE}"}
        for row in rows
    ]
    rows += [rows[0] | {column: NAME} for column in ("订单状态", "商品数量", "订单提交时间", "订单应付金额", "主订单编号")]
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.DictWriter(file, rows[0], quoting=csv.QUOTE_ALL)
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_dump_of_the_database_the_logs_and_the_files_hold_no_buyer(own_database, data, fake, server_with_shops):
    server = server_with_shops
    push_with_buyers(server.url)
    push_hints_with_buyers(server.url, fake)
    answered = run_command(own_database, "shell", "--no-imports", "-c", ANSWER)
    assert "answered 2" in answered.stdout, answered.stderr
    rows = export_with_buyers(fake, data / "订单.csv")
    imported = json.loads(run_command(own_database, "import_orders", str(data / "订单.csv"), "--shop", "douyin", "--json").stdout)
    assert (imported["read"], len(imported["rejected"])) == (rows, 5)
    server.kill()

    held = dump(own_database)
    assert b"LDS-500" in held
    assert b"POISON-1" not in held  # kept, but encrypted
    assert found_in(held) == set()
    written = [path for path in data.rglob("*") if path.is_file() and path.name != "订单.csv"]
    assert {path.name for path in written} >= {"server.log", "commands.log"}
    assert b"arrival_refused" in (data / "server.log").read_bytes()
    assert [path.name for path in written if found_in(path.read_bytes())] == []
    assert found_in(POSTGRES_LOG.read_bytes() if POSTGRES_LOG.exists() else b"") == set()
    assert any(path.parent.name == "orders" for path in written)  # the upload itself lies there, encrypted


def test_control_what_is_stored_in_clear_is_found(own_database):
    stored = f"""
from datetime import UTC, datetime
from orders.models import Delivery, Hint, RawDelivery, SoldItem
from tests.factories import make_place, make_shop
county = make_place("140425"); shop = make_shop(county); now = datetime.now(UTC)
SoldItem.objects.create(county=county, sku="{PHONE}", title="x")
Delivery.objects.create(county=county, shop=shop, message_id="m", digest=b"", received_at=now, rejected=["{ADDRESS}"])
RawDelivery.objects.create(received_at=now, messages=1, sealed="{NAME}".encode())
Hint.objects.create(county=county, shop=shop, kind="order", number="1", due_at=now, first_asked_at=now, last_error="{NOTE}")
"""
    done = run_command(own_database, "shell", "--no-imports", "-c", stored)
    assert done.returncode == 0, done.stderr

    assert found_in(dump(own_database)) == BUYER
    assert found_in(json.dumps({"a": NAME}).encode() + base64.b64encode(b"x" + ADDRESS.encode())) == {NAME, ADDRESS}


# --- the columns --------------------------------------------------------------------------------------------------------

NAMED_AFTER = ("buyer", "receiver", "consignee", "phone", "mobile", "tel", "addr", "nick", "identity", "birth", "guardian")
# Columns with such a name that are about hosts and colleagues, or about where a request came from; none about a buyer.
OF_OUR_PEOPLE = {
    "livestream_robot.address",  # of a chat group
    "livestream_viewerreading.buyers",  # how many, not who
    "livestream_supplier.phone", "livestream_supplier.address",
    "livestream_serviceline.phone",  # of the county's own desk
    "livestream_user.phone", "livestream_personaldata.second_phone", "livestream_personaldata.guardian_name",
    "livestream_personaldata.guardian_phone", "livestream_personaldata.guardian_evidence", "livestream_personaldata.guardian_on",
    "livestream_personaldata.guardian_noted_by_id", "livestream_personaldata.identity_digest", "livestream_personaldata.birth",
    "livestream_auditentry.address", "livestream_apitokenaddress.address", "livestream_signin.address",
    "livestream_smscode.phone_digest", "orders_export.receiver", "livestream_notice.phone",
    "training_trainee.phone", "training_trainee.phone_digest", "training_trainee.phone_end", "training_trainee.birth",
    "training_trainee.birth_year", "training_trainee.identity_digest", "training_trainee.guardian_evidence",
    "axes_accessattempt.ip_address", "axes_accesslog.ip_address", "axes_accessfailurelog.ip_address",
}  # fmt: skip


def columns_of_models():
    """Every column that a model of ours or of a library has."""
    models_of_tables = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {f"{model._meta.db_table}.{field.column}" for model in models_of_tables for field in model._meta.local_concrete_fields}


def test_every_column_stands_in_the_inventory():
    """A new column is put into docs/privacy.md on purpose: what for, how secret, how long, who sees it; never a buyer's."""
    held, told = columns_of_models(), set(levels())

    assert (sorted(held - told), sorted(told - held)) == ([], [])


def test_no_column_is_named_after_a_buyer():
    suspect = {name for name in columns_of_models() if any(word in name.partition(".")[2] for word in NAMED_AFTER)}

    assert sorted(suspect - OF_OUR_PEOPLE) == []
    assert sorted(name for name in suspect if name.startswith("orders_")) == ["orders_export.receiver"]  # an office, not a buyer


def test_what_is_sensitive_is_encrypted_or_a_digest():
    clear = {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if not isinstance(field, EncryptedTextField) and not field.column.endswith("_digest")
    }

    assert {name for name, level in levels().items() if level == "敏感"} & clear == set()


@pytest.mark.django_db
def test_the_database_has_no_other_columns():
    """Tables that no model knows of (copies made by hand) count too."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns JOIN pg_class ON relname = table_name"
            " WHERE table_schema = 'public' AND NOT relispartition AND table_name <> 'django_migrations'"
        )
        found = {name for (name,) in cursor.fetchall()}

    assert (sorted(found - set(levels())), sorted(set(levels()) - found)) == ([], [])
