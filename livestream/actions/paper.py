"""Every write to a paper (证件) and to what a county asks for besides the law: added with its file, checked by somebody, told of
before it ends."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions import stored_file
from livestream.actions.gate import touch_rooms_of
from livestream.actions.notice import in_chinese, tell, who_may
from livestream.actions.refusal import refusing
from livestream.models import Paper, PaperRule, Place
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.gate import OF_ONE_PRODUCT, REASON_AT_MOST, SOON_DAYS, day_words, is_due
from livestream.rules.goods import PaperKind, PaperState
from livestream.rules.notice import TEXT_AT_MOST, NoticeKind
from livestream.rules.rights import Action, holds
from livestream.rules.text import one_line
from livestream.sheets.paper_scan import read_scan

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from typing import IO

    from livestream.models import Product, Supplier, User
    from livestream.sheets.paper_scan import Scan

SHELF = "papers"
TELLING_HOURS = range(8, 20)  # of the clock in Shanghai: nobody is told of a paper at night
TOLD_AT_MOST = 5  # papers a notice names


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What stands on a paper. `valid_until_on` None: it does not end."""

    kind: str
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None
    valid_until_on: date | None = None
    batch: str = ""


def add_paper(
    facts: PaperFacts,
    *,
    supplier: Supplier,
    product: Product | None = None,
    upload: tuple[IO[bytes], str] | None = None,
    by: User,
    at: datetime,
) -> Paper:
    """A paper that waits to be checked, with its file if there is one (the stream and its name).

    Raises NotAllowed(`paper_product`, `paper_of_another`, `paper_days`, `paper_issued_later`) and as `read_scan`."""
    _check(facts, supplier, product, shanghai_day(at))
    scan = read_scan(*upload) if upload else None  # before any transaction: it may take a second
    stored_as = stored_file.keep([scan.content], SHELF) if scan else ""
    try:
        return _note(facts, supplier, product, scan, stored_as, by)
    except BaseException:
        stored_file.forget(stored_as, SHELF)
        raise


def _check(facts: PaperFacts, supplier: Supplier, product: Product | None, today: date) -> None:
    if product is None and facts.kind in OF_ONE_PRODUCT:
        raise NotAllowed("paper_product", kind=PaperKind(facts.kind).label)
    if product is not None and product.supplier_id != supplier.pk:
        raise NotAllowed("paper_of_another")
    if facts.issued_on and facts.issued_on > today:
        raise NotAllowed("paper_issued_later")
    if facts.issued_on and facts.valid_until_on and facts.valid_until_on < facts.issued_on:
        raise NotAllowed("paper_days")


@transaction.atomic
def _note(facts: PaperFacts, supplier: Supplier, product: Product | None, scan: Scan | None, stored_as: str, by: User) -> Paper:
    made = Paper(county_id=supplier.county_id, supplier=supplier, product=product, added_by=by, **asdict(facts))
    if scan:
        made.name, made.sha256, made.bytes, made.stored_as = scan.name, scan.sha256, len(scan.content), stored_as
    made.save(force_insert=True)
    touch_rooms(made)
    return made


@transaction.atomic
def check_paper(paper: Paper, state: PaperState, *, refusal: str = "", seen: str, by: User, at: datetime) -> Paper:
    """Somebody held it against the original: it is accepted, or refused with a reason; what was accepted may be refused later.
    `seen`: the state that he saw. Raises NotAllowed(`paper_over`, `paper_refusal`, `paper_meanwhile`)."""
    words = one_line(refusal)[:REASON_AT_MOST]
    stored = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if stored.state != seen:
        raise NotAllowed("paper_meanwhile")
    if state == PaperState.REFUSED and not words:
        raise NotAllowed("paper_refusal")
    if state == PaperState.ACCEPTED and stored.valid_until_on and stored.valid_until_on < shanghai_day(at):
        raise NotAllowed("paper_over", day=day_words(stored.valid_until_on))
    stored.state, stored.refusal = state, words if state == PaperState.REFUSED else ""
    stored.checked_by, stored.checked_at = by, at
    stored.save(update_fields=["state", "refusal", "checked_by", "checked_at"])
    touch_rooms(stored)
    return stored


@transaction.atomic
def drop_paper(paper: Paper) -> None:
    """One that was added by mistake, as long as nobody has checked it. Raises NotAllowed(`paper_checked`)."""
    stored = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    if stored.state != PaperState.WAITING:
        raise NotAllowed("paper_checked")
    stored.delete()
    transaction.on_commit(lambda: stored_file.forget(stored.stored_as, SHELF))


