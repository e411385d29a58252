"""The REST API of papers (证件): added with their file, fetched, checked by somebody."""

from __future__ import annotations

import base64
import binascii
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from livestream.actions import stored_file
from livestream.actions.paper import PaperFacts, add_paper, check_paper, content_of
from livestream.api.door import asker, visible
from livestream.api.fields import LARGEST_ID, chosen, county_code, one
from livestream.api.goods import REFUSALS, Goods, kept, named
from livestream.api.goods_shapes import PaperBodySerializer, PaperCheckSerializer, PaperSerializer
from livestream.api.once import IDEMPOTENCY_KEY, once
from livestream.api.paging import PageQuery, page, page_of
from livestream.api.strict import StrictJSON, Whole, said
from livestream.api.verb import answering
from livestream.models import Paper, Product, Supplier
from livestream.rules.goods import PaperKind, PaperState
from livestream.sheets.paper_scan import is_pdf

if TYPE_CHECKING:
    from typing import IO

    from rest_framework.request import Request

LONGEST = 14_000_000  # bytes: a file of 10 MB, written in base64
PLACE = "supplier__place"


class PaperJSON(StrictJSON):
    longest = LONGEST


class PaperQuery(PageQuery):
    county = county_code()
    supplier = Whole(min_value=1, max_value=LARGEST_ID, required=False)
    product = Whole(min_value=1, max_value=LARGEST_ID, required=False)
    kind = serializers.ChoiceField(PaperKind.choices, required=False)
    state = serializers.ChoiceField(PaperState.choices, required=False)


class Papers(Goods):
    """Papers of your counties' suppliers and goods, by id; and one more."""

    asked = PaperQuery
    parser_classes = [PaperJSON]

    @extend_schema(responses=page_of(PaperSerializer))
    def get(self, request: Request) -> Response:
        """Papers of your counties' suppliers and goods, by id."""
        rows = visible(request, Paper.objects.select_related("checked_by"), place=PLACE)
        columns = {"county": "county_id", "supplier": "supplier_id", "product": "product_id", "kind": "kind", "state": "state"}
        return page(self, rows.filter(**chosen(self.query, **columns)), ("id",), PaperSerializer)

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=PaperBodySerializer,
        responses={201: PaperSerializer, 413: "The body is over 14 MB", **REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """A paper that waits to be checked, with its file if there is one."""
        return once(request, lambda: paper_added(request))


def paper_added(request: Request) -> Response:
    body = said(request, PaperBodySerializer)
    supplier = named(request, "supplier", Supplier.objects.all(), body["supplier"])
    product = named(request, "product", Product.objects.all(), body["product"]) if body["product"] else None
    names = ("kind", "number", "issuer", "issued_on", "valid_until_on", "batch")
    facts, upload = PaperFacts(**{name: body[name] for name in names}), upload_in(body["file"])
    with answering():
        made = add_paper(facts, supplier=supplier, product=product, upload=upload, by=asker(request), at=timezone.now())
    return Response(PaperSerializer(made).data, status=status.HTTP_201_CREATED)


def upload_in(file: dict[str, Any] | None, field: str = "file") -> tuple[IO[bytes], str] | None:
    """The content and its name. Raises ValidationError under the field's name."""
    if file is None:
        return None
    try:
        return BytesIO(base64.b64decode(file["base64"], validate=True)), file["name"]
    except binascii.Error as error:
        raise ValidationError({field: [_("文件内容不是 base64。")]}) from error


class PaperDetail(Goods):
    """One paper."""

    @extend_schema(responses=PaperSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(
            PaperSerializer(one(visible(request, Paper.objects.select_related("checked_by"), place=PLACE), pk=pk)).data
        )


class PaperFile(Goods):
    """The file of a paper."""

    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY, "A PDF or a JPEG")},
        operation_id="papers_file",
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The file as it is kept: a PDF as it came, a photo without what a phone wrote into it."""
        found = one(visible(request, Paper.objects.all(), place=PLACE), pk=pk)
        try:
            content = content_of(found)
        except stored_file.Gone as gone:
            raise Http404 from gone
        answer = HttpResponse(content, content_type="application/octet-stream")
        answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.name) or "attachment"
        answer["X-Content-Type-Options"] = "nosniff"
        answer["X-File-Type"] = "application/pdf" if is_pdf(content) else "image/jpeg"
        return answer


class PaperCheck(Goods):
    """A paper that somebody held against the original."""

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request=PaperCheckSerializer,
        responses={200: PaperSerializer, **REFUSALS},
        operation_id="papers_check",
    )
    def post(self, request: Request, pk: int) -> Response:
        """It is accepted, or refused with a reason."""
        paper = kept(request, Paper.objects.all(), PLACE, pk=pk)
        return once(request, lambda: paper_checked(request, paper))


def paper_checked(request: Request, paper: Paper) -> Response:
    body = said(request, PaperCheckSerializer)
    state, by = PaperState.ACCEPTED if body["is_accepted"] else PaperState.REFUSED, asker(request)
    with answering():
        stored = check_paper(paper, state, refusal=body["refusal"], seen=body["seen"], by=by, at=timezone.now())
    return Response(PaperSerializer(stored).data)
