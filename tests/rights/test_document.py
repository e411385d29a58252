"""`docs/rights.md` says what is so: the matrix, and one row for each way in."""

from __future__ import annotations

import pytest
from django.urls import path

from livestream.rules.person import Role
from livestream.rules.place import PlaceLevel
from livestream.rules.rights import MATRIX, Action
from tests.rights.document import PAGE, commands, faults, routes, rows_of, table, tasks

LETTERS = dict(zip("PCXTV", PlaceLevel, strict=True))
ROLES = [Role.STAFF, Role.TRAINER, Role.APPROVER, Role.EXPORTER, Role.AUDITOR, Role.COMMISSIONER]
NEEDS = {*Action.values, "own", "link", "key", "machine", "signed in", "public", "nobody"}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.mark.parametrize("action", Action)
def test_matrix_is_that_of_the_rules(action):
    (said,) = [cells for cells in table("matrix") if cells[0] == action.value]
    levels = {
        role: frozenset(LETTERS[letter] for letter in cell if letter != "—") for role, cell in zip(ROLES, said[2:], strict=True)
    }

    assert said[1] == action.label
    assert levels == {role: MATRIX[action].get(role, frozenset()) for role in ROLES}


def test_matrix_knows_every_role_and_nothing_else():
    assert {cells[0] for cells in table("matrix")} == set(Action.values)
    assert {role for of_action in MATRIX.values() for role in of_action} <= set(ROLES)
    assert {*ROLES, Role.HOST, Role.ADMIN} == set(Role)


def test_every_route_has_a_row_and_every_row_a_route():
    assert faults(routes(), rows_of()) == []


def test_rows_use_only_words_that_mean_something():
    rows = rows_of()
    assert [(row.route, need) for row in rows for needs in row.needs for need in needs.split(" + ") if need not in NEEDS] == []
    assert [(row.route, method) for row in rows for method in row.methods if method not in METHODS] == []
    assert [(row.route, row.foreign) for row in rows if row.foreign not in {"404", "absent", "—"}] == []
    assert [row.route for row in rows if row.foreign == "404" and row.kind == "—"] == []


def test_no_method_of_a_route_stands_in_two_rows():
    said = [(row.route, method) for row in rows_of() for method in row.methods]
    assert sorted(said) == sorted(set(said))


def test_new_route_without_a_row_is_named():
    new = path("secret/<int:pk>/", lambda request, pk: None, name="secret_page")

    said = faults(routes([new]), [])

    assert "docs/rights.md has no row for the route `secret_page` (/secret/<int:pk>/): add one" in said[0]


def test_row_without_a_route_is_named():
    text = PAGE.read_text().replace("| `home` |", "| `hidden_door` | GET | public | — | — |\n| `home` |")

    assert faults(routes(), rows_of(text)) == ["docs/rights.md has a row for `hidden_door`, but there is no such route"]


def test_every_task_has_a_row():
    rows = {cells[0] for cells in table("tasks")}
    missing, gone = sorted(tasks() - rows), sorted(rows - tasks())
    assert (missing, gone) == ([], []), f"docs/rights.md, tasks: no row for {missing}; no such task: {gone}"


def test_every_command_has_a_row():
    rows = {cells[0] for cells in table("commands")}
    missing, gone = sorted(commands() - rows), sorted(rows - commands())
    assert (missing, gone) == ([], []), f"docs/rights.md, commands: no row for {missing}; no such command: {gone}"
