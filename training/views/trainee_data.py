"""What is masked of somebody who learns, revealed for a reason; and what becomes of who wants to be forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.vault import RevealReason
from livestream.vault_forms import RevealForm
from livestream.views.signed_in import needs, needs_one_of
from training.actions.trainee import SECRETS, reveal_secret
from training.actions.trainee_erasure import erase_trainee, seal_trainee, unseal_trainee
from training.models import Trainee
from training.rules.trainee import Support
from training.views.trainee import trainee_to_keep

if TYPE_CHECKING:
    from django import forms

    from livestream.views.signed_in import SignedInRequest

FIELDS = {
    "phone": gettext_lazy("手机号"),
    "birth": gettext_lazy("出生日期"),
    "support": gettext_lazy("帮扶情况"),
    "guardian_evidence": gettext_lazy("监护人同意书存放处"),
}
SUPPORTS = dict(Support.choices)


@never_cache
@needs_one_of(Action.REVEAL, Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def phone(request: SignedInRequest, pk: int) -> HttpResponse:
    """To whoever may look behind masks, for his reason; to whoever keeps one of his classes, to call him."""
    user = request.user
    here = Trainee.objects.reached_by(user, Action.KEEP_SCHOOL) | Trainee.objects.reached_by(user, Action.REVEAL)
    found = get_object_or_404(here.select_related("place"), pk=pk)
    return reveal_page(request, found, "phone", is_to_call=not user.may(Action.REVEAL, found.place_id))


@never_cache
@needs(Action.REVEAL)
@require_http_methods(["GET", "POST"])
def reveal(request: SignedInRequest, pk: int, field: str) -> HttpResponse:
    """Asks for a reason; the answer to the form shows the field, this once."""
    if field not in SECRETS:
        raise Http404
    return reveal_page(request, trainee_to_keep(request, pk, Action.REVEAL), field)


def reveal_page(request: SignedInRequest, found: Trainee, field: str, *, is_to_call: bool = False) -> HttpResponse:
    """422 with what was typed, when no reason was given or it was refused."""
    form = RevealForm(request.POST if request.method == "POST" else None)
    if is_to_call:
        contact = RevealReason.CONTACT
        cast("forms.ChoiceField", form.fields["reason"]).choices = [(contact.value, contact.label)]
    back = reverse("training:trainee", args=[found.pk])
    context = {"trainee": found, "field": FIELDS[field], "form": form, "back": back}
    if not form.is_bound:
        return render(request, "training/trainee_reveal.html", context)
    if form.is_valid():
        said = form.cleaned_data
        try:
            plain = reveal_secret(found, field, reason=RevealReason(said["reason"]), words=said["words"], by=request.user)
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            return render(request, "training/trainee_reveal.html", context | {"plain": SUPPORTS.get(plain, plain)})
    return render(request, "training/trainee_reveal.html", context, status=422)


@never_cache
@needs(Action.ANSWER_REQUESTS)
@require_http_methods(["GET", "POST"])
def erase(request: SignedInRequest, pk: int) -> HttpResponse:
    """What will be gone and what stays; then it is."""
    found = trainee_to_keep(request, pk, Action.ANSWER_REQUESTS)
    if request.method == "POST":
        try:
            erase_trainee(found, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("注销了，资料已删除。"))
        return redirect("training:trainee", pk)
    return render(request, "training/trainee_erase.html", {"trainee": found})


@needs(Action.ANSWER_REQUESTS)
@require_POST
def seal(request: SignedInRequest, pk: int) -> HttpResponse:
    """Nobody uses his data for now; or they are used again."""
    found = trainee_to_keep(request, pk, Action.ANSWER_REQUESTS)
    is_restored = request.POST.get("sealed") == "no"
    try:
        if is_restored:
            unseal_trainee(found, by=request.user)
        else:
            seal_trainee(found, by=request.user)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("恢复了。") if is_restored else _("限制了：只保存，谁也看不到。"))
    return redirect("training:trainee", pk)
