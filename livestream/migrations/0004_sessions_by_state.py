from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("livestream", "0003_county_heads_of_a_year")]

    operations = [
        AddIndexConcurrently(model_name="livesession", index=models.Index(fields=["state", "ended_at"], name="session_by_state")),
    ]
