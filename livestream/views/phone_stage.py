"""What a host sees on air: the item to talk about, the next one, notes from the desk. As a page and as a fragment of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.actions.price import price_of
from livestream.actions.stage import stage_of, stage_version
from livestream.models import ControlEvent, CueCard
from livestream.rules.control import ControlKind, ItemState
from livestream.rules.lineup import next_up
from livestream.rules.phone import HelpKind, counts_for_nothing
from livestream.views.phone_tap import mine

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from livestream.actions.stage import Stage
    from livestream.models import LineUpItem, LiveSession
    from livestream.views.signed_in import SignedInRequest

POINTS_SHOWN = 3
HELP_SHOWN = timedelta(minutes=10)  # after somebody has come
# Forms of which the buttons lie elsewhere: their id, and the kind of tap.
PLAIN_FORMS = (("pitch", "pitch"), ("sold-out", "sold_out"), ("again", "again"), ("seen", "seen"))
CANNOT_COME = frozenset({ItemState.PULLED, ItemState.UNLISTED, ItemState.SOLD_OUT})


@dataclass(slots=True)
class Card:
    """An item as the host reads it from two metres away. `lacks`: why it is not listed. `following`: the card of what comes after
    it; None: nothing else."""

    item: LineUpItem
    final_fen: int
    points: list[str]
    banned: list[str]
    is_pitched: bool
    is_left_out: bool = False
    lacks: str = ""
    following: Card | None = None

    @property
    def is_cheaper(self) -> bool:
        """Buyers pay less than the live price: both are said."""
        return self.final_fen < self.item.live_price_fen

    @property
    def price(self) -> str:
        """As it is typed: `29.90`."""
        return f"{self.final_fen // 100}.{self.final_fen % 100:02}"

    @property
    def seller(self) -> str:
        """Who really sells (法释〔2022〕8 号 第十二条)."""
        return self.item.actual_seller or self.item.product.seller

    @property
    def state(self) -> str:
        """`planned` while nobody lists anything here: then nothing is said about it. What is not sold for now is not listed."""
        return ItemState.UNLISTED.value if self.is_left_out else self.item.state


def cards_of(session: LiveSession, stage: Stage, *, at: datetime) -> list[Card]:
    items = [one.item for one in stage.items]
    prefetch_related_objects(items, "offers", "subsidy")
    told = dict(CueCard.objects.filter(session=session).values_list("product", "points"))
    cards = []
    for one in stage.items:
        one.item.session = session
        points = told.get(one.item.product_id) or one.item.points or one.item.product.selling_points
        cards.append(
            Card(
                one.item,
                price_of(one.item, at=at).final_fen,
                [line for line in points.splitlines() if line.strip()][:POINTS_SHOWN],
                [line for line in one.item.banned_claims.splitlines() if line.strip()],
                one.is_pitched,
                one.is_left_out,
                "" if one.is_listed or one.is_pulled else one.lacks_words,
            )
        )
    return with_following(cards)


def with_following(cards: list[Card]) -> list[Card]:
    """Behind each card the next one that can be had."""
    of_product = {card.item.product_id: card for card in cards}
    for card in cards:
        can_come = [pk for pk, one in of_product.items() if one.state not in CANNOT_COME or one is card]
        following = next_up(can_come, card.item.product_id)
        card.following = of_product[following] if following is not None else None
    return cards


def on_air_context(session: LiveSession) -> dict[str, Any]:
    now = timezone.now()
    stage = stage_of(session)
    cards = cards_of(session, stage, at=now)
    can_come = [card for card in cards if card.state not in CANNOT_COME]
    return {
        "session": session,
        "stage": stage,
        "stamp": f"{stage.version}-{session.state}",
        "cards": cards,
        "first": can_come[0] if can_come else None,
        "pitched": next((card for card in cards if card.is_pitched), None),
        "prompt": stage.prompts[-1] if stage.prompts else None,
        "more_prompts": len(stage.prompts) - 1,
        "help_asked": last_help(session),
        "help_kinds": HelpKind.choices,
        "plain_forms": PLAIN_FORMS,
        "is_practice": counts_for_nothing(session.kind),
        "now": now,
        "page_id": secrets.token_hex(8),
    }


def last_help(session: LiveSession) -> list[tuple[ControlEvent, ControlEvent | None]]:
    """What the host asked last, and who answered; nothing where that is a while ago."""
    asked = ControlEvent.objects.filter(session=session, kind=ControlKind.HELP_ASKED).in_order().last()
    if asked is None:
        return []
    answer = ControlEvent.objects.filter(about=asked, kind=ControlKind.HELP_ANSWERED).select_related("by").first()
    is_over = answer is not None and answer.happened_at < timezone.now() - HELP_SHOWN
    return [] if is_over else [(asked, answer)]


@never_cache
@login_required
@require_GET
def my_stage(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The stage as a fragment; 204 when nothing on it has changed `since`."""
    session = get_object_or_404(mine(request.user), pk=session_id)
    if request.GET.get("since") == f"{stage_version(session)}-{session.state}":
        return HttpResponse(status=204)
    return render(request, "livestream/_stage.html", on_air_context(session))
