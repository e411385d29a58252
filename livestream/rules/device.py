"""What a browser says it is, in plain words. Only for people to tell their devices apart: it proves nothing."""

from __future__ import annotations

import re
from typing import TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Platform(TextChoices):
    ANDROID = "android", _("安卓手机")
    IPHONE = "iphone", _("苹果手机")
    HARMONY = "harmony", _("鸿蒙手机")
    TABLET = "tablet", _("平板")
    WINDOWS = "windows", _("Windows 电脑")
    MAC = "mac", _("苹果电脑")
    LINUX = "linux", _("Linux 电脑")
    OTHER = "other", _("别的设备")


class Browser(TextChoices):
    WECHAT = "wechat", _("微信")
    QQ = "qq", _("QQ 浏览器")
    UC = "uc", _("UC 浏览器")
    HUAWEI = "huawei", _("华为浏览器")
    MIUI = "miui", _("小米浏览器")
    EDGE = "edge", "Edge"
    FIREFOX = "firefox", "Firefox"
    CHROME = "chrome", "Chrome"
    SAFARI = "safari", "Safari"
    OTHER = "other", _("别的浏览器")


# The first that is found: everybody claims to be Chrome and Safari, and HarmonyOS to be Android.
PLATFORMS = (
    (r"iPad|Tablet", Platform.TABLET),
    (r"iPhone|iPod", Platform.IPHONE),
    (r"OpenHarmony|HarmonyOS|ArkWeb", Platform.HARMONY),
    (r"Android", Platform.ANDROID),
    (r"Windows", Platform.WINDOWS),
    (r"Macintosh|Mac OS X", Platform.MAC),
    (r"Linux|X11", Platform.LINUX),
)
BROWSERS = (
    (r"MicroMessenger", Browser.WECHAT),
    (r"QQBrowser|MQQ", Browser.QQ),
    (r"UCBrowser|UBrowser", Browser.UC),
    (r"HuaweiBrowser", Browser.HUAWEI),
    (r"MiuiBrowser", Browser.MIUI),
    (r"Edg(e|A|iOS)?/", Browser.EDGE),
    (r"Firefox/|FxiOS/", Browser.FIREFOX),
    (r"Chrome/|CriOS/|Chromium/", Browser.CHROME),
    (r"Safari/", Browser.SAFARI),
)
PHONES = frozenset({Platform.ANDROID, Platform.IPHONE, Platform.HARMONY})
LONGEST_READ = 512

Named = TypeVar("Named", Platform, Browser)


def platform_of(user_agent: str) -> Platform:
    return _first(PLATFORMS, user_agent, Platform.OTHER)


def browser_of(user_agent: str) -> Browser:
    return _first(BROWSERS, user_agent, Browser.OTHER)


def _first(names: tuple[tuple[str, Named], ...], user_agent: str, other: Named) -> Named:
    return next((name for mark, name in names if re.search(mark, user_agent[:LONGEST_READ])), other)
