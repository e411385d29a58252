"""Sheets of other kinds, told by column names that only they have, so that a person hears what the file is."""

from __future__ import annotations

from orders.sheets.words import OTHER

ENOUGH = 2
MARKS = {
    "douyin_settlement": {"动账时间", "动帐流水号", "动账方向", "计费类型", "动账场景"},
    "kuaishou_settlement": {"合计收入(元)", "分账基数", "实际结算金额(元)", "结算规则", "资金渠道"},
    "taobao_settlement": {"入帐日期", "入帐时间", "入帐类型", "主订单id", "子订单id"},
    "weixin_settlement": {"动帐类型", "记账时间", "流水单号", "关联订单号", "关联提现单号"},
    "jd_settlement": {"扣点类型", "资金动账备注", "账单生成时间", "预计结算时间"},
    "alipay": {"支付宝交易号", "支付宝流水号", "账务类型", "业务基础订单号"},
    "live_sessions": {"主播抖音号", "直播开始时间", "直播结束时间", "直播时长(分钟)"},
    "kuaishou": {"赠品订单号", "活动订单编号", "成交数量", "cps达人id", "快赚客id", "订单载体", "团长id"},
    "pdd": {
        "多多支付立减金额(元)",
        "样式id",
        "商家实收金额(元)",
        "商家编码-规格维度",
        "用户实付金额(元)",
        "团id",
        "订单成交时间",
    },
    "qianniu": {"买家实付金额", "c2b小额收款", "支付详情", "商品属性sku", "含应开票给个人红包", "主动赔付金额"},
    "taobao": {"买家会员名", "买家支付宝账号", "买家实际支付金额", "宝贝标题", "买家应付货款", "宝贝种类"},
    "taobao_items": {"外部系统编号", "套餐信息", "购买数量", "标题"},
    "weixin": {"订单实际收款金额", "带货账号昵称", "商品编码(平台)", "礼物单号", "订单下单时间"},
    "xiaohongshu": {"小红书编码", "规格id", "sku件数", "包裹备注标记", "商家应收金额(元)(支付金额)"},
}


def other_kind(names: set[str]) -> str | None:
    """What a file with these (normalised) column names is, in the reader's language; None if nobody knows."""
    fits = {kind: len(names & marks) for kind, marks in MARKS.items()}
    best = max(fits, key=lambda kind: fits[kind])
    return str(OTHER[best]) if fits[best] >= ENOUGH else None
