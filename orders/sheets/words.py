"""What is said to people about files and rows. A sentence never repeats what stood in a cell: it may be a buyer's name."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ROW = {
    "missing": _("“{column}”是空的。"),
    "floated": _("订单号（{column}）被表格软件改坏了，末尾几位已经丢失。请从平台后台重新导出，不要先用表格软件打开再保存。"),
    "identifier": _("“{column}”不是一个订单号。"),
    "money": _("“{column}”看不懂，应当是金额，如 59.80。"),
    "negative": _("“{column}”是负数。"),
    "discount": _("“{column}”比应付金额还大。"),
    "count": _("“{column}”看不懂，应当是整数。"),
    "time": _("“{column}”看不懂，应当是时间，如 2026-11-20 20:05:00。"),
    "time_range": _("“{column}”在 2015 年以前，或者还没有到。"),
    "status": _("“{column}”里的状态不认识。"),
    "long": _("“{column}”太长了。"),
    "columns": _("这一行的列数和表头对不上。"),
    "cut_off": _("文件最后一行没有写完，可能没有下载完整。"),
    "quotes": _("这一行的引号没有成对。"),
    "nul": _("这一行里有坏掉的字符。"),
    "twins": _("表里有两列“{column}”，内容不一样，不知道该信哪一列。"),
}
FILE = {
    "empty": _("这份文件是空的。"),
    "no_rows": _("这份文件只有列名，没有订单。"),
    "too_big": _("文件太大了：CSV 最大 {csv_mb} MB，Excel 最大 {xlsx_mb} MB。请分几次导出。"),
    "too_many_rows": _("超过 {limit} 行了。请分几次导出，比如按月。"),
    "too_many_columns": _("超过 {limit} 列了，这不像平台导出的订单表。"),
    "row_too_long": _("第 {line} 行附近的内容太长了，这不像平台导出的订单表。"),
    "encoding": _("从第 {line} 行起读不出来，文件可能没有下载完整，或者被改过。请重新导出。"),
    "unknown": _("认不出这份表。请上传抖店后台导出的订单表：前几行里要有“主订单编号”“子订单编号”“订单状态”这些列名。"),
    "other": _("这是{what}，暂时还不能导入。现在可以导入抖店的订单表。"),
    "missing_columns": _("这是{what}，但少了这些列：{missing}。请在导出时勾上它们，再上传一次。"),
    "by_main_order": _("这份表是按主订单导出的，几样商品挤在一行里。请在抖店后台选择“按子订单（商品）导出”，再上传一次。"),
    "kind": _("请上传 .csv 或 .xlsx 文件。"),
    "misnamed": _("文件名以 {ending} 结尾，里面却是另一种文件。请从平台重新导出，不要改文件名。"),
    "old_or_locked": _("这是加了密码的或旧式的 Excel 文件（.xls）。请去掉密码，另存为 .xlsx，或者直接导出 CSV。"),
    "macros": _("这个 Excel 文件里有宏，不能上传。请另存为 .xlsx，或者直接导出 CSV。"),
    "broken_workbook": _("这个 Excel 文件打不开，可能没有下载完整。请重新导出，或者改用 CSV。"),
    "bomb": _("这个 Excel 文件展开以后太大，没有打开它。请改用 CSV 导出。"),
    "two_sheets": _("这个 Excel 文件里有不止一张订单表。请每张单独存成一个文件上传。"),
    "other_platform": _("这是{what}，可是选的店铺“{shop}”不在这个平台上。请换一家店铺。"),
    "no_shop": _("没有标识为“{key}”的店铺。"),
    "no_file": _("打不开 {path}：{why}"),
    "database": _("数据库没有收下这份文件的一部分。已经计入的还在，可以再试一次；再不行请告诉管理员。"),
    "too_heavy": _("读这份文件时出了问题，没有读完。请分几次导出，比如按月；再不行请告诉管理员。"),
    "gone": _("上传的文件已经过了保存期，被删除了。请重新上传。"),
}
NOTE = {
    "no_paid_at": _("表里没有“支付完成时间”：新订单先记在下单那天，也归不到场次。"),
    "no_refunds": _("表里没有“售后状态”：看不出哪些已经退款。"),
    "no_sku": _("表里没有“商家编码”：商品只能按名称归在一起。"),
    "no_host": _("表里没有“达人ID”：新订单归不到场次。"),
    "total_differs": _("表尾的总计和各行相加不一样，请核对文件是不是完整。"),
}
# Sheets of other kinds that people pick by mistake; sheets/known.py tells them apart.
OTHER = {
    "kuaishou": _("快手的订单表"),
    "pdd": _("拼多多的订单表"),
    "taobao": _("淘宝的订单表"),
    "taobao_items": _("淘宝的宝贝表"),
    "qianniu": _("千牛的订单表"),
    "weixin": _("微信小店的订单表"),
    "xiaohongshu": _("小红书的订单表"),
    "douyin_settlement": _("抖店的结算单"),
    "kuaishou_settlement": _("快手的结算单"),
    "taobao_settlement": _("淘宝的结算单"),
    "weixin_settlement": _("微信的结算单"),
    "jd_settlement": _("京东的结算单"),
    "alipay": _("支付宝的账单"),
    "live_sessions": _("抖音的直播场次表"),
}
