"""The log of a session on one page: what was pressed, what was presented, what went wrong; who, when, on what; for print too."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django import forms
from django.db.models import TextChoices
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.actions.stage import stage_version
from livestream.models import ControlEvent
from livestream.rules.control import ControlKind, Device
from livestream.rules.incident import TOLD_ALREADY, IncidentKind
from livestream.rules.rights import Action
from livestream.typed_fields import Narrowing
from livestream.views.control import session_of
from livestream.views.signed_in import needs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from livestream.models import LiveSession
    from livestream.views.signed_in import SignedInRequest

LATE = timedelta(seconds=60)  # a tap that was kept longer than this says when it arrived
K = ControlKind


class Group(TextChoices):
    GOODS = "goods", _("商品")
    PRICE = "price", _("价格和库存")
    PITCH = "pitch", _("讲解")
    OFFER = "offer", _("券和公告")
    WORD = "word", _("提示和求助")
    STREAM = "stream", _("开播、断播、下播")
    INCIDENT = "incident", pgettext_lazy("many", "现场记录")


OF_GROUP: dict[str, Group] = {
    K.ITEM_LISTED: Group.GOODS,
    K.ITEM_UNLISTED: Group.GOODS,
    K.ITEM_SOLD_OUT: Group.GOODS,
    K.ITEM_PULLED: Group.GOODS,
    K.ITEM_RELEASED: Group.GOODS,
    K.PITCH_ENDED: Group.PITCH,
    K.PRICE_PROPOSED: Group.PRICE,
    K.PRICE_CHANGED: Group.PRICE,
    K.PRICE_REFUSED: Group.PRICE,
    K.STOCK_CHANGED: Group.PRICE,
    K.COUPON_ISSUED: Group.OFFER,
    K.REWARD_ISSUED: Group.OFFER,
    K.NOTICE_PINNED: Group.OFFER,
    K.HOST_PROMPTED: Group.WORD,
    K.PROMPT_SEEN: Group.WORD,
    K.HELP_ASKED: Group.WORD,
    K.HELP_ANSWERED: Group.WORD,
    K.STARTED: Group.STREAM,
    K.ENDED: Group.STREAM,
    K.STREAM_LOST: Group.STREAM,
    K.STREAM_REOPENED: Group.STREAM,
}


class LogLine(NamedTuple):
    """`arrived_at`: when it reached us, where that was much later. `event`: what it is of, where it is one of the log."""

    at: datetime
    key: tuple[int, str, int]  # of one moment: first what the log holds
    group: Group
    what: str
    who: str
    device: str
    title: str = ""
    words: str = ""
    arrived_at: datetime | None = None
    event: ControlEvent | None = None


class LogFilter(Narrowing):
    group = forms.ChoiceField(label=_("哪一类"), required=False, choices=[("", _("全部")), *Group.choices])
    who = forms.ChoiceField(label=_("谁"), required=False)

    def __init__(self, data: Any, *, people: list[str]) -> None:
        super().__init__(data)
        self.fields["who"].choices = [("", _("全部")), *((name, name) for name in people)]  # type: ignore[attr-defined]


@never_cache
@needs(Action.SEE_PLAN)
@require_GET
def control_log(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """In the order of the moments, the first on top: as it is read, and printed. With `part=lines` the lines alone, or 204 when
    nothing has changed since `since`."""
    session = session_of(request, session_id, Action.SEE_PLAN)
    version, is_part = stage_version(session), request.GET.get("part") == "lines"
    if is_part and request.GET.get("since") == str(version):
        return HttpResponse(status=204)
    lines = lines_of(session)
    asked = LogFilter(request.GET, people=sorted({line.who for line in lines if line.who}))
    asked.is_valid()
    group, who = asked.said("group"), asked.said("who")
    shown = [line for line in lines if group in {"", line.group} and who in {"", line.who}]
    query = f"{urlencode({'group': group, 'who': who})}&"
    context = {"session": session, "lines": shown, "number": len(lines), "asked": asked, "version": version, "query": query}
    return render(request, "livestream/_control_lines.html" if is_part else "livestream/control_log.html", context)


def lines_of(session: LiveSession) -> list[LogLine]:
    return sorted([*_events(session), *_pitches(session), *_incidents(session)], key=lambda line: (line.at, line.key))


def _events(session: LiveSession) -> Iterator[LogLine]:
    for event in ControlEvent.objects.filter(session=session).select_related("by", "product", "proposed_by", "about"):
        is_late = event.device != Device.SYSTEM and event.recorded_at - event.happened_at > LATE
        yield LogLine(
            at=event.happened_at,
            key=(0, event.tap, event.pk),
            group=OF_GROUP[event.kind],
            what=event.get_kind_display(),
            who=event.by.name,
            device=event.get_device_display() if event.device != Device.SYSTEM else "",
            title=event.product.title if event.product else "",
            words=event.words,
            arrived_at=event.recorded_at if is_late else None,
            event=event,
        )


def _pitches(session: LiveSession) -> Iterator[LogLine]:
    for pitch in session.pitches.select_related("product", "by"):
        yield LogLine(
            at=pitch.started_at,
            key=(1, pitch.tap, pitch.pk),
            group=Group.PITCH,
            what=pgettext("log", "开讲"),
            who=pitch.by.name if pitch.by else "",
            device="",
            title=pitch.product.title,
        )


def _incidents(session: LiveSession) -> Iterator[LogLine]:
    told = set(ControlEvent.objects.filter(session=session).values_list("kind", "happened_at"))
    for incident in session.incidents.select_related("noted_by", "product"):
        if (TOLD_ALREADY.get(IncidentKind(incident.kind)), incident.happened_at) in told:
            continue
        yield LogLine(
            at=incident.happened_at,
            key=(2, "", incident.pk),
            group=Group.INCIDENT,
            what=incident.get_kind_display(),
            who=incident.noted_by.name,
            device="",
            title=incident.product.title if incident.product else "",
            words=incident.note,
            arrived_at=incident.noted_at if incident.noted_at - incident.happened_at > LATE else None,
        )
