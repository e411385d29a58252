"""What several resources share: codes, days, hosts, and one row of many."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import Http404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from livestream.rules.day import SHANGHAI

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    M = TypeVar("M", bound=Model)

CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
LARGEST_ID = 2**63 - 1
COUNTY = r"^[0-9]{6}\Z"
PLACE = r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})\Z"


def county_code() -> serializers.RegexField:
    return serializers.RegexField(COUNTY, trim_whitespace=False, required=False, help_text="a county's code, six digits")


def place_code(help_text: str) -> serializers.RegexField:
    return serializers.RegexField(PLACE, trim_whitespace=False, required=False, help_text=help_text)


def day(help_text: str) -> serializers.DateField:
    return serializers.DateField(input_formats=["%Y-%m-%d"], required=False, help_text=help_text)


def first_moment(on: date) -> datetime:
    """Midnight in Shanghai."""
    return datetime.combine(on, time.min, SHANGHAI)


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})
class Clock(serializers.TimeField):
    """A clock time of Shanghai, `19:30`: it has no offset, so it is no `time` of JSON Schema."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", input_formats=["%H:%M"], **kwargs)

    def to_internal_value(self, value: Any) -> Any:
        if not isinstance(value, str) or not CLOCK.fullmatch(value):
            self.fail("invalid", format="HH:MM")
        return super().to_internal_value(value)


class HostSerializer(serializers.Serializer[Any]):
    """A host as boards name him."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="public_name")


def one(rows: QuerySet[M], **key: Any) -> M:
    """The row of this key. Raises Http404: what is not there and what is not yours to see are the same."""
    found = None if any("\0" in str(value) for value in key.values()) else rows.filter(**key).first()
    if found is None:
        raise Http404
    return found


def chosen(query: dict[str, Any], **columns: str) -> dict[str, Any]:
    """The filters that were asked for, under the names of our columns: no caller names a column."""
    return {column: query[name] for name, column in columns.items() if name in query}
