"""What the demo county's school teaches: its courses, a quiz, and the topics of its lessons. Invented."""

from __future__ import annotations

from typing import NamedTuple

from training.actions.course import CoursePlan
from training.rules import course as of_course
from training.rules.course import CourseLevel, Mode, Trade
from training.rules.quiz import QuestionFacts


class Topic(NamedTuple):
    """Of a lesson: what it is called, and the course it belongs to."""

    title: str
    course: str


T, L = of_course.Topic, CourseLevel
PHONE, SHOP, LIVE, VIDEO = "手机上网和支付安全", "开店和商品上架", "零基础直播带货", "短视频拍摄和剪辑"
GOODS, LAW, PARCELS, SERVICE = "选品、定价和包装", "广告法和直播规矩", "打包和山区物流", "客服和售后"
COURSES = (
    CoursePlan(PHONE, T.PHONE, 8, about="连网、装软件、收付款、防诈骗"),
    CoursePlan(SHOP, T.SHOP, 16, L.BASIC, about="开店、拍主图、写标题、设运费"),
    CoursePlan(LIVE, T.LIVE, 24, about="架手机、开播、讲货、看留言"),
    CoursePlan("直播销售员（五级）", T.LIVE, 120, L.BASIC, Mode.MIXED, Trade.SELLER, 5, "考证用，按国家标准的学时"),
    CoursePlan("直播销售员（四级）", T.LIVE, 80, L.ADVANCED, Mode.MIXED, Trade.SELLER, 4, "考证用，还差实操学时"),
    CoursePlan(VIDEO, T.VIDEO, 24, L.BASIC, about="地头拍、手机剪、配字幕"),
    CoursePlan(GOODS, T.GOODS, 16, L.BASIC, about="挑货、分级、算成本、定价、装箱"),
    CoursePlan(SERVICE, T.SERVICE, 8, L.BASIC, about="答留言、退换货、处理差评"),
    CoursePlan(LAW, T.LAW, 6, L.BASIC, Mode.ONLINE, about="哪些话不能说，证照挂在哪里"),
    CoursePlan(PARCELS, T.LOGISTICS, 8, about="山里怎么发得出、发得稳"),
    CoursePlan("看数据、做复盘", T.DATA, 12, L.ADVANCED, Mode.MIXED, about="看懂大屏，下一场怎么改"),
)
QUESTIONS = (
    QuestionFacts("开播前先做哪一件事？", ("试声音和画面", "先喊“全网最低价”", "把手机放在窗台上"), (0,)),
    QuestionFacts("讲花椒的时候，哪句话不能说？", ("今年八月采的", "吃了能治高血压", "一斤装两袋"), (1,)),
    QuestionFacts("买家说收到的坏了，怎么办？", ("不理他", "说好退换，让他拍照", "叫他找快递"), (1,)),
    QuestionFacts("48 小时里要做完什么？", ("发货", "涨价", "删掉留言"), (0,)),
    QuestionFacts("哪两样要让买家看得见？", ("营业执照", "产地和规格", "主播的身份证"), (0, 1)),
)

LIVE_TOPICS = (
    Topic("认识直播间：灯、声音、背景", LIVE), Topic("把自家的货讲明白", LIVE), Topic("看留言、答问题", LIVE),
    Topic("哪些话不能说", LAW), Topic("定价和运费", GOODS), Topic("打包：三十斤核桃怎么寄", PARCELS),
    Topic("一人播二十分钟", LIVE), Topic("复盘：谁留下来了", LIVE),
)  # fmt: skip
PHONE_TOPICS = (
    Topic("连网、装软件、防诈骗", PHONE),
    Topic("手机收付款", PHONE),
    Topic("拍主图、写标题", SHOP),
    Topic("设运费和发货", SHOP),
)
VIDEO_TOPICS = (Topic("地头怎么拍", VIDEO), Topic("手机剪辑", VIDEO), Topic("配字幕和音乐", VIDEO), Topic("发布和看播放", VIDEO))
GOODS_TOPICS = (Topic("挑货和分级", GOODS), Topic("算成本、定价", GOODS), Topic("装箱试摔", PARCELS), Topic("退换货", SERVICE))
