"""The staff's inbox of alarms: what is so now, the worst first; what was so in the last days; and from when on to warn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2s
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.models import LiveSession, Place
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import EVERYWHERE, Action
from livestream.views.signed_in import needs
from orders.actions.alert import acknowledge, set_thresholds
from orders.forms import ThresholdsForm
from orders.models import Alert, AlertThresholds, Shop, Sweep
from orders.rules.alert import AlertKind, how_bad
from orders.rules.waiting import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

REMEMBERED = timedelta(days=7)
OPEN_SHOWN = 100  # nobody reads more; the worst are among them
ROWS = 20
SILENCE = timedelta(minutes=2)  # alarms are looked for every few seconds


@dataclass(frozen=True, slots=True)
class Choice:
    """Which kind the reader looks at ("": all), and which page of what is over."""

    kind: str = ""
    page: int = 1

    @staticmethod
    def of(data: Mapping[str, str]) -> Choice:
        """Anything unknown is as if nothing had been chosen."""
        kind, page = data.get("kind", ""), data.get("page", "")
        is_page = page.isascii() and page.isdecimal() and len(page) < 9
        return Choice(kind if kind in AlertKind.values else "", max(1, int(page)) if is_page else 1)

    def address(self, **changes: Any) -> str:
        chosen = {"kind": self.kind, "page": self.page} | changes
        query = urlencode({name: value for name, value in chosen.items() if value and (name, value) != ("page", 1)})
        return reverse("orders:alerts") + (f"?{query}" if query else "")


@never_cache
@needs(Action.SEE_ALERTS)
@require_GET
def inbox(request: SignedInRequest) -> HttpResponse:
    """The page; for htmx and with `since` its list alone, and 204 when what `since` names has not changed."""
    context = shown_to(request.user, Choice.of(request.GET), timezone.now())
    asks_again = "since" in request.GET
    if asks_again and request.GET["since"] == context["stamp"]:
        return HttpResponse(status=204)
    htmx = request.htmx  # type: ignore[attr-defined]
    is_fragment = asks_again or (bool(htmx) and not htmx.history_restore_request)
    return render(request, "orders/_inbox.html" if is_fragment else "orders/alerts.html", context)


def shown_to(user: User, choice: Choice, now: datetime) -> dict[str, Any]:
    mine = Alert.objects.visible_to(user).select_related("county", "acknowledged_by")
    alerts = mine.filter(kind=choice.kind) if choice.kind else mine
    still = sorted(alerts.open().order_by("-raised_at", "-pk"), key=lambda alert: how_bad(alert.kind))
    unread = [alert for alert in still if alert.acknowledged_at is None]
    noted = [alert for alert in still if alert.acknowledged_at is not None]
    over = Paginator(alerts.cleared_since(now - REMEMBERED), ROWS).get_page(choice.page)
    rows = [*unread[:OPEN_SHOWN], *noted[:OPEN_SHOWN], *over]
    silence = silence_sentence(now)
    unread_number = Alert.objects.visible_to(user).unread().count() if choice.kind else len(unread)
    return {
        "choice": choice,
        "kinds": AlertKind.choices,
        "unread": [*with_sessions(unread[:OPEN_SHOWN])],
        "unread_number": unread_number,
        "urgent_number": sum(alert.is_urgent for alert in unread),
        "unlisted": len(still) - len(unread[:OPEN_SHOWN]) - len(noted[:OPEN_SHOWN]),
        "noted": [*with_sessions(noted[:OPEN_SHOWN])],
        "over": [*with_sessions(over)],
        "page": over,
        "pages": [(number, choice.address(page=number)) for number in (over.number - 1, over.number + 1)],
        "silence": silence,
        "stamp": stamp(rows, unread_number, silence),
        "answered": user.reach(Action.ANSWER_ALERTS),
        "are_of_many": [len(code) for code in user.reach(Action.SEE_ALERTS)] != [COUNTY_DIGITS],
    }


def with_sessions(alerts: Iterable[Alert]) -> list[tuple[Alert, LiveSession | None]]:
    """Each with the session whose board it stands on."""
    listed = list(alerts)
    sessions = LiveSession.objects.in_bulk({alert.session_id for alert in listed if alert.session_id})
    by_scope = {f"session:{key}": session for key, session in sessions.items()}
    return [(alert, by_scope.get(alert.scope)) for alert in listed]


def stamp(alerts: Iterable[Alert], *more: object) -> str:
    """What the list is as of: while it stays the same, nothing on it has changed."""
    rows = [(alert.pk, alert.detail, alert.acknowledged_at, alert.cleared_at) for alert in alerts]
    return blake2s(repr((rows, more)).encode(), digest_size=12).hexdigest()


def silence_sentence(now: datetime) -> str:
    """An inbox that is empty because nobody looks must say so."""
    ran_at = Sweep.objects.filter(name="alerts").values_list("ran_at", flat=True).first()
    if ran_at is None or now - ran_at < SILENCE:
        return ""
    return _("后台任务已经 {time}没有看过，新的提醒不会出来。请告诉系统管理员。").format(time=in_words(now - ran_at))


@needs(Action.ANSWER_ALERTS)
@require_POST
def acknowledge_one(request: SignedInRequest, pk: int) -> HttpResponse:
    alert = get_object_or_404(Alert.objects.visible_to(request.user, Action.ANSWER_ALERTS), pk=pk)
    try:
        acknowledge(alert, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.warning(request, str(refused))
    return redirect(Choice.of(request.POST).address())


# --- from when on to warn -------------------------------------------------------------------------------------------------


@never_cache
@needs(Action.ANSWER_ALERTS)
@require_http_methods(["GET", "HEAD", "POST"])
def thresholds(request: SignedInRequest) -> HttpResponse:
    """The limits of the reader's county; whoever has several names one by `?county=`."""
    counties = counties_of(request.user)
    chosen = request.GET.get("county") or (counties[0].pk if len(counties) == 1 else request.user.county_id)
    county = next((place for place in counties if place.pk == chosen), None)
    if county is None and "county" in request.GET:
        raise Http404
    if county is None:
        return render(request, "orders/alert_thresholds.html", {"counties": counties, "county": None})
    form = ThresholdsForm(request.POST or None, initial=limits_shown(county))
    if request.method == "POST" and form.is_valid():
        set_thresholds(county, form.limits, by=request.user)
        messages.success(request, _("改好了，几秒钟以后就按新的界线看。"))
        return redirect(request.get_full_path())
    context = {"form": form, "county": county, "counties": counties}
    return render(request, "orders/alert_thresholds.html", context, status=422 if form.is_bound else 200)


def counties_of(user: User) -> list[Place]:
    """The own county; for those who may everywhere, the counties that sell something."""
    codes = user.reach(Action.ANSWER_ALERTS)
    return list(Place.objects.filter(pk__in=Shop.objects.values("county") if EVERYWHERE in codes else codes).order_by("pk"))


def limits_shown(county: Place) -> dict[str, Any]:
    thresholds = AlertThresholds.objects.filter(county=county).first() or AlertThresholds(county=county)
    return {name: getattr(thresholds, name) for name in ThresholdsForm.base_fields}
