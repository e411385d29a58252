"""The REST API of the check of wording without a session, and of a county's own terms."""

from __future__ import annotations

import pytest

from livestream.models import BannedTerm
from tests.factories import make_place, make_user
from tests.livestream.api.asking import asking, refused, said

pytestmark = pytest.mark.django_db


def test_a_sentence_is_tried_by_the_law_and_by_the_countys_terms(staff, county, host):
    ask = asking(staff)
    term = {"county": county.pk, "term": "神农", "why": "注册商标是别人的", "instead": "石城"}
    made = said(ask("/banned-terms", term), 201)
    body = {"text": "神农党参能治贫血", "product_class": "food_medic"}
    law = said(ask("/wording", body))["findings"]
    both = said(ask("/wording", body | {"county": county.pk}))["findings"]

    assert {one["is_law"] for one in law} == {True}
    assert (both[0]["term"], both[0]["law"], both[0]["instead"], both[1:]) == ("神农", "注册商标是别人的", "石城", law)
    assert said(asking(host, scopes=())("/wording", body)) == {"findings": law}
    assert said(ask("/wording", body | {"county": "130529"}))["findings"] == law
    assert refused(ask("/banned-terms", term)) == (409, "term_there")
    assert [row["id"] for row in said(ask(f"/banned-terms?county={county.pk}"))["results"]] == [made["id"]]
    drop = f"/banned-terms/{made['id']}/drop"
    assert [ask(drop, {}, idempotency_key="x").status_code for _twice in range(2)] == [204, 204]
    assert BannedTerm.objects.count() == 0


def test_terms_belong_to_the_county_as_a_whole(county, staff, trainer, stranger):
    term = BannedTerm.objects.create(county=county, term="神农", why="商标", added_by=staff)
    village = make_user("staff", make_place("140425100201", "东寺头村"))
    body = {"county": county.pk, "term": "皇家", "why": "没有的事"}
    made = {}
    for name, person in {"trainer": trainer, "stranger": stranger, "village": village}.items():
        ask = asking(person, scopes=())
        posts = [ask("/banned-terms", body), ask(f"/banned-terms/{term.pk}/drop", {})]
        made[name] = [len(said(ask("/banned-terms"))["results"]), *(post.status_code for post in posts)]

    assert made == {"trainer": [1, 403, 403], "stranger": [0, 400, 404], "village": [0, 400, 404]}
