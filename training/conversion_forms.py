"""What a county types about its rules of conversion, and about a paper that proves one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line
from livestream.plan_rules_forms import Whole
from livestream.typed_fields import day_field
from training.actions.evidence import Paper
from training.rules.conversion import BY_PAPER, LONGEST_DAYS, MOST, ConversionKind, Terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from training.models import Enrolment

LEAST = {
    ConversionKind.LIVE: _("至少播几分钟"),
    ConversionKind.SALE: _("至少几单"),
    ConversionKind.SUSTAINED: _("至少几个月有单"),
}
WORDS_AT_MOST, PLACE_AT_MOST = 200, 200


class RuleForm(forms.Form):
    """The terms of one kind; where it is yes or no, nothing is asked about how much."""

    from_days = Whole(label=_("结业后第几天起"), least=0, most=LONGEST_DAYS)
    within_days = Whole(label=_("到第几天（含）"), least=1, most=LONGEST_DAYS)
    least = Whole(label=_("至少"), least=1, most=max(MOST.values()))

    def __init__(self, data: Any = None, *, kind: ConversionKind, terms: Terms | None = None) -> None:
        super().__init__(data, prefix=kind.value, initial=terms._asdict() if terms else None)
        if kind in LEAST:
            self.fields["least"].label = LEAST[kind]
        else:
            del self.fields["least"]

    @property
    def terms(self) -> Terms:
        """Of a valid form."""
        return Terms(self.cleaned_data["from_days"], self.cleaned_data["within_days"], self.cleaned_data.get("least", 1))


class PaperForm(forms.Form):
    """A paper of one of the cohort's graduates."""

    enrolment = forms.ChoiceField(label=_("哪位学员"), error_messages={"invalid_choice": _("请从名单里选。")})
    kind = forms.ChoiceField(label=_("证明什么"), choices=[(kind.value, kind.label) for kind in BY_PAPER])
    on = day_field(_("材料上的日期"))
    words = Line(label=_("是什么"), max_length=WORDS_AT_MOST, help_text=_("例如：抖店后台截图、劳动合同、合作社供货单。"))
    kept_at = Line(label=_("放在哪里"), max_length=PLACE_AT_MOST, required=False, help_text=_("例如：电商中心 2 号柜第 3 盒。"))

    def __init__(self, data: Any = None, *, graduates: Sequence[Enrolment]) -> None:
        super().__init__(data, prefix="paper", initial={"on": timezone.localdate()})
        self.graduates = {str(one.pk): one for one in graduates}
        offered = cast("forms.ChoiceField", self.fields["enrolment"])
        offered.choices = [("", _("请选")), *((pk, one.trainee.name) for pk, one in self.graduates.items())]

    @property
    def graduate(self) -> Enrolment:
        return self.graduates[self.cleaned_data["enrolment"]]

    @property
    def paper(self) -> Paper:
        """Of a valid form."""
        said = self.cleaned_data
        return Paper(ConversionKind(said["kind"]), said["on"], said["words"], said["kept_at"])
