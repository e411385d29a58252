"""What the addresses of the school have in common: for whom they are, the row that an address names, and how a verb refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import PermissionDenied, ValidationError

from livestream.api.door import Door, asker, visible
from livestream.api.errors import Refused
from livestream.api.fields import county_code, one
from livestream.api.once import IDEMPOTENCY_KEY, once
from livestream.api.paging import PageQuery
from livestream.api.plan_answers import stopped
from livestream.api.strict import Strict
from livestream.models import Place
from livestream.rules.api_token import Scope
from livestream.rules.clash import Clashing
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action
from training.models import Cohort, Enrolment, Lesson

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from rest_framework.request import Request
    from rest_framework.response import Response

F = TypeVar("F")
FORBIDDEN = "You may see it, but not keep the school there; or the token is not for that (`scope`)"
COHORTS = ("county", "place")


class SchoolRead(Door):
    """For all who see the school there."""

    scope, right = Scope.READ_SCHOOL, Action.SEE_SCHOOL


class SchoolDoor(SchoolRead):
    """What is there, and what may be done to it by those who keep the school there."""

    write_scope, write_right = Scope.WRITE_SCHOOL, Action.KEEP_SCHOOL


class OfCounty(PageQuery):
    county = county_code()


class CountyQuery(Strict):
    """A question about the figures of one county."""

    county = county_code()


def writes(refused: str, body: type[Strict] | None, *, refusal: Any = None, **more: Any) -> Callable[[F], F]:
    """How a write describes itself; `refused`: the codes of a 409, or `refusal` where it says more. `more`: as of
    `extend_schema`."""
    answers = {403: FORBIDDEN, 409: refusal or f"{refused}; or is under way"}
    responses = more.pop("responses") | answers
    return cast("Callable[[F], F]", extend_schema(parameters=[IDEMPOTENCY_KEY], request=body, responses=responses, **more))


def done_once(request: Request, work: Callable[[], Response]) -> Response:
    """What the verb answers; what it refuses is a 409 with its own sentence. Raises Refused, and as `once`."""

    def judged() -> Response:
        try:
            return work()
        except Clashing as refused:
            raise Refused(refused, **stopped(request, refused)) from refused
        except NotAllowed as refused:
            raise Refused(refused) from refused

    return once(request, judged)


# --- the row of an address ------------------------------------------------------------------------------------------------


def cohort_seen(request: Request, pk: UUID) -> Cohort:
    """Raises Http404."""
    return one(visible(request, Cohort.objects.select_related(*COHORTS), place="place"), pk=pk)


def cohort_kept(request: Request, pk: UUID) -> Cohort:
    """Raises Http404, PermissionDenied."""
    cohort = cohort_seen(request, pk)
    check_keeps(request, cohort.place_id)
    return cohort


def lesson_seen(request: Request, pk: UUID) -> Lesson:
    """Raises Http404."""
    whole = Lesson.objects.select_related("cohort__county", "cohort__place", "trainer", "assistant", "room")
    return one(visible(request, whole, county="cohort__county", place="cohort__place"), pk=pk)


def lesson_kept(request: Request, pk: UUID) -> Lesson:
    """Raises Http404, PermissionDenied."""
    lesson = lesson_seen(request, pk)
    check_keeps(request, lesson.cohort.place_id)
    return lesson


def enrolment_kept(request: Request, pk: UUID) -> Enrolment:
    """Raises Http404, PermissionDenied."""
    rows = Enrolment.objects.select_related("cohort__county", "trainee")
    enrolment = one(visible(request, rows, county="cohort__county", place="cohort__place"), pk=pk)
    check_keeps(request, enrolment.cohort.place_id)
    return enrolment


def check_keeps(request: Request, place: str) -> None:
    """Raises PermissionDenied where the asker only sees."""
    if not asker(request).may(Action.KEEP_SCHOOL, place):
        raise PermissionDenied


def county_meant(request: Request, query: dict[str, Any]) -> Place:
    """The county whose figures are asked for: the named one, else the asker's only one. Raises Http404 for one that is not the
    asker's to see as a whole, ValidationError where several could be meant, or none."""
    codes = asker(request).reach(Action.SEE_SCHOOL)
    reached = Place.objects.counties().in_reach(code for code in codes if len(code) <= COUNTY_DIGITS)
    if "county" in query:
        return one(reached, pk=query["county"])
    found = list(reached[:2])
    if not found:
        raise ValidationError({"county": [_("这些数字是整个县的，您管的地方不到一个县。")]})
    if len(found) > 1:
        raise ValidationError({"county": [_("请写明哪个县（county）。")]})
    return found[0]
