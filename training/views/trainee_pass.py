"""Who a trainee's pages belong to: a person who is signed in, or whoever holds the link that was given to him."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.tries import network_of_request
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.invitation import unnamed
from livestream.views.signed_in import here, needs, next_of
from training.actions.trainee_pass import ask_pass, renew_pass, trainee_by_token
from training.models import Trainee
from training.trainee_pass_forms import PassAsked

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

P = ParamSpec("P")
KEPT_DAYS = 400  # the longest that browsers keep one


class TraineeRequest(HttpRequest):
    """A request that has passed `needs_trainee`."""

    trainee: Trainee


def trainee_of(request: HttpRequest) -> Trainee | None:
    """Whose school this is: of who is signed in, his own row; of who is not, that of the link which this phone was given."""
    rows = Trainee.objects.select_related("county", "user").filter(erased_at=None, merged_into=None)
    if request.user.is_authenticated:
        return rows.filter(user=request.user).first()
    return trainee_by_token(request.COOKIES.get(settings.PASS_COOKIE_NAME, ""))


def needs_trainee(
    view: Callable[Concatenate[TraineeRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A trainee comes in, as `request.trainee`. A phone that nobody is known on is asked for its number; who is signed in and
    learns nothing here finds no object of his."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        found = trainee_of(request)
        if found is not None:
            known = cast("TraineeRequest", request)
            known.trainee = found
            return view(known, *args, **kwargs)
        if not request.user.is_authenticated:
            return to_pass_link(request)
        if args or kwargs:
            raise Http404
        return redirect("training:my_school")

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", guarded)


def to_pass_link(request: HttpRequest) -> HttpResponse:
    """To the page that asks for the number, and back here afterwards."""
    query = QueryDict(mutable=True)
    query["next"] = here(request)
    return redirect(f"{reverse('training:my_school_link')}?{query.urlencode(safe='/')}")


def keep_pass(response: HttpResponse, token: str) -> HttpResponse:
    """This phone opens the trainee's pages from now on."""
    response.set_cookie(
        settings.PASS_COOKIE_NAME,
        token,
        max_age=KEPT_DAYS * 86_400,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@require_GET
def open_pass(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a text message: the phone is known from now on. 404 for one that opens nothing, with the way to a new one."""
    if trainee_by_token(token, at=timezone.now()) is None:
        return unnamed(render(request, "training/trainee_pass_refused.html", status=404))
    return unnamed(keep_pass(redirect("training:my_school"), token))


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """By his number a trainee gets his link anew, as a text message; the answer is the same for every number."""
    if request.method == "GET":
        return ask_page(request, PassAsked())
    form = PassAsked(request.POST)
    if form.is_valid():
        try:
            ask_pass(form.cleaned_data["phone"], network=network_of_request(request), at=timezone.now())
        except NotAllowed as refused:
            form.add_error("phone", str(refused))
        else:
            return ask_page(request, form, is_asked=True)
    return ask_page(request, form, status=422)


def ask_page(request: HttpRequest, form: PassAsked, *, is_asked: bool = False, status: int = 200) -> HttpResponse:
    has_sms = bool(settings.SMS_SENDER and settings.PUBLIC_ADDRESS)
    context = {"form": form, "is_asked": is_asked, "has_sms": has_sms, "next": next_of(request)}
    return render(request, "training/trainee_pass_ask.html", context, status=status)


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """This phone knows nobody any more: for one that was lent."""
    messages.success(request, _("好了，这部手机不再认得您。"))
    response = redirect("training:my_school_link")
    response.delete_cookie(settings.PASS_COOKIE_NAME, samesite="Lax")
    return response


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def renew(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new link for a trainee, sent to him and shown on this page alone; older ones open nothing any more."""
    found = Trainee.objects.reached_by(request.user, Action.KEEP_SCHOOL).select_related("county")
    trainee = get_object_or_404(found, pk=pk)
    try:
        token = renew_pass(trainee, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("training:cohorts")
    address = request.build_absolute_uri(reverse("training:trainee_pass", args=[token]))
    has_sms = bool(settings.SMS_SENDER and settings.PUBLIC_ADDRESS and trainee.phone)
    qr = segno.make_qr(address, error="m").svg_data_uri(border=4)
    return render(
        request, "training/trainee_pass_told.html", {"trainee": trainee, "address": address, "qr": qr, "has_sms": has_sms}
    )
