"""The chain of the audit log: closed over what is committed, read to the end, and whoever touches it shows."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from livestream.actions import audit_chain
from livestream.actions.audit import note
from livestream.actions.audit_chain import check_chain, check_nightly, find_head, retire_entries, seal_entries
from livestream.models import AuditCheck, AuditEntry
from livestream.rules.chain import Link
from livestream.rules.deed import Deed
from livestream.rules.retention import kept_since

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
OLD = datetime(2020, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(audit_chain, "PIECE", 7)


@pytest.fixture
def sealed():
    """Twenty entries, closed."""
    for n in range(20):
        note(Deed.EXPORTED, place="140425", number=n, share=1.10, words="“是\n”")
    seal_entries()
    return list(AuditEntry.objects.order_by("position"))


def as_owner(sql, *params):
    """What somebody does who owns the table: no trigger stands in the way."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE livestream_auditentry DISABLE TRIGGER USER")
        cursor.execute(sql, params)
        cursor.execute("ALTER TABLE livestream_auditentry ENABLE TRIGGER USER")


def found(**words):
    check = check_chain(at=NOW, **words)
    return check.fault, check.fault_position


def test_each_entry_hangs_on_the_one_before_as_the_manual_says(sealed):
    """Computed here from the row alone, the way docs/operators.md tells an auditor."""
    previous = ""
    for n, entry in enumerate(sealed, start=1):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT detail::text, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM livestream_auditentry WHERE id = %s",
                [entry.pk],
            )
            detail, at = cursor.fetchone()
        said = {
            "position": n, "id": entry.pk, "at": at, "deed": "exported", "actor": None, "acted_for": None, "place": "140425",
            "kind": "", "object_id": "", "before": None, "after": None, "detail": detail, "address": None, "request_id": "",
        }  # fmt: skip
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert (entry.position, entry.digest) == (n, hashlib.sha256((previous + text).encode()).hexdigest())
        previous = entry.digest


def test_sealing_again_seals_what_came_since(sealed):
    note(Deed.EXPORTED)

    assert (seal_entries(), seal_entries()) == (1, 0)
    assert AuditEntry.objects.order_by("-pk").first().position == 21
    assert found() == ("", None)


def test_a_late_commit_with_a_lower_number_is_sealed_later(sealed):
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('livestream_auditentry', 'id'))")
        (early,) = cursor.fetchone()
    note(Deed.EXPORTED)
    seal_entries()
    AuditEntry.objects.create(pk=early, deed=Deed.EXPORTED)
    seal_entries()

    assert list(AuditEntry.objects.order_by("-position").values_list("pk", flat=True)[:2]) == [early, early + 1]
    assert found() == ("", None)


def test_a_whole_chain_is_said_to_be_whole_and_its_head_goes_into_the_log(sealed, caplog):
    with caplog.at_level(logging.INFO):
        check = check_chain(at=NOW)

    assert (check.entries, check.position, check.digest, check.fault) == (20, 20, sealed[-1].digest, "")
    (line,) = [record.msg for record in caplog.records if record.name.startswith("livestream")]
    assert (line["event"], line["position"], line["digest"]) == ("audit_head", 20, sealed[-1].digest)


def test_an_empty_chain_is_whole():
    assert found() == ("", None)


TAMPERED = {
    "a word changed": (["UPDATE livestream_auditentry SET detail = '{}' WHERE position = 9"], ("changed", 9)),
    "a number changed past what a float holds": (["UPDATE livestream_auditentry SET detail = jsonb_set(detail, '{share}', '1.100000000000000000001') WHERE position = 9"], ("changed", 9)),
    "the time changed": (["UPDATE livestream_auditentry SET at = at + interval '1 microsecond' WHERE position = 20"], ("changed", 20)),
    "one deleted in the middle": (["DELETE FROM livestream_auditentry WHERE position = 9"], ("missing", 9)),
    "the first deleted": (["DELETE FROM livestream_auditentry WHERE position = 1"], ("missing", 1)),
    "one deleted and the rest moved up": (["DELETE FROM livestream_auditentry WHERE position = 9", "UPDATE livestream_auditentry SET position = -position WHERE position > 9", "UPDATE livestream_auditentry SET position = -position - 1 WHERE position < 0"], ("changed", 9)),
    "two swapped": (["UPDATE livestream_auditentry SET position = 0 WHERE position = 9", "UPDATE livestream_auditentry SET position = 9 WHERE position = 10", "UPDATE livestream_auditentry SET position = 10 WHERE position = 0"], ("changed", 9)),
    "one put in between": (["UPDATE livestream_auditentry SET position = -position WHERE position > 9", "UPDATE livestream_auditentry SET position = -position + 1 WHERE position < 0", "INSERT INTO livestream_auditentry (deed, place, kind, object_id, detail, request_id, position, digest) VALUES ('exported', '', '', '', '{}', '', 10, repeat('a', 64))"], ("changed", 10)),
    "one put beside another": (["ALTER TABLE livestream_auditentry DROP CONSTRAINT livestream_auditentry_position_key", "INSERT INTO livestream_auditentry (deed, place, kind, object_id, detail, request_id, position, digest) VALUES ('exported', '', '', '', '{}', '', 10, repeat('a', 64))"], ("added", 10)),
    "the end cut off": (["DELETE FROM livestream_auditentry WHERE position > 15"], ("cut_off", 16)),
    "everything gone": (["DELETE FROM livestream_auditentry"], ("cut_off", 1)),
}  # fmt: skip


