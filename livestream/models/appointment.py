from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import inside
from livestream.rules.person import Role
from livestream.rules.rights import Action, Post

if TYPE_CHECKING:
    from datetime import date

    from livestream.models import User


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def current(self, on: date) -> Self:
        held = Q(from_on__lte=on) & (Q(until_on=None) | Q(until_on__gte=on))
        return self.filter(held, ended_at=None)

    def visible_to(self, user: User, action: Action = Action.SEE_PEOPLE) -> Self:
        """The posts in the places where this person may do that, whoever holds them."""
        return self.filter(inside(user.reach(action), "place__code"))

    def of_elsewhere(self, user: User, on: date) -> Self:
        """Those that are held or will be by people whom this person does not see: their account is of another place."""
        visible = self.visible_to(user).filter(Q(until_on=None) | Q(until_on__gte=on), ended_at=None, user__is_active=True)
        return visible.exclude(inside(user.reach(Action.SEE_PEOPLE), "user__place__code")).exclude(user=user)


class Appointment(models.Model):
    """A post that somebody holds besides the one of his account: another role, another place, certain days."""

    user = models.ForeignKey("livestream.User", models.CASCADE, related_name="appointments", verbose_name=_("人员"))
    role = models.CharField(_("身份"), max_length=12, choices=Role)
    place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("地方"))
    from_on = models.DateField(_("从"))
    until_on = models.DateField(_("到"), null=True, blank=True)
    appointed_by = models.ForeignKey("livestream.User", models.PROTECT, null=True, related_name="+", verbose_name=_("任命人"))
    created_at = models.DateTimeField(_("任命时间"), auto_now_add=True)
    ended_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("任职")
        verbose_name_plural = pgettext_lazy("many", "任职")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="appointment_role_is_known"),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="appointment_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.COMMISSIONER) | Q(until_on__isnull=False), name="appointed_commissioner_has_dates"
            ),
            models.UniqueConstraint(
                fields=["user", "role", "place"], condition=Q(ended_at=None), name="appointed_once_to_a_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.place_id}"

    @property
    def post(self) -> Post:
        return Post(self.role, self.place_id, self.from_on, self.until_on)
