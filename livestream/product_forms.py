"""What staff type about a product, its packaging, a geographical indication; and what the list of goods is narrowed to."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.actions.product import GeoFacts, Goods
from livestream.models import GeoIndication, Product, Supplier
from livestream.person_forms import Line
from livestream.plan_lists import LISTED, Named, Unclear
from livestream.plan_row_forms import MoneyField, NamedField
from livestream.rules.goods import FloorPer, ProductClass, Rank, ReturnPolicy, SaleUnit, Storage
from livestream.rules.rights import Action
from livestream.rules.text import one_line
from livestream.rules.weight import grams_of, weight_words
from livestream.typed_fields import Narrowing, chosen_field, day_field, number_field, plain_yuan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livestream.models import User

POINTS_AT_MOST, POINT_AT_MOST = 3, 40
NO_CLASS = "none"


def supplier_label(supplier: Supplier) -> str:
    return f"{supplier.name}（{supplier.place.short_name}）"


class SupplierLists:
    """The suppliers that somebody may name: those in use, where he keeps the goods."""

    def __init__(self, by: User, kept: Iterable[Supplier] = ()) -> None:
        self.by, self.kept = by, list(kept)

    @cached_property
    def suppliers(self) -> Named[Supplier]:
        rows = Supplier.objects.visible_to(self.by, Action.KEEP_GOODS).filter(is_in_use=True).select_related("place")

        def called(words: str) -> list[Supplier]:
            name = words.partition("（")[0].strip()
            found = list(rows.filter(name__icontains=name)[:LISTED]) if name else []
            return [one for one in found if one.name == name] or found

        return Named(rows.order_by("name", "pk"), supplier_label, called, self.kept)


class WeightField(Line):
    """`500`, `5斤`, `2.5kg`; clean gives grams."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, attrs={"class": "num"}, **kwargs)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        try:
            return grams_of(typed)
        except ValueError as error:
            raise forms.ValidationError(_("请写净重，例如 500克、5斤 或 2.5公斤，要大于 0。")) from error


class PointsField(forms.CharField):
    """At most three lines."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": POINTS_AT_MOST}), **kwargs)

    def to_python(self, value: Any) -> Any:
        lines = [one_line(line) for line in str(super().to_python(value) or "")[:10_000].splitlines()]
        return "\n".join(line for line in lines if line)

    def validate(self, value: Any) -> None:
        lines = value.splitlines()
        if len(lines) > POINTS_AT_MOST or any(len(line) > POINT_AT_MOST for line in lines):
            raise forms.ValidationError(
                _("最多 {lines} 行，每行最多 {signs} 个字：主播一眼要看完。").format(lines=POINTS_AT_MOST, signs=POINT_AT_MOST)
            )


class ProductForm(forms.Form):
    """A product; the supplier is typed by name."""

    use_required_attribute = False
    title = Line(label=_("商品名"), max_length=80, help_text=_("观众看到的名字，例如“潞党参 500g”。"))
    sku = Line(label=_("商家编码"), max_length=64, help_text=_("和各平台店铺里填的一样，订单靠它认货。"))
    supplier = NamedField(label=_("供货商"), datalist="suppliers", help_text=_("写名字，从列表里选。"))
    product_class = forms.ChoiceField(
        label=_("商品类别"),
        required=False,
        choices=[("", _("还不清楚（不能上架）")), *ProductClass.choices],
        help_text=_("类别决定要哪些证件、能说什么话。只晒、磨、筛的是初加工；加了料、灌装的是加工食品。"),
        error_messages={"invalid_choice": _("请从列表里选。")},
    )
    spec = Line(
        label=_("规格"), max_length=60, required=False, help_text=_("例如 5 斤一箱，单果 80 毫米以上。")
    )  # fmt: skip
    sale_unit = chosen_field(pgettext_lazy("goods", "单位"), SaleUnit.choices)
    net_weight = WeightField(label=_("净重"), help_text=_("一件多重：500克、5斤 都行。"))
    list_price = MoneyField(label=_("日常价（元）"), help_text=_("平时卖多少，不是直播价。"))
    floor_price = MoneyField(label=_("保护价（元）"), required=False, help_text=_("供货方到手不能低于它，可以不填。"))
    floor_per = chosen_field(_("保护价按"), FloorPer.choices)
    grade = forms.ChoiceField(
        label=_("等级"),
        required=False,
        choices=[("", _("不分等级")), *Rank.choices],
        error_messages={"invalid_choice": _("请从列表里选。")},
    )
    geo = forms.ChoiceField(
        label=_("地理标志"),
        required=False,
        help_text=_("用了地理标志，要有持有人的用标授权。"),
        error_messages={"invalid_choice": _("请从列表里选。")},
    )
    brand = Line(label=_("品牌"), max_length=40, required=False)
    storage = chosen_field(_("储存"), Storage.choices)
    shelf_life_days = number_field(_("保质期（天）"), required=False)
    return_policy = chosen_field(_("退货办法"), ReturnPolicy.choices)
    actual_seller = Line(
        label=_("实际销售者"),
        max_length=80,
        required=False,
        help_text=_("谁开票、谁发货、谁负责，照营业执照写。空着就是供货商自己。主播要念出来。"),
    )
    selling_points = PointsField(label=_("卖点"), required=False, help_text=_("一行一条，最多三条。不写治病、最好、第一。"))
    version = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, by: User, product: Product | None = None, initial: Any = None) -> None:
        self.lists = SupplierLists(by, [product.supplier] if product else [])
        super().__init__(data, initial=initial_of(product, self.lists) if product else new_of(initial or {}))
        self.geos = {str(geo.pk): geo for geo in geos_of(by, product)}
        offered = [("", _("没有用")), *((pk, geo.name) for pk, geo in self.geos.items())]
        cast("forms.ChoiceField", self.fields["geo"]).choices = offered

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("supplier"):
            try:
                said["from"] = self.lists.suppliers.find(said["supplier"])
            except Unclear as unclear:
                self.add_error("supplier", str(unclear))
        days = said.get("shelf_life_days")
        if days is not None and days > 32_767:
            self.add_error("shelf_life_days", _("这个数太大了。"))
        return said

    @property
    def supplier_said(self) -> Supplier:
        found: Supplier = self.cleaned_data["from"]
        return found

    @property
    def version_said(self) -> int:
        typed = self.cleaned_data["version"]
        return int(typed) if typed.isascii() and typed.isdigit() else 0

    @property
    def goods(self) -> Goods:
        """Of a valid form."""
        said = self.cleaned_data
        same = (
            "sku", "title", "product_class", "spec", "sale_unit", "brand", "storage", "shelf_life_days", "return_policy",
            "actual_seller", "floor_per",
        )  # fmt: skip
        return Goods(
            net_weight_grams=said["net_weight"],
            list_price_fen=said["list_price"],
            floor_price_fen=said["floor_price"],
            grade=int(said["grade"]) if said["grade"] else None,
            geo_indication=self.geos.get(said["geo"]),
            selling_points=tuple(said["selling_points"].splitlines()),
            **{name: said[name] for name in same},
        )


def geos_of(by: User, product: Product | None) -> list[GeoIndication]:
    """Of the product's county, else of the counties of whoever types."""
    counties = Q(county=product.county_id) if product else Q(county__in={code[:6] for code in by.reach(Action.KEEP_GOODS)})
    return list(GeoIndication.objects.filter(counties))


