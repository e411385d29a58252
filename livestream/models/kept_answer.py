from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class KeptAnswer(models.Model):
    """What a write of the API answered, under the caller's own key (`Idempotency-Key`): asked again, it is said again.

    `fingerprint` is the SHA-256 of what was asked. A row is written in the transaction of the write it stands for."""

    caller = models.CharField(max_length=30)  # `user:<id>` or `token:<id>`
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    body = models.TextField(blank=True)  # JSON, as it was sent; nothing for an answer without a body
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("记下的回答")
        verbose_name_plural = pgettext_lazy("many", "记下的回答")
        indexes = [models.Index(fields=["made_at"], name="kept_answer_by_age")]
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="answered_once_per_key")]

    def __str__(self) -> str:
        return f"{self.caller} {self.key}"
