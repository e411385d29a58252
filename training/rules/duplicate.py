"""Two rows that may be one person, and why; and phones that a family shares. Pure.

Domain 3.2: a phone alone is weak (families share one), a name and a village alone too; an identity number is sure."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Sequence

TOGETHER_AT_MOST = 30  # rows of one phone, or namesakes of one village: more is a mistyped column, and is shown as one
FAMILY = 3  # names on one phone that make it a family's, or the village's
YEARS_APART = 2  # birth years that differ more are two people
SHORTEST = 3  # signs of a name in which one may be mistyped: 张伟 and 张芳 are sisters
DIFFERENT_SYLLABLES = 1


class Reason(TextChoices):
    """Why two rows may be one person; the surest first."""

    IDENTITY = "identity", _("身份证号一样")
    NAME_AND_PHONE = "name_and_phone", _("姓名和手机号一样，村不一样")
    PHONE = "phone", _("手机号一样，姓名只差一点")
    NAME_AND_VILLAGE = "name_and_village", _("姓名和村一样，手机号不一样")


class Person(NamedTuple):
    """A row as far as it is compared; "" and None: not known."""

    pk: int
    name: str
    phone: str
    identity: str
    place: str
    sex: str
    birth_year: int | None


class Pair(NamedTuple):
    """`one` is the older row."""

    one: int
    other: int
    reasons: tuple[Reason, ...]


class Family(NamedTuple):
    """A phone (its digest) with the rows that share it."""

    phone: str
    people: tuple[int, ...]


class Found(NamedTuple):
    """The surest pairs first; then phones of many names, the most first."""

    pairs: list[Pair]
    families: list[Family]


def find(people: Iterable[Person], different: Collection[tuple[int, int]], sound: Callable[[str], tuple[str, ...]]) -> Found:
    """`different`: pairs, the lower key first, of which somebody said that they are two. `sound` says a name's syllables; it is
    asked only about names that share a phone. What two rows contradict each other in (sex, birth year) makes them two."""
    listed = list(people)
    reasons: defaultdict[tuple[int, int], set[Reason]] = defaultdict(set)
    for one, other in _pairs(listed, lambda row: row.identity):
        reasons[_key(one, other)].add(Reason.IDENTITY)
    for one, other in _pairs(listed, lambda row: row.phone and (row.phone, row.name)):
        _add(reasons, one, other, Reason.NAME_AND_PHONE)
    for one, other in _pairs(listed, lambda row: (row.name, row.place)):
        if one.phone != other.phone:
            _add(reasons, one, other, Reason.NAME_AND_VILLAGE)
    phones = [group for group in _groups(listed, lambda row: row.phone) if len({row.name for row in group}) > 1]
    for group in phones:
        for one, other in combinations(group[:TOGETHER_AT_MOST], 2):
            if one.name != other.name and is_near(one.name, other.name, sound):
                _add(reasons, one, other, Reason.PHONE)
    order = list(Reason)
    pairs = [Pair(*key, tuple(sorted(why, key=order.index))) for key, why in reasons.items() if key not in different]
    pairs.sort(key=lambda pair: (order.index(pair.reasons[0]), -len(pair.reasons), pair.one, pair.other))
    families = [_family(group) for group in phones if len({row.name for row in group}) >= FAMILY]
    return Found(pairs, sorted(families, key=lambda family: (-len(family.people), family.people)))


def _groups(people: Sequence[Person], key: Callable[[Person], Hashable]) -> list[list[Person]]:
    """Those of one key, where there are several; an empty key is none."""
    found: defaultdict[Hashable, list[Person]] = defaultdict(list)
    for person in people:
        if value := key(person):
            found[value].append(person)
    return [group for group in found.values() if len(group) > 1]


def _pairs(people: Sequence[Person], key: Callable[[Person], Hashable]) -> Iterable[tuple[Person, Person]]:
    for group in _groups(people, key):
        yield from combinations(group[:TOGETHER_AT_MOST], 2)


def _key(one: Person, other: Person) -> tuple[int, int]:
    return min(one.pk, other.pk), max(one.pk, other.pk)


def _add(reasons: defaultdict[tuple[int, int], set[Reason]], one: Person, other: Person, reason: Reason) -> None:
    if not contradict(one, other):
        reasons[_key(one, other)].add(reason)


def _family(group: Sequence[Person]) -> Family:
    return Family(group[0].phone, tuple(sorted(row.pk for row in group)))


def contradict(one: Person, other: Person) -> bool:
    """Whether what is known of the two cannot be one person."""
    if one.identity and other.identity and one.identity != other.identity:
        return True
    if one.sex and other.sex and one.sex != other.sex:
        return True
    return bool(one.birth_year and other.birth_year and abs(one.birth_year - other.birth_year) > YEARS_APART)


def is_near(one: str, other: str, sound: Callable[[str], tuple[str, ...]]) -> bool:
    """One sign mistyped, missing or too many; or the same syllables (`张燕` and `张艳`)."""
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) == 1 and len(shorter) > 1:
        return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
    if len(longer) != len(shorter):
        return False
    differ = sum(a != b for a, b in zip(one, other, strict=True))
    return (differ == DIFFERENT_SYLLABLES and len(one) >= SHORTEST) or sound(one) == sound(other)
