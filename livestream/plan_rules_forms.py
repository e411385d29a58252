"""What county staff type about the rules of planning and about their roads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from livestream.actions.plan_rules import RulesPlan
from livestream.models import Place
from livestream.person_forms import PLACE_AT_MOST, Line
from livestream.rules.planning import ClashKind, Level

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from livestream.models import PlanRules

MEANING: dict[ClashKind, _StrPromise] = {
    ClashKind.HOST: _("同一位主播，两场直播时间有重叠。"),
    ClashKind.CREW: _("同一位助播、场控、中控，在两场里都有事。"),
    ClashKind.GUEST: _("同一位领导，两场都要上。"),
    ClashKind.STUDIO: _("同一个直播间或外景地，两场都要用，布置和收拾的时间也算。"),
    ClashKind.KIT: _("同一套灯光、同一部手机，两场都要用。"),
    ClashKind.ACCOUNT: _("同一个平台账号，两场都要用它播。"),
    ClashKind.TRAVEL: _("上一场播完，赶不到下一场的村子。"),
    ClashKind.AWAY: _("主播或场地说过这个时间不方便。"),
    ClashKind.PRICE: _("同一样货，两场同时在播，价钱不一样。"),
}
DAY_MINUTES, MONTH_HOURS = 1440, 720
SEVERAL_SHOWN = 4


class Whole(forms.IntegerField):
    """A whole number from `least` to `most`, said in one sentence whatever is wrong."""

    def __init__(self, *, least: int, most: int, **kwargs: Any) -> None:
        wrong = format_lazy(_("请填 {least} 到 {most} 之间的整数。"), least=least, most=most)
        said = dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong)
        box = forms.NumberInput(attrs={"inputmode": "numeric", "class": "num"})
        super().__init__(min_value=least, max_value=most, widget=box, error_messages=cast("Any", said), **kwargs)


class RulesForm(forms.Form):
    """The rules of a county, each with what it means. Levels are fields of their own, by kind."""

    same_township_minutes = Whole(label=_("同一个乡镇，两个村之间（分钟）"), least=0, most=DAY_MINUTES)
    same_county_minutes = Whole(label=_("跨乡镇（分钟）"), least=0, most=DAY_MINUTES)
    beyond_minutes = Whole(label=_("出县（分钟）"), least=0, most=DAY_MINUTES)
    freeze_hours = Whole(
        label=_("领导直播开播前多少小时不再改"),
        help_text=_("到了这个时间还要改，请审批人写明原因放行。"),
        least=0,
        most=MONTH_HOURS,
    )
    answer_hours = Whole(
        label=_("发出通知多少小时没回复，转给工作人员"), help_text=_("县里的人会打电话问。"), least=1, most=MONTH_HOURS
    )

    def __init__(self, data: Any = None, *, rules: PlanRules) -> None:
        own = {name: getattr(rules, name) for name in self.base_fields}
        super().__init__(data, initial=own | {f"level_{kind}": rules.level(kind).value for kind in ClashKind})
        for kind in ClashKind:
            self.fields[f"level_{kind}"] = forms.ChoiceField(
                label=kind.label,
                help_text=MEANING[kind],
                choices=Level.choices,
                widget=forms.RadioSelect,
                error_messages={"required": _("请选一样。"), "invalid_choice": _("请从三样里选一样。")},
            )

    @property
    def levels(self) -> list[forms.BoundField]:
        return [self[f"level_{kind}"] for kind in ClashKind]

    @property
    def plan(self) -> RulesPlan:
        """Of a valid form."""
        said = self.cleaned_data
        levels = {kind: Level(said[f"level_{kind}"]) for kind in ClashKind}
        return RulesPlan(levels, **{name: said[name] for name in self.base_fields})


class RoadForm(forms.Form):
    """How long it takes between two places: of the county, or one of them beyond it. What means several places is asked back."""

    one = Line(label=_("从"), max_length=PLACE_AT_MOST, attrs={"list": "road-places"})
    other = Line(label=_("到"), max_length=PLACE_AT_MOST, attrs={"list": "road-places"})
    minutes = Whole(label=_("路上（分钟）"), least=0, most=DAY_MINUTES)

    def __init__(self, data: Any = None, *, county: Place) -> None:
        super().__init__(data)
        self.county = county

    @property
    def places(self) -> list[str]:
        """The townships of the county, to choose from; a village is typed."""
        return [place.full_name for place in self.county.children.select_related("parent")]

    def clean_one(self) -> Place:
        return self._place(self.cleaned_data["one"])

    def clean_other(self) -> Place:
        return self._place(self.cleaned_data["other"])

    def _place(self, typed: str) -> Place:
        here = Place.objects.inside(self.county.pk).called(typed)
        found = here or Place.objects.called(typed)
        if len(found) == 1:
            return found[0]
        if not found:
            raise forms.ValidationError(_("没有这个地方，请再看一遍名字。"))
        names = "、".join(place.full_name for place in found[:SEVERAL_SHOWN])
        raise forms.ValidationError(_("不止一个地方叫这个名字，请写全，例如：%(names)s。"), params={"names": names})
