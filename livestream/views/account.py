"""One's own account: who I am here, my password, the devices on which I am signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.login import PROVED_BY_CODE, SIGN_IN, end_login, end_logins, renew_login
from livestream.actions.password import set_password
from livestream.actions.tries import recognize
from livestream.login_forms import PasswordForm
from livestream.models import SignIn
from livestream.rules.login import PROOF_LASTS
from livestream.rules.person import Role
from livestream.rules.rights import Action
from livestream.views.people import person_to_keep
from livestream.views.signed_in import needs, own_account

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest


def account_page(request: SignedInRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """On the shell of the person's role: a phone for hosts, a desk for others."""
    shell = "base_phone.html" if request.user.role == Role.HOST else "base.html"
    return render(request, template, {"shell": shell, **context}, status=status)


@never_cache
@own_account
@require_GET
def me(request: SignedInRequest) -> HttpResponse:
    """Who I am here, and where to change it."""
    context = {
        "posts": request.user.appointments.current(timezone.localdate()).select_related("place").order_by("pk"),
        "devices": request.user.sign_ins.open(timezone.now()).count(),
        "has_second": request.user.second_factors.in_use().exists(),
    }
    return account_page(request, "livestream/me.html", context)


# --- devices --------------------------------------------------------------------------------------------------------------


@never_cache
@own_account
@require_GET
def devices(request: SignedInRequest) -> HttpResponse:
    """Where I am signed in now, this device first."""
    here = request.session.get(SIGN_IN)
    found = SignIn.objects.visible_to(request.user).open(timezone.now()).order_by("-seen_at")
    rows = sorted(found, key=lambda sign_in: sign_in.pk != here)
    return account_page(request, "livestream/my_devices.html", {"sign_ins": rows, "here": here})


@own_account
@require_POST
def end_device(request: SignedInRequest, sign_in_id: int) -> HttpResponse:
    """Signed out on one device; on this one too, if it is meant."""
    found = SignIn.objects.visible_to(request.user).select_related("user")
    sign_in = get_object_or_404(found, pk=sign_in_id)
    end_login(sign_in, at=timezone.now())
    messages.success(request, _("已在那台设备上退出。"))
    return redirect("livestream:my_devices")


@own_account
@require_POST
def end_other_devices(request: SignedInRequest) -> HttpResponse:
    """Signed out everywhere but here."""
    count = end_logins(request.user, at=timezone.now(), except_key=request.session.session_key or "")
    said = ngettext("别的设备都退出了，一共 %(count)d 台。", "别的设备都退出了，一共 %(count)d 台。", count)
    messages.success(request, said % {"count": count} if count else _("没有别的设备登录着。"))
    return redirect("livestream:my_devices")


@own_account
@require_POST
def end_all_devices(request: SignedInRequest) -> HttpResponse:
    """Signed out everywhere, here too."""
    end_logins(request.user, at=timezone.now())
    request.session.flush()
    return redirect("login")


@needs(Action.KEEP_PEOPLE)
@require_POST
def end_person(request: SignedInRequest, pk: int) -> HttpResponse:
    """Staff sign somebody out everywhere: a lost phone, a person who left."""
    person = person_to_keep(request, pk)
    end_logins(person, at=timezone.now())
    messages.success(request, _("%(name)s在所有设备上都退出了。") % {"name": person.name})
    return redirect("livestream:person", pk)


# --- password -------------------------------------------------------------------------------------------------------------


@sensitive_post_parameters("old", "new", "again")
@never_cache
@own_account
@require_http_methods(["GET", "POST"])
def password(request: SignedInRequest) -> HttpResponse:
    """A new password; every other device is signed out."""
    user, at = request.user, timezone.now()
    asks_old = user.has_usable_password() and not was_proved(request)
    form = PasswordForm(user, request.POST if request.method == "POST" else None, asks_old=asks_old)
    if not form.is_valid() or (asks_old and not is_old_right(request, form)):
        return account_page(request, "livestream/my_password.html", {"form": form, "must": user.must_change_password})
    set_password(user, form.cleaned_data["new"], at=at, except_key=request.session.session_key or "")
    renew_login(request, user)
    request.session.pop(PROVED_BY_CODE, None)
    messages.success(request, _("密码换好了。别的设备要重新登录。"))
    return redirect("livestream:me")


def was_proved(request: SignedInRequest) -> bool:
    """A code from the phone proved who this is a moment ago: whoever forgot the password sets a new one without the old."""
    return timezone.now().timestamp() - float(request.session.get(PROVED_BY_CODE, 0.0)) < PROOF_LASTS.total_seconds()


def is_old_right(request: SignedInRequest, form: PasswordForm) -> bool:
    """Tried like a password at the login, so that nobody guesses it at a desk left alone."""
    if recognize(request, phone=request.user.phone, password=form.cleaned_data["old"]) == request.user:
        return True
    form.add_error("old", _("现在的密码不对。"))
    return False
