"""What the document for integrators shows is what happens: its lines are run as they stand there."""

from __future__ import annotations

import json
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import time_machine

from livestream.api.errors import ErrorSerializer
from livestream.api.paging import LARGEST_PAGE, PAGE
from livestream.api.strict import LONGEST_BODY
from livestream.api.throttle import Courtesy
from livestream.models import Resource
from livestream.rules.api_token import Scope
from livestream.rules.document import DEEPEST
from tests.api.judge import described
from tests.factories import make_place, make_product, make_session, make_user
from tests.goods import make_subsidy
from tests.school import make_cohort, make_enrolment, make_lesson
from tests.tokens import token_text, with_token
from training.models import Mark

pytestmark = pytest.mark.django_db
TEXT = (Path(__file__).resolve().parents[2] / "docs" / "integrators.md").read_text()
ASKING = TEXT[TEXT.index("## Asking") : TEXT.index("## Boards")]
LINES = [block.replace("\\\n", " ") for block in re.findall(r"```sh\n(curl .*?)\n```", ASKING, re.DOTALL)]


SCHOOL = [line for line in LINES if "/school/" in line]
ON_AIR = [line for line in LINES if "/stage/" in line or "/control/" in line]
BESIDE = [line for line in LINES if "/subsidies/" in line or "/script/" in line]
OF_A_CLASS = {"enrolments/", "lessons/", "attendance/", "results/", "conversions/"}


def run(line, values):
    """A line of curl, as the test client asks it."""
    words = shlex.split(re.sub(r"\$(\w+)", lambda found: values[found[1]], line))[1:]
    method, headers, body, url = "GET", {}, None, ""
    while words:
        word = words.pop(0)
        if word == "-X":
            method = words.pop(0)
        elif word == "-H":
            name, _colon, value = words.pop(0).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = words.pop(0)
        elif not word.startswith("-"):
            url = word
    token = headers.pop("Authorization").removeprefix("Bearer ")
    client, parts = with_token(token), urlsplit(url)
    content = {"content_type": headers.pop("Content-Type")} if body else {}
    return client.generic(method, f"{parts.path}?{parts.query}", body or "", headers=headers, **content)


@time_machine.travel(datetime(2026, 11, 22, 13, tzinfo=UTC))
def test_every_line_of_curl_works(staff, county, host):

    good = make_product(county, sku="DHP-250")
    live = make_session(county, host, went_live_at=datetime.now(UTC) - timedelta(hours=1), line_up=[(good, 2990, 5)])
    studio = Resource.objects.create(county=county, place=county, kind="studio", name="二号直播间")
    values = {"TOKEN": token_text(staff), "CUNBO": "http://testserver", "SESSION": str(live.pk)}
    values |= {"HOST": str(host.pk), "PLACE": county.pk, "STUDIO": str(studio.pk)}

    answers = [run(line, values) for line in LINES[:4]]
    moved = run(LINES[4], values | {"PLANNED": answers[3].json()["session"]["id"]})

    assert [answer.status_code for answer in [*answers, moved]] == [200, 200, 201, 201, 200]
    assert moved.json()["session"]["plan_version"] == 2
    assert [row["id"] for row in answers[0].json()["results"]] == [str(live.pk)]
    assert run(LINES[2], values).headers["Idempotency-Replayed"] == "true"


@time_machine.travel(datetime(2026, 11, 22, 13, tzinfo=UTC), tick=False)
def test_every_line_of_curl_about_a_session_on_air_works(staff, county, host):
    good = make_product(county, sku="DHP-250")
    live = make_session(county, host, went_live_at=datetime.now(UTC) - timedelta(hours=1), line_up=[(good, 2990, 5)])
    second = token_text(make_user("staff", county), Scope.WRITE_SESSIONS)
    values = {"TOKEN": token_text(staff), "CUNBO": "http://testserver", "SESSION": str(live.pk), "SECOND": second}
    stage, proposal = (run(line, values) for line in ON_AIR[:2])
    changed = run(ON_AIR[2], values | {"PROPOSAL": str(proposal.json()["id"])})

    values["SUBSIDY"] = str(make_subsidy(county).pk)
    sums, row = (run(line, values) for line in BESIDE)
    assert [answer.status_code for answer in (stage, proposal, changed, sums, row)] == [200, 201, 201, 200, 201]
    assert changed.json()["new_price_fen"] == 2790


@time_machine.travel(datetime(2026, 11, 22, 13, tzinfo=UTC), tick=False)
def test_every_line_of_curl_about_the_school_works(staff, county):
    cohort = make_cohort(county)
    lesson, seat = make_lesson(cohort), make_enrolment(cohort)
    village = make_place("140425100201", "东寺头村")
    values = {"TOKEN": token_text(staff), "CUNBO": "http://testserver", "COHORT": str(cohort.pk), "VILLAGE": village.pk}
    enrolled, taken, planned = (run(line, values | {"LESSON": str(lesson.pk), "ENROLMENT": str(seat.pk)}) for line in SCHOOL)

    assert (enrolled.status_code, enrolled.json()["enrolment"]["seat"], taken.status_code) == (201, 2, 200)
    assert taken.json()["results"][0]["outcome"] == "stored"
    assert (planned.status_code, planned.json()["title"]) == (201, "第37期")
    assert Mark.objects.get().at == datetime(2026, 11, 22, 12, 31, 7, tzinfo=UTC)


def test_its_numbers_scopes_and_shape_are_those_of_the_code():
    assert (f"{PAGE} rows", f"up to {LARGEST_PAGE}", f"over {LONGEST_BODY // 1024} KB", f"at most {DEEPEST} deep") == tuple(
        words for words in ("50 rows", "up to 200", "over 64 KB", "at most 20 deep") if words in ASKING
    )
    assert f"over {Courtesy.rate.removesuffix('/min')} requests in a minute" in ASKING
    assert re.findall(r"^\| `(\w+:\w+)` \|", ASKING, re.MULTILINE) == list(Scope.values)
    (shown,) = re.findall(r"```json\n(.*?)\n```", ASKING, re.DOTALL)
    assert list(json.loads(shown)) == list(ErrorSerializer().fields)


def test_every_status_of_the_schema_is_explained():
    statuses = {
        status for item in described()["paths"].values() for operation in item.values() for status in operation["responses"]
    }
    explained = set(re.findall(r"\b[45]\d\d\b", "".join(re.findall(r"^\| (\d[^|]+)\|", ASKING, re.MULTILINE))))

    assert {status for status in statuses if status >= "400"} - explained == set()


def test_every_address_it_names_is_there():
    named = set(re.findall(r"`(\w+/)`", ASKING)) | {"figures/days/"}
    known = {path.removeprefix("/api/v1/") for path in described()["paths"]}

    school = {name.replace("2026-11", "{month}") for name in re.findall(r"`(?:POST\s+)?(school/[\w/<>-]+/)`", ASKING)}
    assert {re.sub(r"<id>", "{id}", name) for name in school} - {re.sub(r"\{\w+_id\}", "{id}", path) for path in known} == set()
    of_a_session = {path.removeprefix("sessions/{session_id}/") for path in known}
    assert named - OF_A_CLASS - of_a_session - known == set()
