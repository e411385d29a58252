"""Draft and release: what changed since people were told, the button that tells them, the history, and the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from livestream.actions.confirmation import card_of, replacements
from livestream.actions.release import release_plan
from livestream.actions.release_preview import preview
from livestream.actions.release_restore import restore_release, returns_of
from livestream.models import Confirmation, Release, ReleasedChange, User
from livestream.release_forms import NoteForm, ReleaseForm, ScopeForm, presets
from livestream.rules.errors import NotAllowed
from livestream.rules.release import Change, LeftOut, Plan
from livestream.rules.release_words import Row, rows, when, where
from livestream.rules.rights import Action
from livestream.views.desk import home_of
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.actions.confirmation import Card
    from livestream.actions.release_preview import Entry, Preview
    from livestream.actions.release_restore import Restored, Return
    from livestream.views.signed_in import SignedInRequest

PAGE = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """One change as the pages of the desk show it."""

    session_id: UUID
    change: Change
    plan: Plan
    rows: list[Row]
    why: LeftOut | None = None
    about: str = ""

    @property
    def when(self) -> str:
        return when(self.plan)

    @property
    def where(self) -> str:
        return where(self.plan)


def shown(entry: Entry) -> Shown:
    fields = rows(entry.before, entry.after) if entry.before and entry.change == Change.CHANGED else []
    return Shown(entry.session.pk, entry.change, entry.after, fields, entry.why, entry.about)


def shown_again(change: ReleasedChange) -> Shown:
    before, after = change.before and Plan.from_json(change.before), Plan.from_json(change.after)
    fields = rows(before, after) if before and change.change == Change.CHANGED else []
    return Shown(change.session_id, Change(change.change), after, fields)


def by_change(changes: Iterable[Shown]) -> list[tuple[Change, list[Shown]]]:
    """Cancelled ones first: they are what nobody may overlook."""
    every = list(changes)
    groups = [(kind, [one for one in every if one.change == kind]) for kind in (Change.CANCELLED, Change.CHANGED, Change.NEW)]
    return [(kind, those) for kind, those in groups if those]


@never_cache
@needs(Action.PLAN_SESSION)
@require_http_methods(["GET", "POST"])
def release(request: SignedInRequest) -> HttpResponse:
    """The difference of some days to what is in force, and the button. What changed since the page was made is shown again, with
    status 409, before it is told to anybody."""
    if request.method == "GET":
        form = ScopeForm(asked(request), by=request.user)
        found = preview(form.scope, at=timezone.now()) if form.is_valid() else None
        return release_page(request, form, found, status=200 if found else 422)
    form = ReleaseForm(request.POST, by=request.user)
    if not form.is_valid():
        found = preview(form.scope, at=timezone.now()) if {"place", "from", "until"} <= form.cleaned_data.keys() else None
        return release_page(request, form, found, status=422)
    try:
        made = released(request, form)
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return release_page(request, form, preview(form.scope, at=timezone.now()), status=409)
    told = Confirmation.objects.filter(change__release=made).values("person").distinct().count()
    messages.success(request, _("第 {number} 版发布了，通知了 {count} 人。").format(number=made.number, count=told))
    return redirect("livestream:release_made", made.pk)


def released(request: SignedInRequest, form: ReleaseForm) -> Release:
    said = form.cleaned_data
    restores = None
    if said["restores"]:
        restores = Release.objects.visible_to(request.user, Action.PLAN_SESSION).filter(pk=said["restores"]).first()
    return release_plan(
        form.scope, by=request.user, at=timezone.now(), seen=said["seen"], note_text=said["note"], restores=restores
    )


def asked(request: SignedInRequest) -> QueryDict:
    """What the address says; without days the rest of this week and the next, without a place the person's own."""
    said = request.GET.copy()
    if not said.get("place"):
        home = home_of(request.user, Action.PLAN_SESSION)
        said["place"] = home.pk if home else ""
    this, following, *_months = presets(timezone.localdate())
    if not said.get("from") and not said.get("until"):
        said["from"], said["until"] = this.from_on.isoformat(), following.until_on.isoformat()
    return said


def release_page(request: SignedInRequest, form: ScopeForm, found: Preview | None, status: int) -> HttpResponse:
    context = {
        "form": form,
        "found": found,
        "groups": by_change(shown(one) for one in found.entries) if found else [],
        "left_out": [shown(one) for one in found.left_out] if found else [],
        "people": User.objects.filter(pk__in=found.people, is_active=True).order_by("name") if found else [],
        "counts": counts(found.entries) if found else {},
        "presets": [(days, query_of(form, days.from_on, days.until_on)) for days in presets(timezone.localdate())],
        "restores": request.POST.get("restores") or request.GET.get("restores") or "",
        "note": form["note"] if "note" in form.fields else NoteForm()["note"],
    }
    return render(request, "livestream/release.html", context, status=status)


def counts(entries: Iterable[Entry]) -> dict[str, int]:
    every = [one.change for one in entries]
    return {kind.value: every.count(kind) for kind in Change}


