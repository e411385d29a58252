from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.rules.age import AgeFacts, Standing, standing
from livestream.rules.vault import Secret

if TYPE_CHECKING:
    from livestream.models.person import User


class PersonalDataQuerySet(models.QuerySet["PersonalData"]):
    def of_hosts(self, user: User) -> Self:
        """Of the hosts in use whom this person may see."""
        return self.filter(user__in=type(user).objects.visible_to(user).hosts()).select_related("user", "user__place")


class PersonalData(models.Model):
    """What is known of a person beyond name, place and login: encrypted, shown masked, revealed for a reason (docs/privacy.md).

    An identity number is never kept: only a keyed digest that tells whether two people gave the same one. `sealed` holds name,
    live name and phone of somebody whose data are restricted; the account itself then carries nothing of him."""

    user = models.OneToOneField(
        "livestream.User", models.CASCADE, primary_key=True, related_name="personal", verbose_name=_("人员")
    )
    birth = EncryptedTextField(_("出生日期"), blank=True)
    identity_digest = models.CharField(max_length=64, blank=True, editable=False)
    second_phone = EncryptedTextField(_("备用电话"), blank=True)
    guardian_name = EncryptedTextField(_("监护人姓名"), blank=True)
    guardian_phone = EncryptedTextField(_("监护人电话"), blank=True)
    guardian_evidence = EncryptedTextField(_("同意书存放处"), blank=True)
    guardian_on = models.DateField(_("监护人同意日期"), null=True, blank=True)
    guardian_noted_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, related_name="+", verbose_name=_("登记人")
    )
    checked_on = models.DateField(_("核验身份日期"), null=True, blank=True)
    checked_by = models.ForeignKey("livestream.User", models.PROTECT, null=True, related_name="+", verbose_name=_("核验人"))
    is_adult = models.BooleanField(_("已核身份，满 18 周岁"), default=False)
    verify_by = models.DateField(_("补核期限"), null=True, blank=True)
    sealed = EncryptedTextField(blank=True, editable=False)
    restricted_until = models.DateField(_("限制处理到"), null=True, blank=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    objects = PersonalDataQuerySet.as_manager()

    class Meta:
        verbose_name = _("个人信息")
        verbose_name_plural = pgettext_lazy("many", "个人信息")
        indexes = [models.Index(fields=["identity_digest"], name="person_by_identity", condition=~Q(identity_digest=""))]
        constraints = [
            models.CheckConstraint(
                condition=Q(guardian_on=None) | (~Q(guardian_evidence="") & Q(guardian_noted_by__isnull=False)),
                name="guardian_consent_has_evidence",
            ),
            models.CheckConstraint(condition=Q(is_adult=False) | Q(checked_on__isnull=False), name="adult_was_checked"),
            models.CheckConstraint(
                condition=Q(restricted_until=None, sealed="") | (Q(restricted_until__isnull=False) & ~Q(sealed="")),
                name="restricted_person_is_sealed",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def birth_on(self) -> date | None:
        return date.fromisoformat(self.birth) if self.birth else None

    @property
    def is_restricted(self) -> bool:
        return self.restricted_until is not None

    @property
    def age_facts(self) -> AgeFacts:
        return AgeFacts(
            self.birth_on, self.guardian_on, self.checked_on, self.is_adult, self.verify_by, is_restricted=self.is_restricted
        )

    def standing(self, on: date) -> Standing:
        return standing(self.age_facts, on)

    def secret(self, secret: Secret) -> str:
        """The plain text behind a mask; the phone is the account's."""
        plain: str = self.user.phone if secret == Secret.PHONE else getattr(self, secret.value)
        return plain


class MatchKey(models.Model):
    """The one key of the digests of identity numbers: made at random, encrypted under FIELD_KEYS, and never another, or the same
    number would no longer be recognised."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    key = EncryptedTextField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_match_key")]

    def __str__(self) -> str:
        return "match key"
