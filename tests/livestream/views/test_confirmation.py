import gzip
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope
from livestream.models import Confirmation, LiveSession, Notice
from livestream.rules.day import shanghai_day
from tests.factories import make_session, make_user
from tests.sign_in import signed_in

BUDGET = 25 * 1024


@pytest.fixture
def evening(now):
    """20:00 in Shanghai in three days."""
    return now.replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=3)


@pytest.fixture
def week(county, evening):
    return Scope(county, shanghai_day(evening) - timedelta(days=3), shanghai_day(evening) + timedelta(days=3))


@pytest.fixture
def planned(county, host, evening):
    return make_session(county, host, planned_start_at=evening, title="花椒专场")


@pytest.fixture
def link(planned, staff, week, now):
    release_plan(week, by=staff, at=now - timedelta(minutes=1))
    return Notice.objects.get(person=planned.host, kind="planned", way="inbox").link


def the_one():
    return Confirmation.objects.get(superseded_at=None)


def test_the_link_asks_without_a_login_and_marks_nothing(link):
    client = Client()

    page = client.get(link)

    assert (page.status_code, page["Referrer-Policy"]) == (200, "no-referrer")
    assert "no-store" in page["Cache-Control"]
    assert not client.cookies
    assert "20:00–22:00" in page.content.decode()
    assert (the_one().read_at, the_one().can_come) == (None, None)


def test_a_touch_marks_it_read(link):
    assert Client().post(link, {"answer": "seen", "quiet": "on"}).status_code == 204
    assert the_one().read_at is not None


@pytest.mark.parametrize(("said", "can_come"), [("yes", True), ("no", False)])
def test_an_answer_is_kept_and_shown(link, said, can_come):
    client = Client()

    answered = client.post(link, {"answer": said, "about": the_one().pk, "words": "赶集"})

    assert (answered.status_code, answered["Location"]) == (302, link)
    assert (the_one().can_come, the_one().answer_note) == (can_come, "" if can_come else "赶集")
    assert ("您说了：能来" if can_come else "您说了：来不了") in client.get(link).content.decode()


def test_all_at_once(link, county, planned, staff, week, evening, now):
    for number in (1, 2):
        at = evening + timedelta(days=number)
        make_session(county, planned.host, planned_start_at=at, room=f"R{number}", account=f"A{number}")
    release_plan(week, by=staff, at=now)
    newest = (
        Notice.objects.filter(person=planned.host, kind__in=["planned", "changed", "cancelled"], way="inbox").latest("pk").link
    )

    assert "有 2 场等您回复" in Client().get(newest).content.decode()
    Client().post(newest, {"answer": "yes"})

    assert [one.can_come for one in Confirmation.objects.order_by("pk")] == [None, True, True]


def test_an_old_link_shows_the_newest(link, planned, staff, week, now):
    LiveSession.objects.filter(pk=planned.pk).update(title="核桃专场", plan_version=2)
    release_plan(week, by=staff, at=now)

    page = Client().get(link).content.decode()

    assert "您打开的是旧通知" in page
    assert "核桃专场" in page


def test_who_answers_what_is_not_asked_any_more_is_told(link, planned, staff, week, now):
    asked = the_one()
    Confirmation.objects.filter(pk=asked.pk).update(superseded_at=now)

    assert Client().post(link, {"answer": "yes", "about": asked.pk}).status_code == 410


def test_a_link_ends_with_the_start(link, planned, now):
    LiveSession.objects.filter(pk=planned.pk).update(state="live", went_live_at=now)

    page = Client().get(link)

    assert page.status_code == 410
    assert planned.title not in page.content.decode()


@pytest.mark.parametrize("token", ["x" * 43, "short", "%00", "花" * 43])
def test_what_is_no_link_is_not_found(db, token):
    assert Client().get(f"/c/{token}/").status_code == 404


def test_a_stopped_person_has_no_link(link, planned):
    planned.host.is_active = False
    planned.host.save(update_fields=["is_active"])

    assert Client().get(link).status_code == 404


@pytest.mark.parametrize("data", [{}, {"answer": "maybe"}, {"answer": "yes", "about": "x"}, {"answer": "yes", "about": "9" * 30}])
def test_nonsense_changes_nothing(link, data):
    assert Client().post(link, data).status_code in {200, 302}
    assert the_one().can_come is None


def test_another_confirmation_is_not_reached_by_this_link(link, county, staff, week, evening, now):
    make_session(county, make_user("host", county), planned_start_at=evening, room="R8", account="A8")
    other = release_plan(week, by=staff, at=now).changes.get().confirmations.get()

    Client().post(link, {"answer": "no", "about": other.pk})

    other.refresh_from_db()
    assert other.can_come is None


def test_the_page_is_small(link):
    page = Client().get(link)
    files = re.findall(r'(?:href|src)="/static/([^"]+)"', page.content.decode())
    weight = len(gzip.compress(page.content)) + sum(len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in files)

    assert "livestream/js/confirm.js" in files
    assert weight < BUDGET


def test_signed_in_the_same_answer(link, planned, stranger):
    asked = the_one()

    assert f"/my/confirm/{asked.pk}/" in signed_in(planned.host).get("/my/").content.decode()
    assert signed_in(stranger).post(f"/my/confirm/{asked.pk}/", {"answer": "no"}).status_code == 404
    signed_in(planned.host).post(f"/my/confirm/{asked.pk}/", {"answer": "yes", "about": asked.pk})

    assert the_one().can_come is True
