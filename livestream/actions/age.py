"""Whether somebody is old enough to be on air: asked when a host is made, when a session is planned and when it goes live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livestream.models import PersonalData
from livestream.rules.age import MAY_BE_PLANNED, REFUSALS, AgeFacts, Standing, may_go_on_air, standing
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from datetime import date


def standing_of(user: int, on: date) -> Standing:
    """What is on record about this person (an id) on that day."""
    data = PersonalData.objects.filter(pk=user).first()
    return standing(data.age_facts if data else AgeFacts(), on)


def check_may_be_planned(host: int, on: date) -> None:
    """Raises NotAllowed when this person may not be on air on the planned day whatever is checked until then."""
    found = standing_of(host, on)
    if found not in MAY_BE_PLANNED:
        raise NotAllowed(REFUSALS[found])


def check_may_go_live(host: int, on: date) -> None:
    """Raises NotAllowed when this person may not be on air on that day."""
    found = standing_of(host, on)
    if found in REFUSALS:
        raise NotAllowed(REFUSALS[found])


def check_may_join(birth_on: date, on: date) -> None:
    """Raises NotAllowed for a host who is too young; the guardian's consent may follow until the first session."""
    if not may_go_on_air(birth_on, guardian_consented=True, on=on):
        raise NotAllowed("too_young")
