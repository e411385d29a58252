"""Asks every route as somebody, and compares each answer with what the document says."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from zlib import crc32

from django.apps import apps
from django.conf import settings
from django.db import transaction
from django.test import Client

from orders.board.admission import Handshake, admit_all
from tests.rights.document import Route, Row, routes, rows_for, rows_of
from tests.rights.keys import (
    ABSENT,
    OF_THEIR_PLACE_ALONE,
    OF_VILLAGES,
    READ_FROM_BELOW,
    WORDS,
    codes_marked,
    keys_of,
    phones,
    where,
)  # fmt: skip
from tests.rights.people import Person
from tests.rights.world import Spot, mark, shop_mark
from tests.sign_in import signed_in

KEY = re.compile(r"<(?:(\w+):)?(\w+)>")
# Who is new and has no goods is lent, to practise, the titles of some that his own county sold on air.
LENDING = "GET /my/practice/"
WITHOUT_ACTION = {"own", "link", "key", "machine", "signed in", "public", "nobody"}
# Filters and orderings by which somebody might fish: words of other counties, their keys, columns behind a relation.
FISHING = {
    "orders:alerts": ["?kind=feed_silent", "?page=1&since=x"],
    "orders:alert_list": ["?state=open", "?state=cleared", "?county={far.county}", "?ordering=county__name"],
    "orders:alert_thresholds": ["?county={far.county}"],
    "orders:waiting": [
        "?show=waiting&shop={far.shop.pk}",
        "?show=given_up",
        "?show=messages&shop={far.shop.pk}",
        "?show=refunds",
    ],
    "orders:files": ["?shop={far.shop.pk}", "?ordering=shop__secret"],
    "orders:kiosk_links": ["?board=county:{far.county}", "?board=session:{far.session.pk}"],
    "orders:county_figures": ["?since=", "?county={far.county}", "?code={far.county}"],
    "livestream:desk": ["?county={far.county}", "?place={far.village}"],
    "livestream:plan": [
        "?county={far.county}",
        "?place={far.village}",
        "?view=week&show=clash",
        "?view=day&lane=resource",
        "?view=day&lane=township&on=2026-11-01",
    ],
    "livestream:clashes": ["?county={far.county}&weeks=12", "?weeks=99"],
    "livestream:people": ["?q=LEAK", "?q={phone}", "?place={far.county}", "?place={far.village}", "?role=host&page=2"],
    "training:desk": ["?county={far.county}", "?month=2026-01"],
    "admin:autocomplete": ["?app_label=livestream&model_name=user&field_name=place&term=LEAK"],
}
# Asked only with words that make sense, they answer 404 or 403 without.
NEEDS_WORDS = {"admin:autocomplete": FISHING["admin:autocomplete"][0]}

# People who differ from another only by place or day read one route in so many; by `make rights` every one. Which of them reads
# which is a matter of their names, so every route is read by some.
ONE_IN = 1 if "CUNBO_RIGHTS_ALL" in os.environ else 16


@dataclass
class Figures:
    """What was tried. `wrong` are sentences."""

    asked: int = 0
    people: int = 0
    routes: set[str] = field(default_factory=set)
    statuses: Counter = field(default_factory=Counter)
    leaks: int = 0
    wrong: list[str] = field(default_factory=list)


def falls_to(person: Person, route: Route) -> bool:
    return crc32(f"{route.name} {person.name}".encode()) % ONE_IN == 0


class Asking:
    """One world, the rows of the document, and everybody who asks."""

    def __init__(self, world: dict[str, Spot], found: list[Route] | None = None, rows: list[Row] | None = None) -> None:
        self.world = world
        self.rows = rows_of() if rows is None else rows
        self.routes = routes() if found is None else found
        self.table = {route.name: rows_for(route, self.rows) for route in self.routes}
        self.marks = codes_marked(world)
        self.phones = phones(world)
        self.figures = Figures()

    # --- what is asked ----------------------------------------------------------------------------------------------------

    def ask_all(self, person: Person) -> None:
        """Every route and method of the table, for the objects that tell this person's rights apart."""
        self.figures.people += 1
        client = Client(raise_request_exception=False)
        if person.user is not None and person.user.is_active:
            client = signed_in(person.user, raise_request_exception=False)
        self.foreign = self.foreign_words(person)
        own = (person.user and person.user.county_id) or "-"
        self.lent = " ".join(mark(code) for code, (county, _place) in self.marks.items() if county == own)
        self.tried: set[tuple[tuple[str, ...], str]] = set()
        handshakes = []
        for route in self.routes:
            for row, methods in self.rows_asked(route, person):
                for spot in self.spots(route, row, person):
                    if route.name.startswith("ws:"):
                        handshakes.append((row, spot))
                    elif "key" not in row.needs:
                        for method in methods:
                            self.ask(client, person, route, row, method, spot)
        self.knock(client, person, handshakes)

    def rows_asked(self, route: Route, person: Person) -> list[tuple[Row, tuple[str, ...]]]:
        """The rows of a route with the methods that this person tries. Those whose rights are another's, at another place or on
        another day, try a part of what reads (`ONE_IN`), and whatever there is once for each right that is asked for."""
        asked = []
        for row in self.table[route.name]:
            is_new = (row.needs, row.kind) not in self.tried
            self.tried.add((row.needs, row.kind))
            is_his_turn = falls_to(person, route)
            is_told_apart = (
                is_new and person.is_anybody and (is_his_turn or crc32(f"{row.needs} {person.name}".encode()) % 2 == 0)
            )
            may_differ = is_told_apart or (is_his_turn and (is_new or person.asks_all))
            if (person.is_first and (ONE_IN == 1 or person.is_typical or is_new)) or may_differ:
                is_shut = row.kind == "row" and not person.may_somewhere("administer")
                asked.append((row, ("GET",) if is_shut and "GET" in row.methods else row.methods))
            elif person.is_anybody and not person.is_everywhere and "GET" in row.methods and falls_to(person, route):
                asked.append((row, ("GET",)))
        return asked

    def spots(self, route: Route, row: Row, person: Person) -> list[Spot | None]:
        """Where the objects lie that are asked for, as far as they tell this person's rights from another's: at home, just beyond
        the border of his post, far away, and nowhere."""
        home, far = self.world["home"], self.world["far"]
        if row.kind in {"—", "row", "invitation"}:
            return [home] if person.asks(row) else []
        if not person.is_anybody:
            return [home]
        near = self.world["next" if row.kind in OF_VILLAGES and person.is_below_county else "beside"]
        if not falls_to(person, route):
            return [home, far]
        return [home, *([near] if person.is_near else []), far, *([None] if person.is_first else [])]

    def address(self, route: Route, row: Row, spot: Spot | None) -> str:
        keys = {} if row.kind in {"—", "row", "invitation"} else keys_of(row.kind, spot or self.world["home"])

        def value(found: re.Match) -> str:
            converter, name = found.groups()
            if name in WORDS:
                return WORDS[name]
            if spot is None:
                return ABSENT["county" if converter == "str" else converter]
            if row.kind == "row":
                return row_of(route)
            return str(keys.get(name, keys.get("", "")))

        path = KEY.sub(value, re.sub(r"\^\(\?P<app_label>.*", "livestream/", route.path))
        assert "<" not in path, f"tests/rights/asking.py does not know what to put into {route.path}"
        return f"/{path}{NEEDS_WORDS.get(route.name, '')}"

    def unwritten(self, person: Person, method: str) -> list[str]:
        """The routes that answer this person by a method that no row allows."""
        client = signed_in(person.user, raise_request_exception=False)
        answered = []
        for route in self.routes:
            its = self.table[route.name]
            is_ours = not route.name.startswith(("admin:", "ws:")) and "key" not in its[0].needs
            if is_ours and not any(method in row.methods for row in its):
                response = self.answer(client, method, self.address(route, its[0], self.world["home"]))
                if response.status_code < 300 or response.status_code >= 500:
                    answered.append(f"{method} {route.name} → {response.status_code}")
        return answered

    # --- what is answered -------------------------------------------------------------------------------------------------

    def ask(self, client: Client, person: Person, route: Route, row: Row, method: str, spot: Spot | None) -> None:
        address = self.address(route, row, spot)
        before = dict(client.cookies)
        response = self.answer(client, method, address)
        client.cookies.clear()
        client.cookies.update(before)
        expected = self.expected(person, row, spot, route)
        if not fits(response, expected):
            self.figures.wrong.append(f"{person.name}: {method} {address} ({route.name}) → {told(response)}, not {expected}")
        self.look(response, f"{person.name}: {method} {address}")
        self.figures.routes.add(route.name)
        for query in FISHING.get(route.name, []) if method == "GET" and expected == "allowed" else []:
            filled = self.filled(query)
            self.look(self.answer(client, method, route_path(address) + filled), f"{person.name}: {address}{query}", said=filled)

    def answer(self, client: Client, method: str, address: str):
        """In a savepoint where something may be written: everybody asks the same world."""
        self.figures.asked += 1
        if method == "GET":
            response = client.get(address)
        else:
            point = transaction.savepoint()
            response = client.generic(method, address, "", content_type=kind_of_body(address))
            transaction.savepoint_rollback(point)
        self.figures.statuses[response.status_code] += 1
        return response

    def filled(self, query: str) -> str:
        return query.format(far=self.world["far"], phone=self.phones[self.world["far"].village])

    def expected(self, person: Person, row: Row, spot: Spot | None, route: Route) -> str:
        """`allowed`, `login`, `unsigned` (401 or 403), `403`, `404`, or `403 or 404` for what he sees and may not touch."""
        if {"public", "machine"} & set(row.needs):
            return "allowed"
        if row.needs == ("link",):
            return "404"  # nobody here holds the link
        if person.user is None or not person.user.is_active:
            return "unsigned" if route.path.startswith(("api/v", "api/schema")) else "login"
        if "signed in" in row.needs:
            return "allowed"
        actions = actions_of(row)
        if row.kind in {"—", "row"}:
            return "allowed" if "own" in row.needs or any(person.may_somewhere(action) for action in actions) else "403"
        return self.expected_of_object(person, row, spot, actions)

    def expected_of_object(self, person: Person, row: Row, spot: Spot | None, actions: list[str]) -> str:
        if spot and (
            ("own" in row.needs and self.is_own(person, row, spot))
            or any(self.may(person, action, row, spot) for action in actions)
        ):
            return "allowed"
        if spot and row.kind not in OF_THEIR_PLACE_ALONE and person.may_something(*where(row.kind, spot)):
            return "403 or 404"
        if "link" in row.needs or any(person.may_somewhere(action) for action in actions):
            return "404"
        return "403 or 404" if any("own" in need for need in row.needs) else "403"

    def may(self, person: Person, action: str, row: Row, spot: Spot) -> bool:
        """`a + b`: both, there; `a + own`: his own, if he may do that somewhere."""
        if row.kind in OF_THEIR_PLACE_ALONE:
            return bool({"", where(row.kind, spot)[0]} & person.reach(action))
        if row.kind in READ_FROM_BELOW and action == "see_school" and person.may_below(action, spot.county):
            return True
        if action.endswith(" + own"):
            return self.is_own(person, row, spot) and person.may_somewhere(action.removesuffix(" + own"))
        return all(person.may(one, *where(row.kind, spot)) for one in action.split(" + "))

    def is_own(self, person: Person, row: Row, spot: Spot) -> bool:
        """What lies in a village is its host's; a place is nobody's own."""
        return row.kind in OF_VILLAGES - {"place"} and person.user == spot.host

    # --- what it gives away -----------------------------------------------------------------------------------------------

    def foreign_words(self, person: Person) -> re.Pattern[bytes]:
        """The marks and phones of what this person may reach by nothing at all."""
        mine = {spot.village for spot in self.world.values() if spot.host == person.user}
        codes = [
            code for code, (county, place) in self.marks.items() if code not in mine and not person.may_something(county, place)
        ]
        words = [mark(code) for code in codes] + [self.phones[code] for code in codes if code in self.phones]
        words += [shop_mark(code) for code in codes if not any(place.startswith(code) for _role, place in person.posts)]
        return re.compile("|".join(words or ["(?!)"]).encode())

    def look(self, response, told_as: str, said: str = "") -> None:
        """What he `said` himself, and a page repeats, tells him nothing."""
        body = b"".join(response.streaming_content) if response.streaming else response.content
        body += str(dict(response.headers)).encode()
        known = said + (self.lent if LENDING in told_as else "")
        if found := [word for word in self.foreign.findall(body) if word.decode() not in known]:
            self.figures.leaks += 1
            self.figures.wrong.append(f"{told_as} gives away {sorted({word.decode() for word in found})}")

    # --- sockets ----------------------------------------------------------------------------------------------------------

    def knock(self, client: Client, person: Person, handshakes: list[tuple[Row, Spot | None]]) -> None:
        """At the same door as the server does: all at once."""
        key = client.cookies[settings.SESSION_COOKIE_NAME].value if settings.SESSION_COOKIE_NAME in client.cookies else ""
        asked = []
        for row, spot in handshakes:
            found = keys_of(row.kind, spot)[""] if spot else ABSENT["uuid" if row.kind == "session" else row.kind]
            asked.append(Handshake({"session_id" if row.kind == "session" else "code": found}, key))
        for (row, spot), watcher in zip(handshakes, admit_all(asked), strict=True):
            self.figures.asked += 1
            self.figures.routes.add(row.route)
            actions = actions_of(row)
            is_in = person.user is not None and person.user.is_active
            expected = is_in and self.expected_of_object(person, row, spot, actions) == "allowed"
            if (watcher is not None) != expected:
                self.figures.wrong.append(
                    f"{person.name}: {row.route} of {spot and spot.village} → {watcher}, expected {expected}"
                )


