"""What staff type about campaigns and agreements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.actions.agreement import AgreementPlan, Promise
from livestream.actions.campaign import CampaignPlan
from livestream.person_forms import Line
from livestream.rules.campaign import NAME_AT_MOST, NOTE_AT_MOST, SOURCE_AT_MOST, CampaignKind
from livestream.rules.promotion import LINK_AT_MOST
from livestream.typed_fields import Yuan, chosen_field, day_field, number_field

if TYPE_CHECKING:
    from livestream.models import Agreement, Campaign

AT = {
    "period_backwards": "until_on",
    "campaign_too_long": "until_on",
    "campaign_too_early": "from_on",
    "campaign_there": "name",
    "goal_out_of_range": "goal_fen",
    "reported_without_source": "reported_source",
    "agreement_there": "subject",
    "wanted_out_of_range": "wanted",
    "evidence_missing": "evidence",
    "link_not_understood": "evidence",
}


class CampaignForm(forms.Form):
    """A campaign; `version` is the one that the person saw."""

    name = Line(label=_("名称"), max_length=NAME_AT_MOST)
    kind = chosen_field(_("类型"), CampaignKind.choices)
    from_on = day_field(_("从哪天"))
    until_on = day_field(_("到哪天（含）"))
    goal_fen = Yuan(label=_("目标（元）"), required=False, help_text=_("活动场次的净额要到多少。可以不填。"))
    note = Line(label=_("说明"), max_length=NOTE_AT_MOST, required=False)
    reported_fen = Yuan(
        label=_("上报数（元）"), required=False, help_text=_("别人告诉我们的总数，和系统数出来的分开放。可以不填。")
    )
    reported_source = Line(
        label=_("上报数是谁报的"), max_length=SOURCE_AT_MOST, required=False, help_text=_("例如“县商务局 2025 年总结”。")
    )
    version = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    @property
    def plan(self) -> CampaignPlan:
        """Of a valid form."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return CampaignPlan(**said)


def campaign_said(campaign: Campaign) -> dict[str, Any]:
    """What a form about this campaign holds at first."""
    return {name: getattr(campaign, name) for name in (*CampaignPlan.__slots__, "version")}


class AgreementForm(forms.Form):
    partner = Line(label=_("和谁签的"), max_length=60, help_text=_("单位的名字，不写个人。"))
    subject = Line(label=_("签的什么"), max_length=120)
    from_on = day_field(_("从哪天"))
    until_on = day_field(_("到哪天（含）"))
    kept_where = Line(label=_("文本放在哪里"), max_length=120, required=False, help_text=_("例如“电商中心 2 号柜”。可以不填。"))

    @property
    def plan(self) -> AgreementPlan:
        """Of a valid form."""
        return AgreementPlan(**self.cleaned_data)


def agreement_said(agreement: Agreement) -> dict[str, Any]:
    return {name: getattr(agreement, name) for name in AgreementPlan.__slots__}


class PromiseForm(forms.Form):
    what = Line(label=_("答应了什么"), max_length=120)
    wanted = number_field(_("要多少"))
    unit = Line(label=_("单位"), max_length=8, help_text=_("场、天、人、篇……"))
    due_on = day_field(_("哪天以前"))

    @property
    def promise(self) -> Promise:
        """Of a valid form."""
        return Promise(**self.cleaned_data)


class DeliveryForm(forms.Form):
    """How much of a promise there is by now, in all."""

    done = number_field(_("一共做了多少"))
    evidence = Line(label=_("证明的链接"), max_length=LINK_AT_MOST, required=False, help_text=_("照片、报道或回放的地址。"))
