"""The people who learn: the list, somebody new, one person, what is changed of him, what he agreed to, whose account is his."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from livestream.models import Place
from livestream.rules.errors import NotAllowed
from livestream.rules.place import COUNTY_DIGITS
from livestream.rules.rights import Action
from livestream.views.people import places_to_choose
from livestream.views.signed_in import needs
from training.actions.trainee import (
    accounts_for,
    add_trainee,
    change_trainee,
    is_in_class_of,
    link_account,
    near_to,
    record_consent,
    unlink_account,
)
from training.models import Certificate, Cohort, Trainee
from training.rules.enrolment import SEATED
from training.rules.trainee import CONSENT_TEXT, Support, age_band
from training.trainee_forms import TraineeFilter, TraineeForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.models import User
    from livestream.views.signed_in import SignedInRequest
    from training.models.trainee import TraineeQuerySet

ON_A_PAGE = 30


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def trainees(request: SignedInRequest) -> HttpResponse:
    """Each natural person once, narrowed by what the address says."""
    everybody = Trainee.objects.visible_to(request.user).unique().filter(erased_at=None)
    asked = TraineeFilter(request.GET, places=places_to_choose(request.user, Action.SEE_SCHOOL))
    classes = Count("enrolments", filter=Q(enrolments__state__in=sorted(SEATED)))
    found = narrowed(everybody, asked).annotate(classes=classes).select_related("place__parent")
    page = Paginator(found.order_by("name", "pk"), ON_A_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "page": page,
        "rows": [(one, age_band(one.birth_year, today)) for one in page],
        "asked": asked,
        "may_keep": bool(request.user.reach(Action.KEEP_SCHOOL)),
    }
    return render(request, "training/trainees.html", context)


def narrowed(found: TraineeQuerySet, asked: TraineeFilter) -> TraineeQuerySet:
    if words := asked.said("q"):
        found = found.called(words)
    for name in ("category", "sex"):
        if value := asked.said(name):
            found = found.filter(**{name: value})
    if place := asked.said("place"):
        found = found.filter(place__code__startswith=place)
    if asked.said("is_returnee"):
        found = found.filter(is_returnee=True)
    return found


def counties_kept(user: User) -> list[Place]:
    """The counties in which this person keeps the school, or part of it."""
    codes = user.reach(Action.KEEP_SCHOOL)
    all_of_them = Place.objects.counties()
    kept = {code[:COUNTY_DIGITS] for code in codes}
    return list(all_of_them if "" in codes else all_of_them.filter(pk__in=kept))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """One more; who is there already is shown instead. 422 with what was typed, when it was not understood or refused."""
    counties = counties_kept(request.user)
    asked = request.POST.get("county") or request.GET.get("county")
    county = next((each for each in counties if each.pk == asked), counties[0] if counties else None)
    if county is None:
        return redirect("training:trainees")
    form = TraineeForm(request.POST if request.method == "POST" else None, county=county)
    if form.is_bound and form.is_valid():
        try:
            added = add_trainee(form.facts(), county=county, by=request.user, at=timezone.now())
        except NotAllowed as refused:
            form.say(refused)
        else:
            said = _("{name}登记好了。") if added.is_new else _("{name}早就登记过，就是这一位。")
            messages.success(request, said.format(name=added.trainee.name))
            return redirect("training:trainee", added.trainee.pk)
    context = {"form": form, "county": county, "counties": counties if len(counties) > 1 else []}
    return render(request, "training/trainee_new.html", context, status=422 if form.is_bound else 200)


def trainee_to_see(request: SignedInRequest, pk: int) -> Trainee:
    """Raises Http404."""
    found = Trainee.objects.visible_to(request.user).select_related("place__parent", "user", "merged_into", "county", "made_by")
    return get_object_or_404(found, pk=pk)


def trainee_to_keep(request: SignedInRequest, pk: int, action: Action = Action.KEEP_SCHOOL) -> Trainee:
    """Raises Http404."""
    found = Trainee.objects.reached_by(request.user, action).select_related("place__parent", "county", "merged_into")
    return get_object_or_404(found, pk=pk)


@never_cache
@needs(Action.SEE_SCHOOL)
@require_GET
def trainee(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything masked; his classes, and others who may be the same person."""
    user, found = request.user, trainee_to_see(request, pk)
    may_keep = Trainee.objects.reached_by(user, Action.KEEP_SCHOOL).filter(pk=pk).exists()
    is_open = not found.is_nobody and found.merged_into is None
    may_reveal = user.may(Action.REVEAL, found.place_id)
    context = {
        "trainee": found,
        "age_band": age_band(found.birth_year, timezone.localdate()),
        "enrolments": found.enrolments.select_related("cohort").order_by("-cohort__starts_on", "-enrolled_at"),
        "opens": frozenset(Cohort.objects.visible_to(user).filter(enrolments__trainee=found).values_list("pk", flat=True)),
        "certificates": {
            given.enrolment_id: given for given in Certificate.objects.filter(enrolment__trainee=found).order_by("pk")
        },
        "near": near_to(found) if may_keep and is_open else [],
        "account": accounts_for([found]).get(found.pk) if may_keep and is_open else None,
        "consent_text": CONSENT_TEXT,
        "may_keep": may_keep and is_open,
        "may_split": may_keep and not found.is_nobody,
        "merged": found.merged.filter(erased_at=None).select_related("place__parent").order_by("pk")
        if may_keep and is_open
        else [],
        "may_reveal": may_reveal,
        "may_call": is_open and bool(found.phone) and (may_reveal or is_in_class_of(found, user)),
        "may_erase": user.may(Action.ANSWER_REQUESTS, found.place_id) and found.erased_at is None and found.merged_into is None,
        "support": support_of(found) if may_reveal else "",
    }
    return render(request, "training/trainee.html", context)


def support_of(found: Trainee) -> str:
    """Whether something is known, never what."""
    return str(_("登记了，不显示")) if found.support in Support.values else ""


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is masked stays masked here too: an empty field leaves it."""
    found = trainee_to_keep(request, pk)
    form = TraineeForm(request.POST if request.method == "POST" else None, county=found.county, trainee=found)
    if form.is_bound and form.is_valid():
        try:
            change_trainee(found, form.facts(), by=request.user, at=timezone.now())
        except NotAllowed as refused:
            form.say(refused)
        else:
            messages.success(request, _("改好了。"))
            return redirect("training:trainee", pk)
    return render(request, "training/trainee_edit.html", {"form": form, "trainee": found}, status=422 if form.is_bound else 200)


@needs(Action.KEEP_SCHOOL)
@require_POST
def consent(request: SignedInRequest, pk: int) -> HttpResponse:
    """What somebody signed on paper, or took back."""
    found = trainee_to_keep(request, pk)
    is_given = request.POST.get("given") == "yes"
    record_consent(found, is_given=is_given, by=request.user, at=timezone.now())
    messages.success(request, _("记下了：本人同意。") if is_given else _("记下了：本人撤回同意。要删除资料，请再办注销。"))
    return redirect("training:trainee", pk)


@needs(Action.KEEP_SCHOOL)
@require_POST
def account(request: SignedInRequest, pk: int) -> HttpResponse:
    """The account that was offered is his, or is nobody's again."""
    found = trainee_to_keep(request, pk)
    try:
        if request.POST.get("linked") == "yes":
            link_account(found, by=request.user)
            messages.success(request, _("连接好了：本人登录以后，就能看到自己的课和证书。"))
        else:
            unlink_account(found, by=request.user)
            messages.success(request, _("断开了。"))
    except NotAllowed as refused:
        messages.error(request, str(refused))
    return redirect("training:trainee", pk)
