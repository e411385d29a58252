"""One's own notices and how they come; and for staff, what was sent to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.actions.notice import choose_ways, read_all, read_notice, retry_notice
from livestream.models import Notice, NoticePreference
from livestream.notice_forms import NoticeFilter, WaysForm
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeState
from livestream.rules.rights import Action
from livestream.views.account import account_page
from livestream.views.signed_in import needs, own_account

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

SHOWN = 30
ROWS = 50


@never_cache
@own_account
@require_GET
def notices(request: SignedInRequest) -> HttpResponse:
    """What I was told: unread first, then the newest."""
    mine = Notice.objects.inbox_of(request.user).alias(was_read=Q(read_at__isnull=False)).order_by("was_read", "-sent_at", "-pk")
    page = Paginator(mine, SHOWN)
    unread = Notice.objects.unread_of(request.user).count()
    shown = page.get_page(request.GET.get("page"))
    return account_page(request, "livestream/notices.html", {"page": shown, "unread": unread, "now": timezone.now()})


@never_cache
@own_account
@require_GET
def open_notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """It is read, and what it speaks of is shown; the short address that stands in text messages."""
    found = get_object_or_404(Notice.objects.filter(person=request.user), pk=pk)
    read_notice(found, at=timezone.now())
    return redirect(found.link or "livestream:notices")


@own_account
@require_POST
def read_them_all(request: SignedInRequest) -> HttpResponse:
    read_all(request.user, at=timezone.now())
    return redirect("livestream:notices")


@never_cache
@own_account
@require_http_methods(["GET", "POST"])
def ways(request: SignedInRequest) -> HttpResponse:
    """By which ways I am told of what."""
    preference = NoticePreference.objects.filter(pk=request.user.pk).first() or NoticePreference(person=request.user)
    offered = {"has_sms": bool(settings.SMS_SENDER), "has_email": settings.SENDS_EMAIL}
    if request.method == "GET":
        return account_page(request, "livestream/notice_ways.html", {"form": WaysForm(preference=preference, **offered)})
    form = WaysForm(request.POST, preference=preference, **offered)
    if not form.is_valid():
        return account_page(request, "livestream/notice_ways.html", {"form": form}, status=422)
    choose_ways(request.user, **form.wanted, at=timezone.now())
    messages.success(request, _("记下了，以后就这样告诉您。"))
    return redirect("livestream:notices")


# --- for staff ------------------------------------------------------------------------------------------------------------


@never_cache
@needs(Action.PLAN_SESSION)
@require_GET
def sent(request: SignedInRequest) -> HttpResponse:
    """What was sent to whom and when, what waits, what failed: the newest moment first."""
    asked = NoticeFilter(request.GET)
    seen = Notice.objects.reached_by(request.user)
    numbers = dict(seen.order_by().values_list("state").annotate(number=Count("pk")))
    rows = seen.filter(state=asked.state_said) if asked.state_said else seen
    rows = rows.select_related("person", "robot", "session").order_by("-due_at", "-pk")
    context = {
        "page": Paginator(rows, ROWS).get_page(request.GET.get("page")),
        "states": [(state, numbers.get(state, 0)) for state in NoticeState],
        "total": sum(numbers.values()),
        "chosen": asked.state_said,
        "now": timezone.now(),
        "has_sms": bool(settings.SMS_SENDER),
    }
    return render(request, "livestream/plan_notices.html", context)


@needs(Action.PLAN_SESSION)
@require_POST
def retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """What failed is tried once more; a second tap finds it on its way."""
    found = get_object_or_404(Notice.objects.reached_by(request.user), pk=pk)
    try:
        retry_notice(found, at=timezone.now())
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("又去发了，过一会儿看结果。"))
    return redirect("livestream:plan_notices")
