"""What staff type about a studio, an off-site place, a kit, a phone or an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.actions.resource import ResourcePlan
from livestream.person_forms import Line
from livestream.plan_lists import Lists, Unclear
from livestream.plan_row_forms import NamedField
from livestream.rules.plan import Platform
from livestream.rules.planning import ResourceKind
from livestream.rules.resource import ACCOUNT_AT_MOST, NAME_AT_MOST, NOTE_AT_MOST, READY_AT_MOST
from livestream.rules.rights import Action
from livestream.typed_fields import Narrowing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from livestream.models import Place, Resource, User

# A light kit is carried and put up; a studio waits ready but for its lamps.
USUAL_MINUTES = {
    ResourceKind.STUDIO: (30, 15),
    ResourceKind.PLACE: (45, 30),
    ResourceKind.KIT: (30, 30),
    ResourceKind.PHONE: (10, 5),
}


def _minutes(label: _StrPromise, help_text: _StrPromise) -> forms.IntegerField:
    whole = _("请填 0 到 720 之间的整数。")
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=READY_AT_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "class": "num"}),
        error_messages={"invalid": whole, "min_value": whole, "max_value": whole},
    )


class ResourceForm(forms.Form):
    """The fields of its kind: an account has a platform and needs no minutes, the others have minutes and no platform."""

    name = Line(label=_("叫什么"), help_text=_("排场次时认它用，例如“电商中心一号直播间”。"), max_length=NAME_AT_MOST)
    place = NamedField(label=_("在哪里"), datalist="places", help_text=_("写村名，从列表里选；在县城就写县名。"))
    platform = forms.ChoiceField(
        label=_("平台"),
        required=False,
        choices=[("", _("请选平台")), *Platform.choices],
        error_messages={"invalid_choice": _("请从列表里选。")},
    )
    account = Line(
        label=_("直播账号"), help_text=_("平台上的账号，和场次里写的一样。"), max_length=ACCOUNT_AT_MOST, required=False
    )
    setup_minutes = _minutes(_("开播前布置（分钟）"), _("开播前要占用多久。"))
    clearing_minutes = _minutes(_("下播后收拾（分钟）"), _("下播后还要占用多久。"))
    note = Line(label=_("备注"), help_text=_("钥匙在谁手里、有几盏灯，可以不填。"), max_length=NOTE_AT_MOST, required=False)

    def __init__(self, data: Any = None, *, kind: ResourceKind, by: User, resource: Resource | None = None) -> None:
        self.lists = Lists(by, action=Action.KEEP_PLAN)
        super().__init__(data, initial=initial_of(resource, self.lists) if resource else new_of(kind))
        self.kind = kind
        is_account = kind == ResourceKind.ACCOUNT
        for name in ("setup_minutes", "clearing_minutes") if is_account else ("platform", "account"):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if typed := said.get("place"):
            try:
                said["where"] = self.lists.places.find(typed)
            except Unclear as unclear:
                self.add_error("place", str(unclear))
        for name in ("platform", "account"):
            if name in self.fields and not said.get(name) and name not in self.errors:
                self.add_error(name, _("请填写。"))
        return said

    @property
    def plan(self) -> ResourcePlan:
        """Of a valid form."""
        said = self.cleaned_data
        return ResourcePlan(
            kind=self.kind,
            name=said["name"],
            place=said["where"],
            platform=said.get("platform") or "",
            account=said.get("account") or "",
            setup_minutes=said.get("setup_minutes") or 0,
            clearing_minutes=said.get("clearing_minutes") or 0,
            note=said["note"],
        )


def new_of(kind: ResourceKind) -> dict[str, Any]:
    setup, clearing = USUAL_MINUTES.get(kind, (0, 0))
    return {"setup_minutes": setup, "clearing_minutes": clearing}


def initial_of(resource: Resource, lists: Lists) -> dict[str, Any]:
    names = ("name", "platform", "account", "setup_minutes", "clearing_minutes", "note")
    return {name: getattr(resource, name) for name in names} | {"place": lists.places.shown(resource.place)}


class ResourceFilter(Narrowing):
    """What the list is narrowed to. Whatever is not understood narrows nothing."""

    kind = forms.ChoiceField(label=_("类型"), required=False, choices=[("", _("全部类型")), *ResourceKind.choices])
    place = forms.ChoiceField(label=_("地方"), required=False)

    def __init__(self, data: Any, *, places: list[Place]) -> None:
        super().__init__(data)
        offered = [("", _("全部地方")), *((place.pk, place.short_name) for place in places)]
        cast("forms.ChoiceField", self.fields["place"]).choices = offered
        self.is_valid()
