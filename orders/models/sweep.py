from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Sweep(models.Model):
    """When a task of the timetable last came to its end: a dead timetable or worker shows by its age."""

    name = models.CharField(_("任务"), max_length=40, primary_key=True)
    ran_at = models.DateTimeField(_("上次做完"))

    class Meta:
        verbose_name = _("定时任务")
        verbose_name_plural = pgettext_lazy("many", "定时任务")

    def __str__(self) -> str:
        return self.name
