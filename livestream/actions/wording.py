"""The check of wording where rows are at hand: a county's own terms, all words of a session, what may be shown to the public.

Words with a finding are saved, shown red, and named as a warning before going on air: who writes is not stopped in the middle
of a sentence. What goes out on paper or on the public page is refused instead.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.actions.refusal import refusing
from livestream.models import BannedTerm, CueCard, LiveSession, Poster, Script
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action, holds
from livestream.rules.wording import ExtraTerm, Finding, judge

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from livestream.models import LineUpItem, Place, Product, User

TERM_TAKEN = {"banned_term_once_per_county": "term_there"}
TERMS_AT_MOST = 500
CARD_FIELDS = ("origin", "points", "proof", "scene", "questions", "call")
SCRIPT_FIELDS = ("theme", "aim", "opening", "closing")


class Said(NamedTuple):
    """A finding in the words of a session: `where` they stand (“手卡 · 卖点”), the goods they are about, the words themselves."""

    where: str
    product: Product | None
    words: str
    finding: Finding


def terms_of(county_id: str) -> list[ExtraTerm]:
    """What this county has added to the law."""
    rows = BannedTerm.objects.filter(county=county_id)
    return [ExtraTerm(row.term, row.product_class, row.why, row.instead) for row in rows]


def terms_for(user: User, county_id: str) -> list[ExtraTerm]:
    """The same, for whoever belongs to this county or sees its plan; nobody else reads them."""
    sees = user.county_id == county_id or holds(user.reach(Action.SEE_PLAN), county=county_id)
    return terms_of(county_id) if county_id and sees else []


def item_terms(item: LineUpItem) -> list[ExtraTerm]:
    """What was agreed not to be said of this item."""
    words = [each.strip() for each in re.split(r"[\n、，,；;]", item.banned_claims)]
    return [ExtraTerm(each, "", _("排品表写明这款货不能说"), "") for each in words if each]


def findings_of(session: LiveSession) -> list[Said]:
    """Everything in the session's title, script, rows, cards, points and posters that may not be said, in that order. For the
    gate before going on air (those with `finding.is_law` first of all) and for whoever approves."""
    terms = terms_of(session.county_id)
    found = []
    for where, product, words, extra in _words_of(session):
        known = [*terms, *extra]
        product_class = product.product_class if product else ""
        found += [Said(where, product, words, finding) for finding in judge(words, product_class, known)]
    return found


def _words_of(session: LiveSession) -> Iterator[tuple[str, Product | None, str, Sequence[ExtraTerm]]]:
    yield _("场次 · 主题"), None, session.title, ()
    script = Script.objects.filter(session=session).first()
    if script:
        for field in SCRIPT_FIELDS:
            yield f"{_('脚本')} · {_name(Script, field)}", None, getattr(script, field), ()
        for row in script.rows.select_related("product"):
            yield _("流程 · 第 {n} 行").format(n=row.position), row.product, "\n".join([row.what, row.note]), ()
    items = {item.product_id: item for item in session.line_up.select_related("product")}
    for item in items.values():
        yield f"{_('排品')} · {_('卖点')}", item.product, item.points or item.product.selling_points, item_terms(item)
    for card in session.cue_cards.select_related("product").order_by("pk"):
        extra = item_terms(items[card.product_id]) if card.product_id in items else []
        for field in CARD_FIELDS:
            yield f"{_('手卡')} · {_name(CueCard, field)}", card.product, getattr(card, field), extra
    for poster in session.posters.filter(withdrawn_at=None).select_related("product"):
        yield str(Poster._meta.verbose_name), poster.product, f"{poster.headline}\n{poster.line}", ()


def _name(model: type[Script | CueCard], field: str) -> str:
    return str(model._meta.get_field(field).verbose_name)  # type: ignore[union-attr]


def check_words(words: str, *, product: Product | None, county_id: str) -> None:
    """For what goes out to the public. Raises NotAllowed(`words_forbidden`) with the first finding of a law."""
    product_class = product.product_class if product else ""
    for finding in judge(words, product_class, terms_of(county_id)):
        if finding.is_law:
            facts = {"rule": finding.rule.label, "law": finding.law, "instead": finding.instead}
            raise NotAllowed("words_forbidden", term=finding.term, **facts)


def passing_lines(words: str, product_class: str) -> list[str]:
    """The lines that no law forbids: what a public page shows of what somebody typed. Nobody's typing makes us break the law."""
    lines = [line.strip() for line in words.splitlines()]
    return [line for line in lines if line and not any(found.is_law for found in judge(line, product_class))]


@transaction.atomic
def add_term(county: Place, term: ExtraTerm, *, by: User) -> BannedTerm:
    """A county forbids a word of its own. Raises NotAllowed(`term_there`, `too_many_terms`)."""
    if BannedTerm.objects.filter(county=county).count() >= TERMS_AT_MOST:
        raise NotAllowed("too_many_terms", limit=TERMS_AT_MOST)
    with refusing(TERM_TAKEN):
        return BannedTerm.objects.create(
            county=county, term=term.term, product_class=term.product_class, why=term.why, instead=term.instead, added_by=by
        )


@transaction.atomic
def drop_term(term: BannedTerm) -> None:
    """It may be said again; the log of changes keeps who took it away. Once is enough."""
    BannedTerm.objects.filter(pk=term.pk).delete()
