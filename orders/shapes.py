"""The shapes of what the REST API says about boards. A screen whose link hides money gets null where amounts stand."""

from __future__ import annotations

from rest_framework import serializers


class TotalsSerializer(serializers.Serializer[dict[str, int]]):
    orders = serializers.IntegerField()
    units = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    refunded_fen = serializers.IntegerField()
    net_fen = serializers.IntegerField()


class RateSerializer(serializers.Serializer[dict[str, object]]):
    s1 = serializers.IntegerField(help_text="orders counted in the last full second")
    s10 = serializers.FloatField(help_text="a second, over the last 10 full seconds")
    s60 = serializers.FloatField(help_text="a second, over the last 60 full seconds")
    peak_s1 = serializers.IntegerField(
        help_text="of the session or the day; of a city or a province, of the last 60 full seconds"
    )
    peak_at = serializers.DateTimeField(allow_null=True)


class ItemSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.CharField()
    title = serializers.CharField()
    orders = serializers.IntegerField()
    units = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    refunded_fen = serializers.IntegerField()
    stock_left = serializers.IntegerField(allow_null=True)


class CountySessionSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.UUIDField()
    title = serializers.CharField()
    host = serializers.CharField()
    place = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    started_at = serializers.DateTimeField()
    totals = TotalsSerializer()


class CountsSerializer(serializers.Serializer[dict[str, int]]):
    live = serializers.IntegerField()
    planned = serializers.IntegerField()
    ended = serializers.IntegerField()


class CheckingSerializer(serializers.Serializer[dict[str, object]]):
    since = serializers.DateTimeField()


class HeadSerializer(serializers.Serializer[dict[str, object]]):
    """What every message to a board begins with."""

    epoch = serializers.UUIDField()
    scope = serializers.CharField()
    version = serializers.IntegerField(help_text="of a city or a province: the sum of its counties' versions")
    as_of = serializers.DateTimeField()
    more = serializers.DictField(child=serializers.IntegerField(), required=False, help_text="entries left out, by list")


class FrameSerializer(HeadSerializer):
    """What all boards say."""

    state = serializers.CharField()
    checking = CheckingSerializer(allow_null=True, help_text="the figures are being checked and may be wrong")
    title = serializers.CharField()
    totals = TotalsSerializer()
    rate = RateSerializer()
    last_order_at = serializers.DateTimeField(allow_null=True)
    items = ItemSerializer(many=True)
    minutes = serializers.ListField(
        child=serializers.ListField(child=serializers.IntegerField(), min_length=3, max_length=3),
        help_text="the last 60: start (epoch seconds), orders, paid fen",
    )


class SessionFrameSerializer(FrameSerializer):
    kind = serializers.CharField()
    host = serializers.CharField()
    place = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    planned_start_at = serializers.DateTimeField()
    planned_end_at = serializers.DateTimeField()
    goal_fen = serializers.IntegerField(allow_null=True)


class CountyFrameSerializer(FrameSerializer):
    counts = CountsSerializer()
    sessions = CountySessionSerializer(many=True)
    unattributed = TotalsSerializer()


class RollupCountySerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.CharField(help_text="the county's code")
    title = serializers.CharField()
    state = serializers.CharField()
    live = serializers.IntegerField(help_text="sessions on air")
    totals = TotalsSerializer()


class RollupFrameSerializer(FrameSerializer):
    counts = CountsSerializer()
    counties = RollupCountySerializer(many=True)
    unattributed = TotalsSerializer()


# --- details ----------------------------------------------------------------------------------------------------------------


def rows(width: int, note: str) -> serializers.ListField:
    """A list of rows of so many values."""
    row = serializers.ListField(child=serializers.JSONField(), min_length=width, max_length=width)
    return serializers.ListField(child=row, help_text=note)


class SourceSerializer(serializers.Serializer[dict[str, object]]):
    shop = serializers.CharField()
    platform = serializers.CharField()
    cause = serializers.CharField(help_text="push, api or file: the one that was heard of last")
    heard_at = serializers.DateTimeField()
    is_silent = serializers.BooleanField(help_text="silent for longer than its habit, while a session is on air there")


class MomentSerializer(serializers.Serializer[dict[str, object]]):
    at = serializers.DateTimeField()
    kind = serializers.CharField(help_text="went_live, ended, peak, minute or thousand")
    title = serializers.CharField(allow_null=True)
    number = serializers.IntegerField(allow_null=True, help_text="orders")


class AlertSerializer(serializers.Serializer[dict[str, object]]):
    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField(allow_null=True)
    number = serializers.FloatField(allow_null=True)
    since = serializers.DateTimeField()
    scope = serializers.CharField()
    is_acknowledged = serializers.BooleanField()


class PeakSerializer(serializers.Serializer[dict[str, object]]):
    online = serializers.IntegerField()
    at = serializers.DateTimeField()
    platform = serializers.CharField(allow_blank=True)
    title = serializers.CharField(allow_null=True, help_text="on a county's board: of the session")


