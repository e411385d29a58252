"""The clashes of the coming weeks: what must be put right, what waits for an approver, what is only told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.clash import allow_excuse, clashes_between, told
from livestream.models import Excuse, LiveSession
from livestream.rules.errors import NotAllowed
from livestream.rules.planning import Level
from livestream.rules.rights import Action
from livestream.views.calendar import scope_of
from livestream.views.desk import first_moment
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.models import User
    from livestream.rules.clash import Clash
    from livestream.views.signed_in import SignedInRequest

WEEKS, USUAL_WEEKS = (2, 4, 12), 4
SHOWN_AT_MOST = 200  # of each sort; the rest is counted


@dataclass(frozen=True, slots=True)
class Row:
    """A clash as the list shows it, with the sessions that this person may open, and its excuse."""

    clash: Clash
    sessions: list[LiveSession]
    excuse: Excuse | None
    may_allow: bool


class Sort(NamedTuple):
    """What has to be done about these: `number` of them, of which the first are shown."""

    name: str
    look: str
    number: int
    rows: list[Row]


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def clashes(request: SignedInRequest) -> HttpResponse:
    now = timezone.now()
    scope = scope_of(request.user, request.GET.get("county", ""))
    weeks = next((n for n in WEEKS if str(n) == request.GET.get("weeks", "")), USUAL_WEEKS)
    context: dict[str, Any] = {"scope": scope, "weeks": weeks, "every_weeks": WEEKS, "now": now}
    if scope.county:
        begins = first_moment(now)
        found = seen_by(request.user, clashes_between(begins, begins + timedelta(weeks=weeks), county=scope.county.pk))
        context |= {"sorts": sorts_of(request.user, found, scope.county.pk), "number": len(found)}
    return render(request, "livestream/clashes.html", context)


def sorts_of(user: User, found: list[Clash], county: str) -> list[Sort]:
    """By what has to be done."""
    sorts = {
        ("refused", "bad"): [clash for clash in found if clash.is_refused],
        ("waiting", "warn"): [clash for clash in found if clash.holds_release and not clash.is_refused],
        ("told", ""): [clash for clash in found if clash.level == Level.WARN],
        ("allowed", "good"): [clash for clash in found if clash.level == Level.APPROVE and not clash.holds_release],
    }
    may_allow = user.reach(Action.APPROVE_PLAN)
    return [Sort(name, look, len(those), rows_of(user, those, county, may_allow)) for (name, look), those in sorts.items()]


def seen_by(user: User, found: list[Clash]) -> list[Clash]:
    """Those of sessions in this person's places."""
    asked = {pk for clash in found for pk in (clash.mine, clash.other) if pk}
    seen = set(LiveSession.objects.reached_by(user).filter(pk__in=asked).values_list("pk", flat=True))
    return [clash for clash in found if clash.mine in seen or clash.other in seen]


def rows_of(user: User, those: list[Clash], county: str, may_allow: tuple[str, ...]) -> list[Row]:
    """A few queries however many there are."""
    if not those:
        return []
    shown = told(those[:SHOWN_AT_MOST], county)
    asked = {pk for clash in shown for pk in (clash.mine, clash.other) if pk}
    open_to = LiveSession.objects.reached_by(user).select_related("host", "place").in_bulk(asked)
    given = Excuse.objects.visible_to(user).filter(session__in=asked).select_related("session", "excused_by", "allowed_by")
    excuses: dict[tuple[UUID | None, str], Excuse] = {(excuse.session_id, excuse.key): excuse for excuse in given}
    rows = []
    for clash in shown:
        excuse = excuses.get((clash.mine, clash.key)) if clash.reason else None
        may = excuse is not None and excuse.allowed_by_id is None and excuse.session.lies_in(may_allow)
        rows.append(Row(clash, [open_to[pk] for pk in (clash.mine, clash.other) if pk in open_to], excuse, may))
    return rows


@needs(Action.APPROVE_PLAN)
@require_POST
def allow(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once is enough: a second tap finds it allowed. A refusal is said on the list."""
    excuse = get_object_or_404(Excuse.objects.visible_to(request.user, Action.APPROVE_PLAN).select_related("session"), pk=pk)
    try:
        allow_excuse(excuse, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("批准了，“{title}”可以发布。").format(title=excuse.session.title))
    return redirect(f"{reverse('livestream:clashes')}?county={excuse.session.county_id}")
