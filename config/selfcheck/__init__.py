"""How this system stands, item by item: `manage.py selfcheck` and `/selfcheck/`. A check reads, a pure function judges."""

from __future__ import annotations

from config.selfcheck import database, door, machine, people, running

CHECKS = (*door.CHECKS, *database.CHECKS, *people.CHECKS, *machine.CHECKS, *running.CHECKS)
