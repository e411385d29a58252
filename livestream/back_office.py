"""The site of the back office: platform administrators only, by the same door as everybody and with the second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse

from livestream.rules.rights import Action
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse


class BackOffice(AdminSite):
    """Others who are signed in get 403 here, as on every page that is not theirs, and nobody a second login form."""

    final_catch_all_view = False  # an address that is none is a 404 to everybody

    def get_urls(self) -> list[Any]:
        """Without `r/…`, which leads to the page of a row: no row has one."""
        return [pattern for pattern in super().get_urls() if getattr(pattern, "name", "") != "view_on_site"]

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_authenticated and request.user.reach(Action.ADMINISTER))

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        guarded: Any = super().admin_view(view, cacheable)
        return needs(Action.ADMINISTER)(guarded)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """To the pages, for who may open them: nobody types a password here."""
        index = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(index)
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect(index)
