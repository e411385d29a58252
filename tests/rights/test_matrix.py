"""Every route × method × role × level of post × object: the answer is the one that docs/rights.md says, and gives nothing away."""

from __future__ import annotations

import logging
from contextlib import contextmanager

import pytest
from django.http import HttpResponse
from django.urls import path

from livestream.models.session import LiveSessionQuerySet
from livestream.rules.person import Role
from livestream.views.feed import FeedCourtesy, StrangersFeedCourtesy
from orders.models.shop import ShopQuerySet
from tests.rights.asking import Asking
from tests.rights.document import Row, routes
from tests.rights.people import Person, people_of
from tests.rights.world import make_world
from training.views.certificate_check import CheckCourtesy, GuessCourtesy

SHOWN = 40


@contextmanager
def silently():
    """Thousands of refusals, each with its line in the log."""
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


@pytest.fixture
def world(db, monkeypatch):
    for courtesy in (
        FeedCourtesy,
        StrangersFeedCourtesy,
        CheckCourtesy,
        GuessCourtesy,
    ):  # how often one may ask has tests of its own
        monkeypatch.setattr(courtesy, "rate", "100000/min")
    return make_world()


@pytest.mark.parametrize("role", [*Role.values, "nobody"])
def test_everybody_gets_what_is_written_and_nothing_else(role, world, record_property):
    asking = Asking(world)
    people = [Person("signed out", None)] if role == "nobody" else people_of(role, world)

    with silently():
        for person in people:
            asking.ask_all(person)

    figures = asking.figures
    record_property("rights", (role, figures.asked, len(figures.routes), figures.people, figures.leaks))
    assert figures.leaks == 0, "\n".join(figures.wrong[:SHOWN])
    assert not figures.wrong, f"{len(figures.wrong)} wrong answers:\n" + "\n".join(figures.wrong[:SHOWN])
    assert not {status for status in figures.statuses if status >= 500}


# --- it would be seen -----------------------------------------------------------------------------------------------------


@pytest.fixture
def clerk(world):
    return next(person for person in people_of("staff", world) if person.name == "staff, county")


def asked_by(person, world, routes_asked=None, rows=None):
    asking = Asking(world, routes_asked, rows)
    with silently():
        asking.ask_all(person)
    return asking.figures


def some(*names):
    return [route for route in routes() if route.name in names]


@pytest.mark.parametrize(
    ("rows", "method", "route"),
    [
        (LiveSessionQuerySet, "reached_by", "livestream:session"),
        (LiveSessionQuerySet, "visible_to", "orders:figures"),
        (ShopQuerySet, "visible_to", "orders:waiting"),
    ],
)
def test_rows_whose_scope_was_taken_away_are_found(monkeypatch, world, clerk, rows, method, route):
    before = asked_by(clerk, world, some(route))
    assert (before.wrong, before.leaks) == ([], 0)
    monkeypatch.setattr(rows, method, lambda self, *args, **kwargs: self.all())

    figures = asked_by(clerk, world, some(route))

    assert figures.leaks > 0
    assert any("gives away" in sentence and "130529" in sentence for sentence in figures.wrong)


def test_route_whose_guard_was_forgotten_is_found(settings, world, clerk):
    def forgetful(_request, pk):
        return HttpResponse(f"LEAK130529END {pk}")

    settings.ROOT_URLCONF = type("Conf", (), {"urlpatterns": [path("forgotten/<int:pk>/", forgetful, name="forgotten")]})
    figures = asked_by(
        clerk,
        world,
        [each for each in routes(settings.ROOT_URLCONF.urlpatterns) if each.name == "forgotten"],
        [Row("forgotten", ("GET",), ("see_files",), "shop", "404")],
    )

    assert figures.leaks > 0
    assert "not 404" in " ".join(figures.wrong)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_what_is_not_written_is_not_answered(world, method):
    """Not even to a platform administrator: a method without a row is refused, or leads elsewhere."""
    asking = Asking(world)
    (admin,) = [person for person in people_of("admin", world) if person.name == "admin, county"]
    with silently():
        answered = asking.unwritten(admin, method)

    assert answered == []
