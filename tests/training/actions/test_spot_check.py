from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from livestream.models import AuditEntry
from livestream.rules.errors import NotAllowed
from tests.factories import make_user
from tests.school import make_cohort, make_enrolment
from training.actions.spot_check import Draw, draw_sample, earlier_results, note_result
from training.models import SpotCheck
from training.rules.spot_check import SpotResult, digest_of, drawn

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def auditor(county):
    return make_user("auditor", county)


def check_of(county, auditor, people=6, size=3, seed="36"):
    cohort = make_cohort(county)
    for _ in range(people):
        make_enrolment(cohort)
    return draw_sample(Draw("一季度", [cohort], seed, size), county=county, by=auditor, at=AT)


def test_a_sample_is_drawn_by_its_seed_and_written_down(county, auditor):
    check = check_of(county, auditor)

    population = list(check.cohorts.get().enrolments.values_list("pk", flat=True))
    assert [call.enrolment_id for call in check.calls.all()] == drawn("36", population, 3)
    assert (check.population, check.population_sha256) == (6, digest_of(population))
    entry = AuditEntry.objects.get(deed="spot_check_drawn")
    assert (entry.actor, entry.detail["seed"], entry.detail["size"]) == (auditor, "36", 3)


@pytest.mark.parametrize(("size", "seed", "code"), [(7, "1", "spot_size"), (0, "1", "spot_size"), (1, "  ", "spot_seed")])
def test_what_cannot_be_drawn_is_refused(county, auditor, size, seed, code):
    with pytest.raises(NotAllowed) as refused:
        check_of(county, auditor, size=size, seed=seed)
    assert refused.value.code == code
    with pytest.raises(NotAllowed, match="还没有学员"):
        check_of(county, auditor, people=0)


def test_nobody_deletes_a_check_or_changes_whom_it_drew(county, auditor):
    check = check_of(county, auditor)
    statements = [
        "UPDATE training_spotcheck SET seed = '37'",
        "DELETE FROM training_spotcall",
        "DELETE FROM training_spotcheck",
        "UPDATE training_spotcall SET position = position + 10",
    ]
    for statement in statements:
        with pytest.raises(DatabaseError, match="pgtrigger"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert SpotCheck.objects.get().seed == check.seed


def test_a_result_that_is_changed_stays_to_be_seen(county, auditor):
    check = check_of(county, auditor)
    call = check.calls.first()

    note_result(call, SpotResult.DENIED, "说没来过", before="", by=auditor, at=AT)
    note_result(call, SpotResult.CONFIRMED, "儿子接的，本人来过", before="denied", by=auditor, at=AT)

    call.refresh_from_db()
    assert (call.result, call.words) == ("confirmed", "儿子接的，本人来过")
    (was,) = earlier_results(check)[call.pk]
    assert (was["label"], was["words"]) == ("本人说没参加", "说没来过")


def test_a_change_needs_words_and_the_newest_result(county, auditor):
    call = check_of(county, auditor).calls.first()
    with pytest.raises(NotAllowed, match="说明"):
        note_result(call, SpotResult.DENIED, "", before="", by=auditor, at=AT)
    note_result(call, SpotResult.CONFIRMED, "", before="", by=auditor, at=AT)
    with pytest.raises(NotAllowed, match="说明"):
        note_result(call, SpotResult.UNREACHED, "", before="confirmed", by=auditor, at=AT)
    with pytest.raises(NotAllowed, match="刚才有人"):
        note_result(call, SpotResult.UNREACHED, "打错了", before="", by=auditor, at=AT)
