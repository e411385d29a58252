from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.models.place import within
from livestream.rules.party import Registration, SupplierKind
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class SupplierQuerySet(models.QuerySet["Supplier"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county", place="place"))


class Supplier(models.Model):
    """A cooperative or a household that supplies goods."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    name = models.CharField(_("名称"), max_length=60)
    kind = models.CharField(_("类别"), max_length=12, choices=SupplierKind)
    place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("所在村"))

    # 电子商务法 第十条、第十五条: whoever sells what he grew himself needs no licence, but has to say so.
    registration = models.CharField(_("登记"), max_length=10, choices=Registration, blank=True, db_default="")
    licence_no = models.CharField(_("统一社会信用代码"), max_length=40, blank=True, db_default="")
    contact = EncryptedTextField(_("联系人"), blank=True, db_default="")
    phone = EncryptedTextField(_("电话"), blank=True, db_default="")
    address = models.CharField(_("经营地址"), max_length=120, blank=True, db_default="")
    version = models.PositiveIntegerField(default=1, editable=False, db_default=1)
    is_in_use = models.BooleanField(_("在用"), default=True, db_default=True)

    objects = SupplierQuerySet.as_manager()

    class Meta:
        verbose_name = _("供货商")
        verbose_name_plural = pgettext_lazy("many", "供货商")
        constraints = [models.UniqueConstraint(fields=["county", "name", "place"], name="supplier_once_per_place")]

    def __str__(self) -> str:
        return self.name
