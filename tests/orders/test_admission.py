"""Who may stay: judged for many at once as it would be one by one, in a few statements."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as configured
from django.contrib.sessions.models import Session
from django.test import Client

from livestream.models import LiveSession, User
from orders.actions.kiosk import create_kiosk_link, revoke_kiosk_link
from orders.board.admission import asked_token, refused, scope_to_watch
from orders.board.feed import Watcher
from orders.models import KioskLink
from orders.rules.kiosk import KioskTerm
from tests.factories import make_place, make_session, make_user

PLACES = ["14", "1404", "140425", "140426", "13", "1305", "130529", "140425100"]


def login_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies[configured.SESSION_COOKIE_NAME].value


def watcher(user, scope) -> Watcher:
    return Watcher(scope, f"user:{user.pk}", login_of(user))


def by_link(board, by, **changes) -> Watcher:
    plan = {"name": "屏", "term": KioskTerm.DAY, "hides_money": False, "by": by, "at": datetime.now(UTC)} | changes
    link, _ = create_kiosk_link(board, **plan)
    return Watcher(link.scope, f"kiosk:{link.pk}", hides_money=link.hides_money)


@pytest.mark.parametrize(
    ("query", "token"),
    [
        ("", None), ("detail=1", None), ("kiosk", ""), ("kiosk=", ""), ("kiosk=a", "a"), ("detail=1&kiosk=a", "a"), ("kiosk=a&kiosk=a", ""),
        ("kiosk=&kiosk=a", ""), ("Kiosk=a", None), ("kiosk[]=a", None), ("kiosk=%00", "\0"), ("kiosk=%FF", "\ufffd"), ("&&;==", None),
        ("kiosk=" + "a" * 10_000, "a" * 10_000), ("&".join(f"a{n}=1" for n in range(2000)), None),
    ],
)  # fmt: skip
def test_token_of_a_query(query, token):
    assert asked_token(query) == token


@pytest.fixture
def everybody(county, other_county, session):
    """People of every role in every place that decides something, and the host of the session."""
    for code in PLACES:
        make_place(code, code)
    people = [
        make_user(role, place)
        for role in ("admin", "staff", "trainer", "host")
        for place in map(make_place, ["14", "1404", "140425", "130529"])
    ]
    return [*people, session.host, make_user("staff", make_place("140425100")), make_user("host", county)]


def test_many_may_stay_exactly_where_each_may_come_in(everybody, county, session):
    foreign = make_session(make_place("130529"), room="R9", account="A9", went_live_at=datetime.now(UTC))
    boards = [
        ("session", session.pk),
        ("session", foreign.pk),
        *[({2: "province", 4: "city", 6: "county"}[len(code)], code) for code in PLACES[:-1]],
    ]
    watchers, expected = [], set()
    for user in everybody:
        key = login_of(user)
        for kind, board in boards:
            one = Watcher(f"{kind}:{board}", f"user:{user.pk}", key)
            watchers.append(one)
            comes_in = scope_to_watch(user, session_id=board) if kind == "session" else scope_to_watch(user, code=board)
            assert comes_in in {None, one.scope}
            if comes_in is None:
                expected.add(one)

    assert refused(watchers) == expected
    assert 0 < len(expected) < len(watchers)


def test_however_many_are_asked_about_it_costs_the_same(county, session, staff, host, django_assert_num_queries):
    few = [watcher(staff, "county:140425"), watcher(host, f"session:{session.pk}"), by_link(county, staff)]
    many = [watcher(make_user("staff", county), f"session:{session.pk}") for _ in range(20)] + [
        by_link(county, staff) for _ in range(20)
    ]
    refused([*few, *many])  # when links were on a screen is written once a minute

    with django_assert_num_queries(8):  # links; their note in a transaction (begin, look, end); logins, people, posts, sessions
        assert refused(few) == set()
    with django_assert_num_queries(8):
        assert refused([*few, *many]) == set()
    with django_assert_num_queries(0):
        assert refused([]) == set()


LOSSES = {
    "nothing": lambda user, other: None,
    "login deleted": lambda user, other: Session.objects.all().delete(),
    "login over": lambda user, other: Session.objects.update(expire_date=datetime.now(UTC)),
    "password changed": lambda user, other: (user.set_password("another one, long"), user.save()),
    "switched off": lambda user, other: User.objects.filter(pk=user.pk).update(is_active=False),
    "moved away": lambda user, other: User.objects.filter(pk=user.pk).update(place=other),
    "became a host": lambda user, other: User.objects.filter(pk=user.pk).update(role="host"),
    "deleted": lambda user, other: user.delete(),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_right_of_a_login_ends_with(county, other_county, session, staff, trainer, loss):
    watchers = {watcher(staff, "county:140425"), watcher(staff, f"session:{session.pk}")}
    other = watcher(trainer, "county:140425")
    LOSSES[loss](staff, other_county)

    stays = refused([*watchers, other]) - {other}

    assert stays == (set() if loss == "nothing" else watchers)


def test_somebody_else_behind_the_same_login_does_not_stay(county, staff, trainer):
    mine = watcher(staff, "county:140425")

    assert refused([mine._replace(viewer=f"user:{trainer.pk}")]) == {mine._replace(viewer=f"user:{trainer.pk}")}
    assert refused([mine._replace(session_key="nothing")]) == {mine._replace(session_key="nothing")}
    assert refused([mine._replace(session_key="")]) == {mine._replace(session_key="")}


def test_login_stays_while_an_older_secret_holds(county, staff, settings):
    mine = watcher(staff, "county:140425")
    older, settings.SECRET_KEY = settings.SECRET_KEY, "x" * 50

    assert refused([mine]) == {mine}
    settings.SECRET_KEY_FALLBACKS = [older]
    before = list(Session.objects.values_list("session_key", "session_data"))
    assert refused([mine]) == set()
    assert list(Session.objects.values_list("session_key", "session_data")) == before  # judging writes nothing to a login


def test_session_that_is_gone_or_handed_over_lets_nobody_stay(session, county, host):
    mine = watcher(host, f"session:{session.pk}")
    LiveSession.objects.filter(pk=session.pk).update(host=make_user("host", county))
    assert refused([mine]) == {mine}

    planned = make_session(county, host)
    own = watcher(host, f"session:{planned.pk}")
    assert refused([own]) == set()
    planned.delete()
    assert refused([own]) == {own}


@pytest.mark.parametrize("loss", ["nothing", "revoked", "expired", "deleted", "shows money again", "of another board"])
def test_right_of_a_link_ends_with(county, session, staff, loss):
    one, other = by_link(county, staff, hides_money=True), by_link(session, staff)
    found = KioskLink.objects.filter(pk=one.viewer.removeprefix("kiosk:"))
    if loss == "revoked":
        revoke_kiosk_link(found.get(), by=staff, at=datetime.now(UTC))
    elif loss == "expired":
        found.update(created_at=datetime.now(UTC) - timedelta(days=2), expires_at=datetime.now(UTC))
    elif loss == "deleted":
        found.delete()
    elif loss == "shows money again":
        found.update(hides_money=False)
    elif loss == "of another board":
        found.update(scope="county:130529")

    assert refused([one, other]) == (set() if loss == "nothing" else {one})


def test_watching_is_noted_for_links_that_hold_and_no_others(county, staff):
    one, gone = by_link(county, staff), by_link(county, staff)
    KioskLink.objects.filter(pk=gone.viewer.removeprefix("kiosk:")).update(revoked_at=datetime.now(UTC))

    refused([one, gone])

    seen = dict(KioskLink.objects.values_list("pk", "seen_at"))
    assert {f"kiosk:{pk}": seen_at is not None for pk, seen_at in seen.items()} == {one.viewer: True, gone.viewer: False}
