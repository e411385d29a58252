"""A reason lets a clash stand where the county asks for one: who gave it, for which hours, who allowed it."""

from __future__ import annotations

import pytest
from django.db import transaction

from livestream.actions.clash import (
    allow_excuse,
    booking_told,
    clashes_between,
    clashes_of,
    unallowed,
    unallowed_among,
)
from livestream.models import AuditEntry, Booking, Excuse, LiveSession
from livestream.rules.clash import Clashing
from livestream.rules.planning import Level
from tests.clashes import AT, EVENING, HOUR, check, plan, refused_as, set_levels
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def excused(county, host, staff):
    """Two sessions of one host at the same hours; the second has a reason, which nobody has allowed yet."""
    set_levels(county, host="approve")
    first = plan(county, host, title="潞党参专场")
    with booking_told():
        second = plan(county, host, hours=1)
        key = f"time:person:{host.pk}:{first.pk}"
        check(second, staff, excuses={key: "  就这一天\n有货 "})
    return second


@pytest.fixture
def approver(county):
    return make_user("approver", county)


def test_without_a_reason_it_is_refused_with_the_key_to_give_it(county, host, staff):
    set_levels(county, host="approve")
    first = plan(county, host)

    with pytest.raises(Clashing) as refused, booking_told():
        check(plan(county, host), staff)

    assert [(clash.key, clash.level) for clash in refused.value.clashes] == [(f"time:person:{host.pk}:{first.pk}", Level.APPROVE)]


def test_with_a_reason_it_is_stored_and_waits(excused, staff):
    (clash,) = unallowed(excused)
    (excuse,) = Excuse.objects.all()

    assert (clash.reason, clash.is_allowed, clash.is_refused) == ("就这一天 有货", False, False)
    assert (excuse.excused_by, excuse.excused_at, excuse.allowed_by) == (staff, AT, None)
    assert set(unallowed_among(LiveSession.objects.all())) == {excused.pk}
    assert AuditEntry.objects.filter(deed="clash_excused").count() == 1


def test_the_other_session_does_not_wait_for_it(excused):
    first = LiveSession.objects.get(title="潞党参专场")

    (clash,) = clashes_of(first)

    assert (clash.reason, clash.holds_release) == ("就这一天 有货", False)
    assert unallowed(first) == []


def test_allowed_by_an_approver_it_may_be_released(excused, approver):
    allow_excuse(Excuse.objects.get(), by=approver, at=AT)
    allow_excuse(Excuse.objects.get(), by=approver, at=AT + HOUR)

    assert unallowed(excused) == []
    assert (Excuse.objects.get().allowed_by, Excuse.objects.get().allowed_at) == (approver, AT)
    assert AuditEntry.objects.filter(deed="clash_allowed").count() == 1


def test_nobody_allows_his_own(excused, staff):
    with refused_as("own_excuse"):
        allow_excuse(Excuse.objects.get(), by=staff, at=AT)


def test_what_does_not_clash_any_more_needs_no_allowance(excused, approver):
    LiveSession.objects.filter(title="潞党参专场").update(state="cancelled")

    with refused_as("excuse_gone"):
        allow_excuse(Excuse.objects.get(), by=approver, at=AT)


def test_asked_again_at_the_same_hours_it_stays_allowed(excused, approver, staff):
    allow_excuse(Excuse.objects.get(), by=approver, at=AT)

    check(excused, staff)

    assert unallowed(excused) == []


def test_moved_to_other_hours_it_needs_to_be_allowed_anew(excused, approver, staff):
    allow_excuse(Excuse.objects.get(), by=approver, at=AT)

    with booking_told():
        LiveSession.objects.filter(pk=excused.pk).update(planned_start_at=EVENING + 1.5 * HOUR)
        check(excused, staff)

    (clash,) = unallowed(excused)
    assert (clash.reason, clash.begins) == ("就这一天 有货", EVENING + 1.5 * HOUR)


def test_moved_out_of_the_way_the_excuse_goes(excused, staff):
    with booking_told():
        LiveSession.objects.filter(pk=excused.pk).update(planned_start_at=EVENING + 3 * HOUR, planned_end_at=EVENING + 4 * HOUR)
        assert check(excused, staff) == []

    assert Excuse.objects.count() == 0
    assert Booking.objects.filter(is_binding=False).count() == 0


def test_a_reason_for_what_is_blocked_is_none(county, host, staff):
    first = plan(county, host)

    with pytest.raises(Clashing), booking_told():
        check(plan(county, host), staff, excuses={f"time:person:{host.pk}:{first.pk}": "就这一天有货"})


def test_a_reason_of_a_page_is_refused(county, host, staff):
    set_levels(county, host="approve")
    first = plan(county, host)

    with refused_as("excuse_too_long"), booking_told():
        check(plan(county, host), staff, excuses={f"time:person:{host.pk}:{first.pk}": "好" * 201})


def test_the_session_that_has_the_excuse_stands_first(excused):
    (clash,) = clashes_between(AT, EVENING + HOUR, county=excused.county_id)

    assert (clash.mine, clash.reason) == (excused.pk, "就这一天 有货")


def test_an_excuse_is_gone_with_its_session(excused):
    with transaction.atomic():
        excused.delete()

    assert (Excuse.objects.count(), Booking.objects.count()) == (0, 1)
