"""A class read in from a sheet: what would come of each row, and then the good rows, in the order of the sheet."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.audit import note
from livestream.actions.vault import digester
from livestream.rules import sheet
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.plan_sheet import short
from livestream.rules.sheet import Problem
from training.actions.roster_places import Villages
from training.actions.roster_taking import take_all
from training.actions.trainee import TraineeFacts
from training.models import Enrolment, Trainee
from training.rules import roster
from training.rules.birth import Birth
from training.rules.enrolment import SEATED, EnrolmentState
from training.rules.roster import SENTENCES, BadCell, Column, Row, Verdict
from training.rules.roster_identity import digest_in, without_identity
from training.rules.trainee import check_age, plain_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from livestream.models import User
    from training.models import Cohort

TAKEN = (Verdict.NEW, Verdict.KNOWN, Verdict.WAITS)
BIRTH_CODES = {"trainee_too_young", "trainee_birth"}


@dataclass(slots=True)
class Judged:
    """A row, what would come of it, and why not. `trainee`: who it is, where he is known; `remarks` are no faults."""

    row: Row
    verdict: Verdict = Verdict.WRONG
    facts: TraineeFacts | None = None
    phone_digest: str = ""
    trainee: int | None = None
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def refuse(self, problem: Problem) -> None:
        sheet.refuse(self, problem)


class Look(sheet.Look[Judged]):
    """What would come of a sheet, and a digest of that: the same as long as neither the sheet nor the class has changed."""

    verdicts = Verdict

    @property
    def taken(self) -> list[Judged]:
        return [one for one in self.rows if one.verdict in TAKEN]

    @property
    def digest(self) -> str:
        facts = [
            (one.row.sheet, one.row.number, one.verdict.value, one.trainee, list(map(str, one.problems))) for one in self.rows
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def without_numbers(rows: Sequence[Row], *, at: datetime) -> list[Row]:
    """The rows with digests in place of identity numbers: as soon as a sheet is read, and before anything else sees it."""
    digest, today = digester(), timezone.localdate(at)
    return [without_identity(row, digest, today=today) for row in rows]


def look_at(rows: Sequence[Row], cohort: Cohort, *, at: datetime) -> Look:
    """What would come of these rows now. Nothing is written; six questions however many rows there are."""
    villages, digest = Villages(cohort.county_id), digester()
    judged = [_read(row, villages, digest, timezone.localdate(at)) for row in rows]
    _find_repeated(judged)
    _find_known(judged, cohort)
    _seat(judged, cohort)
    return Look(judged)


def _read(row: Row, villages: Villages, digest: Callable[[str], str], today: date) -> Judged:
    one = Judged(row)
    cells, said = row.cells, {}
    readers: dict[str, Callable[[], object]] = {
        "name": lambda: _name(cells),
        "phone": lambda: roster.phone_of(cells.get(Column.PHONE, "")),
        "place": lambda: villages.place(cells.get(Column.PLACE, ""), cells.get(Column.TOWNSHIP, "")),
        "sex": lambda: roster.sex_of(cells.get(Column.SEX, "")),
        "born": lambda: roster.born(cells, today=today),
        "identity_digest": lambda: digest_in(cells.get(Column.IDENTITY, "")),
        "category": lambda: roster.category_of(cells.get(Column.CATEGORY, "")),
        "education": lambda: roster.education_of(cells.get(Column.EDUCATION, "")),
        "is_returnee": lambda: roster.yes_of(Column.RETURNEE, cells.get(Column.RETURNEE, "")),
        "support": lambda: roster.support_of(cells.get(Column.SUPPORT, "")),
        "has_consented": lambda: roster.yes_of(Column.CONSENT, cells.get(Column.CONSENT, "")),
    }
    for name, reader in readers.items():
        try:
            said[name] = reader()
        except BadCell as bad:
            one.refuse(bad.problem)
    if not one.problems:
        _gate(one, said, cells.get(Column.GUARDIAN, "")[:80], today)
        one.phone_digest = digest(str(said["phone"]))
    return one


def _name(cells: dict[Column, str]) -> str:
    typed = cells.get(Column.NAME, "")
    if not typed:
        raise BadCell(Column.NAME, "empty")
    try:
        return plain_name(typed)
    except ValueError:
        raise BadCell(Column.NAME, "name", typed=short(typed)) from None


def _gate(one: Judged, said: dict[str, object], guardian_evidence: str, today: date) -> None:
    """Old enough, or with the guardian's paper."""
    born = said.pop("born")
    assert isinstance(born, Birth)
    try:
        check_age(born.on, born.year, guardian_evidence, today)
    except NotAllowed as refused:
        one.refuse(Problem(Column.BIRTH if refused.code in BIRTH_CODES else Column.GUARDIAN, str(refused)))
        return
    more = {"birth_on": born.on, "birth_year": born.year, "guardian_evidence": guardian_evidence}
    one.facts = TraineeFacts(**said, **more)  # type: ignore[arg-type]
    one.verdict = Verdict.NEW


