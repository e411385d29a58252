"""People and alarms: one takes note, a county has its limits; and whatever comes and goes, each episode is raised once."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from livestream.models import BoardVersion
from livestream.rules.errors import NotAllowed
from orders.actions.alert import Change, acknowledge, raise_alerts, set_thresholds, settle
from orders.models import Alert, AlertThresholds
from orders.rules.alert import AlertKind, Condition, Key, Limits, once_each
from tests.factories import make_session, make_user
from tests.orders.sales import AT, MINUTE, SECOND, make_evening, sell, versions

pytestmark = pytest.mark.django_db


@pytest.fixture
def on_air(county, host):
    return make_evening(county, host)


@pytest.fixture
def alert(on_air, shop):
    sell(shop, 51, AT - MINUTE)
    raise_alerts(AT)
    return Alert.objects.get()


def test_the_first_to_take_note_is_remembered_and_the_second_learns_who(alert, staff, county):
    colleague = make_user("staff", county, name="王芳")
    before = versions()

    acknowledge(alert, by=colleague, at=AT + MINUTE)
    with pytest.raises(NotAllowed) as refused:
        acknowledge(Alert.objects.get(), by=staff, at=AT + 2 * MINUTE)
    assert acknowledge(Alert.objects.get(), by=colleague, at=AT + 3 * MINUTE).acknowledged_at == AT + MINUTE

    assert str(refused.value) == "王芳已经处理过这一条：知道了。"
    alert.refresh_from_db()
    assert (alert.acknowledged_by, alert.acknowledged_at, alert.cleared_at) == (colleague, AT + MINUTE, None)
    assert versions() == {scope: version + 1 for scope, version in before.items()}


def test_what_was_acknowledged_stays_open_and_is_not_raised_again(alert, staff, shop):
    acknowledge(alert, by=staff, at=AT)
    sell(shop, 1, AT + SECOND)

    assert raise_alerts(AT + 2 * SECOND) == Change(restated=1)
    assert (Alert.objects.open().count(), Alert.objects.unread().count()) == (1, 0)
    assert raise_alerts(AT + 3 * SECOND) == Change()


def test_a_county_has_its_own_limits_and_its_neighbour_the_usual_ones(on_air, shop, county, other_county, staff):
    theirs = make_session(other_county, make_user("host", other_county), room="R9", account="A9", went_live_at=AT - 60 * MINUTE)
    limits = Limits(10, 90, 5, 20, 5)
    set_thresholds(county, Limits(1, 2, 3, 4, 5), by=staff)
    set_thresholds(county, limits, by=staff)

    assert raise_alerts(AT) == Change(raised=1)

    assert AlertThresholds.objects.filter(county=county, no_orders_minutes=90).count() == 1
    assert [alert.scope for alert in Alert.objects.all()] == [f"session:{theirs.pk}"]


@pytest.mark.parametrize(
    "change", [{"selling_out_minutes": 0}, {"silent_minutes": 241}, {"refund_percent": 101}, {"refund_orders": 0}]
)
def test_the_database_refuses_limits_out_of_bounds(county, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        AlertThresholds.objects.create(county=county, **change)


# --- whatever happens -----------------------------------------------------------------------------------------------------

KEYS = st.builds(
    Key,
    st.sampled_from(["session:1", "session:2", "county:140425"]),
    st.sampled_from(AlertKind),
    st.sampled_from(["", "LDS-500"]),
    st.sampled_from(["1", "2"]),
)
LOOKS = st.lists(st.tuples(st.sets(KEYS, max_size=4), st.integers(0, 2), st.booleans()), max_size=12)


def test_whatever_comes_and_goes_each_episode_is_raised_once(county, staff):
    @examples(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(LOOKS)
    def look(looks):
        Alert.objects.all().delete()
        BoardVersion.objects.all().delete()
        seen, raised, changes = set(), 0, 0
        for n, (keys, number, takes_note) in enumerate(looks):
            before = versions().get("county:140425", 0)
            opened = {Key(a.scope, AlertKind(a.kind), a.subject, a.episode): a for a in Alert.objects.open()}
            conditions = once_each(Condition("140425", key, "x", number) for key in keys)

            change = settle(opened, conditions, at=AT + n * SECOND)

            now_open = {Key(a.scope, AlertKind(a.kind), a.subject, a.episode) for a in Alert.objects.open()}
            assert now_open == (keys & set(opened)) | (keys - seen)
            raised += change.raised
            seen |= keys
            changes += any(change)
            assert versions().get("county:140425", 0) == before + any(change)
            if takes_note and (first := Alert.objects.unread().first()):
                acknowledge(first, by=staff, at=AT)
                changes += 1
        assert raised == len(seen) == Alert.objects.count()
        assert versions().get("county:140425", 0) == changes

    look()
