from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from livestream.models.place import inside
from livestream.rules.acting import may_be_acted_for
from livestream.rules.giving import may_give, may_keep
from livestream.rules.person import PersonState, Role
from livestream.rules.place import county_of
from livestream.rules.rights import Action, Post, covers, reach

if TYPE_CHECKING:
    from livestream.models.place import Place
    from livestream.models.second_factor import SecondFactor
    from livestream.rules.rights import Bounds


PHONE_DIGITS, PHONE_END = 11, 4


class UserQuerySet(models.QuerySet["User"]):
    def hosts(self) -> Self:
        return self.filter(role=Role.HOST, is_active=True)

    def in_state(self, state: PersonState) -> Self:
        if state == PersonState.STOPPED:
            return self.filter(is_active=False)
        has_none = models.Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)
        return self.filter(has_none if state == PersonState.INVITED else ~has_none, is_active=True)

    def called(self, words: str) -> Self:
        """Whose name or live room's name has these words in it. Digits are a whole phone number, or at most the last four: those
        that are shown; with more, somebody could find out the hidden ones one by one."""
        if words.isascii() and words.isdigit():
            end = words[-PHONE_END:]
            return self.filter(phone=words) if len(words) == PHONE_DIGITS else self.filter(phone__endswith=end)
        return self.filter(models.Q(name__icontains=words) | models.Q(live_name__icontains=words))

    def reached_by(self, user: User, action: Action = Action.SEE_PEOPLE) -> Self:
        """The people of the places where this person may do that."""
        return self.filter(inside(user.reach(action), "place__code"))

    def visible_to(self, user: User, action: Action = Action.SEE_PEOPLE) -> Self:
        """The same, and everybody sees himself."""
        return self.filter(inside(user.reach(action), "place__code") | models.Q(pk=user.pk))


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in with a phone number, bound to one place."""

    phone = models.CharField(_("手机号"), max_length=11, unique=True)
    name = models.CharField(_("姓名"), max_length=40)
    live_name = models.CharField(_("直播间名"), max_length=40, blank=True)
    role = models.CharField(_("身份"), max_length=12, choices=Role)
    place: Place = models.ForeignKey("livestream.Place", models.PROTECT, verbose_name=_("所属地方"))  # type: ignore[assignment]
    from_on = models.DateField(_("任期从"), null=True, blank=True)
    until_on = models.DateField(_("任期到"), null=True, blank=True)
    is_active = models.BooleanField(_("在用"), default=True)
    must_change_password = models.BooleanField(_("下次登录要换密码"), default=False)
    shows_name = models.BooleanField(
        _("公开姓名"), default=False, editable=False
    )  # the last word of his consents (`actions/consent.py`)
    joined_at = models.DateTimeField(_("加入时间"), auto_now_add=True)

    bounds: Bounds | None = None  # not a column: set on the person in memory behind a request that came with a token

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS = ["name"]

    objects = BaseUserManager.from_queryset(UserQuerySet)()

    class Meta:
        verbose_name = _("人员")
        verbose_name_plural = pgettext_lazy("many", "人员")
        constraints = [
            models.CheckConstraint(condition=models.Q(phone__regex=r"^1\d{10}$"), name="user_phone_is_mobile"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_is_known"),
            models.CheckConstraint(
                condition=~models.Q(role=Role.COMMISSIONER) | models.Q(from_on__isnull=False, until_on__isnull=False),
                name="commissioner_has_dates",
            ),
            models.CheckConstraint(
                condition=models.Q(until_on=None) | models.Q(from_on=None) | models.Q(until_on__gte=models.F("from_on")),
                name="user_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def public_name(self) -> str:
        """What a board or a public page calls him: the name itself only while he consents to that."""
        return self.live_name or (self.name if self.shows_name else gettext("主播"))

    @property
    def county_id(self) -> str | None:
        return county_of(self.place_id)

    @property
    def post(self) -> Post:
        """The post of the account; appointments add others."""
        return Post(self.role, self.place_id, self.from_on, self.until_on)

    @property
    def state(self) -> PersonState:
        if not self.is_active:
            return PersonState.STOPPED
        return PersonState.ACTIVE if self.has_usable_password() else PersonState.INVITED

    @cached_property
    def posts(self) -> tuple[Post, ...]:
        """Every post, the account's first. Asked once for a person in memory; `prefetch_related("appointments")` for many."""
        return (self.post, *(held.post for held in self.appointments.all() if held.ended_at is None))

    def reach(self, action: Action) -> tuple[str, ...]:
        """The codes of the places in which this person may do that today: () nowhere, ("",) everywhere."""
        codes = reach(self.posts, action, timezone.localdate()) if self.is_active else ()
        return codes if self.bounds is None else self.bounds.within(action, codes)

    def may(self, action: Action, place: str) -> bool:
        """Whether this person may do that in the place of this code today."""
        return covers(self.reach(action), place)

    otp_device: SecondFactor | None = None  # set by django_otp's middleware: what proved it is really this person

    def is_verified(self) -> bool:
        """Whether the second factor was passed in this login."""
        return self.otp_device is not None

    def may_give(self, role: str, place: str) -> bool:
        """Whether this person may give that role in the place of this code today."""
        return self.is_active and may_give(self.posts, role, place, timezone.localdate())

    def may_keep(self, person: User) -> bool:
        """Whether this person may change, stop or let in again that one: never himself."""
        return self.is_active and self.pk != person.pk and may_keep(self.posts, person.posts, timezone.localdate())

    def may_act_for(self, person: User) -> bool:
        """Whether this person may act for that host today."""
        is_host = person.is_active and may_be_acted_for(person.posts, timezone.localdate())
        return is_host and self.pk != person.pk and self.may(Action.ACT_FOR, person.place_id)

    @property
    def is_staff(self) -> bool:
        """Django's word for "may open the admin site"."""
        return bool(self.reach(Action.ADMINISTER))
