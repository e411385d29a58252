"""A line-up item in words: each field of it as a page, a sheet and a comparison of versions show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livestream.models import LineUpItem, SubsidyRule, Supplier
from livestream.rules.money import yuan
from livestream.rules.plan import Platform
from livestream.rules.price import percent_words
from livestream.rules.price_words import OfferKind, Payer

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from livestream.actions.line_up_version import Kept
    from livestream.rules.line_up_item import ItemFacts, OfferFacts

    Names = Mapping[tuple[str, int], str]

ROWS = {"offers": gettext_lazy("优惠"), "links": gettext_lazy("链接"), "promises": gettext_lazy("供货承诺")}
NOTHING = "—"


def label_of(name: str) -> str:
    """What a field is called; without the unit in which it is stored."""
    if name in ROWS:
        return str(ROWS[name])
    label = LineUpItem._meta.get_field(name.removesuffix("_id")).verbose_name  # type: ignore[union-attr]
    return str(label).replace(_("（分）"), "").replace(_("（万分之）"), "")


def names_in(kept: Iterable[Kept]) -> Names:
    """The names of the subsidies and suppliers that these items speak of."""
    items = list(kept)
    rules = SubsidyRule.objects.filter(pk__in={pk for one in items if (pk := one.facts.subsidy_id)})
    suppliers = Supplier.objects.filter(pk__in={promise.supplier for one in items for promise in one.facts.promises})
    return {("subsidy", rule.pk): rule.name for rule in rules} | {("supplier", one.pk): one.name for one in suppliers}


def shown_of(name: str, facts: ItemFacts, names: Names) -> str:
    """The value of a field in words."""
    value = getattr(facts, name)
    if name == "offers":
        return "；".join(offer_words(offer) for offer in value) or NOTHING
    if name == "links":
        links = (f"{Platform(each.platform).label} {each.number} {_fen(each.price_fen)}".strip() for each in value)
        return "；".join(links) or NOTHING
    if name == "promises":
        sentence = _("{name} {units} 件")
        return "；".join(sentence.format(name=names.get(("supplier", p.supplier), ""), units=p.units) for p in value) or NOTHING
    if name == "subsidy_id":
        return names.get(("subsidy", value), NOTHING) if value else NOTHING
    return _plain(name, value)


def _plain(name: str, value: Any) -> str:
    if value in {None, ""}:
        return NOTHING
    if name.endswith("_fen"):
        return yuan(value)
    if name == "commission_basis_points":
        return percent_words(value)
    if name == "cut_off_at":
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    choices = dict(LineUpItem._meta.get_field(name).flatchoices)  # type: ignore[union-attr]
    return str(choices.get(value, value))


def _fen(fen: int | None) -> str:
    return "" if fen is None else yuan(fen)


def offer_words(offer: OfferFacts) -> str:
    """`供货商的券 减 ¥8.00`, `平台的满减 满 ¥50.00 减 ¥5.00`, `供货商的赠品 小米 100 克 1 件`."""
    facts = {"payer": Payer(offer.payer).label, "kind": OfferKind(offer.kind).label, "off": yuan(offer.amount_fen)}
    if offer.kind == OfferKind.GIFT:
        said = _("{payer}的{kind}：{gift} {number} 件").format(**facts, gift=offer.gift, number=offer.gift_quantity or 1)
    elif offer.threshold_fen:
        said = _("{payer}的{kind}：满 {threshold} 减 {off}").format(**facts, threshold=yuan(offer.threshold_fen))
    else:
        said = _("{payer}的{kind}：减 {off}").format(**facts)
    return said + (_("，一共 {number} 份").format(number=offer.quantity) if offer.quantity else "")
