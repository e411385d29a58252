"""说法检查: may these words be said of goods of this class on air? Each finding names its rule, its law and a wording that
passes.

The tables are in `wording_bans`. A county's own terms come besides. What the law asks to be judged by the whole
(广告法 第二十八条: is it true?) no table can judge: nothing found is no promise that all is well. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from livestream.rules.wording_bans import BANS, WordingRule
from livestream.rules.wording_plain import STOPS, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livestream.rules.wording_bans import Ban
    from livestream.rules.wording_plain import Plain

BEFORE = 24  # signs of the clause before a word that may take it back


class ExtraTerm(NamedTuple):
    """A term that a county has added; `product_class` "" means every class."""

    term: str
    product_class: str
    why: str
    instead: str


class Finding(NamedTuple):
    """`text[start:end]` is `term`; what it breaks, by which law (the county's reason for its own terms), and what to say."""

    start: int
    end: int
    term: str
    rule: WordingRule
    law: str
    instead: str

    @property
    def is_law(self) -> bool:
        """Whether a law forbids it, not only the county."""
        return self.rule != WordingRule.COUNTY


def judge(text: str, product_class: str, extra_terms: Iterable[ExtraTerm] = ()) -> list[Finding]:
    """What may not be said in this text, in the order of reading; spans lie within the text and do not overlap.

    `product_class` is one of `ProductClass`, or "" for words about no product in particular. The sentences are in the reader's
    language. Raises nothing, whatever is typed."""
    read = plain(text)
    found: list[Finding] = []
    taken = bytearray(len(read.text))
    for start, end, rule, law, instead in [*_by_law(read, product_class), *_by_county(read, product_class, extra_terms)]:
        if any(taken[start:end]):
            continue
        taken[start:end] = b"\1" * (end - start)
        first, last = read.span(start, end)
        found.append(Finding(first, last, text[first:last], rule, law, instead))
    return sorted(found)


def _by_law(read: Plain, product_class: str) -> Iterator[tuple[int, int, WordingRule, str, str]]:
    for ban in BANS:
        if ban.classes is not None and product_class not in ban.classes:
            continue
        if ban.not_with is not None and ban.not_with.search(read.text):
            continue
        for hit in ban.words.finditer(read.text):
            if not _is_taken_back(ban, read.text, hit.start(), hit.end()):
                yield hit.start(), hit.end(), ban.rule, str(ban.law), str(ban.instead)


def _is_taken_back(ban: Ban, text: str, start: int, end: int) -> bool:
    clause = text[max(0, start - BEFORE) : start]
    for place in range(len(clause) - 1, -1, -1):
        if clause[place] in STOPS:
            clause = clause[place + 1 :]
            break
    if any(before.search(clause) for before in ban.not_after):
        return True
    return ban.not_before is not None and ban.not_before.match(text, end) is not None


def _by_county(read: Plain, product_class: str, terms: Iterable[ExtraTerm]) -> Iterator[tuple[int, int, WordingRule, str, str]]:
    for term in terms:
        wanted = plain(term.term).text
        if not wanted or (term.product_class and term.product_class != product_class):
            continue
        start = read.text.find(wanted)
        while start >= 0:
            yield start, start + len(wanted), WordingRule.COUNTY, term.why, term.instead
            start = read.text.find(wanted, start + len(wanted))
