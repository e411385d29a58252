"""The REST API of pitches and incidents."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta

import pytest

from livestream.actions.incident import SHELF
from livestream.actions.session import end_session
from livestream.actions.stored_file import folder
from livestream.models import Incident, Pitch
from tests.factories import make_product, make_session, make_user
from tests.training.pictures import photo_of


@pytest.fixture
def session(county, host, now):
    line_up = [
        (make_product(county, sku="DHP", title="花椒"), 2990, 86),
        (make_product(county, sku="HXM", title="小米"), 990, None),
    ]
    return make_session(county, host, went_live_at=now - timedelta(hours=1), line_up=line_up)


@pytest.fixture
def api(client, staff, session):
    client.force_login(staff)

    def ask(path, body=None):
        path, mark, query = path.partition("?")
        path = f"/api/v1/sessions/{session.pk}/{path.strip('/')}/{mark}{query}"
        return client.get(path) if body is None else client.post(path, body, content_type="application/json")

    return ask


def stamp(moment):
    return moment.isoformat().replace("+00:00", "Z")


def test_a_pitch_is_started_listed_and_ended(api, now):
    first, second, end = now - timedelta(minutes=9), now - timedelta(minutes=5), now - timedelta(minutes=1)

    started = api("pitches", {"sku": "DHP", "at": stamp(first)})
    api("pitches", {"sku": "HXM", "at": stamp(second)})
    ended = api("pitches/end", {"at": stamp(end)})

    assert (started.status_code, started.json()["sku"], started.json()["ended_at"]) == (201, "DHP", None)
    assert ended.json()["sku"] == "HXM"
    assert [(row["sku"], row["title"]) for row in api("pitches").json()["pitches"]] == [("DHP", "花椒"), ("HXM", "小米")]
    assert list(Pitch.objects.values_list("started_at", "ended_at")) == [(first, second), (second, end)]


def test_an_end_with_nothing_presented_has_no_content(api):
    assert api("pitches/end", {}).status_code == 204


def test_the_same_tap_counts_once(api, now):
    answers = [api("pitches", {"sku": "DHP", "tap": "mine-1"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Pitch.objects.count() == 1


def test_an_incident_is_noted_and_listed(api, staff, now):
    noted = api("incidents", {"kind": "stream_lost", "at": stamp(now - timedelta(minutes=9)), "note": "路由器"})

    assert noted.status_code == 201
    (row,) = api("incidents").json()["incidents"]
    assert (row["kind"], row["note"], row["noted_by"]) == ("stream_lost", "路由器", staff.name)
    assert Incident.objects.get().happened_at == now - timedelta(minutes=9)


def test_a_correction_is_noted_with_what_was_said_and_its_proof(api, client, host, trainer, stranger, session):
    photo = photo_of()
    content = photo.read()
    file = {"name": photo.name, "base64": base64.b64encode(content).decode()}
    body = {"kind": "correction_made", "said": "刚才价格说错了，是 29.9", "sku": "DHP", "tap": "mine-1", "proof": file}
    noted = api("incidents", body)
    again = api("incidents", body)
    proof = f"/api/v1/incidents/{noted.json()['id']}/proof/"
    kept = client.get(proof)

    assert (noted.status_code, noted.json()["said"], noted.json()["sku"]) == (201, body["said"], "DHP")
    assert (again.json(), Incident.objects.count()) == (noted.json(), 1)
    assert hashlib.sha256(kept.content).hexdigest() == noted.json()["proof_sha256"]
    assert (kept["Content-Type"], b"SECRETMAKER" in content, b"SECRETMAKER" in kept.content) == ("image/jpeg", True, False)
    left = set(folder(SHELF).iterdir())
    assert api("incidents", {"kind": "correction_made"}).json()["code"] == "said_missing"
    assert api("incidents", body | {"tap": "2", "proof": file | {"base64": "eHh4"}}).json()["code"] == "photo_kind"
    assert api("incidents", body | {"tap": "2", "proof": file | {"base64": "eHh4e"}}).json()["fields"].keys() == {"proof"}
    assert api("incidents", body | {"tap": "2", "sku": "TFM"}).json()["code"] == "not_in_line_up"
    assert set(folder(SHELF).iterdir()) == left, "what was refused leaves no photo behind"
    seen = {}
    for name, person in {"host": host, "trainer": trainer, "stranger": stranger}.items():
        client.force_login(person)
        seen[name] = client.get(proof).status_code
    assert seen == {"host": 403, "trainer": 403, "stranger": 404}


@pytest.mark.parametrize(
    ("path", "body", "fields"),
    [
        ("pitches", {}, ["sku"]),
        ("pitches", {"sku": "DHP", "at": "soon"}, ["at"]),
        ("pitches", {"sku": "DHP", "at": "2099-01-01T00:00:00Z"}, ["at"]),
        ("pitches", {"sku": "DHP", "tap": "x" * 65}, ["tap"]),
        ("pitches", [], ["non_field_errors"]),
        ("pitches/end", {"at": 7}, ["at"]),
        ("incidents", {}, ["kind"]),
        ("incidents", {"kind": "nonsense", "note": "x" * 121}, ["kind", "note"]),
        ("incidents", {"kind": "other", "by": 1, "county": "130529"}, ["by", "county"]),
    ],
)
def test_what_is_wrong_is_said_by_field(api, path, body, fields):
    answer = api(path, body)

    assert (answer.status_code, answer.json()["code"], sorted(answer.json()["fields"])) == (400, "invalid", sorted(fields))
    assert not Pitch.objects.exists()
    assert not Incident.objects.exists()


def test_what_a_verb_refuses_has_a_code_and_a_sentence(api, county, session, now):
    make_product(county, sku="TFM", title="土蜂蜜")
    missing = api("pitches", {"sku": "TFM"})
    end_session(session, at=now)

    assert (missing.status_code, missing.json()) == (
        409,
        {
            "code": "not_in_line_up",
            "detail": "“TFM”不在这一场的排品里，请先排品再讲。",
            "fields": {},
            "request_id": missing.headers["X-Request-ID"],
        },
    )
    for path, body in (("pitches", {"sku": "DHP"}), ("incidents", {"kind": "other"})):
        answer = api(path, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "off_air")


def test_rights(client, county, session, host, staff, trainer, stranger):
    people = {"host": host, "staff": staff, "colleague": make_user("host", county), "trainer": trainer, "stranger": stranger}
    bodies = {"pitches": {"sku": "DHP"}, "incidents": {"kind": "other"}, "pitches/end": {}}
    statuses = {}
    for name, person in people.items():
        client.force_login(person)
        paths = {path: f"/api/v1/sessions/{session.pk}/{path}/" for path in bodies}
        read = [client.get(paths[path]).status_code for path in ("pitches", "incidents")]
        write = [client.post(paths[path], body, content_type="application/json").status_code for path, body in bodies.items()]
        statuses[name] = (read, write)

    assert statuses == {
        "host": ([200, 200], [201, 201, 200]),
        "staff": ([200, 200], [201, 201, 200]),
        "colleague": ([404, 404], [404, 404, 404]),
        "trainer": ([200, 200], [403, 403, 403]),
        "stranger": ([404, 404], [404, 404, 404]),
    }


def test_nobody_is_asked_to_sign_in(client, session):
    answer = client.get(f"/api/v1/sessions/{session.pk}/pitches/")

    assert (answer.status_code, answer.headers["WWW-Authenticate"], answer.json()["code"]) == (
        401, 'Bearer realm="cunbo"', "not_authenticated",
    )  # fmt: skip


def test_a_long_evening_comes_in_pages_each_pitch_once(api, session, now):
    for n in range(5):
        api("pitches", {"sku": ("DHP", "HXM")[n % 2], "at": stamp(now - timedelta(minutes=9 - n)), "tap": f"t{n}"})
    seen, cursor = [], ""
    for _page in range(3):
        said = api(f"pitches?page_size=2{cursor}")
        seen += [row["started_at"] for row in said.json()["pitches"]]
        cursor = f"&cursor={said.json()['next_cursor']}"

    assert (len(seen), seen, said.json()["next_cursor"]) == (5, sorted(seen), None)


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_whatever_their_length(api, rows, django_assert_num_queries):
    for n in range(rows):
        api("pitches", {"sku": "DHP", "tap": f"t{n}"})
        api("incidents", {"kind": "other"})

    with django_assert_num_queries(10):  # twice: session, user, posts; the livestream, its rows
        assert len(api("pitches").json()["pitches"]) == rows
        assert len(api("incidents").json()["incidents"]) == rows
