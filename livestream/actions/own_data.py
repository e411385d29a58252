"""Everything that is kept about one person, gathered for that person (个人信息保护法 art. 45)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.also_kept import ALSO_KEPT
from livestream.actions.audit import note
from livestream.models import (
    Appointment,
    AuditEntry,
    Consent,
    LiveSession,
    Notice,
    NoticePreference,
    PersonalData,
    SubjectRequest,
    User,
)
from livestream.rules.deed import Deed
from livestream.rules.notice import NoticeGroup, NoticeState
from livestream.rules.subject_request import COPY_LASTS, Outcome
from livestream.rules.vault import RevealReason, Secret

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livestream.actions.also_kept import Table

YEAR = timedelta(days=365)


def may_take_copy(person: User) -> bool:
    """For thirty days after the answer that gave it."""
    since = timezone.now() - COPY_LASTS
    return SubjectRequest.objects.filter(user=person, outcome=Outcome.COPIED, answered_at__gt=since).exists()


@transaction.atomic
def take_copy(person: User) -> dict[str, Table]:
    """Tables by their titles, rows as {column: value}, moments in Shanghai time. That it was taken is in the audit log."""
    data = PersonalData.objects.filter(pk=person.pk).first() or PersonalData(user=person)
    copied = {
        _("账号"): _account(person),
        _("个人信息"): _personal(data),
        _("任职"): [
            {
                _("身份"): held.get_role_display(),
                _("地方"): held.place.name,
                _("从"): _day(held.from_on),
                _("到"): _day(held.until_on),
            }
            for held in Appointment.objects.filter(user=person).select_related("place").order_by("pk")
        ],
        _("同意记录"): _consents(person),
        _("场次"): _sessions(person),
        _("个人信息请求"): _requests(person),
        _("通知方式"): _ways(person),
        _("通知"): _notices(person),
        _("登录"): _entries(AuditEntry.objects.filter(actor=person, deed__in=[Deed.SIGNED_IN, Deed.SIGN_IN_FAILED])),
        _("审计"): _entries(AuditEntry.objects.filter(Q(kind=User._meta.label, object_id=str(person.pk)) | Q(acted_for=person))),
    }
    for also in ALSO_KEPT:
        copied |= also.copy(person)
    note(Deed.COPY_TAKEN, place=person.place_id, by=person, about=person)
    return copied


def _account(person: User) -> Table:
    shown = {
        _("姓名"): person.name,
        _("直播间名"): person.live_name,
        _("手机号"): person.phone,
        _("身份"): person.get_role_display(),
        _("所属地方"): person.place.name,
        _("加入时间"): _moment(person.joined_at),
    }
    return [{_("项目"): name, _("内容"): str(value)} for name, value in shown.items()]


def _personal(data: PersonalData) -> Table:
    """The plain text of the fields; of the identity number there is only whether one was compared."""
    shown = {str(secret.label): data.secret(secret) for secret in Secret if secret != Secret.PHONE}
    shown |= {
        _("监护人同意日期"): _day(data.guardian_on),
        _("核验身份日期"): _day(data.checked_on),
        _("身份证号"): _("只留比对摘要，不留号码") if data.identity_digest else "",
    }
    return [{_("项目"): name, _("内容"): value} for name, value in shown.items() if value]


def _consents(person: User) -> Table:
    return [
        {
            _("时间"): _moment(said.at),
            _("事项"): said.get_kind_display(),
            _("说法"): _("同意") if said.is_given else _("不同意"),
            _("方式"): said.get_way_display(),
        }
        for said in Consent.objects.filter(user=person).order_by("pk")
    ]


def _sessions(person: User) -> Table:
    return [
        {
            _("主题"): session.title,
            _("状态"): session.get_state_display(),
            _("计划开播"): _moment(session.planned_start_at),
            _("开播时间"): _moment(session.went_live_at),
            _("下播时间"): _moment(session.ended_at),
            _("直播地点"): session.place.name,
        }
        for session in LiveSession.objects.filter(host=person).select_related("place").order_by("planned_start_at", "pk")
    ]


def _requests(person: User) -> Table:
    return [
        {
            _("提出时间"): _moment(asked.asked_at),
            _("请求"): asked.get_kind_display(),
            _("说明"): asked.wish,
            _("状态"): asked.get_state_display(),
            _("答复"): asked.get_outcome_display(),
            _("答复说明"): asked.answer,
        }
        for asked in SubjectRequest.objects.filter(user=person).order_by("pk")
    ]


def _ways(person: User) -> Table:
    said = NoticePreference.objects.filter(person=person).first() or NoticePreference(person=person)
    groups = dict(NoticeGroup.choices)
    shown = {
        _("邮箱"): said.email,
        _("发短信的"): "、".join(str(groups[group]) for group in said.sms_for),
        _("发邮件的"): "、".join(str(groups[group]) for group in said.email_for) if said.email else "",
    }
    return [{_("项目"): name, _("内容"): value} for name, value in shown.items() if value]


def _notices(person: User) -> Table:
    told = Notice.objects.filter(person=person, state=NoticeState.SENT).order_by("sent_at", "pk")
    return [
        {
            _("时间"): _moment(notice.sent_at),
            _("方式"): notice.get_way_display(),
            _("内容"): notice.text,
            _("已读时间"): _moment(notice.read_at),
        }
        for notice in told
    ]


def _entries(entries: Iterable[AuditEntry]) -> Table:
    """Of the last year. Colleagues are told by their role: who looked is no data of the person who asks."""
    reasons = dict(RevealReason.choices)
    found = entries.filter(at__gt=timezone.now() - YEAR).select_related("actor").order_by("pk")  # type: ignore[attr-defined]
    return [
        {
            _("时间"): _moment(entry.at),
            _("做了什么"): entry.deed_label,
            _("谁"): entry.actor.get_role_display() if entry.actor else "",
            _("来自"): entry.address or "",
            _("原因"): str(reasons.get(entry.detail.get("reason", ""), "")),
        }
        for entry in found
    ]


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""


def _day(on: Any) -> str:
    return on.isoformat() if on else ""
