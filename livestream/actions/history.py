"""A session's whole history, read from its tables, as one file: for a dispute, with who took it and what for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from livestream.actions.audit import note
from livestream.actions.gate import papers_of
from livestream.actions.notice import in_chinese
from livestream.models import (
    Comment,
    Complaint,
    ControlEvent,
    CueCard,
    GateOverride,
    ItemLink,
    LineUpVersion,
    LiveSession,
    Offer,
    Paper,
    PlanStep,
    PreflightTick,
    Product,
    ReleasedChange,
    ReviewAction,
    ReviewNote,
    Script,
    ScriptRow,
    StartChoice,
    SupplyPromise,
    ViewerReading,
)
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.history import FORMAT, TITLES, Column, Part, Parts, Row, digests_of, sections_of
from livestream.rules.plan import shown
from livestream.rules.text import one_line
from livestream.sheets.paper import NotPrinted, paper

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import Model, QuerySet

    from livestream.models import User

WORDS_AT_MOST, RECEIVER_AT_MOST = 200, 100
MAY_READ = 0o644 << 16


@dataclass(frozen=True, slots=True)
class Purpose:
    """What the file is taken out for, and who gets it."""

    words: str
    receiver: str


@dataclass(frozen=True, slots=True)
class Taken:
    name: str
    content: bytes
    sha256: str


def history_of(session: LiveSession, *, of_orders: Parts | None = None) -> Parts:
    """Every part by its name, in the order of `TITLES`, each as rows with plain values; what orders know is handed down.

    Staff and host are named, for they answer for what they did; of viewers and buyers there is nobody in it, and no phone."""
    parts: Parts = {
        "session": _session(session),
        "rooms": part_of(session.rooms.order_by("pk"), "platform", "room_id", "account"),
        "guests": part_of(session.guests.order_by("pk"), "name", "title", "rank"),
        **_planned(session),
        **_goods(session),
        **_said(session),
        **_happened(session),
        **_reviewed(session),
        **(of_orders or {}),
    }
    return {name: parts[name] for name in TITLES if name in parts}


def part_of(found: QuerySet[Any], *columns: str) -> Part:
    """These columns of these rows, called as their tables call them: `by__name` is 谁, `product__title` 商品."""
    return Part(list(found.values(*columns)), {name: _column(found.model, name) for name in columns if name != "pk"})


def _column(model: type[Model], path: str) -> Column:
    first, *rest = path.split("__")
    found: Any = model._meta.get_field(first)
    label = str(getattr(found, "verbose_name", first))
    for name in rest:
        found = found.related_model._meta.get_field(name)
        if name not in {"name", "title"}:
            label = str(found.verbose_name)
    return Column(label, {str(value): str(words) for value, words in getattr(found, "flatchoices", ())})


def _session(session: LiveSession) -> Part:
    columns = (
        "id", "kind", "state", "title", "county__name", "place__name", "host__name", "planned_start_at", "planned_end_at",
        "went_live_at", "ended_at", "goal_fen", "is_public_interest", "note", "plan_version", "released_version", "return_words",
        "replay_url", "replay_sha256", "replay_until_on", "created_at",
    )  # fmt: skip
    return part_of(LiveSession.objects.filter(pk=session.pk), *columns)


def _planned(session: LiveSession) -> Parts:
    steps = PlanStep.objects.filter(session=session).order_by("version", "pk")
    released = ReleasedChange.objects.filter(session=session).order_by("pk")
    versions = LineUpVersion.objects.filter(session=session).order_by("number")
    return {
        "plan": part_of(steps, "version", "kind", "by__name", "at", "reason", "before", "after", "undone_at"),
        "released": part_of(released, "version", "change", "release__number", "release__released_at", "before", "after"),
        "line_up_versions": part_of(versions, "number", "made_by__name", "made_at", "words", "body"),
    }


def _goods(session: LiveSession) -> Parts:
    items = session.line_up.order_by("position")
    of_items = {"item__session": session}
    columns = (
        "position", "product__sku", "product__title", "product__product_class", "product__spec", "product__net_weight_grams",
        "product__supplier__name", "actual_seller", "product__actual_seller", "state", "slot_role", "live_price_fen",
        "list_price_fen", "product__list_price_fen", "compare_price_fen", "compare_basis", "compare_evidence",
        "floor_price_fen", "floor_per", "settlement_price_fen", "commission_basis_points", "slot_fee_fen", "subsidy__name",
        "committed_stock", "daily_ship_capacity", "ship_within_hours", "presale_on", "cut_off_at", "points", "banned_claims",
        "product__return_policy", "note",
    )  # fmt: skip
    offers = Offer.objects.filter(**of_items).order_by("item__position", "pk")
    promises = SupplyPromise.objects.filter(**of_items).order_by("item__position", "pk")
    overrides = GateOverride.objects.filter(session=session).order_by("at", "pk")
    links = ItemLink.objects.filter(**of_items).order_by("item__position", "pk")
    return {
        "line_up": part_of(items, *columns),
        "links": part_of(links, "item__product__title", "platform", "number", "price_fen"),
        "offers": part_of(
            offers, "item__product__title", "kind", "payer", "amount_fen", "threshold_fen", "gift", "gift_quantity", "quantity"
        ),
        "promises": part_of(
            promises, "item__product__title", "supplier__name", "units", "daily_capacity", "cut_off_at", "evidence",
            "promised_on", "noted_by__name",
        ),
        "papers": _papers(session),
        "overrides": part_of(overrides, "product__title", "missing", "reason", "by__name", "at"),
    }  # fmt: skip


def _papers(session: LiveSession) -> Part:
    """The files themselves lie on the shelf of papers; their digests say which they were."""
    products = list(Product.objects.filter(pk__in=session.line_up.values("product")).order_by("pk"))
    found = papers_of(products)
    columns = ("kind", "number", "issuer", "issued_on", "valid_until_on", "batch", "state", "checked_at", "sha256")
    rows = [
        {"title": product.title} | {name: getattr(one, name) for name in columns}
        for product in products
        for one in found[product.pk]
    ]
    return Part(rows, {"title": _column(Product, "title")} | {name: _column(Paper, name) for name in columns})


def _said(session: LiveSession) -> Parts:
    script = Script.objects.filter(session=session)
    rows = ScriptRow.objects.filter(script__session=session).order_by("position")
    cards = CueCard.objects.filter(session=session).order_by("pk")
    comments = Comment.objects.filter(session=session).order_by("said_at", "pk")
    card = ("origin", "points", "proof", "scene", "questions", "call", "tried_by_host", "is_ai_made", "version")
    return {
        "script": part_of(
            script, "theme", "aim", "opening", "closing", "is_ai_made", "version", "changed_by__name", "changed_at"
        ),
        "script_rows": part_of(
            rows, "position", "kind", "minutes", "what", "product__title", "speaker", "control", "material", "note"
        ),
        "cue_cards": part_of(cards, "product__title", *card, "changed_by__name", "changed_at"),
        "comments": part_of(
            comments, "said_at", "platform", "kind", "words", "product__title", "state", "answer", "reason",
            "noted_by__name", "settled_by__name", "settled_at",
        ),
    }  # fmt: skip


def _happened(session: LiveSession) -> Parts:
    ticks = PreflightTick.objects.filter(session=session).order_by("ticked_at", "pk")
    choices = StartChoice.objects.filter(session=session).order_by("at", "pk")
    events = ControlEvent.objects.filter(session=session).in_order()
    readings = ViewerReading.objects.filter(session=session).order_by("read_at", "pk")
    counts = ("online_now", "exposure_uv", "view_pv", "view_uv", "watch_seconds", "new_followers")
    return {
        "preflight": part_of(ticks, "step", "is_fine", "note", "ticked_at", "by__name"),
        "start_choices": part_of(choices, "kind", "code", "product__title", "reason", "by__name", "at"),
        "log": part_of(
            events, "pk", "happened_at", "recorded_at", "kind", "by__name", "device", "product__title", "platform", "old", "new",
            "words", "about", "proposed_by__name",
        ),
        "pitches": part_of(session.pitches.order_by("started_at", "pk"), "product__title", "started_at", "ended_at", "by__name"),
        "incidents": part_of(
            session.incidents.order_by("happened_at", "pk"), "kind", "happened_at", "note", "said", "product__title",
            "proof_name", "proof_sha256", "noted_by__name", "noted_at",
        ),
        "readings": part_of(readings, "platform", "source", "read_at", *counts),
    }  # fmt: skip


def _reviewed(session: LiveSession) -> Parts:
    notes = ReviewNote.objects.filter(session=session).order_by("at", "pk")
    actions = ReviewAction.objects.filter(session=session).order_by("due_on", "pk")
    complaints = Complaint.objects.filter(session=session).order_by("said_at", "pk")
    return {
        "statements": part_of(session.statements.order_by("due_at"), "mark", "due_at", "made_at", "figures", "causes"),
        "review_notes": part_of(notes, "part", "words", "by__name", "at"),
        "review_actions": part_of(actions, "what", "owner__name", "due_on", "made_by__name", "made_at", "done_at", "outcome"),
        "complaints": part_of(
            complaints, "said_at", "kind", "product__title", "state", "answer", "answered_by__name", "answered_at", "closed_at"
        ),
    }


def take_history(session: LiveSession, purpose: Purpose, *, of_orders: Parts | None = None, by: User, at: datetime) -> Taken:
    """One ZIP: history.json with every part and its digest, history.pdf to be read, and the digests of both. That it was taken,
    by whom and what for stands in the audit log, or it was not.

    Raises NotAllowed(`history_purpose`, `history_not_printed`)."""
    words, receiver = one_line(purpose.words)[:WORDS_AT_MOST], one_line(purpose.receiver)[:RECEIVER_AT_MOST]
    if not words or not receiver:
        raise NotAllowed("history_purpose")
    with transaction.atomic(), in_chinese():
        parts = history_of(session, of_orders=of_orders)
        head = {
            "format": FORMAT,
            "session": str(session.pk),
            "title": session.title,
            "taken_at": at,
            "taken_by": by.name,
            "purpose": words,
            "receiver": receiver,
        }
        content = _packed(head, parts)
        digest = sha256(content).hexdigest()
        facts = {"purpose_words": words, "receiver": receiver, "sha256": digest, "bytes": len(content)}
        note(Deed.EXPORTED, place=session.county_id, by=by, about=session, kind="session_history", **facts)
    return Taken(f"{session.started_at:%Y%m%d}-{str(session.pk)[:8]}.zip", content, digest)


def _packed(head: Row, parts: Parts) -> bytes:
    digests = digests_of(parts)
    body = head | {
        "sha256": {one.part: one.sha256 for one in digests},
        "parts": {name: part.rows for name, part in parts.items()},
    }
    files = {
        "history.json": json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode(),
        "history.pdf": _printed(head, parts),
    }
    sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in files.items())
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as zipped:
        for name, content in (files | {"SHA256SUMS": sums.encode()}).items():
            entry = ZipInfo(name, date_time=head["taken_at"].timetuple()[:6])
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, MAY_READ
            zipped.writestr(entry, content)
    return made.getvalue()


def _printed(head: Row, parts: Parts) -> bytes:
    """Raises NotAllowed(`history_not_printed`)."""
    digests = [[str(TITLES[one.part]), str(one.rows), one.sha256] for one in digests_of(parts)]
    data = head | {
        "at": head["taken_at"].isoformat(),
        "shown_at": shown(head["taken_at"]),
        "digests": digests,
        "sections": sections_of(parts),
    }
    try:
        return paper("history", data)
    except NotPrinted as broken:
        raise NotAllowed("history_not_printed") from broken
