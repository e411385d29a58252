"""The REST API of alarms: what is so, and taking note of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db.models import TextChoices
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from livestream.api_rights import reaching
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from orders.actions.alert import acknowledge
from orders.models import Alert
from orders.rules.alert import AlertKind, how_bad

if TYPE_CHECKING:
    from rest_framework.request import Request

    from livestream.models import User

AT_MOST = 200
REMEMBERED = timedelta(days=7)


class Wanted(TextChoices):
    """Which alarms: still so; still so and seen by nobody; over since at most seven days."""

    OPEN = "open"
    UNREAD = "unread"
    CLEARED = "cleared"


class InboxQuerySerializer(serializers.Serializer[dict[str, str]]):
    state = serializers.ChoiceField(Wanted.choices, default=Wanted.OPEN, help_text="cleared: in the last seven days")
    kind = serializers.ChoiceField(AlertKind.values, required=False)


class InboxAlertSerializer(serializers.Serializer[Any]):  # of one or of many
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    scope = serializers.CharField(help_text="session:<id> or county:<code>")
    kind = serializers.ChoiceField(AlertKind.values)
    is_urgent = serializers.BooleanField()
    subject = serializers.CharField(allow_blank=True, help_text="a merchant code, a shop; blank: the scope itself")
    episode = serializers.CharField(allow_blank=True, help_text="which time; scope, kind, subject and episode are one alarm")
    title = serializers.CharField(allow_blank=True)
    sentence = serializers.CharField(help_text="in the language of the asker")
    detail = serializers.DictField(help_text="title, number (the figure a board shows) and the figures of its kind")
    raised_at = serializers.DateTimeField()
    cleared_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    acknowledged_by = serializers.CharField(source="acknowledged_by.name", default=None, allow_null=True)


class RefusalSerializer(serializers.Serializer[dict[str, str]]):
    code = serializers.CharField()
    detail = serializers.CharField()


def asker(request: Request) -> User:
    """The permission classes let nobody else in."""
    return cast("User", request.user)


FORBIDDEN = OpenApiResponse(description="Not signed in, not entitled, or no CSRF token")
NOT_FOUND = OpenApiResponse(description="No such alarm, or not yours to see")
UNREADABLE = OpenApiResponse(description="Unknown state or kind")


class AlertList(APIView):
    """Alarms, the worst first; those that are over, the newest first. At most 200."""

    permission_classes = [reaching(Action.SEE_ALERTS)]

    @extend_schema(
        parameters=[InboxQuerySerializer], responses={200: InboxAlertSerializer(many=True), 400: UNREADABLE, 403: FORBIDDEN}
    )
    def get(self, request: Request) -> Response:
        asked = InboxQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        alerts = Alert.objects.visible_to(asker(request)).select_related("acknowledged_by")
        if kind := asked.validated_data.get("kind"):
            alerts = alerts.filter(kind=kind)
        state = asked.validated_data["state"]
        if state == Wanted.CLEARED:
            found = list(alerts.cleared_since(timezone.now() - REMEMBERED)[:AT_MOST])
        else:
            still = alerts.open() if state == Wanted.OPEN else alerts.unread()
            found = sorted(still.order_by("-raised_at", "-pk"), key=lambda alert: how_bad(alert.kind))[:AT_MOST]
        return Response(InboxAlertSerializer(found, many=True).data)


class AlertAcknowledgement(APIView):
    """Takes note of an alarm. Twice by one person is once; 409 when somebody else was faster."""

    permission_classes = [reaching(Action.ANSWER_ALERTS)]

    @extend_schema(request=None, responses={200: InboxAlertSerializer, 403: FORBIDDEN, 404: NOT_FOUND, 409: RefusalSerializer})
    def post(self, request: Request, pk: int) -> Response:
        alerts = Alert.objects.visible_to(asker(request), Action.ANSWER_ALERTS).select_related("acknowledged_by")
        alert = get_object_or_404(alerts, pk=pk)
        try:
            noted = acknowledge(alert, by=asker(request), at=timezone.now())
        except NotAllowed as refused:
            return Response({"code": refused.code, "detail": str(refused)}, status=409)
        return Response(InboxAlertSerializer(noted).data)
