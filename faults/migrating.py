"""`python -m faults.migrating`: what migrations do to a busy table, one after the other, and back again.

Each goes through Django's own operations and through the retrying of `manage.py migrate`, as a migration of its own.
"""

from __future__ import annotations

import json
import sys
import time


def main() -> None:
    import django

    django.setup()
    from django.contrib.postgres.operations import AddIndexConcurrently
    from django.core.management import call_command
    from django.db import connection, migrations, models
    from django.db.migrations.loader import MigrationLoader

    steps = {
        "add a nullable column": migrations.AddField("order", "fault_note", models.TextField(null=True)),
        "add a column with a default": migrations.AddField("order", "fault_number", models.IntegerField(db_default=0)),
        "add a constraint": migrations.AddConstraint(
            "order", models.CheckConstraint(condition=models.Q(fault_number__gte=0), name="fault_number_positive")
        ),
        "add an index": AddIndexConcurrently("order", models.Index(fields=["fault_number"], name="fault_by_number")),
    }
    last = max(name for app, name in MigrationLoader(connection).graph.leaf_nodes() if app == "orders")
    parents, made = last, {}
    for number, (name, operation) in enumerate(steps.items(), start=1):
        kind = type(
            "Migration",
            (migrations.Migration,),
            {
                "operations": [operation],
                "dependencies": [("orders", parents)],
                "atomic": not isinstance(operation, AddIndexConcurrently),
            },
        )
        parents = f"9{number:03d}_fault"
        made["orders", parents] = (name, kind)
    load = MigrationLoader.load_disk

    def load_with_ours(self: MigrationLoader) -> None:
        load(self)
        for (app, label), (_, kind) in made.items():
            self.disk_migrations[app, label] = kind(label, app)

    MigrationLoader.load_disk = load_with_ours  # type: ignore[method-assign]
    seconds: dict[str, float] = {}
    for (app, label), (name, _) in made.items():
        began = time.monotonic()
        call_command("migrate", app, label, verbosity=0, skip_checks=True)
        seconds[name] = round(time.monotonic() - began, 2)
    began = time.monotonic()
    call_command("migrate", "orders", last, verbosity=0, skip_checks=True)
    seconds["all of it backwards"] = round(time.monotonic() - began, 2)
    sys.stdout.write(json.dumps(seconds) + "\n")


if __name__ == "__main__":
    main()
