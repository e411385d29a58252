"""Staff hear of a session that is not on air five minutes after its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _

from livestream.actions.notice import in_chinese, tell_staff
from livestream.models import LiveSession, Notice, ReleasedChange
from livestream.rules.notice import LATE_AFTER, NoticeKind, clock
from livestream.rules.session import SessionState

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models.session import LiveSessionQuerySet

NOT_YET = (SessionState.APPROVED, SessionState.REHEARSED)
AT_ONCE = 50


def late(at: datetime, sessions: LiveSessionQuerySet | None = None) -> LiveSessionQuerySet:
    """Those of them that should be on air for five minutes by what people were told (`due_live_at`, `due_end_at`), and are not. A
    change that is only planned moves nobody's evening yet; a draft promised nobody anything."""
    told = ReleasedChange.objects.filter(session=OuterRef("pk"), version=OuterRef("released_version"))
    told_at = {name: Subquery(told.values_list(Cast(KT(f"after__{name}"), DateTimeField()))) for name in ("starts_at", "ends_at")}
    found = LiveSession.objects.all() if sessions is None else sessions
    began = found.filter(state__in=NOT_YET).filter(
        Q(planned_start_at__lte=at, planned_end_at__gt=at) | Q(plan_version__gt=F("released_version"))
    )
    announced = began.annotate(
        due_live_at=Coalesce(told_at["starts_at"], "planned_start_at"), due_end_at=Coalesce(told_at["ends_at"], "planned_end_at")
    )
    return announced.filter(due_live_at__lte=at - LATE_AFTER, due_end_at__gt=at).order_by("due_live_at", "pk")


@transaction.atomic
def alarm_late(at: datetime) -> int:
    """Tells staff and groups of each late session, once per version of its plan; returns of how many.

    The session's row is held meanwhile: one that goes on air or is cancelled at this moment is looked at a minute later."""
    told = Notice.objects.filter(kind=NoticeKind.NOT_LIVE, session=OuterRef("pk"), version=OuterRef("told_version"))
    versions = late(at).annotate(told_version=Coalesce("released_version", "plan_version"))
    found = versions.filter(~Exists(told)).select_for_update(skip_locked=True, of=("self",), no_key=True)
    sessions = list(found.select_related("county", "place__parent", "host")[:AT_ONCE])
    for session in sessions:
        due_live_at, due_end_at = vars(session)["due_live_at"], vars(session)["due_end_at"]
        with in_chinese():
            text = _("《{title}》{when}该开播，现在还没有开播。主播：{host}，地点：{place}。请马上联系。").format(
                title=session.title,
                when=clock(due_live_at),
                host=session.host.public_name,
                place=session.place.full_name,
            )
        tell_staff(
            session.county,
            NoticeKind.NOT_LIVE,
            text,
            session=session,
            version=session.released_version or session.plan_version,
            link=f"/sessions/{session.pk}/",
            due_at=at,
            expires_at=due_end_at,
        )
    return len(sessions)
