"""The minutes of a session as a picture for paper: what the timeline draws, without its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.review_paper import Curve
from livestream.actions.review_paper_parts import platform_name
from orders.board.timeline import timeline_context
from orders.rules.timeline import Lane

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LiveSession

LANES_FROM, LANE_HIGH = 238, 14
HAPPENED_AT_MOST = 60


def curve_of(session: LiveSession, at: datetime) -> Curve | None:
    """None before the session went live."""
    found = timeline_context(session, at=at)
    if found is None:
        return None
    lanes = [(lane, those) for lane, those in found["lanes"] if those]
    drawn = [{"y": LANES_FROM + n * LANE_HIGH, "ticks": those} for n, (_lane, those) in enumerate(lanes)]
    context = {**found, "lanes": drawn, "height": LANES_FROM + LANE_HIGH * len(lanes)}
    happened = sorted((one for _lane, those in lanes for _x, one in those), key=lambda one: one.at)
    return Curve(
        render_to_string("orders/curve.svg", context).encode(),
        above_of(found, [lane for lane, _those in lanes]),
        [f"{timezone.localtime(tick):%H:%M}" for tick in found["ticks"]],
        [(f"{timezone.localtime(one.at):%H:%M:%S}", str(one.word), one.words or "—") for one in happened[:HAPPENED_AT_MOST]],
    )


def above_of(found: dict[str, Any], lanes: list[Lane]) -> str:
    """From above to below: what each line of the picture is."""
    online = "、".join(platform_name(platform) for platform, *_rest in found["online"])
    told = [
        _("在线（{where}），最高 {most}").format(where=online, most=f"{found['most_online']:,}")
        if online
        else _("在线：没有人记过"),
        _("每 {step} 分钟订单，最高 {most} 单").format(step=found["step_minutes"], most=f"{found['most_orders']:,}"),
        _("讲解"),
        *[str(lane.label) for lane in lanes],
    ]
    return _("从上到下：") + "；".join(told) + ("；" + _("虚线是下播") if found["ended"] else "")
