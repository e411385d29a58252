"""A session's whole history as one file: complete, provable, without buyers, and noted whoever takes it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest

from livestream.actions.control import begin_pitch, change_stock
from livestream.actions.incident import record_incident
from livestream.models import AuditEntry, Comment, Complaint, GateOverride
from livestream.rules.history import TITLES, canonical
from orders.actions.intake import receive
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_product, make_session, make_user
from tests.goods import make_offer
from tests.orders.exports import make_exporter
from tests.sign_in import signed_in


@pytest.fixture
def session(county, host, staff, shop, now):
    good = make_product(county, sku="HJ", title="花椒")
    began = now - timedelta(hours=2)
    made = make_session(county, host, went_live_at=began, line_up=[(good, 2990, 100)])
    make_offer(made.line_up.get(), 300)
    begin_pitch(made, good, by=host, at=began + timedelta(minutes=1), device="phone")
    change_stock(made, good, 50, by=staff, at=began + timedelta(minutes=2))
    record_incident(made, kind="correction_made", at=began + timedelta(minutes=3), note="价格说错了", by=staff)
    Comment.objects.create(session=made, kind="question", words="辣不辣", said_at=began, noted_by=staff)
    secret = {"words": "我是欧阳槿柒，花椒潮了", "contact": "17000004321"}
    Complaint.objects.create(county=county, session=made, kind="quality", code="ABCDEFGHJK", said_at=now, **secret)
    GateOverride.objects.create(session=made, product=good, missing="没有检验报告", reason="明天到", by=staff, at=began)
    receive([make_arrival(shop, make_order_body("ORDER-1", at=now, lines=((1, "HJ", 2, 5980),)))], cause=Cause.PUSH, at=now)
    return made


@pytest.fixture
def exporter(county):
    return signed_in(make_exporter(county))


def take(client, session, **said):
    return client.post(f"/sessions/{session.pk}/history/", {"words": "价格投诉", "receiver": "县市场监管局 王科长"} | said)


def test_the_file_has_every_part_and_each_can_be_proved(exporter, session):
    answer = take(exporter, session)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    files = zipfile.ZipFile(io.BytesIO(answer.content))
    assert files.namelist() == ["history.json", "history.pdf", "SHA256SUMS"]
    sums = dict(reversed(line.split("  ")) for line in files.read("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(files.read(name)).hexdigest() for name in ("history.json", "history.pdf")}
    assert files.read("history.pdf").startswith(b"%PDF-")
    body = json.loads(files.read("history.json"))
    assert (body["format"], body["purpose"], body["receiver"]) == ("cunbo-session-history/1", "价格投诉", "县市场监管局 王科长")
    assert list(body["parts"]) == list(TITLES)
    assert body["sha256"] == {name: hashlib.sha256(canonical(rows)).hexdigest() for name, rows in body["parts"].items()}
    told = {name: len(rows) for name, rows in body["parts"].items() if rows}
    assert told == {
        "session": 1, "rooms": 1, "line_up": 1, "offers": 1, "overrides": 1, "log": 3, "pitches": 1, "incidents": 1,
        "comments": 1, "complaints": 1, "sales": 1,
    }  # fmt: skip
    log = [(row["kind"], row["old"], row["new"]) for row in body["parts"]["log"]]
    assert log == [("started", None, None), ("listed", None, None), ("stock", 100, 50)]
    assert {row["item__sku"]: (row["orders"], row["paid_fen"]) for row in body["parts"]["sales"]} == {"HJ": (1, 5980)}


def test_nobody_who_bought_or_complained_is_in_it(exporter, session, host, staff):
    text = zipfile.ZipFile(io.BytesIO(take(exporter, session).content)).read("history.json").decode()

    hidden = ["欧阳槿柒", "17000004321", "ABCDEFGHJK", "ORDER-1", host.phone, staff.phone]
    assert [word for word in hidden if word in text] == []
    assert host.name in text


def test_who_took_it_and_what_for_is_in_the_audit_log(exporter, session):
    answer = take(exporter, session)

    entry = AuditEntry.objects.get(deed="exported")
    assert (entry.place, entry.object_id) == (session.county_id, str(session.pk))
    assert entry.detail == {
        "kind": "session_history",
        "purpose_words": "价格投诉",
        "receiver": "县市场监管局 王科长",
        "sha256": hashlib.sha256(answer.content).hexdigest(),
        "bytes": len(answer.content),
    }


def test_without_a_purpose_nothing_is_given(exporter, session):
    refused = take(exporter, session, words=" \0 ")

    assert refused.status_code == 422
    assert "请填写。" in refused.content.decode()
    assert "县市场监管局 王科长" in refused.content.decode()
    assert not AuditEntry.objects.filter(deed="exported").exists()


def test_only_who_may_export_there_gets_it(session, staff, other_county):
    stranger = signed_in(make_exporter(other_county))

    assert take(signed_in(staff), session).status_code == 403
    assert take(stranger, session).status_code == 404
    assert signed_in(make_user("host", session.county)).get(f"/sessions/{session.pk}/history/").status_code == 403
