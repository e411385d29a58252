"""What a verb says when it refuses: a stable code for programs and a sentence for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "state": _("这场直播现在是“{state}”，不能{event}。"),
    "rehearse_first": _("县长直播和接力直播要先彩排，再开播。"),
    "off_air": _("这一刻没有在直播：开播以后、下播以前才能讲解和记录。"),
    "not_in_line_up": _("“{title}”不在这一场的排品里，请先排品再讲。"),
    "not_yours": _("这不是您的场次。"),
    "settled": _("{who}已经处理过这一条：{what}。"),
    "answered": _("这一笔已经取到了，不用再处理。"),
    "note_missing": _("请写一句为什么不再处理，再点“不再处理”。"),
    "not_your_board": _("这块大屏不在您的县里，不能为它建链接，也不能收回。"),
    "kiosk_name_missing": _("请写这条链接用在哪块屏上，例如“一楼大厅”。"),
    "phone_taken": _("这个手机号已经有账号了，不能再建一个。请先在“人员”里找；找不到，请联系平台管理员。"),
    "not_your_person": _("这个人的账号不归您管。请联系上一级的管理员。"),
    "not_yours_to_give": _("这个身份在这个地方不归您给。请换一个地方或身份，或联系上一级的管理员。"),
    "not_your_own": _("不能改自己的任职。请找上一级的管理员。"),
    "person_stopped": _("这个账号已经停用。请先恢复，再办这件事。"),
    "dates_missing": _("特派员要写任期：从哪天、到哪天。"),
    "ends_before_it_begins": _("结束的那天不能早于开始的那天。"),
    "appointed_already": _("已经有这个任职了，不用再任命。"),
    "link_does_not_hold": _("这个链接不能用了。请找给您链接的人，再要一个新的。"),
    "not_to_be_acted_for": _("不能代这个人操作：只能代自己地方里只做主播的人。"),
    "reason_missing": _("请写一句为什么要代操作。"),
    "reason_too_long": _("原因最多写 {limit} 个字。"),
    "too_long": _("“{field}”太长了，最多 {limit} 个字。"),
}


class NotAllowed(Exception):
    """A verb refused. `code` is stable; `str()` is a sentence in the reader's language."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        sentence = SENTENCES.get(self.code)
        return str(sentence).format(**self.facts) if sentence else self.code
