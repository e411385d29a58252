"""The grades of hosts at the desk: who holds which, what the system proposes, one host with all that is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models.functions import Left
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.models import LiveSession, Place, User
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action
from livestream.typed_fields import say
from livestream.views.people import places_to_choose
from livestream.views.signed_in import needs
from training.actions.grade import decide, grades_of, judged_from, judged_of, propose
from training.actions.grade_behind import behind
from training.actions.grade_facts import window
from training.grade_forms import DecisionForm, GradeFilter
from training.models import GradeDecision, GradeProposal, Lesson
from training.models.grade import grade_rule_of
from training.rules.grade import LADDER, RANK, Answer, Grade, Terms, is_up
from training.views.conversion import chosen_of
from training.views.grade_rows import grade_in, rows_of, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest
    from training.actions.grade_behind import Session, Taught
    from training.rules.grade import Judged

ON_A_PAGE = 30
FIELDS = {"grade_reason_missing": "because", "grade_reason_too_long": "because", "grade_until": "until_on"}


# --- the list -----------------------------------------------------------------------------------------------------------------


def hosts_seen(user: User, action: Action = Action.SEE_SCHOOL) -> QuerySet[User]:
    """Who is graded, of the places where this person may do that."""
    return User.objects.hosts().reached_by(user, action)


def county_asked(request: SignedInRequest) -> tuple[Place | None, list[Place]]:
    """The county that the page is about, and those to choose from: the one that the address names, his own, the only one."""
    codes = hosts_seen(request.user).order_by().annotate(county_code=Left("place_id", COUNTY_DIGITS)).values("county_code")
    return chosen_of(request, list(Place.objects.counties().filter(pk__in=codes.distinct())))


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def grades(request: SignedInRequest) -> HttpResponse:
    """Every host, those first about whom somebody has to decide, narrowed by what the address says."""
    county, counties = county_asked(request)
    if county is None:
        return render(request, "training/grades.html", {"county": None, "counties": counties})
    asked = GradeFilter(request.GET, places=places_to_choose(request.user, Action.SEE_SCHOOL))
    hosts = list(hosts_seen(request.user).filter(place__code__startswith=county.pk).select_related("place__parent"))
    held = grades_of(county.pk)
    open_now = {one.host_id: one for one in GradeProposal.objects.open().visible_to(request.user).filter(county=county)}
    today = timezone.localdate()
    due = {host for host, one in open_now.items() if one.postponed_until is None or one.postponed_until <= today}
    found = narrowed(hosts, asked, held, due)
    found.sort(key=lambda host: (host.pk not in due, -RANK[grade_in(held, host.pk)], host.name, host.pk))
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    rule = grade_rule_of(county.pk, today)
    context = {
        "county": county,
        "counties": counties,
        "asked": asked,
        "page": page,
        "rows": rows_of(page.object_list, county.pk, rule, held, open_now),
        "rule": rule,
        "stats": [(grade, sum(grade_in(held, host.pk) == grade for host in hosts)) for grade in LADDER[::-1]],
        "due": len(due),
        "may_keep": request.user.may(Action.KEEP_SCHOOL, county.pk),
    }
    return render(request, "training/grades.html", context)


def narrowed(hosts: Iterable[User], asked: GradeFilter, held: dict[int, GradeDecision], due: set[int]) -> list[User]:
    words, grade, place = asked.said("q"), asked.said("grade"), asked.said("place")
    return [
        host
        for host in hosts
        if words in f"{host.name} {host.live_name}"
        and (not grade or grade_in(held, host.pk) == grade)
        and host.place_id.startswith(place)
        and (not asked.said("open") or host.pk in due)
    ]


@needs(Action.KEEP_SCHOOL)
@require_POST
def grades_now(request: SignedInRequest, code: str) -> HttpResponse:
    """What the night does, now."""
    county = get_object_or_404(Place.objects.counties().visible_to(request.user, Action.KEEP_SCHOOL), pk=code)
    found = propose(county.pk, at=timezone.now())
    said = _("算好了：新的建议 {new} 条，改了 {changed} 条，不再成立 {withdrawn} 条；现在等人来定的有 {open} 条。")
    messages.success(request, said.format(**found._asdict()))
    return redirect(f"{reverse('training:grades')}?county={county.pk}")


# --- one host -----------------------------------------------------------------------------------------------------------------


def host_to(request: SignedInRequest, pk: int, action: Action = Action.SEE_SCHOOL) -> User:
    """Raises Http404; also of somebody who belongs to no county."""
    host = get_object_or_404(hosts_seen(request.user, action).select_related("place__parent"), pk=pk)
    if host.county_id is None:
        raise Http404
    return host


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def host_grade(request: SignedInRequest, pk: int) -> HttpResponse:
    return host_page(request, host_to(request, pk))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def grade_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """About the open proposal of this host; 422 and what was typed where it cannot be."""
    host = host_to(request, pk, Action.KEEP_SCHOOL)
    form = DecisionForm(request.POST)
    proposal = GradeProposal.objects.open().filter(host=host, county=host.county_id).first()
    if form.is_valid():
        try:
            if proposal is None:
                raise NotAllowed("grade_decided")
            decision = decide(proposal, form.said, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            say(form, refused, FIELDS)
        else:
            messages.success(request, told(decision))
            return redirect("training:host_grade", pk)
    return host_page(request, host, form, status=422)


def told(decision: GradeDecision) -> str:
    facts = {"name": decision.host.name, "grade": decision.get_grade_display(), "until": decision.until_on}
    return {
        Answer.ACCEPT: _("定好了：{name}现在是“{grade}”，已经告诉本人。"),
        Answer.REFUSE: _("记下了：{name}的等级不变。"),
        Answer.POSTPONE: _("记下了：{until} 再来定{name}的等级。"),
    }[Answer(decision.answer)].format(**facts)


def host_page(request: SignedInRequest, host: User, form: DecisionForm | None = None, status: int = 200) -> HttpResponse:
    today, county = timezone.localdate(), host.county_id or ""
    rule = grade_rule_of(county, today)
    judged = judged_of(county, [host.pk], rule, today)[host.pk]
    given = grades_of(county, [host.pk]).get(host.pk)
    proposal = GradeProposal.objects.open().filter(host=host, county=county).select_related("rule").first()
    lists = behind(county, host.pk, window(today, rule.window_months))
    may_decide = request.user.may(Action.KEEP_SCHOOL, host.place_id) and request.user != host
    context = {
        "host": host,
        "given": given,
        "held": Grade(given.grade) if given else Grade.NONE,
        "rule": rule,
        "steps": steps_of(judged, rule.terms),
        "judged": judged,
        "behind": lists,
        "opens": opened(request.user, lists.sessions),
        "opens_lessons": lessons_opened(request.user, [*lists.attended, *lists.taught]),
        "proposal": proposal,
        **about(proposal, judged),
        "form": form or DecisionForm(initial={"grade": proposal.grade} if proposal else None),
        "may_decide": may_decide and host.is_active,
        "history": told_before(host, county),
    }
    return render(request, "training/host_grade.html", context, status=status)


def about(proposal: GradeProposal | None, judged: Judged) -> dict[str, object]:
    """What was proposed, and by which figures where they are others than today's."""
    if proposal is None:
        return {}
    was = judged_from(proposal.facts)
    return {
        "target": Grade(proposal.grade),
        "is_up": is_up(proposal.held, proposal.grade),
        "has_moved": was.lines != judged.lines,
        "was": steps_of(was, Terms(**proposal.facts["terms"])),
    }


def told_before(host: User, county: str) -> list[GradeDecision]:
    """The newest first, each with its figures as they stood."""
    found = list(GradeDecision.objects.filter(host=host, county=county).select_related("by", "rule").order_by("-pk"))
    for one in found:
        one.steps = steps_of(judged_from(one.facts), Terms(**one.facts["terms"]))  # type: ignore[attr-defined]
    return found


def opened(user: User, sessions: Iterable[Session]) -> set[UUID]:
    """Those that this person may open."""
    return set(LiveSession.objects.visible_to(user).filter(pk__in=[one.pk for one in sessions]).values_list("pk", flat=True))


def lessons_opened(user: User, lessons: Iterable[Taught]) -> set[UUID]:
    return set(Lesson.objects.visible_to(user).filter(pk__in=[one.pk for one in lessons]).values_list("pk", flat=True))
