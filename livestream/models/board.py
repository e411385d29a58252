from __future__ import annotations

from django.db import models


class BoardVersion(models.Model):
    """How often a board's scope has changed. Whoever changes what a board shows adds one, in the same transaction.

    `scope` is `county:<code>`, `session:<uuid>` or `stage:<uuid>`. The hub asks this table which frames to send.
    """

    scope = models.CharField(max_length=60, primary_key=True)
    county = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", db_constraint=False)
    version = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(version__gte=0), name="board_version_not_negative")]

    def __str__(self) -> str:
        return f"{self.scope} {self.version}"
