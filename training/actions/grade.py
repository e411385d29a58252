"""Every write to the grades of hosts: what a county asks, what the system proposes, what a person decides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from livestream.actions.notice import in_chinese, tell
from livestream.actions.refusal import refusing
from livestream.models import Place, User
from livestream.rules.day import shanghai_day
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeKind
from livestream.rules.place import PlaceLevel
from livestream.rules.rights import Action
from livestream.rules.text import one_line
from training.actions.certificate import take_turn
from training.actions.grade_facts import facts_of, window
from training.models import GradeDecision, GradeProposal, GradeRule
from training.models.grade import grade_rule_of
from training.rules.grade import Answer, Criterion, Facts, Grade, Judged, Line, Terms, check_terms, is_up, judge, proposed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

REASON_AT_MOST = 200
POSTPONED_AT_MOST = timedelta(days=365)
HOME = "/my/school/grade/"


# --- the rule -----------------------------------------------------------------------------------------------------------------


def kept_rule_of(county: str, on: date) -> GradeRule:
    """The version that holds that day, stored: before the county has one, the proposals of the system become version 1."""
    rule = grade_rule_of(county, on)
    return rule if rule.pk else _store(county, Terms(), begins_on=on, by=None)


@transaction.atomic
def change_rule(county: Place, terms: Terms, *, begins_on: date, by: User, at: datetime) -> GradeRule:
    """A new version, from that day on; the one that holds then where it says the same. What was decided keeps its own, what is
    open is judged anew the night after it begins.

    Raises NotAllowed(`not_your_school`, `grade_rule_past`, `grade_rule_out_of_range`, `grade_rule_upside_down`)."""
    if not by.may(Action.KEEP_SCHOOL, county.pk):
        raise NotAllowed("not_your_school")
    if begins_on < (today := shanghai_day(at)):
        raise NotAllowed("grade_rule_past")
    check_terms(terms)
    take_turn(f"grade rule {county.pk}")
    if begins_on > today:
        kept_rule_of(county.pk, today)
    held = grade_rule_of(county.pk, begins_on)
    return held if held.pk and held.terms == terms else _store(county.pk, terms, begins_on=begins_on, by=by)


def _store(county: str, terms: Terms, *, begins_on: date, by: User | None) -> GradeRule:
    newest = GradeRule.objects.filter(county=county).aggregate(newest=Max("version"))["newest"] or 0
    with refusing({"grade_rule_can_be_met": "grade_rule_out_of_range", "grade_rule_rises": "grade_rule_upside_down"}):
        return GradeRule.objects.create(county_id=county, version=newest + 1, begins_on=begins_on, made_by=by, **terms._asdict())


# --- judging ------------------------------------------------------------------------------------------------------------------


def hosts_of(county: str) -> list[int]:
    """Who is graded there: people in use who are hosts, of the county and of all that lies in it."""
    return list(User.objects.hosts().filter(place__code__startswith=county).order_by("pk").values_list("pk", flat=True))


def judged_of(county: str, hosts: Iterable[int], rule: GradeRule, on: date) -> dict[int, Judged]:
    """By host, as of that day. As many queries as the facts need."""
    facts = facts_of(county, hosts, window(on, rule.window_months))
    return {host: judge(found, rule.terms) for host, found in facts.items()}


def grades_of(county: str, hosts: Iterable[int] | None = None) -> dict[int, GradeDecision]:
    """By host, the decision by which he holds his grade; who is not in it holds none. One query."""
    given = GradeDecision.objects.giving(county).select_related("rule")
    return {one.host_id: one for one in (given if hosts is None else given.filter(host__in=list(hosts)))}


def as_facts(judged: Judged, terms: Terms) -> dict[str, Any]:
    """The figures of a host and what was asked of him, frozen: numbers and days, no name."""
    figures = judged.facts._asdict() | {"first_sale_on": judged.facts.first_sale_on and judged.facts.first_sale_on.isoformat()}
    return {"facts": figures, "lines": [line._asdict() for line in judged.lines], "terms": terms._asdict()}


def judged_from(frozen: dict[str, Any]) -> Judged:
    """What `as_facts` froze."""
    figures = dict(frozen["facts"])
    sold = figures.pop("first_sale_on")
    facts = Facts(first_sale_on=date.fromisoformat(sold) if sold else None, **figures)
    lines = tuple(
        Line(**line | {"criterion": Criterion(line["criterion"]), "grade": Grade(line["grade"])}) for line in frozen["lines"]
    )
    judged = judge(facts, Terms(**frozen["terms"]))
    return judged._replace(lines=lines)


# --- proposing ----------------------------------------------------------------------------------------------------------------


class Proposed(NamedTuple):
    """How many proposals are new, say something else than before, do not hold any more; and how many are open now."""

    new: int = 0
    changed: int = 0
    withdrawn: int = 0
    open: int = 0


def propose_all(*, at: datetime) -> int:
    """In every county that has hosts, each in a transaction of its own; returns how many proposals are new."""
    counties = Place.objects.filter(level=PlaceLevel.COUNTY).order_by("pk").values_list("pk", flat=True)
    return sum(propose(county, at=at).new for county in list(counties))


@transaction.atomic
def propose(county: str, *, at: datetime) -> Proposed:
    """Each host whose figures say another grade than he holds has one open proposal that says so; a proposal that does not hold
    any more is withdrawn. Nobody's grade changes. Who was refused the same within `rest_days`, by the same version, is left in
    peace. Again changes nothing."""
    take_turn(f"grades {county}")
    hosts, on = hosts_of(county), shanghai_day(at)
    there = {one.host_id: one for one in GradeProposal.objects.open().filter(county=county).select_for_update().order_by("pk")}
    if not hosts and not there:
        return Proposed()
    rule = kept_rule_of(county, on)
    wanted = _wanted(county, hosts, rule, on)
    rest = _refused(county, rule, at)
    wanted = {host: row for host, row in wanted.items() if host in there or (host, row.grade) not in rest}
    new = [row for host, row in wanted.items() if host not in there]
    for row in new:
        row.proposed_at = row.computed_at = at
    GradeProposal.objects.bulk_create(new)
    changed = [moved for host, row in wanted.items() if host in there and (moved := _moved(there[host], row, at))]
    GradeProposal.objects.bulk_update(changed, ["rule", "held", "grade", "facts", "computed_at", "postponed_until"])
    gone = [one.pk for host, one in there.items() if host not in wanted]
    GradeProposal.objects.filter(pk__in=gone).update(closed_at=at, is_withdrawn=True)
    return Proposed(len(new), len(changed), len(gone), len(wanted))


def _wanted(county: str, hosts: list[int], rule: GradeRule, on: date) -> dict[int, GradeProposal]:
    """By host, the proposal that should be open, in memory."""
    held, found = grades_of(county), {}
    for host, judged in judged_of(county, hosts, rule, on).items():
        now = Grade(held[host].grade) if host in held else Grade.NONE
        if grade := proposed(judged, now):
            facts = as_facts(judged, rule.terms)
            found[host] = GradeProposal(county_id=county, host_id=host, rule=rule, held=now, grade=grade, facts=facts)
    return found


def _refused(county: str, rule: GradeRule, at: datetime) -> set[tuple[int, str]]:
    since = at - timedelta(days=rule.rest_days)
    said = GradeDecision.objects.filter(county=county, rule=rule, answer=Answer.REFUSE, at__gt=since)
    return set(said.values_list("host", "grade"))


def _moved(there: GradeProposal, row: GradeProposal, at: datetime) -> GradeProposal | None:
    """The open proposal with today's figures; None where they are the same. Another grade is put off no longer."""
    same = (there.rule_id, there.held, there.grade, there.facts) == (row.rule.pk, row.held, row.grade, row.facts)
    if same:
        return None
    if there.grade != row.grade:
        there.postponed_until = None
    there.rule, there.held, there.grade, there.facts, there.computed_at = row.rule, row.held, row.grade, row.facts, at
    return there


