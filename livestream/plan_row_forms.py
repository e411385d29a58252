"""The rows of a plan's form: rooms, stretches of a relay, guests, goods, crew. A row that is left empty is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.actions.session import CrewPlan, GuestPlan, LineUpPlan, RoomPlan
from livestream.person_forms import Line
from livestream.plan_lists import Unclear
from livestream.rules.money import fen_from_yuan
from livestream.rules.plan import MOST_FEN, NAME_AT_MOST, POST_AT_MOST, ROWS_AT_MOST, TITLE_AT_MOST, Platform
from livestream.rules.planning import CREW
from livestream.rules.session import GuestRank

if TYPE_CHECKING:
    from livestream.plan_lists import Lists

TYPED_AT_MOST = 100
PICK = {"invalid_choice": _("请从列表里选一个。")}


class NamedField(Line):
    """The name of somebody or something in a list of the page (`datalist` is its id)."""

    def __init__(self, *, datalist: str, **kwargs: Any) -> None:
        super().__init__(max_length=TYPED_AT_MOST, attrs={"list": datalist}, **kwargs)


class MoneyField(Line):
    """Yuan as people write them; clean gives fen."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=30, attrs={"inputmode": "decimal", "class": "num"}, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            fen = fen_from_yuan(typed)
        except ValueError as error:
            raise forms.ValidationError(_("请写多少元，例如 29.9。")) from error
        if fen is None and self.required:
            raise forms.ValidationError(self.error_messages["required"])
        if fen is not None and not 0 < fen <= MOST_FEN:
            raise forms.ValidationError(_("请写 0 元以上、2000 万元以下的数。"))
        return fen


class Row(forms.Form):
    """One row. `lists`: what may be named; `segments`: how many stretches the form has."""

    use_required_attribute = False

    def __init__(self, *args: Any, lists: Lists, segments: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lists = lists
        if "segment" in self.fields:
            numbers = [(str(n), _("第 {number} 段").format(number=n)) for n in range(1, segments + 1)]
            cast("forms.ChoiceField", self.fields["segment"]).choices = [("", _("全场")), *numbers]
            self.fields["segment"].widget.attrs["data-text"] = _("第 {number} 段")

    def named(self, field: str, among: str) -> Any:
        """The row that a typed name means; None, and a sentence at the field, where it means none or several."""
        typed = self.cleaned_data.get(field)
        if not typed:
            return None
        try:
            return getattr(self.lists, among).find(typed)
        except Unclear as unclear:
            self.add_error(field, str(unclear))
            return None

    @property
    def segment_number(self) -> int | None:
        typed = self.cleaned_data.get("segment")
        return int(typed) - 1 if typed else None


def _segment() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("哪一段"), required=False, error_messages={"invalid_choice": _("这一场没有这一段，请再选。")}
    )


class RoomFields(forms.Form):
    platform = forms.ChoiceField(
        label=_("平台"),
        choices=[("", _("选平台")), *Platform.choices],
        error_messages=PICK | {"required": _("请选平台。")},
    )
    room_id = Line(label=_("直播间号"), max_length=64)
    account = Line(label=_("直播账号"), max_length=64, required=False, attrs={"list": "account-names"})


