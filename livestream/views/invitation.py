"""Links by which people set a password: staff makes one, told once; the person opens it on the phone and is in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import decorator_from_middleware
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from livestream.actions.invitation import accept_link, invite_person, link_that_holds, make_link, revoke_link
from livestream.actions.login import Way, open_login
from livestream.models import Place
from livestream.person_forms import PasswordForm, PersonForm
from livestream.rules.device import PHONES, platform_of
from livestream.rules.errors import NotAllowed
from livestream.rules.person import Role
from livestream.rules.rights import Action
from livestream.views.people import person_to_keep, say_refusal
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from livestream.actions.invitation import Told
    from livestream.models import Invitation
    from livestream.views.signed_in import SignedInRequest


@never_cache
@needs(Action.KEEP_PEOPLE)
@require_http_methods(["GET", "POST"])
def invite(request: SignedInRequest) -> HttpResponse:
    """The form; somebody who was invited is answered with the link, which no page ever shows again."""
    if request.method == "GET":
        return render(request, "livestream/people_invite.html", {"form": PersonForm(by=request.user)})
    form = PersonForm(request.POST, by=request.user)
    if form.is_valid():
        try:
            told = invite_person(form.cleaned_data["phone"], form.names, form.position, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say_refusal(form, refused)
        else:
            return told_page(request, told)
    return render(request, "livestream/people_invite.html", {"form": form}, status=422)


@never_cache
@needs(Action.KEEP_PEOPLE)
@require_POST
def link(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new link for somebody who has not joined, or who forgot the password; told on this page alone."""
    found = person_to_keep(request, pk)
    try:
        return told_page(request, make_link(found, by=request.user, at=timezone.now()))
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("livestream:person", pk)


def told_page(request: SignedInRequest, told: Told, template: str = "livestream/link_told.html") -> HttpResponse:
    address = request.build_absolute_uri(reverse("livestream:join", args=[told.token]))
    context = {
        "invitation": told.invitation,
        "person": told.invitation.user,
        "address": address,
        "qr": segno.make_qr(address, error="m").svg_data_uri(border=4),
    }
    return render(request, template, context)


@needs(Action.KEEP_PEOPLE)
@require_POST
def link_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once is enough: a second tap finds it revoked."""
    found = person_to_keep(request, pk)
    revoke_link(found, by=request.user, at=timezone.now())
    messages.success(request, _("给{name}的链接收回了。").format(name=found.name))
    return redirect("livestream:person", pk)


class CsrfWithoutReferrer(CsrfViewMiddleware):
    """Pages that send no Referer send `Origin: null` with their own forms too. The token in form and cookie must still agree,
    and a form of another site brings no cookie (SameSite=Lax)."""

    def _origin_verified(self, request: HttpRequest) -> bool:
        return request.META["HTTP_ORIGIN"] == "null" or bool(super()._origin_verified(request))  # type: ignore[misc]


@csrf_exempt  # from the project's middleware; its stricter sister is right below
@never_cache
@decorator_from_middleware(CsrfWithoutReferrer)
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Greets, asks for a password, signs in. Whatever link does not hold gets one and the same page."""
    at = timezone.now()
    invitation = link_that_holds(token, at)
    if invitation is None:
        return unnamed(render(request, "livestream/join_refused.html", status=404))
    if request.method == "GET":
        return join_page(request, invitation, PasswordForm())
    form = PasswordForm(request.POST)
    if "show" in request.POST:
        form.shown()
        return join_page(request, invitation, form)
    if form.is_valid():
        try:
            person = accept_link(token, password=form.cleaned_data["password"], at=at)
        except ValidationError as faults:
            form.add_error("password", faults)
        except NotAllowed:
            return unnamed(render(request, "livestream/join_refused.html", status=404))
        else:
            open_login(request, person, way=Way.INVITATION, on_own_phone="own_phone" in request.POST)
            return unnamed(redirect("home"))
    return join_page(request, invitation, form, status=422)


def join_page(request: HttpRequest, invitation: Invitation, form: PasswordForm, status: int = 200) -> HttpResponse:
    person = invitation.user
    county = Place.objects.filter(pk=person.county_id or person.place_id).first()
    is_phone = person.role == Role.HOST and platform_of(request.headers.get("User-Agent", "")) in PHONES
    context = {"invitation": invitation, "person": person, "county": county, "form": form, "is_phone": is_phone}
    return unnamed(render(request, "livestream/join.html", context, status=status))


def unnamed(response: HttpResponse) -> HttpResponse:
    """Whatever this page asks for must not name its address."""
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
