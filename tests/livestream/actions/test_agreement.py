"""Agreements and what of them was delivered."""

from __future__ import annotations

from datetime import date

import pytest

from livestream.actions.agreement import (
    AgreementPlan,
    Promise,
    add_deliverable,
    change_agreement,
    drop_deliverable,
    note_delivery,
)
from livestream.models import Agreement, Deliverable
from livestream.rules.errors import NotAllowed
from tests.campaigns import AT, HOUR, make_agreement

pytestmark = pytest.mark.django_db
PROOF = "https://example.cn/replay"


def refused(verb, *args, **kwargs):
    with pytest.raises(NotAllowed) as error:
        verb(*args, **kwargs)
    return error.value.code


@pytest.fixture
def promise(county, staff):
    return add_deliverable(make_agreement(county, staff), Promise("县长直播", "场", 12, date(2026, 12, 31)))


def test_days_that_run_backwards_and_the_same_one_twice_are_refused(county, staff):
    agreement = make_agreement(county, staff)
    assert refused(make_agreement, county, staff) == "agreement_there"
    backwards = AgreementPlan("阿里", "培训", date(2026, 2, 1), date(2026, 1, 1))
    assert refused(change_agreement, agreement, backwards) == "period_backwards"
    change_agreement(agreement, AgreementPlan("阿里", "培训", date(2026, 2, 1), date(2026, 2, 1), "档案柜 3"))
    assert Agreement.objects.get().kept_where == "档案柜 3"


@pytest.mark.parametrize("wanted", [0, -1, 1_000_001, 10**18])
def test_what_is_promised_is_a_number(county, staff, wanted):
    agreement = make_agreement(county, staff)
    assert refused(add_deliverable, agreement, Promise("直播", "场", wanted, date(2026, 12, 31))) == "wanted_out_of_range"


def test_delivered_is_what_has_a_proof(promise, staff):
    assert refused(note_delivery, promise, done=3, evidence="", by=staff, at=AT) == "evidence_missing"
    assert refused(note_delivery, promise, done=3, evidence="photo", by=staff, at=AT) == "link_not_understood"
    assert refused(note_delivery, promise, done=-1, evidence=PROOF, by=staff, at=AT) == "wanted_out_of_range"
    assert Deliverable.objects.get().done == 0


def test_it_is_done_when_all_of_it_is_there_and_stays_so_from_then(promise, staff):
    assert note_delivery(promise, done=11, evidence=PROOF, by=staff, at=AT).done_at is None
    assert note_delivery(promise, done=12, evidence=PROOF, by=staff, at=AT).done_at == AT
    assert note_delivery(promise, done=13, evidence=PROOF, by=staff, at=AT + HOUR).done_at == AT
    assert note_delivery(promise, done=2, evidence=PROOF, by=staff, at=AT + HOUR).done_at is None


def test_what_was_written_by_mistake_goes(promise):
    drop_deliverable(promise)
    assert Deliverable.objects.count() == 0
