"""Filters, orderings and fields: what is ours to choose nobody else chooses."""

from __future__ import annotations

import ast
import itertools
from pathlib import Path
from urllib.parse import quote

import pytest
from django.urls import get_resolver
from drf_spectacular.generators import EndpointEnumerator
from rest_framework import serializers

from livestream.api.door import Door
from livestream.api.strict import Strict
from livestream.models import Incident, LiveSession, Pitch, User
from livestream.rules.rights import SECOND_FACTOR_ACTIONS
from orders.models import Alert, DayTally, Order
from tests.api.judge import described
from tests.factories import make_product
from tests.sign_in import signed_in

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
INJECTIONS = [
    "'", '"', "';--", "' OR '1'='1", "' OR 1=1--", '" OR ""="', "1 OR 1=1", "1) OR (1=1", "1' AND SLEEP(5)--", "1;SELECT pg_sleep(5)",
    "'; DROP TABLE orders_order;--", "1 UNION SELECT password FROM livestream_user", "' UNION SELECT NULL,NULL--", "admin'--", "%27%20OR%201=1",
    "\\'; --", "1/**/OR/**/1=1", "0x27204f522031", "${7*7}", "{{7*7}}", "__class__", "password", "host__password", "-host__password",
    "host__phone__startswith", "planned_start_at; SELECT 1", "planned_start_at,-id", "?", "*", "RANDOM()", "id DESC", "pk__in", "county_id",
    "a\0b", "\ud83d\ude00", "\u202e", "'||(SELECT secret FROM orders_shop LIMIT 1)||'", "1e400", "-1", "99999999999999999999", "NaN",
    "../../etc/passwd", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", " ",
]  # fmt: skip


def parameters():
    for path, item in sorted(described()["paths"].items()):
        for parameter in item.get("get", {}).get("parameters", []):
            if parameter["in"] == "query":
                yield path, parameter["name"]


def test_there_are_forty_and_every_list_has_filters():
    assert len(INJECTIONS) >= 40
    assert len({path for path, _name in parameters()}) >= 12


@pytest.mark.parametrize(("path", "name"), [pair for pair in parameters() if "{" not in pair[0]])
def test_no_filter_and_no_ordering_takes_sql(staff, session, path, name):
    """Nothing of the list is a value that this parameter has; each is refused by the parameter's name."""
    client = signed_in(staff)

    answers = [
        (text, client.get(f"{path}?{name}={quote(text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace'))}"))
        for text in INJECTIONS
    ]

    assert [(text, answer.status_code) for text, answer in answers if answer.status_code != 400] == []
    assert {tuple(answer.json()["fields"]) for _text, answer in answers} == {(name,)}


@pytest.mark.parametrize("path", sorted({path for path, _name in parameters() if "{" not in path}))
def test_no_parameter_is_taken_that_is_not_named(staff, path):
    client = signed_in(staff)
    names = [
        "host__password",
        "county__code",
        "pk",
        "id__in",
        "order_by",
        "format",
        "limit",
        "offset",
        "page",
        "search",
        "_",
        "'--",
    ]

    answers = [client.get(path, {name: "1"}) for name in names]

    assert [(answer.status_code, list(answer.json()["fields"])) for answer in answers] == [(400, [name]) for name in names]


def test_a_parameter_stands_once(staff):
    answer = signed_in(staff).get("/api/v1/sessions/?state=live&state=draft")

    assert (answer.status_code, answer.json()["fields"]) == (400, {"state": ["同一个参数只能写一次。"]})


# --- what may be written ---------------------------------------------------------------------------------------------------

