"""The world of a bench: scratch databases copied from one migrated template with a county, a shop and a session on air."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from bench.goods import ACCOUNT, COUNTY, FILE_SHOP_KEY, GOODS, LOGIN_KEY, ROOM, SECRET, SESSION_ID, SHOP_KEY
from bench.report import ROOT
from config import embedded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livestream.models import User

TEMPLATE = "bench_template"


@dataclass(frozen=True, slots=True)
class Scene:
    """The PostgreSQL server of this run."""

    server: str

    def url(self, database: str) -> str:
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{database}"))

    @contextmanager
    def scratch(self, name: str) -> Iterator[str]:
        """The address of a fresh copy of the template, dropped at the end."""
        database = f"bench_{name}"
        self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))
        self.run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(database), sql.Identifier(TEMPLATE)))
        try:
            yield self.url(database)
        finally:
            self.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    def run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)


def open_scene() -> Scene:
    """Finds or starts the server and makes the template. Must run before the settings are read."""
    os.environ.setdefault("CUNBO_DATA", str(ROOT / "var" / "bench"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        scene = Scene(os.environ.get("DATABASE_URL") or embedded.start())
    except embedded.CannotStart as error:
        raise SystemExit(str(error)) from None
    scene.run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(TEMPLATE)))
    # A copy of that database on the same server, in which the migrations have run, saves them.
    migrated = urlsplit(os.environ.get("CUNBO_MIGRATED", "")).path.strip("/") or "template1"
    scene.run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(TEMPLATE), sql.Identifier(migrated)))
    os.environ["DATABASE_URL"] = scene.url(TEMPLATE)
    fill_template()
    return scene


def fill_template() -> None:
    pool = os.environ.get("DATABASE_POOL")
    os.environ["DATABASE_POOL"] = "0"  # an open pool would keep the template from being copied
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    put_people_and_shop()
    connection.close()
    if pool is None:
        del os.environ["DATABASE_POOL"]
    else:
        os.environ["DATABASE_POOL"] = pool


def put_people_and_shop() -> None:
    from livestream.models import LiveSession, Place, Product, Room, Supplier, User
    from orders.models import Shop

    province = Place.objects.create(code="14", name="山西省", level="province")
    city = Place.objects.create(code="1404", name="长治市", level="city", parent=province)
    county = Place.objects.create(code=COUNTY, name="平顺县", level="county", parent=city)
    host = User.objects.create(phone="10000000001", name="测试主播", role="host", place=county)
    staff = User.objects.create(phone="10000000002", name="测试职员", role="staff", place=county)
    log_in(staff)
    Shop.objects.create(county=county, platform="standard", key=SHOP_KEY, name="量一量", secret=SECRET)
    Shop.objects.create(county=county, platform="douyin", key=FILE_SHOP_KEY, name="量文件", secret="s", app_key="a")
    supplier = Supplier.objects.create(county=county, place=county, name="合作社", kind="cooperative")
    for sku, title, price in GOODS:
        Product.objects.create(county=county, sku=sku, title=title, supplier=supplier, net_weight_grams=500, list_price_fen=price)
    start = datetime.now(UTC) - timedelta(hours=6)
    session = LiveSession.objects.create(
        id=SESSION_ID, county=county, kind="county_head", state="live", title="量一量", host=host, place=county,
        planned_start_at=start, planned_end_at=start + timedelta(hours=12), went_live_at=start,
    )  # fmt: skip
    Room.objects.create(session=session, platform="standard", room_id=ROOM, account=ACCOUNT)


def log_in(user: User) -> None:
    """A login whose key everybody here knows."""
    from django.contrib import auth
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session

    kept = {
        auth.SESSION_KEY: str(user.pk),
        auth.BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
        auth.HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    until = datetime.now(UTC) + timedelta(days=1)
    Session.objects.create(session_key=LOGIN_KEY, session_data=SessionStore().encode(kept), expire_date=until)
