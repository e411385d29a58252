from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from orders.rules.invariants import Invariant


class BoardCheckQuerySet(models.QuerySet["BoardCheck"]):
    def open(self) -> Self:
        return self.filter(cleared_at=None)


class BoardCheck(models.Model):
    """A board whose figures may be wrong, and why: from the check that found it until one that finds it right again.

    Nothing is mended here. `source` is what was looked at; one thing may put two boards, a session's and its county's, in doubt.
    """

    county = models.ForeignKey(
        "livestream.Place", models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("县")
    )
    scope = models.CharField(_("大屏"), max_length=60)
    source = models.CharField(_("核对对象"), max_length=160)
    invariant = models.CharField(_("规则"), max_length=8, choices=Invariant)
    detail = models.CharField(_("发现"), max_length=300)
    since = models.DateTimeField(_("发现时间"))
    cleared_at = models.DateTimeField(_("恢复时间"), null=True)

    objects = BoardCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("核对中的大屏")
        verbose_name_plural = _("核对中的大屏")
        constraints = [
            models.UniqueConstraint(fields=["scope", "source"], condition=Q(cleared_at=None), name="board_check_open_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.source}"


class CheckedBoard(models.Model):
    """Up to which version a board's tallies were compared with the ledger, and when they may be looked at again."""

    scope = models.CharField(max_length=60, primary_key=True)
    version = models.BigIntegerField()
    due_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.scope} {self.version}"


class FullCheck(models.Model):
    """One row: when everything was last compared. Whoever moves `began_at` does the work."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_full_check")]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"
