"""What a view knows of the person behind a request."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from livestream.rules.rights import SECOND_FACTOR_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from livestream.models import User
    from livestream.rules.rights import Action

P = ParamSpec("P")
ACTING_FOR = "acting_for"  # in the session of a helper: the host for whom he acts


class SignedInRequest(HttpRequest):
    """A request that has passed `login_required`."""

    user: User
    helper: User | None = None  # who is really there, while he acts for a host (代操作)
    was_acting_for: str | None = None  # the host's name, where that ended just now by itself


def here(request: HttpRequest) -> str:
    """The address that was asked for, to come back to."""
    return request.get_full_path() if request.method in {"GET", "HEAD"} else ""


def next_of(request: HttpRequest) -> str:
    """Where the person wanted to go (`next`), if that is here; else "". Another site gets nobody from us."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else ""


def own_account(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Only the person himself: whoever acts for a host gets 403."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.session.get(ACTING_FOR):
            raise PermissionDenied
        return view(cast("SignedInRequest", request), *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", login_required(guarded))


def to_second_factor(request: HttpRequest, wanted: str | None = None) -> HttpResponse:
    """To the page that asks for the code, and back here afterwards; what was sent in a form is not sent again."""
    query = QueryDict(mutable=True)
    query["next"] = wanted if wanted is not None else here(request)
    return redirect(f"{reverse('livestream:second')}?{query.urlencode(safe='/')}")


def needs(
    action: Action,
) -> Callable[[Callable[Concatenate[SignedInRequest, P], HttpResponse]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Whoever may do that somewhere comes in; others who are signed in get 403. Where it may be done, `visible_to` decides.
    An action that needs the second factor asks for it first."""

    def guard(
        view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            signed_in = cast("SignedInRequest", request)
            if not signed_in.user.reach(action):
                raise PermissionDenied
            if action in SECOND_FACTOR_ACTIONS and not signed_in.user.is_verified():
                return to_second_factor(request)
            return view(signed_in, *args, **kwargs)

        return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", login_required(guarded))

    return guard


def needs_one_of(
    *actions: Action,
) -> Callable[[Callable[Concatenate[SignedInRequest, P], HttpResponse]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """As `needs`, for whoever may do one of these somewhere: the first that he may do is the one whose door he comes through."""

    def guard(
        view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        doors = {action: needs(action)(view) for action in actions}

        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            user = request.user
            reached = (action for action in actions if user.is_authenticated and user.reach(action))
            return doors[next(reached, actions[0])](request, *args, **kwargs)

        return cast("Callable[Concatenate[HttpRequest, P], HttpResponse]", guarded)

    return guard
