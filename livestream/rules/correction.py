"""What to say and do when something wrong was said on air (更正), by what it was. Pure.

直播电商监督管理办法 第三十一条: what is wrong is corrected at once, and the record is kept three years. A correction is said
aloud, not only written; whoever has bought already is told too. The wording is ours, the duties are the law's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Guide(NamedTuple):
    """One kind of mistake: what the host says, word for word, and what is done besides."""

    code: str
    mistake: _StrPromise
    say: _StrPromise
    then: _StrPromise


GUIDES = (
    Guide(
        "price",
        _("价格报错了"),
        _("刚才{product}的价格我报错了。正确的到手价是＿＿元，以购物车里的为准。已经拍下的朋友，不满意可以马上退，一分不少。"),
        _("先下架或改好平台上的价格，再说。按错价成交的，按对买家有利的办。"),
    ),
    Guide(
        "claim",
        _("功效说过头了"),
        _("刚才关于{product}的功效我说得不对。它是普通食品，不能治病，也不能代替药。请大家不要当药买。"),
        _("把字幕、贴片、商品页里同样的话删掉。因为这句话下单的，主动告诉他可以退。"),
    ),
    Guide(
        "absolute",
        _("用了“最”“第一”"),
        _("刚才说{product}“最”“第一”，是我说得不准，收回。好不好，请大家看检测报告和评价。"),
        _("标题、封面、贴片里有同样的字，一起改。"),
    ),
    Guide(
        "spec",
        _("规格、重量、等级说错了"),
        _("刚才{product}的规格我说错了。一份是＿＿，净重＿＿，等级是＿＿，以商品页为准。已经拍下的，可以退换。"),
        _("对一遍排品表和商品页，哪里错就改哪里。"),
    ),
    Guide(
        "gift",
        _("赠品、优惠说错了"),
        _("刚才{product}的赠品我说错了。正确的是：送＿＿，＿＿份，送完为止。刚才按我说的拍下的，我们照送。"),
        _("说出去的优惠要算数。做不到的，一个一个联系，给补偿或退款。"),
    ),
    Guide(
        "origin",
        _("产地、厂家、卖家说错了"),
        _("刚才{product}的产地我说错了。产地是＿＿，由＿＿生产，实际卖货的是＿＿。"),
        _("看一看有没有用错地理标志、合格证。证件对不上的，马上下架。"),
    ),
    Guide(
        "shipping",
        _("发货时间说错了"),
        _("刚才{product}的发货时间我说错了。付款后＿＿小时内发货，偏远地方＿＿天到。等不了的可以退，不收钱。"),
        _("看一看每天能发多少，承诺要做得到。"),
    ),
    Guide(
        "person",
        _("露出了别人的个人信息"),
        _("刚才画面里露出了别人的信息，对不起，请大家不要截屏、不要传。"),
        _("马上挪开镜头，把这一段从回放里剪掉，告诉本人。一小时内告诉县电商中心。"),
    ),
)
