"""Two staff change the same line-up at the same moment: one has his way, the other is told, nothing is overwritten or lost."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from livestream.actions import line_up as verbs
from livestream.actions.line_up import move_item, save_item
from livestream.actions.line_up_version import facts_of, items_of, mark_of_item
from livestream.models import LineUpItem, LiveSession
from livestream.rules.errors import NotAllowed
from tests.factories import make_product, make_session, make_user
from tests.races.runners import race

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()


@pytest.fixture
def sheet(county, host):
    goods = [(make_product(county, sku), 2990) for sku in ("A", "B", "C", "D")]
    return make_session(county, host, line_up=goods, planned_start_at=NOW + timedelta(days=1))


def savers(sheet, county):
    """Both have the page open; each writes his own note."""
    item = items_of(sheet)[0]
    seen, facts = mark_of_item(item), facts_of(item)
    people = [make_user("staff", county) for _n in range(2)]
    return [
        lambda by=by, n=n: save_item(item, replace(facts, note=f"备注{n}"), seen=seen, by=by, at=NOW)
        for n, by in enumerate(people)
    ]


def test_of_two_editors_of_an_item_the_second_is_told(sheet, county):
    refused = race(*savers(sheet, county))

    assert [(type(error), error.code) for error in refused] == [(NotAllowed, "line_up_changed")]
    kept = LineUpItem.objects.get(position=1).note
    newest = sheet.line_up_versions.first()
    assert (newest.number, newest.body["items"][0]["facts"]["note"]) == (2, kept)


def test_control_without_the_lock_one_overwrites_the_other(sheet, county, monkeypatch):
    gate, look = threading.Barrier(2), verbs.item_of

    def item_of(*args):
        found = look(*args)
        if len(args) == 3:
            gate.wait(10)
        return found

    monkeypatch.setattr(verbs, "item_of", item_of)
    monkeypatch.setattr(type(LiveSession.objects.all()), "select_for_update", lambda rows, **_how: rows)
    monkeypatch.setattr(verbs, "note_version", lambda *_args, **_more: None)
    monkeypatch.setattr(verbs, "booking_told", _nobody_waits)

    assert race(*savers(sheet, county)) == []


class _nobody_waits:
    def __init__(self, *_subjects, **_county):
        pass

    def __enter__(self):
        return None

    def __exit__(self, *_error):
        return None


def test_all_who_move_different_items_have_their_way(sheet, county):
    by = make_user("staff", county)
    first, *_middle, last = items_of(sheet)

    assert race(lambda: move_item(first, 1, by=by, at=NOW), lambda: move_item(last, -1, by=by, at=NOW)) == []

    assert [item.product.sku for item in items_of(sheet)] == ["B", "A", "D", "C"]
