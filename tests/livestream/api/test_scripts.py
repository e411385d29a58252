"""The REST API of scripts and cue cards: two editors notice each other, and what may not be said is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from livestream.models import LiveSession, Script, ScriptTemplate
from tests.factories import make_place, make_product, make_session, make_user
from tests.livestream.api.asking import asking, refused, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def goods(county):
    named = (("DHP", "花椒"), ("HXM", "小米"))
    return [make_product(county, sku=sku, title=title, product_class="primary") for sku, title in named]


@pytest.fixture
def session(county, host, goods, now):
    return make_session(county, host, planned_start_at=now + timedelta(days=2), line_up=[(one, 2990, 86) for one in goods])


@pytest.fixture
def ask(staff, session):
    return asking(staff, session)


def rows(answer):
    return [(row["position"], row["from_minute"], row["what"], row["sku"]) for row in answer["rows"]]


def test_a_script_is_written_row_by_row_and_the_second_editor_is_told(ask, host, session):
    empty = said(ask("script"))
    words = {"theme": "秋收", "opening": "大家好\n我是\u202e老张", "closing": "花椒能治胃病", "seen": 0}
    first = said(ask("script", words, idempotency_key="w"))
    said(ask("script", words, idempotency_key="w"))
    opening = {"kind": "opening", "minutes": 5, "what": "打招呼", "seen": 1}
    said(ask("script/rows", opening), 201)
    two = said(ask("script/rows", {"kind": "item", "minutes": 8, "what": "讲花椒", "sku": "DHP", "seen": 2}), 201)
    one, other = (row["id"] for row in two["rows"])
    moved = said(ask(f"script/rows/{other}/move", {"steps": -1, "seen": 3}))
    ordered = said(ask("script/order", {"order": [one, other], "seen": 4}))
    changed = said(ask(f"script/rows/{one}", opening | {"minutes": 3, "note": "先笑", "seen": 5}))
    dropped = said(ask(f"script/rows/{one}/drop", {"seen": 6}, idempotency_key="d"))

    assert (empty["version"], empty["rows"], empty["changed_by"], empty["planned_minutes"]) == (0, [], None, 120)
    assert (first["version"], first["opening"]) == (1, "大家好\n我是 老张")
    assert [(one["where"], one["finding"]["is_law"], bool(one["finding"]["law"])) for one in first["findings"]] == [
        ("脚本 · 收尾的话", True, True)
    ]
    assert rows(two) == [(1, 0, "打招呼", None), (2, 5, "讲花椒", "DHP")]
    assert (rows(moved), rows(ordered)) == ([(1, 0, "讲花椒", "DHP"), (2, 8, "打招呼", None)], rows(two))
    assert (changed["rows"][0]["note"], changed["minutes"], rows(dropped)) == ("先笑", 11, [(1, 0, "讲花椒", "DHP")])
    assert said(ask(f"script/rows/{one}/drop", {"seen": 6}, idempotency_key="d")) == dropped
    assert refused(ask("script", words)) == (409, "script_changed")
    assert refused(ask("script/rows", opening | {"sku": "TFM", "seen": 7})) == (409, "not_in_line_up")
    assert ask(f"script/rows/{one}/move", {"steps": 1, "seen": 7}).status_code == 404
    assert said(asking(host, session, scopes=())("script"))["version"] == Script.objects.get().version == 7


def test_a_script_is_made_in_one_step_and_kept_for_the_next_time(ask, county, session, goods, now):
    last = make_session(county, planned_start_at=now - timedelta(days=7), line_up=[(goods[0], 2990, 86)])
    proposed = said(ask("script/propose", {"seen": 0}))
    kept = said(ask("script/keep", {"name": "两款货"}), 201)
    below_place = make_place("140425100201", "东寺头村")
    clerk = make_user("staff", below_place)
    below = asking(clerk, session, scopes=())

    assert {row["sku"] for row in proposed["rows"] if row["kind"] == "item"} == {"DHP", "HXM"}
    assert (kept["name"], len(kept["rows"])) == ("两款货", len(proposed["rows"]))
    assert refused(ask("script/keep", {"name": "两款货"})) == (409, "template_there")
    assert [row["id"] for row in said(ask("/script-templates"))["results"]] == [kept["id"]]
    assert said(below("/script-templates"))["results"] == []
    here = make_session(county, planned_start_at=now + timedelta(days=3))
    LiveSession.objects.filter(pk=here.pk).update(place=below_place)
    assert refused(asking(clerk, here, scopes=())("script/keep", {"name": "村里的"})) == (409, "template_of_county")
    used = said(ask("script/use", {"template": kept["id"], "seen": 1}))
    assert (used["version"], len(used["rows"])) == (2, len(proposed["rows"]))
    assert refused(ask("script/copy", {"session": str(last.pk), "seen": 2})) == (409, "nothing_to_copy")
    Script.objects.create(session=last, theme="上回", changed_by=last.host, changed_at=now)
    assert said(ask("script/copy", {"session": str(last.pk), "seen": 2}))["theme"] == "上回"
    drop = f"/script-templates/{kept['id']}/drop"
    assert [ask(drop, {}, idempotency_key="x").status_code for _ in range(2)] == [204, 204]
    assert (ask(drop, {}).status_code, ScriptTemplate.objects.count()) == (404, 0)


def test_a_card_is_filled_from_the_registers_until_somebody_writes_it(ask, session):
    made = said(ask("cue-cards"))["results"]
    body = {"sku": "DHP", "points": "大红袍\n全国第一", "origin": "石城", "tried_by_host": True, "seen": 0}
    saved = said(ask("cue-cards", body))

    assert [(card["sku"], card["version"]) for card in made] == [("DHP", 0), ("HXM", 0)]
    assert "直播价 29.9 元" in made[0]["price_words"]
    assert (saved["version"], saved["origin"], saved["tried_by_host"]) == (1, "石城", True)
    (found,) = saved["findings"]
    assert (found["field"], found["findings"][0]["rule"], bool(found["findings"][0]["instead"])) == (
        "points",
        "superlative",
        True,
    )
    assert said(ask("cue-cards"))["results"][0] == saved
    assert refused(ask("cue-cards", body)) == (409, "card_changed")
    assert refused(ask("cue-cards", body | {"sku": "TFM"})) == (409, "not_in_line_up")
    assert ask("cue-cards", body | {"price_words": "一块"}).json()["fields"].keys() == {"price_words"}


def test_who_may_write_a_script(county, session, host, trainer, stranger):
    made = {}
    for name, person in {"host": host, "trainer": trainer, "stranger": stranger}.items():
        ask = asking(person, session, scopes=())
        posts = [ask("script", {"seen": 0}), ask("cue-cards", {"sku": "DHP", "seen": 0}), ask("script/propose", {"seen": 0})]
        made[name] = [ask("script").status_code, ask("cue-cards").status_code, *(post.status_code for post in posts)]

    assert made == {"host": [200, 200, 403, 403, 403], "trainer": [200, 200, 403, 403, 403], "stranger": [404] * 5}
