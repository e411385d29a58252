"""What a release says to each person: one message, however many of his sessions it changed, with one link to answer by."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from livestream.models import LiveSession, Notice, User
from livestream.rules.notice import NoticeKind, NoticeState, Way
from livestream.rules.person import Role
from livestream.rules.release import Change, change_for
from livestream.rules.release_words import words_for
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from livestream.actions.release_preview import Entry
    from livestream.models import Confirmation, Release

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
    def text(self) -> str:
        return "".join(words_for(self.confirmation.person_id, self.entry.before, self.entry.after))


def tell_people(release: Release, told: Iterable[Told], *, at: datetime) -> None:
    """One notice for each person, by his ways. Its link opens the first of his sessions that waits for an answer; the page shows
    the others beside it."""
    by_person = defaultdict(list)
    for one in told:
        by_person[one.confirmation.person_id].append(one)
    people = User.objects.filter(is_active=True).in_bulk(by_person)
    with in_chinese():
        for key, his in sorted(by_person.items()):
            if key in people:
                _tell(people[key], release, his, at=at)


def _tell(person: User, release: Release, his: list[Told], *, at: datetime) -> None:
    kinds = {one.kind for one in his}
    first = next((one for one in his if one.confirmation.due_at and one.confirmation.answered_at is None), his[0])
    Notice.objects.create(
        county=release.county,
        kind=kinds.pop() if len(kinds) == 1 else NoticeKind.CHANGED,
        way=Way.INBOX,
        person=person,
        text=text_of(his),
        link=f"/c/{first.token}/",
        session=first.confirmation.change.session if len(his) == 1 else None,
        version=first.confirmation.change.version if len(his) == 1 else None,
        due_at=at,
        state=NoticeState.SENT,
        sent_at=at,
    )


def text_of(his: list[Told]) -> str:
    """Each change in a sentence or two, as many as one message holds, and what to do now."""
    asked = sum(one.confirmation.due_at is not None and one.confirmation.answered_at is None for one in his)
    close = _("请点开，说一声能来还是来不了。") if asked else _("点开可以看全部。") if len(his) > 1 else ""
    if len(his) == 1:
        return f"{his[0].text}{close}"[:TEXT_AT_MOST]
    text = _("您有 {count} 场直播有变化：").format(count=len(his))
    for number, one in enumerate(his, start=1):
        line = f"{number}. {one.text}"
        if len(text) + len(line) > TEXT_AT_MOST - 40:
            text += _("还有 {count} 场。").format(count=len(his) - number + 1)
            break
        text += line
    return text + close


def tell_planners(session: LiveSession, kind: NoticeKind, text: str, *, link: str, at: datetime) -> None:
    """Those who plan in the session's place. The text may go to chat groups too."""
    people = User.objects.filter(role=Role.STAFF, place__code__startswith=session.county_id, is_active=True)
    about = {"county": session.county, "kind": kind, "session": session, "text": text[:TEXT_AT_MOST], "link": link, "due_at": at}
    planners = [one for one in people if session.lies_in(one.reach(Action.PLAN_SESSION))]
    sent = {"way": Way.INBOX, "state": NoticeState.SENT, "sent_at": at}
    Notice.objects.bulk_create(Notice(person=one, **about, **sent) for one in planners)


def in_chinese() -> translation.override:
    """Around the making of a text: staff who read English must not write English to a farmer."""
    return translation.override(settings.LANGUAGE_CODE)


def remind_people(sessions: Iterable[LiveSession], *, at: datetime) -> None:
    """The reminders of what was released; those of an older version leave no more."""
