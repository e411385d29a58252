"""Ledger and raw deliveries by month; lines, after-sales and deliveries under their natural keys; the day of a refund.

The ledger is copied into its partitions, so on a large one this takes a while: some 10 s for a million entries.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

SHANGHAI = ZoneInfo("Asia/Shanghai")

NATURAL_KEYS = """
ALTER TABLE orders_orderline DROP CONSTRAINT line_once_per_order;
ALTER TABLE orders_orderline DROP COLUMN id;
ALTER TABLE orders_orderline ADD CONSTRAINT line_once_per_order PRIMARY KEY (order_id, line_no);
ALTER TABLE orders_aftersale DROP CONSTRAINT after_sale_once_per_order;
ALTER TABLE orders_aftersale DROP COLUMN id;
ALTER TABLE orders_aftersale ADD CONSTRAINT after_sale_once_per_order PRIMARY KEY (order_id, after_sale_no);
ALTER TABLE orders_delivery DROP CONSTRAINT delivery_once_per_shop;
ALTER TABLE orders_delivery DROP COLUMN id;
ALTER TABLE orders_delivery DROP COLUMN raw;
ALTER TABLE orders_delivery ADD CONSTRAINT delivery_once_per_shop PRIMARY KEY (county_id, shop_id, message_id, digest);
"""

LEDGER = """
ALTER TABLE orders_ledgerentry RENAME TO orders_ledgerentry_whole;
DROP INDEX ledger_by_order;
DROP INDEX ledger_by_session;
CREATE SEQUENCE orders_ledgerentry_no;
CREATE TABLE orders_ledgerentry (
    id bigint NOT NULL DEFAULT nextval('orders_ledgerentry_no'),
    line_no varchar(64) NOT NULL,
    business_day date NOT NULL,
    occurred_at timestamptz NOT NULL,
    counted_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    refunded_on date,
    orders smallint NOT NULL,
    item_orders smallint NOT NULL,
    units integer NOT NULL,
    paid_fen bigint NOT NULL,
    refunded_fen bigint NOT NULL,
    cause varchar(6) NOT NULL,
    county_id varchar(12) NOT NULL,
    item_id bigint,
    order_id bigint NOT NULL,
    session_id uuid,
    shop_id bigint NOT NULL,
    CONSTRAINT ledger_entry_once PRIMARY KEY (order_id, recorded_at, id)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX ledger_by_session ON orders_ledgerentry (session_id) WHERE session_id IS NOT NULL;
CREATE SEQUENCE orders_rawdelivery_no;
CREATE TABLE orders_rawdelivery (
    id bigint NOT NULL DEFAULT nextval('orders_rawdelivery_no'),
    received_at timestamptz NOT NULL,
    messages integer NOT NULL CHECK (messages >= 0),
    sealed bytea NOT NULL,
    CONSTRAINT raw_delivery_once PRIMARY KEY (received_at, id)
) PARTITION BY RANGE (received_at);
ALTER TABLE orders_rawdelivery ALTER COLUMN sealed SET STORAGE EXTERNAL;
"""

KEPT = (
    "id, line_no, business_day, occurred_at, counted_at, recorded_at, orders, item_orders, units, paid_fen, refunded_fen, cause, "
    "county_id, item_id, order_id, session_id, shop_id"
)

COPY_LEDGER = f"""
INSERT INTO orders_ledgerentry ({KEPT}) SELECT {KEPT} FROM orders_ledgerentry_whole ORDER BY id;
SELECT setval('orders_ledgerentry_no', COALESCE((SELECT MAX(id) FROM orders_ledgerentry_whole), 0) + 1, false);
DROP TABLE orders_ledgerentry_whole;
"""


def make_months(apps, schema_editor):
    """From the oldest entry to three months ahead; later ones are opened by a job."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT MIN(recorded_at) FROM orders_ledgerentry_whole")
        now = datetime.now(SHANGHAI)
        first = min(cursor.fetchone()[0] or now, now).astimezone(SHANGHAI).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        while first < now + timedelta(days=93):
            following = (first + timedelta(days=32)).replace(day=1)
            for table in ("orders_ledgerentry", "orders_rawdelivery"):
                cursor.execute(
                    f"CREATE TABLE {table}_{first:%Y_%m} PARTITION OF {table} "
                    f"FOR VALUES FROM ('{first.isoformat()}') TO ('{following.isoformat()}')"
                )
            first = following


