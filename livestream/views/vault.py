"""A person's data on the desk: masked, revealed one by one for a reason, written down by the staff of his place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.consent import record_consent
from livestream.actions.vault import (
    check_age_again,
    note_minor_seen,
    others_with_the_same_identity,
    record_data,
    reveal,
)
from livestream.models import AuditEntry, Consent, PersonalData, User
from livestream.rules.age import MINORS, REFUSALS, Standing, due_on, is_due
from livestream.rules.consent import EXPLANATIONS, ConsentKind, ConsentWay
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.vault import RevealReason, Secret, masked
from livestream.vault_forms import ConsentForm, PersonalDataForm, RevealForm
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from datetime import date

    from livestream.views.signed_in import SignedInRequest

LOG_SHOWN = 20


class Row(NamedTuple):
    """A field as the page shows it."""

    secret: Secret
    shown: str


class Switch(NamedTuple):
    """A consent as a page shows it; `said` is the last word on it, if there was one."""

    kind: ConsentKind
    explanation: str
    said: Consent | None

    @property
    def is_given(self) -> bool:
        return self.said is not None and self.said.is_given


def person_of(request: SignedInRequest, pk: int, action: Action) -> User:
    """Whom this person may see, in a place where he may do that. Raises Http404."""
    person = get_object_or_404(User.objects.visible_to(request.user).select_related("place"), pk=pk)
    if not request.user.may(action, person.place_id):
        raise Http404
    return person


def data_of(person: User) -> PersonalData:
    """The row, or an empty one that is not stored."""
    data = PersonalData.objects.filter(pk=person.pk).select_related("checked_by", "guardian_noted_by").first()
    data = data or PersonalData(user=person)
    data.user = person
    return data


def switches_of(person: User) -> list[Switch]:
    said = {consent.kind: consent for consent in Consent.objects.current(person)}
    return [Switch(kind, str(EXPLANATIONS[kind]), said.get(kind)) for kind in ConsentKind]


@never_cache
@needs(Action.SEE_PEOPLE)
@require_GET
def person_data(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything masked. Opening the data of somebody under 18 is written down."""
    person, today = person_of(request, pk, Action.SEE_PEOPLE), timezone.localdate()
    data = data_of(person)
    standing = data.standing(today)
    if standing in MINORS:
        note_minor_seen(person, standing, by=request.user)
    place = person.place_id
    reads_log = request.user.may(Action.READ_AUDIT, place)
    context = {
        "person": person,
        "data": data,
        "rows": [] if data.is_restricted else [Row(secret, masked(secret, data.secret(secret))) for secret in Secret],
        "standing": standing,
        "is_minor": standing in MINORS,
        "why_not": str(NotAllowed(REFUSALS[standing])) if standing in REFUSALS else "",
        "due_on": due_on(data.age_facts),
        "is_due": is_due(data.age_facts, today),
        "same_identity": others_with_the_same_identity(data),
        "switches": switches_of(person),
        "may_reveal": request.user.may(Action.REVEAL, place),
        "may_keep": request.user.may(Action.KEEP_PEOPLE, place),
        "reads_log": reads_log,
        "log": reveals_of(person) if reads_log else [],
    }
    return render(request, "livestream/person_data.html", context)


def reveals_of(person: User) -> list[tuple[AuditEntry, str, str]]:
    """Who looked behind which mask, and why: the newest entries of the log."""
    entries = AuditEntry.objects.filter(deed=Deed.REVEALED, kind=User._meta.label, object_id=str(person.pk))
    fields, reasons = dict(Secret.choices), dict(RevealReason.choices)
    return [
        (entry, str(fields.get(entry.detail.get("field"), "")), str(reasons.get(entry.detail.get("reason"), "")))
        for entry in entries.select_related("actor").order_by("-pk")[:LOG_SHOWN]
    ]


@never_cache
@needs(Action.REVEAL)
@require_http_methods(["GET", "POST"])
def reveal_data(request: SignedInRequest, pk: int, field: str) -> HttpResponse:
    """Asks for a reason; the answer to the form shows the field, this once."""
    person, secret = person_of(request, pk, Action.REVEAL), secret_of(field)
    form = RevealForm(request.POST if request.method == "POST" else None)
    context = {"person": person, "secret": secret, "form": form}
    if not form.is_bound:
        return render(request, "livestream/reveal.html", context)
    if form.is_valid():
        said = form.cleaned_data
        try:
            plain = reveal(person, secret, reason=RevealReason(said["reason"]), words=said["words"], by=request.user)
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "livestream/reveal.html", context | {"plain": plain})
    return render(request, "livestream/reveal.html", context, status=422)


def secret_of(field: str) -> Secret:
    """Raises Http404 for what is no field."""
    try:
        return Secret(field)
    except ValueError:
        raise Http404 from None


@never_cache
@needs(Action.KEEP_PEOPLE)
@require_http_methods(["GET", "POST"])
def edit_data(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is there stays masked here too: an empty field leaves it."""
    person = person_of(request, pk, Action.KEEP_PEOPLE)
    form = PersonalDataForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            record_data(person, form.facts, by=request.user)
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("登记好了。"))
            return redirect("livestream:person_data", person.pk)
    context = {"person": person, "form": form}
    return render(request, "livestream/person_data_form.html", context, status=422 if form.is_bound else 200)


@needs(Action.KEEP_PEOPLE)
@require_POST
def check_age(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody held the identity document in hand again today."""
    person = person_of(request, pk, Action.KEEP_PEOPLE)
    try:
        check_age_again(person, by=request.user)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("记下了：今天核验过身份。"))
    return redirect("livestream:person_data", person.pk)


@needs(Action.KEEP_PEOPLE)
@require_POST
def note_consent(request: SignedInRequest, pk: int) -> HttpResponse:
    """What somebody signed on paper."""
    person, form = person_of(request, pk, Action.KEEP_PEOPLE), ConsentForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    kind = ConsentKind(form.cleaned_data["kind"])
    record_consent(person, kind, is_given=form.is_given, way=ConsentWay.PAPER, by=request.user)
    messages.success(request, _("记下了。"))
    return redirect("livestream:person_data", person.pk)


@never_cache
@needs(Action.KEEP_PEOPLE)
@require_GET
def ages(request: SignedInRequest) -> HttpResponse:
    """Hosts whose age nobody has checked, or not within a year; those who may not go live first."""
    today = timezone.localdate()
    hosts = User.objects.visible_to(request.user).hosts().select_related("personal", "place").order_by("name", "pk")
    due = [found for host in hosts if request.user.may(Action.KEEP_PEOPLE, host.place_id) and (found := due_row(host, today))]
    due.sort(key=lambda row: (not row[2], row[3] is not None, row[3] or today))
    return render(request, "livestream/ages.html", {"due": due, "hosts": len(hosts)})


def due_row(host: User, today: date) -> tuple[User, Standing, bool, date | None] | None:
    """The host, what is on record, whether that keeps him off air, and since when he is due; None: nothing to do."""
    data = getattr(host, "personal", None) or PersonalData(user=host)
    standing = data.standing(today)
    if standing not in REFUSALS and not is_due(data.age_facts, today):
        return None
    return host, standing, standing in REFUSALS, due_on(data.age_facts)
