"""A pytest plugin, loaded before the settings are read: the tests' own PostgreSQL, shared by all xdist workers."""

from __future__ import annotations

import os
from pathlib import Path

from config import embedded

if "DATABASE_URL" not in os.environ:
    os.environ["CUNBO_DATA"] = str(Path(__file__).resolve().parent.parent / "var" / "test")
    embedded.start()
os.environ.setdefault("DATABASE_POOL", "0")
