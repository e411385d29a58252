"""What must be so before leaders go on air. Pure."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Department(TextChoices):
    """Where a guest works. Some may not recommend food to consumers in any form (食品安全法 第七十三条)."""

    GOVERNMENT = "government", _("党委政府")
    PEOPLE = "people", _("人大政协群团")
    FARMING = "farming", _("农业农村、乡村振兴")
    COMMERCE = "commerce", _("商务、供销、文旅")
    FOOD_SAFETY = "food_safety", _("市场监管、食品安全监管")
    HEALTH = "health", _("卫生健康、疾控")
    INSPECTION = "inspection", _("食品检验机构")
    ASSOCIATION = "association", _("食品行业协会")
    NONE = "none", _("不在机关单位")


class Aim(TextChoices):
    SLOW_SALE = "slow_sale", _("滞销助农")
    FESTIVAL = "festival", _("节庆造势")
    QUOTA = "quota", _("每月上线")
    BRAND = "brand", _("公用品牌推介")


class Decision(TextChoices):
    WAITING = "waiting", _("等审批")
    APPROVED = "approved", _("批准")
    RETURNED = "returned", _("退回")


MAY_NOT_RECOMMEND_FOOD = frozenset({Department.FOOD_SAFETY, Department.HEALTH, Department.INSPECTION, Department.ASSOCIATION})
