"""What the API asks before a view is entered: the right to do something somewhere. Where, `visible_to` decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView

    from livestream.rules.rights import Action


def reaching(action: Action) -> type[BasePermission]:
    """`permission_classes = [reaching(Action.SEE_ALERTS)]`: signed in, and may do that somewhere."""

    class Reaching(BasePermission):
        def has_permission(self, request: Request, view: APIView) -> bool:
            return bool(request.user.is_authenticated and request.user.reach(action))

    return Reaching
