from __future__ import annotations

from django.db import models


class BlockedLoad(models.Model):
    """What browsers kept a page from doing (Content Security Policy), counted by day. Says nothing of a person: `page` is the
    name of an address, not the address, and `blocked` a keyword or another site's host."""

    on = models.DateField()
    directive = models.CharField(max_length=40)
    page = models.CharField(max_length=80)
    blocked = models.CharField(max_length=80)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["on", "directive", "page", "blocked"], name="blocked_load_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.directive} {self.blocked}"
