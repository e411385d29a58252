"""From a review to a lesson (TR-21): which topic a weak step of the funnel asks for, and who needs which. Pure.

The table follows domain 2.11, question 2: entry → cover, title, promotion; exposure and click → goods and line-up; pay → price
and host. What it says follows from readings alone: nothing of it is stored, and a session of practice is in none of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from livestream.rules.definitions import BY_CODE
from livestream.rules.funnel import Rate, Step
from training.rules.course import Topic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.utils.functional import _StrPromise

    from livestream.rules.definitions import Definition
    from livestream.rules.funnel import Funnel


class Lesson(NamedTuple):
    """What a step asks for: `why` to staff and trainers, `plain` to the host, without a term of the trade."""

    topic: Topic
    why: _StrPromise
    plain: _StrPromise


LESSONS: dict[Step, Lesson] = {
    Step.ENTRY: Lesson(
        Topic.VIDEO,
        _("封面、标题和预热短视频没有把人带进来"),
        _("看到您直播间的人里，点进来的比平常少。先学怎么拍封面和短视频。"),
    ),
    Step.SHOWN: Lesson(
        Topic.SHOP, _("商品卡片出来得晚，或者没有人指给大家看"), _("进来的人里，看到商品的比平常少。先学怎么把商品挂出来。")
    ),
    Step.CLICK: Lesson(
        Topic.GOODS, _("货选得不对，或者排的次序不对"), _("看到商品的人里，点开看的比平常少。先学怎么挑货、怎么摆。")
    ),
    Step.PAY: Lesson(
        Topic.LIVE, _("价格没有说清楚，或者主播没有讲透"), _("点开商品的人里，买的比平常少。先学怎么讲、怎么报价。")
    ),
}
SOURCE = _("复盘的第二问：进来的人少，看封面和推广；看商品、点商品的人少，看选品和排品；买的人少，看价格和主播")


class Answer(TextChoices):
    """What a review can say about lessons."""

    LESSON = "lesson", _("有一步最弱。")
    FINE = "fine", _("每一步都不比县里平常的场次差。")
    TOO_FEW = "too_few", _("能比的场次不到 3 场，先不说学什么。")
    NOT_KNOWN = "not_known", _("没有观众数据，不知道哪一步弱。")


class Weak(NamedTuple):
    """The weakest step of a session, on the platform where it is furthest below the usual."""

    session: UUID
    host: int
    ended_at: datetime
    platform: str
    rate: Rate

    @property
    def lesson(self) -> Lesson:
        return LESSONS[self.rate.step]

    @property
    def definition(self) -> Definition:
        return BY_CODE[self.rate.step.value]


@dataclass(frozen=True, slots=True)
class Need:
    """A host and a topic: the sessions that say so, the newest first, of how many that could be judged."""

    host: int
    topic: Topic
    weak: tuple[Weak, ...]
    judged: int


def weakest_of(funnels: Iterable[Funnel]) -> tuple[str, Rate] | None:
    """Of all platforms of a session: the platform and its rate. People of two are never added, so each is judged by itself."""
    below = [(part, one.platform, one.weakest) for one in funnels if one.weakest and (part := one.weakest.of_usual) is not None]
    _part, platform, rate = min(below, default=(None, "", None), key=lambda found: found[:2])
    return (platform, rate) if rate else None


def answer_of(funnels: Sequence[Funnel]) -> Answer:
    if not funnels:
        return Answer.NOT_KNOWN
    if weakest_of(funnels):
        return Answer.LESSON
    return Answer.FINE if any(one.is_comparable for one in funnels) else Answer.TOO_FEW


def needs_of(weak: Iterable[Weak], judged: dict[int, int]) -> list[Need]:
    """Who needs what, whatever the order of `weak`: topics as they are listed; in each, those with most sessions first, then
    those furthest below the usual. `judged`: by host, how many of his sessions could be compared."""
    found: dict[tuple[Topic, int], list[Weak]] = {}
    for one in weak:
        found.setdefault((one.lesson.topic, one.host), []).append(one)
    needs = [
        Need(host, topic, tuple(sorted(those, key=lambda one: (one.ended_at, one.session), reverse=True)), judged.get(host, 0))
        for (topic, host), those in found.items()
    ]
    order = list(Topic)
    return sorted(needs, key=lambda need: (order.index(need.topic), -len(need.weak), _lowest(need), need.host))


def _lowest(need: Need) -> object:
    return min(part for one in need.weak if (part := one.rate.of_usual) is not None)
