"""The REST API of cue cards (手卡), each with what in it may not be said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from livestream.actions.cue_card import card_of, cards_of, save_card
from livestream.api.line_up import FORBIDDEN, OfGoods, kept_session
from livestream.api.on_air import seen
from livestream.api.once import keyed, once
from livestream.api.script_shapes import CueCardBodySerializer, CueCardSerializer, CueCardsSerializer
from livestream.api.scripts import hand_in, product_in
from livestream.api.strict import said
from livestream.api.verb import answering
from livestream.rules.cue_card import CardWords

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.models import LiveSession

REFUSED = "Changed since (`card_changed`: read it anew), over (`script_over`), or not in the line-up"
REFUSALS = {403: FORBIDDEN, 409: REFUSED}


class CueCards(OfGoods):
    """The cue cards of a session."""

    @extend_schema(responses=CueCardsSerializer, operation_id="sessions_cue_cards")
    def get(self, request: Request, session_id: UUID) -> Response:
        """One an item, in the order of the line-up, with what in each field may not be said."""
        cards = cards_of(seen(request, session_id), at=timezone.now())
        return Response(CueCardsSerializer({"results": cards}).data)

    @keyed(CueCardBodySerializer, {200: CueCardSerializer, **REFUSALS}, "sessions_cue_cards_save")
    def post(self, request: Request, session_id: UUID) -> Response:
        """The card of one item says this from now on. Words that a law forbids are kept, and told in `findings`."""
        session = kept_session(request, session_id)
        return once(request, lambda: saved(request, session))


def saved(request: Request, session: LiveSession) -> Response:
    body = said(request, CueCardBodySerializer)
    with answering():
        product = product_in(session, body["sku"])
        assert product is not None
        words = CardWords(**{name: body[name] for name in CardWords._fields})
        save_card(session, product, words, hand_in(request, body))
    return Response(CueCardSerializer(card_of(session, product.pk, at=timezone.now())).data)
