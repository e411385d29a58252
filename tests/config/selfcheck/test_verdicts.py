"""How each fact is judged: no database, no machine."""

from __future__ import annotations

import pytest

from config.selfcheck import CHECKS, database, door, machine, people, running
from config.selfcheck.contract import Check, Group, State, Verdict, green, run

PIN_FILE = [
    "Django==5.2.19",
    "psycopg[binary,pool]==3.3.9",
    "# a word",
    "",
    'async-timeout==5.0.1; python_full_version < "3.11.3"',
]


@pytest.mark.parametrize(
    ("verdict", "state"),
    [
        (door.judge_https(True, False), "green"),
        (door.judge_https(False, True), "grey"),
        (door.judge_https(False, False), "red"),
        (door.judge_cookies(True, False, []), "green"),
        (door.judge_cookies(True, True, ["cunbo"]), "grey"),
        (door.judge_cookies(True, False, ["cunbo"]), "red"),
        (door.judge_cookies(False, True, []), "red"),
        (door.judge_policy(True, []), "green"),
        (door.judge_policy(True, ["cunbo.E003"]), "red"),
        (door.judge_policy(False, []), "red"),
        (door.judge_blocked(0, []), "green"),
        (door.judge_blocked(3, ["script-src inline × 3"]), "amber"),
        (door.judge_debug(False), "green"),
        (door.judge_debug(True), "red"),
        (door.judge_hosts(["cunbo.example"]), "green"),
        (door.judge_hosts(["*"]), "red"),
        (door.judge_deployment(False, []), "green"),
        (door.judge_deployment(True, ["security.W004"]), "grey"),
        (door.judge_deployment(False, ["security.W004"]), "red"),
        (door.judge_static(True, []), "green"),
        (door.judge_static(False, []), "grey"),
        (door.judge_static(True, ["a.css"]), "red"),
        (database.judge_database(True, 180_001, 0), "green"),
        (database.judge_database(False, 0, 0), "red"),
        (database.judge_database(True, 140_009, 0), "red"),
        (database.judge_database(True, 150_000, 2), "red"),
        (database.judge_role(True, True, True, ["orders_ledgerentry"]), "grey"),
        (database.judge_role(False, True, True, []), "red"),
        (database.judge_role(False, False, True, []), "amber"),
        (database.judge_role(False, False, False, ["orders_ledgerentry"]), "amber"),
        (database.judge_role(False, False, False, []), "green"),
        (database.judge_triggers(21, []), "green"),
        (database.judge_triggers(21, ["ledger_append_only"]), "red"),
        (database.judge_line("db.example", True), "green"),
        (database.judge_line("", False), "green"),
        (database.judge_line("db.example", False), "red"),
        (database.judge_redis(""), "grey"),
        (database.judge_redis("redis://127.0.0.1:6379/0"), "green"),
        (database.judge_redis("rediss://:x@cache.example/0"), "green"),
        (database.judge_redis("redis://cache.example/0"), "red"),
        (database.judge_clocks(-0.3), "green"),
        (database.judge_clocks(-12.0), "amber"),
        (database.judge_clocks(31.0), "red"),
        (database.judge_invariants(0), "green"),
        (database.judge_invariants(2), "red"),
        (people.judge_second_factors(0, 0, False), "grey"),
        (people.judge_second_factors(3, 0, False), "green"),
        (people.judge_second_factors(3, 1, True), "amber"),
        (people.judge_second_factors(3, 1, False), "red"),
        (people.judge_administrators(2), "green"),
        (people.judge_administrators(1), "amber"),
        (people.judge_demo(0, False), "green"),
        (people.judge_demo(14, True), "grey"),
        (people.judge_demo(1, False), "red"),
        (people.judge_hashers(people.FIRST), "green"),
        (people.judge_hashers("django.contrib.auth.hashers.MD5PasswordHasher"), "red"),
        (people.judge_lock_out(True), "green"),
        (people.judge_lock_out(False), "red"),
        (people.judge_kiosks(3, 0), "green"),
        (people.judge_kiosks(3, 1), "amber"),
        (people.judge_tokens(2, 0), "green"),
        (people.judge_tokens(2, 2), "amber"),
        (people.judge_chain(None, ""), "grey"),
        (people.judge_chain(7.5, ""), "green"),
        (people.judge_chain(51.0, ""), "red"),
        (people.judge_chain(1.0, "changed"), "red"),
        (machine.judge_keys(True, 64, True), "green"),
        (machine.judge_keys(False, 64, True), "red"),
        (machine.judge_keys(True, 20, True), "red"),
        (machine.judge_keys(True, 64, False), "red"),
        (machine.judge_folders([]), "green"),
        (machine.judge_folders(["/var/lib/cunbo"]), "red"),
        (machine.judge_disk(70 * machine.GIGA, 200 * machine.GIGA), "green"),
        (machine.judge_disk(20 * machine.GIGA, 200 * machine.GIGA), "amber"),
        (machine.judge_disk(machine.GIGA // 2, machine.GIGA), "red"),
        (machine.judge_disk(4 * machine.GIGA, 200 * machine.GIGA), "red"),
        (machine.judge_packages({}, {}), "grey"),
        (machine.judge_packages({"Django": "5.2.19"}, {"Django": "5.2.19"}), "green"),
        (machine.judge_packages({"Django": "5.2.19"}, {"Django": "5.2.1"}), "red"),
        (machine.judge_python((3, 13)), "green"),
        (machine.judge_python((3, 14)), "amber"),
        (machine.judge_python((3, 10)), "amber"),
        (machine.judge_readers(True), "green"),
        (machine.judge_readers(False), "red"),
        (running.judge_beat(3.0), "green"),
        (running.judge_beat(None), "amber"),
        (running.judge_beat(61.0), "red"),
        (running.judge_retention(0, 0), "green"),
        (running.judge_retention(0, 1), "red"),
        (running.judge_waiting(0, 0), "green"),
        (running.judge_waiting(1, 0), "amber"),
        (running.judge_secrets(0, "", "", False), "green"),
        (running.judge_secrets(1, "店", "11-23 20:00", False), "amber"),
        (running.judge_secrets(2, "店", "11-23 20:00", True), "amber"),
        (running.judge_ways(True, True, True), "green"),
        (running.judge_ways(True, False, True), "green"),
        (running.judge_ways(False, True, True), "amber"),
        (running.judge_ways(True, True, False), "amber"),
        (running.judge_notices(0, 0, 10.0), "green"),
        (running.judge_notices(2, 1, 10.0), "amber"),
        (running.judge_notices(0, 0, 301.0), "red"),
        (running.judge_backup(False, None), "grey"),
        (running.judge_backup(True, None), "red"),
        (running.judge_backup(True, 27.0), "red"),
        (running.judge_backup(True, 5.0), "green"),
    ],
)
def test_a_fact_is_judged(verdict, state):
    """What is red or amber says what to do; what is green or grey asks for nothing. Every sentence is whole."""
    assert verdict.state == state
    assert bool(verdict.todo) == (state in {"red", "amber"})
    assert not set("{}") & set(f"{verdict.evidence}{verdict.todo}")


def test_every_check_has_its_own_name():
    keys = [check.key for check in CHECKS]

    assert len(set(keys)) == len(keys) >= 30
    assert {check.group for check in CHECKS} == set(Group)


def test_pins_are_read_from_the_list_of_requirements():
    assert machine.pinned(PIN_FILE) == {"Django": "5.2.19", "psycopg": "3.3.9"}
    assert machine.installed("no-such-package-anywhere") == "—"


def test_the_worst_comes_first():
    states = [State.GREEN, State.RED, State.GREY, State.AMBER, State.RED]
    checks = [Check(f"{n}", Group.DOOR, "x", tuple, lambda state=state: Verdict(state, "x")) for n, state in enumerate(states)]

    assert [item.check.key for item in run(checks)] == ["1", "4", "3", "2", "0"]


def test_what_says_a_fact_with_braces_says_it_literally():
    assert str(green("{what}", what="{0.__class__} {x}").evidence) == "{0.__class__} {x}"
