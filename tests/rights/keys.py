"""What a route is asked with: the keys of an object in an address, and whose it is."""

from __future__ import annotations

from livestream.rules.place import county_of
from tests.rights.world import Spot, mark

ABSENT = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "int": "999999999",
    "county": "990101",
    "city": "9901",
    "province": "99",
}
# Kinds that lie in a village; all others belong to the county. A place is a kind too: the county, city or province above.
OF_VILLAGES = {
    "session", "person", "appointment", "subject_request", "product", "supplier", "order", "login", "token", "place",
    "resource", "excuse", "release", "confirmation", "step", "series", "own_feed", "notice", "task", "reward", "cohort",
    "trainee", "enrolment", "lesson", "exam", "taught", "learner", "my_material", "my_quiz", "certificate", "follow_up",
    "evidence", "enclosure", "class_pack", "sheet", "photo", "paper", "practice", "packaging", "selection", "sample", "item",
    "event", "price", "script", "script_row", "cue_card", "poster", "comment", "review_action", "complaint", "incident",
    "line_up_version",
}  # fmt: skip
# What belongs to a county and is read, not changed, by whoever sees the school of a place in it.
READ_FROM_BELOW = {"course", "material"}
PLACES = {"county": 6, "city": 4, "province": 2}
# A link is a door of its own place: whoever is above it neither sees nor closes it.
OF_THEIR_PLACE_ALONE = {"link"}
# What else stands in addresses and names no object.
WORDS = {
    "field": "birth",
    "token": "x" * 43,
    "short": "zzzzzzz",
    "join_code": "zzzzzzzz",
    "number": "140425-2026-99999-46",
    "key": "0",
    "part": "0",
    "month": "2026-11",
}


# What is learnt lies below what it is learnt in: the keys of an address, and whose they are.
LEARNT = {
    "exam": {"pk": "cohort", "exam": "exam", "": "exam"},
    "learner": {"pk": "cohort", "enrolment": "enrolment"},
    "quiz": {"pk": "my_course", "quiz": "quiz"},
    "question": {"pk": "my_course", "quiz": "quiz", "question": "question"},
    "my_material": {"pk": "enrolment", "material": "my_material"},
    "my_quiz": {"pk": "enrolment", "quiz": "my_quiz"},
    "class_pack": {"pk": "cohort", "pack": "class_pack"},
    # What belongs to a session bears its key in front.
    "item": {"session_id": "session", "pk": "item", "": "item"},
    "line_up_version": {"session_id": "session", "pk": "line_up_version", "": "line_up_version"},
    "poster": {"session_id": "session", "": "poster"},
    "script_row": {"session_id": "session", "": "script_row"},
    "spot_call": {"pk": "spot_check", "call": "spot_call"},
}


def keys_of(kind: str, spot: Spot) -> dict[str, object]:
    """What stands in an address for this kind of object there: "" is its key, other names are further keys."""
    if kind in PLACES:
        return {"": spot.village[: PLACES[kind]]}
    if kind == "person":
        return {"": spot.host.pk}
    if kind == "appointment":
        return {"pk": spot.host.pk, "appointment": spot.appointment.pk}
    if kind == "place":
        return {"": spot.village}
    if kind == "shop_order":
        return {"pk": spot.shop.pk, "order_no": f"U{mark(spot.county)}"}
    if kind in LEARNT:
        return {name: getattr(spot, of).pk for name, of in LEARNT[kind].items()}
    assert kind in Spot._fields, (
        f"tests/rights/world.py makes no object of the kind `{kind}` that docs/rights.md names: add it to Spot"
    )
    return {"": getattr(spot, kind).pk}


def where(kind: str, spot: Spot) -> tuple[str, str]:
    """The county and the place of its own that decide who reaches it."""
    if kind in PLACES:
        return spot.village[: PLACES[kind]], ""
    return spot.county, spot.village if kind in OF_VILLAGES else ""


def codes_marked(world: dict[str, Spot]) -> dict[str, tuple[str, str]]:
    """Each mark's code with the county and the place that decide who may read it."""
    return {
        code: (county_of(code) or "", code if len(code) > 6 else "")
        for spot in world.values()
        for code in (spot.village, spot.county)
    }


def phones(world: dict[str, Spot]) -> dict[str, str]:
    return {spot.village: spot.host.phone for spot in world.values()}
