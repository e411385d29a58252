"""Two editors of one plan: the second sees what changed, keeps his own, and chooses."""

from __future__ import annotations

import pytest
from django.utils import timezone

from livestream.actions.plan import change_plan
from livestream.actions.plan_json import plan_of
from tests.factories import make_user
from tests.livestream.plan_page import at, fields_of, stored, typed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]


# --- two editors ---


@pytest.fixture
def both(planner, evening, county, staff):
    """I have the form open; another changes title, hours and note meanwhile."""
    session = stored(evening, county, staff)
    mine = fields_of(planner.get(f"/plan/{session.pk}/edit/"))
    other = make_user("staff", county, name="小王")
    changed = plan_of(session)
    changed = type(changed)(
        **{f: getattr(changed, f) for f in changed.__dataclass_fields__}
        | {"title": "小王的花椒", "note": "小王写的", "planned_end_at": at(22)}
    )
    change_plan(session, changed, version=1, by=other, at=timezone.now())
    return session, mine


def test_the_second_editor_sees_what_changed_and_keeps_his_own(planner, both):
    session, mine = both

    answer = planner.post(f"/plan/{session.pk}/edit/", mine | {"title": "我的花椒"})

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "小王在 2026-11-22 12:00 改过这一场" in text
    assert (typed(answer)["title"], typed(answer)["note"], typed(answer)["end"]) == ("我的花椒", "小王写的", "22:00")
    assert [(d.part, d.mine, d.theirs, d.is_mine_too) for d in answer.context["differences"]] == [
        ("title", "我的花椒", "小王的花椒", True),
        ("day", "2026-11-25 19:30 21:30", "2026-11-25 19:30 22:00", False),
        ("note", "—", "小王写的", False),
    ]
    session.refresh_from_db()
    assert (session.title, session.plan_version) == ("小王的花椒", 2)


@pytest.mark.parametrize(("choice", "title"), [("mine", "我的花椒"), ("theirs", "小王的花椒")])
def test_mine_or_theirs_is_chosen_field_by_field(planner, both, choice, title):
    session, mine = both
    asked = planner.post(f"/plan/{session.pk}/edit/", mine | {"title": "我的花椒"})

    planner.post(f"/plan/{session.pk}/edit/", fields_of(asked) | {"choose-title": choice})

    session.refresh_from_db()
    assert (session.title, session.note, session.planned_end_at, session.plan_version) == (title, "小王写的", at(22), 3)


def test_somebody_who_never_saw_a_version_overwrites_nothing(planner, both):
    session, mine = both
    del mine["version"]

    assert planner.post(f"/plan/{session.pk}/edit/", mine).status_code == 409
    session.refresh_from_db()
    assert session.title == "小王的花椒"
