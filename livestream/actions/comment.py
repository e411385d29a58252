"""Every write to the comments of a session, and to the answers that are given again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.pitch import lock_session
from livestream.actions.refusal import refusing
from livestream.models import Comment, QuickAnswer
from livestream.rules.audience import CommentKind, CommentState
from livestream.rules.comment import ANSWER_AT_MOST, TITLE_AT_MOST, Kept, check_hiding, without_people
from livestream.rules.errors import NotAllowed
from livestream.rules.incident import is_within
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LiveSession, Place, Product, User


@dataclass(frozen=True, slots=True)
class Said:
    """What a viewer said: where, about what, when. `tap` is the id of the form or of the tap that notes it."""

    words: str
    kind: CommentKind
    at: datetime
    platform: str = ""
    product: Product | None = None
    tap: str = ""


@transaction.atomic
def note_comment(session: LiveSession, said: Said, *, by: User) -> tuple[Comment, Kept]:
    """Kept without who said it; what was taken out of the words is told. The same `tap` again finds what it noted.

    Raises NotAllowed(`off_air`, `comment_empty`, `comment_too_long`).
    """
    stored, kept = lock_session(session), without_people(said.words)
    if said.tap and (there := Comment.objects.filter(session=stored, tap=said.tap).first()):
        return there, kept
    if not is_within(said.at, began=stored.went_live_at, ended=stored.ended_at):
        raise NotAllowed("off_air")
    noted = Comment.objects.create(
        session=stored, platform=said.platform, kind=said.kind, words=kept.words, product=said.product,
        said_at=said.at, noted_by=by, tap=said.tap,
    )  # fmt: skip
    return noted, kept


@transaction.atomic
def answer_comment(comment: Comment, *, answer: str, by: User, at: datetime) -> Comment:
    """It was answered, by voice or in the comments; the answer may stay unwritten. Pressed twice by the same person, it is done
    once. Raises NotAllowed(`answer_too_long`, `comment_settled`)."""
    words = one_line(answer)
    if len(words) > ANSWER_AT_MOST:
        raise NotAllowed("answer_too_long", limit=ANSWER_AT_MOST)
    return _settle(comment, CommentState.ANSWERED, by=by, at=at, answer=words)


@transaction.atomic
def hide_comment(comment: Comment, *, reason: str, by: User, at: datetime) -> Comment:
    """It was hidden on the platform, and why. Raises NotAllowed(`never_hidden`, `hiding_reason_missing`, `reason_too_long`,
    `comment_settled`)."""
    why = one_line(reason)
    check_hiding(CommentKind(comment.kind), why)
    with refusing({"complaints_are_not_hidden": "never_hidden", "hiding_has_a_reason": "hiding_reason_missing"}):
        return _settle(comment, CommentState.HIDDEN, by=by, at=at, reason=why)


@transaction.atomic
def show_again(comment: Comment) -> Comment:
    """What was hidden is to be answered again; that it was hidden, and why, stays in the audit log."""
    Comment.objects.filter(pk=comment.pk, state=CommentState.HIDDEN).update(
        state=CommentState.OPEN, reason="", settled_by=None, settled_at=None
    )
    comment.refresh_from_db()
    return comment


def _settle(comment: Comment, state: CommentState, *, by: User, at: datetime, **words: str) -> Comment:
    open_one = Comment.objects.filter(pk=comment.pk, state=CommentState.OPEN)
    done = open_one.update(state=state, settled_by=by, settled_at=at, **words)
    comment.refresh_from_db()
    if not done and (comment.state != state or comment.settled_by_id != by.pk):
        who = comment.settled_by.name if comment.settled_by else ""
        raise NotAllowed("comment_settled", who=who, what=comment.get_state_display())
    return comment


@transaction.atomic
def keep_quick_answer(county: Place, *, title: str, words: str, number: int | None = None) -> QuickAnswer:
    """A new one, or another wording of the one with this number. Raises NotAllowed(`quick_answer_empty`, `quick_answer_long`,
    `quick_answer_taken`), QuickAnswer.DoesNotExist."""
    name, said = one_line(title), one_line(words)
    if not name or not said:
        raise NotAllowed("quick_answer_empty")
    if len(name) > TITLE_AT_MOST or len(said) > ANSWER_AT_MOST:
        raise NotAllowed("quick_answer_long", title=TITLE_AT_MOST, words=ANSWER_AT_MOST)
    with refusing({"quick_answer_once_per_county": "quick_answer_taken"}):
        if number is None:
            return QuickAnswer.objects.create(county=county, title=name, words=said)
        found = QuickAnswer.objects.select_for_update().get(county=county, pk=number)
        found.title, found.words = name, said
        found.save(update_fields=["title", "words"])
        return found


@transaction.atomic
def drop_quick_answer(answer: QuickAnswer) -> None:
    """Comments that were answered with it keep their words."""
    QuickAnswer.objects.filter(pk=answer.pk).delete()