@pytest.mark.parametrize("case", TAMPERED)
def test_whatever_the_owner_of_the_table_does_is_found(sealed, case, caplog):
    statements, expected = TAMPERED[case]
    assert found() == ("", None)

    for statement in statements:
        as_owner(statement)

    assert found() == expected
    assert [r.msg["fault"] for r in caplog.records if r.levelname == "ERROR"] == [expected[0]]
    assert AuditCheck.objects.order_by("-pk").first().fault == expected[0]


def forge():
    """Everything computed anew after a change, as somebody would who knows how."""
    as_owner("UPDATE livestream_auditentry SET detail = '{}' WHERE position = 9")
    as_owner("UPDATE livestream_auditentry SET position = NULL, digest = ''")
    seal_entries()


def test_a_chain_computed_anew_differs_from_the_head_that_is_known(sealed):
    check_chain(at=NOW)
    forge()
    assert found() == ("changed", 20)


def test_a_head_from_the_log_shows_what_the_table_of_checks_no_longer_can(sealed):
    head = Link(20, sealed[-1].digest)
    forge()
    AuditCheck.objects.all().delete()

    assert found() == ("", None)
    assert found(known=head) == ("changed", 20)


def test_a_head_written_down_earlier_is_found_or_it_is_said_why_not(sealed):
    """What an auditor wrote down in March: it is in the chain, or the chain was computed anew, retired, cut."""
    heads = {position: Link(position, sealed[position - 1].digest) for position in (9, 20)}
    standings = [find_head(head) for head in (*heads.values(), Link(9, "a" * 64), Link(21, "a" * 64))]
    assert standings == ["same", "same", "different", "beyond"]

    forge()
    assert found() == ("", None)  # whole as it is, for whoever has written nothing down
    assert [find_head(head) for head in heads.values()] == ["different", "different"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE livestream_auditentry SET detail = '{}' WHERE position = 9",
        "UPDATE livestream_auditentry SET position = 99 WHERE position = 20",
        "DELETE FROM livestream_auditentry WHERE position = 20",
        "SELECT set_config('cunbo.retire', 'on', true); DELETE FROM livestream_auditentry WHERE position = 20",
        "INSERT INTO livestream_auditentry (deed, place, kind, object_id, detail, request_id, position, digest) VALUES ('x', '', '', '', '{}', '', 99, 'a')",
    ],
)  # fmt: skip
def test_whoever_does_not_own_the_table_changes_nothing(sealed, statement):
    with pytest.raises(ProgrammingError, match="pgtrigger: an audit entry"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_command_says_where_it_broke(sealed, capsys):
    call_command("check_audit")
    as_owner("DELETE FROM livestream_auditentry WHERE position = 9")

    with pytest.raises(SystemExit) as ended:
        call_command("check_audit")

    whole, broken = capsys.readouterr().out.splitlines()
    assert whole == f"审计链完好：查了 20 条，到第 20 条，摘要 {sealed[-1].digest}。"
    assert (broken, ended.value.code) == ("审计链断了：少了记录，第一处在第 9 条。", 1)


def test_the_command_takes_a_head_from_the_log(sealed, capsys):
    call_command("check_audit", head=f"20:{sealed[-1].digest}")
    with pytest.raises(SystemExit):
        call_command("check_audit", head=f"21:{'a' * 64}")
    with pytest.raises(CommandError, match="序号:摘要"):
        call_command("check_audit", head="21")

    whole, standing, broken = capsys.readouterr().out.splitlines()
    assert standing.startswith("您记下的链头还在链里")
    assert broken == "审计链断了：末尾被截掉，第一处在第 21 条。"


def test_the_chain_is_read_once_a_night(sealed):
    night = datetime(2026, 11, 21, 19, 10, tzinfo=UTC)  # ten past three in Shanghai

    checks = [check_nightly(at=night + timedelta(minutes=minutes)) for minutes in (-1, 0, 5, 24 * 60 - 1, 24 * 60)]

    assert [bool(check) for check in checks] == [False, True, False, False, True]


# --- retiring -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def aged(settings):
    """Old entries with an export among them, then a young one; positions 1 to 6."""
    settings.AUDIT_KEEP_MONTHS = 6
    old, older = NOW - timedelta(days=300), NOW - timedelta(days=1200)
    for deed, at in [
        ("signed_in", older),
        ("exported", older),
        ("signed_in", old),
        ("exported", old),
        ("signed_in", old),
        ("signed_in", NOW),
    ]:
        AuditEntry.objects.create(deed=deed, at=at)
    seal_entries()


def test_what_is_old_goes_and_leaves_a_proof_on_which_the_chain_goes_on(aged):
    digests = dict(AuditEntry.objects.values_list("position", "digest"))

    retired = [retire_entries(at=NOW), retire_entries(at=NOW)]
    seal_entries()

    proof = AuditEntry.objects.get(deed=Deed.LOG_RETIRED)
    assert retired == [4, 0]
    assert list(AuditEntry.objects.order_by("position").values_list("position", "deed")) == [
        (4, "exported"), (6, "signed_in"), (7, "log_retired"),
    ]  # fmt: skip
    assert proof.detail == {
        "entries": 4, "older_than": "2026-05-01T00:00:00+08:00", "stretches": [[1, 3, digests[3]], [5, 5, digests[5]]],
    }  # fmt: skip
    assert found() == ("", None)
    assert AuditCheck.objects.get().entries == 3


def test_of_a_stretch_that_was_let_go_only_the_end_can_be_compared(aged):
    """The rest is said to be gone, and a proof that was written anew is found by whoever wrote its end down."""
    digests = dict(AuditEntry.objects.values_list("position", "digest"))
    heads, forged = ([Link(n, digests[n] if n in digests and kept else "a" * 64) for n in (2, 3, 6)] for kept in (True, False))
    retire_entries(at=NOW)
    seal_entries()

    assert [find_head(head) for head in heads] == ["retired", "same", "same"]
    assert [find_head(head) for head in forged] == ["retired", "different", "different"]
    assert [found(known=head) for head in heads] == [("", None)] * 3
    assert [found(known=head) for head in forged] == [("", None), ("changed", 3), ("changed", 6)]


def test_stretches_retired_at_different_times_follow_each_other(aged, settings):
    settings.AUDIT_KEEP_MONTHS = 36
    first = retire_entries(at=NOW)
    seal_entries()
    settings.AUDIT_KEEP_MONTHS = 6
    second = retire_entries(at=NOW)
    seal_entries()

    assert (first, second) == (2, 2)
    assert list(AuditEntry.objects.order_by("position").values_list("position", flat=True)) == [4, 6, 7, 8]
    assert found() == ("", None)


def test_what_was_retired_may_not_grow_unnoticed(aged):
    retire_entries(at=NOW)
    seal_entries()
    as_owner("DELETE FROM livestream_auditentry WHERE position = 4")

    assert found() == ("missing", 4)


def test_a_dry_run_only_counts(aged, capsys):
    call_command("retire_audit", dry_run=True)

    assert capsys.readouterr().out.endswith(" 条，什么也没有删。\n")
    assert retire_entries(at=NOW, dry_run=True) == 4
    assert AuditEntry.objects.count() == 6


def test_the_last_of_the_chain_stays_whatever_its_age(settings):
    settings.AUDIT_KEEP_MONTHS = 6
    for _ in range(3):
        AuditEntry.objects.create(deed="signed_in", at=OLD)
    seal_entries()

    assert (retire_entries(at=NOW), seal_entries()) == (2, 1)
    assert found() == ("", None)


@pytest.mark.parametrize("days", [100, 170])
def test_the_database_refuses_to_let_go_what_is_younger_than_the_law_allows(settings, days):
    settings.AUDIT_KEEP_MONTHS = 1  # the settings refuse it; the trigger does too
    for _ in range(2):
        AuditEntry.objects.create(deed="signed_in", at=NOW - timedelta(days=days))
    seal_entries()

    with pytest.raises(ProgrammingError, match="never deleted"), transaction.atomic():
        retire_entries(at=NOW)


@pytest.mark.parametrize(
    ("at", "months", "since"),
    [((2026, 11, 22), 6, (2026, 5, 1)), ((2026, 1, 31), 1, (2025, 12, 1)), ((2026, 12, 1), 36, (2023, 12, 1))],
)
def test_whole_months_are_kept(at, months, since):
    assert kept_since(datetime(*at, 15, tzinfo=UTC), months) == datetime(*since, tzinfo=UTC)
