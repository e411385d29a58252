"""What the REST API of sessions on air says when it refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "control_product_missing": _("请写是哪一样货：sku 填它的商家编码。"),
    "control_about_missing": _("请写关于哪一条：about 填这一场记录里那一条的 id。"),
}
