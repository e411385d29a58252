"""The log of a sender: what was sent and what was acked, a JSON object a line. Pure.

    {"event": "sent",  "at": "2026-11-21T20:00:03+08:00", "shop": "<key>", "message_id": "…", "body": {…}}
    {"event": "acked", "at": "2026-11-21T20:00:04+08:00", "shop": "<key>", "message_id": "…", "answer": {…}}

`refused` (an answer that no second try would change) may stand there too. A line that a kill cut off is counted and
passed over: whoever wrote it had not finished saying it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

EVENTS = {"sent", "acked", "refused"}
Key = tuple[str, str]  # shop key and message id


class BadLog(ValueError):
    """Not such a log: `line` is where, 0 when nothing at all stands there."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(slots=True)
class RunLog:
    """`sent` holds the different bodies of each message, as they were sent."""

    sent: defaultdict[Key, list[Any]] = field(default_factory=lambda: defaultdict(list))
    acked: set[Key] = field(default_factory=set)
    moments: list[datetime] = field(default_factory=list)
    cut_lines: int = 0

    @property
    def shops(self) -> list[str]:
        return sorted({shop for shop, _ in (*self.sent, *self.acked)})

    @property
    def began_at(self) -> datetime:
        return min(self.moments)

    @property
    def ended_at(self) -> datetime:
        return max(self.moments)


def read_run_log(lines: Iterable[str]) -> RunLog:
    """Raises BadLog for the first line that is neither whole nor the beginning of one, or when no whole line is there."""
    log = RunLog()
    for number, line in enumerate(lines, start=1):
        if not (text := line.strip("\0 \r\n")):
            continue
        try:
            take(log, json.loads(text))
        except json.JSONDecodeError as error:
            if not text.startswith("{"):
                raise BadLog(number) from error
            log.cut_lines += 1
        except (KeyError, TypeError, ValueError) as error:
            raise BadLog(number) from error
    if not log.moments:
        raise BadLog(0)
    return log


def take(log: RunLog, line: dict[str, Any]) -> None:
    at = datetime.fromisoformat(line["at"])
    key = (str(line["shop"]), str(line["message_id"]))
    if line["event"] not in EVENTS or at.tzinfo is None:
        raise ValueError(line["event"])
    log.moments[:] = [min(log.moments[0], at), max(log.moments[-1], at)] if log.moments else [at, at]
    if line["event"] == "sent":
        if line["body"] not in log.sent[key]:
            log.sent[key].append(line["body"])
    elif line["event"] == "acked":
        log.acked.add(key)
