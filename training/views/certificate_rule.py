"""What a county asks for before it gives a certificate: the rule that holds, and those of before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.models import Place
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.typed_fields import say
from livestream.views.signed_in import needs
from training.actions.certificate import certificate_rule_of, change_rule
from training.certificate_forms import CertificateRuleForm
from training.models import CertificateRule
from training.rules.certificate import asked_in_words

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def certificate_rule(request: SignedInRequest, code: str) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood."""
    county = get_object_or_404(Place.objects.counties().visible_to(request.user, Action.KEEP_SCHOOL), pk=code)
    held = certificate_rule_of(county.pk)
    form = CertificateRuleForm(request.POST if request.method == "POST" else None, rule=held)
    if form.is_valid():
        try:
            rule = change_rule(county.pk, form.facts, by=request.user)
        except NotAllowed as refused:
            say(form, refused, {})
        else:
            messages.success(request, _("现在按第 {version} 版发证。以前发的证书不变。").format(version=rule.version))
            return redirect("training:certificate_rule", county.pk)
    return page(request, county, held, form)


def page(request: SignedInRequest, county: Place, held: CertificateRule, form: CertificateRuleForm) -> HttpResponse:
    versions = CertificateRule.objects.filter(county=county).select_related("made_by").order_by("-version")
    context = {
        "county": county,
        "held": held,
        "asked": asked_in_words(held),
        "form": form,
        "versions": [(rule, asked_in_words(rule), rule.certificates.count()) for rule in versions],
    }
    return render(request, "training/certificate_rule.html", context, status=422 if form.errors else 200)
