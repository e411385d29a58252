"""What is typed about leaders: a row of the register, a request for a broadcast, its decision, the county's promise."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from livestream.actions.broadcast import BroadcastWish
from livestream.actions.leader import LeaderFacts
from livestream.actions.quota import WANTED_AT_MOST
from livestream.models import Leader
from livestream.person_forms import Line
from livestream.rules.discipline import DISCIPLINE, KEYS
from livestream.rules.errors import NotAllowed
from livestream.rules.leader import Aim, Decision, Department
from livestream.rules.leader_words import forced_buying, paid_promotion
from livestream.rules.quota import LEADERS, MONTHS, Promise, plain_name
from livestream.rules.session import GuestRank

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from livestream.models import BroadcastRequest

WORDS_AT_MOST = 500
NAME, TITLE, UNIT = 40, 60, 60
CHOOSE = {"required": _("请选一个。"), "invalid_choice": _("请从列表里选。")}


class Words(Line):
    """A few sentences; lines are run together."""

    def __init__(self, *, label: _StrPromise | str, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(label=label, max_length=WORDS_AT_MOST, **kwargs)
        self.widget = forms.Textarea(attrs={"rows": rows, "maxlength": WORDS_AT_MOST})
        self.widget.is_required = self.required


class Ticks(forms.MultipleChoiceField):
    widget = forms.CheckboxSelectMultiple


class LeaderForm(forms.Form):
    """A row of the register."""

    name = Line(label=_("姓名"), max_length=NAME)
    title = Line(label=_("职务"), max_length=TITLE, help_text=_("念给观众听的，例如“副县长”。"))
    unit = Line(label=_("单位"), max_length=UNIT, help_text=_("写全称，例如“平顺县人民政府”。外县来的写他自己的单位。"))
    department = forms.ChoiceField(
        label=_("单位类别"),
        choices=[("", _("请选")), *Department.choices],
        error_messages=CHOOSE,
        help_text=_("市场监管、卫生健康、检验机构和食品协会的人，按《食品安全法》第七十三条不能来推荐食品。"),
    )
    rank = forms.ChoiceField(
        label=_("级别"),
        choices=GuestRank.choices,
        error_messages=CHOOSE,
        help_text=_("党委、政府、人大、政协的正职是一把手；副职上线算“有领导”，不算“一把手”。"),
    )
    is_namesake = forms.BooleanField(label=_("是另一个人，只是同名"), required=False)

    def __init__(self, data: Any = None, *, leader: Leader | None = None, **kwargs: Any) -> None:
        names = ("name", "title", "unit", "department", "rank")
        given = {name: getattr(leader, name) for name in names} if leader else {"rank": GuestRank.TOP}
        super().__init__(data, initial=given | kwargs.pop("initial", {}), **kwargs)
        self.asks_namesake = False

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        return plain_name(name) if not name.isascii() else name

    @property
    def facts(self) -> LeaderFacts:
        """Of a valid form."""
        said = self.cleaned_data
        return LeaderFacts(
            said["name"], said["title"], said["rank"], said["department"], said["unit"], is_namesake=said["is_namesake"]
        )


FIELDS = {"leader_namesake": "is_namesake", "leader_known": "name", "department_differs": "department"}


def say_refusal(form: forms.Form, refused: NotAllowed) -> None:
    """At the field that it is about."""
    field = FIELDS.get(refused.code)
    form.add_error(field if field in form.fields else None, str(refused))


class LeaderChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # at run time it takes none
    def label_from_instance(self, obj: Leader) -> str:
        return f"{obj.name} · {obj.title} · {obj.unit}"


class MergeForm(forms.Form):
    """Which other row is the same person."""

    other: LeaderChoice = LeaderChoice(
        queryset=Leader.objects.none(), label=_("哪一行是同一个人"), empty_label=_("请选"), error_messages=CHOOSE
    )

    def __init__(self, data: Any = None, *, others: Any) -> None:
        super().__init__(data)
        cast("LeaderChoice", self.fields["other"]).queryset = others


class BroadcastForm(forms.Form):
    """The request of one session. Words that set targets or buy promotion are refused where they stand."""

    organiser = Line(label=_("主办单位"), max_length=UNIT, help_text=_("谁主办，谁负责。"))
    aim = forms.ChoiceField(label=_("为了什么"), choices=Aim.choices, error_messages=CHOOSE)
    goods_reason = Words(label=_("为什么选这些货"), help_text=_("为什么是这几样、这几家？老百姓会问。"))
    quality_promise = Words(label=_("质量承诺"), help_text=_("坏了怎么赔，多久发货，找谁。"))
    discipline = Ticks(
        label=_("纪律清单"),
        required=False,  # the rule says it better
        choices=[(line.key, line.text) for line in DISCIPLINE],
        error_messages=CHOOSE | {"invalid_list": _("请从列表里选。")},
    )

    def __init__(self, data: Any = None, *, known: BroadcastRequest | None) -> None:
        names = ("organiser", "aim", "goods_reason", "quality_promise")
        given = {name: getattr(known, name) for name in (*names, "discipline")} if known else {"aim": Aim.BRAND}
        super().__init__(data, initial=given)

    def clean_organiser(self) -> str:
        return self._allowed("organiser")

    def clean_goods_reason(self) -> str:
        return self._allowed("goods_reason")

    def clean_quality_promise(self) -> str:
        return self._allowed("quality_promise")

    def clean_discipline(self) -> list[str]:
        ticked = list(self.cleaned_data["discipline"])
        if set(ticked) != set(KEYS):
            raise forms.ValidationError(str(NotAllowed("discipline_open")))
        return ticked

    def _allowed(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        for code, words in (("forced_buying", forced_buying(text)), ("paid_promotion", paid_promotion(text))):
            if words:
                raise forms.ValidationError(str(NotAllowed(code, words=words)))
        return text

    @property
    def lines(self) -> list[tuple[str, list[tuple[Any, Any]]]]:
        """The discipline by whom it binds: (head, [(the box, its line)])."""
        boxes = dict(zip(KEYS, self["discipline"], strict=True))
        heads = dict.fromkeys(line.bound for line in DISCIPLINE)
        return [(str(head.label), [(boxes[line.key], line) for line in DISCIPLINE if line.bound == head]) for head in heads]

    @property
    def wish(self) -> BroadcastWish:
        """Of a valid form."""
        said = self.cleaned_data
        return BroadcastWish(
            said["organiser"], Aim(said["aim"]), said["goods_reason"], said["quality_promise"], frozenset(said["discipline"])
        )


class DecisionForm(forms.Form):
    """What the approver says; `version` is the plan that he saw."""

    decision = forms.ChoiceField(choices=[(each.value, each.label) for each in (Decision.APPROVED, Decision.RETURNED)])
    answer = Words(
        label=_("审批意见"),
        required=False,
        rows=2,
        help_text=_("退回时一定要写；有法律不允许的说法还要批准的，也要写为什么。"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class ThawForm(forms.Form):
    reason = Words(label=_("为什么要在这个时候改"), required=False, rows=2)


class PromiseForm(forms.Form):
    """What the county's agreement says."""

    wanted = forms.IntegerField(
        label=_("一年要几位"), min_value=1, max_value=WANTED_AT_MOST, error_messages={"invalid": _("请填一个整数。")}
    )
    first_month = forms.TypedChoiceField(label=_("协议年从几月起"), coerce=int, error_messages=CHOOSE)
    ranks = Ticks(
        label=_("哪些级别算数"),
        choices=[(rank.value, rank.label) for rank in GuestRank if rank.value in LEADERS],
        error_messages=CHOOSE,
    )

    def __init__(self, data: Any = None, *, promise: Promise) -> None:
        given = {"wanted": promise.wanted, "first_month": promise.first_month, "ranks": sorted(promise.ranks)}
        super().__init__(data, initial=given)
        months = [(n, date_format(date(2000, n, 1), gettext("n 月"))) for n in range(1, MONTHS + 1)]
        cast("forms.TypedChoiceField", self.fields["first_month"]).choices = months

    @property
    def promise(self) -> Promise:
        """Of a valid form."""
        said = self.cleaned_data
        return Promise(said["wanted"], said["first_month"], frozenset(said["ranks"]))
