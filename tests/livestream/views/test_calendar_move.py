from datetime import timedelta

import pytest
from django.utils import timezone

from livestream.models import Booking, LiveSession, PlanRules, PlanStep, Resource
from tests.factories import make_session, make_user
from tests.sign_in import signed_in


@pytest.fixture
def evening(now):
    """19:30 in Shanghai in five days."""
    return now.replace(hour=11, minute=30, second=0, microsecond=0) + timedelta(days=5)


@pytest.fixture
def planned(county, host, evening):
    return make_session(county, host, planned_start_at=evening, title="花椒", account="")


@pytest.fixture
def desk(staff):
    return signed_in(staff)


def typed(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def move(browser, session, *, piece=False, version=1, **said):
    headers = {"HTTP_X_PIECE": "1"} if piece else {}
    return browser.post(f"/plan/{session.pk}/move/", {"version": version} | said, **headers)


def hours(session):
    session.refresh_from_db()
    return session.planned_start_at, session.planned_end_at, session.plan_version


def test_a_form_moves_it_and_keeps_its_length(desk, planned, evening):
    later = evening + timedelta(hours=3)
    page = desk.get(f"/plan/{planned.pk}/move/").content.decode()
    answer = move(desk, planned, starts_at=typed(later), next="/plan/?view=week")

    assert f'value="{typed(evening)}"' in page
    assert (answer.status_code, answer.headers["Location"]) == (302, "/plan/?view=week")
    assert hours(planned) == (later, later + timedelta(hours=2), 2)
    assert f"“花椒”移到了 {timezone.localtime(later):%Y-%m-%d %H:%M}" in desk.get("/plan/").content.decode()


def test_a_drag_gets_a_piece_with_the_button_that_takes_it_back(desk, planned, evening):
    answer = move(desk, planned, piece=True, starts_at=typed(evening + timedelta(days=1)), next="/plan/")
    body = answer.content.decode()

    assert answer.status_code == 200
    assert f'action="/plan/steps/{PlanStep.objects.get().pk}/undo/"' in body
    assert "<html" not in body

    desk.post(f"/plan/steps/{PlanStep.objects.get().pk}/undo/", {"next": "/plan/"})
    assert hours(planned) == (evening, evening + timedelta(hours=2), 3)


def test_another_lane_is_another_host_or_resource(desk, county, planned, evening):
    one, two = (Resource.objects.create(county=county, place=county, kind="studio", name=name) for name in ("一号", "二号"))
    other = make_user("host", county)
    Booking.objects.create(session=planned, resource=one)

    move(desk, planned, piece=True, starts_at=typed(evening), host=other.pk)
    move(desk, planned, piece=True, version=2, starts_at=typed(evening), resource_from=one.pk, resource_to=two.pk)

    planned.refresh_from_db()
    assert planned.host == other
    assert list(Booking.objects.filter(session=planned, resource__isnull=False).values_list("resource__name", flat=True)) == [
        "二号"
    ]


def test_a_clash_names_who_has_it_and_offers_free_times(desk, county, host, planned, evening):
    rival = make_session(county, host, planned_start_at=evening + timedelta(hours=4), title="小米", room="R2", account="")

    answer = move(desk, planned, piece=True, starts_at=typed(evening + timedelta(hours=3)))
    body = answer.content.decode()

    assert answer.status_code == 409
    assert "“花椒”没有移。" in body
    assert "小米" in body
    assert hours(planned) == (evening, evening + timedelta(hours=2), 1)
    free = answer.context["free"]
    assert move(desk, planned, piece=True, starts_at=f"{free[0]:%Y-%m-%dT%H:%M}").status_code == 200
    assert hours(rival)[2] == 1


def test_what_needs_a_reason_is_moved_with_one(desk, county, host, planned, evening):
    PlanRules.objects.update_or_create(county=county, defaults={"levels": {"host": "approve"}})
    make_session(county, host, planned_start_at=evening + timedelta(hours=4), title="小米", room="R2", account="")
    said = {"starts_at": typed(evening + timedelta(hours=3))}

    drag, form = move(desk, planned, piece=True, **said), move(desk, planned, **said)
    ((clash, _reason, is_excusable),) = form.context["clashes"]

    assert "写理由，照样移" in drag.content.decode()
    assert (form.status_code, is_excusable) == (409, True)
    assert move(desk, planned, **said, **{f"excuse-{clash.key}": "加播"}).status_code == 302
    assert hours(planned)[0] == evening + timedelta(hours=3)


def test_who_was_late_is_told_and_overwrites_nothing(desk, planned, evening):
    move(desk, planned, starts_at=typed(evening + timedelta(hours=1)))
    answer = move(desk, planned, piece=True, starts_at=typed(evening + timedelta(hours=9)))

    assert answer.status_code == 409
    assert "改过这一场" in answer.content.decode()
    assert hours(planned)[0] == evening + timedelta(hours=1)
    assert 'name="version" value="2"' in move(desk, planned, starts_at=typed(evening)).content.decode()


def test_what_is_on_air_or_past_is_not_moved(desk, county, host, now, planned):
    live = make_session(county, make_user("host", county), room="R9", went_live_at=now - timedelta(hours=1))

    answers = [move(desk, live, starts_at=typed(now)), move(desk, planned, starts_at=typed(now - timedelta(days=2)))]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert "不能再移" in answers[0].content.decode()
    assert "已经过了" in answers[1].content.decode()


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"starts_at": ""}, "请填新的开播时间。"),
        ({"starts_at": "明天\u202e\0"}, "这样填时间"),
        ({"starts_at": "2026-11-25T19:30", "version": "x"}, "请回到日历"),
        ({"starts_at": "2026-11-25T19:30", "host": "999999"}, "请刷新以后再移"),
        ({"starts_at": "2026-11-25T19:30", "resource_to": "x"}, "请刷新以后再移"),
    ],
)
def test_what_is_typed_wrong_is_said(desk, planned, said, sentence):
    for piece in (False, True):
        answer = move(desk, planned, piece=piece, **said)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()


def test_nobody_of_another_county_is_given_a_session_nor_gives_one(desk, other_county, planned, evening, stranger):
    foreign = make_user("host", other_county, name="外县人")

    answer = move(desk, planned, piece=True, starts_at=typed(evening), host=foreign.pk)

    assert answer.status_code == 422
    assert "外县人" not in answer.content.decode()
    assert move(signed_in(stranger), planned, starts_at=typed(evening)).status_code == 404
    assert LiveSession.objects.get(pk=planned.pk).plan_version == 1
