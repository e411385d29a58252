"""The public check of a certificate: whoever has its number, or its code, sees what it certifies, and whether it is good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from rest_framework.throttling import SimpleRateThrottle

from training.certificate_forms import NumberForm
from training.models import Certificate
from training.rules.certificate import asked_in_words, masked_name, plain_number

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class CheckCourtesy(SimpleRateThrottle):
    """Looks at certificates a minute from one network address: a class that scans together stays below."""

    rate = "120/min"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        return f"certificates:{self.get_ident(request)}"


class GuessCourtesy(SimpleRateThrottle):
    """Numbers a minute that lead nowhere, from one network address."""

    rate = "20/min"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        return f"no-certificate:{self.get_ident(request)}"


def is_too_often(request: HttpRequest, courtesy: type[SimpleRateThrottle] = CheckCourtesy) -> bool:
    return not courtesy().allow_request(request, None)  # type: ignore[arg-type]  # it only reads where the request is from


@never_cache
@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """A field for the number."""
    if "number" not in request.GET:
        return answer(request, "training/check.html", {"form": NumberForm()})
    form = NumberForm(request.GET)
    if form.is_valid():
        return redirect("training:verify", form.cleaned_data["number"])
    return answer(request, "training/check.html", {"form": form}, status=422)


@never_cache
@require_GET
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """What this certificate certifies, revoked or not; 404 and the field again for a number that is none."""
    if is_too_often(request):
        return too_often(request)
    try:
        plain = plain_number(number)
    except ValueError:
        return unknown(request, number)
    if plain != number:
        return redirect("training:verify", plain)
    found = Certificate.objects.select_related("rule", "replaces", "replacement").filter(number=plain).first()
    if found is None:
        return unknown(request, number)
    facts = found.facts
    context = {
        "certificate": found,
        "facts": facts,
        "name": masked_name(found.name),
        "asked": asked_in_words(found.rule),
        "now": timezone.now(),
    }
    return answer(request, "training/verify.html", context)


def unknown(request: HttpRequest, number: str) -> HttpResponse:
    if is_too_often(request, GuessCourtesy):
        return too_often(request)
    form = NumberForm({"number": number})
    form.is_valid()
    return answer(request, "training/verify_unknown.html", {"form": form, "number": form["number"].value()}, status=404)


def too_often(request: HttpRequest) -> HttpResponse:
    response = answer(request, "training/verify_too_often.html", {}, status=429)
    response.headers["Retry-After"] = "60"
    return response


def answer(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page that no search engine keeps."""
    response = render(request, template, context, status=status)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
