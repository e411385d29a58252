"""A sample for the telephone: how it is drawn so that anybody can draw it again, and what is heard. Pure.

The draw: all registrations with a seat in the chosen classes are sorted by sha256 of `seed:registration`, as hex digits; the
first are the sample. The digest of the population is sha256 of all registrations in their own order, one a line."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from training.rules.interval import Share, share_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

SAMPLE_AT_MOST = 200
SEED_AT_MOST = 40
WORDS_AT_MOST = 300


class SpotResult(TextChoices):
    CONFIRMED = "confirmed", _("本人说参加过")
    PARTLY = "partly", _("参加过，但对不上")
    DENIED = "denied", _("本人说没参加")
    UNREACHED = "unreached", _("没联系上")


REACHED = (SpotResult.CONFIRMED, SpotResult.PARTLY, SpotResult.DENIED)
NEEDS_WORDS = frozenset({SpotResult.PARTLY, SpotResult.DENIED})


def rank(seed: str, enrolment: UUID) -> str:
    return sha256(f"{seed}:{enrolment}".encode()).hexdigest()


def drawn(seed: str, population: Iterable[UUID], size: int) -> list[UUID]:
    """The first `size` of the population in the order of the seed; whatever the order in which it comes."""
    return sorted(population, key=lambda one: rank(seed, one))[:size]


def digest_of(population: Iterable[UUID]) -> str:
    return sha256("".join(f"{one}\n" for one in sorted(population)).encode()).hexdigest()


class Outcome(NamedTuple):
    """What calls came to. `authentic`: confirmed over reached; `over_sample`: over everybody who was drawn."""

    counts: dict[SpotResult, int]
    sample: int

    @property
    def reached(self) -> int:
        return sum(self.counts[result] for result in REACHED)

    @property
    def called(self) -> int:
        return sum(self.counts.values())

    @property
    def authentic(self) -> Share | None:
        return share_of(self.counts[SpotResult.CONFIRMED], self.reached)

    @property
    def over_sample(self) -> Share | None:
        return share_of(self.counts[SpotResult.CONFIRMED], self.sample)


def outcome_of(results: Iterable[str]) -> Outcome:
    """Of the results of a sample; "" where nobody has called yet."""
    found = list(results)
    return Outcome({result: found.count(result) for result in SpotResult}, len(found))
