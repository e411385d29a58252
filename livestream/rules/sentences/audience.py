"""What verbs of viewers, comments and incidents say when they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SENTENCES: dict[str, _StrPromise] = {
    "nothing_counted": _("还没有填数。请填实时在线人数，再按“记下”。"),
    "count_out_of_range": _("“{what}”要在 0 到 {most} 之间，请再看一遍。"),
    "counts_contradict": _("“{less}”是 {number}，比“{more}”{other} 还多，对不上。请对着平台再看一遍。"),
    "comment_empty": _("请写观众说了什么。只写话，不写是谁说的。"),
    "comment_too_long": _("最多写 {limit} 个字，请只写要紧的一句。"),
    "answer_too_long": _("回答最多写 {limit} 个字。"),
    "comment_settled": _("{who}刚才已经处理过这一条：{what}。请看一看现在的样子。"),
    "never_hidden": _("“{kind}”不能隐藏，要回答：隐藏不利的评论误导别人，是法规不允许的。"),
    "hiding_reason_missing": _("请写一句为什么隐藏，例如“辱骂主播”。"),
    "quick_answer_empty": _("两样都要写：问什么、怎么答。"),
    "quick_answer_long": _("“问什么”最多 {title} 个字，“怎么答”最多 {words} 个字。"),
    "quick_answer_taken": _("县里已经有一条问的是这个。请改原来那一条，或换一个说法。"),
    "proof_too_large": _("照片太大，最大 10 MB。请截屏，或把照片缩小再传。"),
    "proof_gone": _("这张凭据的文件不在了。"),
    "said_missing": _("更正要写当场怎么说的：以后别人问起来，这就是凭据。"),
    "replay_not_yet": _("下播以后才有回放。请下播以后再登记。"),
    "replay_link": _("这不是网页地址。请写 https:// 开头的完整地址，里面不能有用户名和密码。"),
    "replay_digest": _("SHA-256 是 64 位的数字和字母（0–9、a–f），请再看一遍；不知道就空着。"),
    "replay_three_years": _("回放至少要保存三年，到 {until}。请填这一天或更晚。"),
}
