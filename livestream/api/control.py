"""The REST API of the control desk: the log of a session, one door for all that is pressed, and what stands on the stage."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.response import Response

from livestream.actions import control
from livestream.actions.session import change_state
from livestream.actions.stage import stage_of, stage_version
from livestream.api.control_shapes import ControlBodySerializer, ControlEventSerializer, ControlQuery, StageSerializer
from livestream.api.door import asker
from livestream.api.on_air import REFUSALS, OnAir, run, seen
from livestream.api.once import IDEMPOTENCY_KEY, once
from livestream.api.paging import page, page_of
from livestream.api.strict import said
from livestream.api.verb import answering
from livestream.models import ControlEvent
from livestream.rules.control import ControlKind, Device, moment_of_tap
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.session import AIRED, SessionEvent, SessionState

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpResponseBase
    from rest_framework.request import Request

    from livestream.actions.control_log import Press
    from livestream.models import LiveSession, Product

# What a host presses without a post: as on the phone.
OF_HOSTS = frozenset(
    {
        ControlKind.STARTED,
        ControlKind.ENDED,
        ControlKind.ITEM_LISTED,
        ControlKind.ITEM_SOLD_OUT,
        ControlKind.PITCH_ENDED,
        ControlKind.PROMPT_SEEN,
        ControlKind.HELP_ASKED,
    }
)


class Pressed(NamedTuple):
    """A press that was understood: `body` is what was sent, `press` what every verb takes."""

    session: LiveSession
    body: dict[str, Any]
    press: Press

    @property
    def product(self) -> Product:
        """Of the line-up. Raises NotAllowed(`control_product_missing`, `not_in_line_up`)."""
        sku = self.body.get("sku")
        if sku is None:
            raise NotAllowed("control_product_missing")
        item = self.session.line_up.filter(product__sku=sku).select_related("product").first()
        if item is None:
            raise NotAllowed("not_in_line_up", title=sku)
        product: Product = item.product
        return product

    @property
    def about(self) -> ControlEvent:
        """Of the log of this session. Raises NotAllowed(`control_about_missing`)."""
        events = ControlEvent.objects.select_related("product", "by", "session").filter(session=self.session)
        found = events.filter(pk=self.body.get("about", 0)).first()
        if found is None:
            raise NotAllowed("control_about_missing")
        return found

    def number(self, name: str, missing: str) -> int:
        """Raises NotAllowed(`missing`)."""
        if name not in self.body:
            raise NotAllowed(missing)
        number: int = self.body[name]
        return number


def _stock(one: Pressed) -> ControlEvent:
    return control.change_stock(one.session, one.product, one.number("number", "control_number_missing"), **one.press)


def _price(one: Pressed) -> ControlEvent:
    return control.propose_price(one.session, one.product, one.number("price_fen", "control_price_missing"), **one.press)


def _issue(one: Pressed) -> ControlEvent:
    product, number = one.product if "sku" in one.body else None, one.number("number", "control_number_missing")
    is_reward = one.body["kind"] == ControlKind.REWARD_ISSUED
    return control.issue_coupon(one.session, number, product=product, is_reward=is_reward, **one.press)


def _stop(one: Pressed) -> ControlEvent:
    control.stop_pitch(one.session, **one.press)
    return ControlEvent.objects.get(session=one.session, tap=one.press["tap"])


def _reopen(one: Pressed) -> ControlEvent:
    room, account = one.body.get("room_id", ""), one.body["account"]
    return control.reopen_stream(one.session, room_id=room, account=account, **one.press)


def _everywhere(verb: Callable[..., list[ControlEvent]]) -> Callable[[Pressed], ControlEvent]:
    """Of what is done in every session of the county, what was done in this one."""

    def press(one: Pressed) -> ControlEvent:
        events = verb(one.session, one.product, **one.press)
        return next((event for event in events if event.session_id == one.session.pk), events[0])

    return press


def _step(event: SessionEvent, kind: ControlKind, done: frozenset[str]) -> Callable[[Pressed], ControlEvent]:
    """One step of the session itself; what is done already is found."""

    def take(one: Pressed) -> ControlEvent:
        session, at = one.session, one.press["at"]
        if session.went_live_at and event == SessionEvent.END and at <= session.went_live_at:
            at = timezone.now()
        try:
            change_state(session, event, at=at, by=one.press["by"], words=one.press.get("words", ""))
        except NotAllowed:
            found = ControlEvent.objects.filter(session=session, kind=kind).first()
            if session.state not in done or found is None:
                raise
            return found
        return ControlEvent.objects.get(session=session, kind=kind)

    return take


VERBS: dict[ControlKind, Callable[[Pressed], ControlEvent]] = {
    ControlKind.STARTED: _step(SessionEvent.GO_LIVE, ControlKind.STARTED, AIRED),
    ControlKind.ENDED: _step(SessionEvent.END, ControlKind.ENDED, AIRED - {SessionState.LIVE}),
    ControlKind.ITEM_LISTED: lambda one: control.list_item(one.session, one.product, **one.press),
    ControlKind.ITEM_UNLISTED: lambda one: control.unlist_item(one.session, one.product, **one.press),
    ControlKind.ITEM_SOLD_OUT: lambda one: control.mark_sold_out(one.session, one.product, **one.press),
    ControlKind.ITEM_PULLED: _everywhere(control.pull_item),
    ControlKind.ITEM_RELEASED: _everywhere(control.release_item),
    ControlKind.PITCH_ENDED: _stop,
    ControlKind.PRICE_PROPOSED: _price,
    ControlKind.PRICE_CHANGED: lambda one: control.answer_price(one.about, agrees=True, **one.press),
    ControlKind.PRICE_REFUSED: lambda one: control.answer_price(one.about, agrees=False, **one.press),
    ControlKind.STOCK_CHANGED: _stock,
    ControlKind.COUPON_ISSUED: _issue,
    ControlKind.REWARD_ISSUED: _issue,
    ControlKind.NOTICE_PINNED: lambda one: control.pin_notice(one.session, **one.press),
    ControlKind.HOST_PROMPTED: lambda one: control.prompt_host(one.session, **one.press),
    ControlKind.PROMPT_SEEN: lambda one: control.see_prompt(one.about, **one.press),
    ControlKind.HELP_ASKED: lambda one: control.ask_help(one.session, **one.press),
    ControlKind.HELP_ANSWERED: lambda one: control.answer_help(one.about, **one.press),
    ControlKind.STREAM_LOST: lambda one: control.lose_stream(one.session, **one.press),
    ControlKind.STREAM_REOPENED: _reopen,
}


def press_of(body: dict[str, Any], request: Request, now: datetime) -> Press:
    """What every verb takes. The second person of a price is whoever owns the token."""
    at = moment_of_tap(body["at"] if "at" in request.data else None, sent=body.get("sent_at"), now=now)
    tap = body.get("tap") or secrets.token_hex(16)
    press: Press = {"by": asker(request), "at": at, "device": Device.API, "tap": tap, "platform": body.get("platform", "")}
    if body["words"]:
        press["words"] = body["words"]
    return press


class ControlLog(OnAir):
    """Everything that was done in a session (中控记录), as it reached us; and one more press."""

    asked = ControlQuery

    @extend_schema(responses=page_of(ControlEventSerializer))
    def get(self, request: Request, session_id: UUID) -> Response:
        """Everything that was done in a session, as it reached us."""
        events = ControlEvent.objects.filter(session=seen(request, session_id)).select_related("by", "product", "proposed_by")
        return page(self, events.filter(pk__gt=self.query.get("after", 0)), ("id",), ControlEventSerializer)

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY], request=ControlBodySerializer, responses={201: ControlEventSerializer, **REFUSALS}
    )
    def post(self, request: Request, session_id: UUID) -> Response:
        """One press at the control desk, or of the host: what it did. The same `tap` again finds what it did the first time."""
        session, body = run(request, session_id), said(request, ControlBodySerializer)
        if body["kind"] not in OF_HOSTS and not session.lies_in(asker(request).reach(Action.RUN_SESSION)):
            raise PermissionDenied
        return once(request, lambda: pressed(request, session, body))


def pressed(request: Request, session: LiveSession, body: dict[str, Any]) -> Response:
    with answering():
        event = VERBS[body["kind"]](Pressed(session, body, press_of(body, request, timezone.now())))
    return Response(ControlEventSerializer(event).data, status=status.HTTP_201_CREATED)


class StageDetail(OnAir):
    """What stands in a session now: items, prices, what is presented, what waits for an answer."""

    @extend_schema(
        responses={200: StageSerializer, 304: OpenApiResponse(description="Nothing newer than the If-None-Match that was sent")},
        operation_id="sessions_stage",
    )
    def get(self, request: Request, session_id: UUID) -> HttpResponseBase:
        session = seen(request, session_id)
        etag = f'W/"{stage_version(session)}-{timezone.localdate()}-{get_language()}"'
        response: HttpResponseBase | None = get_conditional_response(request._request, etag=etag)
        if response is None:
            stage = stage_of(session)
            names = ("version", "pitch", "items", "prompts", "help", "proposals", "lost", "rooms", "notice")
            response = Response(StageSerializer({name: getattr(stage, name) for name in names} | {"state": session.state}).data)
        response.headers["ETag"] = etag
        patch_cache_control(response, private=True, no_cache=True)
        return response
