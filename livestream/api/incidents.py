"""The REST API of what went wrong or was corrected on air, with its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from livestream.actions.incident import About, kept_proof, proof_of, record_incident
from livestream.actions.stored_file import Gone
from livestream.api.door import Door, asker
from livestream.api.fields import one
from livestream.api.goods_shapes import BASE64
from livestream.api.line_up_shapes import words
from livestream.api.on_air import REFUSALS, EveningQuery, OnAir, PitchEndSerializer, run, seen
from livestream.api.once import keyed, once
from livestream.api.paging import cut
from livestream.api.papers import PaperJSON, upload_in
from livestream.api.scripts import product_in
from livestream.api.strict import Line, Strict, Words, said
from livestream.api.verb import answering, session_for
from livestream.models import Incident
from livestream.rules.api_token import Scope
from livestream.rules.incident import LONGEST_NOTE, LONGEST_SAID, IncidentKind
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from livestream.models import LiveSession


class ProofSerializer(Strict):
    """A photo or a screenshot of at most 10 MB; what a phone wrote into it is not kept."""

    name = Line(max_length=100)
    base64 = serializers.RegexField(BASE64, trim_whitespace=False)


class IncidentNoteSerializer(PitchEndSerializer):
    """What happened, and when. A correction says what was said aloud, in `said` or in `note`."""

    kind = serializers.ChoiceField(IncidentKind.choices)
    note = Words(max_length=LONGEST_NOTE, required=False, allow_blank=True, default="")
    said = words(LONGEST_SAID, "of a correction: word for word")
    sku = Words(max_length=64, required=False, allow_null=True, default=None, help_text="of a product in the line-up")
    proof = ProofSerializer(required=False, allow_null=True, default=None)
    tap = Words(max_length=64, required=False, default="", help_text="your own id: sent twice, it counts once")


class IncidentSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(IncidentKind.choices)
    happened_at = serializers.DateTimeField()
    note = serializers.CharField(allow_blank=True)
    said = serializers.CharField(allow_blank=True, help_text="of a correction: what was said aloud")
    sku = serializers.CharField(source="product.sku", allow_null=True, default=None)
    proof_sha256 = serializers.CharField(allow_blank=True, help_text="of the photo as it is kept; empty: there is none")
    noted_by = serializers.CharField(source="noted_by.name")
    noted_at = serializers.DateTimeField()


class IncidentListSerializer(serializers.Serializer[Any]):
    incidents = IncidentSerializer(many=True)
    next_cursor = serializers.CharField(allow_null=True, help_text="null: this was the last page")


class Incidents(OnAir):
    """What happened on air, in order; and one more."""

    asked = EveningQuery
    parser_classes = [PaperJSON]

    @extend_schema(responses=IncidentListSerializer)
    def get(self, request: Request, session_id: UUID) -> Response:
        """What happened on air, in order, corrections with what was said."""
        incidents = seen(request, session_id).incidents.select_related("noted_by", "product")
        found, next_cursor = cut(incidents, ("happened_at", "id"), self.query, of="Incidents")
        return Response(IncidentListSerializer({"incidents": found, "next_cursor": next_cursor}).data)

    @keyed(IncidentNoteSerializer, {201: IncidentSerializer, 413: "The body is over 14 MB", **REFUSALS})
    def post(self, request: Request, session_id: UUID) -> Response:
        """Something that happened on air, noted beside the curve; a correction with its proof."""
        session = run(request, session_id)
        return once(request, lambda: note_down(request, session))


def note_down(request: Request, session: LiveSession) -> Response:
    facts = said(request, IncidentNoteSerializer)
    file, kind = facts["proof"], IncidentKind(facts["kind"])
    with answering():
        product = product_in(session, facts["sku"])
        with kept_proof(upload_in(file, "proof")) as proof:
            about = About(product, facts["said"], proof, facts["tap"])
            noted = record_incident(session, kind=kind, at=facts["at"], note=facts["note"], by=asker(request), about=about)
    return Response(IncidentSerializer(noted).data, status=status.HTTP_201_CREATED)


class IncidentProof(Door):
    """The proof of an incident."""

    scope, right = Scope.WRITE_SESSIONS, Action.RUN_SESSION

    @extend_schema(
        responses={(200, "image/jpeg"): OpenApiResponse(OpenApiTypes.BINARY, "The photo as it is kept")},
        operation_id="incidents_proof",
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The photo: it may show viewers, so only whoever runs the session fetches it."""
        found = one(Incident.objects.exclude(proof_stored_as=""), pk=pk)
        session_for(request, found.session_id, Action.RUN_SESSION)
        try:
            answer = HttpResponse(proof_of(found), content_type="image/jpeg")
        except Gone as gone:
            raise Http404 from gone
        answer["X-Content-Type-Options"] = "nosniff"
        return answer