PLAN = {
    "kind", "title", "host", "place", "planned_start_at", "planned_end_at", "goal_fen", "is_public_interest", "campaign", "note", "rooms",
    "guests", "line_up", "segments", "crew", "resources", "excuses",
}  # fmt: skip
ITEM = {
    "live_price_fen", "committed_stock", "slot_role", "actual_seller", "list_price_fen", "compare_price_fen", "compare_basis", "compare_evidence",
    "floor_price_fen", "floor_per", "settlement_price_fen", "commission_basis_points", "slot_fee_fen", "subsidy", "daily_ship_capacity",
    "ship_within_hours", "presale_on", "cut_off_at", "sample_status", "planned_minutes", "points", "banned_claims", "note", "offers", "links",
    "promises",
}  # fmt: skip
SUPPLIER = {"name", "kind", "place", "registration", "licence_no", "address"}
PRODUCT = {
    "sku", "title", "supplier", "net_weight_grams", "list_price_fen", "selling_points", "product_class", "spec", "sale_unit", "grade", "brand",
    "storage", "shelf_life_days", "return_policy", "actual_seller", "floor_price_fen", "floor_per",
}  # fmt: skip
COUNTS = {
    "online_now", "exposure_uv", "view_pv", "view_uv", "watch_seconds", "item_exposure_uv", "item_click_uv", "order_creators", "buyers",
    "new_followers",
}  # fmt: skip
SUBSIDY = {"basis", "cap_fen", "from_at", "goes_to", "name", "payer", "per_unit_fen", "until_at"}
COURSE = {"about", "academic_hours", "level", "mode", "title", "topic", "trade", "trade_level"}
COHORT = {
    "aims", "budget_fen", "courses", "ends_on", "form", "funding", "funding_note", "place", "seats", "starts_on", "title", "trainers"
}  # fmt: skip
LESSON = {
    "academic_hours", "assistant", "course", "ends_at", "mode", "note", "room", "room_note", "starts_at", "title", "trainer"
}  # fmt: skip
WRITABLE = {
    "ReadingBodySerializer": COUNTS | {"platform", "at", "tap"},
    "CommentBodySerializer": {"words", "kind", "platform", "sku", "tap", "at"},
    "CommentAnswerSerializer": {"answer"},
    "CommentHideSerializer": {"reason"},
    "WordingBodySerializer": {"text", "product_class", "with_county"},
    "ReviewActionBodySerializer": {"what", "owner", "due_on"},
    "ReviewDoneSerializer": {"outcome"},
    "SupplierBodySerializer": SUPPLIER,
    "SupplierChangeSerializer": SUPPLIER | {"version"},
    "ProductBodySerializer": PRODUCT,
    "ProductChangeSerializer": PRODUCT | {"version"},
    "PaperBodySerializer": {"supplier", "product", "kind", "number", "issuer", "issued_on", "valid_until_on", "batch", "file"},
    "PaperCheckSerializer": {"is_accepted", "refusal", "seen"},
    "GatePassSerializer": {"sku", "reason"},
    "SelectionBodySerializer": {"product", "campaign", "why"},
    "SelectionStepBodySerializer": {"stage", "words", "score", "seen"},
    "ControlBodySerializer": {
        "kind", "tap", "at", "sent_at", "sku", "about", "price_fen", "number", "words", "platform", "room_id", "account"
    },
    "ItemAddSerializer": ITEM | {"sku"},
    "ItemChangeSerializer": ITEM | {"seen"},
    "ItemMoveSerializer": {"steps"},
    "ItemRemoveSerializer": {"seen"},
    "OrderBodySerializer": {"order", "seen"},
    "CopyBodySerializer": {"session"},
    "ReturnBodySerializer": {"seen"},
    "PitchStartSerializer": {"sku", "at", "tap"},
    "PitchEndSerializer": {"at"},
    "IncidentNoteSerializer": {"kind", "at", "note", "said", "sku", "proof", "tap"},
    "BannedTermBodySerializer": {"county", "instead", "product_class", "term", "why"},
    "ComplaintAnswerSerializer": {"answer", "is_closed", "seen"},
    "CueCardBodySerializer": {
        "call", "is_ai_made", "origin", "points", "proof", "questions", "scene", "seen", "sku", "tried_by_host"
    },
    "FreeWordingSerializer": {"county", "product_class", "text"},
    "HistoryTakeSerializer": {"receiver", "words"},
    "PosterBodySerializer": {"headline", "kind", "line", "shows_price", "sku"},
    "PosterWithdrawalSerializer": {"why"},
    "QuickAnswerBodySerializer": {"county", "title", "words"},
    "QuickAnswerChangeSerializer": {"title", "words"},
    "RowBodySerializer": {"control", "kind", "material", "minutes", "note", "seen", "sku", "speaker", "what"},
    "RowMoveSerializer": {"seen", "steps"},
    "RowOrderSerializer": {"order", "seen"},
    "ScriptCopySerializer": {"seen", "session"},
    "ScriptUseSerializer": {"seen", "template"},
    "ScriptWordsSerializer": {"aim", "closing", "is_ai_made", "opening", "seen", "theme"},
    "SeenSerializer": {"seen"},
    "SubsidyApprovalSerializer": {"terms"},
    "SubsidyBodySerializer": SUBSIDY | {"county"},
    "SubsidyChangeSerializer": SUBSIDY,
    "TemplateKeepSerializer": {"name"},
    "PlanBodySerializer": PLAN,
    "PlanChangeSerializer": PLAN | {"plan_version"},
    "PlanCheckSerializer": PLAN | {"session"},
    "PlanMoveSerializer": {"plan_version", "starts_at", "ends_at", "host", "resources", "excuses"},
    "PlanCancelSerializer": {"plan_version", "reason", "tells"},
    "AwayBodySerializer": {"person", "resource", "from_on", "until_on", "from_time", "until_time", "reason"},
    "ReleaseBodySerializer": {"place", "from_on", "until_on", "dry_run", "digest", "note"},
    "EnrolBodySerializer": {"client_id", "person", "trainee"},
    "CourseBodySerializer": COURSE,
    "NewCourseSerializer": COURSE | {"county"},
    "CohortBodySerializer": COHORT,
    "CohortChangeSerializer": COHORT | {"version"},
    "ExamBodySerializer": {"kind", "on", "pass_marks", "title"},
    "GradeBodySerializer": {"answer", "because", "grade", "until_on"},
    "LeaveBodySerializer": {"because"},
    "LessonBodySerializer": LESSON,
    "LessonChangeSerializer": LESSON | {"version"},
    "LessonMoveSerializer": {"ends_at", "starts_at", "version"},
    "LessonCancelSerializer": {"because", "version"},
    "MarksBodySerializer": {"device", "marks", "sent_at"},
    "ExamMarksBodySerializer": {"marks"},
    "StudyBodySerializer": {"course", "on", "platform", "rows"},
}  # fmt: skip
ROWS = {
    "PaperFileSerializer": {"name", "base64"},
    "OfferBodySerializer": {"kind", "payer", "amount_fen", "threshold_fen", "gift", "gift_quantity", "quantity"},
    "LinkBodySerializer": {"platform", "number", "price_fen"},
    "PromiseBodySerializer": {"supplier", "units", "promised_on", "daily_capacity", "cut_off_at", "evidence"},
    "RoomBodySerializer": {"platform", "room_id", "account"},
    "GuestBodySerializer": {"name", "title", "rank", "leader", "segment"},
    "LineUpBodySerializer": {"sku", "live_price_fen", "committed_stock", "segment"},
    "SegmentBodySerializer": {"title", "place", "starts_at", "ends_at"},
    "CrewBodySerializer": {"person", "duty"},
    "ExcuseBodySerializer": {"key", "reason"},
    "PersonBodySerializer": {
        "birth_on",
        "category",
        "education",
        "guardian_evidence",
        "has_consented",
        "is_returnee",
        "name",
        "phone",
        "place",
        "sex",
        "support",
    },
    "TeachingSerializer": {"person", "duty"},
    "MarkBodySerializer": {"at", "client_id", "enrolment", "lesson", "presence", "way", "words"},
    "ExamMarkBodySerializer": {"enrolment", "marks"},
    "MinutesBodySerializer": {"enrolment", "minutes"},
}
NOT_THEIRS = {
    "county": "130529", "county_id": "130529", "role": "admin", "is_staff": True, "is_superuser": True, "session": "x", "session_id": "x",
    "noted_by": 1, "noted_by_id": 1, "paid_fen": 1, "totals": {"paid_fen": 1}, "source": "x", "state": "live", "id": 1, "pk": 1, "ended_at": "x",
    "acknowledged_by": 1, "__all__": 1, "owner": 1, "scopes": [],
}  # fmt: skip