def _find_repeated(judged: Sequence[Judged]) -> None:
    """The second row of a person is no second person; one of the same name and phone in another village is asked about."""
    first: dict[tuple[str, ...], Judged] = {}
    for one in judged:
        if one.facts is None:
            continue
        called, number = (one.facts.name, one.phone_digest), one.facts.identity_digest
        person = (*called, one.facts.place.pk)
        numbered = first.get((number,)) if number else None
        if numbered and numbered.facts and numbered.facts.name != one.facts.name:
            one.refuse(Problem(Column.IDENTITY, str(SENTENCES["same_identity"]).format(row=_where(numbered))))
        elif there := first.get(person) or numbered:
            one.verdict = Verdict.ALREADY
            one.remarks.append(_("和第 {row} 行是同一个人，只算一次。").format(row=_where(there)))
        elif there := first.get(called):
            one.refuse(Problem(Column.PLACE, str(SENTENCES["same_phone"]).format(row=_where(there))))
        else:
            first |= {person: one, called: one} | ({(number,): one} if number else {})


def _where(one: Judged) -> str:
    """`5`, or `第二组 5` where several sheets were read."""
    return f"{one.row.sheet} {one.row.number}".strip()


def _find_known(judged: Sequence[Judged], cohort: Cohort) -> None:
    """Who is in the register already; of one number under another name, nobody knows which is wrong."""
    asked = [one for one in judged if one.facts and one.verdict == Verdict.NEW]
    phones = {one.phone_digest for one in asked}
    numbers = {one.facts.identity_digest for one in asked if one.facts} - {""}
    rows = Trainee.objects.unique().filter(county=cohort.county_id, erased_at=None, sealed="")
    wanted = rows.filter(Q(phone_digest__in=phones) | Q(identity_digest__in=numbers)).order_by("pk")
    by_person: dict[tuple[str, str, str], int] = {}
    by_number: dict[str, tuple[int, str]] = {}
    others: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for pk, name, phone, place, number in wanted.values_list("pk", "name", "phone_digest", "place", "identity_digest"):
        by_person.setdefault((name, phone, place), pk)
        others[name, phone].append(place)
        if number:
            by_number.setdefault(number, (pk, name))
    for one in asked:
        assert one.facts is not None
        person = (one.facts.name, one.phone_digest, one.facts.place.pk)
        numbered = by_number.get(one.facts.identity_digest)
        if person not in by_person and numbered and numbered[1] != one.facts.name:
            one.refuse(Problem(Column.IDENTITY, str(NotAllowed("trainee_identity"))))
            continue
        one.trainee = by_person.get(person, numbered[0] if numbered else None)
        one.verdict = Verdict.KNOWN if one.trainee else Verdict.NEW
        if not one.trainee and others[person[:2]]:
            one.remarks.append(_("系统里有同名、同手机号的人，村不一样。导入以后请在“找重复的人”里看一看。"))


def _seat(judged: Sequence[Judged], cohort: Cohort) -> None:
    """Seats in the order of the sheet; whoever comes after the last waits."""
    states = dict(Enrolment.objects.filter(cohort=cohort).values_list("trainee", "state"))
    free = cohort.seats - sum(state in SEATED for state in states.values())
    if any(state == EnrolmentState.WAITING for state in states.values()):
        free = 0
    words = {EnrolmentState.WAITING: _("已经在候补。"), EnrolmentState.ENROLLED: _("已经在班里。")}
    coming: set[int] = set()
    for one in judged:
        if one.verdict not in TAKEN:
            continue
        state = states.get(one.trainee, EnrolmentState.WITHDRAWN) if one.trainee else EnrolmentState.WITHDRAWN
        if state != EnrolmentState.WITHDRAWN or one.trainee in coming:
            one.verdict = Verdict.ALREADY
            one.remarks.append(words.get(EnrolmentState(state), _("已经在班里。")))
            continue
        coming |= {one.trainee} if one.trainee else set()
        free -= 1
        if free < 0:
            one.verdict = Verdict.WAITS


@transaction.atomic
def import_roster(rows: Sequence[Row], cohort: Cohort, *, by: User, at: datetime, digest: str) -> Look:
    """Enrols the people of the good rows in their order, in one transaction; the wrong ones stay in what is returned. Raises
    NotAllowed(`roster_changed`) when something else would come of the sheet now than was seen (`digest`)."""
    look = look_at(rows, cohort, at=at)
    if look.digest != digest:
        raise NotAllowed("roster_changed")
    seen = {verdict.value: number for verdict, number in look.counts.items()}
    people = [(one, one.facts) for one in look.taken if one.facts is not None]
    enrolments = take_all([(facts, one.trainee) for one, facts in people], cohort, by=by, at=at)
    for (one, _facts), outcome in zip(people, enrolments, strict=True):
        _note(one, outcome)
    if taken := len(look.taken):
        note(Deed.ROSTER_IMPORTED, place=cohort.place_id, by=by, about=cohort, rows=len(rows), kept=taken, seen=seen)
    return look


def _note(one: Judged, outcome: Enrolment | NotAllowed) -> None:
    if isinstance(outcome, NotAllowed):
        one.refuse(Problem(None, str(outcome)))
        return
    one.trainee = outcome.trainee_id
    if outcome.state == EnrolmentState.WAITING:
        one.verdict = Verdict.WAITS
