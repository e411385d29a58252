"""The pages of grades: the list, one host and the decision, the rule, a host's own phone."""

from __future__ import annotations

import pytest

from livestream.rules.errors import NotAllowed
from tests.factories import make_place, make_user
from tests.grades import AT, aired, learns
from tests.sign_in import signed_in
from training.actions.grade import Said, decide, propose
from training.models import GradeDecision, GradeProposal, GradeRule
from training.rules.grade import Answer, Terms

pytestmark = pytest.mark.usefixtures("november")


@pytest.fixture
def village(county):
    return make_place("140425100201", "东寺头村")


@pytest.fixture
def trainer(county):
    return make_user("trainer", county, name="老师", is_checked=False)


@pytest.fixture
def host(village):
    """Ready for 初级, in a village of his own."""
    host = make_user("host", village, name="申秀英")
    learns(host)
    for day in (1, 2, 3):
        aired(host, AT.date().replace(day=day), paid=1000)
    return host


def names(page):
    return [row.host.name for row in page.context["rows"]]


def test_the_list_has_those_first_about_whom_somebody_decides_and_is_narrowed(county, village, trainer, host):
    new = make_user("host", county, name="路过")
    door = signed_in(trainer)
    assert door.get("/school/grades/").context["due"] == 0

    answer = door.post(f"/school/grades/now/{county.pk}/", follow=True)

    text = answer.content.decode()
    assert "新的建议 1 条" in text
    assert names(answer) == [host.name, new.name]
    assert [(one.held, one.proposal and one.proposal.grade, one.missing) for one in answer.context["rows"]] == [
        ("none", "junior", []), ("none", None, ["再上 1 次课就够"]),
    ]  # fmt: skip
    for query, found in {
        "open=on": [host.name],
        "q=%E8%B7%AF": [new.name],
        "grade=novice": [],
        "place=140425100": [host.name],
        "place=99&grade=x&page=%00": [host.name, new.name],
    }.items():
        assert names(door.get(f"/school/grades/?{query}")) == found, query


def test_a_host_page_costs_the_same_whatever_there_is_behind_it(trainer, host, django_assert_max_num_queries):
    door = signed_in(trainer)
    door.get(f"/school/grades/{host.pk}/")
    with django_assert_max_num_queries(34):
        door.get(f"/school/grades/{host.pk}/")
    for day in range(5, 15):
        aired(host, AT.date().replace(day=day), online=(5, 9), paid=1)
    with django_assert_max_num_queries(34):
        page = door.get(f"/school/grades/{host.pk}/")
    assert [one.title for one in page.context["behind"].sessions][0] in page.content.decode()


def test_a_decision_on_the_page_and_what_cannot_be_keeps_what_was_typed(county, trainer, host):
    propose(county.pk, at=AT)
    door, address = signed_in(trainer), f"/school/grades/{host.pk}/decide/"
    for data, words in (
        ({"answer": "refuse", "grade": "junior", "because": ""}, str(NotAllowed("grade_reason_missing"))),
        ({"answer": "accept", "grade": "senior", "because": "记得我"}, str(NotAllowed("grade_meanwhile"))),
        ({"answer": "postpone", "grade": "junior", "until_on": "2026-11-22"}, "推到哪天，要在明天到 2027-11-22 之间。"),
        ({"answer": "x", "grade": "\0"}, "系统的建议"),
    ):
        page = door.post(address, data)
        assert page.status_code == 422
        assert words in page.content.decode()
        assert data.get("because", "") in page.content.decode()

    page = door.post(address, {"answer": "accept", "grade": "junior", "because": "播得稳"}, follow=True)

    text = page.content.decode()
    assert "申秀英现在是“初级”" in text
    assert "播得稳" in text
    assert door.post(address, {"answer": "accept", "grade": "junior"}).status_code == 422
    assert GradeDecision.objects.get().by == trainer
    assert page.context["history"][0].steps[1].lines[0].asked == "正式播满 3 场"


def test_who_may_see_and_who_may_decide(county, other_county, host, trainer):
    propose(county.pk, at=AT)
    stranger, auditor = make_user("trainer", other_county, is_checked=False), make_user("auditor", county, is_checked=False)
    own = signed_in(host)
    data = {"answer": "accept", "grade": "junior"}
    assert signed_in(stranger).get(f"/school/grades/{host.pk}/").status_code == 404
    assert signed_in(stranger).post(f"/school/grades/{host.pk}/decide/", data).status_code == 404
    page = signed_in(auditor).get(f"/school/grades/{host.pk}/")
    assert (page.status_code, page.context["may_decide"]) == (200, False)
    assert signed_in(auditor).post(f"/school/grades/{host.pk}/decide/", data).status_code == 403
    assert [own.get("/school/grades/").status_code, own.post(f"/school/grades/{host.pk}/decide/", data).status_code] == [403, 403]
    assert signed_in(stranger).post(f"/school/grades/now/{county.pk}/").status_code == 404
    assert not GradeDecision.objects.exists()


def test_a_rule_is_a_new_version_from_its_day(county, trainer):
    door, address = signed_in(trainer), f"/school/grades/rule/{county.pk}/"
    assert "上过 1 次课" in door.get(address).content.decode()
    typed = Terms(junior_sessions=5)._asdict() | {"junior_needs_sale": "on", "begins_on": "2026-12-01"}

    wrong = door.post(address, typed | {"begins_on": "2026-11-21", "rest_days": "7"})
    upside = door.post(address, typed | {"senior_online": "49"})
    page = door.post(address, typed, follow=True)

    assert (wrong.status_code, upside.status_code) == (422, 422)
    assert str(NotAllowed("grade_rule_past")) in wrong.content.decode()
    assert 'value="7"' in wrong.content.decode()
    assert "从 2026-12-01 起按第 2 版" in page.content.decode()
    assert list(GradeRule.objects.order_by("version").values_list("junior_sessions", flat=True)) == [3, 5]


def test_a_host_sees_what_is_met_what_is_missing_and_why_it_was_decided(county, trainer, host):
    propose(county.pk, at=AT)
    door = signed_in(host)
    assert "您够“初级”的条件了，等老师来定。" in door.get("/my/school/grade/").content.decode()
    decide(GradeProposal.objects.get(), Said(Answer.ACCEPT, "junior", "播得稳"), by=trainer, at=AT)

    text = door.get("/my/school/grade/").content.decode()

    assert "<h1>初级</h1>" in text
    assert "下一级：中级" in text
    assert "再播 9 场就够" in text
    assert 'value="3" max="12"' in text
    assert "没有人记过在线人数" in text
    assert "播得稳" in text
    assert "您没有主播等级" in signed_in(trainer).get("/my/school/grade/").content.decode()
