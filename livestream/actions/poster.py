"""Posters: made once and kept; their codes lead to the public page, and each opening is counted by the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection, transaction

from livestream.actions.approval import is_asked_for
from livestream.actions.audit import note
from livestream.actions.promotion import new_code
from livestream.actions.refusal import refusing
from livestream.actions.wording import check_words
from livestream.models import Poster
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.poster import WHY_AT_MOST, check_beside_leaders
from livestream.rules.promotion import is_code
from livestream.rules.script import PosterKind
from livestream.rules.session import SessionState
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from datetime import date, datetime

    from livestream.models import LiveSession, Product, User

AT_MOST = 50  # of a session
PRICE_BESIDE_LEADER = {"no_price_beside_a_leader": "poster_leader_price"}
OPENED = """
INSERT INTO livestream_postervisit (poster_id, "on", visits)
SELECT id, %s, 1 FROM livestream_poster WHERE code = %s AND withdrawn_at IS NULL
ON CONFLICT (poster_id, "on") DO UPDATE SET visits = livestream_postervisit.visits + 1
RETURNING poster_id
"""


@dataclass(frozen=True, slots=True)
class PosterPlan:
    kind: str
    headline: str
    line: str = ""
    product: Product | None = None
    shows_price: bool = False


@transaction.atomic
def make_poster(session: LiveSession, plan: PosterPlan, *, by: User, at: datetime) -> Poster:
    """A poster with its words and its code; it is never changed, and kept for three years at least.

    Raises NotAllowed: `words_forbidden` for a wording that a law forbids, `poster_leader_price` and `poster_leader_goods` for
    the name of somebody in office beside a price or goods, `poster_leader_none` for a poster of leaders without any,
    `poster_needs_goods`, `not_in_line_up`, `poster_cancelled`, `too_many_posters`."""
    _check(session, plan)
    with refusing(PRICE_BESIDE_LEADER):
        return Poster.objects.create(
            session=session, kind=plan.kind, product=plan.product, headline=plan.headline, line=plan.line,
            shows_price=plan.shows_price, code=new_code(), made_by=by, made_at=at,
        )  # fmt: skip


def _check(session: LiveSession, plan: PosterPlan) -> None:
    if session.state == SessionState.CANCELLED:
        raise NotAllowed("poster_cancelled")
    if session.posters.count() >= AT_MOST:
        raise NotAllowed("too_many_posters", limit=AT_MOST)
    if plan.kind == PosterKind.LEADER and not is_asked_for(session):
        raise NotAllowed("poster_leader_none")
    if plan.kind == PosterKind.ITEM and plan.product is None:
        raise NotAllowed("poster_needs_goods")
    if plan.product and not session.line_up.filter(product=plan.product).exists():
        raise NotAllowed("not_in_line_up", title=plan.product.title)
    words = f"{plan.headline}\n{plan.line}"
    goods = session.line_up.values_list("product__title", flat=True)
    leaders = session.guests.values_list("name", flat=True)
    check_beside_leaders(
        plan.kind, f"{session.title}\n{words}" if plan.kind != PosterKind.ITEM else words,
        has_goods=plan.product is not None, shows_price=plan.shows_price, leaders=leaders, goods=goods,
    )  # fmt: skip
    check_words(words, product=plan.product, county_id=session.county_id)


@transaction.atomic
def open_poster(code: str, *, on: date) -> Poster | None:
    """Counts an opening on that Shanghai day, and nobody who opens it; of one that was taken back nothing is counted any more.
    None: there is no such code."""
    if not is_code(code):
        return None
    with connection.cursor() as cursor:
        cursor.execute(OPENED, [on, code])
    return Poster.objects.filter(code=code).select_related("session__county").first()


@transaction.atomic
def withdraw_poster(poster: Poster, *, why: str, by: User, at: datetime) -> Poster:
    """It is taken back: its code says so from now on, and leads nowhere. Its words, what was counted, and who took it back when
    and why stay for as long as posters are kept. Twice has one effect. Raises NotAllowed(`poster_why_missing`, `too_long`)."""
    stored = Poster.objects.select_for_update(of=("self",)).select_related("session").get(pk=poster.pk)
    if stored.withdrawn_at:
        return stored
    words = one_line(why)
    if not words:
        raise NotAllowed("poster_why_missing")
    if len(words) > WHY_AT_MOST:
        raise NotAllowed("too_long", field=Poster._meta.get_field("withdrawn_why").verbose_name, limit=WHY_AT_MOST)
    stored.withdrawn_at, stored.withdrawn_by, stored.withdrawn_why = at, by, words
    stored.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_why"])
    note(Deed.POSTER_WITHDRAWN, place=stored.session.county_id, by=by, about=stored, why=words)
    return stored
