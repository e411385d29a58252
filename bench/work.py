"""Work that is measured in a process of its own: `python -m bench.work <what> …` writes one line of JSON."""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from collections.abc import Callable

django.setup()

from django.core.management import call_command  # noqa: E402

from bench.goods import FILE_SHOP_KEY  # noqa: E402
from bench.peers.orm_import import import_rows  # noqa: E402
from orders.models import Shop  # noqa: E402


def import_ours(path: str, _lines: str) -> dict[str, Any]:
    """What `manage.py import_orders` does, without the start of the process."""
    said = io.StringIO()
    before = memory_mb()
    began = time.perf_counter()
    call_command("import_orders", path, shop=FILE_SHOP_KEY, json=True, stdout=said)
    seconds = time.perf_counter() - began
    answer = json.loads(said.getvalue())
    return {"seconds": seconds, "lines": answer["applied"], "peak_mb": memory_mb(), "before_mb": before}


def import_orm(path: str, lines: str) -> dict[str, Any]:
    shop = Shop.objects.get(key=FILE_SHOP_KEY)
    began = time.perf_counter()
    count = import_rows(Path(path), shop, int(lines))
    return {"seconds": time.perf_counter() - began, "lines": count}


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


WORK: dict[str, Callable[..., dict[str, Any]]] = {"import_ours": import_ours, "import_orm": import_orm}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(WORK[sys.argv[1]](*sys.argv[2:])) + "\n")
