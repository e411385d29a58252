"""What staff type about the selection: a candidate, a step, samples in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.models import Campaign, Product
from livestream.person_forms import Line
from livestream.plan_lists import LISTED, Lists, Unclear
from livestream.plan_row_forms import NamedField
from livestream.rules.goods import SampleFate, SelectionStage
from livestream.rules.rights import Action
from livestream.rules.selection import ALLOWED, MOVES, SCORE_AT_MOST, WORDS_AT_MOST, following
from livestream.typed_fields import chosen_field, day_field, number_field

if TYPE_CHECKING:
    from livestream.models import Sample, SelectionCase, User


class CandidateForm(forms.Form):
    """A product that is to be chosen or not, for a campaign or in general."""

    use_required_attribute = False
    product = NamedField(label=_("商品"), datalist="products", help_text=_("写商品名或商家编码，从列表里选。"))
    campaign = forms.ChoiceField(
        label=_("活动"), required=False, error_messages={"invalid_choice": _("请从列表里选。")}
    )  # fmt: skip
    why = Line(label=_("为什么选它"), max_length=WORDS_AT_MOST, help_text=_("例如：滞销 3 万斤，合作社 27 户。"))

    def __init__(self, data: Any = None, *, by: User, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.lists = Lists(by, action=Action.KEEP_GOODS)
        self.mine = Product.objects.visible_to(by, Action.KEEP_GOODS).filter(is_in_use=True)
        visible = Campaign.objects.visible_to(by).order_by("-from_on", "pk")[:LISTED]
        self.campaigns = {str(one.pk): one for one in visible}
        offered = [("", _("平时选品")), *((pk, one.name) for pk, one in self.campaigns.items())]
        cast("forms.ChoiceField", self.fields["campaign"]).choices = offered

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("product"):
            try:
                said["goods"] = self.lists.products.find(said["product"])
            except Unclear as unclear:
                self.add_error("product", str(unclear))
        if said.get("goods") and not self.mine.filter(pk=said["goods"].pk).exists():
            self.add_error("product", _("这件商品停用了，或者不归您管，请换一件。"))
        return said


class StepForm(forms.Form):
    """Where a case goes from here."""

    use_required_attribute = False
    stage = chosen_field(_("下一步"), SelectionStage.choices)
    words = Line(label=_("说明"), max_length=WORDS_AT_MOST, required=False, help_text=_("选中、不选一定要写理由。"))
    score = number_field(_("试吃打分（0–100）"), required=False)
    seen = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, case: SelectionCase) -> None:
        stage = SelectionStage(case.stage)
        super().__init__(data, initial={"seen": stage, "stage": following(stage) or ""})
        offered = [(each.value, each.label) for each in ALLOWED[stage]]
        cast("forms.ChoiceField", self.fields["stage"]).choices = [("", _("请选")), *offered]

    def clean_score(self) -> int | None:
        score: int | None = self.cleaned_data["score"]
        if score is not None and score > SCORE_AT_MOST:
            raise forms.ValidationError(_("打分在 0 到 {most} 之间。").format(most=SCORE_AT_MOST))
        return score


def pieces(label: Any) -> forms.IntegerField:
    wrong = _("件数填 1 到 32767 的整数。")
    errors = {"required": wrong, "invalid": wrong, "min_value": wrong, "max_value": wrong}
    box = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"})
    return forms.IntegerField(label=label, min_value=1, max_value=32_767, widget=box, error_messages=errors)


class SampleForm(forms.Form):
    """Samples that came."""

    use_required_attribute = False
    quantity = pieces(_("几件"))
    came_on = day_field(_("哪天收到"))
    where = Line(label=_("放在哪里"), max_length=60, required=False)


class MoveForm(forms.Form):
    """What becomes of samples."""

    use_required_attribute = False
    fate = chosen_field(_("变成"), SampleFate.choices)
    quantity = pieces(_("几件"))
    on = day_field(_("哪天"))
    note = Line(label=_("备注"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, sample: Sample, initial: Any = None) -> None:
        super().__init__(data, initial=initial, auto_id=f"sample-{sample.pk}-%s")
        offered = [(fate.value, fate.label) for fate in MOVES[SampleFate(sample.fate)]]
        cast("forms.ChoiceField", self.fields["fate"]).choices = offered
