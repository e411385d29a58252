"""Which press of the desk calls which verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from livestream.actions import control
from livestream.actions.control_end import end_at_desk
from livestream.models import ControlEvent, Product
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from livestream.actions.control_log import Press
    from livestream.control_forms import PressForm
    from livestream.models import LiveSession

    Pressed = Callable[[LiveSession, PressForm, Press], object]


def product_of(session: LiveSession, form: PressForm) -> Product:
    """Of the line-up of this session. Raises Http404."""
    return get_object_or_404(Product, pk=form.number_of or 0, pk__in=session.line_up.values("product"))


def event_of(session: LiveSession, form: PressForm) -> ControlEvent:
    """Of the log of this session. Raises Http404."""
    return get_object_or_404(ControlEvent.objects.select_related("product", "by"), session=session, pk=form.number_of or 0)


def number_in(form: PressForm) -> int:
    number: int | None = form.cleaned_data["number"]
    if number is None:
        raise NotAllowed("control_number_missing")
    return number


def _price(session: LiveSession, form: PressForm, press: Press) -> object:
    price: int | None = form.cleaned_data["price"]
    if price is None:
        raise NotAllowed("control_price_missing")
    return control.propose_price(session, product_of(session, form), price, **press)


def _issue(session: LiveSession, form: PressForm, press: Press, *, is_reward: bool) -> object:
    product = product_of(session, form) if form.number_of else None
    return control.issue_coupon(session, number_in(form), product=product, is_reward=is_reward, **press)


def _reopen(session: LiveSession, form: PressForm, press: Press) -> object:
    said = form.cleaned_data
    return control.reopen_stream(session, room_id=said["room_id"], account=said["account"], **press)


def _end(session: LiveSession, form: PressForm, press: Press) -> object:
    """A reason of the list and one's own words: both are kept."""
    said = form.cleaned_data
    press["words"] = "；".join(filter(None, [said["phrase"], said["words"]]))
    return end_at_desk(session, **press)


PRESSES: dict[str, Pressed] = {
    "list": lambda session, form, press: control.list_item(session, product_of(session, form), **press),
    "unlist": lambda session, form, press: control.unlist_item(session, product_of(session, form), **press),
    "sold_out": lambda session, form, press: control.mark_sold_out(session, product_of(session, form), **press),
    "pull": lambda session, form, press: control.pull_item(session, product_of(session, form), **press),
    "release": lambda session, form, press: control.release_item(session, product_of(session, form), **press),
    "pitch": lambda session, form, press: control.begin_pitch(session, product_of(session, form), **press),
    "pitch_end": lambda session, form, press: control.stop_pitch(session, **press),
    "price": _price,
    "price_yes": lambda session, form, press: control.answer_price(event_of(session, form), agrees=True, **press),
    "price_no": lambda session, form, press: control.answer_price(event_of(session, form), agrees=False, **press),
    "stock": lambda session, form, press: control.change_stock(session, product_of(session, form), number_in(form), **press),
    "coupon": lambda session, form, press: _issue(session, form, press, is_reward=False),
    "reward": lambda session, form, press: _issue(session, form, press, is_reward=True),
    "notice": lambda session, form, press: control.pin_notice(session, **press),
    "prompt": lambda session, form, press: control.prompt_host(session, **press),
    "helped": lambda session, form, press: control.answer_help(event_of(session, form), **press),
    "lost": lambda session, form, press: control.lose_stream(session, **press),
    "reopened": _reopen,
    "end": _end,
}
