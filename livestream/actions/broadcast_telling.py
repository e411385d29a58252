"""Who is told what of a request for a broadcast of leaders, in the transaction of the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from livestream.actions.notice import in_chinese, tell, tell_staff, who_may
from livestream.rules.leader import Decision
from livestream.rules.notice import NoticeKind
from livestream.rules.plan import shown
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models import BroadcastRequest, LiveSession, User


def page_of(session: LiveSession) -> str:
    """The address of its request, without the host."""
    return f"/plan/{session.pk}/request/"


def tell_approvers(session: LiveSession, *, by: User, what: str = "") -> None:
    """A request waits for them; nobody is told of his own. `what`: in what the plan goes beyond its approval of before."""
    people = [one for one in who_may(Action.APPROVE_PLAN, session.county_id) if one != by]
    with in_chinese():
        said = _("{who}送审县长直播“{title}”，{at} 开播。请打开审批。")
        again = _("{who}改了“{title}”的{what}，{at} 开播。要重新审批。")
        text = (again if what else said).format(who=by.name, title=session.title, at=shown(session.planned_start_at), what=what)
    tell(people, NoticeKind.REQUEST_ASKED, text, county=session.county, session=session, link=page_of(session))


def tell_asker(request: BroadcastRequest, session: LiveSession) -> None:
    """What was decided."""
    with in_chinese():
        said = {
            Decision.APPROVED: _("“{title}”的县长直播申请批准了。{answer}"),
            Decision.RETURNED: _("“{title}”的县长直播申请退回了：{answer}"),
        }[Decision(request.decision)]
        text = said.format(title=session.title, answer=request.answer)
    tell([request.asked_by], NoticeKind.REQUEST_DECIDED, text, county=session.county, session=session, link=page_of(session))


def tell_of_thaw(session: LiveSession, reason: str) -> None:
    """Staff may change it now."""
    with in_chinese():
        text = _("“{title}”放行一小时，可以改排期。原因：{reason}").format(title=session.title, reason=reason)
    tell_staff(session.county, NoticeKind.REQUEST_DECIDED, text, session=session, link=page_of(session))


def tell_of_late_change(session: LiveSession, reason: str) -> None:
    """An approver changed it in the freeze window."""
    with in_chinese():
        text = _("审批人在冻结期内改“{title}”的排期。原因：{reason}").format(title=session.title, reason=reason)
    tell_staff(session.county, NoticeKind.CHANGED, text, session=session, link=page_of(session))
