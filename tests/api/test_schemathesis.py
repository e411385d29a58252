"""Whatever is asked of the API, by whoever: an answer that its schema names, never a 500, never a byte of another county.

schemathesis invents requests by the schema, fitting ones and faulty ones, and judges the answers by all of its checks. Every
role, a stranger, nobody, and tokens for each thing ask at every address. `make fuzz` asks more, and others each time."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.auths import AuthContext, set_on_generated_case
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance

from livestream.api.door import Door
from livestream.models import Place
from livestream.models.session import LiveSessionQuerySet
from tests.api.judge import described, judged
from tests.api.world import CALLERS, A, B, make_caller, make_world

pytestmark = pytest.mark.django_db
# Fitting requests that must succeed, fitting ones as they come, faulty ones.
MANNERS = {"sure": 2, "as it comes": 1, "faulty": 1}
EDGES = 12  # of one operation; `make fuzz` tries them all
# Those who may most, may least, and their own. The others send every address one fitting request, and one in three a faulty one,
# each others, so that every address has some; by `make fuzz` all ask all.
ASKED_MOST = {"staff", "host", "stranger", "token"}
ONE_IN = 3
EACH = int(os.environ.get("CUNBO_FUZZ", "0"))  # 0: few, and the same each time
PLANNED = tuple(f"/api/v1/{path}" for path in ("sessions/", "releases/", "availability/"))
GOODS = {"products", "suppliers", "papers", "selections"}
NAMED = (
    "rooms",
    "guests",
    "line_up",
    "segments",
    "crew",
    "resources",
    "excuses",
    "campaign",
    "session",
    "resource",
    "from_time",
    "until_time",
)
OF_ONE_COUNTY = {
    f"/api/v1/{path}"
    for path in (
        "orders/",
        "figures/days/",
        "clashes/",
        *(f"school/{name}/" for name in ("months", "months/{month}", "outcome", "conversions", "anomalies")),
    )
}
OPERATIONS = [(path, method) for path, item in described()["paths"].items() for method in item]


@pytest.fixture
def world(db, monkeypatch):
    monkeypatch.setattr(Door, "throttle_classes", [])  # has tests of its own
    return make_world()


@pytest.fixture
def schema(world):
    with judged() as loaded:
        yield loaded


def may_read(caller) -> str:
    """The mark that this caller must never read; "" for who may read everything."""
    if caller == "admin":
        return ""
    return A[1] if caller == "stranger" else B[1]


@pytest.mark.parametrize("caller", CALLERS)
def test_every_caller_gets_answers_of_the_schema_and_nothing_of_another_county(schema, world, caller):
    answered = {}
    sign_in(schema, make_caller(caller, Place.objects.get(pk=A[0]), Place.objects.get(pk=B[0])))

    for path, method in OPERATIONS:
        operation = schema[path][method.upper()]
        for manner, times in MANNERS.items():
            if not falls_to(caller, path, method, manner):
                continue
            ask_many(operation, manner, times if caller in ASKED_MOST else 1, caller, world, answered)

    assert any(status.startswith("2") for status in answered) == (caller != "nobody")


def falls_to(caller, path, method, manner):
    if EACH or caller in ASKED_MOST or manner == "sure":
        return True
    return manner == "faulty" and (OPERATIONS.index((path, method)) + CALLERS.index(caller)) % ONE_IN == 0


def test_every_address_gets_faults_of_some_whose_rights_are_narrow():
    others = [caller for caller in CALLERS if caller not in ASKED_MOST]
    assert [one for one in OPERATIONS if sum(falls_to(caller, *one, "faulty") for caller in others) < 3] == []


def sign_in(schema, how):
    """What schemathesis must know to try the same without a login, and with an invented one."""

    @schema.auth()
    class Caller:
        def get(self, case, context):
            return how or None

        def set(self, case, data, context):
            case.headers = {**(case.headers or {}), **data.get("headers", {})}
            case.cookies = {**(case.cookies or {}), **data.get("cookies", {})}


def ask_many(operation, manner, times, caller, world, answered):
    mode = GenerationMode.NEGATIVE if manner == "faulty" else GenerationMode.POSITIVE
    off = [] if manner == "sure" else [positive_data_acceptance]  # it cannot know what only we can: see `make_sure`

    @examples(
        max_examples=EACH or times, deadline=None, database=None, derandomize=not EACH, suppress_health_check=list(HealthCheck)
    )
    @given(operation.as_strategy(mode, auth_storage=operation.schema.auth), st.data())
    def ask(case, data):
        if manner == "sure":
            make_sure(case, data, world)
        judge(case, caller, off, answered)

    ask()


def judge(case, caller, off, answered):
    response = case.call_and_validate(excluded_checks=off)
    answered[str(response.status_code)] = answered.get(str(response.status_code), 0) + 1
    mark = may_read(caller)
    assert not mark or mark not in response.text, f"{caller} reads of another county: {case.as_curl_command()}"


def test_control_a_scope_that_is_forgotten_and_an_error_that_is_not_named_are_found(schema, world, monkeypatch):
    operation = schema["/api/v1/sessions/"]["GET"]
    sign_in(schema, make_caller("staff", Place.objects.get(pk=A[0]), Place.objects.get(pk=B[0])))
    monkeypatch.setattr(LiveSessionQuerySet, "visible_to", lambda rows, user, *_action: rows)

    with pytest.raises(AssertionError, match="reads of another county"):
        ask_many(operation, "sure", 4, "staff", world, {})
    monkeypatch.setattr(LiveSessionQuerySet, "visible_to", lambda rows, user, *_action: 1 / 0)
    with pytest.raises(FailureGroup, match="Server error"):
        ask_many(operation, "sure", 4, "staff", world, {})


@pytest.mark.parametrize("caller", ["staff", "token"] if EACH else ["token"])  # a login without its CSRF token writes nothing
def test_the_edges_of_every_parameter_and_every_other_method_get_answers_of_the_schema(schema, world, caller):
    """Not at random: the least, the most, the missing, the doubled; and methods that an address does not know."""
    sign_in(schema, make_caller(caller, Place.objects.get(pk=A[0]), Place.objects.get(pk=B[0])))
    answered = {}

    for path, method in OPERATIONS:
        operation = schema[path][method.upper()]
        modes, config = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], schema.config.generation_for(operation=operation)
        cases = schema.iter_coverage_cases(operation, generation_modes=modes, generation_config=config)
        for case in islice(cases, None if EACH else EDGES):
            set_on_generated_case(case, AuthContext(operation=operation, app=operation.app), schema.auth)
            judge(case, caller, [positive_data_acceptance], answered)

    assert answered.keys() >= {"200", "400", "404", "405"}


def make_sure(case, data, world):
    """What no schema can say: a cursor is ours, a key is new, a moment has passed, who sees several counties names one; and an
    address leads to something that is there, of one county or the other."""
    case.query.pop("cursor", None)
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
    if isinstance(case.body, dict) and "at" in case.body:
        case.body["at"] = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    if case.path in OF_ONE_COUNTY:
        case.query.setdefault("county", A[0])
    for name in {"from_on", "until_on"} & case.query.keys():
        case.query[name] = "2026-12-01"
    if case.path.startswith(PLANNED):
        make_plan_sure(case.body, world)
    if not case.path.startswith("/api/v1/school/"):
        make_on_air_sure(case.body, case.path.split("/")[3], world.keys[A[0]])
    if case.path.startswith("/api/v1/school/"):
        make_school_sure(case.body, world.keys[A[0]])
    for name in case.path_parameters or {}:
        kind = case.path.split("/")[3] if name == "id" else name
        keys = [key for code in (A[0], B[0]) for key in world.keys[code][kind]]
        case.path_parameters[name] = data.draw(st.sampled_from(keys))


def make_on_air_sure(body, of, keys):
    """Who and what is there, of the county of whoever may write; lines with something to see, moments on the calendar."""
    if not isinstance(body, dict):
        return
    for name in {"cut_off_at", "sent_at", "offers", "links", "promises", "room_id", "selling_points", "proof"} & body.keys():
        del body[name]
    sure = {"owner": keys["people"][0], "what": "测一遍", "outcome": "好", "reason": "停电", "county": A[0], "answer": "好"}
    sure |= {"session": keys["session_id"][0], "template": keys["script-templates"][0], "headline": "好货", "why": "商标"}
    sure |= dict.fromkeys(("name", "title", "term", "payer", "receiver", "words"), uuid.uuid4().hex)
    sure |= {"from_at": "2026-11-01T00:00:00+08:00", "until_at": "2026-12-01T00:00:00+08:00"}
    if of in GOODS:
        sure |= {"supplier": keys["suppliers"][0], "product": keys["products"][0], "place": A[0], "campaign": None, "file": None}
        sure |= {"name": "李家", "title": "苹果", "sku": uuid.uuid4().hex}
    body |= {name: value for name, value in sure.items() if name in body}


def make_school_sure(body, keys):
    """Who and what is there, of the county of whoever may write; days and moments that have been."""
    if not isinstance(body, dict):
        return
    for name in ("person", "trainer", "assistant", "room"):
        body.pop(name, None)
    sure = {
        "trainee": keys["trainee_id"][0],
        "course": keys["course_id"][0],
        "place": A[0],
        "because": "停电",
        "title": "一课",
        "platform": "钉钉",
        "courses": [keys["course_id"][0]],
        "trainers": [],
        "trade": None,
        "trade_level": None,
    }
    sure |= {
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-31",
        "on": "2026-01-05",
        "starts_at": "2026-11-20T09:00:00+08:00",
        "ends_at": "2026-11-20T10:00:00+08:00",
    }
    sure |= {"sent_at": "2026-11-20T12:00:00+08:00", "words": "", "device": "", "room_note": "", "note": ""}
    body |= {name: value for name, value in sure.items() if name in body}
    if "client_id" in body or not body:
        body |= {"trainee": keys["trainee_id"][0]}
    marks = body.get("marks", [])
    if marks and "client_id" not in marks[0]:
        body["marks"] = [marks[0] | {"enrolment": keys["seat"][0]}]
    for mark in marks:
        mark |= {"at": "2026-11-20T11:00:00+08:00", "words": ""} if "client_id" in mark else {}


def make_plan_sure(body, world):
    """People, places and things that are there; moments that are on the calendar."""
    if not isinstance(body, dict) or not {"planned_start_at", "starts_at", "reason", "from_on"} & body.keys():
        return
    for name in NAMED:
        body.pop(name, None)
    sure = {"host": world.keys[A[0]]["people"][0], "place": A[0], "title": "一场", "reason": "停电", "note": "", "digest": "x"}
    sure |= dict.fromkeys(("from_on", "until_on"), "2026-12-01")
    sure |= dict.fromkeys(("planned_start_at", "starts_at"), "2026-12-01T19:00:00+08:00")
    sure |= dict.fromkeys(("planned_end_at", "ends_at"), "2026-12-01T21:00:00+08:00")
    body |= {name: value for name, value in sure.items() if name in body}
    if "from_on" in body:
        body |= {"digest": "x"} if "place" in body else {"person": world.keys[A[0]]["people"][0]}
