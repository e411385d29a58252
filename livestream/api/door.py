"""What every address of the API has in common: who may come in, with which token, and what may be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast

from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.exceptions import AuthenticationFailed, MethodNotAllowed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.views import APIView

from livestream.api.bearer import token_of
from livestream.api.strict import Strict, asked
from livestream.models.place import within
from livestream.rules.api_token import Scope
from livestream.rules.rights import SECOND_FACTOR_ACTIONS, Action

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.response import Response

    from livestream.models import User

    Rows = TypeVar("Rows", bound=QuerySet[Any])

READING = {"GET", "HEAD"}


def check_scope(request: Request, scope: Scope | None) -> None:
    """A token must say that it is for this; an address without a scope opens to none. Raises PermissionDenied(`scope`)."""
    token = token_of(request)
    if token is not None and (scope is None or scope not in token.scopes):
        raise PermissionDenied(_("这个令牌不能做这件事，要有 {scope}。").format(scope=scope or "—"), "scope")


class MayDoThat(BasePermission):
    """Whoever may do it somewhere comes in, with a token that is for it. Where, `visible_to` decides; what is one's own needs
    no post (`is_own`). What needs a second factor is for whoever gave it at signing in, never for a token (`Scope`)."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        door = cast("Door", view)
        if not request.user.is_authenticated:
            return False
        scope = door.scope if request.method in READING else door.write_scope
        check_scope(request, scope)
        right = door.right if request.method in READING else door.write_right
        if right in SECOND_FACTOR_ACTIONS and not request.user.is_verified():
            raise PermissionDenied(_("这件事要先做两步验证，请在网页上登录验证后再来。"), "second_factor")
        return door.is_own or (right is not None and bool(request.user.reach(right)))


class Door(APIView):
    """`query` holds the checked query parameters of a request that was let in."""

    http_method_names = ["get", "head", "post"]
    permission_classes = [MayDoThat]
    scope: ClassVar[Scope | None] = None
    write_scope: ClassVar[Scope | None] = None
    right: ClassVar[Action | None] = None
    write_right: ClassVar[Action | None] = None
    is_own: ClassVar[bool] = False
    asked: ClassVar[type[Strict]] = Strict
    query: dict[str, Any]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What the address does not do is said first, then who asks is found; those whose token is refused are counted too."""
        if request.method not in self.allowed_methods:
            raise MethodNotAllowed(request.method or "")
        try:
            self.perform_authentication(request)
        except AuthenticationFailed:
            self.check_throttles(request)
            raise
        super().initial(request, *args, **kwargs)
        self.query = asked(request, self.asked if request.method in READING else Strict)

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        answered = super().finalize_response(request, response, *args, **kwargs)
        if not answered.has_header("Cache-Control"):
            patch_cache_control(answered, private=True, no_store=True)
        patch_vary_headers(answered, ["Authorization", "Cookie", "Accept-Language"])
        return answered


def visible(request: Request, rows: Rows, *, county: str = "county", place: str = "") -> Rows:
    """What the asker may see; with a token only what lies in its place, his own too. `county` and `place` name the columns that
    hold them, as for `within`."""
    found: Rows = rows.visible_to(asker(request), right_of(request))  # type: ignore[attr-defined]  # every QuerySet of ours has it
    token = token_of(request)
    return found.filter(within([token.place_code], county=county, place=place)) if token and token.place_code else found


def visible_places(request: Request, rows: Rows, column: str) -> Rows:
    """The same for rows that are places, or belong to a place alone: `column` holds its code."""
    found: Rows = rows.visible_to(asker(request), right_of(request))  # type: ignore[attr-defined]
    token = token_of(request)
    return found.filter(**{f"{column}__startswith": token.place_code}) if token else found


def right_of(request: Request) -> Action:
    """What somebody must be allowed to do where the rows lie that this address is about: to read them; where nothing is read, to
    change them."""
    door = cast("Door", request.parser_context["view"])
    return cast("Action", door.right or door.write_right)


def asker(request: Request) -> User:
    """MayDoThat lets nobody else in."""
    return cast("User", request.user)
