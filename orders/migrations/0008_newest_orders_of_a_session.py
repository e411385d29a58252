from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):
    """The new index is there before the old one goes, and neither stops a push."""

    atomic = False
    dependencies = [("orders", "0007_board_sources_alerts_and_kiosks")]

    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=models.Q(("session__isnull", False)), fields=["session", "-counted_at"], name="order_by_session"
            ),
        ),
        migrations.AlterField(
            model_name="order",
            name="session",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="orders",
                to="livestream.livesession",
                verbose_name="场次",
            ),
        ),
    ]
