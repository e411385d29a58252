"""The ledger of subsidies (补贴台账): what each rule pays for orders, followed from the ledger of orders, rebuilt from it.

A sweep looks at the boards of a rule's sessions: where nothing was counted since, it does nothing, so pushes are not slowed. What
a rule pays is worked out anew from all its orders (`rules/subsidy.py`: first paid, first served, until the cap to the fen), and
the difference to what is booked is written. So any order of arrival comes to the same, and what is given back goes to whoever
paid next. Whoever follows a rule holds its row: two workers take turns.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext as _

from livestream.actions.board import session_scope
from livestream.actions.notice import in_chinese, tell_staff
from livestream.models import LineUpItem, SubsidyRule
from livestream.models.board import BoardVersion
from livestream.rules.money import yuan
from livestream.rules.notice import NoticeKind
from orders.models import SubsidyEntry, SubsidyMark
from orders.rules.order import OrderStatus
from orders.rules.subsidy import LineKey, Paid, Sale, differences, paid_for

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

# Orders close and are refunded long after they were paid; a rule is looked at while that may be.
FOLLOWED = timedelta(days=180)
LOOKED_ANYHOW = timedelta(minutes=10)  # an order that closes without a refund moves no board
# A line of these sessions as it stands in the ledger, if its goods carry the rule and it was paid in the rule's time.
SALES = """
SELECT l.order_id, l.line_no, l.session_id::text, l.occurred_at,
       sum(l.units)::bigint, sum(l.paid_fen)::bigint, sum(l.refunded_fen)::bigint, o.status
FROM orders_ledgerentry l
JOIN orders_order o ON o.id = l.order_id
JOIN orders_solditem s ON s.id = l.item_id
JOIN livestream_lineupitem i ON i.session_id = l.session_id AND i.subsidy_id = %(rule)s
JOIN livestream_product p ON p.id = i.product_id AND p.sku = s.sku
WHERE l.session_id = ANY(%(sessions)s) AND l.occurred_at >= %(from_at)s AND l.occurred_at < %(until_at)s
GROUP BY l.order_id, l.line_no, l.session_id, l.occurred_at, o.status
HAVING sum(l.units) > 0
"""


def follow_subsidies(*, at: datetime) -> int:
    """Brings the ledger of every rule that may still move up to its orders; how many rows were written. Each rule is a
    transaction of its own."""
    rules = SubsidyRule.objects.filter(from_at__lte=at, until_at__gt=at - FOLLOWED).order_by("pk")
    return sum(follow_rule(pk, at=at) for pk in rules.values_list("pk", flat=True))


def rebuild_subsidies(*, at: datetime) -> int:
    """The same of every rule there is, whether its boards moved or not; 0 where the ledger was right."""
    pks = SubsidyRule.objects.order_by("pk").values_list("pk", flat=True)
    return sum(follow_rule(pk, at=at, is_rebuild=True) for pk in pks)


@transaction.atomic
def follow_rule(pk: int, *, at: datetime, is_rebuild: bool = False) -> int:
    """Brings the ledger of one rule up to its orders and hands the sum down to it; how many rows were written."""
    rule = SubsidyRule.objects.select_for_update(no_key=True).get(pk=pk)
    sessions = sorted(LineUpItem.objects.filter(subsidy=rule).values_list("session_id", flat=True).distinct())
    seen = _seen(rule, sessions)  # before the orders are read: what is counted meanwhile is found next time
    mark = SubsidyMark.objects.filter(pk=pk).first()
    if not is_rebuild and mark and mark.seen == seen and mark.looked_at > at - LOOKED_ANYHOW:
        return 0
    booked = booked_of(rule)
    sales, cap_fen = sales_of(rule, sessions), rule.cap_fen
    if not rule.is_approved:  # a draft, or drafted anew: nothing more is paid, what is given back goes back
        sales = [sale for sale in sales if sale.key in booked]
        cap_fen = sum(paid.amount_fen for paid in booked.values())
    wanted = paid_for(sales, per_unit_fen=rule.per_unit_fen, cap_fen=cap_fen)
    rows = [
        SubsidyEntry(
            county_id=rule.county_id,
            rule=rule,
            session_id=entry.key.session_id,
            order_id=entry.key.order_id,
            line_no=entry.key.line_no,
            units=entry.units,
            amount_fen=entry.amount_fen,
            paid_at=entry.paid_at,
        )
        for entry in differences(booked, wanted)
    ]
    SubsidyEntry.objects.bulk_create(rows, batch_size=2000)
    _hand_down(rule, sum(paid.amount_fen for paid in wanted.values()))
    SubsidyMark.objects.update_or_create(rule=rule, defaults={"seen": seen, "looked_at": at})
    return len(rows)


def _seen(rule: SubsidyRule, sessions: Iterable[UUID]) -> str:
    """What the boards of these sessions had counted, and how the rule stood, as one short word."""
    scopes = [session_scope(session) for session in sessions]
    versions = BoardVersion.objects.filter(scope__in=scopes).order_by("scope").values_list("scope", "version")
    terms = (rule.per_unit_fen, rule.cap_fen, rule.from_at.isoformat(), rule.until_at.isoformat(), rule.is_approved)
    return sha256(repr((terms, list(versions))).encode()).hexdigest()


def sales_of(rule: SubsidyRule, sessions: list[UUID]) -> list[Sale]:
    """Every line that the rule may pay for, as the ledger of orders has it now."""
    with connection.cursor() as cursor:
        cursor.execute(SALES, {"rule": rule.pk, "sessions": sessions, "from_at": rule.from_at, "until_at": rule.until_at})
        return [
            Sale(LineKey(order, line, session), at, units, paid, back, status == OrderStatus.CLOSED)
            for order, line, session, at, units, paid, back, status in cursor.fetchall()
        ]


def booked_of(rule: SubsidyRule) -> dict[LineKey, Paid]:
    """What the ledger says that the rule paid, by line; lines that were given back wholly are not there."""
    sums: Any = SubsidyEntry.objects.filter(rule=rule).order_by().values("order_id", "line_no", "session_id")
    sums = sums.annotate(pieces=Sum("units"), fen=Sum("amount_fen"), since=Max("paid_at"))
    return {
        LineKey(row["order_id"], row["line_no"], str(row["session_id"])): Paid(row["pieces"], row["fen"], row["since"])
        for row in sums
        if row["pieces"] or row["fen"]
    }


def _hand_down(rule: SubsidyRule, used_fen: int) -> None:
    """The rule knows what it paid; when not a piece is left of it any more, staff are told, once each time."""
    had = rule.left_units
    if used_fen == rule.used_fen:
        return
    rule.used_fen = used_fen
    rule.save(update_fields=["used_fen"])
    if had and not rule.left_units:
        with in_chinese():
            sentence = _("补贴“{name}”用完了：一共 {cap}，已补 {used}。低于保护价的货不能再上架，在架的请下架或改价。")
            text = sentence.format(name=rule.name, cap=yuan(rule.cap_fen), used=yuan(used_fen))
        tell_staff(rule.county, NoticeKind.SUBSIDY, text, link=f"/goods/subsidies/{rule.pk}/")
