"""What the public page of a session says, without a login: who sells, whose goods, papers, price, return policy. Pure.

法释〔2022〕8 号 第十二条 (who is not the seller says so, and who is), 直播电商监督管理办法 第二十六条 (the seller's
information is reached without detours), 明码标价和禁止价格欺诈规定 第六条 (price with its unit), 消费者权益保护法 第二十五条
(returns), 个人信息保护法 第二十五条 (nobody is named without his consent to that).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livestream.rules.goods import PaperKind, ProductClass, ReturnPolicy
from livestream.rules.money import yuan
from livestream.rules.party import Registration, SupplierKind
from livestream.rules.price import GRAMS_OF_A_JIN
from livestream.rules.session import AIRED, SessionKind, SessionState

if TYPE_CHECKING:
    from datetime import date, datetime

KEPT_S = 60  # a copy of the page is at most so old; what its board's version tells is newer at once
SHOWN_BEFORE = frozenset({SessionState.APPROVED, SessionState.REHEARSED})
WITHOUT_WEIGHT = frozenset({ProductClass.CRAFT, ProductClass.TICKET})
CONSUMER_LINE = "12315"  # 全国消费者投诉举报专线

RETURNS = {
    ReturnPolicy.SEVEN_DAYS: gettext_lazy(
        "收到货 7 天内可以退，不用说理由；货要完好，来回运费自己出。货有问题的，运费由卖家出。"
    ),
    ReturnPolicy.FRESH: gettext_lazy("鲜货容易坏，不能无理由退货。收到就看，坏了、烂了的，马上拍照找卖家，坏多少赔多少。"),
    ReturnPolicy.MADE_TO_ORDER: gettext_lazy("按您的要求做的，不能无理由退货。做错了、坏了的，可以退、换。"),
    ReturnPolicy.TICKET: gettext_lazy("按购买时写的须知退、改。"),
}


class Phase(TextChoices):
    BEFORE = "before", gettext_lazy("还没开播")
    ON_AIR = "on_air", gettext_lazy("正在直播")
    AFTER = "after", gettext_lazy("播完了")


@dataclass(frozen=True, slots=True)
class PublicPaper:
    """A paper that was checked: what it is, how long it holds. No number, unless it is that of a product standard."""

    kind: str
    valid_until_on: date | None
    is_over: bool = False
    number: str = ""

    @property
    def label(self) -> str:
        return str(PaperKind(self.kind).label)


@dataclass(frozen=True, slots=True)
class PublicItem:
    """One of the goods. `price`, `final_price`, `jin_price`: in words, "" where there is none."""

    product: int
    title: str
    seller: str
    supplier: str
    village: str
    registration: str
    facts: tuple[tuple[str, str], ...]
    price: str
    final_price: str
    jin_price: str
    geo: str
    papers: tuple[PublicPaper, ...]
    returns: str
    state: str = ""


@dataclass(frozen=True, slots=True)
class PublicPage:
    phase: Phase
    title: str
    host: str
    place: str
    county: str
    starts_at: datetime
    ended_at: datetime | None
    items: tuple[PublicItem, ...]
    return_words: str
    line_phone: str
    line_hours: str
    is_ai_made: bool
    is_public_interest: bool
    replay_url: str


def phase_of(state: str, kind: str) -> Phase | None:
    """None: nobody outside may know of it."""
    if kind == SessionKind.PRACTICE:
        return None
    if state == SessionState.LIVE:
        return Phase.ON_AIR
    if state in AIRED:
        return Phase.AFTER
    return Phase.BEFORE if state in SHOWN_BEFORE else None


def is_person(kind: str, registration: str) -> bool:
    """Whether the name of this supplier is somebody's own name: a household, and a farm that needs no licence."""
    return kind == SupplierKind.HOUSEHOLD or registration == Registration.EXEMPT


def jin_words(fen: int, grams: int, product_class: str) -> str:
    """`¥ 12.00 / 斤`; "" for what is not sold by weight."""
    if product_class in WITHOUT_WEIGHT or grams <= 0:
        return ""
    each = int((Decimal(fen) * GRAMS_OF_A_JIN / grams).quantize(Decimal(1), ROUND_HALF_UP))
    return _("合 {price} 一斤").format(price=yuan(each))


def weight_words(grams: int, product_class: str) -> str:
    """`2.5 公斤（5 斤）`, `333 克`."""
    if product_class in WITHOUT_WEIGHT or grams <= 0:
        return ""
    if grams < GRAMS_OF_A_JIN:
        return _("{grams} 克").format(grams=grams)
    kilograms, jin = _short(Decimal(grams) / 1000), _short(Decimal(grams) / GRAMS_OF_A_JIN)
    return _("{kilograms} 公斤（{jin} 斤）").format(kilograms=kilograms, jin=jin)


def _short(number: Decimal) -> str:
    return f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP).normalize():f}"
