"""The REST API of what looks odd in a county's school. Nobody is named: the rows behind each are read on the page."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from livestream.api.fields import day
from livestream.api.period import YEARS
from training.actions.anomaly import anomalies, notes_of, period
from training.api.doors import CountyQuery, SchoolRead, county_meant
from training.api.figures import FOREIGN
from training.rules.anomaly import Oddity

if TYPE_CHECKING:
    from rest_framework.request import Request

USUAL_DAYS, MOST_DAYS = 90, 1100
ID_DIGITS = 16


class AnomalyQuery(CountyQuery):
    from_on = day("a Shanghai day; left out: 90 days back")
    until_on = day("the last day; left out: today. At most 1,100 days together")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        usual_from, today = period(USUAL_DAYS)
        begins, ends = attrs.setdefault("from_on", usual_from), attrs.setdefault("until_on", today)
        if {begins.year, ends.year} - set(YEARS) or not 0 <= (ends - begins).days < MOST_DAYS:
            raise ValidationError({"until_on": [_("请写从早到晚的日期，合起来最多 1100 天。")]})
        return attrs


class AnomalySerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="the same whenever the same thing is found again")
    kind = serializers.ChoiceField(Oddity.choices)
    seen = serializers.IntegerField(help_text="rows behind it; they name people, so they stand on the page alone")
    is_explained = serializers.BooleanField(help_text="by the last word about it; what is explained stays in the list")
    noted_at = serializers.DateTimeField(allow_null=True, help_text="when somebody last wrote beside it")


class AnomalyListSerializer(serializers.Serializer[Any]):
    county = serializers.CharField()
    from_on = serializers.DateField()
    until_on = serializers.DateField()
    at = serializers.DateTimeField(help_text="when it was looked for: nothing of it is stored")
    path = serializers.CharField(help_text="of the page with the rows, below the address of this system")
    results = AnomalySerializer(many=True)


class Anomalies(SchoolRead):
    """What looks odd in one county's school, found anew now. It says what was seen, never that somebody cheated."""

    asked = AnomalyQuery

    @extend_schema(responses={200: AnomalyListSerializer, 404: FOREIGN}, operation_id="school_anomalies")
    def get(self, request: Request) -> Response:
        query, county = self.query, county_meant(request, self.query)
        notes = notes_of(county.pk)
        rows = []
        for one in anomalies(county.pk, query["from_on"], query["until_on"]):
            said = notes.get(one.key, [])
            name = sha256(f"{county.pk} {one.key}".encode()).hexdigest()[:ID_DIGITS]
            last = {"is_explained": bool(said) and said[-1].is_explained, "noted_at": said[-1].at if said else None}
            rows.append({"id": name, "kind": one.kind, "seen": len(one.rows), **last})
        facts = {"county": county.pk, "from_on": query["from_on"], "until_on": query["until_on"], "at": timezone.now()}
        path = f"/school/anomalies/?county={county.pk}"
        return Response(AnomalyListSerializer({**facts, "path": path, "results": rows}).data)
