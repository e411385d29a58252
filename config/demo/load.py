"""Loads the demo county, and says how to use it. Once loaded, loading it again only moves it to the present moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from config.demo.campaign import load_campaign
from config.demo.cast import Cast
from config.demo.clash import load_clashes
from config.demo.goods import GOODS, NEIGHBOUR_GOODS, load_goods, load_own_shop, load_shops
from config.demo.goods_papers import load_goods_papers
from config.demo.leaders import load_broadcasts, load_register
from config.demo.notice import load_notices
from config.demo.on_air import load_on_air
from config.demo.people import COUNTY, EVERYBODY, NEIGHBOUR, OTHER_COUNTY, Person, load_people
from config.demo.release import load_release
from config.demo.review import load_practice, load_reviews
from config.demo.school import load_school
from config.demo.sessions import load_next_door, load_sessions
from config.demo.times import load_times
from config.demo.vault import load_persons_data
from config.demo.words import load_words
from config.demo.year import load_year
from livestream.actions.occasion import occasion, on
from livestream.actions.place import import_places, read_place_files
from livestream.models import LiveSession, Place

if TYPE_CHECKING:
    from datetime import datetime

    from orders.models import Shop

PLACES = Path(__file__).resolve().parent / "places"
ONE_AT_A_TIME = 2_026_140_425  # a PostgreSQL advisory lock: two loads at once would each see nothing of the other


@dataclass(frozen=True, slots=True)
class Demo:
    county: Place
    people: tuple[Person, ...]
    shops: tuple[Shop, ...]
    sessions: tuple[LiveSession, ...]

    def handles(self) -> dict[str, Any]:
        """What `demo --json` prints."""
        return {
            "county": self.county.pk,
            "users": {p.handle: {"login": p.phone, "password": p.password} for p in self.people if p.handle},
            "shops": [_shop_handle(shop) for shop in self.shops],
            "sessions": [_session_handle(session, self.shops) for session in self.sessions],
        }


def load_demo(*, now: datetime) -> Demo:
    """The demo county as of this moment. Adds what is missing, ends what is over, leaves everything else alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        # A thousand waits for the disk less, ten seconds on a slow one; what a power cut takes, the next load adds.
        cursor.execute("SET synchronous_commit = off")
    try:
        with on(occasion()._replace(through=occasion().through or "demo")):
            return _load(now)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET synchronous_commit")
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])


def _load(now: datetime) -> Demo:
    import_places(read_place_files(PLACES, (COUNTY, NEIGHBOUR, OTHER_COUNTY)))
    county = Place.objects.get(pk=COUNTY)
    shops = load_shops(county)
    people = load_people(timezone.localdate(now))
    load_persons_data(people)
    cast = Cast(county, people, load_goods(county, GOODS), shops, now)
    load_goods_papers(cast)
    load_register(county)
    load_year(cast)
    load_practice(cast)
    load_broadcasts(cast)
    load_campaign(cast)
    load_clashes(cast)
    load_notices(cast)
    neighbour = Place.objects.get(pk=NEIGHBOUR)
    their_shop = load_own_shop(neighbour, "壶关旱地好物")
    load_next_door(Cast(neighbour, people, load_goods(neighbour, NEIGHBOUR_GOODS), (their_shop,), now))
    sessions = tuple(load_sessions(cast))
    load_on_air(sessions[0], cast)
    load_words(cast, sessions[0], sessions[3])
    load_reviews(cast, sessions[4])
    load_times(cast)
    load_release(cast)
    load_school(cast)
    return Demo(county, EVERYBODY, shops, sessions)


def _shop_handle(shop: Shop) -> dict[str, str]:
    handle = {"platform": shop.platform, "key": shop.key, "secret": shop.secret, "name": shop.name}
    return handle | {"app_key": shop.app_key} if shop.app_key else handle


def _session_handle(session: LiveSession, shops: tuple[Shop, ...]) -> dict[str, Any]:
    rooms = list(session.rooms.order_by("pk").values_list("platform", "room_id"))
    keys = {shop.platform: shop.key for shop in shops}
    return {
        "id": str(session.pk),
        "kind": session.kind,
        "state": session.state,
        "room": rooms[0][1],
        "shops": [keys[platform] for platform, _room in rooms if platform in keys],
        "board": reverse("orders:session_board", args=[session.pk]),
    }
