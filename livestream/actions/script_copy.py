"""Scripts made in one click: proposed from the line-up, as the last time, or from a template of the county."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from livestream.actions.notice import in_chinese
from livestream.actions.refusal import refusing
from livestream.actions.script import ScriptWords, open_script, replace_rows, script_of
from livestream.models import CueCard, LiveSession, Script, ScriptTemplate
from livestream.rules.cue_card import CardWords
from livestream.rules.errors import NotAllowed
from livestream.rules.run_of_show import MINUTES_AT_MOST, RowPlan, Turn, proposed
from livestream.rules.script import RowKind, Speaker

if TYPE_CHECKING:
    from livestream.actions.script import Hand
    from livestream.models import ScriptRow, User
    from livestream.models.session import LiveSessionQuerySet

TEMPLATE_TAKEN = {"script_template_once_per_county": "template_there"}
TEMPLATES_AT_MOST = 200
OFFERED = 10
WORDS = ScriptWords.__slots__


@transaction.atomic
def propose_rows(session: LiveSession, hand: Hand) -> Script:
    """A run-of-show from the line-up instead of the rows there are; the words stay. Raises NotAllowed(`goods_missing`) and as
    `open_script` does."""
    items = list(session.line_up.select_related("product"))
    if not items:
        raise NotAllowed("script_without_goods")
    turns = [Turn(item.product_id, item.product.title, item.slot_role, item.planned_minutes) for item in items]
    minutes = int((session.planned_end_at - session.planned_start_at).total_seconds()) // 60
    script = open_script(session, hand)
    with in_chinese():
        replace_rows(script, proposed(turns, minutes, has_guest=session.guests.exists()))
    return script


def earlier_scripts(session: LiveSession, among: LiveSessionQuerySet) -> list[LiveSession]:
    """The sessions among these whose script may be taken over: the host's own last ones first, then others of the county."""
    with_script = among.filter(county=session.county_id, script__isnull=False).exclude(pk=session.pk)
    before = with_script.filter(planned_start_at__lt=session.planned_start_at).select_related("host")
    newest = list(before.order_by("-planned_start_at")[: OFFERED * 5])
    return sorted(newest, key=lambda one: one.host_id != session.host_id)[:OFFERED]


@transaction.atomic
def copy_script(session: LiveSession, other: LiveSession, hand: Hand) -> Script:
    """Words, rows and cards as in the other session; rows and cards only of goods that this one has, and no card that is
    written already is touched. Raises NotAllowed(`nothing_to_copy`) and as `open_script` does."""
    source = script_of(other)
    if source is None:
        raise NotAllowed("nothing_to_copy")
    here = set(session.line_up.values_list("product_id", flat=True))
    script = open_script(session, hand, **{name: getattr(source, name) for name in WORDS})
    replace_rows(script, [_plan_of(row, here) for row in source.rows.all()])
    _copy_cards(session, other, here, hand)
    return script


def _copy_cards(session: LiveSession, other: LiveSession, here: set[int], hand: Hand) -> None:
    written = set(session.cue_cards.values_list("product_id", flat=True))
    cards = other.cue_cards.filter(product__in=here - written)
    CueCard.objects.bulk_create(
        CueCard(session=session, product_id=card.product_id, changed_by=hand.by, changed_at=hand.at,
                **{name: getattr(card, name) for name in CardWords._fields})
        for card in cards
    )  # fmt: skip


def _plan_of(row: ScriptRow, here: set[int]) -> RowPlan:
    product = row.product_id if row.product_id in here else None
    return RowPlan(row.kind, row.minutes, row.what, product, row.speaker, row.control, row.material, row.note)


@transaction.atomic
def keep_template(session: LiveSession, name: str, *, by: User) -> ScriptTemplate:
    """The session's script for the next time, without goods. Raises NotAllowed(`template_there`, `nothing_to_copy`,
    `too_many_templates`)."""
    script = script_of(session)
    if script is None:
        raise NotAllowed("nothing_to_copy")
    if ScriptTemplate.objects.filter(county=session.county_id).count() >= TEMPLATES_AT_MOST:
        raise NotAllowed("too_many_templates", limit=TEMPLATES_AT_MOST)
    with refusing(TEMPLATE_TAKEN):
        return ScriptTemplate.objects.create(county_id=session.county_id, name=name, body=body_of(script), made_by=by)


def body_of(script: Script) -> dict[str, Any]:
    """A script as a template keeps it. Rows about goods keep their minutes and lose the goods."""
    rows = [_plan_of(row, set())._asdict() for row in script.rows.all()]
    for row in rows:
        del row["product"]
        if row["kind"] == RowKind.ITEM:
            row |= {"what": str(RowKind.ITEM.label), "material": ""}
    return {name: getattr(script, name) for name in WORDS} | {"rows": rows}


@transaction.atomic
def use_template(session: LiveSession, template: ScriptTemplate, hand: Hand) -> Script:
    """The script as the template says; its rows about goods take the goods of the line-up in turn. Raises as `open_script`."""
    items = [(item.product_id, item.product.title) for item in session.line_up.select_related("product")]
    script = open_script(session, hand, **{name: template.body[name] for name in WORDS if name in template.body})
    goods = iter(items)
    replace_rows(script, [_row_from(row, goods) for row in template.body.get("rows", [])])
    return script


def _row_from(row: dict[str, Any], goods: Any) -> RowPlan:
    kind = row.get("kind") if row.get("kind") in RowKind.values else RowKind.OTHER
    speaker = row.get("speaker") if row.get("speaker") in Speaker.values else Speaker.HOST
    product, title = next(goods, (None, "")) if kind == RowKind.ITEM else (None, "")
    minutes = min(max(1, int(row.get("minutes", 1))), MINUTES_AT_MOST)
    said = {name: str(row.get(name, "")) for name in ("control", "material", "note")}
    what = f"{row.get('what', '')} {title}".strip()[:200]
    return RowPlan(str(kind), minutes, what, product, str(speaker), **said)


@transaction.atomic
def drop_template(template: ScriptTemplate) -> None:
    """Gone; scripts that were made from it stay. Once is enough."""
    ScriptTemplate.objects.filter(pk=template.pk).delete()
