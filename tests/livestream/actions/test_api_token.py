"""Making, using and taking back tokens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from livestream.actions.api_token import know_addresses, make_token, note_use, revoke_token
from livestream.models import ApiToken, ApiTokenAddress, AuditEntry
from livestream.rules.api_token import Scope, TokenPlan, TokenState, TokenTerm
from livestream.rules.errors import NotAllowed
from livestream.rules.token import digest_of
from tests.factories import make_place, make_user

pytestmark = pytest.mark.django_db


def plan(**changes):
    facts = {"name": "报表", "scopes": (Scope.READ_ORDERS,), "place": "140425", "term": TokenTerm.MONTH}
    return TokenPlan(**(facts | changes))


def entries(deed):
    return AuditEntry.objects.filter(deed=deed)


def test_a_token_is_told_once_and_kept_as_a_digest(staff, now):
    token, text = make_token(staff, plan(scopes=(Scope.WRITE_ALERTS, Scope.READ_ORDERS, Scope.READ_ORDERS)), at=now)

    stored = ApiToken.objects.get()
    assert text.startswith(f"cunbo_{token.prefix}_")
    assert bytes(stored.digest) == digest_of(text)
    assert (stored.scopes, stored.place_id, stored.expires_at) == (
        ["read:orders", "write:alerts"], "140425", now + timedelta(days=30),
    )  # fmt: skip
    assert stored.state(now) == TokenState.VALID
    (entry,) = entries("token_made")
    assert (entry.place, entry.object_id, entry.actor_id) == ("140425", str(token.pk), staff.pk)
    assert text.removeprefix(f"cunbo_{token.prefix}_") not in str([entry.detail, entry.after, entry.before])


@pytest.mark.parametrize(
    ("role", "changes", "code"),
    [
        ("staff", {"name": " "}, "token_name_missing"),
        ("staff", {"name": "长" * 41}, "too_long"),
        ("staff", {"scopes": ()}, "token_for_nothing"),
        ("staff", {"place": "130529"}, "token_not_there"),
        ("staff", {"place": "1404"}, "token_not_there"),
        ("staff", {"place": ""}, "token_not_there"),
        ("host", {}, "token_not_there"),
        ("trainer", {}, "token_not_there"),
    ],
)
def test_what_is_refused_makes_nothing(county, other_county, role, changes, code, now):
    with pytest.raises(NotAllowed) as refused:
        make_token(make_user(role, county), plan(**changes), at=now)

    assert refused.value.code == code
    assert not ApiToken.objects.exists()


def test_nobody_has_more_than_twenty(staff, now):
    for _n in range(20):
        made, _text = make_token(staff, plan(), at=now)

    with pytest.raises(NotAllowed, match="20"):
        make_token(staff, plan(), at=now)
    revoke_token(made, by=staff, at=now)
    make_token(staff, plan(), at=now)


def test_the_database_lets_none_last_longer_than_a_year(staff, now):
    token, _text = make_token(staff, plan(term=TokenTerm.YEAR), at=now)
    for faulty in ({"expires_at": now + timedelta(days=367)}, {"expires_at": now}, {"scopes": []}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ApiToken.objects.filter(pk=token.pk).update(**faulty)


def test_taking_it_back_is_once_and_by_the_owner_or_who_keeps_people_there(county, staff, stranger, now):
    token, _text = make_token(staff, plan(), at=now)
    colleague, trainer = make_user("staff", county), make_user("trainer", county)
    for outsider in (stranger, trainer):
        with pytest.raises(NotAllowed):
            revoke_token(token, by=outsider, at=now)

    assert [revoke_token(token, by=colleague, at=now), revoke_token(token, by=staff, at=now)] == [True, False]
    assert ApiToken.objects.get().state(now) == TokenState.REVOKED
    assert [entry.object_id for entry in entries("token_revoked")] == [str(token.pk)]


def test_those_of_townships_are_seen_by_who_keeps_the_countys_people(county, stranger, staff, now):
    township = make_place("140425100", "青羊镇")
    owner = make_user("staff", township)
    token, _text = make_token(owner, plan(place="140425100"), at=now)

    seen = {
        name: list(ApiToken.objects.visible_to(user))
        for name, user in (("county", staff), ("stranger", stranger), ("own", owner))
    }

    assert seen == {"county": [token], "stranger": [], "own": [token]}


def test_a_token_without_its_owners_right_is_powerless(county, staff, now):
    token, _text = make_token(staff, plan(), at=now)
    states = []
    for change in (
        {"is_active": False},
        {"is_active": True, "role": "trainer"},
        {"role": "staff", "place": make_place("130529", "巨鹿县")},
    ):
        for name, value in change.items():
            setattr(staff, name, value)
        staff.save()
        states.append(ApiToken.objects.get().state(now))

    assert states == [TokenState.POWERLESS] * 3


def test_a_new_address_is_flagged_once_and_known_when_the_owner_says_so(county, staff, now):
    token, _text = make_token(staff, plan(), at=now)
    for minute, address in enumerate(
        ["203.0.113.9", "203.0.113.9", "198.51.100.7", "198.51.100.7", "2001:db8::1", "2001:db8::2"]
    ):
        token.refresh_from_db()
        note_use(token, address=address, at=now + timedelta(minutes=minute))

    strange = ApiTokenAddress.objects.filter(known_at=None).order_by("pk")
    assert [each.address for each in strange] == ["198.51.100.7", "2001:db8::"]
    assert [entry.detail["used_from"] for entry in entries("token_moved").order_by("pk")] == ["198.51.100.7", "2001:db8::"]
    token.refresh_from_db()
    assert token.last_used_at == now + timedelta(minutes=5)
    with pytest.raises(NotAllowed):
        know_addresses(token, by=make_user("staff", county), at=now)
    assert (know_addresses(token, by=staff, at=now), strange.all().count()) == (2, 0)


def test_use_is_written_once_a_minute(staff, now, django_assert_num_queries):
    token, _text = make_token(staff, plan(), at=now)
    note_use(token, address="203.0.113.9", at=now)
    token.refresh_from_db()

    with django_assert_num_queries(1):  # the look at the address
        note_use(token, address="203.0.113.9", at=now + timedelta(seconds=59))


def test_addresses_do_not_pile_up(staff, now):
    token, _text = make_token(staff, plan(), at=now)
    for n in range(30):
        note_use(token, address=f"203.0.113.{n}", at=now + timedelta(seconds=n))

    assert ApiTokenAddress.objects.count() == 20
    assert ApiTokenAddress.objects.filter(address="203.0.113.29").exists()
