"""What staff type about a subsidy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.actions.subsidy import SubsidyPlan
from livestream.line_up_forms import PICK, Fen
from livestream.models import Place
from livestream.person_forms import Line
from livestream.rules.price_words import SubsidyTo
from livestream.typed_fields import Moment, Yuan

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livestream.models import SubsidyRule

FIELDS = {
    "subsidy_name_missing": "name", "subsidy_name_taken": "name", "subsidy_backwards": "until_at", "subsidy_cap": "cap_fen",
    "subsidy_used": "cap_fen", "subsidy_fixed": "per_unit_fen",
}  # fmt: skip
MOST_CAP_FEN = 10**13


class SubsidyForm(forms.Form):
    """`counties`: those in which it may be made; asked only where there are several."""

    use_required_attribute = False
    county = forms.ChoiceField(label=_("哪个县"), error_messages=PICK)
    name = Line(label=_("补贴叫什么"), max_length=60, help_text=_("例如“小米每箱补两块”。"))
    payer = Line(label=_("谁出钱"), max_length=60, help_text=_("例如“县电商中心”。"))
    goes_to = forms.ChoiceField(
        label=_("补给谁"),
        choices=SubsidyTo.choices,
        error_messages=PICK,
        help_text=_("补给卖家：顾客付的不变，卖家多收。减给顾客：顾客少付，卖家收的不变。"),
    )
    per_unit_fen = Fen(_("每件补（元）"), required=True)
    cap_fen = Yuan(label=_("一共最多（元）"), help_text=_("可以写 5万。先付款的先补，补到这个数为止。"))
    from_at = Moment(label=_("从什么时候"))
    until_at = Moment(label=_("到什么时候"))
    basis = Line(label=_("文件依据"), max_length=120, required=False)

    def __init__(self, data: Any = None, *, counties: Sequence[Place] = (), rule: SubsidyRule | None = None) -> None:
        names = [name for name in self.base_fields if name != "county"]
        super().__init__(data, initial={name: getattr(rule, name) for name in names} if rule else {})
        cast("forms.ChoiceField", self.fields["county"]).choices = [(county.pk, county.name) for county in counties]
        if rule or len(counties) == 1:
            del self.fields["county"]
        self.only = counties[0].pk if len(counties) == 1 else ""

    def clean_cap_fen(self) -> int:
        fen: int = self.cleaned_data["cap_fen"]
        if not 0 < fen <= MOST_CAP_FEN:
            raise forms.ValidationError(_("请填金额，例如 200000 或 20 万。"))
        return fen

    @property
    def county_code(self) -> str:
        return str(self.cleaned_data.get("county") or self.only)

    @property
    def plan(self) -> SubsidyPlan:
        return SubsidyPlan(**{name: self.cleaned_data[name] for name in SubsidyPlan.__slots__})
