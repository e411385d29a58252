"""From a review to a lesson: what one session asks for, who needs which course, and the step into a class that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from livestream.models import LiveSession, Place, User
from livestream.rules.definitions import BY_CODE
from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.rules.session import SessionKind
from livestream.views.signed_in import needs
from training.actions.suggestion import (
    LOOKED_AT,
    cohorts_by_topic,
    enrol_host,
    enrol_self,
    learnt,
    needs_in,
    suggestion_of,
    trainee_for,
)
from training.models import Enrolment
from training.rules.course import Topic
from training.rules.suggestion import LESSONS, SOURCE
from training.views.cohort import cohort_to_keep
from training.views.cohort_page import KEY_DIGITS, say_enrolled
from training.views.school import county_asked

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from livestream.rules.definitions import Definition
    from livestream.views.signed_in import SignedInRequest
    from training.actions.suggestion import Needs
    from training.models import Cohort
    from training.rules.suggestion import Lesson, Need, Weak


class Row(NamedTuple):
    """A host who needs it: the sessions behind it, and the class of it in which he is or was."""

    host: User
    need: Need
    sessions: list[tuple[Weak, LiveSession]]
    there: Enrolment | None


class Group(NamedTuple):
    """A topic: the steps of the funnel that ask for it, who needs it, and the classes that have it and take people."""

    topic: Topic
    steps: list[tuple[Definition, Lesson]]
    rows: list[Row]
    cohorts: list[Cohort]


# --- one session ----------------------------------------------------------------------------------------------------------


@never_cache
@login_required
@require_GET
def session_lesson(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """What the review of a session says about lessons, to its host and who sees the school there. With `since` a fragment."""
    seen = LiveSession.objects.visible_to(request.user, Action.SEE_SCHOOL).exclude(kind=SessionKind.PRACTICE)
    session = get_object_or_404(seen.select_related("host", "county"), pk=session_id)
    is_mine = session.host_id == request.user.pk
    is_staff = session.lies_in(request.user.reach(Action.SEE_SCHOOL))
    context = {"session": session, "is_staff": is_staff, "shell": "base.html" if is_staff else "base_phone.html"}
    is_fragment = "since" in request.GET
    template = "training/_session_lesson.html" if is_fragment else "training/session_lesson.html"
    return render(request, template, context | lesson_context(session, is_mine=is_mine))


def lesson_context(session: LiveSession, *, is_mine: bool) -> dict[str, Any]:
    found = suggestion_of(session)
    if found.weak is None:
        return {"answer": found.answer, "weak": None}
    topic = found.weak.lesson.topic
    me = trainee_for(session.host)
    return {
        "answer": found.answer,
        "weak": found.weak,
        "cohorts": cohorts_by_topic(session.county_id, [topic], timezone.localdate())[topic],
        "there": learnt([session.host_id], [topic]).get((session.host_id, topic)),
        "is_mine": is_mine,
        "is_known": me is not None and not me.is_nobody,
    }


@login_required
@require_POST
def session_lesson_want(request: SignedInRequest, session_id: UUID) -> HttpResponse:
    """The host comes into the class (`cohort`) that his own review names, and into no other. Raises Http404."""
    own = LiveSession.objects.filter(host=request.user).exclude(kind=SessionKind.PRACTICE)
    session = get_object_or_404(own.select_related("host", "county"), pk=session_id)
    named, at = lesson_context(session, is_mine=True).get("cohorts", []), timezone.now()
    cohort = next((one for one in named if str(one.pk) == request.POST.get("cohort")), None)
    if cohort is None:
        messages.info(request, _("这个班现在不收人了。请看看别的班，或者问学堂的老师。"))
        return redirect("training:session_lesson", session.pk)
    try:
        say_enrolled(request, enrol_self(cohort, session.host, at=at), at)
    except NotAllowed as refused:
        messages.error(request, str(refused))
        return redirect("training:session_lesson", session.pk)
    return redirect("training:my_school")


# --- who needs what -------------------------------------------------------------------------------------------------------


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def lesson_needs(request: SignedInRequest) -> HttpResponse:
    """Hosts by topic, those of this person's places alone; the usual is the county's."""
    county, counties = county_asked(request)
    if county is None:
        county = Place.objects.filter(pk=request.user.county_id).first()
    context: dict[str, Any] = {"county": county, "counties": counties, "source": SOURCE, "days": LOOKED_AT.days}
    if county is not None:
        at = timezone.now()
        found = needs_in(county, LiveSession.objects.reached_by(request.user, Action.SEE_SCHOOL), at)
        groups = groups_of(county, found)
        kept = {one.pk for group in groups for one in group.cohorts if request.user.may(Action.KEEP_SCHOOL, one.place_id)}
        context |= {"found": found, "groups": groups, "kept": kept, "hosts": len({need.host for need in found.needs})}
    return render(request, "training/lesson_needs.html", context)


def groups_of(county: Place, found: Needs) -> list[Group]:
    topics = list(dict.fromkeys(need.topic for need in found.needs))
    cohorts = cohorts_by_topic(county.pk, topics, timezone.localdate())
    there = learnt({need.host for need in found.needs}, topics)
    return [
        Group(
            topic,
            [(BY_CODE[step.value], lesson) for step, lesson in LESSONS.items() if lesson.topic == topic],
            [row_of(need, found, there) for need in found.needs if need.topic == topic],
            cohorts[topic],
        )
        for topic in topics
    ]


def row_of(need: Need, found: Needs, there: dict[tuple[int, str], Enrolment]) -> Row:
    sessions = [(one, found.sessions[one.session]) for one in need.weak]
    return Row(sessions[0][1].host, need, sessions, there.get((need.host, need.topic)))


@needs(Action.KEEP_SCHOOL)
@require_POST
def lesson_need_enrol(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The host (`host`) has a seat in the class, or waits. Whom this person does not keep he does not find."""
    cohort, typed = cohort_to_keep(request, pk), request.POST.get("host", "")
    people = User.objects.reached_by(request.user, Action.KEEP_SCHOOL).hosts().select_related("place")
    found = people.filter(pk=int(typed) if typed.isascii() and typed.isdigit() and len(typed) < KEY_DIGITS else 0).first()
    at = timezone.now()
    try:
        if found is None:
            messages.error(request, _("没有找到这位主播。请从下面的名单里点。"))
        else:
            say_enrolled(request, enrol_host(cohort, found, by=request.user, at=at), at)
    except NotAllowed as refused:
        messages.error(request, str(refused))
    choice = f"?county={cohort.county_id}" if request.user.may(Action.SEE_SCHOOL, cohort.county_id) else ""
    return redirect(reverse("training:lesson_needs") + choice)
