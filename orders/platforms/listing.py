"""Reading a platform's list of changes so that none is missed while it changes. Pure: asking is an argument.

A page further on is never asked for: a row that changes while we read moves to the end, everything behind it moves up, and the
row that crossed the page's edge would be missed. The next page is the first page since the last row's time instead. Only
where more than a page changed within one second are its pages read, from the last to the first, because rows only ever move
to earlier pages there. Whether a platform counts the ends of a span in is not documented: a second more is asked for at both.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from orders.platforms.contract import ListPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    Ask = Callable[[datetime, datetime | None, int], ListPage]  # since, until, page

SECOND = timedelta(seconds=1)


class Unsorted(ValueError):
    """The rows do not stand by their time of change: where to go on cannot be told."""


def changes_since(ask: Ask, since: datetime, page_size: int) -> Iterator[tuple[ListPage, datetime]]:
    """Every row that changed since then, in pages, each with the time up to which all is read. Rows may come again.

    Raises Unsorted, and whatever `ask` raises.
    """
    reached = since.replace(microsecond=0)
    while True:
        page = ask(reached - SECOND, None, 0)
        moments = [row.changed_at for row in page.rows]
        if moments != sorted(moments):
            raise Unsorted("the list is not sorted by time of change")
        if page.is_last:
            yield page, max([reached, *moments])
            return
        if not moments:
            raise Unsorted("none of the rows has a time")
        if moments[-1] > reached:
            reached = moments[-1]
            yield page, reached
        else:
            for dense in one_second(ask, reached, page_size):
                yield dense, reached
            reached += SECOND


def one_second(ask: Ask, moment: datetime, page_size: int) -> Iterator[ListPage]:
    """All pages of one second, the last one first."""
    total = ask(moment - SECOND, moment + SECOND, 0).total
    for number in reversed(range(max(1, -(-total // page_size)))):
        yield ask(moment - SECOND, moment + SECOND, number)
