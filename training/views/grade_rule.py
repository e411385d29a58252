"""What a county asks of its hosts for each grade: the version that holds, those that come, and those of before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from livestream.models import Place
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.typed_fields import say, typed
from livestream.views.signed_in import needs
from training.actions.grade import change_rule
from training.grade_forms import GradeRuleForm
from training.models import GradeRule
from training.models.grade import grade_rule_of
from training.rules.grade import Facts, judge
from training.views.grade_rows import steps_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest
    from training.rules.grade import Terms
    from training.views.grade_rows import Step

FIELDS = {"grade_rule_past": "begins_on", "grade_rule_upside_down": "senior_online"}


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def grade_rule(request: SignedInRequest, code: str) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood."""
    county = get_object_or_404(Place.objects.counties().visible_to(request.user, Action.KEEP_SCHOOL), pk=code)
    held = grade_rule_of(county.pk, timezone.localdate())
    form = GradeRuleForm(typed(request), terms=held.terms)
    if form.is_valid():
        try:
            rule = change_rule(county, form.terms, begins_on=form.begins, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            said = _("从 {day} 起按第 {version} 版。以前定的等级不变。")
            messages.success(request, said.format(day=rule.begins_on, version=rule.version))
            return redirect("training:grade_rule", county.pk)
    versions = GradeRule.objects.filter(county=county).select_related("made_by").order_by("-version")
    context = {
        "county": county,
        "held": held,
        "steps": asked_by(held.terms),
        "form": form,
        "versions": [(rule, asked_by(rule.terms)) for rule in versions],
    }
    return render(request, "training/grade_rule.html", context, status=422 if form.errors else 200)


def asked_by(terms: Terms) -> list[Step]:
    """Each grade and what it asks, of nobody."""
    return steps_of(judge(Facts(), terms), terms)
