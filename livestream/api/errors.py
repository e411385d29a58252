"""What the API says when it refuses: one shape for every status, in the reader's language, with the number of the request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from psycopg_pool import PoolTimeout
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ErrorDetail, NotFound, PermissionDenied, ValidationError
from rest_framework.response import Response
from structlog.contextvars import get_contextvars

if TYPE_CHECKING:
    from livestream.rules.errors import NotAllowed

log = structlog.get_logger(__name__)
AWAY = (OperationalError, InterfaceError, PoolTimeout)
RETRY_SECONDS = 5
NAMED_AT_MOST, NAME_SHOWN = 20, 64  # what was sent comes back in part only


class ErrorSerializer(serializers.Serializer[Any]):
    """Every answer from 400 on."""

    code = serializers.CharField(help_text="stable, for programs")
    detail = serializers.CharField(help_text="a sentence for people, in the language of Accept-Language")
    fields = serializers.DictField(  # type: ignore[assignment]  # the name that callers know; `get_fields` does not need the other
        child=serializers.ListField(child=serializers.CharField()), help_text="400: what is wrong, by field or parameter"
    )
    request_id = serializers.CharField(allow_blank=True, help_text="name it when you ask us")


class Refused(APIException):
    """A verb said no: 409 with its stable code and its sentence."""

    status_code: int = status.HTTP_409_CONFLICT

    def __init__(self, refused: NotAllowed, **more: Any) -> None:
        """`more` stands in the answer beside what every refusal says."""
        super().__init__(str(refused), refused.code)
        self.more = more


class OtherRequest(Refused):
    """The caller's own key stands for something else."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("请求体太大。")
    default_code = "too_large"


class Away(APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = _("现在太忙，请稍后再试。")
    default_code = "busy"
    wait = RETRY_SECONDS


def answer_error(error: Exception, _context: dict[str, Any]) -> Response | None:
    """None: nothing we know of; Django tells it as a broken page."""
    known = known_error(error)
    if known is None:
        return None
    headers = {}
    if challenge := getattr(known, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(known, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, int(wait)))
    return Response(body_of(known), status=known.status_code, headers=headers)


def known_error(error: Exception) -> APIException | None:
    """Foreign and absent are the same 404, whatever the place that raised it had to say."""
    if isinstance(error, AWAY):
        log.warning("api_without_database", error=type(error).__name__)
        return Away()
    if isinstance(error, Http404 | NotFound):
        return NotFound(_("没有这一项，或者不在您能看的范围里。"))
    if isinstance(error, DjangoPermissionDenied):
        return PermissionDenied()
    return error if isinstance(error, APIException) else None


def body_of(error: APIException) -> dict[str, Any]:
    if isinstance(error, ValidationError):
        return said("invalid", _("有几处不对，请看 fields。"), fields_of(error.detail))
    detail = error.detail if isinstance(error.detail, ErrorDetail) else ErrorDetail(str(error.detail), error.default_code)
    return {**said(detail.code or error.default_code, detail), **getattr(error, "more", {})}


def said(code: str, detail: Any, fields: dict[str, list[str]] | None = None) -> dict[str, Any]:
    number = str(get_contextvars().get("request_id", ""))  # as error pages have it (config/errors.py)
    return {"code": code, "detail": str(detail), "fields": fields or {}, "request_id": number}


def fields_of(detail: Any) -> dict[str, list[str]]:
    """Sentences by field; what is wrong with the whole stands under `non_field_errors`."""
    by_name = detail if isinstance(detail, dict) else {"non_field_errors": detail}
    return {str(name)[:NAME_SHOWN]: sentences(inner) for name, inner in list(by_name.items())[:NAMED_AT_MOST]}


def sentences(detail: Any) -> list[str]:
    if isinstance(detail, list):
        return [sentence for each in detail for sentence in sentences(each)]
    if isinstance(detail, dict):
        return [sentence for each in detail.values() for sentence in sentences(each)]
    return [str(detail)]
