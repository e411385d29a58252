"""The REST API of clashes: what of a county's plan gets in each other's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from livestream.actions.clash import clashes_between, told
from livestream.api.door import asker, visible
from livestream.api.fields import county_code
from livestream.api.period import Period, hours_of
from livestream.api.plan_answers import row_of
from livestream.api.plan_shapes import ClashSerializer
from livestream.api.resources import PlanRead
from livestream.models import LiveSession
from livestream.rules.place import county_of
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from rest_framework.request import Request

    from livestream.models import User

SHOWN_AT_MOST = 500


class ClashQuery(Period):
    county = county_code()


class ClashBetweenSerializer(ClashSerializer):
    mine = serializers.UUIDField(allow_null=True, help_text="the session that has the excuse, else the later one")
    holds_release = serializers.BooleanField(help_text="cannot be released as it is")


class ClashListSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField(help_text=f"how many there are; `results` has the first {SHOWN_AT_MOST}")
    results = ClashBetweenSerializer(many=True)


def the_county(user: User) -> str:
    """The one county whose plan this person sees. Raises ValidationError for several."""
    counties = {county_of(code) or "" for code in user.reach(Action.SEE_PLAN)}
    if len(counties) == 1 and (county := counties.pop()):
        return county
    raise ValidationError({"county": [_("请写明哪个县（county）。")]})


class Clashes(PlanRead):
    """What clashes in these days in one county, by the clock. Whoever sees several counties names one."""

    asked = ClashQuery

    @extend_schema(responses=ClashListSerializer, operation_id="clashes_list")
    def get(self, request: Request) -> Response:
        county = self.query.get("county") or the_county(asker(request))
        found = clashes_between(*hours_of(self.query), county=county)
        sessions = visible(request, LiveSession.objects.filter(county=county), place="place")
        asked = {pk for clash in found for pk in (clash.mine, clash.other) if pk}
        seen = set(sessions.filter(pk__in=asked).values_list("pk", flat=True))
        mine = [clash for clash in found if clash.mine in seen or clash.other in seen]
        rows = [
            row_of(clash, seen) | {"mine": clash.mine if clash.mine in seen else None, "holds_release": clash.holds_release}
            for clash in told(mine[:SHOWN_AT_MOST], county)
        ]
        return Response(ClashListSerializer({"number": len(mine), "results": rows}).data)
