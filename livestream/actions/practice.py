"""Every write to a practice room: begun by a host alone, ended by itself. What it sells is derived, and stored nowhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max, Q

from livestream.actions.board import bump_versions, session_scope, stage_scope
from livestream.actions.control_start import prepare_start, write_start
from livestream.actions.notice import in_chinese
from livestream.actions.refusal import refusing
from livestream.actions.session import change_state
from livestream.models import ControlEvent, LineUpItem, LiveSession, Product, User
from livestream.rules.control import ControlKind
from livestream.rules.errors import NotAllowed
from livestream.rules.practice import GOODS_AT_MOST, LONGEST, Doing, Good, Sold, Step, sales, summed
from livestream.rules.practice_hints import Done, longest_silence, practice_title
from livestream.rules.session import AIRED, SessionEvent, SessionKind, SessionState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from livestream.models.product import ProductQuerySet

TITLE_AT_MOST = 60
LENT = 5
STOCK = 60  # of what has no stock of an earlier line-up: little enough to be sold out by somebody who sells well
PLANNED = timedelta(minutes=1)  # no longer, so that a practice stands in the way of no plan
DOINGS = {
    ControlKind.ITEM_LISTED: Doing.LIST,
    ControlKind.ITEM_UNLISTED: Doing.UNLIST,
    ControlKind.ITEM_SOLD_OUT: Doing.UNLIST,
    ControlKind.ITEM_PULLED: Doing.UNLIST,
    ControlKind.PRICE_CHANGED: Doing.PRICE,
    ControlKind.STOCK_CHANGED: Doing.STOCK,
    ControlKind.COUPON_ISSUED: Doing.COUPON,
    ControlKind.REWARD_ISSUED: Doing.COUPON,
}


def practice_now(host: User) -> LiveSession | None:
    """The practice that this host is in."""
    return LiveSession.objects.live().filter(host=host, kind=SessionKind.PRACTICE).order_by("went_live_at").first()


def goods_for(host: User) -> ProductQuerySet:
    """What a host has to practise with: his own goods, or, where he has none, what the county lends him. By name."""
    own = own_goods(host)
    return own if own.exists() else lent_to(host)


def own_goods(host: User) -> ProductQuerySet:
    """What his own place supplies, and what he sold himself."""
    sold = LiveSession.objects.filter(host=host).exclude(kind=SessionKind.PRACTICE).values("line_up__product")
    of_his = Product.objects.filter(Q(supplier__place=host.place_id) | Q(pk__in=sold), county=host.county_id, is_in_use=True)
    return of_his.select_related("supplier").order_by("title", "pk")


def lent_to(host: User) -> ProductQuerySet:
    """For somebody new, whose place supplies nothing and who has sold nothing: a few of what the county last sold on air."""
    on_air = LiveSession.objects.filter(county=host.county_id, state__in=AIRED).exclude(kind=SessionKind.PRACTICE)
    sold = LineUpItem.objects.filter(session__in=on_air, product__is_in_use=True, product__county=host.county_id)
    newest = sold.values("product").annotate(last=Max("session__went_live_at")).order_by("-last", "product")
    few = [row["product"] for row in newest[:LENT]]
    return Product.objects.filter(pk__in=few).select_related("supplier").order_by("title", "pk")


def last_line_up(host: User) -> list[LineUpItem]:
    """What he sold last, or practised with, as far as it is still in use."""
    last = LiveSession.objects.filter(host=host, state__in=AIRED, county=host.county_id, line_up__isnull=False)
    newest = last.order_by("-went_live_at").first()
    if newest is None:
        return []
    items = newest.line_up.filter(product__is_in_use=True).select_related("product").order_by("position")
    return list(items[:GOODS_AT_MOST])


@transaction.atomic
def start_practice(host: User, products: Sequence[int] = (), *, at: datetime) -> LiveSession:
    """On air at once, without plan and approval: nothing of it leaves the house. Without `products`: those of his last line-up,
    or the first of what he has (`goods_for`). While he is in one, the same one.

    Raises NotAllowed(`practice_on_air`, `practice_busy`, `practice_goods`, `practice_unknown`, `practice_too_many`)."""
    User.objects.select_for_update(no_key=True).get(pk=host.pk)
    if there := practice_now(host):
        return there
    if real := LiveSession.objects.live().filter(host=host).first():
        raise NotAllowed("practice_on_air", title=real.title)
    county = host.county_id
    if county is None:
        raise NotAllowed("practice_goods")
    items = _items(host, products)
    with refusing({"booked_by_one_session_at_a_time": "practice_busy"}):
        session = _room(host, county, [product for product, _price, _stock in items], at)
    LineUpItem.objects.bulk_create(
        [
            LineUpItem(session=session, position=place, product=product, live_price_fen=price, committed_stock=stock)
            for place, (product, price, stock) in enumerate(items, start=1)
        ]
    )
    prepare_start(session)
    write_start(session, at=at, by=host)
    _touch([session])
    return session


def _room(host: User, county: str, goods: Sequence[Product], at: datetime) -> LiveSession:
    with in_chinese():
        title = practice_title("、".join(product.title for product in goods[:2]))[:TITLE_AT_MOST]
    return LiveSession.objects.create(
        county_id=county,
        kind=SessionKind.PRACTICE,
        state=SessionState.LIVE,
        title=title,
        host=host,
        place=host.place,
        planned_start_at=at,
        planned_end_at=at + PLANNED,
        went_live_at=at,
    )


def _items(host: User, products: Sequence[int]) -> list[tuple[Product, int, int]]:
    """Product, live price in fen, stock. Raises NotAllowed."""
    known = {item.product_id: item for item in last_line_up(host)}
    if len(set(products)) > GOODS_AT_MOST:
        raise NotAllowed("practice_too_many", limit=GOODS_AT_MOST)
    wanted = list(dict.fromkeys(products)) or list(known)
    wanted = wanted or list(goods_for(host).values_list("pk", flat=True)[:3])
    there = {pk: item.product for pk, item in known.items()} | goods_for(host).in_bulk(wanted)
    found = {pk: there[pk] for pk in wanted if pk in there}
    if not wanted:
        raise NotAllowed("practice_goods")
    if len(found) < len(wanted):
        raise NotAllowed("practice_unknown")
    return [_item(found[pk], known.get(pk)) for pk in wanted]


def _item(product: Product, last: LineUpItem | None) -> tuple[Product, int, int]:
    price = (last.live_price_fen if last else 0) or product.list_price_fen
    return product, max(1, price), (last and last.committed_stock) or STOCK


def end_overdue(*, at: datetime) -> int:
    """A practice ends by itself after LONGEST, as of then; returns how many did."""
    ended = 0
    for session in LiveSession.objects.live().filter(kind=SessionKind.PRACTICE, went_live_at__lte=at - LONGEST).order_by("pk"):
        try:
            change_state(session, SessionEvent.END, at=session.started_at + LONGEST)
        except NotAllowed:  # the host was faster
            continue
        ended += 1
    return ended


@transaction.atomic
def keep_moving(*, at: datetime) -> int:
    """The boards of practice rooms are newer now: their audience buys by the clock. Returns how many rooms there are."""
    rooms = list(LiveSession.objects.live().filter(kind=SessionKind.PRACTICE, went_live_at__lte=at).order_by("pk"))
    bump_versions((session_scope(room.pk), room.county_id) for room in rooms)
    return len(rooms)


def _touch(rooms: Iterable[LiveSession]) -> None:
    bump_versions((scope(room.pk), room.county_id) for room in rooms for scope in (session_scope, stage_scope))


# --- what it has sold -----------------------------------------------------------------------------------------------------------


def sold_in_practice(session: LiveSession, *, at: datetime) -> Sold:
    """What the audience of a practice has bought by now, or by its end: three questions, and nothing is written. The same log
    gives the same figures, whoever asks and whenever."""
    if session.kind != SessionKind.PRACTICE:
        raise NotAllowed("practice_only")
    seconds = second_of(session, min(at, session.ended_at) if session.ended_at else at)
    goods, steps = played(session)
    return summed(sales(goods, steps, seed=session.pk.int, seconds=seconds), seconds)


def second_of(session: LiveSession, moment: datetime) -> int:
    """Whole seconds since it began; 0 before."""
    return max(0, int((moment - session.started_at).total_seconds()))


def played(session: LiveSession) -> tuple[list[Good], list[Step]]:
    """The goods as they were at the beginning, and all that was done since."""
    events = list(ControlEvent.objects.filter(session=session, kind__in=DOINGS).in_order())
    steps = [
        Step(second_of(session, event.happened_at), DOINGS[ControlKind(event.kind)], event.product_id, event.new or 0)
        for event in events
    ]
    for pitch in session.pitches.order_by("started_at", "pk"):
        steps.append(Step(second_of(session, pitch.started_at), Doing.PITCH, pitch.product_id))
    steps += _hushes(session)
    return [_as_it_began(item, events) for item in session.line_up.select_related("product").order_by("position")], steps


def _hushes(session: LiveSession) -> list[Step]:
    """Where a pitch ended and none began in that moment."""
    pitches = list(session.pitches.order_by("started_at", "pk"))
    begins = {pitch.started_at for pitch in pitches}
    ends = [pitch.ended_at for pitch in pitches if pitch.ended_at and pitch.ended_at not in begins]
    return [Step(second_of(session, end), Doing.HUSH) for end in ends]


def _as_it_began(item: LineUpItem, events: Sequence[ControlEvent]) -> Good:
    """The log overwrites price and stock of the item; what was first stands in its first change."""

    def first(kind: ControlKind, now: int | None) -> int | None:
        changes = [event for event in events if event.kind == kind and event.product_id == item.product_id]
        return changes[0].old if changes else now

    price = first(ControlKind.PRICE_CHANGED, item.live_price_fen)
    stock = first(ControlKind.STOCK_CHANGED, item.committed_stock)
    product = item.product
    return Good(product.pk, product.sku, product.title, product.list_price_fen, price or item.live_price_fen, stock)


def done_in_practice(session: LiveSession, *, at: datetime) -> Done:
    """What the host did, for his result."""
    seconds = second_of(session, min(at, session.ended_at) if session.ended_at else at)
    stretches = [
        (second_of(session, pitch.started_at), second_of(session, pitch.ended_at) if pitch.ended_at else seconds, pitch.product)
        for pitch in session.pitches.select_related("product").order_by("started_at", "pk")
    ]
    longest = max(stretches, key=lambda one: one[1] - one[0], default=None)
    items = list(session.line_up.values_list("product", flat=True))
    events = ControlEvent.objects.filter(session=session)
    listed = set(events.filter(kind=ControlKind.ITEM_LISTED).values_list("product", flat=True))
    prompts = events.filter(kind=ControlKind.HOST_PROMPTED)
    return Done(
        seconds=seconds,
        goods=len(items),
        presented=len({product.pk for _from, _until, product in stretches}),
        longest_silence_s=longest_silence([one[:2] for one in stretches], seconds),
        longest_pitch_s=longest[1] - longest[0] if longest else 0,
        longest_pitch=longest[2].title if longest else "",
        prompts_unseen=prompts.exclude(answers__kind=ControlKind.PROMPT_SEEN).count(),
        not_listed=len(set(items) - listed),
    )
