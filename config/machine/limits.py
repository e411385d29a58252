"""How many files a process may open: every board takes one."""

from __future__ import annotations

import resource


def raise_file_limit() -> None:
    """As many as the system lets us have; children inherit it."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
