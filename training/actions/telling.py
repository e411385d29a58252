"""Every message of the school to its trainees: who has an account is told there, who has none by text message."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from livestream.actions.notice import in_chinese, tell, tell_each_phone, tell_phones
from livestream.rules.notice import NoticeKind
from training.actions.trainee_pass import make_passes
from training.models import Enrolment
from training.rules.enrolment import EnrolmentState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Unpack
    from uuid import UUID

    from livestream.actions.notice import About
    from livestream.models import Place
    from training.models import Trainee

HOME = "/my/school/"


@transaction.atomic
def tell_trainees(trainees: Iterable[Trainee], kind: NoticeKind, text: str, *, county: Place, **about: Unpack[About]) -> None:
    """Each of them once: in the account and its ways, or as a text message to the number. Who was erased is told nothing.

    `text`: at most 500 characters, made `in_chinese`. `link`: an address here, without the host; one that needs a login is
    no use to who has no account, `/my/school/…` is (the phone knows its pass). `about`: as of `tell`."""
    told = [trainee for trainee in trainees if not trainee.is_nobody]
    users = [trainee.user for trainee in told if trainee.user is not None and trainee.user.is_active]
    phones = [trainee.phone for trainee in told if trainee.user is None or not trainee.user.is_active]
    tell(users, kind, text, county=county, **about)
    tell_phones(phones, kind, text, county=county, **about)


@transaction.atomic
def tell_of_seat(enrolment: Enrolment, *, at: datetime) -> None:
    """He knows his seat or his place in the queue; who has no account gets with it the link to his own pages."""
    tell_of_seats([enrolment], at=at)


@transaction.atomic
def tell_of_seats(enrolments: Sequence[Enrolment], *, at: datetime) -> None:
    """The same for people of one cohort, in as many questions as for one, but for those with an account."""
    told = [one for one in enrolments if not one.trainee.is_nobody]
    places = waiting_places(told)
    can_open = bool(settings.SMS_SENDER and settings.PUBLIC_ADDRESS)
    tokens = make_passes(
        [one.trainee.pk for one in told if one.trainee.user_id is None and one.trainee.phone and can_open], at=at
    )
    texted: list[tuple[str, str, str]] = []
    for one in told:
        with in_chinese():
            text = words_of(one, places.get(one.pk, 0))
        user = one.trainee.user
        if user is not None and user.is_active:
            tell([user], NoticeKind.SEAT, text, county=one.cohort.county, link=HOME)
        else:
            token = tokens.get(one.trainee.pk)
            texted.append((one.trainee.phone, text, f"/t/{token}/" if token else HOME))
    if told:
        tell_each_phone(texted, NoticeKind.SEAT, county=told[0].cohort.county)
    Enrolment.objects.filter(pk__in=[one.pk for one in enrolments]).exclude(told_at=at).update(told_at=at)


def words_of(enrolment: Enrolment, place: int) -> str:
    """`您在“第3期”有座位了：12 号，11月2日开班。`, or the place in the queue."""
    cohort = enrolment.cohort
    if enrolment.state == EnrolmentState.WAITING:
        said = ngettext(
            "“{title}”满员了，您排在候补第 {n} 位。有了座位马上告诉您。",
            "“{title}”满员了，您排在候补第 {n} 位。有了座位马上告诉您。",
            place,
        )
        return said.format(title=cohort.title, n=place)
    day = _("{month}月{day}日").format(month=cohort.starts_on.month, day=cohort.starts_on.day)
    return _("您在“{title}”有座位了：{seat} 号，{day}开班。来不了，请告诉老师。").format(
        title=cohort.title, seat=enrolment.seat, day=day
    )


def waiting_places(enrolments: Sequence[Enrolment]) -> dict[UUID, int]:
    """By enrolment, for those of one cohort that wait; one question."""
    waiting = [one.pk for one in enrolments if one.state == EnrolmentState.WAITING]
    if not waiting:
        return {}
    queue = Enrolment.objects.waiting().filter(cohort=enrolments[0].cohort_id).values_list("pk", flat=True)
    return {pk: place for place, pk in enumerate(queue, start=1)}


def waiting_place(enrolment: Enrolment) -> int:
    """1 for who gets the next free seat."""
    before = Enrolment.objects.waiting().filter(cohort=enrolment.cohort_id, queue_no__lte=enrolment.queue_no)
    return before.count()


@transaction.atomic
def tell_promoted(cohort: UUID | None = None, *, at: datetime | None = None) -> int:
    """Who got a seat from the queue and was not told yet is told, once, whoever else asks at the same moment; of this cohort or
    of all. Returns how many."""
    now = at or timezone.now()
    unsaid = Enrolment.objects.filter(promoted_at__isnull=False, told_at=None, state=EnrolmentState.ENROLLED)
    found = unsaid if cohort is None else unsaid.filter(cohort=cohort)
    rows = found.select_for_update(of=["self"], skip_locked=True, no_key=True)
    promoted = list(rows.select_related("cohort__county", "trainee__user").order_by("promoted_at", "seat"))
    for _cohort, those in groupby(sorted(promoted, key=lambda one: one.cohort_id), key=lambda one: one.cohort_id):
        tell_of_seats(list(those), at=now)
    return len(promoted)
