"""What runs behind the pages: the timetable, the jobs that let go of old data, the backups."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Min
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from config.selfcheck.contract import Check, Group, Verdict, amber, green, grey, red
from livestream.models import Notice
from livestream.rules.notice import NoticeState, Way
from orders.actions.file import KEPT_FOR as FILES_KEPT_FOR
from orders.actions.raw import KEPT_FOR as RAW_KEPT_FOR
from orders.models import DeadLetter, Hint, OrderFile, RawDelivery, Shop, Sweep

ALIVE_S = 60
BACKUP_HOURS = 26
UNSENT_S = 300
GRACE = timedelta(days=1)


def read_beat() -> tuple[float | None]:
    """Seconds since the timetable last woke what only it wakes."""
    ran_at = Sweep.objects.filter(name="windows").values_list("ran_at", flat=True).first()
    return ((timezone.now() - ran_at).total_seconds() if ran_at else None,)


def judge_beat(age_s: float | None) -> Verdict:
    todo = _("看 cunbo-beat 和 cunbo-worker 是不是停了（一台机器的：manage.py up）。")
    if age_s is None:
        return amber(_("后台任务还没有跑过。"), todo)
    if age_s > ALIVE_S:
        return red(_("后台任务停了 {seconds} 秒。订单不会丢，但提醒、核对和删除旧数据都停着。"), todo, seconds=int(age_s))
    return green(_("后台任务 {seconds} 秒前跑过。"), seconds=max(0, int(age_s)))


def read_retention() -> tuple[int, int]:
    """Raw deliveries and uploads that lie here longer than they should."""
    at = timezone.now() - GRACE
    raw = RawDelivery.objects.filter(received_at__lt=at - RAW_KEPT_FOR)[:1000].count()
    files = OrderFile.objects.filter(uploaded_at__lt=at - FILES_KEPT_FOR).exclude(stored_as="", facts_as="")
    return raw, files.exclude(pk__in=OrderFile.objects.under_way()).count()


def judge_retention(raw: int, files: int) -> Verdict:
    if raw or files:
        return red(
            _("过了保存期还没删：推送原文 {raw} 条，上传的文件 {files} 份。"),
            _("看后台任务是不是停了；好了以后它自己会删。"),
            raw=raw,
            files=files,
        )
    return green(_("推送原文和上传的文件都按期删了（{days} 天）。"), days=RAW_KEPT_FOR.days)


def read_waiting() -> tuple[int, int]:
    return Hint.objects.given_up().count(), DeadLetter.objects.waiting().count()


def judge_waiting(given_up: int, letters: int) -> Verdict:
    if given_up or letters:
        return amber(
            _("{given_up} 笔订单取不到，{letters} 条推送读不懂。"), _("到“等待处理”里处理。"), given_up=given_up, letters=letters
        )
    return green(_("没有等着人处理的推送和订单。"))


def read_secrets() -> tuple[int, str, str, bool]:
    """How many shops have two secrets now, the first whose old one ends, when that is, and whether it is still signed with."""
    at = timezone.now()
    shops = list(Shop.objects.with_two_secrets(at))
    if not shops:
        return 0, "", "", False
    first, quiet = shops[0], at - timedelta(hours=1)
    ends = localtime(first.old_secret_until).strftime("%m-%d %H:%M")
    return len(shops), first.name, ends, first.old_secret_used_at is not None and first.old_secret_used_at > quiet


def judge_secrets(shops: int, name: str, ends: str, is_used: bool) -> Verdict:
    if not shops:
        return green(_("没有正在换的店铺密钥。"))
    facts = {"shops": shops, "name": name, "ends": ends}
    if is_used:
        return amber(
            _("{shops} 家店铺正在换密钥。“{name}”的旧密钥 {ends} 停用，对方还在用它。"),
            _("请对方在停用以前换上新密钥；来不及，就在后台把“旧密钥用到”改晚一点。"),
            **facts,
        )
    return amber(
        _("{shops} 家店铺正在换密钥。“{name}”的旧密钥 {ends} 停用，一小时没有用过了。"),
        _("对方换好了，就在后台清空“旧密钥用到”，马上停用。"),
        **facts,
    )


def read_backup() -> tuple[bool, float | None]:
    """Whether a folder is named, and the age of its newest file in hours."""
    if not settings.BACKUP_FOLDER:
        return False, None
    folder = Path(settings.BACKUP_FOLDER)
    written = [path.stat().st_mtime for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    return True, (timezone.now().timestamp() - max(written)) / 3600 if written else None


def judge_backup(is_named: bool, hours: float | None) -> Verdict:
    if not is_named:
        return grey(_("没有告诉系统备份放在哪里（BACKUP_FOLDER），不知道有没有备份。"))
    todo = _("看备份的定时任务和磁盘；照 docs/operators.md“备份与恢复”做一次。")
    if hours is None:
        return red(_("备份目录里没有文件。"), todo)
    if hours > BACKUP_HOURS:
        return red(_("最近的备份是 {hours} 小时前的。"), todo, hours=int(hours))
    return green(_("最近的备份是 {hours} 小时前的。"), hours=int(hours))


def read_ways() -> tuple[bool, bool, bool]:
    """Whether text messages and letters can leave, and whether their links lead anywhere."""
    return bool(settings.SMS_SENDER), settings.SENDS_EMAIL, bool(settings.PUBLIC_ADDRESS)


def judge_ways(has_sms: bool, has_email: bool, has_address: bool) -> Verdict:
    if not has_sms:
        return amber(_("没有短信：主播不打开村播，就不知道改了时间。"), _("设置 SMS_SENDER，写法见 docs/operators.md“登录”。"))
    if not has_address:
        return amber(_("短信和邮件里没有链接。"), _("设置 PUBLIC_ADDRESS：别人打开村播的网址。"))
    return green(_("短信能发，邮件能发。") if has_email else _("短信能发；没有配置邮件（EMAIL_URL）。"))


def read_notices() -> tuple[int, int, float]:
    """What failed within a day, how much of that in groups, and how many seconds the oldest of what is due waits."""
    at = timezone.now()
    failed = Notice.objects.filter(state=NoticeState.FAILED, due_at__gt=at - timedelta(days=1))
    oldest = Notice.objects.filter(state=NoticeState.WAITING, tries=0, due_at__lte=at).aggregate(due=Min("due_at"))["due"]
    return failed.count(), failed.filter(way=Way.ROBOT).count(), (at - oldest).total_seconds() if oldest else 0.0


def judge_notices(failed: int, in_groups: int, waits_s: float) -> Verdict:
    if waits_s > UNSENT_S:
        return red(
            _("到时间的通知等了 {seconds} 秒还没发。"), _("看 cunbo-beat 和 cunbo-worker 是不是停了。"), seconds=int(waits_s)
        )
    if failed:
        return amber(
            _("一天里有 {failed} 条通知没发成，其中群机器人 {in_groups} 条。"),
            _("到“发出的通知”里看原因，改好再发一次。"),
            failed=failed,
            in_groups=in_groups,
        )
    return green(_("通知都发出去了。"))


CHECKS = (
    Check("beat", Group.RUNNING, _("后台任务"), read_beat, judge_beat),
    Check("retention", Group.RUNNING, _("保存期"), read_retention, judge_retention),
    Check("waiting", Group.RUNNING, _("等待处理"), read_waiting, judge_waiting),
    Check("secrets", Group.RUNNING, _("店铺密钥"), read_secrets, judge_secrets),
    Check("ways", Group.RUNNING, _("怎样告诉人"), read_ways, judge_ways),
    Check("notices", Group.RUNNING, _("发通知"), read_notices, judge_notices),
    Check("backup", Group.RUNNING, _("备份"), read_backup, judge_backup),
)
