"""A script on paper: its words, the run-of-show and the cue cards as a PDF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.models import CueCard
from livestream.sheets.paper import paper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from livestream.actions.cue_card import Card
    from livestream.models import LiveSession, Script, ScriptRow

CARD_LINES = ("origin", "points", "proof", "scene", "questions", "call")


def script_paper(
    session: LiveSession,
    script: Script | None,
    rows: Sequence[tuple[ScriptRow, datetime]],
    cards: Sequence[Card],
    *,
    at: datetime,
) -> bytes:
    """As it stands now. Raises NotPrinted."""
    return paper("script", data_of(session, script, rows, cards, at=at))


def data_of(
    session: LiveSession,
    script: Script | None,
    rows: Sequence[tuple[ScriptRow, datetime]],
    cards: Sequence[Card],
    *,
    at: datetime,
) -> dict[str, Any]:
    """What `papers/script.typ` sets."""
    begins = timezone.localtime(session.started_at)
    words = [(_("目的"), script.aim), (_("开场的话"), script.opening), (_("收尾的话"), script.closing)] if script else []
    is_ai_made = bool(script and script.is_ai_made) or any(card.words.is_ai_made for card in cards)
    return {
        "at": timezone.localtime(at).isoformat(),
        "title": (script and script.theme) or session.title,
        "below": f"{session.title} · {session.place.full_name} · {begins:%Y-%m-%d %H:%M} · {session.host.name}",
        "foot": _("第 {version} 版").format(version=script.version if script else 0),
        "ai": _("含 AI 生成的内容") if is_ai_made else "",
        "words": [[head, text] for head, text in words if text],
        "flow": _("流程"),
        "heads": [_("几点"), _("几分钟"), _("环节"), _("做什么"), _("谁来讲"), _("中控做什么"), _("要准备的东西"), _("备注")],
        "rows": [_row(row, begins_at) for row, begins_at in rows],
        "cards": [_card(card) for card in cards],
    }


def _row(row: ScriptRow, begins_at: datetime) -> list[str]:
    clock = f"{timezone.localtime(begins_at):%H:%M}"
    kind, speaker = row.get_kind_display(), row.get_speaker_display()
    return [clock, str(row.minutes), str(kind), row.what, str(speaker), row.control, row.material, row.note]


def _card(card: Card) -> dict[str, Any]:
    lines = [(CueCard._meta.get_field(name).verbose_name, getattr(card.words, name)) for name in CARD_LINES]  # type: ignore[union-attr]
    return {
        "title": f"{card.item.position} · {card.product.title}",
        "seller": card.seller_words,
        "price": card.price_words,
        "ai": _("AI 生成") if card.words.is_ai_made else "",
        "lines": [[str(head), text] for head, text in lines if text],
    }
