"""Consents: append-only, and what is taken back is gone from the boards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from livestream.actions.board import county_scope, session_scope
from livestream.actions.consent import record_consent, record_consents_at_joining
from livestream.models import AuditEntry, BoardVersion, Consent, LiveSession, User
from livestream.rules.consent import ConsentKind, ConsentWay
from orders.board.frame import county_frame, session_frame
from orders.board.on_air import session_on_board
from tests.factories import make_user

NAME = ConsentKind.PUBLISH_NAME


def said(person):
    rows = Consent.objects.filter(user=person).order_by("pk")
    return [(row.kind, row.is_given, row.way, row.noted_by_id) for row in rows]


def versions(session):
    scopes = [session_scope(session.pk), county_scope(session.county_id)]
    return dict(BoardVersion.objects.filter(scope__in=scopes).values_list("scope", "version"))


def named(session):
    """How every board names the host."""
    loaded = LiveSession.objects.select_related("host", "place", "county").get(pk=session.pk)
    (row,) = county_frame(loaded.county)["sessions"]
    return {session_frame(loaded)["host"], session_frame(session_on_board(str(session.pk)))["host"], row["host"]}


def test_taking_back_the_name_takes_it_off_every_board_with_the_next_frame(session, host):
    record_consent(host, NAME, is_given=True, way=ConsentWay.PHONE)
    before = versions(session)
    assert named(session) == {host.name}

    record_consent(host, NAME, is_given=False, way=ConsentWay.PHONE)

    assert named(session) == {"主播"}
    assert versions(session) == {scope: version + 1 for scope, version in before.items()}
    assert said(host) == [("publish_name", True, "phone", None), ("publish_name", False, "phone", None)]


def test_a_live_name_is_no_name_of_a_person(session, host):
    User.objects.filter(pk=host.pk).update(live_name="山里人家", shows_name=False)

    assert named(session) == {"山里人家"}


def test_a_new_person_is_not_named_before_he_agreed(county, session):
    newcomer = User.objects.create(phone="13800000001", name="新来的", role="host", place=county)

    assert newcomer.public_name == "主播"
    record_consents_at_joining(newcomer, [NAME, ConsentKind.FIGURES])
    assert User.objects.get(pk=newcomer.pk).public_name == "新来的"
    assert [(kind, given) for kind, given, *_ in said(newcomer)] == [
        ("publish_name", True),
        ("portrait", False),
        ("figures", True),
        ("recording", False),
    ]


def test_saying_it_twice_writes_it_once_and_paper_names_who_wrote_it_down(host, staff):
    first = record_consent(host, ConsentKind.PORTRAIT, is_given=True, way=ConsentWay.PAPER, by=staff)

    assert record_consent(host, ConsentKind.PORTRAIT, is_given=True, way=ConsentWay.PHONE, by=host) == first
    assert said(host) == [("portrait", True, "paper", staff.pk)]
    log = AuditEntry.objects.filter(kind="livestream.User", object_id=str(host.pk), deed__startswith="consent")
    assert list(log.values_list("deed", "actor_id", "detail")) == [
        ("consent_given", staff.pk, {"kind": "portrait", "way": "paper", "version": 2})
    ]


def test_current_is_the_last_word_on_each_kind(host, county):
    other = make_user("host", county)
    record_consents_at_joining(other)
    record_consents_at_joining(host)
    record_consent(host, ConsentKind.FIGURES, is_given=False, way=ConsentWay.PHONE)

    assert {row.kind: row.is_given for row in Consent.objects.current(host)} == {
        "publish_name": True,
        "portrait": True,
        "figures": False,
        "recording": True,
    }


@pytest.mark.parametrize("change", [lambda rows: rows.update(is_given=False), lambda rows: rows.delete()])
def test_a_consent_is_never_changed(host, change):
    record_consent(host, NAME, is_given=True, way=ConsentWay.PHONE)

    with pytest.raises(ProgrammingError, match="livestream_consent"), transaction.atomic():
        change(Consent.objects.filter(user=host))


@pytest.mark.parametrize(("column", "constraint"), [("kind", "consent_kind_is_known"), ("way", "consent_way_is_known")])
def test_the_database_knows_the_kinds(host, column, constraint):
    row = {"user": host, "kind": "portrait", "way": "phone", "is_given": True, "text_version": 1} | {column: "other"}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Consent.objects.create(**row)


def test_consent_to_a_name_costs_a_frame_no_query(session, django_assert_num_queries):
    loaded = LiveSession.objects.select_related("host", "place").get(pk=session.pk)
    now = session.went_live_at + timedelta(minutes=1)
    session_frame(loaded, now)

    with django_assert_num_queries(1):
        session_frame(loaded, now)
