"""The REST API of places and of the people in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from livestream.api.door import Door, visible_places
from livestream.api.fields import one, place_code
from livestream.api.paging import PageQuery, page, page_of
from livestream.models import Place, User
from livestream.rules.api_token import Scope
from livestream.rules.person import Role, masked_phone
from livestream.rules.place import PlaceLevel
from livestream.rules.rights import Action
from livestream.rules.vault import masked_name

if TYPE_CHECKING:
    from rest_framework.request import Request


class PlaceSerializer(serializers.Serializer[Place]):
    code = serializers.CharField(help_text="official; a place lies in those whose code its own begins with")
    name = serializers.CharField()
    level = serializers.ChoiceField(PlaceLevel.choices)
    parent = serializers.CharField(source="parent_id", allow_null=True)  # type: ignore[assignment]


class PlaceQuery(PageQuery):
    level = serializers.ChoiceField(PlaceLevel.choices, required=False)
    within = place_code("a place's code: itself and all that lies in it")


class Places(Door):
    """Official places that you may see, by code."""

    scope, right, is_own = Scope.READ_SESSIONS, Action.SEE_PLAN, True
    asked = PlaceQuery

    @extend_schema(responses=page_of(PlaceSerializer))
    def get(self, request: Request) -> Response:
        rows = visible_places(request, Place.objects.all(), "code")
        if level := self.query.get("level"):
            rows = rows.filter(level=level)
        if code := self.query.get("within"):
            rows = rows.filter(code__startswith=code)
        return page(self, rows, ("code",), PlaceSerializer)


class PlaceDetail(Door):
    """One place."""

    scope, right, is_own = Scope.READ_SESSIONS, Action.SEE_PLAN, True

    @extend_schema(responses=PlaceSerializer)
    def get(self, request: Request, code: str) -> Response:
        return Response(PlaceSerializer(one(visible_places(request, Place.objects.all(), "code"), code=code)).data)


class PersonSerializer(serializers.Serializer[User]):
    """Masked: who must see more looks at the person's page, with a reason."""

    id = serializers.IntegerField()
    name = serializers.SerializerMethodField(help_text="the first character")
    live_name = serializers.CharField(allow_blank=True, help_text="public: as boards name a host")
    phone = serializers.SerializerMethodField(help_text="three and four digits")
    role = serializers.ChoiceField(Role.choices)
    place = serializers.CharField(source="place_id")
    is_active = serializers.BooleanField()

    def get_name(self, person: User) -> str:
        return masked_name(person.name)

    def get_phone(self, person: User) -> str:
        return masked_phone(person.phone)


class PeopleQuery(PageQuery):
    role = serializers.ChoiceField(Role.choices, required=False)
    within = place_code("a place's code: people of it and of all that lies in it")


class People(Door):
    """People of your places, masked."""

    scope, right = Scope.READ_PEOPLE, Action.SEE_PEOPLE
    asked = PeopleQuery

    @extend_schema(responses=page_of(PersonSerializer))
    def get(self, request: Request) -> Response:
        rows = visible_places(request, User.objects.all(), "place__code")
        if role := self.query.get("role"):
            rows = rows.filter(role=role)
        if code := self.query.get("within"):
            rows = rows.filter(place__code__startswith=code)
        return page(self, rows, ("id",), PersonSerializer)


class PersonDetail(Door):
    """One person, masked."""

    scope, right = Scope.READ_PEOPLE, Action.SEE_PEOPLE

    @extend_schema(responses=PersonSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(PersonSerializer(one(visible_places(request, User.objects.all(), "place__code"), pk=pk)).data)
