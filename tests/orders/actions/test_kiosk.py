from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction

from livestream.rules.errors import NotAllowed
from livestream.rules.token import is_token
from orders.actions.kiosk import create_kiosk_link, note_seen, revoke_kiosk_link
from orders.models import KioskLink
from orders.rules.kiosk import KioskTerm
from tests.factories import make_place, make_user


def create(board, by, at, **changes):
    plan = {"name": "一楼大厅", "term": KioskTerm.MONTH, "hides_money": False, "by": by, "at": at}
    return create_kiosk_link(board, **(plan | changes))


@pytest.mark.parametrize("term", KioskTerm)
@pytest.mark.parametrize("hides_money", [True, False])
def test_link_is_kept_without_its_token(county, staff, now, term, hides_money):
    link, token = create(county, staff, now, name=" 一楼\n大厅 ", term=term, hides_money=hides_money)

    (row,) = KioskLink.objects.values()
    days = {"day": 1, "month": 30, "year": 365}[term]
    assert row == {
        "id": link.pk, "county_id": "140425", "name": "一楼 大厅", "scope": "county:140425",
        "digest": sha256(token.encode()).digest(), "hides_money": hides_money, "created_by_id": staff.pk, "created_at": now,
        "expires_at": now + timedelta(days=days), "revoked_at": None, "seen_at": None,
    }  # fmt: skip
    assert is_token(token)
    assert token.encode() not in bytes(row["digest"])


def test_tokens_differ(county, staff, now):
    assert len({create(county, staff, now)[1] for _ in range(50)}) == 50


def test_two_links_cannot_have_one_token(county, staff, now):
    link, _ = create(county, staff, now)
    other, _ = create(county, staff, now)

    with pytest.raises(IntegrityError), transaction.atomic():
        KioskLink.objects.filter(pk=other.pk).update(digest=link.digest)


BOARDS = ["session", "county", "other county", "city", "province"]


@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        ("staff", "140425", ["session", "county"]),
        ("staff", "140425100", []),
        ("staff", "130529", ["other county"]),
        ("staff", "1404", ["city"]),
        ("staff", "14", ["province"]),
        ("admin", "130529", BOARDS),
        ("trainer", "140425", []),
        ("host", "140425", []),
    ],
)
def test_boards_of_the_own_place_can_be_linked(county, other_county, session, now, role, place, may):
    boards = {
        "session": session,
        "county": county,
        "other county": other_county,
        "city": county.parent,
        "province": county.parent.parent,
    }
    by = session.host if role == "host" else make_user(role, make_place(place, place))
    made, refused = {}, {}

    for name, board in boards.items():
        try:
            made[name] = create(board, by, now)[0].scope
        except NotAllowed as said:
            refused[name] = said.code

    scopes = {
        "session": f"session:{session.pk}",
        "county": "county:140425",
        "other county": "county:130529",
        "city": "city:1404",
        "province": "province:14",
    }
    assert made == {name: scopes[name] for name in may}
    assert refused == {name: "not_your_board" for name in BOARDS if name not in may}


@pytest.mark.parametrize("name", ["", "\0", "屏" * 41])
def test_link_without_a_name_is_refused(county, staff, now, name):
    with pytest.raises(NotAllowed):
        create(county, staff, now, name=name)

    assert not KioskLink.objects.exists()


def test_revoking_is_once_and_keeps_its_moment(county, staff, now):
    link, _ = create(county, staff, now)
    later = now + timedelta(hours=1)

    assert [revoke_kiosk_link(link, by=staff, at=at) for at in (now, later)] == [True, False]

    link.refresh_from_db()
    assert link.revoked_at == now
    assert list(KioskLink.objects.valid(now)) == []


def test_only_those_who_could_make_it_revoke_it(county, staff, trainer, stranger, host, now):
    link, _ = create(county, staff, now)
    for person in (trainer, stranger, host, make_user("staff", county.parent)):
        with pytest.raises(NotAllowed, match="不在您的县里"):
            revoke_kiosk_link(link, by=person, at=now)
    link.refresh_from_db()
    assert link.revoked_at is None

    assert revoke_kiosk_link(link, by=make_user("admin", make_place("130529")), at=now) is True


def test_links_are_seen_by_the_staff_of_their_place(county, other_county, staff, stranger, trainer, host, now):
    admin, of_city, of_province = (
        make_user("admin", other_county),
        make_user("staff", county.parent),
        make_user("staff", county.parent.parent),
    )
    create(county, staff, now)
    create(county.parent, of_city, now)

    people = {
        "staff": staff,
        "stranger": stranger,
        "trainer": trainer,
        "host": host,
        "admin": admin,
        "city": of_city,
        "province": of_province,
    }
    seen = {name: sorted(link.scope for link in KioskLink.objects.visible_to(person)) for name, person in people.items()}

    assert {name: scopes for name, scopes in seen.items() if scopes} == {
        "staff": ["county:140425"], "city": ["city:1404"], "admin": ["city:1404", "county:140425"],
    }  # fmt: skip


@pytest.mark.parametrize(("expires", "valid"), [(timedelta(seconds=1), 1), (timedelta(0), 0), (-timedelta(days=1), 0)])
def test_link_is_valid_until_it_expires(county, staff, now, expires, valid):
    link, _ = create(county, staff, now - timedelta(days=400))
    KioskLink.objects.filter(pk=link.pk).update(expires_at=now + expires)

    assert KioskLink.objects.valid(now).count() == valid


def test_opening_is_noted_once_a_minute(county, staff, now, django_assert_num_queries):
    one, other = create(county, staff, now)[0], create(county, staff, now)[0]

    moments = [0, 1, 59, 60, 61, 121]
    noted = [note_seen([one.pk], at=now + timedelta(seconds=second)) for second in moments]

    assert noted == [1, 0, 0, 1, 0, 1]
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.seen_at, other.seen_at) == (now + timedelta(seconds=121), None)
    assert note_seen([], at=now) == 0
