"""The REST API of alarms: what is so, and taking note of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.door import Door, asker, visible
from livestream.api.errors import Refused
from livestream.api.fields import one
from livestream.api.once import IDEMPOTENCY_KEY, once
from livestream.api.strict import Strict
from livestream.rules.api_token import Scope
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from orders.actions.alert import acknowledge
from orders.models import Alert
from orders.rules.alert import AlertKind, how_bad

if TYPE_CHECKING:
    from rest_framework.request import Request

AT_MOST = 200
REMEMBERED = timedelta(days=7)


class Wanted(TextChoices):
    """Which alarms: still so; still so and seen by nobody; over since at most seven days."""

    OPEN = "open"
    UNREAD = "unread"
    CLEARED = "cleared"


class InboxQuery(Strict):
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


class AlertList(Door):
    """The alarms of your county, the worst and then the newest first, at most 200."""

    scope, right = Scope.READ_ALERTS, Action.SEE_ALERTS
    asked = InboxQuery

    @extend_schema(responses=InboxAlertSerializer(many=True))
    def get(self, request: Request) -> Response:
        alerts = visible(request, Alert.objects.all()).select_related("acknowledged_by")
        if kind := self.query.get("kind"):
            alerts = alerts.filter(kind=kind)
        state = self.query["state"]
        if state == Wanted.CLEARED:
            found = list(alerts.cleared_since(timezone.now() - REMEMBERED)[:AT_MOST])
        else:
            still = alerts.open() if state == Wanted.OPEN else alerts.unread()
            found = sorted(still.order_by("-raised_at", "-pk"), key=lambda alert: how_bad(alert.kind))[:AT_MOST]
        return Response(InboxAlertSerializer(found, many=True).data)


class AlertAcknowledgement(Door):
    """Takes note of an alarm. Twice by one person is once; 409 when somebody else was faster."""

    write_scope, write_right = Scope.WRITE_ALERTS, Action.ANSWER_ALERTS

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={200: InboxAlertSerializer, 409: "Somebody else was faster (`settled`)"},
        operation_id="alerts_acknowledge",
    )
    def post(self, request: Request, pk: int) -> Response:
        answerable = Alert.objects.visible_to(asker(request), Action.ANSWER_ALERTS).select_related("acknowledged_by")
        alert = one(visible(request, answerable), pk=pk)
        return once(request, lambda: take_note(request, alert))


def take_note(request: Request, alert: Alert) -> Response:
    try:
        noted = acknowledge(alert, by=asker(request), at=timezone.now())
    except NotAllowed as refused:
        raise Refused(refused) from refused
    return Response(InboxAlertSerializer(noted).data)
