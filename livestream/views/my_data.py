"""My own data, on my own phone: what is kept, what I allow, what I ask. Nobody does this for somebody else."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.consent import record_consent
from livestream.actions.occasion import occasion
from livestream.actions.own_data import may_take_copy, take_copy
from livestream.actions.subject_request import ask, withdraw
from livestream.models import SubjectRequest
from livestream.rules.consent import ConsentKind, ConsentWay
from livestream.rules.errors import NotAllowed
from livestream.rules.person import Role
from livestream.rules.subject_request import RequestKind
from livestream.rules.vault import Secret
from livestream.vault_forms import AskForm, ConsentForm
from livestream.views.vault import data_of, switches_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from livestream.views.signed_in import SignedInRequest

P = ParamSpec("P")
REQUESTS_SHOWN = 20


def in_person(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Whoever is signed in as himself; a helper who acts for a host gets 403."""

    @wraps(view)
    def guarded(request: SignedInRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if occasion().acted_for is not None:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return login_required(guarded)  # type: ignore[return-value]  # a request that has passed is a signed-in one


@never_cache
@in_person
@require_GET
def my_data(request: SignedInRequest) -> HttpResponse:
    return my_data_page(request, AskForm())


def my_data_page(request: SignedInRequest, form: AskForm) -> HttpResponse:
    """With what was typed and status 422, when a request was not understood."""
    person = request.user
    data = data_of(person)
    asked = list(SubjectRequest.objects.filter(user=person).order_by("-pk")[:REQUESTS_SHOWN])
    open_kinds = {each.kind for each in asked if each.state == "open"}
    context = {
        "data": data,
        "rows": [(secret, data.secret(secret)) for secret in Secret if data.secret(secret)],
        "standing": data.standing(timezone.localdate()),
        "switches": switches_of(person) if person.role == Role.HOST else [],
        "asked": asked,
        "kinds": [kind for kind in RequestKind if kind not in open_kinds],
        "may_take_copy": may_take_copy(person),
        "form": form,
    }
    return render(request, "livestream/my_data.html", context, status=422 if form.is_bound else 200)


@in_person
@require_POST
def my_consent(request: SignedInRequest) -> HttpResponse:
    form = ConsentForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    kind = ConsentKind(form.cleaned_data["kind"])
    record_consent(request.user, kind, is_given=form.is_given, way=ConsentWay.PHONE, by=request.user)
    messages.success(request, _("记下了。随时可以再改。"))
    return redirect("livestream:my_data")


@never_cache
@in_person
@require_POST
def my_request(request: SignedInRequest) -> HttpResponse:
    form = AskForm(request.POST)
    if form.is_valid():
        try:
            asked = ask(request.user, RequestKind(form.cleaned_data["kind"]), wish=form.cleaned_data["wish"])
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("收到了，最晚 {due} 答复您。").format(due=asked.due_on))
            return redirect("livestream:my_data")
    return my_data_page(request, form)


@in_person
@require_POST
def my_request_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    asked = get_object_or_404(SubjectRequest, pk=pk, user=request.user)
    try:
        withdraw(asked, by=request.user)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("撤回了。"))
    return redirect("livestream:my_data")


@never_cache
@in_person
@require_GET
def my_copy(request: SignedInRequest, form: str) -> HttpResponse:
    """Everything about oneself, as a page to read or as JSON to take along; for thirty days after it was granted."""
    if not may_take_copy(request.user):
        raise Http404
    copied = take_copy(request.user)
    if form == "html":
        tables = [(title, list(rows[0]) if rows else [], [list(row.values()) for row in rows]) for title, rows in copied.items()]
        return render(request, "livestream/my_copy.html", {"tables": tables, "at": timezone.now()})
    answer = JsonResponse(copied, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return answer
