"""A farmer in a field without network says when he is free: nothing that he tapped is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from livestream.actions.availability import times_of
from livestream.rules.availability import HOURS_OF, Away, Hours, PartOfDay


@pytest.mark.browser
def test_what_is_tapped_without_network_is_there_when_it_is_back(page, sign_in, host):
    day = timezone.localdate() + timedelta(days=2)
    sign_in(host)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/my/times/")

    page.context.set_offline(True)
    for name in ("d2_evening", "d5_evening", "d6_morning"):
        page.check(f"[name={name}]", force=True)
    page.click("text=保存这一周")
    page.fill("[name=from_on]", day.isoformat())
    page.fill("[name=reason]", "赶集")
    page.click("text=记下这几天")
    expect(page.locator("[data-outbox-note]")).to_contain_text("2 步已存在手机里")
    assert times_of(host).hours == ()

    page.context.set_offline(False)
    expect(page.locator(".said")).to_contain_text("赶集", timeout=20_000)

    evening, morning = HOURS_OF[PartOfDay.EVENING], HOURS_OF[PartOfDay.MORNING]
    assert times_of(host).hours == (Hours(2, *evening), Hours(5, *evening), Hours(6, *morning))
    assert times_of(host).away == (Away(day, day, reason="赶集"),)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
