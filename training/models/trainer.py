from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from training.rules.trainer import RecordKind

if TYPE_CHECKING:
    from livestream.models import Place, User


class TrainerQuerySet(models.QuerySet["Trainer"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(within(user.reach(action), county="county") | Q(user=user))


class Trainer(models.Model):
    """Who teaches: always a person of the system, so that the plan can book him; many never sign in."""

    user: User = models.OneToOneField(
        "livestream.User", models.PROTECT, primary_key=True, related_name="trainer", verbose_name=_("人员")
    )  # type: ignore[assignment]
    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    organisation = models.CharField(_("单位"), max_length=60, blank=True)
    about = models.CharField(_("简历"), max_length=1000, blank=True)
    agreement_on = models.DateField(_("聘用协议日期"), null=True, blank=True)
    is_in_use = models.BooleanField(_("在用"), default=True)

    objects = TrainerQuerySet.as_manager()

    class Meta:
        verbose_name = _("讲师档案")
        verbose_name_plural = pgettext_lazy("many", "讲师档案")

    def __str__(self) -> str:
        return str(self.user_id)


class TrainerRecord(models.Model):
    """A training, a shadowing, a visit or a certificate of a trainer; three trainings a year are asked for."""

    trainer = models.ForeignKey(Trainer, models.CASCADE, related_name="records", verbose_name=_("讲师"))
    kind = models.CharField(_("类型"), max_length=12, choices=RecordKind)
    title = models.CharField(_("内容"), max_length=80)
    on = models.DateField(_("日期"))
    academic_hours = models.PositiveSmallIntegerField(_("学时"), default=0)
    place = models.CharField(_("地点"), max_length=60, blank=True)
    evidence = models.CharField(_("证明存放处"), max_length=120, blank=True)
    noted_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("登记人"))
    noted_at = models.DateTimeField(_("登记时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("讲师经历")
        verbose_name_plural = pgettext_lazy("many", "讲师经历")
        constraints = [models.CheckConstraint(condition=Q(kind__in=RecordKind.values), name="trainer_record_kind_is_known")]

    def __str__(self) -> str:
        return self.title
