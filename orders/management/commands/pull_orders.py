"""`manage.py pull_orders`: reads the platforms' lists of orders and after-sales now, and fetches what is news there."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _

from orders.actions.hints import answer_waiting
from orders.actions.pull import pull_again, pull_lists
from orders.actions.token import renew_tokens
from orders.models import PullCursor, Shop

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from django.db.models import QuerySet


class Command(BaseCommand):
    help = "现在就按平台的订单表和售后表对账，补上没有推送到的；有一张表没有读完时退出码 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--shop", default="", help="店铺标识；不给则所有有接口的店铺")
        parser.add_argument("--since", default="", help="从这个时间起重新读一遍，如 2026-11-21T08:00")
        parser.add_argument("--json", action="store_true", help="只输出结果（JSON）")

    def handle(self, *_args: Any, **options: Any) -> None:
        began = datetime.now(UTC)
        shops = Shop.objects.with_api()
        if options["shop"]:
            shops = shops.filter(key=options["shop"])
            if not shops.exists():
                raise CommandError(_("没有这家店铺，或它没有接口"))
        renew_tokens(began)
        pull_again(shops, since=moment(options["since"]), at=began)
        found = read_all(shops)
        answered = answer_waiting(datetime.now(UTC))
        cursors = PullCursor.objects.filter(shop__in=shops).select_related("shop").order_by("shop_id", "kind")
        self._tell(list(cursors), found, answered, began, as_json=options["json"])

    def _tell(self, cursors: list[PullCursor], found: int, answered: int, began: datetime, *, as_json: bool) -> None:
        unread = [cursor for cursor in cursors if cursor.pulled_until is None or cursor.pulled_until < began]
        if as_json:
            lists = [
                {
                    "shop": cursor.shop.key,
                    "list": cursor.kind,
                    "pulled_until": cursor.pulled_until and cursor.pulled_until.isoformat(),
                    "error": cursor.last_error,
                }
                for cursor in cursors
            ]
            self.stdout.write(json.dumps({"found": found, "answered": answered, "unread": len(unread), "lists": lists}))
        else:
            self.stdout.write(_("补到 {found} 笔，取回 {answered} 笔").format(found=found, answered=answered))
            for cursor in unread:
                line = _("{shop}　{list} 没有读完：{error}")
                self.stdout.write(line.format(shop=cursor.shop, list=cursor.get_kind_display(), error=cursor.last_error))
        if unread:
            sys.exit(1)


def read_all(shops: QuerySet[Shop]) -> int:
    """Goes on until each of these lists was read to its end or put off."""
    found = 0
    while PullCursor.objects.filter(shop__in=shops).due(datetime.now(UTC)).exists():
        found += pull_lists(datetime.now(UTC))
    return found


def moment(text: str) -> datetime | None:
    if not text:
        return None
    found = parse_datetime(text)
    if found is None:
        raise CommandError(_("看不懂这个时间：{text}").format(text=text))
    return make_aware(found) if is_naive(found) else found
