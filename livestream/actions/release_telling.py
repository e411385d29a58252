"""What a release says to each person: one message, however many of his sessions it changed, with one link to answer by."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext as _

from livestream.actions.notice import in_chinese, remind, tell
from livestream.models import Notice, User
from livestream.rules.notice import NoticeKind
from livestream.rules.release import Change, change_for
from livestream.rules.release_words import words_for

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from livestream.actions.notice import About
    from livestream.actions.release_preview import Entry
    from livestream.models import Confirmation, LiveSession, Release

TEXT_AT_MOST = 480
KINDS = {Change.NEW: NoticeKind.PLANNED, Change.CHANGED: NoticeKind.CHANGED, Change.CANCELLED: NoticeKind.CANCELLED}


class Told(NamedTuple):
    """What one person is told of one session, with the token of his link."""

    confirmation: Confirmation
    entry: Entry
    token: str

    @property
    def kind(self) -> NoticeKind:
        change = change_for(self.confirmation.person_id, self.entry.before, self.entry.after)
        return KINDS[change or Change.CHANGED]

    @property
    def version(self) -> tuple[UUID, int]:
        """The session and its version."""
        return self.confirmation.change.session_id, self.confirmation.change.version

    @property
    def text(self) -> str:
        return "".join(words_for(self.confirmation.person_id, self.entry.before, self.entry.after))


def tell_people(release: Release, told: Iterable[Told]) -> None:
    """One notice for each person, by his ways. Its link opens the first of his sessions that waits for an answer; the page shows
    the others beside it."""
    by_person = defaultdict(list)
    for one in _not_told_yet(list(told)):
        by_person[one.confirmation.person_id].append(one)
    people = User.objects.filter(is_active=True).in_bulk(by_person)
    with in_chinese():
        for key, his in sorted(by_person.items()):
            if key in people:
                _tell(people[key], release, his)


def _not_told_yet(told: list[Told]) -> list[Told]:
    """Without the ends of which people heard when the session was called off."""
    ends = [one.confirmation.change for one in told if one.kind == NoticeKind.CANCELLED]
    heard = Notice.objects.filter(kind=NoticeKind.CANCELLED, session__in=[change.session_id for change in ends])
    known = set(heard.values_list("person", "session", "version"))
    return [one for one in told if (one.confirmation.person_id, *one.version) not in known]


def _tell(person: User, release: Release, his: list[Told]) -> None:
    kinds = {one.kind for one in his}
    kind = kinds.pop() if len(kinds) == 1 else NoticeKind.CHANGED
    first = next((one for one in his if one.confirmation.due_at and one.confirmation.answered_at is None), his[0])
    about: About = {"link": f"/c/{first.token}/"}
    if len(his) == 1:
        about |= {"session": first.confirmation.change.session, "version": first.confirmation.change.version}
    tell([person], kind, text_of(his), county=release.county, **about)


def text_of(his: list[Told]) -> str:
    """Each change in a sentence or two, as many as one message holds, and what to do now."""
    asked = sum(one.confirmation.due_at is not None and one.confirmation.answered_at is None for one in his)
    close = _("请点开，说一声能来还是来不了。") if asked else _("点开可以看全部。") if len(his) > 1 else ""
    if len(his) == 1:
        return f"{his[0].text}{close}"[:TEXT_AT_MOST]
    are_new = all(one.kind == NoticeKind.PLANNED for one in his)
    head = _("给您排了 {count} 场直播：") if are_new else _("您有 {count} 场直播有变化：")
    text = head.format(count=len(his))
    for number, one in enumerate(his, start=1):
        line = f"{number}. {one.text}"
        if len(text) + len(line) > TEXT_AT_MOST - 40:
            text += _("还有 {count} 场。").format(count=len(his) - number + 1)
            break
        text += line
    return text + close


def remind_people(sessions: Iterable[LiveSession], *, at: datetime) -> None:
    """The reminders of what was released; those of an older version leave no more."""
    for session in sessions:
        remind(session, at=at)