def new_of(initial: dict[str, Any]) -> dict[str, Any]:
    return {"sale_unit": SaleUnit.PIECE, "storage": Storage.ROOM, "return_policy": ReturnPolicy.SEVEN_DAYS} | initial


def initial_of(product: Product, lists: SupplierLists) -> dict[str, Any]:
    same = (
        "sku", "title", "product_class", "spec", "sale_unit", "brand", "storage", "shelf_life_days", "return_policy",
        "actual_seller", "floor_per", "selling_points", "version", "grade",
    )  # fmt: skip
    return {name: getattr(product, name) for name in same} | {
        "supplier": lists.suppliers.shown(product.supplier),
        "net_weight": weight_words(product.net_weight_grams),
        "list_price": plain_yuan(product.list_price_fen),
        "floor_price": "" if product.floor_price_fen is None else plain_yuan(product.floor_price_fen),
        "geo": str(product.geo_indication_id or ""),
    }


class GoodsFilter(Narrowing):
    """What the list is narrowed to. Whatever is not understood narrows nothing."""

    q = forms.CharField(label=_("找商品"), required=False, max_length=60)
    product_class = forms.ChoiceField(
        label=_("商品类别"),
        required=False,
        choices=[("", _("全部类别")), *ProductClass.choices, (NO_CLASS, _("还没分类"))],
    )
    show = forms.ChoiceField(
        label=_("只看"),
        required=False,
        choices=[("", _("在用的")), ("lacks", _("缺证件的")), ("soon", _("证件快到期的")), ("retired", _("停用的"))],
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_valid()


class PackagingForm(forms.Form):
    """A new packaging."""

    use_required_attribute = False
    name = Line(label=_("包装"), max_length=60, help_text=_("例如：彩箱 2026 款。"))
    from_on = day_field(_("从哪天用"))
    note = Line(label=_("改了什么"), max_length=200, required=False)


class GeoForm(forms.Form):
    """A geographical indication of the county."""

    use_required_attribute = False
    name = Line(label=pgettext_lazy("geo", "名称"), max_length=40)
    number = Line(label=_("登记号"), max_length=40, required=False)
    holder = Line(label=_("持有人"), max_length=80, required=False)
    valid_until_on = day_field(_("有效到"), required=False, help_text=_("到这一天结束都有效；长期有效就不填。"))

    @property
    def facts(self) -> GeoFacts:
        return GeoFacts(**self.cleaned_data)
