from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules.incident import LONGEST_NOTE, LONGEST_SAID, IncidentKind
from livestream.rules.pitch import Stretch

if TYPE_CHECKING:
    from livestream.models.session import LiveSession


class PitchQuerySet(models.QuerySet["Pitch"]):
    def open(self) -> Self:
        """Those that are being presented now: at most one a session."""
        return self.filter(ended_at=None)


class Pitch(models.Model):
    """The stretch in which a host presents one product. `tap` is the phone's own id of the tap that began it."""

    session: LiveSession = models.ForeignKey(  # type: ignore[assignment]
        "livestream.LiveSession", models.CASCADE, related_name="pitches", verbose_name=_("场次")
    )
    product = models.ForeignKey("livestream.Product", models.PROTECT, related_name="+", verbose_name=_("商品"))
    started_at = models.DateTimeField(_("开讲"))
    ended_at = models.DateTimeField(_("讲完"), null=True, blank=True)
    tap = models.CharField(max_length=64, blank=True, editable=False)
    by = models.ForeignKey("livestream.User", models.PROTECT, null=True, related_name="+", verbose_name=_("谁按的"))

    objects = PitchQuerySet.as_manager()

    class Meta:
        verbose_name = _("讲解")
        verbose_name_plural = pgettext_lazy("many", "讲解")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session"], condition=Q(ended_at=None), name="one_open_pitch_per_session"),
            models.UniqueConstraint(fields=["session", "tap"], condition=~Q(tap=""), name="pitch_tap_once"),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("started_at")), name="pitch_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.started_at:%H:%M}"

    @property
    def stretch(self) -> Stretch:
        return Stretch(self.started_at, self.tap, self.product_id, self.ended_at)


class Incident(models.Model):
    """Something that happened on air and stands beside the curve: who noted it, when it happened, in a few words."""

    session: LiveSession = models.ForeignKey(  # type: ignore[assignment]
        "livestream.LiveSession", models.CASCADE, related_name="incidents", verbose_name=_("场次")
    )
    kind = models.CharField(_("类别"), max_length=16, choices=IncidentKind)
    happened_at = models.DateTimeField(_("发生时间"))
    note = models.CharField(_("说明"), max_length=LONGEST_NOTE, blank=True)
    said = models.CharField(_("当场怎么说的"), max_length=LONGEST_SAID, blank=True, db_default="")  # of a correction
    product = models.ForeignKey(
        "livestream.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("商品")
    )
    proof_name = models.CharField(_("凭据"), max_length=100, blank=True, db_default="")
    proof_stored_as = models.CharField(max_length=100, blank=True, editable=False, db_default="")
    proof_sha256 = models.CharField(max_length=64, blank=True, editable=False, db_default="")
    tap = models.CharField(max_length=64, blank=True, editable=False, db_default="")
    noted_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("记录人"))
    noted_at = models.DateTimeField(_("记录时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("现场记录")
        verbose_name_plural = pgettext_lazy("many", "现场记录")
        ordering = ["happened_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=IncidentKind.values), name="incident_kind_is_known"),
            models.UniqueConstraint(fields=["session", "tap"], condition=~Q(tap=""), name="incident_tap_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%H:%M}"
