"""`Idempotency-Key`: a write that a program sends again, because it got no answer, happens once and is answered the same.

After draft-ietf-httpapi-idempotency-key-header: the same key with another body is 422, while the first is under way 409."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from livestream.actions.kept_answer import Answer, Asked, answer_once
from livestream.api.bearer import token_of
from livestream.api.errors import OtherRequest, Refused
from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Callable

    from rest_framework.request import Request

F = TypeVar("F", bound="Callable[..., Any]")
KEY = re.compile(r'"?([!#-~]{1,255})"?')  # visible ASCII; the draft writes it in quotes
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": '^"?[!#-~]{1,255}"?$'},
    OpenApiParameter.HEADER,
    description="Your own id of this request, kept 24 hours: sent again, it happens once and is answered the same",
)
GONE = OpenApiResponse(description="It is gone")


def keyed(shape: Any, answers: dict[Any, Any], name: str | None = None) -> Callable[[F], F]:
    """How a write describes itself that takes this shape and a key. `name`: its operation, where the address alone is taken."""
    described: Callable[[F], F] = extend_schema(parameters=[IDEMPOTENCY_KEY], request=shape, responses=answers, operation_id=name)
    return described


def once(request: Request, work: Callable[[], Response]) -> Response:
    """What the work answers; under a key, what it answered the first time. Work that is refused is not kept.

    Rights are checked before: who lost them is not told again what was answered. Raises Refused, OtherRequest,
    ValidationError."""
    written = request.headers.get("Idempotency-Key")
    if written is None:
        return work()
    key = KEY.fullmatch(written)
    if key is None:
        raise ValidationError({"Idempotency-Key": [_("请写 1 到 255 个英文字母、数字或符号，不带空格。")]})
    token = token_of(request)
    caller = f"token:{token.pk}" if token else f"user:{request.user.pk}"
    try:
        answer = answer_once(Asked(caller, key[1], fingerprint(request)), lambda: kept(work()), at=timezone.now())
    except NotAllowed as refused:
        if refused.code == "other_request":
            raise OtherRequest(refused) from refused
        if refused.code == "in_flight":
            raise InFlight(refused) from refused
        raise
    return said_again(answer)


class InFlight(Refused):
    wait = 1


def fingerprint(request: Request) -> bytes:
    """The SHA-256 of method, path and body. The body counts by what it says, not by its spaces and the order of its fields."""
    body = json.dumps(request.data, sort_keys=True, separators=(",", ":"), default=str)
    return sha256("\n".join([request.method or "", request.path, body]).encode()).digest()


def kept(response: Response) -> Answer:
    data: Any = response.data
    return Answer(response.status_code, "" if data is None else JSONRenderer().render(data).decode())


def said_again(answer: Answer) -> Response:
    body = json.loads(answer.body) if answer.body else None
    return Response(body, answer.status, headers={"Idempotency-Replayed": "true"} if answer.is_repeated else None)