def serializers_of_the_project():
    """Every class in the modules of the API and of the pages that answer by it."""
    found = list(serializers.Serializer.__subclasses__())
    for each in found:
        found += each.__subclasses__()
    return {each for each in found if each.__module__.split(".")[0] in {"livestream", "orders", "training", "config"}}


def test_no_serializer_takes_fields_from_a_model():
    assert serializers_of_the_project()
    assert [each for each in serializers_of_the_project() if issubclass(each, serializers.ModelSerializer)] == []
    for package in ("config", "livestream", "orders", "training"):
        for path in (ROOT / package).rglob("*.py"):
            strings = {node.value for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant)}
            assert path.name == "__init__.py" or "__all__" not in strings, path


def test_what_may_be_written_is_on_a_list():
    bodies = {
        schema["$ref"].rsplit("/", 1)[-1]
        for item in described()["paths"].values()
        for operation in item.values()
        for schema in [operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")]
        if schema
    }
    shapes = {each.__name__: set(each().fields) for each in serializers_of_the_project() if issubclass(each, Strict)}

    assert {f"{name}Serializer" for name in bodies} == set(WRITABLE)
    assert {name: shapes[name] for name in WRITABLE} == WRITABLE
    assert {name: shapes[name] for name in ROWS} == ROWS


def rows():
    models = (User, LiveSession, Pitch, Incident, Order, DayTally, Alert)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}