TRIGGER = pgtrigger.compiler.Trigger(
    name="ledger_append_only",
    sql=pgtrigger.compiler.UpsertTriggerSql(
        func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
        hash="f761b318f7238f34ab40be604a96c481523f0a92",
        operation="UPDATE OR DELETE",
        pgid="pgtrigger_ledger_append_only_7c7f4",
        table="orders_ledgerentry",
        when="BEFORE",
    ),
)


class Migration(migrations.Migration):

    dependencies = [
        ("livestream", "0001_initial"),
        ("orders", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="is_conflicting",
            field=models.BooleanField(db_default=False, default=False, verbose_name="平台说法矛盾"),
        ),
        migrations.CreateModel(
            name="RefundTally",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("scope", models.CharField(max_length=60)),
                ("day", models.DateField()),
                ("refunded_fen", models.BigIntegerField()),
                ("county", models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="livestream.place")),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("scope", "day"), name="refund_tally_once")]},
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(NATURAL_KEYS)],
            state_operations=[
                migrations.RemoveConstraint("orderline", "line_once_per_order"),
                migrations.RemoveConstraint("aftersale", "after_sale_once_per_order"),
                migrations.RemoveConstraint("delivery", "delivery_once_per_shop"),
                migrations.RemoveField("orderline", "id"),
                migrations.RemoveField("aftersale", "id"),
                migrations.RemoveField("delivery", "id"),
                migrations.RemoveField("delivery", "raw"),
                migrations.AddField("orderline", "pk", models.CompositePrimaryKey("order_id", "line_no", blank=True, editable=False, primary_key=True, serialize=False)),
                migrations.AddField("aftersale", "pk", models.CompositePrimaryKey("order_id", "after_sale_no", blank=True, editable=False, primary_key=True, serialize=False)),
                migrations.AddField("delivery", "pk", models.CompositePrimaryKey("county_id", "shop_id", "message_id", "digest", blank=True, editable=False, primary_key=True, serialize=False)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(model_name="ledgerentry", name="ledger_append_only"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(LEDGER),
                migrations.RunPython(make_months),
                migrations.RunSQL(COPY_LEDGER),
            ],
            state_operations=[
                migrations.RemoveIndex("ledgerentry", "ledger_by_order"),
                migrations.AddField("ledgerentry", "pk", models.CompositePrimaryKey("order_id", "recorded_at", "id", blank=True, editable=False, primary_key=True, serialize=False)),
                migrations.AlterField("ledgerentry", "id", models.BigIntegerField(db_default=models.Func(models.Value("orders_ledgerentry_no"), function="nextval"))),
                migrations.AddField("ledgerentry", "refunded_on", models.DateField(null=True, verbose_name="退款日")),
                migrations.CreateModel(
                    name="RawDelivery",
                    fields=[
                        ("pk", models.CompositePrimaryKey("received_at", "id", blank=True, editable=False, primary_key=True, serialize=False)),
                        ("id", models.BigIntegerField(db_default=models.Func(models.Value("orders_rawdelivery_no"), function="nextval"))),
                        ("received_at", models.DateTimeField(verbose_name="收到时间")),
                        ("messages", models.PositiveIntegerField(verbose_name="消息数")),
                        ("sealed", models.BinaryField(verbose_name="密文")),
                    ],
                    options={"verbose_name": "推送原文", "verbose_name_plural": "推送原文"},
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(model_name="ledgerentry", trigger=TRIGGER),
    ]
