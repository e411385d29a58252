"""The one door for whatever is tapped on a host's phone, online or kept: every kind of tap is one verb, and every tap one effect.

`orders` adds its own kinds (`orders/views/tap.py`), so the address is there. A form gets the page; a tap that the phone kept (it
has an id) gets 204 once it is kept, or was before, 409 when it is refused for good: the next page says why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from livestream.actions.afterword import say_afterwards
from livestream.actions.control import ask_help, list_item, mark_sold_out, see_prompt
from livestream.actions.pitch import start_pitch
from livestream.actions.preflight import Look, tick
from livestream.actions.session import change_state
from livestream.actions.start_gate import leave_out, leave_out_all, take_in
from livestream.models import ControlEvent, LiveSession, Product, User
from livestream.phone_forms import AboutForm, AfterForm, HelpForm, ItemForm, LookForm, PageForm
from livestream.rules.afterword import Afterword, Feeling
from livestream.rules.control import Device
from livestream.rules.errors import NotAllowed
from livestream.rules.phone import HelpKind
from livestream.rules.pitch import was_on_air
from livestream.rules.preflight import Step
from livestream.rules.session import AIRED, SessionEvent, SessionState
from livestream.views.signed_in import next_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID

    from livestream.actions.control_log import Press
    from livestream.models.session import LiveSessionQuerySet
    from livestream.views.signed_in import SignedInRequest

# What an event of the phone has already brought about: a tap that comes twice, or late, finds it done.
DONE = {
    SessionEvent.REHEARSE: AIRED | {SessionState.REHEARSED},
    SessionEvent.GO_LIVE: AIRED,
    SessionEvent.END: AIRED - {SessionState.LIVE},
}
# A start that waited longer than this on the phone has happened: nobody is asked any more what may be sold.
ASKED_WITHIN = timedelta(minutes=1)


class Tap(NamedTuple):
    """A tap that was understood."""

    session: LiveSession
    form: Any  # of the class that stands beside its verb
    by: User

    @property
    def said(self) -> dict[str, Any]:
        said: dict[str, Any] = self.form.cleaned_data
        return said

    @property
    def at(self) -> datetime:
        at: datetime = self.said["at"]
        return at

    @property
    def press(self) -> Press:
        return {"by": self.by, "at": self.at, "device": Device.PHONE, "tap": self.form.tap_id}

    @property
    def product(self) -> Product:
        """Raises Http404."""
        return get_object_or_404(Product, county_id=self.session.county_id, pk=self.said["product"])


class Kind(NamedTuple):
    form: type[PageForm]
    verb: Callable[[Tap], object]


def mine(user: User) -> LiveSessionQuerySet:
    return LiveSession.objects.filter(host=user).select_related("place", "county")


def pressed(request: SignedInRequest, session_id: UUID, kinds: Mapping[str, Kind], *, named: str = "kind") -> HttpResponse:
    """One tap on a session of this host, by the kind that it names. 400 for what no button sends."""
    session = get_object_or_404(mine(request.user), pk=session_id)
    kind = kinds.get(request.POST.get(named, ""))
    form = kind.form(request.POST) if kind else None
    if kind is None or form is None or not form.is_valid():
        return HttpResponseBadRequest()
    is_refused = False
    try:
        kind.verb(Tap(session, form, request.user))
    except NotAllowed as refused:
        messages.error(request, str(refused))
        is_refused = True
    if form.was_kept:
        return HttpResponse(status=409 if is_refused else 204)
    return redirect(next_of(request) or reverse("livestream:my_session", args=[session.pk]))


def step(event: SessionEvent) -> Callable[[Tap], None]:
    """One step along the table of states; done already is done."""

    def take(tap: Tap) -> None:
        at, session = tap.at, tap.session
        if event == SessionEvent.END and session.went_live_at and at <= session.went_live_at:
            at = tap.form.now
        if event == SessionEvent.GO_LIVE and tap.form.now - at > ASKED_WITHIN and session.state not in AIRED:
            leave_out_all(session, by=tap.by, at=at)
        try:
            change_state(session, event, at=at, by=tap.by)
        except NotAllowed:
            if session.state not in DONE[event]:
                raise

    return take


def pitch(tap: Tap) -> None:
    at: datetime = tap.at
    if not was_on_air(at, began=tap.session.went_live_at, ended=tap.session.ended_at):
        at = tap.form.now  # a clock that is behind ours said that it was before the session
    start_pitch(tap.session, tap.product, at=at, tap=tap.form.tap_id, by=tap.by)


def look(tap: Tap) -> None:
    seen = Look(Step(tap.said["step"]), tap.said["fine"] == "1", tap.said["note"])
    tick(tap.session, seen, by=tap.by, at=tap.at, tap=tap.form.tap_id)


def want_help(tap: Tap) -> None:
    """Whoever answers reads what is wrong, in the words of the button and the host's own."""
    press = tap.press
    press["words"] = "：".join(filter(None, [str(HelpKind(tap.said["help"]).label), tap.said["words"]]))
    ask_help(tap.session, **press)


def seen(tap: Tap) -> None:
    prompt = get_object_or_404(ControlEvent, session=tap.session, pk=tap.said["about"])
    see_prompt(prompt, **tap.press)


def afterwards(tap: Tap) -> None:
    if not tap.said["feeling"]:
        raise NotAllowed("after_face")
    said = Afterword(Feeling(tap.said["feeling"]), tap.said["stock"], tap.said["promises"])
    say_afterwards(tap.session, said, by=tap.by, at=tap.at)


KINDS: dict[str, Kind] = {
    "rehearse": Kind(PageForm, step(SessionEvent.REHEARSE)),
    "go_live": Kind(PageForm, step(SessionEvent.GO_LIVE)),
    "end": Kind(PageForm, step(SessionEvent.END)),
    "pitch": Kind(ItemForm, pitch),
    "sold_out": Kind(ItemForm, lambda tap: mark_sold_out(tap.session, tap.product, **tap.press)),
    "again": Kind(ItemForm, lambda tap: list_item(tap.session, tap.product, **tap.press)),
    "help": Kind(HelpForm, want_help),
    "seen": Kind(AboutForm, seen),
    "look": Kind(LookForm, look),
    "leave_out": Kind(ItemForm, lambda tap: leave_out(tap.session, tap.product, by=tap.by, at=tap.at)),
    "take_in": Kind(ItemForm, lambda tap: take_in(tap.session, tap.product)),
    "after": Kind(AfterForm, afterwards),
}
