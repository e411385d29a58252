from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Made beside the writers: nothing waits for it."""

    atomic = False
    dependencies = [("livestream", "0002_pitches_and_incidents")]

    operations = [
        AddIndexConcurrently(
            model_name="livesession",
            index=models.Index(
                condition=models.Q(("kind", "county_head")), fields=["county", "went_live_at"], name="county_head_by_air"
            ),
        ),
    ]
