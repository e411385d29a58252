"""`docs/rights.md` as data, and what it must be compared with: every address, task and command that there is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rights.md"
OUTSIDE = {"push": "push/<platform>/<shop key>/"}  # answered before Django, see config/asgi.py
OUR_APPS = ("config", "livestream", "orders", "training")


@dataclass(frozen=True)
class Route:
    """A way in: its name in the table, its path, and the callable behind it (None outside Django)."""

    name: str
    path: str
    view: object = None


@dataclass(frozen=True)
class Row:
    """What the table says of a route and of some of its methods."""

    route: str
    methods: tuple[str, ...]
    needs: tuple[str, ...]
    kind: str
    foreign: str


def table(name: str, text: str | None = None) -> list[list[str]]:
    """The cells of a table between its two marks, without its head; code marks are taken off."""
    text = PAGE.read_text() if text is None else text
    (inside,) = re.findall(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", text, re.DOTALL)
    rows = [[cell.strip().strip("`") for cell in line.strip().strip("|").split("|")] for line in inside.splitlines()]
    return rows[2:]


def rows_of(text: str | None = None) -> list[Row]:
    found = []
    for cells in table("routes", text):
        assert len(cells) == 5, f"docs/rights.md: a row of the routes has five cells, not {cells}"
        route, methods, needs, kind, foreign = cells
        found.append(Row(route, tuple(methods.split()), tuple(needs.split(" / ")), kind, foreign))
    return found


def rows_for(route: Route, rows: list[Row]) -> list[Row]:
    """The rows of that very name; else of the first pattern that fits."""
    exact = [row for row in rows if row.route == route.name]
    if exact:
        return exact
    first = next((row for row in rows if "*" in row.route and fnmatchcase(route.name, row.route)), None)
    return [row for row in rows if first and row.route == first.route]


def routes(patterns=None) -> list[Route]:
    """Every address of the URL conf (or of these patterns), every websocket, and what is answered before Django."""
    from orders.urls import websocket_urlpatterns

    http = list(_walk(get_resolver().url_patterns if patterns is None else patterns))
    sockets = [Route(f"ws:{each.pattern}", str(each.pattern), each.callback) for each in websocket_urlpatterns]
    return [*http, *sockets, *(Route(name, path) for name, path in OUTSIDE.items())]


def _walk(patterns, prefix="", spaces=()):
    for each in patterns:
        path = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, path, (*spaces, each.namespace) if each.namespace else spaces)
        elif isinstance(each, URLPattern):
            yield Route(":".join([*spaces, each.name or path]), path, each.callback)


def faults(found: list[Route], rows: list[Row]) -> list[str]:
    """Sentences: a route without a row, a row without a route."""
    said = []
    used = set()
    for route in found:
        its = rows_for(route, rows)
        used |= {row.route for row in its}
        if not its:
            said.append(
                f"docs/rights.md has no row for the route `{route.name}` (/{route.path}): add one between the marks `routes`,"
                f" like | `{route.name}` | GET | see_plan | — | absent |"
            )
    said += [f"docs/rights.md has a row for `{row.route}`, but there is no such route" for row in rows if row.route not in used]
    return said


def tasks() -> set[str]:
    from config.celery import app

    app.loader.import_default_modules()
    return {name for name in app.tasks if name.partition(".")[0] in OUR_APPS}


def commands() -> set[str]:
    apps = {*OUR_APPS}
    return {name for name, app in get_commands().items() if (app if isinstance(app, str) else app.label) in apps}
