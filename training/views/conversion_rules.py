"""What a county calls an effect of a class: read by who sees its school, changed by who keeps it for the whole county."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.models import Place
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.typed_fields import say
from livestream.views.signed_in import needs
from training.actions.conversion_rule import change_rule, drop_rule
from training.conversion_forms import RuleForm
from training.models import ConversionRule
from training.models.follow_up import conversion_rules_of
from training.rules.conversion import BY_RECORDS, DEFAULTS, ConversionKind
from training.views.conversion import county_asked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

FIELDS = {"conversion_days": "within_days", "conversion_backwards": "from_days", "conversion_least": "least"}


class RuleRow(NamedTuple):
    """A kind; the rule that holds, where the county has one; its form; the rules of before, the newest first."""

    kind: ConversionKind
    held: ConversionRule | None
    form: RuleForm
    by_records: bool
    before: Sequence[ConversionRule]


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def conversion_rules(request: SignedInRequest) -> HttpResponse:
    county, counties = county_asked(request)
    if county is None:
        county = Place.objects.counties().visible_to(request.user, Action.KEEP_SCHOOL).filter(pk=request.user.county_id).first()
    return rules_page(request, county, counties)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def conversion_rule_change(request: SignedInRequest, code: str) -> HttpResponse:
    """New terms of the kind that the form names, or none any more; 422 and what was typed where it cannot be."""
    county = get_object_or_404(Place.objects.counties().visible_to(request.user, Action.KEEP_SCHOOL), pk=code)
    kind = kind_of(request.POST.get("kind", ""))
    if kind is None:
        return HttpResponseBadRequest()
    if "drop" in request.POST:
        drop_rule(county, kind, by=request.user)
        messages.success(request, _("“{kind}”不再算了。").format(kind=kind.label))
        return back_to(county)
    form = RuleForm(request.POST, kind=kind)
    if form.is_valid():
        try:
            change_rule(county, kind, form.terms, by=request.user)
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, _("改好了：所有班的“{kind}”都照新规则算。").format(kind=kind.label))
            return back_to(county)
    return rules_page(request, county, [county], {kind: form}, status=422)


def kind_of(word: str) -> ConversionKind | None:
    return ConversionKind(word) if word in ConversionKind.values else None


def back_to(county: Place) -> HttpResponse:
    return redirect(f"{reverse('training:conversion_rules')}?county={county.pk}")


def rules_page(
    request: SignedInRequest,
    county: Place | None,
    counties: Sequence[Place],
    typed: dict[ConversionKind, RuleForm] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "county": county,
        "counties": counties,
        "rows": rows_of(county, typed or {}) if county else [],
        "may_keep": bool(county and request.user.may(Action.KEEP_SCHOOL, county.pk)),
    }
    return render(request, "training/conversion_rules.html", context, status=status)


def rows_of(county: Place, typed: dict[ConversionKind, RuleForm]) -> list[RuleRow]:
    held = {rule.kind: rule for rule in conversion_rules_of(county.pk)}
    old = list(ConversionRule.objects.filter(county=county, is_in_use=False).select_related("made_by").order_by("-pk"))
    return [
        RuleRow(
            kind,
            held.get(kind),
            typed.get(kind) or RuleForm(kind=kind, terms=held[kind].terms if kind in held else DEFAULTS[kind]),
            kind in BY_RECORDS,
            [rule for rule in old if rule.kind == kind],
        )
        for kind in ConversionKind
    ]
