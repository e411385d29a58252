"""The second factor: passing it after the password or at a door that asks for it, setting it up, giving it up."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import django_otp
import segno
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from livestream.actions.login import renew_login
from livestream.actions.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    make_recovery_codes,
    pass_second_factor,
    remove_lost_second_factor,
    remove_second_factor,
)
from livestream.login_forms import SecondFactorForm
from livestream.models import SecondFactor
from livestream.rules.login import needs_second_factor
from livestream.rules.rights import Action
from livestream.rules.second_factor import in_groups
from livestream.views.account import account_page
from livestream.views.people import person_to_keep
from livestream.views.signed_in import needs, next_of, own_account, to_second_factor

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

ISSUER = "村播"


def wrong(factor: SecondFactor) -> str:
    """What to do after a code that was not taken."""
    allowed, why = factor.verify_is_allowed()
    if allowed or not why:
        return _("验证码不对。等下一个出来再填，每个只能用一次。")
    seconds = max(1, round((why["locked_until"] - timezone.now()).total_seconds()))
    return _("验证码不对。请等 %(seconds)d 秒再填下一个。") % {"seconds": seconds}


def is_passed(request: SignedInRequest, form: SecondFactorForm) -> bool:
    """Whether the code is right; else the form says why not."""
    if not form.is_valid():
        return False
    if pass_second_factor(request.user, form.cleaned_data["code"], at=timezone.now()):
        return True
    form.add_error("code", wrong(request.user.second_factors.in_use().get()))
    return False


def verify(request: SignedInRequest, factor: SecondFactor) -> None:
    """From now on this login is verified, under a new session id."""
    django_otp.login(request, factor)
    renew_login(request, request.user)


@sensitive_post_parameters("code")
@never_cache
@own_account
@require_http_methods(["GET", "POST"])
def second(request: SignedInRequest) -> HttpResponse:
    """Asks for the code; who has no authenticator yet is led to set one up."""
    wanted = next_of(request)
    factor = request.user.second_factors.in_use().first()
    if factor is None:
        return redirect(f"/me/second/?{urlencode({'next': wanted})}" if wanted else "livestream:my_second")
    if request.user.is_verified():
        return redirect(wanted or "home")
    form = SecondFactorForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and is_passed(request, form):
        verify(request, factor)
        return redirect(wanted or "home")
    return render(request, "livestream/second.html", {"form": form, "next": wanted})


# --- one's own ------------------------------------------------------------------------------------------------------------


@never_cache
@own_account
@require_http_methods(["GET"])
def mine(request: SignedInRequest) -> HttpResponse:
    """What there is: to set one up, or to give up the one in use."""
    return second_page(request, SecondFactorForm())


def second_page(request: SignedInRequest, form: SecondFactorForm) -> HttpResponse:
    factor = request.user.second_factors.in_use().first()
    context: dict[str, object] = {
        "form": form,
        "factor": factor,
        "is_needed": needs_second_factor(request.user.posts),
        "next": next_of(request),
    }
    if factor is None:
        context |= key_to_show(begin_second_factor(request.user, at=timezone.now()))
    else:
        context["codes_left"] = request.user.recovery_codes.filter(used_at=None).count()
    return account_page(request, "livestream/my_second.html", context)


def key_to_show(waiting: SecondFactor) -> dict[str, str]:
    """The QR code of the key URI that authenticators read, and the key for those who type."""
    label = quote(f"{ISSUER}:{waiting.user.phone}", safe=":")
    uri = f"otpauth://totp/{label}?{urlencode({'secret': waiting.key, 'issuer': ISSUER})}"
    return {"qr": segno.make_qr(uri, error="m").svg_data_uri(border=4), "key": in_groups(waiting.key)}


@sensitive_post_parameters("code")
@never_cache
@own_account
@require_POST
def confirm(request: SignedInRequest) -> HttpResponse:
    """The first code of a new authenticator; its recovery codes are shown on this answer and never again."""
    if request.user.second_factors.in_use().exists():
        return redirect("livestream:my_second")
    form = SecondFactorForm(request.POST)
    waiting = begin_second_factor(request.user, at=timezone.now())
    made = confirm_second_factor(request.user, form.cleaned_data["code"]) if form.is_valid() else None
    if made is None:
        waiting.refresh_from_db()
        if form.is_valid():
            form.add_error("code", wrong(waiting))
        return second_page(request, form)
    factor, codes = made
    verify(request, factor)
    return account_page(request, "livestream/my_second_codes.html", {"codes": codes, "next": next_of(request)})


@sensitive_post_parameters("code")
@never_cache
@own_account
@require_POST
def new_codes(request: SignedInRequest) -> HttpResponse:
    """Ten new recovery codes, after one more code of the authenticator."""
    form = SecondFactorForm(request.POST)
    if not request.user.second_factors.in_use().exists():
        return redirect("livestream:my_second")
    if not is_passed(request, form):
        return second_page(request, form)
    return account_page(request, "livestream/my_second_codes.html", {"codes": make_recovery_codes(request.user), "next": ""})


@sensitive_post_parameters("code")
@never_cache
@own_account
@require_POST
def remove(request: SignedInRequest) -> HttpResponse:
    """Given up, after one more code; who must have one sets up the next at once."""
    form = SecondFactorForm(request.POST)
    if not request.user.second_factors.in_use().exists():
        return redirect("livestream:my_second")
    if not is_passed(request, form):
        return second_page(request, form)
    remove_second_factor(request.user)
    renew_login(request, request.user)
    messages.success(request, _("两步验证已取消。"))
    return redirect("livestream:my_second" if needs_second_factor(request.user.posts) else "livestream:me")


# --- somebody else's ------------------------------------------------------------------------------------------------------


@needs(Action.KEEP_PEOPLE)
@require_POST
def remove_lost(request: SignedInRequest, pk: int) -> HttpResponse:
    """Of somebody who lost his phone, by staff who passed their own a while ago, or do so now."""
    person = person_to_keep(request, pk)
    if not request.user.is_verified():
        return to_second_factor(request, reverse("livestream:person", args=[pk]))
    remove_lost_second_factor(person, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s的两步验证取消了，下次登录重新设。") % {"name": person.name})
    return redirect("livestream:person", pk)
