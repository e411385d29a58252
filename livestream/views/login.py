"""Signing in by password or by a code, and out again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from livestream.actions.login import Way, close_login, open_login
from livestream.actions.sms import ask_code
from livestream.actions.tries import door_of, network_of_request, recognize
from livestream.login_forms import CodeAsked, CodeLogin, PhoneLogin
from livestream.rules.device import PHONES, platform_of
from livestream.rules.errors import NotAllowed
from livestream.rules.login import Standing, needs_second_factor
from livestream.rules.person import masked_phone
from livestream.views.signed_in import next_of

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpRequest, HttpResponse

    from livestream.models import User

ASKED = "asked_code"  # in the session: the row, the number and where to go afterwards


def login_page(request: HttpRequest, form: forms.Form, template: str = "livestream/login.html") -> HttpResponse:
    is_phone = platform_of(request.headers.get("User-Agent", "")) in PHONES
    context = {"form": form, "next": next_of(request), "is_phone": is_phone, "has_codes": bool(settings.SMS_SENDER)}
    return render(request, template, context)


def enter(request: HttpRequest, user: User, *, way: Way, wanted: str) -> HttpResponse:
    open_login(request, user, way=way, on_own_phone="own_phone" in request.POST)
    return redirect(wanted or "home")


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def by_password(request: HttpRequest) -> HttpResponse:
    """The same page, sentence and time for an unknown number, a wrong password and somebody who was stopped."""
    if request.user.is_authenticated:
        return redirect(next_of(request) or "home")
    if request.method == "GET":
        return login_page(request, PhoneLogin())
    form = PhoneLogin(request.POST)
    if not form.is_valid():
        return login_page(request, form)
    phone = form.cleaned_data["username"]
    user = recognize(request, phone=phone, password=form.cleaned_data["password"]) if phone else None
    if user is not None:
        return enter(request, user, way=Way.PASSWORD, wanted=next_of(request))
    form.refuse()
    return login_page(request, form)


@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Where to send a code. Numbers of nobody get the same answer, and no message."""
    if not settings.SMS_SENDER:
        raise Http404
    if request.user.is_authenticated:
        return redirect(next_of(request) or "home")
    if request.method == "GET":
        return login_page(request, CodeAsked(), "livestream/login_code.html")
    form = CodeAsked(request.POST)
    if not form.is_valid():
        return login_page(request, form, "livestream/login_code.html")
    phone, at = form.cleaned_data["username"], timezone.now()
    is_known = door_of(request, phone, "code").standing != Standing.STRANGER
    try:
        code = ask_code(phone, network=network_of_request(request), is_known=is_known, at=at)
    except NotAllowed as refused:
        form.add_error(None, str(refused))
        return login_page(request, form, "livestream/login_code.html")
    request.session[ASKED] = {"row": code.pk, "phone": phone, "next": next_of(request)}
    return redirect("livestream:login_code_enter")


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """The code itself, in the browser that asked for it."""
    asked = request.session.get(ASKED)
    if request.user.is_authenticated or not asked:
        return redirect("home" if request.user.is_authenticated else "livestream:login_code")
    form = CodeLogin(request.POST if request.method == "POST" else None)
    if form.is_valid():
        user = recognize(request, phone=asked["phone"], secret_code=form.cleaned_data["code"], asked=asked["row"])
        if user is not None:
            return by_code(request, user, wanted=asked["next"])
        form.add_error("code", _("验证码不对或过了时间。再看一遍短信，或重新要一个。"))
    is_phone = platform_of(request.headers.get("User-Agent", "")) in PHONES
    context = {"form": form, "phone": masked_phone(asked["phone"]), "is_phone": is_phone}
    return render(request, "livestream/login_code_enter.html", context)


def by_code(request: HttpRequest, user: User, *, wanted: str) -> HttpResponse:
    """A code proves who holds the phone: not enough for those who must have two factors."""
    del request.session[ASKED]
    if needs_second_factor(user.posts):
        messages.warning(request, _("您的身份要用密码和两步验证登录。"))
        return redirect("login")
    return enter(request, user, way=Way.CODE, wanted=wanted)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    close_login(request)
    return redirect("login")
