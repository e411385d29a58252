from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action

if TYPE_CHECKING:
    from livestream.models import User
    from training.models.cohort import Cohort


class PhotoQuerySet(models.QuerySet["Photo"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(within(user.reach(action), county="cohort__county", place="cohort__place"))


class Photo(models.Model):
    """影像资料 of a cohort or one of its lessons: written anew on arrival, so that nothing of the phone's own notes is kept.

    `sha256` is of the file as it came and finds the same file twice; `look` is a difference hash that finds the same picture."""

    cohort: Cohort = models.ForeignKey("training.Cohort", models.PROTECT, related_name="photos", verbose_name=_("培训班"))  # type: ignore[assignment]
    lesson = models.ForeignKey(
        "training.Lesson", models.PROTECT, null=True, blank=True, related_name="photos", verbose_name=_("课次")
    )
    caption = models.CharField(_("说明"), max_length=80, blank=True)
    stored_as = models.CharField(max_length=100, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    look = models.CharField(max_length=16, editable=False)
    bytes = models.PositiveIntegerField(_("大小"))
    width = models.PositiveSmallIntegerField(_("宽"))
    height = models.PositiveSmallIntegerField(_("高"))
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)  # as the phone wrote it into the file
    added_at = models.DateTimeField(_("上传时间"), auto_now_add=True)
    added_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁传的"))

    objects = PhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("照片")
        verbose_name_plural = pgettext_lazy("many", "照片")
        constraints = [
            models.CheckConstraint(condition=~Q(sha256=""), name="photo_has_its_digest"),
        ]
        indexes = [models.Index(fields=["sha256"], name="photo_by_digest")]

    def __str__(self) -> str:
        return self.caption
