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
    "too_young": _("这位主播未满 16 周岁，按规定不能直播。请换一位主播。"),
    "guardian_missing": _("这位主播未满 18 周岁，要先由县电商中心登记监护人的书面同意，才能直播。"),
    "age_recheck": _("这位主播未满 18 周岁，身份核验过了一年，要先由县电商中心重新核验，才能开播。"),
    "age_unverified": _("还没有核验这位主播的年龄。请带身份证到县电商中心核验，登记以后就能开播。"),
    "broadcast_unasked": _("有领导上直播，要先由主办单位审批。请打开“县长直播申请”，填好再送审。"),
    "broadcast_waiting": _("这一场的申请还在等审批，批准以后才能往下走。"),
    "broadcast_returned": _("这一场的申请被退回了。请按审批意见改好，再送一次。"),
    "broadcast_changed": _("批准以后又改了{what}，要重新送审。"),
    "broadcast_approved": _("这一场的申请已经批准了，不用再送。"),
    "broadcast_decided": _("这个申请已经有了结果：{result}。"),
    "broadcast_meanwhile": _("您打开以后，这一场的排期又改了。请看一看现在的样子，再批。"),
    "broadcast_own": _("自己申请的不能自己批，请另一位审批人来批。"),
    "broadcast_not_needed": _("这一场没有领导，不用申请，直接送审就行。"),
    "broadcast_over": _("这一场的时间已经过了，请先改到以后的时间。"),
    "answer_words_missing": _("退回要写一句为什么，好让申请人知道改哪里。"),
    "leader_missing": _("县长直播还没有领导嘉宾。请先在排期里写上来讲的领导。"),
    "leader_unregistered": _("{name}还不在领导登记里，不能核对单位。请先登记。"),
    "leader_known": _("登记里已经有这位领导了：同名、同单位。"),
    "leader_namesake": _(
        "登记里已经有一位{name}（{unit}）。是同一个人，就改原来那一行；确实是两个人，请勾选“是另一个人”再保存。"
    ),
    "leader_busy": _("合并以后，这位领导会同时出现在两场里。请先改其中一场的时间。"),
    "leader_of_another_county": _("两行要在同一个县的登记里，才能合并。"),
    "leader_same": _("请选另一行来合并。"),
    "barred_department": _(
        "{name}不能来推荐食品：“{office}”属于食品安全监管、卫生健康、检验机构或食品协会，"
        "《食品安全法》第七十三条不允许它们以任何形式向消费者推荐食品。可以请党委政府、农业农村、商务文旅的领导来，由主播讲货。"
    ),
    "department_differs": _("单位或职务里有“{office}”，单位类别请选它所在的那一类。"),
    "goods_missing": _("还没有排品。请先排好要推介的货，再说明为什么选它们。"),
    "forced_buying": _(
        "“{words}”是给人下购买任务。这是摊派：2020 年城固县要求干部“每人不少于50元”，后来公开致歉。"
        "请删掉，改成自愿的说法，例如“欢迎按需要自愿购买”；要写目标，写全县的，例如“全县目标 50 万元”。"
    ),
    "paid_promotion": _(
        "“{words}”是付费推广。有公职人员出镜的是公益推介，不能付费推广（《广告法》第九条第二项）。请改成本县自己的账号、村里的广播和微信群。"
    ),
    "discipline_open": _("纪律清单要六条都勾上，才能送审。"),
    "frozen": _("离开播不到 {hours} 小时，县长直播的排期不再改。确实要改，请审批人写明原因放行；不播了可以取消。"),
    "not_frozen": _("这一场现在可以改，不用放行。"),
    "thaw_reason": _("请写一句为什么要在这个时候改。"),
    "person_gone": _("这个人的资料已经注销或封存。要恢复，请到“个人信息请求”办理。"),
    "person_restricted": _("这位主播的资料已经限制处理，不能安排直播。"),
    "guardian_evidence": _("请写监护人的同意书放在哪里，例如“电商中心 2 号柜”。"),
    "old_phone_taken": _("原来的手机号现在有别人在用，请先给那个人换号。"),
    "reveal_limit": _("一小时内最多看 {limit} 项，您已经看满了。请过一会儿再看。"),
    "reveal_reason": _("请写明为什么要看。"),
    "reveal_nothing": _("这一项没有登记，没有什么可看。"),
    "not_for_others": _("这件事只能由本人办，不能代操作。"),
    "asked_already": _("您已经提过这个请求，{due} 以前会答复。"),
    "wish_missing": _("请写一句要改什么、改成什么。"),
    "request_closed": _("这个请求已经办过了。"),
    "answer_not_offered": _("这个请求不能这样答复，请从列表里选。"),
    "answer_missing": _("请写一句给本人的说明。"),
    "must_be_kept": _("法律要求保留到 {until}，现在只能限制处理，到期再注销。"),
    "until_missing": _("请填限制到哪一天，要在今天以后。"),
    "until_too_early": _("直播记录按法律要保留三年，至少限制到 {until}。"),
    "still_on_air": _("正在直播，请先下播再办。"),
    "not_yourself": _("自己的请求，请由同事办理。"),
    "not_your_export": _("您不能在这个地方导出这一样，或者这不是您申请的。"),
    "own_export": _("自己申请的不能自己批，请另一位审批人来批。"),
    "export_decided": _("这一次导出已经有了结果，或者行数变了，请看一看现在的情况。"),
    "export_gone": _("文件已经过了保存期，被删除了。还要用，请再申请一次。"),
    "export_hour_full": _("一个人一小时最多导出 {limit} 行，这一次有 {rows} 行。请缩短日期，或过一小时再来。"),
    "period_backwards": _("结束的日期在开始的前面，请改过来。"),
    "period_outside": _("日期要在 {earliest} 到 {today} 之间。"),
    "period_too_long": _("一次最多导出 {years} 年，请缩短日期。"),
    "words_missing": _("请写“{field}”。"),
    "token_name_missing": _("请写这个令牌用在哪里，例如“电商中心的报表”。"),
    "token_for_nothing": _("请至少选一样它可以做的事。"),
    "token_not_there": _("您在这个地方不能发令牌。"),
    "too_many_tokens": _("您已经有 {limit} 个有效的令牌，请先撤销不用的。"),
    "not_your_token": _("这不是您能管的令牌。"),
    "not_ended": _("这一场还没有下播，下播以后才能回放。"),
    "in_flight": _("同一个 Idempotency-Key 的请求正在办，请稍后再问。"),
    "other_request": _("这个 Idempotency-Key 已经用在另一个请求上，请换一个。"),
    "sms_too_soon": _("刚发过一条短信，请等一分钟再要。"),
    "sms_too_many": _("这个号码要验证码的次数太多了，请一小时以后再试，或用密码登录。"),
    "second_factor_not_yours": _("您不能取消这个人的两步验证：要管人员，自己也先通过两步验证。"),
    "changed_meanwhile": _("{who}在 {when} 改过这一场，您的改动还没有存。请看一看改了什么，再决定。"),
    "plan_closed": _("这一场{state}，计划不能再改。"),
    "session_backwards": _("下播 {end} 不在开播 {start} 后面。请改下播时间；过了半夜才下播的，写“次日 1:00”。"),
    "session_too_long": _("这一场有 {hours} 小时，一场最多 24 小时。下播最晚填 {latest}；更长的请分成几场。"),
    "session_past": _("开播时间 {start} 已经过了，请填 {now} 以后的时间。"),
    "session_far": _("最远只能排到 {last}。"),
    "segment_minutes": _("第 {number} 段的时间要是整分钟。"),
    "segment_backwards": _("第 {number} 段的结束要在开始后面。"),
    "segment_outside": _("第 {number} 段要在 {start} 到 {end} 之间，也就是这一场的时间里。"),
    "segment_overlaps": _("第 {number} 段要接在第 {before} 段后面，从 {end} 起。"),
    "segment_unknown": _("“{what}”写了第 {number} 段，这一场没有这一段。"),
    "not_of_the_county": _("“{what}”不是这个县的，或者已经不用了，请换一个。"),
    "planned_twice": _("“{what}”写了两次，请删掉一次。"),
    "not_yours_to_plan": _("您不能在“{place}”排场次。请选自己管的地方。"),
    "not_your_people": _("{name}不是您地方里的人，不能由您来排。"),
    "too_many_rows": _("“{field}”最多 {limit} 行。"),
    "booked_already": _("这个时间已经被别的场次占了，请换一个时间。"),
    "undone_already": _("这一步已经撤销过了。"),
    "changed_since": _("后来{who}又改过这一场，这一步不能再撤销。请打开看一看，再改。"),
    "undo_gone": _("当时的人、地方或商品已经不在了，这一步不能撤销。"),
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
