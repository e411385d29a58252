"""People and accounts: who could come in, and with what."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.demo.people import EVERYBODY
from config.selfcheck.contract import Check, Group, Verdict, amber, green, grey, red
from config.selfcheck.door import is_local
from livestream.models import ApiToken, AuditCheck, SecondFactor, User
from livestream.rules.person import Role
from livestream.rules.rights import SECOND_FACTOR_ROLES
from orders.models import KioskLink

UNUSED_FOR = timedelta(days=90)
FIRST = "django.contrib.auth.hashers.Argon2PasswordHasher"


def read_second_factors() -> tuple[int, int, bool]:
    """Active people whose role needs one, how many of them have none, and whether only this machine can open the login."""
    held = Q(role__in=SECOND_FACTOR_ROLES) | Q(appointments__role__in=SECOND_FACTOR_ROLES, appointments__ended_at=None)
    people = User.objects.filter(held, is_active=True).distinct()
    without = people.exclude(pk__in=SecondFactor.objects.in_use().values("user"))
    return people.count(), without.count(), is_local(settings.ALLOWED_HOSTS)


def judge_second_factors(people: int, without: int, local: bool) -> Verdict:
    if not people:
        return grey(_("没有管理员，也没有导出人。"))
    if without:
        return (amber if local else red)(
            _("{without} 位管理员或导出人还没有设两步验证（共 {people} 位）。"),
            _("请他们登录一次：系统会带他们设好。一直不来的，在“人员”里停用。"),
            without=without,
            people=people,
        )
    return green(_("{people} 位管理员和导出人都设了两步验证。"), people=people)


def judge_administrators(number: int) -> Verdict:
    if number > 1:
        return green(_("{number} 位平台管理员。"), number=number)
    todo = _("再设一位平台管理员：一位丢了手机，另一位还能帮忙。manage.py create_admin 会给他一次性密码。")
    return amber(_("{number} 位平台管理员。"), todo, number=number)


def judge_hashers(first: str) -> Verdict:
    if first == FIRST:
        return green(_("密码用 Argon2 存，旧的在下次登录时换。"))
    return red(_("新密码用 {name} 存。"), _("恢复 settings.py 里 PASSWORD_HASHERS 的次序。"), name=first.rsplit(".", 1)[-1])


def judge_lock_out(is_on: bool) -> Verdict:
    if is_on:
        return green(_("猜密码的会被越拦越久，别人锁不住您的账号。"))
    return red(_("没有拦猜密码的人。"), _("恢复 settings.py 里 AXES_ENABLED。"))


def read_demo() -> tuple[int, bool]:
    phones = [person.phone for person in EVERYBODY if person.password]
    return User.objects.filter(phone__in=phones, is_active=True).count(), is_local(settings.ALLOWED_HOSTS)


def judge_demo(accounts: int, local: bool) -> Verdict:
    if not accounts:
        return green(_("没有示范账号。"))
    if local:
        return grey(_("有 {accounts} 个示范账号，密码写在说明书里；只有这台机器能打开。"), accounts=accounts)
    return red(
        _("{accounts} 个示范账号还能登录，密码写在说明书里，谁都知道。"),
        _("正式的系统用 manage.py up --no-demo 从空的数据目录开始，或在“人员”里停用他们。"),
        accounts=accounts,
    )


def read_kiosks() -> tuple[int, int]:
    at = timezone.now()
    links = KioskLink.objects.valid(at)
    idle = links.annotate(last_at=F("seen_at")).filter(
        Q(seen_at__lt=at - UNUSED_FOR) | Q(seen_at=None, created_at__lt=at - UNUSED_FOR)
    )
    return links.count(), idle.count()


def judge_kiosks(valid: int, idle: int) -> Verdict:
    if idle:
        return amber(
            _("{idle} 条大屏链接三个月没有用过（共 {valid} 条有效）。"),
            _("在“大屏链接”里收回不用的。"),
            idle=idle,
            valid=valid,
        )
    return green(_("{valid} 条大屏链接有效，都有到期日，都在用。"), valid=valid)


def read_tokens() -> tuple[int, int]:
    at = timezone.now()
    tokens = ApiToken.objects.valid(at)
    idle = Q(last_used_at__lt=at - UNUSED_FOR) | Q(last_used_at=None, created_at__lt=at - UNUSED_FOR)
    return tokens.count(), tokens.filter(idle).count()


def judge_tokens(valid: int, idle: int) -> Verdict:
    if idle:
        todo = _("请它们的主人撤销不用的：“我的账号”里的“接口令牌”。")
        return amber(_("{idle} 个接口令牌三个月没有用过（共 {valid} 个有效）。"), todo, idle=idle, valid=valid)
    return green(_("{valid} 个接口令牌有效，都有到期日，都在用。"), valid=valid)


def read_chain() -> tuple[float | None, str]:
    last = AuditCheck.objects.order_by("-pk").first()
    if last is None:
        return None, ""
    return (timezone.now() - last.ended_at).total_seconds() / 3600, last.fault


def judge_chain(hours: float | None, fault: str) -> Verdict:
    if hours is None:
        return grey(_("审计链还没有核对过；每天凌晨核对一次。"))
    if fault:
        return red(
            _("审计记录被改过或少了（{fault}）。"),
            _("运行 manage.py check_audit，把结果和备份留好，查是谁动了数据库。"),
            fault=fault,
        )
    if hours > 50:
        return red(_("审计链已经 {hours} 小时没有核对。"), _("看后台任务（beat）是不是停了。"), hours=int(hours))
    return green(_("审计链完整，{hours} 小时前核对过。"), hours=int(hours))


CHECKS = (
    Check("second_factors", Group.PEOPLE, _("两步验证"), read_second_factors, judge_second_factors),
    Check(
        "administrators",
        Group.PEOPLE,
        _("平台管理员"),
        lambda: (User.objects.filter(role=Role.ADMIN, is_active=True).count(),),
        judge_administrators,
    ),
    Check("demo", Group.PEOPLE, _("示范账号"), read_demo, judge_demo),
    Check("hashers", Group.PEOPLE, _("密码的存法"), lambda: (settings.PASSWORD_HASHERS[0],), judge_hashers),
    Check("lock_out", Group.PEOPLE, _("猜密码"), lambda: (getattr(settings, "AXES_ENABLED", True),), judge_lock_out),
    Check("kiosks", Group.PEOPLE, _("大屏链接"), read_kiosks, judge_kiosks),
    Check("tokens", Group.PEOPLE, _("接口令牌"), read_tokens, judge_tokens),
    Check("chain", Group.PEOPLE, _("审计链"), read_chain, judge_chain),
)