def touch_rooms(paper: Paper) -> None:
    """The gate of goods that are on air now may have moved."""
    if paper.product_id:
        touch_rooms_of(product=paper.product_id)
    else:
        touch_rooms_of(product__supplier=paper.supplier_id)


def content_of(paper: Paper) -> bytes:
    """Raises `stored_file.Gone` where the file is gone from the disk, or never was there."""
    return b"".join(stored_file.read(paper.stored_as, SHELF))


def forget_stray_scans(*, at: datetime) -> int:
    """Files that a killed process left without a row; returns how many."""
    known = set(Paper.objects.exclude(stored_as="").values_list("stored_as", flat=True))
    return stored_file.forget_strays(known, before=at - stored_file.STRAY_AFTER, shelf=SHELF)


# --- what a county asks for -----------------------------------------------------------------------------------------------


@transaction.atomic
def add_paper_rule(county: Place, product_class: str, kinds: Iterable[str]) -> PaperRule:
    """Goods of this class need one of these papers besides what the law asks, from now on. Raises
    NotAllowed(`paper_rule_there`, `paper_rule_empty`)."""
    any_of = ",".join(kind.value for kind in PaperKind if kind.value in set(kinds))
    if not any_of:
        raise NotAllowed("paper_rule_empty")
    with refusing({"paper_rule_once": "paper_rule_there"}):
        made = PaperRule.objects.create(county=county, product_class=product_class, any_of=any_of)
    touch_rooms_of(product__county=county, product__product_class=product_class)
    return made


@transaction.atomic
def drop_paper_rule(rule: PaperRule) -> None:
    touch_rooms_of(product__county=rule.county_id, product__product_class=rule.product_class)
    rule.delete()


# --- before it ends -------------------------------------------------------------------------------------------------------


@transaction.atomic
def warn_of_papers(*, at: datetime) -> int:
    """Whoever keeps the goods where a paper lies is told 30 days before it ends, and 7 days before, of each once; by day only.
    Returns how many papers were told of. A run more, or two at once, tell nothing twice."""
    if timezone.localtime(at).hour not in TELLING_HOURS:
        return 0
    today = shanghai_day(at)
    soon = Paper.objects.filter(
        state=PaperState.ACCEPTED, valid_until_on__range=(today, today + timedelta(days=SOON_DAYS)), supplier__is_in_use=True
    ).exclude(product__is_in_use=False)
    locked = soon.select_for_update(of=("self",), skip_locked=True).select_related("supplier", "product")
    due = [
        one
        for one in locked.order_by("valid_until_on", "pk")
        if one.valid_until_on and is_due(one.valid_until_on, one.warned_on, today)
    ]
    by_county: defaultdict[str, list[Paper]] = defaultdict(list)
    for paper in due:
        by_county[paper.county_id].append(paper)
    for county, papers in sorted(by_county.items()):
        _tell(Place.objects.get(pk=county), papers)
    Paper.objects.filter(pk__in=[one.pk for one in due]).update(warned_on=today)
    return len(due)


def _tell(county: Place, papers: list[Paper]) -> None:
    """Each person of those papers that lie in his hands."""
    places = {paper.supplier.place_id for paper in papers}
    people = {one.pk: one for place in places for one in who_may(Action.KEEP_GOODS, county.pk, place)}
    for _pk, person in sorted(people.items()):
        codes = person.reach(Action.KEEP_GOODS)
        his = [paper for paper in papers if holds(codes, county=county.pk, place=paper.supplier.place_id)]
        with in_chinese():
            tell([person], NoticeKind.PAPER_ENDS, ending_words(his), county=county, link="/goods/papers/")


def ending_words(papers: list[Paper]) -> str:
    """`3 份证件快到期：潞党参 500g 检验报告（2026年11月29日到期）…`."""
    named = [
        _("{what} {paper}（{day}到期）").format(
            what=paper.product or paper.supplier, paper=paper.get_kind_display(), day=day_words(paper.valid_until_on)
        )
        for paper in papers[:TOLD_AT_MOST]
    ]
    more = _("，等等") if len(papers) > TOLD_AT_MOST else ""
    head = _("{n} 份证件快到期，过期的货不能上架：").format(n=len(papers))
    return f"{head}{'；'.join(named)}{more}"[:TEXT_AT_MOST]
