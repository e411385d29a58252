from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.encrypted import EncryptedTextField
from livestream.models.place import within
from livestream.rules.person import masked_phone
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action
from training.models.enrolment import Enrolment
from training.rules.trainee import Category, Education, Sex

if TYPE_CHECKING:
    from livestream.models import Place, User


PHONE_END = 4


class TraineeQuerySet(models.QuerySet["Trainee"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        """Those of his places, those who learn in a class of his places or that he teaches, and himself."""
        taught = Enrolment.objects.filter(cohort__trainers__user=user).values("trainee")
        return self.filter(self._reached(user, action) | Q(user=user) | Q(pk__in=taught))

    def reached_by(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        """Those of the places where this person may do that, and of their classes."""
        return self.filter(self._reached(user, action))

    @staticmethod
    def _reached(user: User, action: Action) -> Q:
        codes = user.reach(action)
        reached = within(codes, county="county", place="place")
        if codes and max(map(len, codes)) > COUNTY_DIGITS:  # a class of one township has people of the next
            reached |= Q(pk__in=Enrolment.objects.reached_by(user, action).values("trainee"))
        return reached

    def called(self, words: str) -> Self:
        """Whose name has these words in it. Digits are at most the last four of the phone: those that are shown."""
        if words.isascii() and words.isdigit():
            return self.filter(phone_end=words[-PHONE_END:])
        return self.filter(name__icontains=words)

    def unique(self) -> Self:
        """One row for each natural person: who was found to be somebody else is not counted again."""
        return self.filter(merged_into=None)


class Trainee(models.Model):
    """A natural person who learns here: name + phone + village (domain 3.2); many have no account, families share a phone.

    The phone lies encrypted; `phone_digest` (keyed, `actions/vault.digest_of`) tells whether two gave the same one, `phone_end`
    are its last four digits. `birth_year` is for age bands; the day lies encrypted. `merged_into`: found to be that person.
    `sealed` holds what is known of somebody whose data are restricted; the row itself then carries nothing of him."""

    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    place: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("村或社区"))  # type: ignore[assignment]
    user = models.OneToOneField(
        "livestream.User", models.SET_NULL, null=True, blank=True, related_name="trainee", verbose_name=_("账号")
    )
    name = models.CharField(_("姓名"), max_length=40)
    phone = EncryptedTextField(_("手机号"), blank=True)
    phone_digest = models.CharField(max_length=64, blank=True, editable=False)
    phone_end = models.CharField(max_length=4, blank=True, editable=False)
    sex = models.CharField(_("性别"), max_length=8, choices=Sex, blank=True)
    birth = EncryptedTextField(_("出生日期"), blank=True)
    birth_year = models.PositiveSmallIntegerField(_("出生年"), null=True, blank=True)
    identity_digest = models.CharField(max_length=64, blank=True, editable=False)
    category = models.CharField(_("类别"), max_length=12, choices=Category, default=Category.FARMER)
    education = models.CharField(_("学历"), max_length=10, choices=Education, blank=True)
    is_returnee = models.BooleanField(_("返乡人员"), default=False)
    support = EncryptedTextField(_("帮扶情况"), blank=True)
    guardian_evidence = EncryptedTextField(_("监护人同意书存放处"), blank=True)  # of 16 and 17 years
    consented_at = models.DateTimeField(_("同意登记个人信息"), null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("并入"))
    erased_at = models.DateTimeField(_("注销时间"), null=True, blank=True)
    sealed = EncryptedTextField(blank=True, default="", editable=False)
    made_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    made_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("登记人")
    )

    objects = TraineeQuerySet.as_manager()

    class Meta:
        verbose_name = _("学员")
        verbose_name_plural = pgettext_lazy("many", "学员")
        indexes = [
            models.Index(fields=["county", "name"], name="trainee_by_name"),
            models.Index(fields=["county", "phone_digest"], name="trainee_by_phone"),
            models.Index(fields=["identity_digest"], name="trainee_by_identity", condition=~Q(identity_digest="")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "name", "phone_digest", "place"],
                condition=Q(merged_into=None, erased_at=None),
                name="trainee_once_per_county",
            ),
            models.CheckConstraint(condition=Q(sex__in=["", *Sex.values]), name="trainee_sex_is_known"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="trainee_category_is_known"),
            models.CheckConstraint(condition=Q(education__in=["", *Education.values]), name="trainee_education_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_nobody(self) -> bool:
        """Erased, or restricted: no name, nothing to be changed."""
        return self.erased_at is not None or bool(self.sealed)

    @property
    def masked_phone(self) -> str:
        return masked_phone(self.phone) if self.phone else ""


class TraineePass(models.Model):
    """A link that opens a trainee's own pages without an account; shown and sent once, kept as a digest, revocable."""

    trainee = models.ForeignKey(Trainee, models.CASCADE, related_name="passes", verbose_name=_("学员"))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("建立时间"), auto_now_add=True)
    seen_at = models.DateTimeField(_("最近打开"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("学员链接")
        verbose_name_plural = pgettext_lazy("many", "学员链接")

    def __str__(self) -> str:
        return str(self.trainee_id)