class ViewersSerializer(serializers.Serializer[dict[str, object]]):
    """A room is one platform of one session. Sums are of rooms: somebody who watches in two is in them twice."""

    online = serializers.IntegerField(allow_null=True, help_text="of rooms on air that were read within ten minutes, added up")
    added = serializers.IntegerField(help_text="how many rooms that is the sum of")
    stale = serializers.IntegerField(help_text="rooms on air whose number is older, and not in the sum")
    since = serializers.DateTimeField(allow_null=True, help_text="when the oldest number in the sum was read")
    sources = serializers.ListField(child=serializers.CharField(), help_text="tap, file, api")
    visits = serializers.IntegerField(allow_null=True, help_text="visits, not people, added up")
    visited = serializers.IntegerField(help_text="how many rooms that is the sum of")
    peak = PeakSerializer(allow_null=True, help_text="the most in one room at one moment")


class RoomViewersSerializer(serializers.Serializer[dict[str, object]]):
    platform = serializers.CharField(allow_blank=True)
    online = serializers.IntegerField()
    read_at = serializers.DateTimeField()
    source = serializers.CharField(help_text="tap, file or api")  # type: ignore[assignment]
    is_stale = serializers.BooleanField(help_text="read more than ten minutes ago")


class DeskSerializer(serializers.Serializer[dict[str, object]]):
    open_help = serializers.IntegerField(help_text="calls for help on air that nobody answered")
    since = serializers.DateTimeField(allow_null=True, help_text="the oldest of them")
    lost = serializers.IntegerField(help_text="sessions on air whose stream is lost")
    newest = rows(3, "newest first: epoch second, kind, title of the good or, on a county's board, of the session, or null")


class IncomeSerializer(serializers.Serializer[dict[str, object]]):
    settled_fen = serializers.IntegerField(allow_null=True, help_text="settlement price × units of the day's sales in sessions")
    share_permille = serializers.IntegerField(allow_null=True, help_text="of their net")
    settled_units = serializers.IntegerField()
    unsettled_units = serializers.IntegerField(help_text="without a settlement price: then the sum is a lower bound")
    is_few = serializers.BooleanField(help_text="fewer than three suppliers have a part in it: it is not told")


class DetailSerializer(HeadSerializer):
    """What all details say."""

    part = serializers.CharField(help_text="detail")
    alerts = AlertSerializer(many=True, help_text="open ones, the worst first")
    alert_count = serializers.IntegerField()


class PlatformSerializer(serializers.Serializer[dict[str, object]]):
    platform = serializers.CharField()
    orders = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    refunded_fen = serializers.IntegerField()


class PaceSerializer(serializers.Serializer[dict[str, object]]):
    title = serializers.CharField()
    started_at = serializers.DateTimeField()
    orders = serializers.IntegerField()
    paid_fen = serializers.IntegerField()
    elapsed_s = serializers.IntegerField(help_text="how long both had been on air")


class SessionDetailSerializer(DetailSerializer):
    platforms = PlatformSerializer(many=True)
    latest = rows(5, "newest first: epoch second, title, units, paid fen, province or null")
    pitches = rows(3, "epoch second from, to or null, title")
    pitching = serializers.CharField(allow_null=True)
    next = serializers.CharField(allow_null=True)
    incidents = rows(3, "epoch second, kind, note")
    pace = PaceSerializer(allow_null=True, help_text="the host's last session, up to the same time on air")
    sources = SourceSerializer(many=True)
    viewers = ViewersSerializer()
    rooms = RoomViewersSerializer(many=True, help_text="of a session on air, the most people first")
    desk = DeskSerializer()


class LaneSerializer(serializers.Serializer[dict[str, object]]):
    pitch = serializers.CharField(allow_null=True)
    top = serializers.CharField(allow_null=True)
    online = serializers.ListField(
        child=serializers.IntegerField(),
        min_length=2,
        max_length=2,
        allow_null=True,
        help_text="people online, of how many rooms",
    )


class VillagesSerializer(serializers.Serializer[dict[str, object]]):
    count = serializers.IntegerField()
    top = rows(3, "name, units, paid fen")


class LeadersSerializer(serializers.Serializer[dict[str, object]]):
    count = serializers.IntegerField(help_text="distinct top leaders on air this agreement year")
    wanted = serializers.IntegerField()

    def get_fields(self) -> dict[str, serializers.Field]:  # type: ignore[type-arg]
        """`from` is a word of Python."""
        began = serializers.DateField()
        months = serializers.ListField(child=serializers.IntegerField(), help_text="months without a leader on air")
        return super().get_fields() | {"from": began, "uncovered": months}


class CountyDetailSerializer(DetailSerializer):
    lanes = serializers.DictField(child=LaneSerializer(), help_text="by the session's id; those on air")
    by_weight = rows(3, "title, grams, units")
    villages = VillagesSerializer()
    households = serializers.IntegerField()
    leaders = LeadersSerializer()
    sources = SourceSerializer(many=True)
    moments = MomentSerializer(many=True)
    viewers = ViewersSerializer()
    desk = DeskSerializer()
    income = IncomeSerializer()


class VillageCountSerializer(serializers.Serializer[dict[str, int]]):
    count = serializers.IntegerField()


class LeaderCountSerializer(serializers.Serializer[dict[str, int]]):
    count = serializers.IntegerField()
    wanted = serializers.IntegerField()


class RollupDetailSerializer(DetailSerializer):
    by_weight = rows(3, "title, grams, units")
    villages = VillageCountSerializer()
    leaders = LeaderCountSerializer()
    moments = MomentSerializer(many=True)


# --- doors ------------------------------------------------------------------------------------------------------------------
