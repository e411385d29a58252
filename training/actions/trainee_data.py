"""What the school keeps about somebody who has an account, for the requests he makes about his data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.also_kept import AlsoKept
from training.actions.trainee_erasure import forget_trainee, hide_trainee, show_trainee
from training.models import Attendance, Certificate, Enrolment, Trainee
from training.rules.trainee import Support

if TYPE_CHECKING:
    from livestream.actions.also_kept import Table
    from livestream.models import User


def trainee_tables(person: User) -> dict[str, Table]:
    """Of the identity number there is only whether one was compared; {} for somebody who does not learn here."""
    trainee = Trainee.objects.filter(user=person).select_related("place").first()
    if trainee is None:
        return {}
    return {
        _("学员资料"): _facts(trainee),
        _("培训班"): [
            {
                _("班名"): enrolment.cohort.title,
                _("状态"): enrolment.get_state_display(),
                _("报名时间"): _moment(enrolment.enrolled_at),
                _("结业日期"): _day(enrolment.completed_on),
            }
            for enrolment in Enrolment.objects.filter(trainee=trainee).select_related("cohort").order_by("enrolled_at", "pk")
        ],
        _("签到"): [
            {
                _("课次"): attendance.lesson.title,
                _("到课"): attendance.get_presence_display(),
                _("方式"): attendance.get_way_display(),
                _("时间"): _moment(attendance.at),
            }
            for attendance in Attendance.objects.filter(enrolment__trainee=trainee).select_related("lesson").order_by("at", "pk")
        ],
        _("结业证书"): [
            {_("证书编号"): given.number, _("发证时间"): _moment(given.issued_at), _("撤销时间"): _moment(given.revoked_at)}
            for given in Certificate.objects.filter(enrolment__trainee=trainee).order_by("issued_at", "pk")
        ],
    }


def _facts(trainee: Trainee) -> Table:
    shown = {
        _("姓名"): trainee.name,
        _("手机号"): trainee.phone,
        _("村或社区"): trainee.place.name,
        _("性别"): trainee.get_sex_display(),
        _("出生日期"): trainee.birth or str(trainee.birth_year or ""),
        _("身份证号"): _("只留比对摘要，不留号码") if trainee.identity_digest else "",
        _("类别"): trainee.get_category_display(),
        _("学历"): trainee.get_education_display(),
        _("返乡人员"): _("是") if trainee.is_returnee else "",
        _("帮扶情况"): str(Support(trainee.support).label) if trainee.support else "",
        _("监护人同意书存放处"): trainee.guardian_evidence,
        _("同意登记个人信息"): _moment(trainee.consented_at),
        _("登记时间"): _moment(trainee.made_at),
    }
    return [{_("项目"): name, _("内容"): str(value)} for name, value in shown.items() if value]


def _moment(at: Any) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else ""


def _day(on: Any) -> str:
    return on.isoformat() if on else ""


def forget(person: User, by: User | None) -> None:
    for trainee in Trainee.objects.select_for_update().filter(user=person):
        forget_trainee(trainee, by=by, at=timezone.now())


def hide(person: User, by: User) -> None:
    for trainee in Trainee.objects.select_for_update().filter(user=person):
        hide_trainee(trainee, by=by)


def show(person: User, by: User) -> None:
    for trainee in Trainee.objects.select_for_update().filter(user=person):
        show_trainee(trainee, by=by)


OF_TRAINEES = AlsoKept(trainee_tables, forget, hide, show)
