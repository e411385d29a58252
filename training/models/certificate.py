from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.models.place import within
from livestream.models.together import together
from livestream.rules.rights import Action
from training.rules.exam import PASS_MARKS

if TYPE_CHECKING:
    from livestream.models import Place, User
    from training.models.enrolment import Enrolment


class CertificateRule(models.Model):
    """What a county asks for before it gives a certificate. A change is a new version; what was issued keeps its own."""

    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    version = models.PositiveSmallIntegerField(_("版本"))
    attendance_percent = models.PositiveSmallIntegerField(_("出勤率至少（%）"), default=80)
    is_over_planned = models.BooleanField(_("按计划课次算"), default=False)  # else over the lessons that were held
    exam_marks = models.PositiveSmallIntegerField(_("每门考试至少"), default=PASS_MARKS)
    needs_exam = models.BooleanField(_("要考试"), default=True)
    needs_practical = models.BooleanField(_("要实操"), default=True)
    practical_marks = models.PositiveSmallIntegerField(_("实操至少"), default=PASS_MARKS)
    academic_hours = models.PositiveSmallIntegerField(_("至少学时"), default=0)
    made_at = models.DateTimeField(_("定下时间"), auto_now_add=True)
    made_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁定的"))

    class Meta:
        verbose_name = _("发证规则")
        verbose_name_plural = pgettext_lazy("many", "发证规则")
        constraints = [
            models.UniqueConstraint(fields=["county", "version"], name="certificate_rule_once_per_version"),
            models.CheckConstraint(
                condition=Q(attendance_percent__lte=100, exam_marks__lte=100, practical_marks__lte=100),
                name="certificate_rule_can_be_met",
            ),
        ]
        triggers = [pgtrigger.Protect(name="certificate_rule_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"v{self.version}"


REVOKING = ["revoked_at", "revoked_by", "revoked_because"]


def differing(*fields: str) -> pgtrigger.Q:
    """In a trigger: one of these columns changes."""
    found = pgtrigger.Q()
    for name in fields:
        found |= pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")})
    return found


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        """Those of his places, and his own."""
        reached = within(user.reach(action), county="enrolment__cohort__county", place="enrolment__cohort__place")
        return self.filter(reached | Q(enrolment__trainee__user=user))

    def reached_by(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        """The same without his own."""
        return self.filter(within(user.reach(action), county="enrolment__cohort__county", place="enrolment__cohort__place"))

    def standing(self) -> Self:
        return self.filter(revoked_at=None)


class Certificate(models.Model):
    """A certificate as it was given, for ever: only revoking it changes the row, and once. (The column of the name is written
    anew when the keys change, and emptied when somebody's data are erased.) One whose name was wrong is given anew under another
    number: the new row `replaces` the old one, which is revoked by that and for nothing else. `facts`: what it certifies (course,
    hours, days, attendance, marks, rule), frozen on the day; the name lies encrypted beside it and is shown masked to the public.

    `status_index`: its place in the public status list of Open Badges 3.0 credentials. `credential`: signed once, when the
    certificate is given, or first asked for where the system had no address yet."""

    number = models.CharField(_("证书编号"), max_length=24, unique=True)
    enrolment: Enrolment = models.ForeignKey(
        "training.Enrolment", models.PROTECT, related_name="certificates", verbose_name=_("学员")
    )  # type: ignore[assignment]
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replacement", verbose_name=_("换发自")
    )
    rule = models.ForeignKey(CertificateRule, models.PROTECT, related_name="certificates", verbose_name=_("发证规则"))
    name = EncryptedTextField(_("姓名"))
    facts = models.JSONField(_("证明的内容"))
    status_index = models.PositiveIntegerField(unique=True, editable=False)
    credential = models.TextField(editable=False, blank=True)  # Open Badges 3.0, signed (VC-JWT)
    issued_at = models.DateTimeField(_("发证时间"))
    issued_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁发的"))
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁撤销的")
    )
    revoked_because = models.CharField(_("撤销原因"), max_length=120, blank=True)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("结业证书")
        verbose_name_plural = pgettext_lazy("many", "结业证书")
        constraints = [
            models.UniqueConstraint(fields=["enrolment"], condition=Q(replaces=None), name="certificate_once_per_enrolment"),
            models.UniqueConstraint(fields=["enrolment"], condition=Q(revoked_at=None), name="certificate_stands_once"),
            models.CheckConstraint(condition=together("revoked_at", "revoked_by"), name="revoked_certificate_says_by_whom"),
            models.CheckConstraint(condition=Q(revoked_at=None) | ~Q(revoked_because=""), name="revoked_certificate_says_why"),
        ]
        triggers = [
            pgtrigger.Protect(name="certificate_is_never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="certificate_stays", exclude=[*REVOKING, "name", "credential"]),
            pgtrigger.Protect(
                name="certificate_stays_revoked",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revoked_at__isnull=False) & differing(*REVOKING),
            ),
            pgtrigger.Protect(
                name="certificate_is_signed_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__credential="") & differing("credential"),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_revoked(self) -> bool:
        """Not good any more, be it that another one took its place."""
        return self.revoked_at is not None

    @property
    def replaced_by(self) -> Certificate | None:
        """The one that took its place; ask for it with `select_related("replacement")`."""
        return getattr(self, "replacement", None) if self.is_revoked else None


class IssuerKey(models.Model):
    """The key that signs credentials: Ed25519, encrypted under FIELD_KEYS. The newest signs; older ones stay to be checked by."""

    made_at = models.DateTimeField(auto_now_add=True)
    private = EncryptedTextField()
    public = models.JSONField()  # a JWK

    class Meta:
        verbose_name = _("签名钥匙")
        verbose_name_plural = pgettext_lazy("many", "签名钥匙")

    def __str__(self) -> str:
        return str(self.pk)
