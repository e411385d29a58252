"""What anybody may see of a session, and say about it: the page behind the code on a parcel, a complaint, its answer. No login,
no name of anybody who did not agree to that, nothing kept of who asks."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import segno
from django.core.cache import cache
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods
from rest_framework.throttling import SimpleRateThrottle

from livestream.actions.complaint import Said, say_complaint
from livestream.actions.public_page import public_page, public_session
from livestream.actions.tries import network_of_request
from livestream.complaint_forms import CodeForm, SayForm
from livestream.models import Complaint, LiveSession, Product, ServiceLine
from livestream.rules.complaint import ComplaintKind, shown_code
from livestream.rules.errors import NotAllowed
from livestream.rules.public_page import CONSUMER_LINE, phase_of
from livestream.rules.rights import Action
from livestream.typed_fields import say, typed
from livestream.views.desk import session_reached
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from livestream.views.signed_in import SignedInRequest

SAID_FOR_S = 3600  # a form that is sent twice within that is one complaint
FIELDS = {
    "complaint_words_missing": "words",
    "complaint_words_long": "words",
    "complaint_contact_long": "contact",
    "complaint_product": "product",
}


class _Courtesy(SimpleRateThrottle):
    """By network address, of IPv6 by the network of one connection. A village behind one address stays below."""

    scope_words = ""

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        return f"{self.scope_words}:{network_of_request(request)}"


class LookCourtesy(_Courtesy):
    rate, scope_words = "240/min", "public-page"


class SayCourtesy(_Courtesy):
    rate, scope_words = "20/hour", "public-say"


class GuessCourtesy(_Courtesy):
    """Codes that lead nowhere."""

    rate, scope_words = "10/min", "public-code"


def is_too_often(request: HttpRequest, courtesy: type[_Courtesy]) -> bool:
    return not courtesy().allow_request(request, None)  # type: ignore[arg-type]  # it only reads where the request is from


def answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page that no search engine keeps."""
    response = render(request, template, {"consumer_line": CONSUMER_LINE, **context}, status=status)
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def too_often(request: HttpRequest, seconds: int = 60) -> HttpResponse:
    response = answer(request, "livestream/public_too_often.html", {"minutes": seconds // 60}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def found_session(session_id: UUID) -> LiveSession:
    """Raises Http404: drafts, what is cancelled and what is only practised are nobody's business."""
    found = public_session(session_id)
    if found is None:
        raise Http404
    return found


@require_GET
def session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Before, on air and after."""
    if is_too_often(request, LookCourtesy):
        return too_often(request)
    found = found_session(session_id)
    context = {"session_id": found.pk, "page": public_page(found, at=timezone.now())}
    response = answer(request, "livestream/public_session.html", context)
    response.headers["Cache-Control"] = "private, max-age=20"
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def say_something(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The form; once it is kept, the code. The same form sent again shows the same code."""
    if is_too_often(request, LookCourtesy):
        return too_often(request)
    found = found_session(session_id)
    goods = list(found.line_up.order_by("position").values_list("product", "product__title"))
    form = SayForm(typed(request), goods=goods, initial={"page": secrets.token_hex(12), "product": request.GET.get("product")})
    context = {"session": found, "form": form, "line": ServiceLine.objects.filter(county=found.county_id).first()}
    if not form.is_bound or not form.is_valid():
        return answer(request, "livestream/public_say.html", context, status=422 if form.is_bound else 200)
    code = code_of(form.cleaned_data["page"])
    if code is None:
        if is_too_often(request, SayCourtesy):
            return too_often(request, 3600)
        try:
            code = said_once(found, form)
        except NotAllowed as refused:
            say(form, refused, FIELDS)
            return answer(request, "livestream/public_say.html", context, status=422)
    return answer(request, "livestream/public_said.html", {"session": found, "code": shown_code(code)})


def code_of(page: str) -> str | None:
    found: str | None = cache.get(f"said:{page}") if page else None
    return found


def said_once(found: LiveSession, form: SayForm) -> str:
    """Raises NotAllowed."""
    facts = form.cleaned_data
    product = Product.objects.filter(pk=facts["product"]).first() if facts["product"] else None
    said = Said(ComplaintKind(facts["kind"]), facts["words"], facts["contact"], product)
    code = say_complaint(found, said, at=timezone.now()).code
    if facts["page"]:
        cache.set(f"said:{facts['page']}", code, SAID_FOR_S)
    return code


@never_cache
@require_http_methods(["GET", "POST"])
def said_answer(request: HttpRequest) -> HttpResponse:
    """What became of a complaint, for whoever has its code. The code is typed into a form, so that no address holds it."""
    form = CodeForm(typed(request))
    if not form.is_bound or not form.is_valid():
        return answer(request, "livestream/public_answer.html", {"form": form}, status=422 if form.is_bound else 200)
    found = Complaint.objects.select_related("session", "product").filter(code=form.cleaned_data["code"]).first()
    if found is None:
        if is_too_often(request, GuessCourtesy):
            return too_often(request)
        form.add_error("code", str(NotAllowed("complaint_code")))
        return answer(request, "livestream/public_answer.html", {"form": form}, status=404)
    return answer(request, "livestream/public_answer.html", {"form": form, "complaint": found})


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def code(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The page's address as a code to print: for the counter of a shop, for a parcel."""
    found = session_reached(request, session_id, Action.SEE_PLAN)
    address = request.build_absolute_uri(reverse("livestream:public_session", args=[found.pk]))
    context = {
        "session": found,
        "address": address,
        "qr": segno.make_qr(address, error="m").svg_data_uri(border=4),
        "is_public": phase_of(found.state, found.kind) is not None,
    }
    return render(request, "livestream/public_code.html", context)
