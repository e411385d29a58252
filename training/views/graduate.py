"""A trainee becomes a host: the account, the link to its password, the way to a first session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.invitation import told_page
from livestream.views.signed_in import needs
from training.actions.graduate import check_may_become, make_host
from training.models import Trainee

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest


@never_cache
@needs(Action.KEEP_PEOPLE)
@require_http_methods(["GET", "POST"])
def graduate(request: SignedInRequest, pk: int) -> HttpResponse:
    """What will happen, and one button; the answer is the link, told once, or the page of an account that was there."""
    kept = Trainee.objects.reached_by(request.user, Action.KEEP_PEOPLE).select_related("place__parent", "user", "merged_into")
    trainee = get_object_or_404(kept, pk=pk)
    if request.method == "GET":
        return graduate_page(request, trainee)
    try:
        hosted = make_host(trainee, by=request.user, at=timezone.now())
    except NotAllowed as refused:
        return graduate_page(request, trainee, str(refused), status=422)
    if hosted.told:
        return told_page(request, hosted.told, "training/graduate_told.html")
    messages.success(request, _("{name}本来就有账号，已经和学员连上了，不用再发链接。").format(name=trainee.name))
    return redirect("training:graduate", pk)


def graduate_page(request: SignedInRequest, trainee: Trainee, refusal: str = "", status: int = 200) -> HttpResponse:
    if not refusal and not trainee.user_id:
        try:
            check_may_become(trainee, on=timezone.localdate())
        except NotAllowed as refused:
            refusal = str(refused)
    context = {
        "trainee": trainee,
        "refusal": refusal,
        "enrolments": trainee.enrolments.seated().select_related("cohort").order_by("-cohort__starts_on", "pk"),
        "may_plan": request.user.may(Action.PLAN_SESSION, trainee.place_id),
        "may_open": bool(trainee.user and request.user.may(Action.SEE_PEOPLE, trainee.user.place_id)),
    }
    return render(request, "training/graduate.html", context, status=status)
