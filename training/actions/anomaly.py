"""What is odd in a county's school, found anew each time by a fixed number of questions; and what somebody found out about it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, Q, Window
from django.db.models.functions import Coalesce, Lag, Lead
from django.utils import timezone

from livestream.models import LiveSession
from livestream.rules.day import SHANGHAI
from livestream.rules.errors import NotAllowed
from livestream.rules.place import short_name
from livestream.rules.text import one_line
from training.models import AnomalyNote, Attendance, Cohort, Enrolment, Lesson, Mark, Photo, Trainee
from training.rules.anomaly import (
    BURST_MARKS,
    BURST_SECONDS,
    DEVICE_PEOPLE,
    LATE_ENTRY,
    NAMES_ON_A_PHONE,
    OUTSIDE,
    SKEW_SECONDS,
    Attended,
    Finding,
    Held,
    Marked,
    Oddity,
    Phoned,
    Pictured,
    Stay,
    always_full,
    bursts,
    busy_devices,
    in_two_places,
    moment,
    repeated_photos,
    roomless,
    shared_phones,
    skewed,
    untimely,
)
from training.rules.attendance import BY_CLOCK, WAS_THERE, MarkWay
from training.rules.course import Mode
from training.rules.enrolment import SEATED
from training.rules.lesson import LessonState

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from livestream.models import Place, User

WORDS_AT_MOST = 300
WAYS = dict(MarkWay.choices)


@transaction.atomic
def note_anomaly(county: Place, finding: Finding, words: str, *, is_explained: bool, by: User) -> AnomalyNote:
    """Beside the finding, never instead of it. Raises NotAllowed(`anomaly_words`, `too_long`)."""
    words = one_line(words)
    if not words:
        raise NotAllowed("anomaly_words")
    if len(words) > WORDS_AT_MOST:
        raise NotAllowed("too_long", field=AnomalyNote._meta.get_field("words").verbose_name, limit=WORDS_AT_MOST)
    return AnomalyNote.objects.create(county=county, key=finding.key, words=words, is_explained=is_explained, by=by)


def notes_of(county: str) -> dict[str, list[AnomalyNote]]:
    """By key, the oldest first."""
    found: dict[str, list[AnomalyNote]] = {}
    for row in AnomalyNote.objects.filter(county=county).select_related("by").order_by("at", "pk"):
        found.setdefault(row.key, []).append(row)
    return found


def anomalies(county: str, from_on: date, until_on: date) -> list[Finding]:
    """Of lessons that begin on these days (Shanghai), both included; phones and photos of all time. In the order of the kinds."""
    first = datetime.combine(from_on, time(), SHANGHAI)
    end = datetime.combine(until_on + timedelta(days=1), time(), SHANGHAI)
    lessons = Lesson.objects.filter(cohort__county=county, starts_at__gte=first, starts_at__lt=end, state=LessonState.HELD)
    found = [
        *shared_phones(phones(county)),
        *repeated_photos(photos(county)),
        *bursts(scans_of(lessons)),
        *busy_devices(scans_of_busy_devices(lessons)),
        *in_two_places(stays(county, lessons, first, end)),
        *roomless(held(lessons)),
        *of_marks(lessons),
        *always_full(classes(county, lessons)),
    ]
    order = list(Oddity)
    return sorted(found, key=lambda one: (order.index(one.kind), one.key))


def of_marks(lessons: QuerySet[Lesson]) -> list[Finding]:
    odd = marks_far_off(lessons)
    return [*untimely(odd), *skewed(odd)]


def phones(county: str) -> list[Phoned]:
    """Of numbers that several names share alone."""
    known = Trainee.objects.unique().filter(county=county, erased_at=None, sealed="").exclude(phone_digest="")
    many = known.values("phone_digest").annotate(names=Count("name", distinct=True)).filter(names__gte=NAMES_ON_A_PHONE)
    rows = known.filter(phone_digest__in=many.values("phone_digest")).order_by("pk")
    told = rows.values_list("phone_digest", "pk", "name", "place__name")
    return [Phoned(phone, pk, name, short_name(place)) for phone, pk, name, place in told]


def photos(county: str) -> list[Pictured]:
    rows = Photo.objects.filter(cohort__county=county).order_by("pk")
    columns = ("pk", "sha256", "look", "cohort__title", "lesson__title", "added_at")
    return [
        Pictured(pk, sha256, look, f"{cohort}　{lesson or ''}　{moment(added_at)}")
        for pk, sha256, look, cohort, lesson, added_at in rows.values_list(*columns)
    ]


COLUMNS = (
    "lesson", "lesson__title", "enrolment__trainee__name", "way", "at", "recorded_at", "lesson__starts_at", "lesson__ends_at",
    "skew_seconds", "device",
)  # fmt: skip


def marked(rows: QuerySet[Mark]) -> list[Marked]:
    return [
        Marked(str(lesson), title, name, str(WAYS[way]), *rest)
        for lesson, title, name, way, *rest in rows.order_by("lesson", "at", "pk").values_list(*COLUMNS)
    ]


def scans_of(lessons: QuerySet[Lesson]) -> list[Marked]:
    """All scans of those lessons in which so many came so fast; the database looks for them. Two questions."""
    scans = Mark.objects.filter(lesson__in=lessons, way__in=BY_CLOCK)
    before = Window(Lag("at", BURST_MARKS - 1), partition_by=[F("lesson")], order_by=["at", "pk"])
    fast = scans.annotate(since=before).filter(at__lte=F("since") + timedelta(seconds=BURST_SECONDS))
    return marked(scans.filter(lesson__in=set(fast.values_list("lesson", flat=True))))


def scans_of_busy_devices(lessons: QuerySet[Lesson]) -> list[Marked]:
    scans = Mark.objects.filter(lesson__in=lessons, way__in=BY_CLOCK).exclude(device="")
    busy = scans.values("lesson", "device").annotate(people=Count("enrolment", distinct=True)).filter(people__gte=DEVICE_PEOPLE)
    return marked(scans.filter(device__in=busy.values("device")))


def marks_far_off(lessons: QuerySet[Lesson]) -> list[Marked]:
    """Those that some rule about times looks at. What was decided later was decided later."""
    far = Q(at__lt=F("lesson__starts_at") - OUTSIDE) | Q(at__gt=F("lesson__ends_at") + OUTSIDE)
    far |= Q(recorded_at__gt=F("lesson__ends_at") + LATE_ENTRY)
    far |= Q(skew_seconds__gte=SKEW_SECONDS) | Q(skew_seconds__lte=-SKEW_SECONDS)
    return marked(Mark.objects.filter(far, lesson__in=lessons).exclude(way=MarkWay.DECISION))


def stays(county: str, lessons: QuerySet[Lesson], first: datetime, end: datetime) -> list[Stay]:
    """Who sat in which lesson and who of them was on air in these days, of people who may have been in two places: whose next
    lesson began before the last was over, and whoever was on air. A merged trainee is the person he turned out to be. Four
    questions."""
    live = aired(county, first, end)
    person = Coalesce("enrolment__trainee__merged_into", "enrolment__trainee")
    there = Attendance.objects.there().filter(lesson__in=lessons).annotate(person=person)
    following = Window(Lead("lesson__starts_at"), partition_by=[F("person")], order_by=["lesson__starts_at", "pk"])
    twice = there.annotate(next_at=following).filter(next_at__lt=F("lesson__ends_at"))
    people = {*twice.values_list("person", flat=True), *(stay.person for stay in live)}
    columns = ("person", "enrolment__trainee__name", "lesson", "lesson__title", "lesson__starts_at", "lesson__ends_at")
    rows = there.filter(person__in=people).values_list(*columns)
    return live + [Stay(who, name, str(key), title, begins, ends) for who, name, key, title, begins, ends in rows]


def aired(county: str, first: datetime, end: datetime) -> list[Stay]:
    """Sessions whose host learns here."""
    known = Trainee.objects.filter(county=county).exclude(user=None).annotate(person=Coalesce("merged_into", "pk"))
    learns = {user: (person, name) for user, person, name in known.values_list("user", "person", "name")}
    hosted = LiveSession.objects.aired().filter(host__in=learns, went_live_at__lt=end).exclude(ended_at=None)
    rows = hosted.filter(ended_at__gt=first).values_list("host", "pk", "title", "went_live_at", "ended_at")
    return [
        Stay(*learns[host], str(key), title, begins, ends, is_on_air=True)
        for host, key, title, begins, ends in rows
        if begins and ends
    ]


def held(lessons: QuerySet[Lesson]) -> list[Held]:
    bare = lessons.filter(room=None, room_note="").order_by("starts_at", "pk")
    return [
        Held(str(pk), title, starts_at, "", mode == Mode.ONLINE)
        for pk, title, starts_at, mode in bare.values_list("pk", "title", "starts_at", "mode")
    ]


def classes(county: str, lessons: QuerySet[Lesson]) -> list[Attended]:
    """Those that were held in these days, with how many seats were taken and how often somebody was there. Four questions."""
    held_in = dict(lessons.order_by().values_list("cohort").annotate(count=Count("pk")))
    rows = Attendance.objects.filter(lesson__in=lessons, presence__in=WAS_THERE)
    there = dict(rows.values_list("lesson__cohort").annotate(count=Count("pk")))
    seated = Enrolment.objects.filter(cohort__county=county, state__in=SEATED)
    people = dict(seated.values_list("cohort").annotate(count=Count("pk")))
    titles = Cohort.objects.filter(county=county).values_list("pk", "title")
    return [Attended(str(pk), title, people.get(pk, 0), held_in[pk], there.get(pk, 0)) for pk, title in titles if pk in held_in]


def period(days: int) -> tuple[date, date]:
    """The last so many days, today included."""
    today = timezone.localdate()
    return today - timedelta(days=days - 1), today


def kinds_in(found: Iterable[Finding]) -> dict[Oddity, int]:
    counts = dict.fromkeys(Oddity, 0)
    for one in found:
        counts[one.kind] += 1
    return counts
