"""The address of every tap on a host's phone: those of `livestream/views/phone_tap.py`, and orders written down by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib.auth.decorators import login_required
from django.views.decorators.http import require_POST

from livestream.phone_forms import ItemForm, PageForm
from livestream.rules.errors import NotAllowed
from livestream.rules.money import fen_from_yuan
from livestream.views.phone_tap import KINDS, Kind, Tap, pressed
from orders.actions.tally_by_hand import HandSale, take_back_tally, tally_by_hand

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

MONEY_AT_MOST = 20


class SaleForm(ItemForm):
    """So many pieces, and what one costs in yuan."""

    pieces = forms.CharField(max_length=MONEY_AT_MOST, required=False)
    price = forms.CharField(max_length=MONEY_AT_MOST, required=False)


class TakeBackForm(PageForm):
    order_no = forms.CharField(max_length=64)

    @property
    def of_button(self) -> str:
        return str(self.cleaned_data["order_no"])[:24]


def write_down(tap: Tap) -> None:
    pieces, price = tap.said["pieces"].strip(), tap.said["price"]
    try:
        price_fen = fen_from_yuan(price) or 0
    except ValueError:
        price_fen = 0  # the verb says what a price is
    sale = HandSale(tap.said["product"], int(pieces) if pieces.isascii() and pieces.isdigit() else 0, price_fen)
    if not tap.form.tap_id:
        raise NotAllowed("tally_without_id")
    tally_by_hand(tap.session, sale, tap=tap.form.tap_id, at=tap.at)


def take_back(tap: Tap) -> None:
    take_back_tally(tap.session, tap.said["order_no"], at=tap.at)


ALL_KINDS = KINDS | {"tally": Kind(SaleForm, write_down), "take_back": Kind(TakeBackForm, take_back)}


@login_required
@require_POST
def tap(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """Whatever a host taps, by its `kind`. 404 for a session that is not his own."""
    return pressed(request, session_id, ALL_KINDS)
