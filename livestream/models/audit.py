from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from livestream.rules.deed import Deed

# The chain is closed a moment later, once for each entry: then position and digest are written, and nothing else ever.
SEALED_ONCE = (
    "IF OLD.position IS NOT NULL OR NEW.position IS NULL OR NEW.digest = '' OR "
    "to_jsonb(NEW) - 'position' - 'digest' IS DISTINCT FROM to_jsonb(OLD) - 'position' - 'digest' THEN "
    "RAISE EXCEPTION 'pgtrigger: an audit entry is never changed'; END IF; RETURN NEW;"
)


class AuditEntry(models.Model):
    """Who did what to whom: append-only, and chained by hashes (`position`, `digest`) so that a missing or changed entry shows.

    `place` is the code of the place it concerns ("" the whole platform) and decides who may read it. `before` and `after` hold
    the changed columns of a row. No column holds a secret, a token or a buyer's data."""

    at = models.DateTimeField(_("时间"), db_default=Now())
    deed = models.CharField(_("做了什么"), max_length=24)  # a Deed of this or an earlier release
    actor = models.ForeignKey("livestream.User", models.PROTECT, null=True, related_name="+", verbose_name=_("谁"))
    acted_for = models.ForeignKey("livestream.User", models.PROTECT, null=True, related_name="+", verbose_name=_("代谁"))
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

    class Meta:
        verbose_name = _("审计记录")
        verbose_name_plural = _("审计")
        indexes = [
            models.Index(fields=["place", "-at"], name="audit_by_place"),
            models.Index(fields=["actor", "-at"], name="audit_by_actor"),
            models.Index(fields=["kind", "object_id"], name="audit_by_object"),
            models.Index(fields=["id"], name="audit_unsealed", condition=models.Q(position=None)),
        ]
        triggers = [
            pgtrigger.Protect(name="audit_append_only", operation=pgtrigger.Delete),
            pgtrigger.Trigger(name="audit_sealed_once", when=pgtrigger.Before, operation=pgtrigger.Update, func=SEALED_ONCE),
        ]

    def __str__(self) -> str:
        return f"{self.deed} {self.kind} {self.object_id}"

    @property
    def deed_label(self) -> str:
        return str(Deed(self.deed).label) if self.deed in Deed.values else self.deed
