from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Left, Now
from django.utils.translation import gettext_lazy as _

from livestream.rules.chain import Fault
from livestream.rules.deed import Deed
from livestream.rules.rights import EVERYWHERE, Action

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models.person import User

PERSON = "livestream.User"
NEWEST_FIRST = (F("at").desc(), F("id").desc())
READERS_LEVELS = {2: "province", 4: "city", 6: "county"}  # digits of a code; nobody below a county reads the log

# An entry comes open; position and digest are written once, when the chain is closed over it, and nothing else ever.
COMES_OPEN = (
    "IF NEW.position IS NOT NULL OR NEW.digest <> '' THEN "
    "RAISE EXCEPTION 'pgtrigger: an audit entry comes without a place in the chain'; END IF; RETURN NEW;"
)
SEALED_ONCE = (
    "IF OLD.position IS NOT NULL OR NEW.position IS NULL OR NEW.digest = '' OR "
    "to_jsonb(NEW) - 'position' - 'digest' IS DISTINCT FROM to_jsonb(OLD) - 'position' - 'digest' THEN "
    "RAISE EXCEPTION 'pgtrigger: an audit entry is never changed'; END IF; RETURN NEW;"
)
# The one door out, for `retire_entries` alone: what is sealed and old. Six months are the least by law (Cybersecurity Law
# Art. 21 (3)), three years what exports are kept for; the proof that entries were retired stays for ever.
RETIRED_WHEN_OLD = (
    "IF current_setting('cunbo.retire', true) IS DISTINCT FROM 'on' OR OLD.position IS NULL OR OLD.deed = 'log_retired' OR "
    "OLD.at > now() - interval '6 months' OR "
    "((OLD.deed LIKE 'export%' OR OLD.kind LIKE '%.Export%') AND OLD.at > now() - interval '36 months') THEN "
    "RAISE EXCEPTION 'pgtrigger: an audit entry is never deleted'; END IF; RETURN OLD;"
)


# What a search may ask for, each as the condition that an index answers.
CONDITIONS: dict[str, Callable[[Any], Q]] = {
    "since": lambda at: Q(at__gte=at),
    "until": lambda at: Q(at__lt=at),
    "person": lambda pk: Q(actor=pk) | Q(acted_for=pk) | Q(kind=PERSON, object_id=str(pk)),
    "deed": lambda deed: Q(deed=deed),
    "kind": lambda kind: Q(kind=kind),
    "object": lambda key: Q(object_id=key),
    "place": lambda code: Q(place__startswith=code),
    "request": lambda number: Q(request_id__startswith=number),
    "address": lambda address: Q(address=address),
}


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: User) -> Self:
        """What concerns the places in which this person reads the log; what concerns none, for those who read everywhere."""
        codes = user.reach(Action.READ_AUDIT)
        if EVERYWHERE in codes:
            return self
        found = Q(pk__in=[])
        for code in codes:
            found |= Q(**{READERS_LEVELS[len(code)]: code})
        return self.alias(province=Left("place", 2), city=Left("place", 4), county=Left("place", 6)).filter(found)

    def matching(self, **asked: Any) -> Self:
        """Narrowed by each of: since, until, person, deed, kind, object, place, request, address."""
        found = self
        for name, value in asked.items():
            found = found.filter(CONDITIONS[name](value))
        return found

    def newest_first(self) -> Self:
        return self.order_by(*NEWEST_FIRST)

    def unsealed(self) -> Self:
        return self.filter(position=None)

    def sealed(self) -> Self:
        return self.exclude(position=None)

    def before(self, at: datetime, pk: int) -> Self:
        """What stands below this one in the list. Said so that an index is read from there on."""
        return self.filter(at__lte=at).exclude(at=at, pk__gte=pk)


class AuditEntry(models.Model):
    """Who did what to whom: append-only, and chained by hashes (`position`, `digest`) so that a missing or changed entry shows.

    `place` is the code of the place it concerns ("" the whole platform) and decides who may read it. `before` and `after` hold
    the changed columns of a row. No column holds a secret, a token or a buyer's data."""

    at = models.DateTimeField(_("时间"), db_default=Now())
    deed = models.CharField(_("做了什么"), max_length=24)  # a Deed of this or an earlier release
    actor = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("谁")
    )
    acted_for = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("代谁")
    )
    place = models.CharField(_("地方"), max_length=12, blank=True)
    kind = models.CharField(_("对象类型"), max_length=40, blank=True)
    object_id = models.CharField(_("对象"), max_length=64, blank=True)
    before = models.JSONField(_("之前"), null=True)
    after = models.JSONField(_("之后"), null=True)
    detail = models.JSONField(_("说明"), default=dict)
    address = models.GenericIPAddressField(_("来自"), null=True)
    request_id = models.CharField(_("请求号"), max_length=32, blank=True)
    position = models.BigIntegerField(_("链上序号"), null=True, unique=True)
    digest = models.CharField(_("链上摘要"), max_length=64, blank=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计")
        indexes = [
            models.Index(*NEWEST_FIRST, name="audit_by_time"),
            models.Index(Left("place", 2), *NEWEST_FIRST, name="audit_by_province"),
            models.Index(Left("place", 4), *NEWEST_FIRST, name="audit_by_city"),
            models.Index(Left("place", 6), *NEWEST_FIRST, name="audit_by_county"),
            models.Index(F("actor"), *NEWEST_FIRST, name="audit_by_actor"),
            models.Index(F("acted_for"), *NEWEST_FIRST, name="audit_by_acted_for", condition=Q(acted_for__isnull=False)),
            models.Index(F("deed"), *NEWEST_FIRST, name="audit_by_deed"),
            models.Index(F("kind"), F("object_id"), *NEWEST_FIRST, name="audit_by_object"),
            models.Index(fields=["request_id"], name="audit_by_request", opclasses=["varchar_pattern_ops"]),
            models.Index(F("address"), *NEWEST_FIRST, name="audit_by_address", condition=Q(address__isnull=False)),
            models.Index(fields=["id"], name="audit_unsealed", condition=Q(position=None)),
        ]
        triggers = [
            pgtrigger.Trigger(name="audit_comes_open", when=pgtrigger.Before, operation=pgtrigger.Insert, func=COMES_OPEN),
            pgtrigger.Trigger(name="audit_sealed_once", when=pgtrigger.Before, operation=pgtrigger.Update, func=SEALED_ONCE),
            pgtrigger.Trigger(name="audit_append_only", when=pgtrigger.Before, operation=pgtrigger.Delete, func=RETIRED_WHEN_OLD),
        ]

    def __str__(self) -> str:
        return f"{self.deed} {self.kind} {self.object_id}"

    @property
    def deed_label(self) -> str:
        return str(Deed(self.deed).label) if self.deed in Deed.values else self.deed


class AuditCheck(models.Model):
    """One reading of the whole chain: how far it goes, and what was found first that is not as it was written."""

    began_at = models.DateTimeField(_("开始"))
    ended_at = models.DateTimeField(_("结束"))
    entries = models.BigIntegerField(_("查了几条"))
    position = models.BigIntegerField(_("查到第几条"))  # 0: the chain is empty
    digest = models.CharField(_("那一条的摘要"), max_length=64, blank=True)
    fault = models.CharField(_("发现"), max_length=12, choices=Fault, blank=True)
    fault_position = models.BigIntegerField(_("在第几条"), null=True)

    class Meta:
        verbose_name = _("审计链核对")
        verbose_name_plural = _("审计链核对")
        constraints = [models.CheckConstraint(condition=Q(fault__in=["", *Fault.values]), name="audit_fault_is_known")]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M} {self.position} {self.fault}"
