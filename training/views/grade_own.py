"""A host's own grade, on the phone: what is met, what is missing, and how it was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from livestream.rules.person import Role
from training.actions.grade import grades_of, judged_of
from training.actions.grade_behind import behind
from training.actions.grade_facts import window
from training.models import GradeDecision, GradeProposal
from training.models.grade import grade_rule_of
from training.rules.grade import RANK, Answer, Grade, is_up, next_after
from training.views.grade_rows import steps_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest

DECISIONS_SHOWN = 10


@never_cache
@login_required
@require_GET
def my_grade(request: SignedInRequest) -> HttpResponse:
    """Of who hosts in a county; anybody else is told that he has none."""
    user = request.user
    is_graded = user.role == Role.HOST and user.county_id is not None
    return render(request, "training/my_grade.html", context_of(user, user.county_id or "") if is_graded else {"held": None})


def context_of(host: User, county: str) -> dict[str, Any]:
    today = timezone.localdate()
    rule = grade_rule_of(county, today)
    judged = judged_of(county, [host.pk], rule, today)[host.pk]
    given = grades_of(county, [host.pk]).get(host.pk)
    held = Grade(given.grade) if given else Grade.NONE
    steps, above = steps_of(judged, rule.terms, held), next_after(held)
    proposal = GradeProposal.objects.open().filter(host=host, county=county).first()
    said = GradeDecision.objects.filter(host=host, county=county).exclude(answer=Answer.POSTPONE)
    return {
        "held": held,
        "given": given,
        "rule": rule,
        "steps": steps,
        "next": above,
        "now": [step for step in steps if above and RANK[step.grade] <= RANK[above] and (step.grade == above or not step.is_met)],
        "waits": proposal is not None and is_up(proposal.held, proposal.grade) and proposal,
        "behind": behind(county, host.pk, window(today, rule.window_months)),
        "history": said.order_by("-pk")[:DECISIONS_SHOWN],
    }
