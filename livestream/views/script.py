"""A session's script at the desk: its words, its run-of-show, its cue cards; printed, proposed, copied, from a template."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.cue_card import card_of, cards_of, save_card
from livestream.actions.script import (
    NO_MORE,
    Hand,
    ScriptWords,
    add_row,
    change_row,
    drop_row,
    move_row,
    order_rows,
    save_words,
    script_of,
)
from livestream.actions.script_copy import earlier_scripts
from livestream.actions.script_paper import script_paper
from livestream.actions.wording import findings_of
from livestream.models import LiveSession, ScriptRow, ScriptTemplate
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action, holds
from livestream.rules.run_of_show import minutes_before
from livestream.script_forms import CardForm, RowForm, ScriptForm, TemplateNameForm, VersionForm
from livestream.typed_fields import say, typed
from livestream.views.desk import session_reached
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from livestream.actions.cue_card import Card
    from livestream.models import Script
    from livestream.views.signed_in import SignedInRequest

MOVES = {"up": -1, "down": 1}


class ShownRow(NamedTuple):
    """A row, the minute in which it begins, and the time of the clock."""

    row: ScriptRow
    minute: int
    at: datetime


def rows_shown(session: LiveSession, script: Script | None) -> list[ShownRow]:
    rows = list(script.rows.select_related("product")) if script else []
    begins = minutes_before(row.minutes for row in rows)
    return [
        ShownRow(row, minute, session.started_at + timedelta(minutes=minute)) for row, minute in zip(rows, begins, strict=True)
    ]


def shown(session: LiveSession) -> dict[str, Any]:
    """What every page of a script shows: for the desk, for printing, for the phone."""
    script, now = script_of(session), timezone.now()
    rows, cards = rows_shown(session, script), cards_of(session, at=now)
    planned = int((session.planned_end_at - session.planned_start_at).total_seconds()) // 60
    minutes = sum(shown.row.minutes for shown in rows)
    return {
        "session": session,
        "script": script,
        "rows": rows,
        "cards": cards,
        "minutes": minutes,
        "planned_minutes": planned,
        "minutes_over": max(0, minutes - planned),
        "is_ai_made": bool((script and script.is_ai_made) or any(card.words.is_ai_made for card in cards)),
    }


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def script(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    return script_page(request, session_reached(request, session_id, Action.SEE_PLAN))


def script_page(request: SignedInRequest, session: LiveSession, name_form: TemplateNameForm | None = None) -> HttpResponse:
    may_keep = session.lies_in(request.user.reach(Action.KEEP_GOODS)) and session.state not in NO_MORE
    reach = request.user.reach(Action.KEEP_GOODS)
    context = {
        **shown(session),
        "may_keep": may_keep,
        "may_template": holds(reach, county=session.county_id),
        "findings": findings_of(session),
        "templates": ScriptTemplate.objects.filter(county=session.county_id) if may_keep else [],
        "earlier": earlier_scripts(session, LiveSession.objects.reached_by(request.user)) if may_keep else [],
        "name_form": name_form or TemplateNameForm(),
    }
    return render(request, "livestream/script.html", context, status=422 if name_form else 200)


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def print_page(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The same to read and to print, without buttons."""
    return render(request, "livestream/script_print.html", shown(session_reached(request, session_id, Action.SEE_PLAN)))


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def pdf(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    session = session_reached(request, session_id, Action.SEE_PLAN)
    said = shown(session)
    made = script_paper(session, said["script"], [(row.row, row.at) for row in said["rows"]], said["cards"], at=timezone.now())
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="script-{session.pk}.pdf"'
    return answer


def session_to_write(request: SignedInRequest, session_id: UUID) -> LiveSession:
    """Raises Http404."""
    return session_reached(request, session_id, Action.KEEP_GOODS)


def hand_of(request: SignedInRequest, seen: int) -> Hand:
    return Hand(request.user, timezone.now(), seen)


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def words(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """With status 422 and what was typed, when it was not understood or somebody else was quicker."""
    session = session_to_write(request, session_id)
    stored = script_of(session)
    given = (
        {name: getattr(stored, name) for name in ScriptWords.__slots__} if stored else asdict(ScriptWords(theme=session.title))
    )
    version = stored.version if stored else 0
    form = ScriptForm(typed(request), initial=given | {"version": version})
    if form.is_bound and form.is_valid():
        done = tried(form, version, lambda: save_words(session, form.words, hand_of(request, form.seen)))
        if done:
            messages.success(request, _("脚本存好了。"))
            return redirect("livestream:script", session.pk)
    context = {"session": session, "form": form, "now_there": stored if form.errors else None, "product_class": ""}
    return render(request, "livestream/script_words.html", context, status=422 if form.errors else 200)


def tried(form: VersionForm, now: int, verb: Callable[[], object]) -> bool:
    """Whether the verb did it; a refusal stands on the form, and the version that is stored `now` is what the next attempt has
    seen: the page shows it."""
    try:
        verb()
    except NotAllowed as refused:
        say(form, refused, {"row_minutes": "minutes"})
        form.data = dict(form.data.items()) | {"version": now}
        return False
    return True


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def row(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """One row (`?row=` its key), or a new one at the end."""
    session = session_to_write(request, session_id)
    stored = script_of(session)
    found = row_of(stored, request.GET.get("row", ""))
    version = stored.version if stored else 0
    form = RowForm(typed(request), session=session, row=found, initial={"version": version})
    if form.is_bound and form.is_valid():
        hand = hand_of(request, form.seen)
        if tried(form, version, lambda: change_row(found, form.plan, hand) if found else add_row(session, form.plan, hand)):
            messages.success(request, _("这一行存好了。"))
            return redirect("livestream:script", session.pk)
    context = {"session": session, "form": form, "row": found}
    return render(request, "livestream/script_row.html", context, status=422 if form.errors else 200)


def row_of(script: Script | None, typed_key: str) -> ScriptRow | None:
    """None for a new one. Raises Http404 for a row that is not (or no longer) in this script."""
    if not typed_key:
        return None
    if script is None or not (typed_key.isascii() and typed_key.isdigit() and len(typed_key) < 19):
        raise Http404
    return get_object_or_404(script.rows.select_related("script__session", "product"), pk=int(typed_key))


@needs(Action.KEEP_GOODS)
@require_POST
def rows(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """A row moves (`up`, `down`), goes (`drop`), or all are put in an order (`order`, keys with commas between)."""
    session = session_to_write(request, session_id)
    version = VersionForm(request.POST)
    hand = hand_of(request, version.seen if version.is_valid() else 0)
    try:
        _rearrange(request, session, hand)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    return redirect("livestream:script", session.pk)


def _rearrange(request: SignedInRequest, session: LiveSession, hand: Hand) -> None:
    said = request.POST
    for name, steps in MOVES.items():
        if key := key_of(said.get(name, "")):
            move_row(session, key, steps, hand)
            return
    if key := key_of(said.get("drop", "")):
        drop_row(session, key, hand)
    elif said.get("order"):
        order_rows(session, [key_of(each) for each in said["order"].split(",")[:1000]], hand)


def key_of(typed_key: str) -> int:
    """0 for what is none."""
    return int(typed_key) if typed_key.isascii() and typed_key.isdigit() and len(typed_key) < 19 else 0


@never_cache
@needs(Action.KEEP_GOODS)
@require_http_methods(["GET", "POST"])
def cue_card(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The card of one item (`?product=` its key); filled from the registers until somebody writes it."""
    session = session_to_write(request, session_id)
    card = card_of(session, key_of(request.GET.get("product", "")), at=timezone.now())
    if card is None:
        if request.GET.get("product"):
            raise Http404
        return redirect("livestream:script", session.pk)
    form = CardForm(typed(request), initial=card.words._asdict() | {"version": card.version})
    if form.is_bound and form.is_valid():
        hand = hand_of(request, form.seen)
        if tried(form, card.version, lambda: save_card(session, card.product, form.words, hand)):
            messages.success(request, _("“{title}”的手卡存好了。").format(title=card.product.title))
            return redirect("livestream:script", session.pk)
    return render(request, "livestream/cue_card.html", card_context(session, card, form), status=422 if form.errors else 200)


def card_context(session: LiveSession, card: Card, form: CardForm) -> dict[str, object]:
    return {
        "session": session,
        "card": card,
        "form": form,
        "now_there": card if form.errors and card.row else None,
        "product_class": card.product.product_class,
    }
