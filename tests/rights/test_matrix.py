"""Every route × method × role × level of post × object: the answer is the one that docs/rights.md says, and gives nothing away."""

from __future__ import annotations

import logging

import pytest

from livestream.rules.person import Role
from tests.rights.asking import Asking
from tests.rights.people import Person, people_of
from tests.rights.world import make_world

SHOWN = 40


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role.values, "nobody"])
def test_everybody_gets_what_is_written_and_nothing_else(role, record_property):
    world = make_world()
    asking = Asking(world)
    logging.disable()  # thousands of refusals, each with its traceback
    people = [Person("signed out", None)] if role == "nobody" else people_of(role, world)

    try:
        for person in people:
            asking.ask_all(person)
    finally:
        logging.disable(logging.NOTSET)

    figures = asking.figures
    record_property("rights", (role, figures.asked, len(figures.routes), figures.places, figures.leaks))
    assert figures.leaks == 0, "\n".join(figures.wrong[:SHOWN])
    assert not figures.wrong, f"{len(figures.wrong)} wrong answers:\n" + "\n".join(figures.wrong[:SHOWN])
    assert not {status for status in figures.statuses if status >= 500}
