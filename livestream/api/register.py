"""The REST API of what a plan is made for and by: campaigns, series, leaders and their quota, public holidays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.door import visible, visible_places
from livestream.api.fields import Clock, HostSerializer, chosen, county_code, one
from livestream.api.paging import PageQuery, cut, page, page_of
from livestream.api.period import Period
from livestream.api.resources import PlanRead
from livestream.api.strict import Whole
from livestream.models import Campaign, Leader, Place, PlanRules, PromotionTask, RewardRule, Series
from livestream.models.leader import guests_on_air
from livestream.rules.campaign import CampaignKind
from livestream.rules.day import SHANGHAI, shanghai_day
from livestream.rules.holiday import DayKind, day_marks
from livestream.rules.leader import Department
from livestream.rules.promotion import PromotionKind
from livestream.rules.quota import Appearance, Promise, Quota, agreement_year, quota
from livestream.rules.reward import RewardKind
from livestream.rules.session import GuestRank, SessionKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rest_framework.request import Request

DAY = timedelta(days=1)


class OfCounty(PageQuery):
    county = county_code()


class SeriesSerializer(serializers.Serializer[Series]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    place = serializers.CharField(source="place_id")
    title = serializers.CharField()
    kind = serializers.ChoiceField(SessionKind.choices)
    host = HostSerializer()
    from_on = serializers.DateField()
    until_on = serializers.DateField(help_text="included")
    from_time = Clock(help_text="Shanghai")
    minutes = serializers.IntegerField()
    weekdays = serializers.ListField(child=serializers.IntegerField(), help_text="1 Monday … 7 Sunday; else `month_days`")
    month_days = serializers.ListField(child=serializers.IntegerField())


class SeriesList(PlanRead):
    """Series of sessions, by id."""

    asked = OfCounty

    @extend_schema(responses=page_of(SeriesSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, Series.objects.select_related("host"), place="place")
        return page(self, rows.filter(**chosen(self.query, county="county_id")), ("id",), SeriesSerializer)


class LeaderSerializer(serializers.Serializer[Leader]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    name = serializers.CharField()
    title = serializers.CharField()
    rank = serializers.ChoiceField(GuestRank.choices)
    department = serializers.ChoiceField(Department.choices)
    unit = serializers.CharField()
    is_in_office = serializers.BooleanField()


class Leaders(PlanRead):
    """The register of leaders, by id."""

    asked = OfCounty

    @extend_schema(responses=page_of(LeaderSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, Leader.objects.all()).filter(**chosen(self.query, county="county_id"))
        return page(self, rows, ("id",), LeaderSerializer)


class CampaignSerializer(serializers.Serializer[Campaign]):
    id = serializers.IntegerField()
    county = serializers.CharField(source="county_id")
    name = serializers.CharField()
    kind = serializers.ChoiceField(CampaignKind.choices)
    from_on = serializers.DateField()
    until_on = serializers.DateField(help_text="included")
    goal_fen = serializers.IntegerField(allow_null=True)
    follows = serializers.IntegerField(source="follows_id", allow_null=True, help_text="the one before, of last year")
    note = serializers.CharField(allow_blank=True)


class PromotionTaskSerializer(serializers.Serializer[PromotionTask]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(PromotionKind.choices)
    what = serializers.CharField()
    owner = serializers.IntegerField(source="owner_id", allow_null=True, help_text="a person's id")
    due_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)
    appointments = serializers.IntegerField(allow_null=True)


class RewardSerializer(serializers.Serializer[RewardRule]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(RewardKind.choices)
    prize = serializers.CharField()
    number = serializers.IntegerField()
    worth_fen = serializers.IntegerField(help_text="of each")
    draws_at = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)


class CampaignDetailSerializer(CampaignSerializer):
    promotion_tasks = PromotionTaskSerializer(many=True)
    rewards = RewardSerializer(many=True)


class Campaigns(PlanRead):
    """Campaigns, by id."""

    asked = OfCounty

    @extend_schema(responses=page_of(CampaignSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, Campaign.objects.all()).filter(**chosen(self.query, county="county_id"))
        return page(self, rows, ("id",), CampaignSerializer)


class CampaignDetail(PlanRead):
    """One campaign with its promotion tasks and rewards."""

    @extend_schema(responses=CampaignDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        campaign = one(visible(request, Campaign.objects.all()), pk=pk)
        tasks: Any = PromotionTask.objects.of(campaign=campaign.pk)
        rewards: Any = RewardRule.objects.of(campaign=campaign.pk)
        of_it = {
            "promotion_tasks": PromotionTaskSerializer(tasks, many=True).data,
            "rewards": RewardSerializer(rewards, many=True).data,
        }
        return Response({**CampaignSerializer(campaign).data, **of_it})


class QuotaSerializer(serializers.Serializer[Any]):
    county = serializers.CharField()
    began_on = serializers.DateField(help_text="first day of the agreement year")
    count = serializers.IntegerField(help_text="different leaders of the ranks that count, on air in it so far")
    wanted = serializers.IntegerField()
    uncovered_months = serializers.ListField(child=serializers.IntegerField(), help_text="1–12: no leader was on air")


class QuotaQuery(OfCounty):
    year = Whole(min_value=2000, max_value=2100, required=False, help_text="in which the agreement year begins; else this one")


class QuotaList(PlanRead):
    """How far each county has come with what it promised of its leaders, by county."""

    asked = QuotaQuery

    @extend_schema(responses=page_of(QuotaSerializer))
    def get(self, request: Request) -> Response:
        places = visible_places(request, Place.objects.counties(), "code").filter(**chosen(self.query, county="code"))
        counties, next_cursor = cut(places, ("code",), self.query, of="QuotaList")
        results = quotas(counties, self.query.get("year"), timezone.now())
        return Response({"next_cursor": next_cursor, "results": QuotaSerializer(results, many=True).data})


def quotas(counties: Iterable[Place], year: int | None, now: datetime) -> list[dict[str, Any]]:
    """In two queries, however many counties there are."""
    codes = [county.pk for county in counties]
    rules = PlanRules.objects.in_bulk(codes)
    seen: dict[str, list[Appearance]] = {code: [] for code in codes}
    found = guests_on_air(codes, now)
    if year:
        first = datetime.combine(date(year, 1, 1), time(), SHANGHAI)
        found = found.filter(session__went_live_at__gte=first, session__went_live_at__lt=first + 731 * DAY)
    else:
        found = found.filter(session__went_live_at__gte=now - 366 * DAY)
    for guest in found:
        seen[guest.session.county_id].append(Appearance(guest.session.started_at, guest.name, guest.rank, guest.leader_id))
    promises = {code: rules.get(code, PlanRules()).promise for code in codes}
    return [shown(code, of_year(seen[code], promises[code], year, shanghai_day(now))) for code in codes]


def of_year(seen: Iterable[Appearance], promise: Promise, year: int | None, today: date) -> Quota:
    """Of this year up to today, of another one at its end."""
    if year is None or year == agreement_year(today, promise.first_month).year:
        return quota(seen, today, promise)
    return quota(seen, date(year + 1, promise.first_month, 1) - DAY, promise)


def shown(county: str, found: Quota) -> dict[str, Any]:
    facts = {"began_on": found.began_on, "count": found.count, "wanted": found.wanted}
    return {"county": county, **facts, "uncovered_months": found.uncovered}


class HolidaySerializer(serializers.Serializer[Any]):
    on = serializers.DateField()
    kind = serializers.ChoiceField(DayKind.choices, help_text="off; or a weekend day that is worked")
    name = serializers.CharField()
    is_official = serializers.BooleanField(help_text="false: the year's arrangement is not announced yet")


class HolidayListSerializer(serializers.Serializer[Any]):
    results = HolidaySerializer(many=True)


class LongPeriod(Period):
    """Both days are included; at most a year."""

    longest = timedelta(days=366)


class Holidays(PlanRead):
    """The days that are not plain: public holidays, and weekends that are worked."""

    asked = LongPeriod

    @extend_schema(responses=HolidayListSerializer, operation_id="holidays_list")
    def get(self, request: Request) -> Response:
        marks = day_marks(self.query["from_on"], self.query["until_on"], language=get_language() or "zh-hans")
        return Response(HolidayListSerializer({"results": [{"on": day, **mark._asdict()} for day, mark in marks.items()]}).data)
