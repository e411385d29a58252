"""The REST API of who learns and who teaches, masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.door import visible
from livestream.api.fields import chosen, one, place_code
from livestream.api.paging import page, page_of
from training.api.doors import OfCounty, SchoolRead
from training.api.shapes import TraineeSerializer, TrainerSerializer
from training.models import Trainee, Trainer
from training.rules.trainee import Category

if TYPE_CHECKING:
    from rest_framework.request import Request


class Trainers(SchoolRead):
    """Who teaches in your counties, by the person's id."""

    asked = OfCounty

    @extend_schema(responses=page_of(TrainerSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, Trainer.objects.select_related("user")).filter(**chosen(self.query, county="county_id"))
        return page(self, rows, ("user",), TrainerSerializer)


class TraineeQuery(OfCounty):
    within = place_code("a place's code: people of it and of all that lies in it")
    category = serializers.ChoiceField(Category.choices, required=False)


class Trainees(SchoolRead):
    """People of your places who learn, by id, each natural person once: who was found to be somebody else is not listed."""

    asked = TraineeQuery

    @extend_schema(responses=page_of(TraineeSerializer))
    def get(self, request: Request) -> Response:
        columns = {"county": "county_id", "category": "category", "within": "place__code__startswith"}
        rows = visible(request, Trainee.objects.unique(), place="place").filter(**chosen(self.query, **columns))
        return page(self, rows, ("id",), TraineeSerializer)


class TraineeDetail(SchoolRead):
    """One person who learns, masked."""

    @extend_schema(responses=TraineeSerializer)
    def get(self, request: Request, trainee_id: int) -> Response:
        return Response(TraineeSerializer(one(visible(request, Trainee.objects.all(), place="place"), pk=trainee_id)).data)
