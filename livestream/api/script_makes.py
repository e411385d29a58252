"""The REST API of scripts made in one step, from the line-up, another session or a template; and of the templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.response import Response

from livestream.actions.script_copy import copy_script, drop_template, keep_template, propose_rows, use_template
from livestream.api.door import asker, visible
from livestream.api.fields import chosen, county_code, one
from livestream.api.goods import REFUSALS as TEMPLATE_REFUSALS
from livestream.api.goods import Goods, dropped
from livestream.api.line_up import OfGoods, kept_session
from livestream.api.once import GONE, keyed, once
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.script_shapes import (
    ScriptCopySerializer,
    ScriptUseSerializer,
    SeenSerializer,
    TemplateKeepSerializer,
    TemplateSerializer,
)
from livestream.api.scripts import ANSWERS, REFUSALS, written
from livestream.api.strict import said
from livestream.api.verb import answering
from livestream.models import LiveSession, ScriptTemplate
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action, holds

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

TEMPLATES = ScriptTemplate.objects.select_related("made_by")


class ScriptPropose(OfGoods):
    """A run-of-show from the line-up."""

    @keyed(SeenSerializer, ANSWERS, "sessions_script_propose")
    def post(self, request: Request, session_id: UUID) -> Response:
        """Rows from the line-up instead of those there are; the words stay."""
        session = kept_session(request, session_id)
        return written(request, session, SeenSerializer, lambda _body, hand: propose_rows(session, hand))


class ScriptCopy(OfGoods):
    """A script taken over from another session."""

    @keyed(ScriptCopySerializer, ANSWERS, "sessions_script_copy")
    def post(self, request: Request, session_id: UUID) -> Response:
        """Words, rows and cards as in another session of the county; rows and cards only of goods that this one has."""
        session = kept_session(request, session_id)
        others = visible(request, LiveSession.objects.filter(county=session.county_id), place="place")
        return written(
            request,
            session,
            ScriptCopySerializer,
            lambda body, hand: copy_script(session, one(others, pk=body["session"]), hand),
        )


class ScriptUse(OfGoods):
    """A script from a template."""

    @keyed(ScriptUseSerializer, ANSWERS, "sessions_script_use")
    def post(self, request: Request, session_id: UUID) -> Response:
        """The script as a template of the county says; its rows about goods take those of the line-up in turn."""
        session = kept_session(request, session_id)
        templates = ScriptTemplate.objects.filter(county=session.county_id)
        return written(
            request,
            session,
            ScriptUseSerializer,
            lambda body, hand: use_template(session, one(templates, pk=body["template"]), hand),
        )


class ScriptKeep(OfGoods):
    """A script kept for the next time."""

    @keyed(TemplateKeepSerializer, {201: TemplateSerializer, **REFUSALS}, "sessions_script_keep")
    def post(self, request: Request, session_id: UUID) -> Response:
        """A template of the county, without goods; for whoever keeps the goods of the county as a whole."""
        session = kept_session(request, session_id)
        return once(request, lambda: template_kept(request, session))


def template_kept(request: Request, session: LiveSession) -> Response:
    name = said(request, TemplateKeepSerializer)["name"]
    with answering():
        if not holds(asker(request).reach(Action.KEEP_GOODS), county=session.county_id):
            raise NotAllowed("template_of_county")
        made = keep_template(session, name, by=asker(request))
    return Response(TemplateSerializer(made).data, status=status.HTTP_201_CREATED)


class TemplateQuery(PageQuery):
    county = county_code()


class Templates(Goods):
    """Templates of scripts of your counties, by id."""

    asked = TemplateQuery

    @extend_schema(responses=page_of(TemplateSerializer))
    def get(self, request: Request) -> Response:
        rows = visible(request, TEMPLATES.all()).filter(**chosen(self.query, county="county_id"))
        return page(self, rows, ("id",), TemplateSerializer)


class TemplateDrop(Goods):
    """A template that goes."""

    @keyed(None, {204: GONE, **TEMPLATE_REFUSALS}, "script_templates_drop")
    def post(self, request: Request, pk: int) -> Response:
        """It is gone; scripts that were made from it stay."""
        return dropped(request, drop_template, TEMPLATES.all(), pk)
