"""Every write to spot checks: drawing a sample, and what its people say on the telephone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from livestream.actions.audit import note
from livestream.models import AuditEntry
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.text import one_line
from livestream.rules.vault import RevealReason
from training.actions.trainee import reveal_secret
from training.models import Enrolment, SpotCall, SpotCheck
from training.rules.spot_check import NEEDS_WORDS, SAMPLE_AT_MOST, SEED_AT_MOST, WORDS_AT_MOST, SpotResult, digest_of, drawn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from livestream.models import Place, User
    from training.models import Cohort, Trainee

TITLE_AT_MOST = 60


@dataclass(frozen=True, slots=True)
class Draw:
    """What an auditor asks for. The seed is his: a number thrown with dice, or read from a newspaper of that day."""

    title: str
    cohorts: Sequence[Cohort]
    seed: str
    size: int


def population_of(cohorts: Iterable[Cohort]) -> list[UUID]:
    """Everybody who has or had a seat, once for each class."""
    return list(Enrolment.objects.seated().filter(cohort__in=cohorts).values_list("pk", flat=True))


@transaction.atomic
def draw_sample(draw: Draw, *, county: Place, by: User, at: datetime) -> SpotCheck:
    """Drawn at once and for ever: nobody sees it before it is kept, and another seed is another check beside it. Raises
    NotAllowed(`spot_seed`, `spot_nobody`, `spot_size`)."""
    seed = one_line(draw.seed)
    if not seed or len(seed) > SEED_AT_MOST:
        raise NotAllowed("spot_seed", limit=SEED_AT_MOST)
    population = population_of(draw.cohorts)
    if not population:
        raise NotAllowed("spot_nobody")
    if not 1 <= draw.size <= min(SAMPLE_AT_MOST, len(population)):
        raise NotAllowed("spot_size", most=min(SAMPLE_AT_MOST, len(population)), people=len(population))
    check = SpotCheck.objects.create(
        county=county,
        title=one_line(draw.title)[:TITLE_AT_MOST],
        seed=seed,
        size=draw.size,
        population=len(population),
        population_sha256=digest_of(population),
        drawn_at=at,
        drawn_by=by,
    )
    check.cohorts.set(draw.cohorts)
    sample = drawn(seed, population, draw.size)
    rows = [SpotCall(check_run=check, position=n, enrolment_id=one) for n, one in enumerate(sample, start=1)]
    SpotCall.objects.bulk_create(rows)
    said = {"seed": seed, "size": draw.size, "population": check.population, "sha256": check.population_sha256}
    note(Deed.SPOT_CHECK_DRAWN, place=county.pk, by=by, about=check, cohorts=len(draw.cohorts), **said)
    return check


@transaction.atomic
def note_result(call: SpotCall, result: SpotResult, words: str, *, before: str, by: User, at: datetime) -> SpotCall:
    """What was heard. `before`: the result that the page showed; a later one takes its place and the earlier one stays in the
    audit log. Raises NotAllowed(`spot_changed`, `spot_words`, `too_long`)."""
    words = one_line(words)
    now = SpotCall.objects.select_for_update().get(pk=call.pk)
    if now.result != before:
        raise NotAllowed("spot_changed")
    if not words and (result in NEEDS_WORDS or now.result not in {"", result}):
        raise NotAllowed("spot_words")
    if len(words) > WORDS_AT_MOST:
        raise NotAllowed("too_long", field=SpotCall._meta.get_field("words").verbose_name, limit=WORDS_AT_MOST)
    now.result, now.words, now.called_at, now.called_by = result, words, at, by
    now.save(update_fields=["result", "words", "called_at", "called_by"])
    return now


def person_of(call: SpotCall) -> Trainee:
    """Whom to call: who was found to be somebody else is that one."""
    return call.enrolment.trainee.merged_into or call.enrolment.trainee


def reveal_for(call: SpotCall, *, by: User) -> str:
    """The number to dial, once; within the hourly limit of all that is masked, and written down. Raises NotAllowed."""
    words = f"抽查：{call.check_run.title}（{call.position}）"
    return reveal_secret(person_of(call), "phone", reason=RevealReason.INSPECTION, words=words, by=by)


def earlier_results(check: SpotCheck) -> dict[int, list[dict[str, Any]]]:
    """By call, every result that was changed later, as the audit log keeps it, the oldest first."""
    keys = [str(key) for key in check.calls.values_list("pk", flat=True)]
    rows = AuditEntry.objects.filter(kind=SpotCall._meta.label, object_id__in=keys, deed=Deed.ROW_CHANGED).select_related("actor")
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows.order_by("id"):
        before = row.before or {}
        if before.get("result", before.get("words")):  # not the first one, before which there was nothing
            label = SpotResult(before["result"]).label if before.get("result") else ""
            said = {"label": label, "words": before.get("words", ""), "changed_at": row.at, "by": row.actor}
            found.setdefault(int(row.object_id), []).append(said)
    return found
