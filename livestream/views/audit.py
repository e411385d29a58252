"""The audit log: search it, read it, and see whether its chain is whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from livestream.actions.audit import note
from livestream.actions.audit_chain import find_head
from livestream.audit_forms import AuditSearch, HeadForm, people_within
from livestream.models import AuditCheck, AuditEntry, User
from livestream.rules.chain import Standing
from livestream.rules.deed import Deed
from livestream.rules.rights import Action
from livestream.views.audit_words import shown
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from livestream.models.audit import AuditEntryQuerySet
    from livestream.views.signed_in import SignedInRequest

ROWS = 50
CHECK_IS_OLD = timedelta(hours=36)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


@never_cache
@needs(Action.READ_AUDIT)
@require_http_methods(["GET", "HEAD", "POST"])
def audit(request: SignedInRequest) -> HttpResponse:
    """What is typed is posted and becomes an address without names; the address is what is read, the newest first."""
    if request.method == "POST":
        typed = AuditSearch(request.POST, reader=request.user)
        if not typed.is_valid():
            return page(request, typed, AuditEntry.objects.none(), status=422)
        return redirect(address_of(typed))
    search = AuditSearch(request.GET, reader=request.user)
    search.is_valid()
    person = person_of(request.user, search)
    found = search.found()
    if below := position_of(request.GET.get("below", "")):
        found = found.before(*below)
    elif person is not None:
        note_reading(person)
    return page(request, search, found, person=person)


@never_cache
@needs(Action.READ_AUDIT)
@require_GET
def head(request: SignedInRequest) -> HttpResponse:
    """The head of the chain today, to be written down elsewhere; and whether one of earlier is still in it. Nothing is written:
    what is asked stands in the address, and is no secret."""
    form = HeadForm(request.GET if "head" in request.GET else None)
    standing = find_head(form.cleaned_data["head"]) if form.is_valid() else None
    context = {
        "form": form,
        "standing": standing,
        "is_good": standing == Standing.SAME,
        "check": AuditCheck.objects.order_by("-pk").first(),
        "check_is_old": timezone.now() - CHECK_IS_OLD,
    }
    return render(request, "livestream/audit_head.html", context, status=422 if form.errors else 200)


def page(
    request: SignedInRequest, search: AuditSearch, found: AuditEntryQuerySet, *, person: User | None = None, status: int = 200
) -> HttpResponse:
    entries = list(found.newest_first().select_related("actor", "acted_for")[: ROWS + 1])
    context = {
        "search": search,
        "person": person,
        "rows": shown(entries[:ROWS]),
        "older": address_of(search, below=mark_of(entries[ROWS - 1])) if len(entries) > ROWS else "",
        "is_first": "below" not in request.GET,
        "is_refused": status != HTTPStatus.OK,
        "newest": address_of(search) if search.is_valid() else "",
        "check": AuditCheck.objects.order_by("-pk").first(),
        "check_is_old": timezone.now() - CHECK_IS_OLD,
        "printed_at": timezone.now(),
    }
    return render(request, "livestream/audit.html", context, status=status)


def person_of(reader: User, search: AuditSearch) -> User | None:
    """Whom the log is searched for: somebody of the reader's places, or somebody who did something there. Raises Http404."""
    pk = search.cleaned_data.get("person")
    if not pk:
        return None
    found: User | None = people_within(reader).filter(pk=pk).first()
    if found is None and AuditEntry.objects.visible_to(reader).filter(actor=pk).exists():
        found = User.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@transaction.atomic
def note_reading(person: User) -> None:
    """Whoever looks at what one person did leaves a trace himself."""
    note(Deed.AUDIT_READ, place=person.place_id, about=person)


def address_of(search: AuditSearch, **more: Any) -> str:
    query = urlencode({**search.query, **more})
    return reverse("livestream:audit") + (f"?{query}" if query else "")


def mark_of(entry: AuditEntry) -> str:
    """Where a page ends: the moment to the microsecond, and the number."""
    return f"{(entry.at - EPOCH) // MICROSECOND}-{entry.pk}"


def position_of(mark: str) -> tuple[datetime, int] | None:
    """None for anything that is no mark."""
    at, _dash, pk = mark.partition("-")
    if not (at.isascii() and at.isdecimal() and pk.isascii() and pk.isdecimal() and len(at) <= 16 and len(pk) <= 18):
        return None
    return EPOCH + int(at) * MICROSECOND, int(pk)