# --- deciding -----------------------------------------------------------------------------------------------------------------


class Said(NamedTuple):
    """An answer to a proposal. `grade`: the one that was seen when it was given. `until_on`: of what is put off."""

    answer: Answer
    grade: str
    because: str = ""
    until_on: date | None = None


@transaction.atomic
def decide(proposal: GradeProposal, said: Said, *, by: User, at: datetime) -> GradeDecision:
    """The decision stands for ever, with the figures as they stood; accepted, the host holds the grade. Of what changes for him,
    and why it does not, he is told.

    Raises NotAllowed(`grade_own`, `not_your_school`, `person_stopped`, `grade_reason_missing`, `grade_reason_too_long`,
    `grade_until`, `grade_meanwhile`, `grade_decided`)."""
    found = GradeProposal.objects.select_related("host", "rule", "county").get(pk=proposal.pk)
    _check(found, by)
    because = _reason(said)
    until_on = _until(said, shanghai_day(at))
    if found.closed_at is not None:
        raise NotAllowed("grade_decided")
    if found.grade != said.grade:
        raise NotAllowed("grade_meanwhile")
    with refusing({"grade_decided_once": "grade_decided", "nobody_grades_himself": "grade_own"}):
        decision = GradeDecision.objects.create(
            proposal=found, county=found.county, host=found.host, rule=found.rule, held=found.held, grade=found.grade,
            facts=found.facts, answer=said.answer, because=because, until_on=until_on, at=at, by=by,
        )  # fmt: skip
    close(found, at=None if said.answer == Answer.POSTPONE else at, until_on=until_on)
    _tell(decision)
    return decision


