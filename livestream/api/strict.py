"""What may be sent: one strict JSON document, query parameters that are known, each once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

from livestream.api.errors import TooLarge
from livestream.rules.document import BadDocument, read_document
from livestream.rules.text import each_line, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from drf_spectacular.openapi import AutoSchema
    from rest_framework.request import Request

LONGEST_BODY = 65_536  # bytes; a plan with fifty goods and guests fits in it


class StrictJSON(BaseParser):
    """The parser of the whole API. `longest`: bytes of a body. Raises ParseError, TooLarge."""

    media_type = "application/json"
    longest: ClassVar[int] = LONGEST_BODY

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read(self.longest + 1)
        if len(body) > self.longest:
            raise TooLarge
        try:
            return read_document(body)
        except BadDocument as error:
            raise ParseError(str(error)) from error


class Strict(serializers.Serializer[Any]):
    """What is not named here is refused by its name, so that a misspelt filter never means "no filter"."""

    may_repeat: ClassVar[frozenset[str]] = frozenset()  # what judges for itself what to do with two of it

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := set(data) - set(self.fields)):
            raise ValidationError({name: [_("没有这个字段或参数。")] for name in sorted(unknown)})
        return super().to_internal_value(data)


class Words(serializers.CharField):
    """Text as it was sent. The pattern says to callers what every text of ours refuses: no database holds a NUL."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, **kwargs)
        self.validators.append(RegexValidator(r"^[^\x00]*\Z" if self.allow_blank else r"^[^\x00]+\Z"))

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Line(Words):
    """Text as it is shown: on one line, without what nobody sees."""

    def to_internal_value(self, data: Any) -> str:
        line = one_line(super().to_internal_value(data))
        if not line and not self.allow_blank:
            self.fail("blank")
        return line


class Lines(Words):
    """Several lines, each as it is shown. It may be empty."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_blank=True, default="", **kwargs)

    def to_internal_value(self, data: Any) -> str:
        return each_line(super().to_internal_value(data))


class Code(Words):
    """A place's code, a county's or longer, whether there is one or not."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators.append(RegexValidator(r"^([0-9]{6}|[0-9]{9}|[0-9]{12})\Z"))


class Number(serializers.IntegerField):
    """A whole number of a JSON document: no text, no `true`, no 1.0."""

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return data


class Flag(serializers.BooleanField):
    """`true` or `false`."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Whole(serializers.IntegerField):
    """A whole number as everybody writes it: no sign, no point, no other script's digits."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, str) and not (data.isascii() and data.isdigit()):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class Moment(serializers.DateTimeField):
    """RFC 3339 with an offset: without one nobody knows when it is."""

    default_error_messages = {"no_offset": _("时间要带时区，例如 2026-11-22T20:05:00+08:00。")}

    def enforce_timezone(self, value: datetime) -> datetime:
        if timezone.is_naive(value):
            self.fail("no_offset")
        return super().enforce_timezone(value)


class StrictShape(OpenApiSerializerExtension):
    target_class = "livestream.api.strict.Strict"
    match_subclasses = True

    def map_serializer(self, auto_schema: AutoSchema, direction: Any) -> Any:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


def asked(request: Request, shape: type[Strict]) -> dict[str, Any]:
    """The query parameters, checked. Raises ValidationError."""
    twice = [name for name, values in request.query_params.lists() if len(values) > 1 and name not in shape.may_repeat]
    if twice:
        raise ValidationError({name: [_("同一个参数只能写一次。")] for name in twice})
    serializer = shape(data=dict(request.query_params.items()))
    serializer.is_valid(raise_exception=True)
    facts: dict[str, Any] = serializer.validated_data
    return facts


def said(request: Request, shape: type[Strict]) -> dict[str, Any]:
    """What was sent, checked, with its moment `at`. Raises ValidationError, ParseError, TooLarge."""
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    return {"at": timezone.now(), **serializer.validated_data}
