"""Which worker runs which test: one after the other wherever a worker is free, but files whose tests share something dear go to
one worker whole. (Marks of groups, as pytest-xdist 3.8 reads them, are lost on pytest 9: it no longer keeps the names it changes.)"""

from __future__ import annotations

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

# A whole demo county, a machine that was set up, servers that are started and killed.
TOGETHER = frozenset({
    "tests/config/test_demo.py", "tests/config/test_embedded.py", "tests/config/test_up.py",
})  # fmt: skip
# What takes a minute or more begins before all else, or the others would wait for it at the end.
FIRST = (
    "tests/walks/test_axe.py", "tests/security/test_payloads.py", "tests/rights/test_matrix.py", "tests/api/test_schemathesis.py",
    "tests/config/test_up.py", "tests/config/test_demo", "tests/test_faults.py", "tests/test_bench.py", "tests/test_soak.py",
    "tests/security/test_day_of_the_demo.py", "tests/faults/test_killed_server.py",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


class Scheduling(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in TOGETHER else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    return Scheduling(config, log)
