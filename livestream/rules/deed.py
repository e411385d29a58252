"""What the audit log knows to have been done."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Deed(TextChoices):
    SIGNED_IN = "signed_in", _("登录")
    SIGN_IN_FAILED = "sign_in_failed", _("登录失败")
    SIGNED_OUT = "signed_out", _("退出")
    LOGINS_ENDED = "logins_ended", _("结束登录")
    PASSWORD_SET = "password_set", _("设密码")
    SECOND_FACTOR_SET = "second_factor_set", _("设两步验证")
    SECOND_FACTOR_REMOVED = "second_factor_removed", _("取消两步验证")
    INVITED = "invited", _("邀请")
    JOINED = "joined", _("接受邀请")
    RESET_LINK_MADE = "reset_link_made", _("发重设密码链接")
    LINK_REVOKED = "link_revoked", _("收回链接")
    PERSON_CHANGED = "person_changed", _("改人员资料")
    STOPPED = "stopped", _("停用")
    RESTORED = "restored", _("恢复使用")
    BEGAN_ACTING_FOR = "began_acting_for", _("开始代操作")
    STOPPED_ACTING_FOR = "stopped_acting_for", _("结束代操作")
    APPOINTED = "appointed", _("任命")
    APPOINTMENT_ENDED = "appointment_ended", _("撤销任命")
    REVEALED = "revealed", _("看隐去的信息")
    CONSENT_GIVEN = "consent_given", _("同意")
    CONSENT_WITHDRAWN = "consent_withdrawn", _("撤回同意")
    SUBJECT_REQUESTED = "subject_requested", _("个人信息请求")
    SUBJECT_ANSWERED = "subject_answered", _("答复个人信息请求")
    EXPORT_ASKED = "export_asked", _("申请导出")
    EXPORT_APPROVED = "export_approved", _("批准导出")
    EXPORT_REJECTED = "export_rejected", _("拒绝导出")
    EXPORTED = "exported", _("下载导出")
    TOKEN_MADE = "token_made", _("发接口令牌")
    TOKEN_REVOKED = "token_revoked", _("撤销接口令牌")
    REFUSED = "refused", _("被拒绝")
    ROW_ADDED = "row_added", _("新增")
    ROW_CHANGED = "row_changed", _("修改")
    ROW_REMOVED = "row_removed", _("删除")
