"""The hash chain of the audit log: what each digest is made of, and what may be wrong with it.

The digest of an entry is the SHA-256 of the digest before it and of the entry as canonical JSON (UTF-8, keys sorted, no spaces):
whoever has the rows can compute it anew with any tool. `docs/operators.md` shows how.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BEGINNING = ""  # what stands before the first entry


class Fault(TextChoices):
    """What the check found first."""

    CHANGED = "changed", _("内容被改过")
    MISSING = "missing", _("少了记录")
    ADDED = "added", _("多了记录")
    CUT_OFF = "cut_off", _("末尾被截掉")


class Link(NamedTuple):
    """A place in the chain and the digest there."""

    position: int
    digest: str


START = Link(0, BEGINNING)
DIGITS_AT_MOST = 18


def head_said(text: str) -> Link | None:
    """A head as people write it down, `position:digest`; None for anything else."""
    position, _colon, digest = text.strip().partition(":")
    digest = digest.strip().lower()
    is_number = position.isascii() and position.isdecimal() and len(position) <= DIGITS_AT_MOST and int(position) > 0
    is_digest = len(digest) == len(hashlib.sha256().hexdigest()) and not set(digest) - set("0123456789abcdef")
    return Link(int(position), digest) if is_number and is_digest else None


class Standing(TextChoices):
    """What became of a head that was written down earlier."""

    SAME = "same", _("您记下的链头还在链里：链完好，那一条和它以前的就和您记下时一样。")
    DIFFERENT = (
        "different",
        _("和您记下的不一样：链被重新算过，或者抄错了。请再看一遍；没有抄错，就不要动数据库，马上告诉平台管理员。"),
    )
    RETIRED = "retired", _("那一条已经按期清理，比不了。请用晚一些记下的链头。")
    BEYOND = "beyond", _("链没有这么长：末尾被截掉了，或者数据库是从备份恢复的。请马上问平台管理员。")
    MISSING = "missing", _("那一条不在链里：少了记录。不要动数据库，马上告诉平台管理员。")


class Row(NamedTuple):
    """An entry as the database writes it out: times in UTC to the microsecond, JSON as its text, nothing rounded."""

    position: int
    digest: str
    id: int
    at: str
    deed: str
    actor: int | None
    acted_for: int | None
    place: str
    kind: str
    object_id: str
    before: str | None
    after: str | None
    detail: str
    address: str | None
    request_id: str


def digest_of(previous: str, row: Row) -> str:
    """The digest of an entry at its position, after the one before it. `row.digest` does not matter."""
    said = row._asdict()
    del said["digest"]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + text).encode()).hexdigest()


@dataclass(slots=True)
class Reading:
    """Follows the chain row by row. `retired` says which stretches were taken out by a proof in the chain (first position → the
    last of the stretch), `known` how far the chain is known to have reached, and by which digest."""

    retired: Mapping[int, Link]
    known: Link = START
    head: Link = START
    entries: int = 0
    fault: str = ""
    fault_position: int | None = None

    def take(self, row: Row) -> bool:
        """False when this row shows that something is wrong: before it, or in it."""
        self.skip(until=row.position)
        if self.fault:
            return False
        expected = self.head.position + 1
        if row.position > expected:
            return self.is_wrong(Fault.MISSING, expected)
        if row.position < expected:
            return self.is_wrong(Fault.ADDED, row.position)
        if row.digest != digest_of(self.head.digest, row):
            return self.is_wrong(Fault.CHANGED, row.position)
        if row.position == self.known.position and row.digest != self.known.digest:
            return self.is_wrong(Fault.CHANGED, row.position)  # the whole chain was computed anew
        self.head = Link(row.position, row.digest)
        self.entries += 1
        return True

    def skip(self, until: int) -> None:
        """Over what was retired, up to this position."""
        while not self.fault and self.head.position + 1 < until and (gap := self.retired.get(self.head.position + 1)):
            if gap.position == self.known.position and gap.digest != self.known.digest:
                self.is_wrong(Fault.CHANGED, gap.position)  # the proof itself was written anew
            self.head = gap

    def end(self) -> None:
        """There is no further row."""
        self.skip(until=self.known.position + 1)
        if not self.fault and self.head.position < self.known.position:
            self.is_wrong(Fault.CUT_OFF, self.head.position + 1)

    def is_wrong(self, fault: Fault, position: int) -> bool:
        self.fault, self.fault_position = fault.value, position
        return False


def retired_stretches(details: Iterable[Mapping[str, Any]]) -> dict[int, Link]:
    """First position → last position and its digest, from what the proofs say."""
    return {first: Link(last, digest) for detail in details for first, last, digest in detail["stretches"]}
