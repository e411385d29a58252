"""The back office: who may enter, what may be changed, what never comes out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.contrib.admin import site
from django.utils import timezone

from livestream.models import AuditEntry, User
from orders.actions.intake import receive
from orders.models import LedgerEntry, Order, Shop
from orders.models.ledger import Cause
from tests.factories import SECRET, make_arrival, make_order_body, make_shop, make_user
from tests.sign_in import signed_in

PAGES = [
    "livestream/user", "livestream/place", "livestream/supplier", "livestream/product", "livestream/livesession",
    "orders/shop", "orders/order", "orders/hint", "orders/orderfile", "orders/deadletter", "orders/sweep",
]  # fmt: skip


@pytest.fixture
def admin(county):
    return make_user("admin", county)


@pytest.fixture
def booked(shop, session, now):
    receive([make_arrival(shop, make_order_body("T1"), message_id="m1")], cause=Cause.PUSH, at=now)
    return LedgerEntry.objects.get()


@pytest.mark.parametrize("role", ["host", "staff", "trainer"])
def test_back_office_is_for_administrators_only(client, county, role):
    client.force_login(make_user(role, county))

    assert [client.get(page).status_code for page in ("/admin/", "/admin/login/", "/admin/orders/shop/")] == [403] * 3


def test_back_office_has_no_door_of_its_own(client, admin):
    assert client.get("/admin/orders/shop/").headers["Location"] == "/login/?next=/admin/orders/shop/"
    assert client.get("/admin/login/").headers["Location"] == "/login/?next=/admin/"
    client.force_login(admin)
    assert client.get("/admin/orders/shop/").headers["Location"] == "/login/second/?next=/admin/orders/shop/"


def test_nothing_is_done_to_many_rows_at_once(rf, admin):
    request = rf.get("/admin/")
    request.user = admin
    ours = [page for model, page in site._registry.items() if model._meta.app_label in {"livestream", "orders"}]

    assert {page.model.__name__: (page.get_actions(request), page.list_editable) for page in ours} == {
        page.model.__name__: ({}, ()) for page in ours
    }


@pytest.mark.parametrize("page", PAGES)
def test_every_list_opens(admin, booked, page):
    client = signed_in(admin)

    assert client.get(f"/admin/{page}/").status_code == 200


def test_order_shows_its_lines_and_its_ledger_and_nothing_can_be_changed(admin, booked):
    client = signed_in(admin)
    address = f"/admin/orders/order/{Order.objects.get().pk}"
    page = client.get(f"{address}/change/").content.decode()

    assert "LDS-500" in page
    assert f"<td>{booked.business_day:%Y}" in page
    assert 'name="_save"' not in page
    statuses = [client.post(f"{address}/{step}/", {"post": "yes", "paid_fen": 1}).status_code for step in ("change", "delete")]
    assert statuses == [403, 403]
    assert LedgerEntry.objects.get().paid_fen == booked.paid_fen == 11960


def test_secret_of_a_shop_never_comes_out(admin, shop):
    client = signed_in(admin)

    page = client.get(f"/admin/orders/shop/{shop.pk}/change/").content.decode()

    assert SECRET not in page
    assert re.findall(r'name="new_secret"[^>]*value=', page) == []


@pytest.mark.parametrize(("typed", "stored"), [("", SECRET), ("whsec_bmV3", "whsec_bmV3")])
def test_secret_of_a_shop_is_kept_when_left_empty_and_replaced_when_typed(admin, shop, typed, stored):
    client = signed_in(admin)
    form = {"county": shop.county_id, "platform": "standard", "name": "新名", "key": shop.key, "app_key": "", "is_active": "on"}

    answer = client.post(f"/admin/orders/shop/{shop.pk}/change/", {**form, "new_secret": typed, "new_access_token": ""})

    saved = Shop.objects.get()
    assert (answer.status_code, saved.name, saved.secret) == (302, "新名", stored)


def test_old_secret_of_a_shop_counts_until_the_time_that_was_typed_or_until_it_is_cleared(admin, shop, now):
    client = signed_in(admin)
    address = f"/admin/orders/shop/{shop.pk}/change/"
    form = {"county": shop.county_id, "platform": "standard", "name": "店", "key": shop.key, "app_key": "", "is_active": "on"}

    def post(secret="", days=None):
        until = timezone.localtime(now + timedelta(days=days)).replace(second=0, microsecond=0) if days else None
        end = {"old_secret_until_0": f"{until:%Y-%m-%d}", "old_secret_until_1": f"{until:%H:%M}"} if until else {}
        status = client.post(address, {**form, **end, "new_secret": secret}).status_code
        kept = Shop.objects.get()
        return status, kept.secret, kept.old_secret, kept.old_secret_until == until

    refused = [post("whsec_bmV3", 8), post(SECRET, 3), post("", 3)]
    assert refused == [(200, SECRET, "", False)] * 3  # too long; the same; there is no old one
    assert post("whsec_bmV3", 3) == (302, "whsec_bmV3", SECRET, True)
    page = client.get(address).content.decode()
    assert "用旧密钥签名：还没有" in page
    assert re.findall(r"""name="old_secret_until_0" value="([^"]*)""", page) == [
        f"{timezone.localtime(now + timedelta(days=3)):%Y/%m/%d}"
    ]
    assert post("whsec_bmV4", 3)[:3] == (200, "whsec_bmV3", SECRET)  # never three
    assert post("", 5) == (302, "whsec_bmV3", SECRET, True)
    assert post("") == (302, "whsec_bmV3", "", True)
    entries = [entry.after for entry in AuditEntry.objects.filter(kind="orders.Shop", deed="row_changed").order_by("id")]
    assert [sorted(after) for after in entries] == [
        ["app_key", "name"], ["old_secret_until", "secret_changed_at"], ["old_secret_until"], ["old_secret_until"],
    ]  # fmt: skip


def test_tokens_of_a_shop_never_come_out_and_new_ones_are_due_for_renewal(admin, county):
    shop = make_shop(county, "douyin", access_token="old-token", refresh_token="old-refresh")
    client = signed_in(admin)
    address = f"/admin/orders/shop/{shop.pk}/change/"
    page = client.get(address).content.decode()
    assert "old-token" not in page
    assert "old-refresh" not in page
    form = {"county": shop.county_id, "platform": "douyin", "name": "店", "key": shop.key, "app_key": "app", "is_active": "on"}

    client.post(address, form)
    kept = Shop.objects.get()
    assert (kept.access_token, kept.refresh_token, kept.token_due_at) == ("old-token", "old-refresh", None)

    client.post(address, {**form, "platform_shop_no": "77977", "new_refresh_token": "new-refresh"})
    kept = Shop.objects.get()
    assert (kept.access_token, kept.refresh_token, kept.platform_shop_no) == ("old-token", "new-refresh", "77977")
    assert kept.token_due_at is not None


def test_new_shop_needs_a_secret(admin, county):
    client = signed_in(admin)
    form = {"county": county.pk, "platform": "standard", "name": "店", "key": "k1", "is_active": "on"}

    refused = client.post("/admin/orders/shop/add/", form)
    made = client.post("/admin/orders/shop/add/", {**form, "new_secret": SECRET})

    assert (refused.status_code, made.status_code, Shop.objects.get().secret) == (200, 302, SECRET)


def test_person_is_made_with_a_phone_and_a_hashed_password(admin, county):
    client = signed_in(admin)
    form = {"phone": "13800000001", "name": "张秀兰", "role": "host", "place": county.pk, "usable_password": "true"}

    answer = client.post(
        "/admin/livestream/user/add/", {**form, "password1": "a long enough phrase", "password2": "a long enough phrase"}
    )

    made = User.objects.get(phone="13800000001")
    assert (answer.status_code, made.name, made.role, made.check_password("a long enough phrase")) == (
        302,
        "张秀兰",
        "host",
        True,
    )
    assert client.get(f"/admin/livestream/user/{made.pk}/change/").status_code == 200
