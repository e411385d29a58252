"""What staff type about promotion tasks and rewards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.actions.promotion import TaskPlan
from livestream.actions.reward import RewardPlan
from livestream.models import User
from livestream.person_forms import Line
from livestream.rules.promotion import LINK_AT_MOST, WHAT_AT_MOST, PromotionKind
from livestream.rules.reward import ENTRIES_AT_MOST, ENTRY_AT_MOST, RewardKind
from livestream.rules.rights import Action
from livestream.typed_fields import Moment, Yuan, chosen_field, number_field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livestream.models import PromotionTask, RewardRule

AT = {
    "task_is_a_quota": "what",
    "link_not_understood": "link",
    "task_for_others": "owner",
    "due_in_the_past": "due_at",
    "prize_too_high": "worth_fen",
    "prize_out_of_range": "worth_fen",
    "prizes_out_of_range": "number",
    "draw_time_missing": "draws_at",
    "entries_missing": "entries",
    "entry_not_understood": "entries",
    "entry_is_personal": "entries",
    "too_many_entries": "entries",
}
ENTRIES_TYPED = ENTRIES_AT_MOST * (ENTRY_AT_MOST + 2)


class TaskForm(forms.Form):
    kind = chosen_field(_("类型"), PromotionKind.choices)
    what = Line(label=_("做什么"), max_length=WHAT_AT_MOST, help_text=_("例如“转发预告到村里的微信群”。不派购买、销售指标。"))
    owner = forms.ModelChoiceField(
        label=_("谁做"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("还没有定"),
        error_messages={"invalid_choice": _("请从列表里选。")},
    )
    due_at = Moment(label=_("什么时候做完"))
    link = Line(label=_("链接"), max_length=LINK_AT_MOST, required=False, help_text=_("预约页、短视频、报道的地址，做好了再填。"))
    appointments = number_field(_("预约人数"), required=False, help_text=_("平台上看到的数，没有就不填。"))

    def __init__(self, data: Any = None, *, by: User, county: str, known: Iterable[int | None] = (), **kwargs: Any) -> None:
        """Offers the people of the county in the places where `by` plans, and those whom he sees here anyway (`known`)."""
        super().__init__(data, **kwargs)
        mine = User.objects.reached_by(by, Action.PLAN_SESSION) | User.objects.filter(pk__in=[pk for pk in known if pk])
        people = mine.filter(is_active=True, place__code__startswith=county).order_by("name", "pk")
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = people

    @property
    def plan(self) -> TaskPlan:
        """Of a valid form."""
        return TaskPlan(**self.cleaned_data)


def task_said(task: PromotionTask) -> dict[str, Any]:
    return {name: getattr(task, name) for name in TaskPlan.__slots__}


class RewardForm(forms.Form):
    """Everything that the law wants told before it begins."""

    kind = chosen_field(_("类型"), RewardKind.choices)
    prize = Line(label=_("奖品"), max_length=60, help_text=_("品名、规格，例如“潞党参礼盒 500 克”。"))
    number = number_field(_("几份"))
    worth_fen = Yuan(label=_("每份值多少（元）"), help_text=_("按市场价。抽奖的最高奖不超过 50,000 元。"))
    payer = Line(label=_("谁出钱"), max_length=60)
    condition = Line(label=_("谁能参加"), max_length=200, help_text=_("例如“开播后在直播间报名的人”。"))
    entering = Line(label=_("怎样参加"), max_length=200, help_text=_("例如“在直播间打‘党参’，按先后给参与号”。"))
    draws_at = Moment(label=_("什么时候开奖"), required=False, help_text=_("赠品不用填。"))
    claiming = Line(label=_("怎样兑奖、几时截止"), max_length=200)
    contact = Line(label=_("主办方和联系方式"), max_length=120, help_text=_("单位的名字和电话，不写个人。"))

    @property
    def plan(self) -> RewardPlan:
        """Of a valid form."""
        return RewardPlan(**self.cleaned_data)


def reward_said(rule: RewardRule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in RewardPlan.__slots__}


class DrawForm(forms.Form):
    """The entry numbers of a draw, however they are separated."""

    entries = forms.CharField(
        label=_("参与号"),
        strip=True,
        required=False,
        max_length=ENTRIES_TYPED,
        widget=forms.Textarea(attrs={"rows": 8, "class": "num", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("一行一个，从表格里整列粘过来就行。只用号码，不要姓名、电话。"),
        error_messages={
            "max_length": _("太多了，一次最多 20,000 个参与号。"),
            "null_characters_not_allowed": _("里面有看不见的字符，请删掉重新贴。"),
        },
    )
