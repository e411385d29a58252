"""The growth of a host: the case of Pingshun, 20 people, then about 500, then 2,000; and who may see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from livestream.actions.audience import Read, note_readings
from livestream.actions.growth import growth_of
from livestream.actions.reward import publish_reward
from livestream.models import LiveSession, PromotionTask
from livestream.rules.audience import ReadingSource, typical
from livestream.rules.growth import MarkKind, Month, by_month, curves
from orders.actions.intake import receive
from orders.models.ledger import Cause
from tests.campaigns import make_reward, make_task
from tests.factories import make_arrival, make_order_body, make_session, make_shop, make_user

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 6, 1, 12, tzinfo=UTC)  # 20:00 in Shanghai


def evening(county, host, began, readings, platform="douyin", **kwargs):
    session = make_session(county, host, went_live_at=began, ended_at=began + timedelta(hours=2), room=f"R{began:%m%d}", **kwargs)
    reads = [Read(platform, began + timedelta(minutes=10 * n), {"online_now": online}) for n, online in enumerate(readings)]
    note_readings(session, reads, source=ReadingSource.TAP, by=host)
    return session


@pytest.fixture
def grown(county, host):
    """June alone; promotion from 1 July, rewards from 1 August."""
    june = [evening(county, host, FIRST + timedelta(days=7 * n), [15, 20, 25, 20]) for n in range(2)]
    july = evening(county, host, datetime(2026, 7, 6, 12, tzinfo=UTC), [300, 500, 480, 620], title="预播推广以后")
    august = evening(county, host, datetime(2026, 8, 3, 12, tzinfo=UTC), [450, 520, 2000, 500], title="奖励以后")
    task = make_task(july, at=july.planned_start_at - timedelta(days=30), due_at=july.planned_start_at)
    PromotionTask.objects.filter(pk=task.pk).update(done_at=datetime(2026, 7, 1, tzinfo=UTC), done_by=host)
    publish_reward(make_reward(august), by=host, at=datetime(2026, 8, 1, tzinfo=UTC))
    return [*june, july, august]


def test_from_20_to_500_to_a_peak_of_2000(grown, host):
    found = growth_of(LiveSession.objects.filter(host=host))

    assert [(one.crowd.typical, one.crowd.peak) for one in found.evenings] == [(20, 25), (20, 25), (490, 620), (510, 2000)]
    assert by_month(found.evenings) == [
        Month(datetime(2026, 6, 1).date(), 2, 20, 25),  # noqa: DTZ001
        Month(datetime(2026, 7, 1).date(), 1, 490, 620),  # noqa: DTZ001
        Month(datetime(2026, 8, 1).date(), 1, 510, 2000),  # noqa: DTZ001
    ]
    assert [(mark.kind, mark.at.day, mark.is_first) for mark in found.marks] == [
        (MarkKind.PROMOTION, 1, True), (MarkKind.REWARD, 1, True),
    ]  # fmt: skip
    assert [one.marks for one in found.evenings] == [set(), set(), {MarkKind.PROMOTION}, {MarkKind.REWARD}]
    drawn = curves(found.evenings, found.marks)
    assert (drawn.most, len(drawn.dots), [mark.kind for _x, mark in drawn.marks]) == (2000, 4, ["promotion", "reward"])


def test_the_database_counts_as_the_rule_does(county, host):
    for readings in ([1], [1, 2], [5, 1, 9], [3, 3, 4, 9]):
        evening(county, host, FIRST + timedelta(days=sum(readings)), readings)

    found = growth_of(LiveSession.objects.filter(host=host)).evenings

    assert sorted(one.crowd.typical for one in found) == sorted(typical(r) for r in ([1], [1, 2], [5, 1, 9], [3, 3, 4, 9]))


def test_two_platforms_are_never_summed_and_practice_is_not_counted(county, host):
    session = evening(county, host, FIRST, [100, 100])
    note_readings(session, [Read("kuaishou", FIRST, {"online_now": 80})], source=ReadingSource.TAP, by=host)
    evening(county, host, FIRST + timedelta(days=1), [9000], kind="practice")

    (found,) = growth_of(LiveSession.objects.filter(host=host)).evenings

    assert (found.crowd.platform, found.crowd.peak, found.several) == ("douyin", 100, True)


def test_orders_and_net_stand_beside_the_viewers(client, grown, county, host):
    shop = make_shop(county)
    at = grown[-1].went_live_at + timedelta(minutes=5)
    room = grown[-1].rooms.get().room_id
    body = make_order_body("T1", at=at, room=room, refunds=[("F1", 1, 1000)])
    receive([make_arrival(shop, body, now=at)], cause=Cause.PUSH, at=at)
    client.force_login(host)

    fragment = client.get(f"/people/{host.pk}/growth/figures/?since=").content.decode()
    page = client.get(f"/people/{host.pk}/growth/figures/").content.decode()

    assert f'data-slot-for="orders-{grown[-1].pk}" hidden>1<' in fragment
    assert f'data-slot-for="net-{grown[-1].pk}" hidden>¥ 110<' in fragment.replace("\u2009", " ").replace("\u00a0", " ")
    assert "一场一场" in page
    assert "一场一场" not in fragment


def test_everybody_sees_their_own_and_staff_their_county(client, grown, county, other_county, host, staff, trainer, stranger):
    other = make_user("host", county)
    there = {
        "person": f"/people/{host.pk}/growth/",
        "mine": "/my/growth/",
        "list": "/goods/growth/",
        "figures": f"/people/{host.pk}/growth/figures/",
    }
    seen = {}
    for name, user in {"staff": staff, "trainer": trainer, "stranger": stranger, "host": host, "other": other}.items():
        client.force_login(user)
        seen[name] = {page: client.get(url).status_code for page, url in there.items()}

    assert seen == {
        "staff": {"person": 200, "mine": 200, "list": 200, "figures": 200},
        "trainer": {"person": 200, "mine": 200, "list": 200, "figures": 404},
        "stranger": {"person": 404, "mine": 200, "list": 200, "figures": 404},
        "host": {"person": 403, "mine": 200, "list": 403, "figures": 200},
        "other": {"person": 403, "mine": 200, "list": 403, "figures": 404},
    }
    client.force_login(stranger)
    assert host.name not in client.get("/goods/growth/").content.decode()
    client.force_login(host)
    page = client.get("/my/growth/")
    assert [one.title for one in page.context["evenings"]][:2] == ["奖励以后", "预播推广以后"]