def actions_of(row: Row) -> list[str]:
    return [need for need in row.needs if need not in WITHOUT_ACTION]


def route_path(address: str) -> str:
    return address.partition("?")[0]


def kind_of_body(address: str) -> str:
    return "application/json" if address.startswith("/api/") else "application/x-www-form-urlencoded"


def row_of(route: Route) -> str:
    """The key of the first row of the table that a page of the back office shows; "0" when there is none."""
    if route.name == "admin:auth_user_password_change":
        model = apps.get_model("livestream", "user")
    else:
        _admin, app, name = re.match(r"(admin/)(\w+)/(\w+)/", route.path).groups()
        model = apps.get_model(app, name)
    first = model._default_manager.order_by("pk").first()
    return "0" if first is None else str(first.pk)


def told(response) -> str:
    return f"{response.status_code} {response.headers.get('Location', '')}".strip()


def fits(response, expected: str) -> bool:
    status, to = response.status_code, response.headers.get("Location", "")
    if expected == "allowed":
        return status not in {401, 403, 404} and status < 500 and not (to.startswith("/login/?") and "next=" in to)
    if expected == "login":
        return status == 302 and to.startswith("/login/")
    return status in {"unsigned": {401, 403}, "403": {403}, "404": {404}, "403 or 404": {403, 404}}[expected]
