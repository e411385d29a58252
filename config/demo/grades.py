"""The grades of the demo county's hosts: what was decided two months ago, and what waits for somebody today."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from training.actions.grade import Said, decide, propose
from training.models import GradeDecision, GradeProposal
from training.rules.grade import Answer

if TYPE_CHECKING:
    from config.demo.school_class import School

DECIDED_BEFORE = timedelta(days=60)
DECIDED = 6  # the others wait since
REFUSED = "有一次课的签到对不上，核对清楚再定"


def grade_hosts(school: School) -> None:
    """Two months ago most proposals were accepted and one was not; today's figures propose more. Once."""
    if GradeDecision.objects.filter(county=school.county).exists():
        return
    then = school.now - DECIDED_BEFORE
    propose(school.county.pk, at=then)
    there = GradeProposal.objects.open().filter(county=school.county).select_related("host").order_by("pk")
    for n, proposal in enumerate(there[:DECIDED]):
        is_refused = n == DECIDED - 1
        said = Said(Answer.REFUSE, proposal.grade, REFUSED) if is_refused else Said(Answer.ACCEPT, proposal.grade)
        decide(proposal, said, by=school.lead, at=then)
    propose(school.county.pk, at=school.now)