def query_of(form: ScopeForm, from_on: object, until_on: object) -> str:
    query = QueryDict(mutable=True)
    query.update({"from": str(from_on), "until": str(until_on)})
    if place := form.data.get("place"):
        query["place"] = place
    return query.urlencode()


def address_of(release: Release, **more: object) -> str:
    """The page of its days."""
    query = QueryDict(mutable=True)
    query.update({"from": str(release.from_on), "until": str(release.until_on), "place": release.place_id})
    query.update({name: str(value) for name, value in more.items()})
    return f"{reverse('livestream:release')}?{query.urlencode()}"


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def releases(request: SignedInRequest) -> HttpResponse:
    """Every version, the newest first."""
    asked_now = Q(changes__confirmations__superseded_at=None, changes__confirmations__due_at__isnull=False)
    found = Release.objects.visible_to(request.user).select_related("place__parent", "county", "released_by", "restores")
    found = found.annotate(
        changed=Count("changes", distinct=True),
        told=Count("changes__confirmations__person", distinct=True),
        asked=Count("changes__confirmations", filter=asked_now, distinct=True),
        answered=Count(
            "changes__confirmations",
            filter=asked_now & Q(changes__confirmations__answered_at__isnull=False),
            distinct=True,
        ),
    )
    page = Paginator(found.order_by("-released_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    return render(request, "livestream/releases.html", {"page": page})


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def release_made(request: SignedInRequest, pk: int) -> HttpResponse:
    """One version: what it changed, who has seen it, who comes."""
    found = get_object_or_404(
        Release.objects.visible_to(request.user).select_related("place__parent", "county", "released_by", "restores"), pk=pk
    )
    changes = ReleasedChange.objects.filter(release=found).order_by("session__planned_start_at", "pk")
    cards = answers_of(request, found)
    standing = [card.confirmation for card in cards if card.confirmation.superseded_at is None]
    asked_now = [one for one in standing if one.due_at]
    context = {
        "release": found,
        "groups": by_change(shown_again(one) for one in changes),
        "cards": cards,
        "stats": {
            "told": len({card.confirmation.person_id for card in cards}),
            "read": sum(one.read_at is not None for one in standing),
            "yes": sum(one.can_come is True for one in asked_now),
            "no": sum(one.can_come is False for one in asked_now),
            "waiting": sum(one.can_come is None for one in asked_now),
        },
        "absent": [(card, replacements(card.confirmation.change.session, card.after)) for card in cards if needs_another(card)],
        "may_restore": request.user.may(Action.PLAN_SESSION, found.place_id),
    }
    return render(request, "livestream/release_made.html", context)


def answers_of(request: SignedInRequest, found: Release) -> list[Card]:
    """Who was told, as far as this person may see the sessions: who has to be called first."""
    confirmations = Confirmation.objects.visible_to(request.user).filter(change__release=found)
    now = timezone.now()
    cards = [card_of(one, at=now) for one in confirmations.select_related("change__session__county", "person")]
    return sorted(cards, key=lambda card: (answer_order(card), card.after.starts_at, card.confirmation.pk))


def answer_order(card: Card) -> int:
    one = card.confirmation
    if one.superseded_at or one.due_at is None:
        return 3
    return {False: 0, None: 1, True: 2}[one.can_come]


def needs_another(card: Card) -> bool:
    return card.confirmation.can_come is False and card.confirmation.superseded_at is None and card.is_asked


@never_cache
@needs(Action.PLAN_SESSION)
@require_http_methods(["GET", "POST"])
def release_restore(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the way back to this version would do, and the button that does it in the draft: people are told by the next
    release."""
    mine = Release.objects.visible_to(request.user, Action.PLAN_SESSION).select_related("place__parent", "county")
    found = get_object_or_404(mine, pk=pk)
    if request.method == "GET":
        ways = returns_of(found, at=timezone.now())
        context = {
            "release": found,
            "groups": by_change(shown_way(way) for way in ways.done),
            "stayed": [(shown_way(way), why) for way, why in ways.stayed],
            "count": len(ways.done),
        }
        return render(request, "livestream/release_restore.html", context)
    try:
        done = restore_release(found, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("livestream:release_made", pk)
    say_restored(request, found, done)
    return redirect(address_of(found, restores=found.pk))


def shown_way(way: Return) -> Shown:
    plan = way.then if way.then and way.change != Change.CANCELLED else way.now
    return Shown(way.session.pk, way.change, plan, rows(way.now, plan) if way.change == Change.CHANGED else [])


def say_restored(request: SignedInRequest, found: Release, done: Restored) -> None:
    sentence = _("草稿退回到第 {number} 版了，动了 {count} 场。大家还不知道：看一遍，再发布一次。")
    messages.success(request, sentence.format(number=found.number, count=len(done.done)))
    for way, why in done.stayed:
        messages.warning(request, _("“{title}”没有退回去：{why}").format(title=way.now.title, why=why))