def close(proposal: GradeProposal, *, at: datetime | None, until_on: date | None) -> None:
    """Or put it off. Raises NotAllowed(`grade_meanwhile`) where it was decided, withdrawn or says another grade meanwhile."""
    as_seen = GradeProposal.objects.open().filter(pk=proposal.pk, grade=proposal.grade)
    if not as_seen.update(closed_at=at, postponed_until=until_on):
        raise NotAllowed("grade_meanwhile")


def _check(proposal: GradeProposal, by: User) -> None:
    if by.pk == proposal.host_id:
        raise NotAllowed("grade_own")
    if not by.may(Action.KEEP_SCHOOL, proposal.host.place_id):
        raise NotAllowed("not_your_school")
    if not proposal.host.is_active:
        raise NotAllowed("person_stopped")


def _reason(said: Said) -> str:
    because = one_line(said.because)
    if not because and said.answer == Answer.REFUSE:
        raise NotAllowed("grade_reason_missing")
    if len(because) > REASON_AT_MOST:
        raise NotAllowed("grade_reason_too_long", limit=REASON_AT_MOST)
    return because


def _until(said: Said, today: date) -> date | None:
    if said.answer != Answer.POSTPONE:
        return None
    if said.until_on is None or not today < said.until_on <= today + POSTPONED_AT_MOST:
        raise NotAllowed("grade_until", most=today + POSTPONED_AT_MOST)
    return said.until_on


def _tell(decision: GradeDecision) -> None:
    """Who goes up or down, and who does not go up; that he was not put down, he need not hear."""
    up = is_up(decision.held, decision.grade)
    with in_chinese():
        grade, because = decision.get_grade_display(), decision.because
        if decision.answer == Answer.ACCEPT:
            text = (
                _("恭喜，您的主播等级升到“{grade}”。")
                if up
                else _("您的主播等级改成了“{grade}”。{because}有不同意见，请找学堂的老师。")
            )
        elif decision.answer == Answer.REFUSE and up:
            text = _("这次没有升到“{grade}”：{because}。打开看看还差什么，有不同意见，请找学堂的老师。")
        else:
            return
        said = f"{because}。" if because and decision.answer == Answer.ACCEPT else because
        words = text.format(grade=grade, because=said)
    tell([decision.host], NoticeKind.SCHOOL, words, county=decision.county, link=HOME)
