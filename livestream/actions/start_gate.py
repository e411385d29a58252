"""What stands between a session and the air, and every write of a decision about it: an item is not sold for now, staff let
it pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.age import check_may_go_live
from livestream.actions.approval import check_approved
from livestream.actions.audit import note
from livestream.actions.board import touch_session
from livestream.actions.gate import gate_of
from livestream.actions.pitch import lock_session
from livestream.actions.preflight import answers_of, progress_of
from livestream.actions.price import check_listing
from livestream.actions.wording import findings_of
from livestream.models import StartChoice
from livestream.rules.control import ItemState
from livestream.rules.day import shanghai_day
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.session import REHEARSAL_FIRST, STILL_PLANNED, SessionEvent, next_state
from livestream.rules.start_gate import OF_AN_ITEM, PASSABLE, REASON_AT_MOST, ChoiceKind, Hurdle, Obstacle, blocking
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import QuerySet

    from livestream.actions.wording import Said
    from livestream.models import LineUpItem, LiveSession, Product, User

WORDINGS_TOLD = 5
NOT_FOR_SALE = frozenset({ItemState.UNLISTED, ItemState.PULLED, ItemState.SOLD_OUT})


def obstacles(session: LiveSession, *, at: datetime) -> list[Obstacle]:
    """Everything in the way of going on air at `at`, in plain sentences, the hardest first; warnings last."""
    found = [
        _heard(Hurdle.AGE, lambda: check_may_go_live(session.host_id, timezone.localdate(at))),
        _heard(Hurdle.APPROVAL, lambda: check_approved(session)),
    ]
    known = [one for one in [_state(session), *found] if one]
    return [*known, *item_obstacles(session, at=at), *_warnings(session)]


def item_obstacles(session: LiveSession, *, at: datetime) -> list[Obstacle]:
    """Of the items that are to be sold: papers that do not hold on the day of `at`, prices below the floor."""
    left, gates = left_out(session), gate_of(session, on=shanghai_day(at))
    found: list[Obstacle | None] = []
    for item in _items(session):
        if item.product_id in left or item.state in NOT_FOR_SALE:
            continue
        gate = gates.get(item.product_id)
        if gate is not None and not gate.is_open:
            words = _("“{title}”{what}。").format(title=item.product.title, what="；".join(gate.missing))
            found.append(Obstacle(Hurdle.PAPERS, words, item.product_id, item.product.title))
        found.append(_heard(Hurdle.FLOOR, lambda item=item: check_listing(item, at=at), item.product))  # type: ignore[misc]
    return [one for one in found if one]


def _items(session: LiveSession) -> list[LineUpItem]:
    found = session.line_up.select_related("product", "subsidy", "session").prefetch_related("offers", "links")
    return list(found.order_by("position"))


def _state(session: LiveSession) -> Obstacle | None:
    try:
        next_state(session.state, SessionEvent.GO_LIVE, kind_at_start(session))
    except NotAllowed as refused:
        return Obstacle(Hurdle.REHEARSAL if refused.code == "rehearse_first" else Hurdle.STATE, str(refused))
    return None


def _heard(code: Hurdle, check: Callable[[], object], product: Product | None = None) -> Obstacle | None:
    try:
        check()
    except NotAllowed as refused:
        return Obstacle(code, str(refused), product.pk if product else None, product.title if product else "")
    return None


def _warnings(session: LiveSession) -> list[Obstacle]:
    return [*_wording(session), *_check(session)]


def _wording(session: LiveSession) -> list[Obstacle]:
    """What the law does not let say comes first."""
    said = sorted(findings_of(session), key=lambda one: not one.finding.is_law)
    words = dict.fromkeys(_worded(one) for one in said)
    return [Obstacle(Hurdle.WORDING, one) for one in list(words)[:WORDINGS_TOLD]]


def _worded(said: Said) -> str:
    title = said.product.title if said.product else said.where
    sentence = _("{title}：“{term}”不能说。").format(title=title, term=said.finding.term)
    return sentence + (_("可以说：{instead}。").format(instead=said.finding.instead.rstrip("。")) if said.finding.instead else "")


def _check(session: LiveSession) -> list[Obstacle]:
    answers = answers_of(session)
    done = progress_of(answers)
    bad = "、".join(str(answer.question.step.label) for answer in answers if answer.is_fine is False)
    found = []
    if bad:
        found.append(Obstacle(Hurdle.CHECK, _("开播前检查说还没好：{what}。").format(what=bad)))
    if done.open:
        found.append(Obstacle(Hurdle.CHECK, _("开播前检查还有 {n} 项没看。").format(n=done.open)))
    return found


def check_start(session: LiveSession, *, at: datetime) -> None:
    """Raises NotAllowed(`not_ready`) where an item that is to be sold may not be: leave it out, or put it right first."""
    if found := blocking(item_obstacles(session, at=at)):
        raise NotAllowed("not_ready", words=" ".join(one.words for one in found))


def kind_at_start(session: LiveSession) -> str:
    """The session's kind as the table of states asks it; empty where staff let the rehearsal pass."""
    if session.kind not in REHEARSAL_FIRST:
        return session.kind
    return "" if _choices(session, ChoiceKind.PASSED).filter(code=Hurdle.REHEARSAL).exists() else session.kind


