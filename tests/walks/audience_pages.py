"""What the pages of viewers and comments are judged with: two platforms, one of them stale, and a comment of each kind."""

from __future__ import annotations

from datetime import timedelta

from livestream.actions.audience import Read, note_readings
from livestream.actions.comment import Said, hide_comment, note_comment
from livestream.models import Incident, QuickAnswer
from livestream.rules.audience import CommentKind, ReadingSource


def watched(session, staff, now):
    """Names for the addresses that need one."""
    began = session.went_live_at
    moments = [
        (platform, began + timedelta(minutes=n)) for platform, until in (("douyin", 5), ("kuaishou", 2)) for n in range(until)
    ]
    reads = [Read(platform, at, {"online_now": 120 + n}) for n, (platform, at) in enumerate(moments) if at < now]
    totals = {"view_pv": 900, "view_uv": 700, "watch_seconds": 9000}
    note_readings(session, [*reads, Read("douyin", began, totals)], source=ReadingSource.TAP, by=staff)
    comments = [note_comment(session, Said(f"几天能到{kind}", kind, began), by=staff)[0] for kind in CommentKind]
    hide_comment(comments[3], reason="辱骂主播", by=staff, at=now)
    answer = QuickAnswer.objects.create(county=session.county, title="几天能到", words="付款后三天到。")
    return {"an incident": Incident.objects.filter(session=session).latest("pk").pk, "quick answer": answer.pk}
