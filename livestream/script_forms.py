"""What people type into scripts, cue cards, templates and posters, and into the check of wording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.actions.poster import PosterPlan
from livestream.actions.script import ScriptWords
from livestream.models import BannedTerm, CueCard, LiveSession, Poster, Product, Script, ScriptRow, ScriptTemplate
from livestream.person_forms import Line
from livestream.rules.cue_card import CardWords
from livestream.rules.goods import ProductClass
from livestream.rules.poster import WHY_AT_MOST
from livestream.rules.run_of_show import MINUTES_AT_MOST, RowPlan
from livestream.rules.script import PosterKind, RowKind, Speaker
from livestream.rules.text import each_line
from livestream.rules.wording import ExtraTerm
from livestream.typed_fields import chosen_field, number_field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import Model
    from django.utils.functional import _StrPromise

SENTENCE_AT_MOST = 2000
EVERY_CLASS = ("", _("每一类"))
NOT_FROM_LIST = {"invalid_choice": _("请从列表里选。")}


class Lines(Line):
    """A few lines, each without what nobody sees."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget = forms.Textarea(attrs={"rows": rows, "maxlength": self.max_length})
        self.widget.is_required = self.required

    def to_python(self, value: Any) -> str:
        return each_line(str(value or ""))


def column(model: type[Model], name: str, *, rows: int = 0, **kwargs: Any) -> forms.CharField:
    """A field for a column of text: its name and its length are the table's; `rows` for one of several lines."""
    of = cast("Any", model._meta.get_field(name))
    said = {"label": of.verbose_name, "max_length": of.max_length, "required": not of.blank} | kwargs
    return Lines(rows=rows, **said) if rows else Line(**said)


class VersionForm(forms.Form):
    """What it was when the page was opened; somebody else may have written since."""

    version = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False, widget=forms.HiddenInput)

    @property
    def seen(self) -> int:
        return self.cleaned_data.get("version") or 0


class ScriptForm(VersionForm):
    theme = column(Script, "theme", help_text=_("例如“秋收上新 平顺山货”。"))
    aim = column(Script, "aim", help_text=_("这一场想办成什么，例如“卖掉 300 箱苹果，收 50 个新客”。"))
    opening = column(Script, "opening", rows=5, help_text=_("我是谁、在哪里、卖什么、几点到几点。照着能念。"))
    closing = column(Script, "closing", rows=4, help_text=_("谢谢大家、几时发货、下一场几号几点。"))
    is_ai_made = forms.BooleanField(label=_("这些话是 AI 写的，或者用 AI 改过"), required=False)

    @property
    def words(self) -> ScriptWords:
        """Of a valid form."""
        return ScriptWords(**{name: self.cleaned_data[name] for name in ScriptWords.__slots__})


class RowForm(VersionForm):
    kind = chosen_field(_("环节"), RowKind.choices)
    minutes = number_field(_("几分钟"))
    what = column(ScriptRow, "what")
    product = forms.ModelChoiceField(
        label=_("商品"), queryset=Product.objects.none(), required=False, empty_label=_("不讲货"), error_messages=NOT_FROM_LIST
    )
    speaker = chosen_field(_("谁来讲"), Speaker.choices)
    control = column(ScriptRow, "control", help_text=_("例如“弹讲解卡”“发 5 元券”。"))
    material = column(ScriptRow, "material", help_text=_("例如“一整箱、切开的一个、秤”。"))
    note = column(ScriptRow, "note")

    def __init__(self, data: Any = None, *, session: LiveSession, row: ScriptRow | None = None, **kwargs: Any) -> None:
        given = {name: getattr(row, name) for name in RowPlan._fields} if row else {"kind": RowKind.ITEM, "minutes": 5}
        super().__init__(data, initial=given | kwargs.pop("initial", {}), **kwargs)
        goods = Product.objects.filter(pk__in=session.line_up.values("product")) | Product.objects.filter(
            pk__in=[row.product_id] if row and row.product_id else []
        )
        cast("forms.ModelChoiceField[Product]", self.fields["product"]).queryset = goods.order_by("title")

    def clean_minutes(self) -> int:
        minutes: int = self.cleaned_data["minutes"]
        if not 1 <= minutes <= MINUTES_AT_MOST:
            raise forms.ValidationError(_("填 1 到 %(most)s 的数。"), params={"most": MINUTES_AT_MOST})
        return minutes

    @property
    def plan(self) -> RowPlan:
        """Of a valid form."""
        said = self.cleaned_data
        product = said["product"].pk if said["product"] else None
        return RowPlan(**{name: said[name] for name in RowPlan._fields if name != "product"}, product=product)


