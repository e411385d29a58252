"""The check before going on air (开播前检查) as data: what is asked, and what to do first. Pure.

Sources: domain 2.5 (network and test broadcast are platform advice; minors, phone numbers, power and rain are good practice),
消费者权益保护法 第二十五条 and 法释〔2022〕8 号 第十二条 (who really sells), 反不正当竞争法 (reward rules), 未成年人保护法.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.utils.functional import _StrPromise

NOTE_AT_MOST = 120


class Step(TextChoices):
    """In the order in which a host goes through them: what takes long first, what is next to him last."""

    NETWORK = "network", _("网络够快")
    BACKUP = "backup", _("备用网络也能播")
    BATTERY = "battery", _("电充满，手机架稳")
    TEST = "test", _("试播 10 分钟，用另一部手机看")
    LINKS = "links", _("每个链接都能打开，价格和库存对")
    COUPONS = "coupons", _("券能领")
    SAMPLES = "samples", _("样品按顺序摆在桌上")
    SELLER = "seller", _("“谁在卖”这句话会说")
    REWARDS = "rewards", _("奖励规则贴出来了")
    MINORS = "minors", _("镜头里没有小孩")
    PHONE = "phone", _("急用的电话贴在看得见的地方")
    OUTDOOR = "outdoor", _("在外面播：电和雨都有准备")


@dataclass(frozen=True, slots=True)
class Question:
    step: Step
    how: _StrPromise  # what to do, in one sentence


QUESTIONS: tuple[Question, ...] = (
    Question(Step.NETWORK, _("只连开播的这部手机，测一测上传：10 兆以上才稳。")),
    Question(Step.BACKUP, _("换到备用的网络（流量或另一个 Wi-Fi），再测一次，也要 10 兆。")),
    Question(Step.BATTERY, _("插着电播。手机放在架子上，不用手拿。")),
    Question(Step.TEST, _("先开一次只给自己看的，用另一部手机看画面、听声音，中间换一次网络。")),
    Question(Step.LINKS, _("在每个平台上把每个链接都点开一次，价格、库存和排品表一样。")),
    Question(Step.COUPONS, _("用另一部手机领一张试试。没有券，就点“好了”。")),
    Question(Step.SAMPLES, _("照排品的顺序从左到右摆，要剪、要尝的工具也摆上。")),
    Question(Step.SELLER, _("每件货都要说清是谁卖的。念一遍，看手卡上写的对不对。")),
    Question(Step.REWARDS, _("有抽奖、福袋的，规则要先公布。没有，就点“好了”。")),
    Question(Step.MINORS, _("家里的孩子请别人带着，不要出现在镜头里。")),
    Question(Step.PHONE, _("帮忙的人、县电商中心、平台客服的电话，写大字贴在手机旁边。")),
    Question(Step.OUTDOOR, _("充电宝、伞和能躲雨的地方。在屋里播，就点“好了”。")),
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check has come."""

    asked: int
    fine: int
    not_fine: int

    @property
    def open(self) -> int:
        return self.asked - self.fine - self.not_fine

    @property
    def is_passed(self) -> bool:
        return self.fine == self.asked


def progress(answers: Iterable[bool | None]) -> Progress:
    """Of one answer for each question: fine, not fine, None for not answered yet."""
    known = list(answers)
    return Progress(len(known), known.count(True), known.count(False))