@pytest.mark.parametrize(("path", "body"), [("pitches", {"sku": "DHP"}), ("pitches/end", {}), ("incidents", {"kind": "other"})])
def test_what_is_not_theirs_to_say_changes_nothing(staff, session, county, path, body):
    session.line_up.create(product=make_product(county, sku="DHP"), position=1, live_price_fen=1)
    client, before = signed_in(staff), rows()
    statuses = [
        client.post(f"/api/v1/sessions/{session.pk}/{path}/", body | {name: value}, content_type="application/json").status_code
        for name, value in NOT_THEIRS.items()
    ]
    everything = client.post(f"/api/v1/sessions/{session.pk}/{path}/", body | NOT_THEIRS, content_type="application/json")

    assert set(statuses) == {400}
    assert set(everything.json()["fields"]) == set(NOT_THEIRS)
    assert rows() == before


def test_every_address_of_the_api_is_a_door_that_says_its_scope_and_its_right():
    endpoints = EndpointEnumerator(get_resolver().url_patterns).get_api_endpoints()
    doors = {callback.cls for path, _regex, _method, callback in endpoints if path.startswith("/api/v1/")}

    assert [door for door in doors if not issubclass(door, Door)] == []
    without = {door for door in doors if not (door.scope or door.write_scope)}  # to no token: for whoever gave a second factor
    assert [door.__name__ for door in without if not {door.right, door.write_right} <= SECOND_FACTOR_ACTIONS] == []
    assert [
        door.__name__
        for door in doors
        if hasattr(door, "get") and not (door.right or door.is_own or door.asked().fields.keys() >= {"kiosk"})
    ] == []
    unnamed = {door for door in doors if hasattr(door, "post") and not door.write_right}
    assert [door.__name__ for door in unnamed if not door.write_scope.startswith("read:")] == []  # asked by POST, for its length
    assert list(itertools.chain(*[door.permission_classes for door in doors if not door.permission_classes])) == []
