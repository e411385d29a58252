"""The states of a session as one table; the table drives the buttons, the verbs and the docs."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.errors import NotAllowed


class SessionKind(TextChoices):
    COUNTY_HEAD = "county_head", _("县长直播")
    VILLAGE_HOST = "village_host", pgettext_lazy("kind", "村播")
    RELAY = "relay", _("接力直播")
    SPECIAL = "special", _("专场")
    PRACTICE = "practice", _("练习")


class SessionState(TextChoices):
    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("待审")
    APPROVED = "approved", _("已批准")
    REHEARSED = "rehearsed", _("已彩排")
    LIVE = "live", _("直播中")
    ENDED = "ended", _("已下播")
    REVIEWED = "reviewed", _("已复盘")
    ARCHIVED = "archived", _("已归档")
    CANCELLED = "cancelled", _("已取消")


class SessionEvent(TextChoices):
    SUBMIT = "submit", _("送审")
    RETURN = "return", pgettext_lazy("step", "退回")
    APPROVE = "approve", _("批准")
    REHEARSE = "rehearse", _("彩排")
    GO_LIVE = "go_live", _("开播")
    END = "end", _("下播")
    REVIEW = "review", pgettext_lazy("event", "复盘")
    ARCHIVE = "archive", _("归档")
    CANCEL = "cancel", _("取消")
    REOPEN = "reopen", _("退回重排")


class GuestRank(TextChoices):
    TOP = "top", _("一把手")
    DEPUTY = "deputy", _("副职")
    OTHER = "other", _("嘉宾")


S, E = SessionState, SessionEvent
TRANSITIONS: dict[SessionState, dict[SessionEvent, SessionState]] = {
    S.DRAFT: {E.SUBMIT: S.IN_REVIEW, E.CANCEL: S.CANCELLED},
    S.IN_REVIEW: {E.APPROVE: S.APPROVED, E.RETURN: S.DRAFT, E.CANCEL: S.CANCELLED},
    S.APPROVED: {E.REHEARSE: S.REHEARSED, E.GO_LIVE: S.LIVE, E.REOPEN: S.DRAFT, E.CANCEL: S.CANCELLED},
    S.REHEARSED: {E.GO_LIVE: S.LIVE, E.REOPEN: S.DRAFT, E.CANCEL: S.CANCELLED},
    S.LIVE: {E.END: S.ENDED},
    S.ENDED: {E.REVIEW: S.REVIEWED},
    S.REVIEWED: {E.ARCHIVE: S.ARCHIVED},
    S.ARCHIVED: {},
    S.CANCELLED: {},
}
# A county leader on air without a rehearsal is how price and stock mistakes happen (domain 2.1); village hosts go on air daily.
REHEARSAL_FIRST = {SessionKind.COUNTY_HEAD, SessionKind.RELAY}
# Steps that a request to the organiser's approver takes (`actions/broadcast.py`), where a session needs one: no buttons then.
BY_REQUEST = frozenset({E.SUBMIT, E.RETURN, E.APPROVE})
# Steps that follow from something else: nobody takes them by a button.
BY_ITSELF = frozenset({E.REOPEN})
# Those whose people, places and things are taken: a session that is over, or was cancelled, holds nothing any more.
HOLDS_TIME = frozenset({S.DRAFT, S.IN_REVIEW, S.APPROVED, S.REHEARSED, S.LIVE})
# Those whose plan may still change.
STILL_PLANNED = HOLDS_TIME - {S.LIVE}
AIRED = frozenset({S.LIVE, S.ENDED, S.REVIEWED, S.ARCHIVED})


def events_from(state: str, kind: str, *, by_request: bool = False) -> list[SessionEvent]:
    """What may happen next: the buttons of a session's page, in order. `by_request`: its approval is asked for elsewhere."""
    hidden = BY_ITSELF | (BY_REQUEST if by_request else frozenset())
    if state == S.APPROVED and kind in REHEARSAL_FIRST:
        hidden |= {E.GO_LIVE}
    return [event for event in TRANSITIONS[SessionState(state)] if event not in hidden]


def next_state(state: str, event: SessionEvent, kind: str) -> SessionState:
    """The state after an event. Raises NotAllowed(`state` or `rehearse_first`)."""
    now = SessionState(state)
    if event not in TRANSITIONS[now]:
        raise NotAllowed("state", state=now.label, event=event.label)
    if event == E.GO_LIVE and now == S.APPROVED and kind in REHEARSAL_FIRST:
        raise NotAllowed("rehearse_first")
    return TRANSITIONS[now][event]
