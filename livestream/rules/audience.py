"""Viewers and their comments: where a number came from and how old it is, what is usual and what was the most, what a comment
is about. Pure.

People are counted by platform. Whoever watches on two of them is two in their sum, so sums are never shown as people."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext, npgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from livestream.rules.errors import NotAllowed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime


class ReadingSource(TextChoices):
    TAP = "tap", _("手工记")
    FILE = "file", pgettext_lazy("reading", "平台文件")
    API = "api", pgettext_lazy("reading", "平台接口")


class CommentKind(TextChoices):
    QUESTION = "question", _("问题")
    PRAISE = "praise", _("好评")
    COMPLAINT = "complaint", _("意见和投诉")
    ABUSE = "abuse", _("辱骂")
    SPAM = "spam", _("广告刷屏")
    PRIVATE = "private", _("个人信息")
    FALSE = "false", _("谣言")


class CommentState(TextChoices):
    OPEN = "open", pgettext_lazy("comment", "还没答")
    ANSWERED = "answered", pgettext_lazy("comment", "已答")
    HIDDEN = "hidden", pgettext_lazy("comment", "已隐藏")


WINDOW = timedelta(minutes=10)  # what a platform's own live dashboard compares: these ten minutes and the ten before
STALE_AFTER = timedelta(minutes=10)  # an older number of people online is no longer "now"
ONLINE_AT_MOST = 100_000_000
COUNT_AT_MOST = 10**12


class Count(TextChoices):
    """What a platform counts (domain 2.8). `online_now` is of a moment, all others of the whole session up to then."""

    ONLINE_NOW = "online_now", _("实时在线")
    EXPOSURE_UV = "exposure_uv", _("曝光人数")
    VIEW_PV = "view_pv", _("观看人次")
    VIEW_UV = "view_uv", _("观看人数")
    WATCH_SECONDS = "watch_seconds", _("观看总秒数")
    ITEM_EXPOSURE_UV = "item_exposure_uv", _("商品曝光人数")
    ITEM_CLICK_UV = "item_click_uv", _("商品点击人数")
    ORDER_CREATORS = "order_creators", _("下单人数")
    BUYERS = "buyers", _("成交人数")
    NEW_FOLLOWERS = "new_followers", _("新增粉丝")


# The left cannot be more than the right: a person visits at least once, and who paid has ordered. Exposure and clicks prove
# nothing: who comes by a shared link was never shown the room, and a basket of yesterday is paid without a click.
AT_MOST = ((Count.VIEW_UV, Count.VIEW_PV), (Count.BUYERS, Count.ORDER_CREATORS))


class Point(NamedTuple):
    """So many people online at a moment."""

    at: datetime
    online: int


class Windows(NamedTuple):
    """The mean of the readings of the last ten minutes and of the ten before; None where nothing was read."""

    now: int | None
    before: int | None

    @property
    def change_percent(self) -> int | None:
        return None if self.now is None or not self.before else half_up(100 * (self.now - self.before), self.before)


def half_up(number: int, parts: int) -> int:
    """`number` ÷ `parts` (above 0), a half away from zero."""
    whole = (2 * abs(number) + parts) // (2 * parts)
    return whole if number >= 0 else -whole


def mean(numbers: Sequence[int]) -> int | None:
    return half_up(sum(numbers), len(numbers)) if numbers else None


def typical(numbers: Iterable[int]) -> int | None:
    """The median: half of the readings lie above it. Of an even number, the mean of the middle two. One moment of glory does
    not move it, so it says how many people usually watch."""
    found = sorted(numbers)
    half = len(found) // 2
    return mean(found[half : half + 1] if len(found) % 2 else found[half - 1 : half + 1])


def peak(points: Iterable[Point]) -> Point | None:
    """The most people online at a moment that somebody read; of several alike the first."""
    return max(points, key=lambda point: (point.online, -point.at.timestamp()), default=None)


def windows(points: Iterable[Point], at: datetime) -> Windows:
    """Of the moment `at`: (at − 10, at] beside (at − 20, at − 10]."""
    now, before = [], []
    for point in points:
        age = at - point.at
        if timedelta(0) <= age < WINDOW:
            now.append(point.online)
        elif WINDOW <= age < 2 * WINDOW:
            before.append(point.online)
    return Windows(mean(now), mean(before))


def average_online(watch_seconds: int | None, on_air_seconds: int) -> int | None:
    """People online on average, by Little's law (domain 2.8): all seconds that people watched ÷ the seconds on air. It is the
    same as visits ÷ seconds on air × seconds that a visit stays."""
    return None if watch_seconds is None or on_air_seconds <= 0 else half_up(watch_seconds, on_air_seconds)


def is_stale(read_at: datetime, at: datetime) -> bool:
    return at - read_at >= STALE_AFTER


def age_words(age: timedelta) -> str:
    """`刚刚`, `3 分钟前`, `2 小时前`, `1 天前`."""
    minutes = max(0, int(age.total_seconds()) // 60)
    if not minutes:
        return gettext("刚刚")
    if minutes < 60:
        return npgettext("age", "{n} 分钟前", "{n} 分钟前", minutes).format(n=minutes)
    if minutes < 24 * 60:
        return npgettext("age", "{n} 小时前", "{n} 小时前", minutes // 60).format(n=minutes // 60)
    return npgettext("age", "{n} 天前", "{n} 天前", minutes // 1440).format(n=minutes // 1440)


def check_counts(counts: Mapping[str, int | None]) -> dict[str, int]:
    """What was counted, without what was not. Raises NotAllowed(`nothing_counted`, `count_out_of_range`, `counts_contradict`)."""
    found = {Count(name): number for name, number in counts.items() if number is not None}
    if not found:
        raise NotAllowed("nothing_counted")
    for name, number in found.items():
        most = ONLINE_AT_MOST if name == Count.ONLINE_NOW else COUNT_AT_MOST
        if not 0 <= number <= most:
            raise NotAllowed("count_out_of_range", what=name.label, most=f"{most:,}")
    for less, more in AT_MOST:
        if less in found and more in found and found[less] > found[more]:
            raise NotAllowed("counts_contradict", less=less.label, more=more.label, number=found[less], other=found[more])
    return {name.value: number for name, number in found.items()}
