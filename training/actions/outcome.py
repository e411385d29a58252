"""Who the people of a year were and what became of them, counted by the database; what may be read of it, the rules say."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from training.actions.counting import EVERYTHING, facts, rows
from training.models import Trainee
from training.rules.outcome import UNKNOWN, Breakdown, outcome_of
from training.rules.trainee import age_band

if TYPE_CHECKING:
    from training.rules.outcome import Outcome

# What each said in the newest call that reached him, under whichever of his names.
PEOPLE = f"""{EVERYTHING}, job AS (
    SELECT DISTINCT ON (1) COALESCE(same.person_id, enrolment.trainee_id) AS person_id, follow_up.work, follow_up.work_place
    FROM training_followup follow_up JOIN training_enrolment enrolment ON enrolment.id = follow_up.enrolment_id
    JOIN training_cohort cohort ON cohort.id = enrolment.cohort_id AND cohort.county_id = %(county)s
    LEFT JOIN same ON same.trainee_id = enrolment.trainee_id
    WHERE follow_up.done_at IS NOT NULL AND follow_up.work <> ''
    ORDER BY 1, follow_up.done_at DESC, follow_up.id DESC
), who AS (
    SELECT person.id, person.sex, person.is_returnee, person.birth_year, person.category, person.education,
        job.work, job.work_place
    FROM come JOIN training_trainee person ON person.id = come.person_id LEFT JOIN job USING (person_id)
)"""
COUNTS = f"""{PEOPLE}
SELECT GROUPING(sex, is_returnee, birth_year, category, education, work, work_place),
    COALESCE(sex, ''), COALESCE(is_returnee, FALSE), birth_year, COALESCE(category, ''), COALESCE(education, ''),
    COALESCE(work, ''), COALESCE(work_place, ''), count(*)
FROM who GROUP BY GROUPING SETS ((sex), (is_returnee), (birth_year), (category), (education), (work), (work_place))"""
SUPPORTED = f"{PEOPLE} SELECT id FROM who"
COLUMNS = (
    Breakdown.SEX,
    Breakdown.RETURNEE,
    Breakdown.AGE,
    Breakdown.CATEGORY,
    Breakdown.EDUCATION,
    Breakdown.WORK,
    Breakdown.WORK_PLACE,
)


def outcomes_of(county: str, year: int, *, least: int) -> list[Outcome]:
    """A table for each breakdown of the persons who came in that year, numbers below `least` and what gives them away left out.
    Three queries, whatever the number of people."""
    found = facts(county, date(year, 1, 1), date(year + 1, 1, 1))
    numbers: dict[Breakdown, Counter[str]] = {breakdown: Counter() for breakdown in Breakdown}
    every = (1 << len(COLUMNS)) - 1
    for grouping, *values, count in rows(COUNTS, found):
        place = len(COLUMNS) - (every ^ grouping).bit_length()
        breakdown = COLUMNS[place]
        numbers[breakdown][word_of(breakdown, values[place], year)] += count
    numbers[Breakdown.SUPPORT] = support_of([pk for (pk,) in rows(SUPPORTED, found)])
    return [outcome_of(breakdown, numbers[breakdown], least) for breakdown in Breakdown]


def word_of(breakdown: Breakdown, value: object, year: int) -> str:
    if breakdown == Breakdown.RETURNEE:
        return "yes" if value else "no"
    if breakdown == Breakdown.AGE:
        return str(age_band(value if isinstance(value, int) else None, date(year, 12, 31)) or UNKNOWN)
    return str(value)


def support_of(people: list[int]) -> Counter[str]:
    """Decrypted to be counted, and in nobody's sight: no SQL can read it."""
    said = Trainee.objects.filter(pk__in=people).exclude(support="").values_list("support", flat=True)
    sums = Counter(map(str, said))
    sums[UNKNOWN] += len(people) - sums.total()
    return sums
