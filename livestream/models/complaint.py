from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.models.place import within
from livestream.rules.complaint import ComplaintKind, ComplaintState
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models.person import User


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county", place="session__place"))


class Complaint(models.Model):
    """What somebody said on the public page of a session. `code` finds the answer again; words and contact lie encrypted, and
    the contact is forgotten some time after the answer."""

    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))
    session = models.ForeignKey("livestream.LiveSession", models.PROTECT, related_name="complaints", verbose_name=_("场次"))
    product = models.ForeignKey(
        "livestream.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("商品")
    )
    kind = models.CharField(_("什么事"), max_length=8, choices=ComplaintKind)
    state = models.CharField(_("处理"), max_length=8, choices=ComplaintState, default=ComplaintState.OPEN)
    code = models.CharField(_("查询码"), max_length=12, unique=True, editable=False)
    words = EncryptedTextField(_("说了什么"))
    contact = EncryptedTextField(_("联系方式"), blank=True)
    said_at = models.DateTimeField(_("什么时候"))
    answer = models.CharField(_("答复"), max_length=500, blank=True)
    answered_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁答的")
    )
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)

    closed_at = models.DateTimeField(_("解决时间"), null=True, blank=True)
    forgot_at = models.DateTimeField(null=True, editable=False)  # the contact was taken out, its time being over

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("意见")
        verbose_name_plural = pgettext_lazy("many", "意见")
        ordering = ["-said_at"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ComplaintKind.values), name="complaint_kind_is_known"),
            models.CheckConstraint(condition=Q(state__in=ComplaintState.values), name="complaint_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=ComplaintState.OPEN) | Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer=""),
                name="complaint_was_answered_in_words",
            ),
        ]
        indexes = [models.Index(fields=["county", "-said_at"], name="complaint_by_county")]

    def __str__(self) -> str:
        return self.code


class ServiceLineQuerySet(models.QuerySet["ServiceLine"]):
    def visible_to(self, user: User, action: Action = Action.SEE_PLAN) -> Self:
        return self.filter(within(user.reach(action), county="county"))


class ServiceLine(models.Model):
    """The county's service phone, as the public page of each of its sessions tells it. A county without a row has none yet."""

    county = models.OneToOneField("livestream.Place", models.PROTECT, primary_key=True, related_name="+", verbose_name=_("县"))
    phone = models.CharField(_("服务电话"), max_length=24)
    hours = models.CharField(_("几点有人接"), max_length=40, blank=True)

    objects = ServiceLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("服务电话")
        verbose_name_plural = pgettext_lazy("many", "服务电话")

    def __str__(self) -> str:
        return self.phone
