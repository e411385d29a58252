"""Lists in pages: each row once, in an order that does not change, however many come in between.

A page is found by the last row of the one before (keyset), so the thousandth costs what the first costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.core import signing
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from livestream.api.strict import Strict, Whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import Model, QuerySet

    from livestream.api.door import Door

    M = TypeVar("M", bound=Model)

PAGE, LARGEST_PAGE = 50, 200
LONGEST_CURSOR = 500


class PageQuery(Strict):
    """What every list may be asked."""

    cursor = serializers.CharField(
        max_length=LONGEST_CURSOR, required=False, help_text="`next_cursor` of the page before, with the same filters"
    )
    page_size = Whole(min_value=1, max_value=LARGEST_PAGE, default=PAGE, help_text="rows at most")


def page_of(shape: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The shape of a page of these."""
    name = shape.__name__.removesuffix("Serializer")
    parts = {
        "__doc__": f"A page: {name}",
        "next_cursor": serializers.CharField(allow_null=True, help_text="null: this was the last page"),
        "results": shape(many=True),
    }
    return type(f"{name}PageSerializer", (serializers.Serializer,), parts)


def page(door: Door, rows: QuerySet[M], by: Sequence[str], shape: type[serializers.Serializer[Any]]) -> Response:
    """The page that was asked for. `by` are columns that tell every row from every other, all rising or all (`-`) falling, none
    of them null; they are ours and never a caller's."""
    found, next_cursor = cut(rows, by, door.query, of=type(door).__name__)
    return Response({"next_cursor": next_cursor, "results": shape(found, many=True).data})


def cut(rows: QuerySet[M], by: Sequence[str], query: dict[str, Any], of: str) -> tuple[list[M], str | None]:
    """The rows of a page, and the cursor of the next. Raises ValidationError for a cursor that is none of this list."""
    names = [name.removeprefix("-") for name in by]
    salt = ":".join(["api.cursor", of, *by])
    if text := query.get("cursor"):
        rows = rows.filter(_after(names, _read(text, salt, rows.model, names), is_falling=by[0].startswith("-")))
    size = query["page_size"]
    found = list(rows.order_by(*by)[: size + 1])
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    values = [last._meta.get_field(name).value_to_string(last) for name in names]
    return found[:size], signing.dumps(values, salt=salt, compress=False)


def _read(text: str, salt: str, model: type[Model], names: Sequence[str]) -> list[Any]:
    try:
        values = signing.loads(text, salt=salt)
    except signing.BadSignature as error:
        raise ValidationError({"cursor": [_("翻页的记号不对，请从第一页重新开始。")]}) from error
    return [model._meta.get_field(name).to_python(value) for name, value in zip(names, values, strict=True)]  # type: ignore[union-attr]


def _after(names: Sequence[str], values: Sequence[Any], *, is_falling: bool) -> Q:
    """Behind these values. The first column alone bounds what the index reads; the others settle equal ones."""
    beyond = "lt" if is_falling else "gt"
    settled = Q(**{f"{names[-1]}__{beyond}": values[-1]})
    for name, value in reversed(list(zip(names[:-1], values[:-1], strict=True))):
        settled = Q(**{f"{name}__{beyond}e": value}) & (Q(**{f"{name}__{beyond}": value}) | settled)
    return settled
