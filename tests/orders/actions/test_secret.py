"""Two secrets of a shop while one is changed: which pushes are believed until when, and who of two that change it wins."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from livestream.rules.errors import NotAllowed
from orders.actions import secret as verbs
from orders.actions.secret import change_secret, end_old_secret, forget_ended_secrets, note_signed
from orders.models import Shop
from orders.platforms import standard
from orders.push import KnownShop, PushApp, signers_of
from tests.doors import as_bytes, ask, signed, signed_by_douyin
from tests.factories import SECRET, make_order_body, make_shop
from tests.races.runners import race

NEW, NEWER = "whsec_bmV3", "whsec_bmV3ZXI="
DAY = timedelta(days=1)
APP = {"app_key": "app", "secret": "s3cret"}


def held(shop):
    found = Shop.objects.get(pk=shop.pk)
    return found.secret, found.old_secret, found.old_secret_until


@pytest.mark.django_db
def test_a_secret_is_changed_at_once_or_with_some_days_for_the_old_one(shop, now):
    codes = []
    for until in (now, now - DAY, now + 7 * DAY + timedelta(seconds=1)):
        with pytest.raises(NotAllowed) as refused:
            change_secret(shop, NEW, old_until=until, at=now)
        codes.append(refused.value.code)
    assert codes == ["secret_end_past", "secret_end_past", "secret_end_late"]

    change_secret(shop, NEW, old_until=now + 7 * DAY, at=now)
    assert held(shop) == (NEW, SECRET, now + 7 * DAY)
    with pytest.raises(NotAllowed, match="不能同时有三个"):
        change_secret(shop, NEWER, old_until=now + 2 * DAY, at=now + DAY)
    with pytest.raises(NotAllowed, match="最多再用 7 天"):
        end_old_secret(shop, until=now + 7 * DAY + timedelta(seconds=1), at=now + DAY)
    end_old_secret(shop, until=now + 2 * DAY, at=now + DAY)
    assert held(shop) == (NEW, SECRET, now + 2 * DAY)

    change_secret(shop, NEWER, old_until=now + 5 * DAY, at=now + 2 * DAY)  # the first has ended: no three
    assert held(shop) == (NEWER, NEW, now + 5 * DAY)
    change_secret(shop, SECRET, old_until=None, at=now + 3 * DAY)  # it leaked: nothing but the newest counts from now on
    assert held(shop) == (SECRET, "", None)
    with pytest.raises(NotAllowed, match="已经停用"):
        end_old_secret(shop, until=now + 4 * DAY, at=now + 3 * DAY)


@pytest.mark.django_db
def test_what_has_ended_is_not_kept_and_the_database_keeps_nobody_longer(shop, now):
    change_secret(shop, NEW, old_until=now + DAY, at=now)

    assert (forget_ended_secrets(now + DAY - timedelta(seconds=1)), forget_ended_secrets(now + DAY)) == (0, 1)
    assert held(shop) == (NEW, "", None)
    for broken in ({"old_secret": "x"}, {"old_secret_until": now}, {"old_secret": "x", "old_secret_until": now + 8 * DAY}):
        with pytest.raises(IntegrityError, match="within_a_week"), transaction.atomic():
            Shop.objects.update(**broken)


@pytest.mark.django_db
def test_shops_of_one_application_change_together_and_believe_each_others_pushes(county, other_county, now):
    first = make_shop(county, "douyin", platform_shop_no="1", **APP)
    second = make_shop(other_county, "douyin", platform_shop_no="2", **APP)
    strangers = [make_shop(county, "douyin", app_key="app", secret="other"), make_shop(county, "standard", **APP)]

    assert change_secret(first, "n3w", old_until=now + DAY, at=now) == 2

    assert [held(shop) for shop in (first, second)] == [("n3w", "s3cret", now + DAY)] * 2
    assert [held(shop)[1] for shop in strangers] == ["", ""]
    late = make_shop(county, "douyin", platform_shop_no="3", app_key="app", secret="n3w")  # came with the new secret alone
    signers = signers_of(Shop.objects.get(pk=first.pk), now)
    assert [sorted(signer.siblings) for signer in signers] == [["1", "2", "3"], ["1", "2"]]
    assert end_old_secret(second, until=None, at=now) == 3
    assert [held(shop)[:2] for shop in (first, second, late)] == [("n3w", "")] * 3


@pytest.mark.django_db(transaction=True)
def test_pushes_signed_by_either_are_taken_until_the_old_one_ends(shop, county):
    douyin = make_shop(county, "douyin", **APP)
    at = datetime.now(UTC)
    app, loop, numbers = PushApp(), asyncio.new_event_loop(), iter(range(99))

    def push(secret):
        app.shops.clear()
        body = as_bytes(make_order_body(f"T{next(numbers)}"))
        return loop.run_until_complete(ask(app, f"/push/standard/{shop.key}/", body, signed(body, f"m{next(numbers)}", secret)))[
            0
        ]

    def push_douyin(secret):
        app.shops.clear()
        body = as_bytes([{"tag": "101", "msg_id": f"{next(numbers)}", "data": '{"p_id": 1}'}])
        return loop.run_until_complete(ask(app, f"/push/douyin/{douyin.key}/", body, signed_by_douyin(body, secret=secret)))[0]

    try:
        assert [push(secret) for secret in (SECRET, NEW)] == [200, 401]
        change_secret(shop, NEW, old_until=at + DAY, at=at)
        change_secret(douyin, "n3w", old_until=at + DAY, at=at)
        assert [push(secret) for secret in (SECRET, NEW, NEWER, SECRET)] == [200, 200, 401, 200]
        assert [push_douyin(secret) for secret in ("s3cret", "n3w", "other")] == [200, 200, 401]
        used = Shop.objects.get(pk=shop.pk)
        assert at <= used.old_secret_used_at <= used.secret_used_at

        app.noted.clear()
        Shop.objects.update(secret_changed_at=at - 2 * DAY, old_secret_until=at)  # its time is over, and nobody has swept
        assert [push(SECRET), push(NEW), push_douyin("s3cret"), push_douyin("n3w")] == [401, 200, 401, 200]
        assert Shop.objects.get(pk=shop.pk).old_secret_used_at == used.old_secret_used_at
    finally:
        app.stop()
        loop.close()


@pytest.mark.django_db
def test_a_secret_that_ends_while_it_is_believed_ends_at_once_and_one_that_fits_is_the_only_one_tried(shop, now, monkeypatch):
    tried = []
    verify = standard.verify
    monkeypatch.setattr(standard, "verify", lambda *given: tried.append(given[2].secret) or verify(*given))
    change_secret(shop, NEW, old_until=now + DAY, at=now)
    known = KnownShop(shop.pk, signers_of(Shop.objects.get(), now), standard, 0)
    body = as_bytes(make_order_body("T1"))

    def signer(secret, at):
        tried.clear()
        try:
            return known.signer(signed(body, secret=secret, at=at), body, at).credentials.secret, list(tried)
        except standard.BadSignature:
            return None, list(tried)

    assert signer(NEW, now) == (NEW, [NEW])
    assert signer(SECRET, now + DAY - timedelta(microseconds=1)) == (SECRET, [NEW, SECRET])
    assert signer(SECRET, now + DAY) == (None, [NEW])
    assert signer(NEWER, now) == (None, [NEW, SECRET])


@pytest.mark.django_db
def test_the_last_use_never_goes_back(shop, now):
    for minutes in (0, 5, 3):
        note_signed(shop.pk, is_old=False, at=now + timedelta(minutes=minutes))

    found = Shop.objects.get()
    assert (found.secret_used_at, found.old_secret_used_at) == (now + timedelta(minutes=5), None)


def change_both_at_once(shop, now):
    works = [lambda secret=secret: change_secret(shop, secret, old_until=now + DAY, at=now) for secret in (NEW, NEWER)]
    return [getattr(error, "code", error) for error in race(*works)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_it_at_once_one_is_refused(shop, now):
    assert change_both_at_once(shop, now) == ["secret_two_already"]
    assert held(shop)[1] == SECRET  # what the sender signs with until it has changed over


@pytest.mark.django_db(transaction=True)
def test_control_without_the_lock_both_believe_that_theirs_is_in_force(shop, now, monkeypatch):
    monkeypatch.setattr(verbs, "lock_sharing", lambda _shop: (shop, [shop.pk]))

    assert change_both_at_once(shop, now) == []
