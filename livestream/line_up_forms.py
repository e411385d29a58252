"""What staff type about an item of a line-up sheet: its price and who pays what of it, its supply, its links, its words."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.models import SubsidyRule, Supplier
from livestream.person_forms import Line
from livestream.plan_lists import Named, Unclear
from livestream.plan_row_forms import MoneyField, NamedField
from livestream.rules.goods import FloorPer
from livestream.rules.line_up_item import (
    EVIDENCE_AT_MOST,
    GIFT_AT_MOST,
    MOST_PIECES,
    MOST_SMALL,
    NOTE_AT_MOST,
    NUMBER_AT_MOST,
    POINTS_AT_MOST,
    ROWS_AT_MOST,
    SELLER_AT_MOST,
    ItemFacts,
    LinkFacts,
    OfferFacts,
    PromiseFacts,
)
from livestream.rules.plan import Platform
from livestream.rules.price import BASIS_POINTS
from livestream.rules.price_words import CompareBasis, OfferKind, Payer, SampleStatus, SlotRole
from livestream.typed_fields import Moment, day_field, plain_yuan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.functional import _StrPromise

    from livestream.models import LineUpItem

PICK = {"invalid_choice": _("请从列表里选一个。"), "required": _("请选一个。")}
# The field that a refusal is about.
FIELDS = {
    "price_missing": "live_price_fen", "below_floor": "live_price_fen", "coupon_over_price": "live_price_fen",
    "stock_negative": "committed_stock", "slot_fee_needs_stock": "committed_stock",
    "settlement_below_floor": "settlement_price_fen", "compare_without_evidence": "compare_evidence",
    "compare_not_above_price": "compare_price_fen", "compare_above_low": "compare_price_fen",
    "compare_low_unknown": "compare_basis", "compare_low_waits": "compare_basis", "subsidy_elsewhere": "subsidy_id",
    "commission_over_the_price": "commission_basis_points",
}  # fmt: skip


def pieces(label: _StrPromise, most: int = MOST_PIECES, **kwargs: Any) -> forms.IntegerField:
    whole = _("请填 0 或更大的整数。")
    errors = {"invalid": whole, "min_value": whole, "max_value": _("这个数太大了。"), "required": whole}
    box = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"})
    return forms.IntegerField(
        label=label, required=False, widget=box, min_value=0, max_value=most, error_messages=errors, **kwargs
    )


class Fen(MoneyField):
    """Yuan that may be left empty; shown as they are typed."""

    def __init__(self, label: _StrPromise, **kwargs: Any) -> None:
        super().__init__(label=label, **({"required": False} | kwargs))

    def prepare_value(self, value: Any) -> Any:
        return plain_yuan(value) if isinstance(value, int) else value


class Percent(Line):
    """A percentage with at most two decimals; clean gives basis points."""

    def __init__(self, label: _StrPromise) -> None:
        super().__init__(label=label, required=False, max_length=8, attrs={"inputmode": "decimal", "class": "num"})

    def clean(self, value: Any) -> Any:
        typed = super().clean(value).strip("%％ ")
        try:
            points = Decimal(typed or "0") * 100
        except InvalidOperation:
            points = Decimal(-1)
        if not (points.is_finite() and 0 <= points <= BASIS_POINTS and points == points.to_integral_value()):
            raise forms.ValidationError(_("请填 0 到 100 之间的百分数，例如 5 或 2.5。"))
        return int(points)

    def prepare_value(self, value: Any) -> Any:
        return f"{(Decimal(value) / 100).normalize():f}" if isinstance(value, int) else value


class Lines(forms.CharField):
    """A few lines; what nobody sees is taken out when it is stored."""

    def __init__(self, label: _StrPromise, help_text: _StrPromise) -> None:
        box = forms.Textarea(attrs={"rows": 3})
        too_long = {"max_length": _("最多写 %(limit_value)d 个字，现在是 %(show_value)d 个。")}
        super().__init__(
            label=label, help_text=help_text, required=False, max_length=POINTS_AT_MOST, widget=box, error_messages=too_long
        )

    def clean(self, value: Any) -> Any:
        return super().clean(str(value or "").replace("\0", ""))


def _choice(label: _StrPromise, choices: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices, error_messages=PICK, **kwargs)


class OfferRow(forms.Form):
    use_required_attribute = False
    kind = _choice(_("优惠"), [("", _("没有")), *OfferKind.choices])
    payer = _choice(_("谁出钱"), [("", _("选一个")), *Payer.choices])
    amount_fen = Fen(_("减多少（元）"))
    threshold_fen = Fen(_("满多少（元）"))
    gift = Line(label=_("赠品名称"), max_length=GIFT_AT_MOST, required=False)
    gift_quantity = pieces(_("赠几件"), MOST_SMALL)
    quantity = pieces(_("一共几份"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("kind") and not said.get("payer"):
            self.add_error("payer", _("请选谁出钱。"))
        if not said.get("kind") and any(said.get(name) for name in ("amount_fen", "gift", "threshold_fen")):
            self.add_error("kind", _("请选是券、满减还是赠品；不要了，就把这一行清空。"))
        return said

    @property
    def facts(self) -> OfferFacts | None:
        said = self.cleaned_data
        return OfferFacts(**said | {"amount_fen": said["amount_fen"] or 0}) if said.get("kind") else None


class LinkRow(forms.Form):
    use_required_attribute = False
    platform = _choice(_("平台"), [("", _("没有")), *Platform.choices])
    number = Line(label=_("链接号"), max_length=NUMBER_AT_MOST, required=False)
    price_fen = Fen(_("平台上的价（元）"))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if bool(said.get("platform")) != bool(said.get("number")):
            field = "number" if said.get("platform") else "platform"
            self.add_error(field, _("平台和链接号要一起写；不要了，就都清空。"))
        return said

    @property
    def facts(self) -> LinkFacts | None:
        return LinkFacts(**self.cleaned_data) if self.cleaned_data.get("platform") else None


class PromiseRow(forms.Form):
    use_required_attribute = False
    supplier = NamedField(label=_("谁供货"), datalist="supplier-names", required=False)
    units = pieces(_("承诺几件"))
    daily_capacity = pieces(_("每天能发（件）"))
    cut_off_at = Moment(label=_("截单时间"), required=False)
    promised_on = day_field(_("哪天承诺的"), required=False)
    evidence = Line(label=_("凭据"), max_length=EVIDENCE_AT_MOST, required=False)

    def __init__(self, *args: Any, suppliers: Named[Supplier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.suppliers = suppliers

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("supplier"):
            if said.get("units"):
                self.add_error("supplier", _("请写谁供货；不要了，就把这一行清空。"))
            return said
        try:
            said["who"] = self.suppliers.find(said["supplier"])
        except Unclear as unclear:
            self.add_error("supplier", str(unclear))
        for name, sentence in (("units", _("请写承诺几件。")), ("promised_on", _("请写哪天承诺的。"))):
            if not said.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        return said

    @property
    def facts(self) -> PromiseFacts | None:
        said = self.cleaned_data
        if not said.get("supplier"):
            return None
        names = ("units", "promised_on", "daily_capacity", "cut_off_at", "evidence")
        return PromiseFacts(supplier=said["who"].pk, **{name: said[name] for name in names})


ROWS: dict[str, tuple[type[forms.Form], int]] = {"offers": (OfferRow, 2), "links": (LinkRow, 1), "promises": (PromiseRow, 1)}


class ItemForm(forms.Form):
    """An item; `rows` are its offers, links and promises, each with empty ones behind."""

    use_required_attribute = False
    live_price_fen = Fen(_("直播价（元）"), required=True)
    list_price_fen = Fen(_("日常价（元）"))
    compare_price_fen = Fen(_("划线价（元）"))
    compare_basis = _choice(_("划线价依据"), [("", _("不划线")), *CompareBasis.choices])
    compare_evidence = Line(
        label=_("证据"), max_length=EVIDENCE_AT_MOST, required=False, help_text=_("在哪里能查到，例如哪一天的订单或价签。")
    )
    floor_price_fen = Fen(_("保护价（元）"), help_text=_("空着就按商品登记的。"))
    floor_per = _choice(_("保护价按"), FloorPer.choices)
    settlement_price_fen = Fen(_("结算价（元）"), help_text=_("付给供货商多少；供货商自己卖就空着。"))
    commission_basis_points = Percent(_("佣金（%）"))
    slot_fee_fen = Fen(_("坑位费（元）"))
    subsidy_id = forms.TypedChoiceField(label=_("补贴"), required=False, coerce=int, empty_value=None, error_messages=PICK)
    committed_stock = pieces(_("承诺库存"), help_text=_("写了供货承诺，就是各家的和。"))
    daily_ship_capacity = pieces(_("每天能发（件）"))
    ship_within_hours = pieces(_("几小时内发货"), MOST_SMALL)
    presale_on = day_field(_("预售发货日"), required=False)
    cut_off_at = Moment(label=_("截单时间"), required=False)
    slot_role = _choice(_("款型"), [("", "—"), *SlotRole.choices])
    planned_minutes = pieces(_("讲几分钟"), MOST_SMALL)
    sample_status = _choice(_("样品"), SampleStatus.choices)
    actual_seller = Line(label=_("实际销售者"), max_length=SELLER_AT_MOST, required=False, help_text=_("空着就按商品登记的。"))
    points = Lines(_("卖点"), _("一行一条；空着就按商品登记的。"))
    banned_claims = Lines(_("不能说"), _("一行一条，提醒主播。"))
    note = Line(label=_("备注"), max_length=NOTE_AT_MOST, required=False)

    def __init__(self, data: Any = None, *, item: LineUpItem, facts: ItemFacts) -> None:
        initial = {name: getattr(facts, name) for name in self.base_fields}
        super().__init__(data, initial=initial)
        county = item.session.county_id
        rules = SubsidyRule.objects.filter(county=county)
        offered = [rule for rule in rules if rule.is_active or rule.pk == facts.subsidy_id]
        cast("forms.ChoiceField", self.fields["subsidy_id"]).choices = [
            ("", _("没有")),
            *((r.pk, offered_name(r)) for r in offered),
        ]
        self.suppliers = suppliers_of(county)
        self.rows = {name: self._rows(name, facts) for name in ROWS}

    def _rows(self, name: str, facts: ItemFacts) -> Any:
        row, spare = ROWS[name]
        made = forms.formset_factory(row, extra=spare, max_num=ROWS_AT_MOST, absolute_max=ROWS_AT_MOST)
        initial = [known._asdict() for known in getattr(facts, name)]
        more: dict[str, Any] = {}
        if name == "promises":
            names = {
                supplier.pk: self.suppliers.shown(supplier)
                for supplier in Supplier.objects.filter(pk__in=[r["supplier"] for r in initial])
            }
            initial = [each | {"supplier": names[each["supplier"]]} for each in initial]
            more = {"form_kwargs": {"suppliers": self.suppliers}}
        return made(self.data if self.is_bound else None, initial=initial, prefix=name, **more)

    def is_valid(self) -> bool:
        return all([super().is_valid(), *(rows.is_valid() for rows in self.rows.values())])

    @property
    def facts(self) -> ItemFacts:
        """Of a form that is valid."""
        said: Mapping[str, Any] = self.cleaned_data
        plain = {name: said[name] for name in self.fields} | {"slot_fee_fen": said["slot_fee_fen"] or 0}
        plain["floor_per"] = said["floor_per"] or FloorPer.PIECE.value
        plain["sample_status"] = said["sample_status"] or SampleStatus.NONE.value
        rows: dict[str, Any] = {name: tuple(f for row in rows.forms if (f := row.facts)) for name, rows in self.rows.items()}
        return ItemFacts(**plain, **rows)


def offered_name(rule: SubsidyRule) -> str:
    """A draft may be planned with; it counts once it is approved."""
    return rule.name if rule.is_approved else _("{name}（等批准）").format(name=rule.name)


def suppliers_of(county: str) -> Named[Supplier]:
    rows = Supplier.objects.filter(county=county, is_in_use=True).select_related("place").order_by("name", "pk")
    return Named(rows, lambda one: one.name, lambda words: rows.filter(name__icontains=words)[:9])
