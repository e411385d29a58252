from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

COLUMNS = "(session_id, refunded_on, order_id) INCLUDE (refunded_fen) WHERE refunded_on IS NOT NULL"
CHILDREN = "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = %s::regclass"


def index_refunds(apps, schema_editor):
    """Month by month, while orders are counted: a partitioned table as a whole cannot be indexed without stopping them."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"CREATE INDEX IF NOT EXISTS ledger_refunds ON ONLY orders_ledgerentry {COLUMNS}")
        cursor.execute(CHILDREN, ["ledger_refunds"])
        done = {name for (name,) in cursor.fetchall()}
        cursor.execute(CHILDREN, ["orders_ledgerentry"])
        for (month,) in cursor.fetchall():
            name = f"{month}_refunds"
            if name in done:
                continue
            cursor.execute(f"DROP INDEX IF EXISTS {name}")  # half made by an attempt that was stopped
            cursor.execute(f"CREATE INDEX CONCURRENTLY {name} ON {month} {COLUMNS}")
            cursor.execute(f"ALTER INDEX ledger_refunds ATTACH PARTITION {name}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0009_what_each_shop_sold")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(index_refunds, migrations.RunPython.noop)],
            state_operations=[
                migrations.AddIndex(
                    model_name="ledgerentry",
                    index=models.Index(
                        condition=models.Q(("refunded_on__isnull", False)),
                        fields=["session", "refunded_on", "order"],
                        include=("refunded_fen",),
                        name="ledger_refunds",
                    ),
                )
            ],
        ),
        AddIndexConcurrently(
            model_name="alert",
            index=models.Index(
                condition=models.Q(("acknowledged_at", None), ("cleared_at", None)), fields=["county"], name="alert_unread"
            ),
        ),
        migrations.AddConstraint(
            model_name="alertthresholds",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("no_orders_minutes__range", (1, 240)),
                    ("selling_out_minutes__range", (1, 240)),
                    ("silent_minutes__range", (1, 240)),
                ),
                name="alert_minutes_between_1_and_240",
            ),
        ),
        migrations.AddConstraint(
            model_name="alertthresholds",
            constraint=models.CheckConstraint(
                condition=models.Q(("refund_percent__range", (1, 100))), name="refund_percent_between_1_and_100"
            ),
        ),
        migrations.AddConstraint(
            model_name="alertthresholds",
            constraint=models.CheckConstraint(
                condition=models.Q(("refund_orders__range", (1, 10000))), name="refund_orders_between_1_and_10000"
            ),
        ),
    ]
