"""Every write to a review: what people concluded, what is to be done about it, and that it is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from livestream.actions.board import touch_session
from livestream.actions.notice import in_chinese, tell
from livestream.models import ReviewAction, ReviewNote, Statement
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeKind
from livestream.rules.review import WHAT_AT_MOST, WORDS_AT_MOST, Mark
from livestream.rules.session import SessionEvent, SessionKind, SessionState, next_state
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from datetime import date, datetime

    from livestream.models import LiveSession, User
    from livestream.models.review import ReviewActionQuerySet
    from livestream.rules.review import ReviewPart

OVER = frozenset({SessionState.ENDED, SessionState.REVIEWED, SessionState.ARCHIVED})


@transaction.atomic
def note_part(session: LiveSession, part: ReviewPart, *, words: str, by: User, at: datetime) -> ReviewNote:
    """What somebody concluded of a part of the review; the same words of the same person again find the first. Raises
    NotAllowed(`review_not_over`, `review_words_missing`, `too_long`)."""
    check_over(session)
    text = checked(words, WORDS_AT_MOST, ReviewNote._meta.get_field("words").verbose_name)
    row, is_new = ReviewNote.objects.get_or_create(session=session, part=part, words=text, by=by, defaults={"at": at})
    if is_new:
        touch_session(session.pk, session.county_id)
    return row


@transaction.atomic
def add_action(session: LiveSession, *, what: str, owner: User, due_on: date, by: User, at: datetime) -> ReviewAction:
    """Something to be done until a day; its owner is told, unless he gave it to himself. The same again finds the first. Raises
    NotAllowed(`review_not_over`, `review_words_missing`, `too_long`, `review_due_past`, `review_owner_stopped`)."""
    check_over(session)
    text = checked(what, WHAT_AT_MOST, ReviewAction._meta.get_field("what").verbose_name)
    if due_on < shanghai_day(at):
        raise NotAllowed("review_due_past")
    if not owner.is_active:
        raise NotAllowed("review_owner_stopped", name=owner.name)
    row, is_new = ReviewAction.objects.get_or_create(
        session=session, what=text, owner=owner, due_on=due_on, done_at=None, defaults={"made_by": by, "made_at": at}
    )
    if is_new:
        touch_session(session.pk, session.county_id)
        if owner != by:
            tell_owner(row, by)
    return row


@transaction.atomic
def finish_action(action: ReviewAction, *, outcome: str, at: datetime) -> ReviewAction:
    """It is done, and how it went. A second time finds it done. Raises NotAllowed(`review_words_missing`, `too_long`)."""
    text = checked(outcome, WHAT_AT_MOST, ReviewAction._meta.get_field("outcome").verbose_name)
    if ReviewAction.objects.filter(pk=action.pk, done_at=None).update(done_at=at, outcome=text):
        touch_session(action.session_id, action.session.county_id)
    action.refresh_from_db()
    return action


@transaction.atomic
def reopen_action(action: ReviewAction) -> ReviewAction:
    """It is to be done again; what was said of it is gone, the audit log keeps it."""
    if ReviewAction.objects.filter(pk=action.pk).exclude(done_at=None).update(done_at=None, outcome=""):
        touch_session(action.session_id, action.session.county_id)
    action.refresh_from_db()
    return action


def open_actions_for(host: User) -> ReviewActionQuerySet:
    """What earlier reviews of this host's sessions left to be done, the most urgent first: it stands on his next session."""
    return ReviewAction.objects.open().filter(session__host=host).select_related("owner", "session").order_by("due_on", "pk")


def check_reviewable(session: LiveSession) -> None:
    """Raises NotAllowed(`review_too_early`) until the figures of a day after the session are stated; a practice has none."""
    if session.kind == SessionKind.PRACTICE:
        return
    if not Statement.objects.filter(session=session, mark=Mark.T1).exists():
        raise NotAllowed("review_too_early")


def may_review(session: LiveSession) -> str:
    """The sentence that stands where the button would be; empty when the review may be closed now."""
    try:
        next_state(session.state, SessionEvent.REVIEW, session.kind)
        check_reviewable(session)
    except NotAllowed as refused:
        return str(refused)
    return ""


def check_over(session: LiveSession) -> None:
    if session.state not in OVER:
        raise NotAllowed("review_not_over")


def checked(words: str, limit: int, field: object) -> str:
    """As one line of text. Raises NotAllowed(`review_words_missing`, `too_long`)."""
    text = one_line(words)
    if not text:
        raise NotAllowed("review_words_missing", field=field)
    if len(text) > limit:
        raise NotAllowed("too_long", field=field, limit=limit)
    return text


def tell_owner(action: ReviewAction, by: User) -> None:
    session = action.session
    with in_chinese():
        text = _("{who}请您在 {day} 以前做：{what}（“{title}”的复盘）。").format(
            who=by.name, day=f"{action.due_on:%m-%d}", what=action.what, title=session.title
        )
    tell([action.owner], NoticeKind.REVIEW_ACTION, text, county=session.county, link=f"/sessions/{session.pk}/review/")
