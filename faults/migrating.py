"""`python -m faults.migrating`: what migrations do to a busy table, one after the other, and back again.

Each goes through `manage.py migrate` as a migration of its own; prints the seconds that each took.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any


def operations() -> dict[str, Any]:
    from django.contrib.postgres.operations import AddIndexConcurrently
    from django.db import migrations, models

    positive = models.CheckConstraint(condition=models.Q(fault_number__gte=0), name="fault_number_positive")
    return {
        "add a nullable column": migrations.AddField("order", "fault_note", models.TextField(null=True)),
        "add a column with a default": migrations.AddField("order", "fault_number", models.IntegerField(db_default=0)),
        "add a constraint": migrations.AddConstraint("order", positive),
        "add an index": AddIndexConcurrently("order", models.Index(fields=["fault_number"], name="fault_by_number")),
    }


def make_migrations(last: str) -> dict[str, Any]:
    """A migration for each, one behind the other, after the last of the app; only in the memory of this process."""
    from django.db import migrations
    from django.db.migrations.loader import MigrationLoader

    made: dict[str, Any] = {}
    parent = last
    for number, operation in enumerate(operations().values(), start=1):
        label = f"9{number:03d}_fault"
        attributes = {
            "operations": [operation],
            "dependencies": [("orders", parent)],
            "atomic": getattr(operation, "atomic", True),
        }
        made[label] = type("Migration", (migrations.Migration,), attributes)
        parent = label
    load = MigrationLoader.load_disk

    def load_with_ours(self: MigrationLoader) -> None:
        load(self)
        for label, kind in made.items():
            self.disk_migrations["orders", label] = kind(label, "orders")

    MigrationLoader.load_disk = load_with_ours  # type: ignore[method-assign]
    return made


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    last = max(name for app, name in MigrationLoader(connection).graph.leaf_nodes() if app == "orders")
    steps = dict(zip(operations(), make_migrations(last), strict=True)) | {"all of it backwards": last}
    seconds: dict[str, float] = {}
    for name, label in steps.items():
        began = time.monotonic()
        call_command("migrate", "orders", label, verbosity=0, skip_checks=True)
        seconds[name] = round(time.monotonic() - began, 2)
    sys.stdout.write(json.dumps(seconds) + "\n")


if __name__ == "__main__":
    main()
