"""What the demo's people concluded of sessions that are over, what they do about it, what buyers said; and a practice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from config.demo.people import HOST, STAFF, TERRACE_HOST
from livestream.actions.complaint import Said, answer_complaint, say_complaint
from livestream.actions.pitch import start_pitch
from livestream.actions.practice import start_practice
from livestream.actions.review import add_action, finish_action, note_part
from livestream.actions.session import change_state
from livestream.models import Complaint, LiveSession, ReviewNote
from livestream.rules.complaint import ComplaintKind
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.review import ReviewPart
from livestream.rules.session import SessionEvent, SessionKind
from orders.actions.subsidy import follow_subsidies

if TYPE_CHECKING:
    from config.demo.cast import Cast

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
P = ReviewPart
CONCLUDED = (
    (P.GOAL, "离目标还差一截：前半场讲得散，九点以后才顺。"),
    (P.FUNNEL, "点商品的人还能再多：讲到第三分钟才说价格，太晚。"),
    (P.GOODS, "小米讲得最久，也卖得最多；土豆运费高，下回单独开一场。"),
    (P.SUPPLY, "小米头两天发得慢，合作社只有一个人打包。"),
    (P.MONEY, "县里的补贴补给了合作社，一袋比平时多落四块。"),
)


def load_reviews(cast: Cast, over: LiveSession) -> None:
    """Of the session of a week ago and of the host's last one; what the subsidy has paid so far."""
    if not ReviewNote.objects.filter(session=over).exists():
        _conclude(cast, over)
    if not Complaint.objects.filter(session=over).exists():
        _complain(cast, over)
    before = LiveSession.objects.filter(host=cast.people[HOST.phone], kind=SessionKind.VILLAGE_HOST, readings__isnull=False)
    last = before.aired().filter(ended_at__isnull=False).order_by("-went_live_at").first()
    if last and not ReviewNote.objects.filter(session=last).exists():
        _carry_on(cast, last)
    follow_subsidies(at=cast.now)


@transaction.atomic
def _conclude(cast: Cast, over: LiveSession) -> None:
    """What to do: one thing is done, one is late, one is still to come."""
    by, host, at = cast.people[STAFF.phone], cast.people[TERRACE_HOST.phone], over.started_at + DAY
    for part, words in CONCLUDED:
        note_part(over, part, words=words, by=by, at=at)
    note_part(over, P.HOST, words="前半场紧张，话太快。小米的熬法大家爱听，下回早点讲。", by=host, at=at)
    today = shanghai_day(cast.now)
    done = add_action(over, what="把小米的熬法拍成 30 秒短视频", owner=host, due_on=shanghai_day(at + 3 * DAY), by=by, at=at)
    finish_action(done, outcome="拍了，发在账号上，一千多人看过", at=at + 2 * DAY)
    add_action(over, what="请苗庄合作社再找一个打包的人", owner=by, due_on=max(shanghai_day(at), today - 2 * DAY), by=by, at=at)
    add_action(over, what="开场三分钟内报价格", owner=host, due_on=today + 3 * DAY, by=by, at=at)


@transaction.atomic
def _carry_on(cast: Cast, last: LiveSession) -> None:
    """It stands on the host's next session until it is done."""
    by, host, at = cast.people[STAFF.phone], cast.people[HOST.phone], last.started_at + DAY
    note_part(last, P.PEOPLE, words="没有助播，看不过来弹幕。", by=by, at=at)
    add_action(last, what="样品多备两包，尝完了有得换", owner=host, due_on=shanghai_day(cast.now + 2 * DAY), by=by, at=at)


@transaction.atomic
def _complain(cast: Cast, over: LiveSession) -> None:
    by, said_at = cast.people[STAFF.phone], cast.now - 4 * DAY
    millet = cast.products["HXM-2500"]
    leaking = say_complaint(over, Said(ComplaintKind.QUALITY, "小米有一袋漏气了，米没坏。", product=millet), at=said_at)
    answer = "对不起，合作社今天补寄一袋，运费他们出。漏的那袋不用寄回。"
    answer_complaint(leaking, answer=answer, is_closed=True, by=by, at=said_at + 5 * HOUR)
    say_complaint(over, Said(ComplaintKind.SHIPPING, "拍了两份，只收到一份。"), at=cast.now - 6 * HOUR)


@transaction.atomic
def load_practice(cast: Cast) -> None:
    """The host practised yesterday afternoon for a quarter of an hour. Comes before she is on air."""
    host, at = cast.people[HOST.phone], cast.now - DAY - 4 * HOUR
    if LiveSession.objects.filter(host=host, kind=SessionKind.PRACTICE).exists():
        return
    skus = ("SB-1000", "HT-2500", "HXM-2500")
    try:
        session = start_practice(host, [cast.products[sku].pk for sku in skus], at=at)
    except NotAllowed:  # a demo from before: she is on air, or booked
        return
    for number, sku in enumerate((*skus, skus[0])):
        start_pitch(session, cast.products[sku], at=at + (1 + 4 * number) * MINUTE, by=host)
    change_state(session, SessionEvent.END, at=at + 16 * MINUTE, by=host)