class CardForm(VersionForm):
    origin = column(CueCard, "origin", rows=2)
    points = column(CueCard, "points", rows=4, help_text=_("一行一条，最多三条，照着能念。"))
    proof = column(CueCard, "proof", rows=2, help_text=_("检验报告、合格证、地理标志的编号。"))
    scene = column(CueCard, "scene", rows=2)
    questions = column(CueCard, "questions", rows=4, help_text=_("一行一个，问和答都写上。"))
    call = column(CueCard, "call", rows=2)
    tried_by_host = forms.BooleanField(label=_("主播自己吃过、用过"), required=False)
    is_ai_made = forms.BooleanField(label=_("这些话是 AI 写的，或者用 AI 改过"), required=False)

    @property
    def words(self) -> CardWords:
        """Of a valid form."""
        return CardWords(**{name: self.cleaned_data[name] for name in CardWords._fields})


class MakeForm(VersionForm):
    """How a script is made in one click, and from what."""

    do = forms.ChoiceField(choices=[(name, name) for name in ("propose", "copy", "use")])
    source = forms.UUIDField(required=False)
    template = forms.IntegerField(min_value=1, max_value=2**62, required=False)


class TemplateNameForm(forms.Form):
    name = column(ScriptTemplate, "name", label=_("给模板起个名字"))


class TermForm(forms.Form):
    """A word that a county forbids besides the law."""

    term = column(BannedTerm, "term")
    why = column(BannedTerm, "why")
    instead = column(BannedTerm, "instead")
    product_class = forms.ChoiceField(
        label=_("只管这一类"), choices=[EVERY_CLASS, *ProductClass.choices], required=False, error_messages=NOT_FROM_LIST
    )

    @property
    def extra_term(self) -> ExtraTerm:
        """Of a valid form."""
        return ExtraTerm(**self.cleaned_data)


class SentenceForm(forms.Form):
    """A sentence to try. Whatever the class is, nothing is kept."""

    said = Lines(
        label=_("想说的话"),
        max_length=SENTENCE_AT_MOST,
        rows=4,
        required=False,
        help_text=_("整段粘过来也行。这里只看，不保存。"),
    )
    product_class = forms.ChoiceField(
        label=_("哪一类货"),
        choices=[("", pgettext_lazy("class", "不说哪一款")), *ProductClass.choices],
        required=False,
        error_messages=NOT_FROM_LIST,
    )


class WithdrawForm(forms.Form):
    why = Line(label=_("为什么撤回"), max_length=WHY_AT_MOST, error_messages={"required": _("请写一句为什么撤回。")})


class PosterForm(forms.Form):
    kind = chosen_field(_("海报"), PosterKind.choices)
    headline = column(Poster, "headline", help_text=_("最多 30 个字，远远就能看清。"))
    line = column(Poster, "line")
    product = forms.ModelChoiceField(
        label=_("商品"), queryset=Product.objects.none(), required=False, empty_label=_("不写货"), error_messages=NOT_FROM_LIST
    )
    shows_price = forms.BooleanField(label=_("写上价格"), required=False)

    def __init__(
        self, data: Any = None, *, session: LiveSession, kinds: Iterable[tuple[str, _StrPromise]], **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        cast("forms.ChoiceField", self.fields["kind"]).choices = list(kinds)
        goods = Product.objects.filter(pk__in=session.line_up.values("product")).order_by("title")
        cast("forms.ModelChoiceField[Product]", self.fields["product"]).queryset = goods

    @property
    def plan(self) -> PosterPlan:
        """Of a valid form."""
        return PosterPlan(**self.cleaned_data)
