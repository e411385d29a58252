"""`python -m faults.world`: puts the county, the shop and the session on air into an empty database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from livestream.models import User

COUNTY = "140425"
SHOP = "faults"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ROOM, OTHER_ROOM = "7300000000000000001", "7300000000000000002"
SESSION_ID = "00000000-0000-4000-8000-000000000017"
LOGIN_KEY = "faultsfaultsfaultsfaultsfaultsfa"


def make_world() -> None:
    from livestream.models import LiveSession, Place, Room, User
    from orders.models import Shop

    province = Place.objects.create(code="14", name="山西省", level="province")
    city = Place.objects.create(code="1404", name="长治市", level="city", parent=province)
    county = Place.objects.create(code=COUNTY, name="平顺县", level="county", parent=city)
    host = User.objects.create(phone="10000000001", name="测试主播", role="host", place=county)
    log_in(User.objects.create(phone="10000000002", name="测试职员", role="staff", place=county))
    Shop.objects.create(county=county, platform="standard", key=SHOP, name="故障测试", secret=SECRET)
    start = datetime.now(UTC) - timedelta(hours=6)
    session = LiveSession.objects.create(
        id=SESSION_ID, county=county, kind="county_head", state="live", title="故障测试", host=host, place=county,
        planned_start_at=start, planned_end_at=start + timedelta(hours=12), went_live_at=start,
    )  # fmt: skip
    Room.objects.create(session=session, platform="standard", room_id=ROOM, account="880000000000000001")


def log_in(user: User) -> None:
    """A login whose key everybody here knows, to look at the boards."""
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


if __name__ == "__main__":
    import django

    django.setup()
    make_world()
