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