def left_out(session: LiveSession) -> frozenset[int]:
    """The products that are not sold for now, by their keys: going on air does not list them."""
    return frozenset(_choices(session, ChoiceKind.LEFT_OUT).values_list("product", flat=True))


def passes_of(session: LiveSession) -> list[StartChoice]:
    """What staff let pass, with their reasons: for the review."""
    return list(_choices(session, ChoiceKind.PASSED).select_related("by", "product"))


def _choices(session: LiveSession, kind: ChoiceKind) -> QuerySet[StartChoice]:
    return StartChoice.objects.filter(session=session, kind=kind)


@transaction.atomic
def leave_out(session: LiveSession, product: Product, *, by: User, at: datetime, code: Hurdle = Hurdle.PAPERS) -> None:
    """先不卖这个: going on air does not list it; twice has one effect. Raises NotAllowed(`state`, `not_in_line_up`)."""
    stored = lock_session(session)
    if stored.state not in STILL_PLANNED:
        raise NotAllowed("plan_closed", state=stored.get_state_display())
    if not stored.line_up.filter(product=product).exists():
        raise NotAllowed("not_in_line_up", title=product.title)
    if product.pk not in left_out(stored):
        StartChoice.objects.create(session=stored, kind=ChoiceKind.LEFT_OUT, code=code, product=product, by=by, at=at)
        touch_session(stored.pk, stored.county_id)


@transaction.atomic
def take_in(session: LiveSession, product: Product) -> None:
    """It is to be sold after all. Raises NotAllowed(`plan_closed`)."""
    stored = lock_session(session)
    if stored.state not in STILL_PLANNED:
        raise NotAllowed("plan_closed", state=stored.get_state_display())
    if _choices(stored, ChoiceKind.LEFT_OUT).filter(product=product).delete()[0]:
        touch_session(stored.pk, stored.county_id)


@transaction.atomic
def leave_out_all(session: LiveSession, *, by: User, at: datetime) -> None:
    """A start that a phone kept has happened: what may not be sold is left out of it, and the session is on air all the same."""
    products = {item.product_id: item.product for item in session.line_up.select_related("product")}
    for one in item_obstacles(session, at=at):
        if one.product_id is not None and one.code in OF_AN_ITEM:
            leave_out(session, products[one.product_id], by=by, at=at, code=one.code)


@transaction.atomic
def pass_obstacle(session: LiveSession, code: str, *, reason: str, by: User, at: datetime) -> StartChoice:
    """Staff answer for going on air all the same; the review shows who and why. Once more finds what stands.

    Raises NotAllowed(`start_not_to_pass`, `start_reason`, `too_long`, `plan_closed`)."""
    if code not in PASSABLE:
        raise NotAllowed("start_not_to_pass")
    words = one_line(reason)
    if not words:
        raise NotAllowed("start_reason")
    if len(words) > REASON_AT_MOST:
        raise NotAllowed("too_long", field=StartChoice._meta.get_field("reason").verbose_name, limit=REASON_AT_MOST)
    stored = lock_session(session)
    if stored.state not in STILL_PLANNED:
        raise NotAllowed("plan_closed", state=stored.get_state_display())
    if there := _choices(stored, ChoiceKind.PASSED).filter(code=code).first():
        return there
    made = StartChoice.objects.create(session=stored, kind=ChoiceKind.PASSED, code=code, reason=words, by=by, at=at)
    note(Deed.START_ALLOWED, place=stored.county_id, by=by, about=stored, code=code, reason=words)
    touch_session(stored.pk, stored.county_id)
    return made
