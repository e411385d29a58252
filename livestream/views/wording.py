"""The check of wording: anybody tries a sentence; a county's own terms are kept beside the law's."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.actions.wording import add_term, drop_term, terms_for
from livestream.models import BannedTerm
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action
from livestream.rules.wording import Finding, judge
from livestream.script_forms import SENTENCE_AT_MOST, SentenceForm, TermForm
from livestream.typed_fields import say
from livestream.views.desk import home_of
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from livestream.models import Place, User
    from livestream.views.signed_in import SignedInRequest

AT = {"term_there": "term", "too_many_terms": "term"}


class Piece(NamedTuple):
    """Some of a sentence: what may be said (`finding` None), or what may not."""

    words: str
    finding: Finding | None


def pieces_of(text: str, findings: Sequence[Finding]) -> list[Piece]:
    """The whole text in pieces, so that a page can mark them."""
    edges = [0, *(edge for found in findings for edge in (found.start, found.end)), len(text)]
    known = {(found.start, found.end): found for found in findings}
    return [Piece(text[start:end], known.get((start, end))) for start, end in pairwise(edges) if start < end]


@never_cache
@login_required
@require_GET
def claims(request: SignedInRequest) -> HttpResponse:
    return claims_page(request, SentenceForm())


def claims_page(
    request: SignedInRequest, form: SentenceForm, term_form: TermForm | None = None, *, status: int = 200
) -> HttpResponse:
    county = county_kept(request.user)
    said = form.cleaned_data.get("said", "") if form.is_bound and form.is_valid() else ""
    code = county.pk if county else request.user.county_id or ""
    found = judge(said, form.cleaned_data["product_class"], terms_for(request.user, code)) if said else []
    own = BannedTerm.objects.visible_to(request.user).filter(county=code).select_related("added_by")
    context = {
        "form": form,
        "said": said,
        "pieces": pieces_of(said, found),
        "findings": found,
        "terms": own,
        "county": county,
        "term_form": term_form or TermForm(),
    }
    return render(request, "livestream/claims.html", context, status=status)


def county_kept(user: User) -> Place | None:
    """The county whose own terms this person keeps: those of a county belong to nobody below it."""
    place = home_of(user, Action.KEEP_GOODS)
    return place if place and len(place.pk) == COUNTY_DIGITS and user.reach(Action.KEEP_GOODS) else None


@never_cache
@login_required
@require_POST
def claims_check(request: SignedInRequest) -> HttpResponse:
    """A page with the answer; or, where a form asks about one of its fields (`field`), the findings alone."""
    name = request.POST.get("field", "")
    if not name:
        form = SentenceForm(request.POST)
        return claims_page(request, form, status=200 if form.is_valid() else 422)
    text = request.POST.get(name, "")[:SENTENCE_AT_MOST]
    terms = terms_for(request.user, request.POST.get("county", ""))
    found = judge(text, request.POST.get("product_class", ""), terms)
    return render(request, "livestream/_findings.html", {"findings": found})


@needs(Action.KEEP_GOODS)
@require_POST
def claims_add(request: SignedInRequest) -> HttpResponse:
    """With status 422 and what was typed, when something was not understood or refused."""
    county, form = county_kept(request.user), TermForm(request.POST)
    if county is None:
        messages.error(request, _("县里的禁用词由县里的人来定。"))
        return redirect("livestream:claims")
    if form.is_valid():
        try:
            add_term(county, form.extra_term, by=request.user)
        except NotAllowed as refused:
            say(form, refused, AT)
        else:
            messages.success(request, _("加上了：“{term}”。").format(term=form.cleaned_data["term"]))
            return redirect("livestream:claims")
    return claims_page(request, SentenceForm(), form, status=422)


@needs(Action.KEEP_GOODS)
@require_POST
def claims_drop(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(BannedTerm.objects.visible_to(request.user, Action.KEEP_GOODS), pk=pk)
    drop_term(found)
    messages.success(request, _("“{term}”可以说了。").format(term=found.term))
    return redirect("livestream:claims")
