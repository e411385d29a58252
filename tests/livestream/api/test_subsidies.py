"""The REST API of subsidies: the rules of a county."""

from __future__ import annotations

import pytest

from livestream.models import SubsidyRule
from tests.factories import make_place, make_user
from tests.goods import make_subsidy
from tests.livestream.api.asking import asking, refused, said

pytestmark = pytest.mark.django_db
BODY = {
    "name": "小米补两块", "payer": "县电商中心", "per_unit_fen": 200, "cap_fen": 100_000,
    "from_at": "2026-11-01T00:00:00+08:00", "until_at": "2026-12-01T00:00:00+08:00",
}  # fmt: skip


def test_a_rule_is_made_changed_and_stopped(staff, county):
    ask = asking(staff)
    make_subsidy(make_place("130529", "乙县"))
    new = BODY | {"county": county.pk}
    made = said(ask("/subsidies", new, idempotency_key="a"), 201)
    again = said(ask("/subsidies", new, idempotency_key="a"), 201)
    path = f"/subsidies/{made['id']}"
    changed = said(ask(path, BODY | {"cap_fen": 90_000, "goes_to": "buyer", "basis": "平商字〔2026〕3 号"}))

    assert made == again
    assert (made["goes_to"], made["left_units"], made["made_by"]["id"]) == ("seller", 500, staff.pk)
    assert (made["approved_by"], made["approved_at"]) == (None, None), "a draft, until somebody else approves it"
    assert (changed["cap_fen"], changed["goes_to"], changed["is_active"]) == (90_000, "buyer", True)
    assert [row["id"] for row in said(ask("/subsidies"))["results"]] == [made["id"]]
    assert [said(ask(f"{path}/stop", {}))["is_active"] for _twice in range(2)] == [False, False]
    assert said(ask(path))["until_at"] < changed["until_at"]


def test_a_draft_counts_once_another_approves_the_terms_he_read(staff, county, trainer):
    approver = make_user("approver", county)
    rule = make_subsidy(county, staff, approved_at=None, per_unit_fen=200, cap_fen=1000)
    path = f"/subsidies/{rule.pk}"
    ask = asking(approver, scopes=())
    read = said(ask(path))["terms"]
    rule.cap_fen = 2000
    rule.save(update_fields=["cap_fen"])
    terms = {"terms": said(ask(path))["terms"]}

    assert refused(ask(f"{path}/approve", {"terms": read})) == (409, "subsidy_meanwhile")
    assert [asking(person, scopes=())(f"{path}/approve", terms).status_code for person in (staff, trainer)] == [403, 403]
    approved = said(ask(f"{path}/approve", terms))
    assert (approved["approved_by"]["id"], approved["is_active"]) == (approver.pk, True)
    assert said(ask(f"{path}/approve", terms))["approved_at"] == approved["approved_at"]


def test_what_cannot_be_meant_is_refused(staff, county):
    ask, new = asking(staff), BODY | {"county": county.pk}
    rule = make_subsidy(county, name="在用", per_unit_fen=200, cap_fen=1000)
    SubsidyRule.objects.filter(pk=rule.pk).update(used_fen=600)

    assert refused(ask("/subsidies", new | {"name": "在用"})) == (409, "subsidy_name_taken")
    assert refused(ask("/subsidies", new | {"until_at": BODY["from_at"]})) == (409, "subsidy_backwards")
    assert refused(ask("/subsidies", new | {"cap_fen": 199})) == (409, "subsidy_cap")
    assert refused(ask(f"/subsidies/{rule.pk}", BODY | {"per_unit_fen": 300})) == (409, "subsidy_fixed")
    assert ask("/subsidies", new | {"per_unit_fen": 1.5, "paid_by": "x"}).json()["fields"].keys() == {"paid_by"}
    assert ask("/subsidies", new | {"county": "130529"}).json()["fields"].keys() == {"county"}
    assert SubsidyRule.objects.count() == 1


def test_who_may_keep_rules(county, trainer, stranger):
    rule = make_subsidy(county)
    village = make_user("staff", make_place("140425100201", "东寺头村"))
    made = {}
    for name, person in {"trainer": trainer, "stranger": stranger, "village": village}.items():
        ask = asking(person, scopes=())
        posts = [ask("/subsidies", BODY | {"county": county.pk}), ask(f"/subsidies/{rule.pk}", BODY)]
        made[name] = [ask(f"/subsidies/{rule.pk}").status_code, *(post.status_code for post in posts)]

    assert made == {"trainer": [200, 403, 403], "stranger": [404, 400, 404], "village": [404, 400, 404]}
