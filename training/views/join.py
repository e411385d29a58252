"""The public door of a cohort: whoever has the link or scans the code writes himself down, on his phone, without a login."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from rest_framework.throttling import SimpleRateThrottle

from livestream.rules.errors import NotAllowed
from training.actions.enrolment import enrol
from training.actions.telling import waiting_place
from training.actions.trainee import add_trainee
from training.actions.trainee_pass import make_pass, was_made_with
from training.models import Cohort, Enrolment
from training.rules.cohort import TAKES_PEOPLE
from training.rules.enrolment import SEATED, EnrolmentState, EnrolmentWay
from training.trainee_forms import TraineeForm
from training.views.trainee_pass import keep_pass, trainee_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from training.models import Trainee


class JoinCourtesy(SimpleRateThrottle):
    """Enrolments a minute from one network address: a whole class sits in one room behind one router."""

    rate = "120/min"

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        return f"join:{self.get_ident(request)}"


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, join_code: str) -> HttpResponse:
    """What the class is and how many seats are left; the form, and after it the seat or the place in the queue. The same form
    sent twice (`client_id`) is one enrolment. 404 for a code that is none or closed."""
    cohort = Cohort.objects.filter(join_code=join_code, state__in=TAKES_PEOPLE).select_related("county", "place").first()
    if cohort is None:
        return render(request, "training/join_refused.html", status=404)
    me = trainee_of(request)
    if me is not None and me.county_id != cohort.county_id:
        me = None
    if request.method == "GET":
        return join_page(request, cohort, me, TraineeForm(county=cohort.county, is_own=True, initial=known_of(request)))
    if not JoinCourtesy().allow_request(request, None):  # type: ignore[arg-type]
        return HttpResponse(_("这里报名的人太多了，请等一分钟再点一次。"), status=429, headers={"Retry-After": "60"})
    if me is not None and "as_me" in request.POST:
        return take(request, cohort, me)
    form = TraineeForm(request.POST, county=cohort.county, is_own=True)
    if form.is_valid():
        return take(request, cohort, form)
    return join_page(request, cohort, me, form, status=422)


def take(request: HttpRequest, cohort: Cohort, who: Trainee | TraineeForm) -> HttpResponse:
    """Enrols whom the phone knows, or who has written himself down; both or neither of the two steps is stored."""
    at, client_id = timezone.now(), tapped(request)
    try:
        with transaction.atomic():
            if isinstance(who, TraineeForm):
                trainee = add_trainee(who.facts(), county=cohort.county, by=None, at=at).trainee
            else:
                trainee = who
            enrolment = enrol(cohort, trainee, way=EnrolmentWay.PHONE, by=None, at=at, client_id=client_id)
    except NotAllowed as refused:
        if isinstance(who, TraineeForm):
            who.say(refused)
            return join_page(request, cohort, None, who, status=422)
        return join_page(request, cohort, who, TraineeForm(county=cohort.county, is_own=True), refusal=str(refused), status=422)
    return joined(request, enrolment, client_id)


def tapped(request: HttpRequest) -> uuid.UUID:
    """Of the form that was sent; a form without one counts as sent once."""
    try:
        return uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        return uuid.uuid4()


def known_of(request: HttpRequest) -> dict[str, str]:
    """Who is signed in need not type his name and number."""
    user = request.user
    return {"name": user.name, "phone": user.phone} if user.is_authenticated else {}


def join_page(
    request: HttpRequest, cohort: Cohort, me: Trainee | None, form: TraineeForm, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    rows = cohort.enrolments
    taken = rows.filter(state__in=SEATED).count()
    context = {
        "cohort": cohort,
        "form": form,
        "me": me,
        "refusal": refusal,
        "mine": rows.filter(trainee=me).exclude(state=EnrolmentState.WITHDRAWN).first() if me else None,
        "taken": taken,
        "left": cohort.seats - taken,
        "waiting": rows.waiting().count(),
        "lesson": cohort.lessons.standing().order_by("starts_at").first(),
        "client_id": request.POST.get("client_id", "")[:36] if form.is_bound else uuid.uuid4(),
    }
    return render(request, "training/join.html", context, status=status)


def joined(request: HttpRequest, enrolment: Enrolment, client_id: uuid.UUID) -> HttpResponse:
    """The seat or the place in the queue. The phone is known from now on, where it wrote down somebody who was not known here
    before; who types the name of somebody else opens nothing of his."""
    is_his_phone = enrolment.client_id == client_id and was_made_with(enrolment)
    waits = enrolment.state == EnrolmentState.WAITING
    context = {
        "enrolment": enrolment,
        "cohort": enrolment.cohort,
        "place": waiting_place(enrolment) if waits else 0,
        "opens": is_his_phone or trainee_of(request) is not None,
        "has_sms": bool(settings.SMS_SENDER and settings.PUBLIC_ADDRESS),
        "lesson": enrolment.cohort.lessons.standing().order_by("starts_at").first(),
    }
    response = render(request, "training/joined.html", context)
    if is_his_phone and not request.user.is_authenticated:
        return keep_pass(response, make_pass(enrolment.trainee, at=timezone.now()))
    return response
