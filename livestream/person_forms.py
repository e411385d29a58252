"""What staff type about people: who is invited, what becomes of somebody, a post, a reason; and the password that ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.actions.person import Names, Position
from livestream.models import Place
from livestream.rules.acting import REASON_AT_MOST
from livestream.rules.giving import DATED, fits, places_given, roles_given
from livestream.rules.password import LONGEST
from livestream.rules.person import NAME_AT_MOST, PersonState, Role, plain_phone
from livestream.rules.text import one_line
from livestream.typed_fields import Narrowing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from livestream.models import User

PLACE_AT_MOST = 80
PLACES_LISTED = 500  # a longer list would weigh more than it helps: the name is typed, and chosen from what it finds
DAY = {"invalid": _("请按 2026-01-31 这样填日期。")}


class Line(forms.CharField):
    """One line without what nobody sees; its length is counted after that."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        box = forms.TextInput(attrs={"autocomplete": "off"} | kwargs.pop("attrs", {}))
        said = {
            "required": _("请填写。"),
            "max_length": _("最多写 %(limit_value)d 个字，现在是 %(show_value)d 个。"),
        }
        said |= kwargs.pop("error_messages", {})
        super().__init__(max_length=max_length, widget=box, error_messages=said, **kwargs)

    def to_python(self, value: Any) -> str:
        return one_line(str(super().to_python(value)))


def day_field(label: _StrPromise | str) -> forms.DateField:
    box = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"})
    return forms.DateField(label=label, required=False, widget=box, input_formats=["%Y-%m-%d"], error_messages=DAY)


class PositionForm(forms.Form):
    """A role and a place that `by` may give, and its days. The place is typed: a list helps where the browser has one, and what
    means several places is asked back as `choices` (posted as `place_code`)."""

    role = forms.ChoiceField(label=_("身份"), error_messages={"invalid_choice": _("这个身份不归您给，请从列表里选。")})
    place = Line(
        label=_("地方"),
        help_text=_("写村名，例如“东寺头村”。同名的，下一步再选。"),
        max_length=PLACE_AT_MOST,
        attrs={"list": "places"},
    )
    place_code = forms.CharField(required=False, widget=forms.HiddenInput)
    from_on = day_field(_("从哪天"))
    until_on = day_field(_("到哪天（含）"))

    def __init__(self, data: Any = None, *, by: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.by, self.today = by, timezone.localdate()
        offered = roles_given(by.posts, self.today)
        cast("forms.ChoiceField", self.fields["role"]).choices = [(role.value, role.label) for role in offered]
        self.reach = [code for role in offered for code in places_given(by.posts, role, self.today)]
        self.choices: list[Place] = []

    @property
    def places(self) -> list[str]:
        """The names to choose from, where they are not too many."""
        found = Place.objects.in_reach(self.reach).select_related("parent")[: PLACES_LISTED + 1]
        return [place.full_name for place in found] if len(found) <= PLACES_LISTED else []

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("role") and said.get("place"):
            said["where"] = self._where(said["role"], said["place"], said.get("place_code", ""))
        if said.get("role") in DATED and not (said.get("from_on") and said.get("until_on")):
            self.add_error("until_on", _("特派员要写任期：从哪天、到哪天。"))
        if said.get("from_on") and said.get("until_on") and said["until_on"] < said["from_on"]:
            self.add_error("until_on", _("结束的那天不能早于开始的那天。"))
        return said

    def _where(self, role: Role, typed: str, chosen: str) -> Place | None:
        given = Place.objects.in_reach(places_given(self.by.posts, role, self.today))
        meant = [place for place in given.called(typed) if fits(role, place.pk)]
        found = [place for place in meant if place.pk == chosen] or meant
        if len(found) == 1:
            return found[0]
        self.choices = found
        self.add_error(
            "place",
            _("不止一个地方，请选一个；没有要的，就把名字写全。") if found else _("您管的地方里没有这个名字，请再看一遍。"),
        )
        return None

    @property
    def position(self) -> Position:
        """Of a valid form."""
        said = self.cleaned_data
        return Position(said["role"], said["where"], said.get("from_on"), said.get("until_on"))


class PersonForm(PositionForm):
    """A person's names and the post of the account; somebody new has a phone number besides."""

    phone = forms.CharField(
        label=_("手机号"),
        max_length=30,
        help_text=_("用它登录。"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
        error_messages={"required": _("请填手机号。"), "max_length": _("请填 11 位手机号，例如 13800000000。")},
    )
    name = Line(label=_("姓名"), max_length=NAME_AT_MOST)
    live_name = Line(label=_("直播间名"), max_length=NAME_AT_MOST, required=False, help_text=_("观众看到的名字，可以不填。"))
    field_order = ["phone", "name", "live_name", "role", "place", "place_code", "from_on", "until_on"]

    def __init__(self, data: Any = None, *, by: User, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(data, by=by, initial=initial_of(person) if person else {"role": Role.HOST}, **kwargs)
        if person:
            del self.fields["phone"]
        if not DATED & {Role(role) for role, _label in cast("Any", self.fields["role"]).choices}:
            del self.fields["from_on"], self.fields["until_on"]

    def clean_phone(self) -> str:
        try:
            return plain_phone(self.cleaned_data["phone"])
        except ValueError as error:
            raise forms.ValidationError(_("请填 11 位手机号，例如 13800000000。")) from error

    @property
    def names(self) -> Names:
        """Of a valid form."""
        return Names(self.cleaned_data["name"], self.cleaned_data["live_name"])


def initial_of(person: User) -> dict[str, Any]:
    return {
        "name": person.name,
        "live_name": person.live_name,
        "role": person.role,
        "place": person.place.full_name,
        "place_code": person.place_id,
        "from_on": person.from_on,
        "until_on": person.until_on,
    }


class PeopleFilter(Narrowing):
    """What the list of people is narrowed to. Whatever is not understood narrows nothing."""

    q = Line(label=_("姓名、直播间名或手机号末四位"), max_length=NAME_AT_MOST, required=False)
    role = forms.ChoiceField(label=_("身份"), required=False, choices=[("", _("全部身份")), *Role.choices])
    place = forms.ChoiceField(label=_("地方"), required=False)
    state = forms.ChoiceField(
        label=pgettext_lazy("person", "状态"), required=False, choices=[("", _("全部状态")), *PersonState.choices]
    )

    def __init__(self, data: Any, *, places: list[Place]) -> None:
        super().__init__(data)
        offered = [("", _("全部地方")), *((place.pk, place.short_name) for place in places)]
        cast("forms.ChoiceField", self.fields["place"]).choices = offered
        self.is_valid()


class ReasonForm(forms.Form):
    """Why somebody acts for a host."""

    reason = Line(
        label=_("为什么"), max_length=REASON_AT_MOST, required=False, attrs={"required": True}
    )  # the rule says it better


class PasswordForm(forms.Form):
    """A new password, typed once: it can be looked at. What it must be, the validators of the project say."""

    password = forms.CharField(
        label=_("设一个密码"),
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password", "maxlength": LONGEST}),
        error_messages={
            "required": _("请填密码。"),
            "max_length": _("密码最长 %(limit_value)d 个字。"),
            "null_characters_not_allowed": _("里面有看不见的字符，请删掉重新填。"),
        },
    )

    def shown(self) -> None:
        """The password is readable on the page: its owner asked to see it."""
        self.fields["password"].widget.input_type = "text"