class RoomRow(RoomFields, Row):
    """A room that is planned: the number may follow."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room_id"].required = False

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("room_id") and not said.get("account") and not self.errors:
            self.add_error("room_id", _("请写直播间号；还没有号，先写直播账号。"))
        return said

    @property
    def plan(self) -> RoomPlan:
        said = self.cleaned_data
        return RoomPlan(said["platform"], said["room_id"], said["account"])


class SegmentRow(Row):
    """Its hours are understood by the whole form, which knows when the session begins."""

    title = Line(label=_("这一段讲什么"), max_length=TITLE_AT_MOST)
    guest = NamedField(label=_("嘉宾"), datalist="leader-names", required=False)
    place = NamedField(label=_("在哪里"), datalist="place-names", required=False)
    begins = Line(label=_("从"), max_length=40, required=False, attrs={"class": "num"})
    ends = Line(label=_("到"), max_length=40, required=False, attrs={"class": "num"})

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["where"] = self.named("place", "places")
        said["guest_plan"] = guest_called(self, "guest") if said.get("guest") else None
        return said


class GuestRow(Row):
    guest = NamedField(label=_("嘉宾姓名"), datalist="leader-names")
    post = Line(label=_("职务"), max_length=POST_AT_MOST, required=False)
    rank = forms.ChoiceField(label=_("级别"), required=False, choices=[("", "—"), *GuestRank.choices], error_messages=PICK)
    segment = _segment()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        found = guest_called(self, "guest") if said.get("guest") else None
        if found and not found.leader:
            found = found._replace(title=said.get("post") or found.title, rank=said.get("rank") or found.rank)
        said["guest_plan"] = found and found._replace(segment=self.segment_number)
        return said

    @property
    def plan(self) -> GuestPlan:
        found: GuestPlan = self.cleaned_data["guest_plan"]
        return found


def guest_called(row: Row, field: str) -> GuestPlan | None:
    """A leader of the register, or somebody of this name (and post, in brackets) who is in no register."""
    typed: str = row.cleaned_data[field]
    try:
        leader = row.lists.leaders.find(typed)
    except Unclear as unclear:
        name, _bracket, post = typed.rstrip("）)").replace("(", "（").partition("（")
        if row.lists.leaders.called(name):
            row.add_error(field, str(unclear))
            return None
        if len(name) > NAME_AT_MOST or len(post) > POST_AT_MOST:
            row.add_error(field, _("姓名最多 {limit} 个字，职务写在括号里。").format(limit=NAME_AT_MOST))
            return None
        return GuestPlan(name.strip(), post.strip(), GuestRank.OTHER)
    return GuestPlan(leader.name, leader.title, leader.rank, leader)


class LineUpRow(Row):
    product = NamedField(label=_("商品"), datalist="goods-names")
    price = MoneyField(label=_("直播价（元）"))
    stock = forms.IntegerField(
        label=_("承诺库存"),
        required=False,
        min_value=0,
        max_value=2_000_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "num", "autocomplete": "off"}),
        error_messages={
            "invalid": _("请写一个整数。"),
            "min_value": _("请写一个整数。"),
            "max_value": _("这个数太大了。"),
        },
    )
    segment = _segment()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["what"] = self.named("product", "products")
        return said

    @property
    def plan(self) -> LineUpPlan:
        said = self.cleaned_data
        return LineUpPlan(said["what"], said["price"], said["stock"], self.segment_number)


class CrewRow(Row):
    person = NamedField(label=_("谁"), datalist="people-names")
    duty = forms.ChoiceField(
        label=pgettext_lazy("crew", "做什么"),
        choices=[("", _("选分工")), *((duty.value, duty.label) for duty in CREW)],
        error_messages=PICK | {"required": _("请选做什么。")},
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["who"] = self.named("person", "people")
        return said

    @property
    def plan(self) -> CrewPlan:
        return CrewPlan(self.cleaned_data["who"], self.cleaned_data["duty"])


class Rows(forms.BaseFormSet):  # type: ignore[type-arg]  # not generic at run time
    """Rows of one kind; `filled` are those that say something."""

    @property
    def filled(self) -> list[Row]:
        return [form for form in self.forms if form.has_changed()]


def _rows_of(row: type[Row]) -> type[Rows]:
    made = forms.formset_factory(row, formset=Rows, extra=0, max_num=ROWS_AT_MOST, absolute_max=ROWS_AT_MOST)
    return cast("type[Rows]", made)


ROWS = {
    "segments": _rows_of(SegmentRow),
    "guests": _rows_of(GuestRow),
    "goods": _rows_of(LineUpRow),
    "rooms": _rows_of(RoomRow),
    "crew": _rows_of(CrewRow),
}
