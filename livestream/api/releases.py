"""The REST API of releases: what was announced, who has answered; and the next release, looked at first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope as ReleaseScope
from livestream.actions.release_preview import preview
from livestream.api.door import Door, asker, visible
from livestream.api.errors import Refused
from livestream.api.fields import chosen, county_code, one
from livestream.api.once import IDEMPOTENCY_KEY, once
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.plan_body import Reader
from livestream.api.strict import Code, Flag, Line, Strict, Words, said
from livestream.models import Release
from livestream.rules.api_token import Scope
from livestream.rules.errors import NotAllowed
from livestream.rules.release import Change, LeftOut, Plan
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from rest_framework.request import Request

    from livestream.actions.release_preview import Preview

LONGEST = timedelta(days=92)
NOTE_AT_MOST = 200
YEARS = range(2000, 2101)
REFUSED = "The difference is another one by now (`plan_changed`), there is none (`nothing_to_release`); or is under way"
REFUSALS = {403: "Not for this person; or the token is not for planning (`scope`)", 409: REFUSED}


class ReleaseSerializer(serializers.Serializer[Release]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    place = serializers.CharField(source="place_id", help_text="the county, or the township or village that was released alone")
    number = serializers.IntegerField(help_text="1, 2, 3… in its county")
    from_on = serializers.DateField()
    until_on = serializers.DateField(help_text="included")
    note = serializers.CharField(allow_blank=True)
    released_at = serializers.DateTimeField()


class FrozenSerializer(serializers.Serializer[Any]):
    """A plan as it was announced."""

    title = serializers.CharField()
    host = serializers.CharField(source="host.key", help_text="a person's id")
    place = serializers.CharField(source="place.key")
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    is_cancelled = serializers.BooleanField()


class ReleasedChangeSerializer(serializers.Serializer[Any]):
    session = serializers.UUIDField()
    version = serializers.IntegerField(help_text="the `plan_version` that was announced")
    change = serializers.ChoiceField(Change.choices)
    before = FrozenSerializer(allow_null=True)
    after = FrozenSerializer()
    asked = serializers.IntegerField(help_text="people who are asked whether they come")
    coming = serializers.IntegerField()
    not_coming = serializers.IntegerField()
    silent = serializers.IntegerField()


class ReleaseDetailSerializer(ReleaseSerializer):
    changes = ReleasedChangeSerializer(many=True)


class ReleaseBodySerializer(Strict):
    """Which days of which place. First with `dry_run`, then with the `digest` that it answered."""

    place = Code(help_text="a county, or a township or village of it")
    from_on = serializers.DateField(input_formats=["%Y-%m-%d"])
    until_on = serializers.DateField(input_formats=["%Y-%m-%d"], help_text="included; at most 92 days on")
    dry_run = Flag(required=False, default=False, help_text="only look; nobody is told")
    digest = Words(max_length=64, required=False, help_text="of the preview that was looked at; wanted without `dry_run`")
    note = Line(max_length=NOTE_AT_MOST, required=False, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        first: date = attrs["from_on"]
        last: date = attrs["until_on"]
        if first.year not in YEARS or not timedelta() <= last - first <= LONGEST:
            days = LONGEST.days
            raise ValidationError({"until_on": [_("结束的日期要在开始的日期之后，最多 {days} 天。").format(days=days)]})
        if not attrs["dry_run"] and "digest" not in attrs:
            raise ValidationError({"digest": [_("先用 dry_run 看一遍，再写上它给的 digest。")]})
        return attrs


class PreviewEntrySerializer(serializers.Serializer[Any]):
    session = serializers.UUIDField(source="session.pk")
    change = serializers.ChoiceField(Change.choices)
    before = FrozenSerializer(allow_null=True)
    after = FrozenSerializer()
    why = serializers.ChoiceField(LeftOut.choices, allow_null=True, help_text="why it is left as it was announced")
    about = serializers.CharField(allow_blank=True, help_text="what stands in the way, in words")


class PreviewSerializer(serializers.Serializer[Any]):
    digest = serializers.CharField(help_text="of exactly this difference")
    unchanged = serializers.IntegerField()
    people = serializers.IntegerField(help_text="how many will be told")
    entries = PreviewEntrySerializer(many=True)
    left_out = PreviewEntrySerializer(many=True)


class ReleaseQuery(PageQuery):
    county = county_code()


class Releases(Door):
    """The releases of your places, the newest first; and the next one."""

    scope, write_scope = Scope.READ_SESSIONS, Scope.WRITE_PLAN
    right, write_right = Action.SEE_PLAN, Action.PLAN_SESSION
    asked = ReleaseQuery

    @extend_schema(responses=page_of(ReleaseSerializer))
    def get(self, request: Request) -> Response:
        """The releases of your places, the newest first."""
        rows = visible(request, Release.objects.all(), place="place").filter(**chosen(self.query, county="county_id"))
        return page(self, rows, ("-id",), ReleaseSerializer)

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=ReleaseBodySerializer,
        responses={200: PreviewSerializer, 201: ReleaseSerializer, **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """What would be announced (`dry_run`: 200); or it is announced, and everybody concerned is told (201)."""
        return once(request, lambda: release(request))


def release(request: Request) -> Response:
    body = said(request, ReleaseBodySerializer)
    place = Reader(asker(request)).places("place", [body["place"]])[body["place"]]
    scope, at = ReleaseScope(place, body["from_on"], body["until_on"]), timezone.now()
    if body["dry_run"]:
        return Response(looked_at(preview(scope, at=at)))
    try:
        made = release_plan(scope, by=asker(request), at=at, seen=body["digest"], note_text=body["note"])
    except NotAllowed as refused:
        raise Refused(refused) from refused
    return Response(ReleaseSerializer(made).data, status=status.HTTP_201_CREATED)


def looked_at(found: Preview) -> Any:
    facts = {"digest": found.digest, "unchanged": found.unchanged, "people": len(found.people)}
    rows = {"entries": found.entries, "left_out": found.left_out}
    return PreviewSerializer({**facts, **rows}).data


class ReleaseDetail(Door):
    """One release: what it changed, and how many have answered."""

    scope, right = Scope.READ_SESSIONS, Action.SEE_PLAN

    @extend_schema(responses=ReleaseDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        found: Any = one(visible(request, Release.objects.all(), place="place"), pk=pk)
        asked = Q(confirmations__due_at__isnull=False)
        changes = found.changes.annotate(
            asked=Count("confirmations", filter=asked),
            coming=Count("confirmations", filter=asked & Q(confirmations__can_come=True)),
            not_coming=Count("confirmations", filter=asked & Q(confirmations__can_come=False)),
        )
        rows = [
            {
                "session": row.session_id,
                "version": row.version,
                "change": row.change,
                "before": Plan.from_json(row.before) if row.before else None,
                "after": Plan.from_json(row.after),
                "asked": row.asked,
                "coming": row.coming,
                "not_coming": row.not_coming,
                "silent": row.asked - row.coming - row.not_coming,
            }
            for row in changes.order_by("pk")
        ]
        return Response({**ReleaseSerializer(found).data, "changes": ReleasedChangeSerializer(rows, many=True).data})
