"""The people of my place: the list, one person, what becomes of him."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.person import change_person, restore_person, stop_person
from livestream.models import Appointment, AuditEntry, Invitation, LiveSession, Place, User
from livestream.person_forms import PeopleFilter, PersonForm, ReasonForm
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.person import PersonState, masked_phone
from livestream.rules.rights import Action
from livestream.views.desk import first_moment
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django import forms
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

ON_A_PAGE = 30
DEEDS_SHOWN = 12
# What happened to somebody, as his page tells it; the audit log knows more.
TOLD = [
    Deed.INVITED, Deed.JOINED, Deed.RESET_LINK_MADE, Deed.LINK_REVOKED, Deed.PASSWORD_SET, Deed.PERSON_CHANGED, Deed.STOPPED,
    Deed.RESTORED, Deed.APPOINTED, Deed.APPOINTMENT_ENDED, Deed.BEGAN_ACTING_FOR, Deed.STOPPED_ACTING_FOR, Deed.LOGINS_ENDED,
]  # fmt: skip
FIELDS = {"phone_taken": "phone", "not_yours_to_give": "place", "dates_missing": "until_on", "ends_before_it_begins": "until_on"}


@never_cache
@needs(Action.SEE_PEOPLE)
@require_GET
def people(request: SignedInRequest) -> HttpResponse:
    """Who is here, narrowed by what the address says."""
    everybody = User.objects.visible_to(request.user)
    asked = PeopleFilter(request.GET, places=places_to_choose(request.user))
    found = narrowed(everybody, asked).select_related("place__parent").order_by("role", "place_id", "name", "pk")
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "asked": asked, "stats": stats_of(everybody)}
    if not asked.narrows and not page.has_previous():
        context["visiting"] = visiting(request.user)
    return render(request, "livestream/people.html", context)


def visiting(user: User) -> list[Appointment]:
    """The posts here of people of elsewhere: their name, their post and the masked number, and nothing else of theirs."""
    found = Appointment.objects.of_elsewhere(user, timezone.localdate()).select_related("user__place__parent", "place__parent")
    return list(found.order_by("role", "place_id", "user__name", "pk"))


def narrowed(people: Any, asked: PeopleFilter) -> Any:
    if words := asked.said("q"):
        people = people.called(words)
    if role := asked.said("role"):
        people = people.filter(role=role)
    if place := asked.said("place"):
        people = people.filter(place__code__startswith=place)
    if state := asked.said("state"):
        people = people.in_state(PersonState(state))
    return people


def stats_of(people: Any) -> dict[str, int]:
    """How many there are, and how many of them host, have not joined yet, are stopped."""
    return {
        "everybody": people.count(),
        "hosts": people.hosts().count(),
        "invited": people.in_state(PersonState.INVITED).count(),
        "stopped": people.in_state(PersonState.STOPPED).count(),
    }


def places_to_choose(user: User, action: Action = Action.SEE_PEOPLE) -> list[Place]:
    """What lies one step below the places where this person sees people; for the whole country, its provinces."""
    codes = user.reach(action)
    one_below = Q(parent=None) if codes == ("",) else Q(parent_id__in=codes)
    return list(Place.objects.filter(one_below))


@never_cache
@needs(Action.SEE_PEOPLE)
@require_GET
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    return person_page(request, person_to_see(request, pk), ReasonForm())


def person_to_see(request: SignedInRequest, pk: int) -> User:
    """Raises Http404."""
    return get_object_or_404(User.objects.visible_to(request.user).select_related("place__parent"), pk=pk)


def person_to_keep(request: SignedInRequest, pk: int) -> User:
    """Raises Http404 for somebody who is not to be seen, PermissionDenied for somebody who is, and not to be kept."""
    found = person_to_see(request, pk)
    if not request.user.may_keep(found):
        raise PermissionDenied(str(NotAllowed("not_your_person")))
    return found


def person_page(request: SignedInRequest, found: User, reason: ReasonForm, status: int = 200) -> HttpResponse:
    user, now = request.user, timezone.now()
    month = first_moment(now).replace(day=1)
    sessions = LiveSession.objects.visible_to(user).filter(host=found)
    may_read = user == found or user.may(Action.KEEP_PEOPLE, found.place_id)
    context = {
        "person": found,
        "phone": found.phone if may_read else masked_phone(found.phone),
        "appointments": appointments_of(found, user),
        "sessions": sessions.aired().filter(went_live_at__gte=month).select_related("place").order_by("-went_live_at"),
        "link": Invitation.objects.open(now).filter(user=found).select_related("made_by").first(),
        "deeds": deeds_of(found) if may_read or user.may(Action.READ_AUDIT, found.place_id) else [],
        "may_keep": user.may_keep(found),
        "may_plan": user.may(Action.PLAN_SESSION, found.place_id),
        "may_appoint": user != found and found.is_active and user.reach(Action.KEEP_PEOPLE) != (),
        "may_act_for": user.may_act_for(found),
        "form": reason,
    }
    return render(request, "livestream/person.html", context, status=status)


def appointments_of(found: User, user: User) -> list[tuple[Any, bool]]:
    """Those that are held or will be, each with whether this person may end it."""
    held = found.appointments.filter(ended_at=None).select_related("place__parent", "appointed_by").order_by("from_on", "pk")
    return [(one, user != found and user.may_give(one.role, one.place_id)) for one in held]


def deeds_of(found: User) -> Iterable[AuditEntry]:
    about = AuditEntry.objects.filter(kind=User._meta.label, object_id=str(found.pk), deed__in=TOLD)
    return about.select_related("actor").order_by("-at", "-pk")[:DEEDS_SHOWN]


@never_cache
@needs(Action.KEEP_PEOPLE)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Names, place and role; with status 422 and what was typed, when something was not understood or refused."""
    found = person_to_keep(request, pk)
    if request.method == "GET":
        return render(
            request, "livestream/person_edit.html", {"person": found, "form": PersonForm(by=request.user, person=found)}
        )
    form = PersonForm(request.POST, by=request.user, person=found)
    if form.is_valid():
        try:
            change_person(found, form.names, form.position, by=request.user)
        except NotAllowed as refused:
            say_refusal(form, refused)
        else:
            messages.success(request, _("改好了。"))
            return redirect("livestream:person", pk)
    return render(request, "livestream/person_edit.html", {"person": found, "form": form}, status=422)


def say_refusal(form: forms.Form, refused: NotAllowed) -> None:
    """At the field that it is about."""
    field = FIELDS.get(refused.code)
    form.add_error(field if field in form.fields else None, str(refused))


@needs(Action.KEEP_PEOPLE)
@require_POST
def stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once is enough: a second tap finds it done."""
    found = person_to_keep(request, pk)
    stop_person(found, by=request.user, at=timezone.now())
    messages.success(request, _("{name}停用了：登录已经全部结束，打开的大屏半分钟内关上。").format(name=found.name))
    return redirect("livestream:person", pk)


@needs(Action.KEEP_PEOPLE)
@require_POST
def restore(request: SignedInRequest, pk: int) -> HttpResponse:
    found = person_to_keep(request, pk)
    restore_person(found, by=request.user)
    messages.success(request, _("{name}可以用原来的密码登录了。").format(name=found.name))
    return redirect("livestream:person", pk)
