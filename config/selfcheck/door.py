"""The door: how browsers reach us, and what they are told."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import checks
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.checks import plain_cookies
from config.dangers import HERE
from config.selfcheck.contract import Check, Group, Verdict, amber, green, grey, red
from livestream.models import BlockedLoad
from livestream.rules.day import shanghai_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LOCAL = HERE | {"[::1]", "testserver"}
MOST_SHOWN = 3


def is_local(hosts: Sequence[str]) -> bool:
    """Nobody but this machine can open it."""
    return set(hosts) <= LOCAL


def read_front() -> tuple[bool, bool]:
    return settings.HTTPS, is_local(settings.ALLOWED_HOSTS)


def judge_https(https: bool, local: bool) -> Verdict:
    if https:
        return green(_("只走 HTTPS；浏览器一年内不再用明文（HSTS）。"))
    if local:
        return grey(_("没有 HTTPS，只有这台机器能打开。"))
    return red(
        _("没有 HTTPS：密码和订单在网络上是明文。"),
        _("在前面放 nginx 或 Caddy（deploy/ 里有现成的），再设 HTTPS=1，重启。"),
    )


def read_cookies() -> tuple[bool, bool, list[str]]:
    are_strict = settings.SESSION_COOKIE_HTTPONLY and settings.SESSION_COOKIE_SAMESITE in {"Lax", "Strict"}
    return are_strict and settings.CSRF_COOKIE_HTTPONLY, is_local(settings.ALLOWED_HOSTS), plain_cookies()


def judge_cookies(strict: bool, local: bool, weak: list[str]) -> Verdict:
    if not strict:
        return red(_("登录用的 cookie 没有防护。"), _("不要改 settings.py 里 cookie 的设置；恢复原样，重启。"))
    if not weak:
        return green(_("cookie 只认本站、只走 HTTPS，脚本读不到。"))
    if local:
        return grey(_("cookie 脚本读不到，别的网站带不走；有了 HTTPS 还会绑定本站。"))
    return red(_("{number} 个 cookie 会在明文里传。"), _("设 HTTPS=1。"), number=len(weak))


def read_policy() -> tuple[bool, list[str]]:
    return "csp.middleware.CSPMiddleware" in settings.MIDDLEWARE, said(checks.run_checks(tags=[checks.Tags.security]))


def said(problems: Iterable[checks.CheckMessage]) -> list[str]:
    return sorted({problem.id or "" for problem in problems if not problem.is_silenced()})


def judge_policy(is_on: bool, problems: list[str]) -> Verdict:
    if is_on and not problems:
        return green(_("网页只运行本站自己的脚本和样式，不能被别的网站嵌进去。"))
    return red(
        _("网页的安全策略被改松了：{what}。"),
        _("恢复 config/policy.py 和 settings.py 原样，重启。"),
        what=", ".join(problems),
    )


def read_blocked() -> tuple[int, list[str]]:
    since = shanghai_day(timezone.now() - timedelta(days=1))
    kinds = BlockedLoad.objects.filter(on__gte=since).values_list("directive", "blocked")
    rows = list(kinds.annotate(times=Sum("count")).order_by("-times"))
    most = [f"{directive} {blocked} × {times}" for directive, blocked, times in rows[:MOST_SHOWN]]
    return sum(times for _directive, _blocked, times in rows), most


def judge_blocked(times: int, most: list[str]) -> Verdict:
    if not times:
        return green(_("从昨天起，没有浏览器报告过被拦下的脚本。"))
    return amber(
        _("从昨天起，浏览器报告拦下了 {times} 次：{most}。"),
        _("多半是浏览器插件。若写着 inline 或陌生的网站：有人可能把代码放进了文字里，请找开发者看日志里的 csp_report。"),
        times=times,
        most="；".join(most),
    )


def judge_debug(debug: bool) -> Verdict:
    if not debug:
        return green(_("出错页不说内情。"))
    return red(_("DEBUG=1：出错页会把代码和设置给人看。"), _("去掉 DEBUG，重启。"))


def judge_hosts(hosts: list[str]) -> Verdict:
    if "*" in hosts:
        return red(_("什么域名都答应。"), _("把 ALLOWED_HOSTS 写成自己的域名。"))
    return green(_("只答应这些地址：{hosts}。"), hosts=", ".join([*dict.fromkeys(hosts)][:6]))


def read_deployment() -> tuple[bool, list[str]]:
    return is_local(settings.ALLOWED_HOSTS), said(checks.run_checks(include_deployment_checks=True))


def judge_deployment(local: bool, problems: list[str]) -> Verdict:
    if not problems:
        return green(_("manage.py check --deploy 没有一条警告。"))
    if local:
        return grey(_("只有这台机器能打开；正式用之前还有：{what}。"), what=", ".join(problems))
    return red(
        _("manage.py check --deploy 说：{what}。"),
        _("运行 manage.py check --deploy，照它说的改。"),
        what=", ".join(problems),
    )


def read_static() -> tuple[bool, list[str]]:
    """Whether there is a list of the collected files, and which of them are gone."""
    listed = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if not listed.exists():
        return False, []
    names = json.loads(listed.read_text())["paths"].values()
    return True, sorted(name for name in names if not (Path(settings.STATIC_ROOT) / name).exists())


def judge_static(collected: bool, gone: list[str]) -> Verdict:
    if not collected:
        return grey(_("页面文件还没有整理（开发中这样没有关系）。"))
    if gone:
        return red(
            _("少了 {number} 个页面文件，例如 {name}。"),
            _("运行 manage.py collectstatic --noinput，重启。"),
            number=len(gone),
            name=gone[0],
        )
    return green(_("页面文件齐全，名字里带着内容的指纹。"))


CHECKS = (
    Check("https", Group.DOOR, "HTTPS", read_front, judge_https),
    Check("cookies", Group.DOOR, "Cookie", read_cookies, judge_cookies),
    Check("policy", Group.DOOR, _("网页安全策略"), read_policy, judge_policy),
    Check("blocked", Group.DOOR, _("浏览器拦下的脚本"), read_blocked, judge_blocked),
    Check("debug", Group.DOOR, _("调试开关"), lambda: (settings.DEBUG,), judge_debug),
    Check("hosts", Group.DOOR, _("答应的地址"), lambda: (settings.ALLOWED_HOSTS,), judge_hosts),
    Check("deployment", Group.DOOR, _("上线检查"), read_deployment, judge_deployment),
    Check("static", Group.DOOR, _("页面文件"), read_static, judge_static),
)
