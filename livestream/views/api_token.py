"""Tokens of the API: one's own, a new one told once, taking one back; and those of the people one keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from livestream.actions.api_token import know_addresses, make_token, revoke_token
from livestream.forms import TokenForm
from livestream.models import ApiToken, Place
from livestream.rules.api_token import ACTIONS, Scope, TokenState
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS, PlaceLevel
from livestream.rules.rights import EVERYWHERE, Action
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from django.http import HttpResponse

    from livestream.models import ApiTokenAddress, User
    from livestream.views.signed_in import SignedInRequest

ENDED_SHOWN = 20
DOWN_TO_COUNTY = (PlaceLevel.PROVINCE, PlaceLevel.CITY, PlaceLevel.COUNTY)


@dataclass(frozen=True, slots=True)
class Row:
    """A token as the list shows it: what it may, where it was used last, from where nobody expected it."""

    token: ApiToken
    state: TokenState
    scopes: list[Scope]
    last: ApiTokenAddress | None
    strange: list[ApiTokenAddress]


@never_cache
@needs(Action.MAKE_TOKENS)
@require_http_methods(["GET", "POST"])
def tokens(request: SignedInRequest) -> HttpResponse:
    """The list and the form; a token that was made is answered with its text, which no page ever shows again."""
    at, user = timezone.now(), request.user
    choices = {"scopes": scopes_of(user), "places": places_of(user)}
    if request.method == "GET":
        return token_page(request, TokenForm(**choices, initial={"place": choices["places"][0][0]}), at)
    form = TokenForm(request.POST, **choices)
    if not form.is_valid():
        return token_page(request, form, at, status=422)
    try:
        token, text = make_token(user, form.plan, at=at)
    except NotAllowed as refused:
        form.add_error(None, str(refused))
        return token_page(request, form, at, status=422)
    return render(request, "livestream/api_token_made.html", {"row": row_of(token, at), "text": text})


def token_page(request: SignedInRequest, form: TokenForm, at: datetime, status: int = 200) -> HttpResponse:
    """Those that are good for something first; the newest of the others below."""
    rows = ApiToken.objects.visible_to(request.user).select_related("owner", "place").prefetch_related("addresses")
    rows = rows.prefetch_related("owner__appointments").order_by("-created_at", "-pk")
    valid = rows_of(rows.valid(at), at)
    ended = rows_of(rows.exclude(pk__in=[row.token.pk for row in valid])[:ENDED_SHOWN], at)
    context = {
        "form": form,
        "own": [row for row in valid if row.token.owner_id == request.user.pk],
        "others": [row for row in valid if row.token.owner_id != request.user.pk],
        "ended": ended,
    }
    return render(request, "livestream/api_tokens.html", context, status=status)


def scopes_of(user: User) -> list[tuple[str, str]]:
    """What a token of this person could be used for."""
    return [(scope.value, str(scope.label)) for scope in Scope if user.reach(ACTIONS[scope][0])]


def places_of(user: User) -> list[tuple[str, str]]:
    """The places for which this person may have tokens, the widest first: down to counties, inside a county to townships."""
    reach = user.reach(Action.MAKE_TOKENS)
    found: dict[str, Place] = {}
    for code in reach:
        levels = [*DOWN_TO_COUNTY, PlaceLevel.TOWNSHIP] if len(code) >= COUNTY_DIGITS else DOWN_TO_COUNTY
        places = Place.objects.inside(code)
        found |= {place.pk: place for place in places.filter(level__in=levels) | places.filter(pk=code)}
    inside = [(code, found[code].name) for code in sorted(found, key=lambda code: (len(code), code))]
    return [(EVERYWHERE, _("所有地方")), *inside] if EVERYWHERE in reach else inside


def rows_of(found: Iterable[ApiToken], at: datetime) -> list[Row]:
    return [row_of(token, at) for token in found]


def row_of(token: ApiToken, at: datetime) -> Row:
    addresses = sorted(token.addresses.all(), key=lambda each: each.last_used_at, reverse=True)
    strange = [address for address in addresses if address.known_at is None]
    scopes = [Scope(scope) for scope in token.scopes if scope in Scope.values]
    return Row(token, token.state(at), scopes, addresses[0] if addresses else None, strange)


@needs(Action.MAKE_TOKENS)
@require_POST
def revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Once is enough: a second tap finds it revoked."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    revoke_token(token, by=request.user, at=timezone.now())
    messages.success(request, _("“{name}”的令牌撤销了，从现在起不能再用。").format(name=token.name))
    return redirect("livestream:api_tokens")


@needs(Action.MAKE_TOKENS)
@require_POST
def known(request: SignedInRequest, pk: int) -> HttpResponse:
    """The owner knows where it was used from."""
    token = get_object_or_404(ApiToken.objects.filter(owner=request.user), pk=pk)
    know_addresses(token, by=request.user, at=timezone.now())
    return redirect("livestream:api_tokens")
