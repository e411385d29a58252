"""A trainee's own certificates, on his phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from training.actions.certificate import judge
from training.actions.credential import salt_of
from training.models import Certificate, Enrolment
from training.rules.enrolment import EnrolmentState
from training.views.certificate import pdf
from training.views.trainee_pass import needs_trainee

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from training.actions.certificate import Judged
    from training.models import Trainee
    from training.views.trainee_pass import TraineeRequest

CLASSES_SHOWN = 3


class Own(NamedTuple):
    """A certificate, and what its holder shows beside his name to prove that its credential is his."""

    certificate: Certificate
    salt: str


def own(trainee: Trainee) -> QuerySet[Certificate]:
    """His, and of those who were found to be him."""
    his = Certificate.objects.filter(enrolment__trainee=trainee) | Certificate.objects.filter(
        enrolment__trainee__merged_into=trainee
    )
    return his.select_related("rule", "enrolment__cohort", "replaces", "replacement").order_by("-issued_at")


@never_cache
@needs_trainee
@require_GET
def my_certificates(request: TraineeRequest) -> HttpResponse:
    """What he was given; and what he still lacks in the classes where he learns now."""
    context = {"own": [Own(one, salt_of(one.number)) for one in own(request.trainee)], "learning": learning(request.trainee)}
    return render(request, "training/my_certificates.html", context)


def learning(trainee: Trainee) -> list[Judged]:
    here = Enrolment.objects.filter(trainee=trainee, state=EnrolmentState.ENROLLED, certificates=None)
    cohorts = [one.cohort for one in here.select_related("cohort__county").order_by("-cohort__starts_on")[:CLASSES_SHOWN]]
    return [one for cohort in cohorts for one in judge(cohort) if one.enrolment.trainee_id == trainee.pk]


@never_cache
@needs_trainee
@require_GET
def my_certificate_pdf(request: TraineeRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(own(request.trainee), pk=pk)
    if found.is_revoked:
        raise Http404
    return pdf([found], request, found.number)
