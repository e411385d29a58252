"""What an auditor looks at twice: one phone of many, one photo twice, marks too fast, people in two rooms. Pure.

Each rule reads plain rows and says in words what it saw; none says that somebody cheated. A family shares a phone, a network
comes back and brings forty taps at once: so every finding waits for an explanation and nothing is deleted."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from livestream.rules.day import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence
    from datetime import datetime

NAMES_ON_A_PHONE = 3
LOOK_BITS = 4  # of 64 in which two pictures of one scene may differ
LOOK_BANDS = 5  # with so many bands, one of them is the same in both
BURST_MARKS, BURST_SECONDS = 10, 3
DEVICE_PEOPLE = 3
OUTSIDE = timedelta(hours=2)
LATE_ENTRY = timedelta(hours=48)
SKEW_SECONDS = 600
FULL_PEOPLE, FULL_LESSONS = 20, 5
T = TypeVar("T")
K = TypeVar("K", bound="Hashable")


class Oddity(TextChoices):
    PHONE = "phone", gettext_lazy("一个号码几个名字")
    PHOTO = "photo", gettext_lazy("同一张照片")
    LOOK = "look", gettext_lazy("很像的照片")
    BURST = "burst", gettext_lazy("几秒里一串签到")
    DEVICE = "device", gettext_lazy("一部手机签了几个人")
    TWO_ROOMS = "two_rooms", gettext_lazy("同时在两个课堂")
    ON_AIR = "on_air", gettext_lazy("上课时正在直播")
    NO_ROOM = "no_room", gettext_lazy("上了课，没有地点")
    OFF_HOURS = "off_hours", gettext_lazy("不在上课时间签到")
    LATE_ENTRY = "late_entry", gettext_lazy("隔了很久才录")
    SKEW = "skew", gettext_lazy("手机时钟差得多")
    FULL = "full", gettext_lazy("每课全到")


class Finding(NamedTuple):
    """`key` is the same whenever the same thing is found again. `rows`: what was seen, each with the key of what it is about."""

    kind: Oddity
    key: str
    words: str
    rows: list[str]


def finding(kind: Oddity, key: Iterable[Hashable], words: str, rows: Iterable[str]) -> Finding:
    return Finding(kind, ":".join([kind.value, *map(str, key)]), words, list(rows))


def moment(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


# --- rows -----------------------------------------------------------------------------------------------------------------


class Phoned(NamedTuple):
    """A person by the digest of his phone."""

    digest: str
    trainee: int
    name: str
    village: str


class Pictured(NamedTuple):
    """A photo; `look`: 16 hex digits."""

    photo: int
    sha256: str
    look: str
    where: str


class Marked(NamedTuple):
    """A mark; `way`: of MarkWay."""

    lesson: str
    title: str
    person: str
    way: str
    at: datetime
    recorded_at: datetime
    starts_at: datetime
    ends_at: datetime
    skew_seconds: int = 0
    device: str = ""


class Stay(NamedTuple):
    """Somebody somewhere for a time, half-open: in a lesson, or on air."""

    person: int
    name: str
    key: str
    title: str
    begins: datetime
    ends: datetime
    is_on_air: bool = False


class Held(NamedTuple):
    """A lesson that was held. `where`: room or place, "" for neither."""

    lesson: str
    title: str
    starts_at: datetime
    where: str
    is_online: bool


class Attended(NamedTuple):
    """A class: its people, its held lessons, and how often somebody was there in all."""

    cohort: str
    title: str
    people: int
    held: int
    there: int


# --- rules ----------------------------------------------------------------------------------------------------------------


def grouped(rows: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    found: dict[K, list[T]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def shared_phones(rows: Iterable[Phoned]) -> list[Finding]:
    found = []
    for digest, its in grouped(rows, lambda row: row.digest).items():
        names = sorted({row.name for row in its})
        if digest and len(names) >= NAMES_ON_A_PHONE:
            words = _("{n} 个名字用同一个号码。一家人共用很常见；名字多、又不在一个村，要问一问。").format(n=len(names))
            key = sorted(row.trainee for row in its)[:2]
            found.append(finding(Oddity.PHONE, key, words, sorted({f"{row.name}　{row.village}" for row in its})))
    return found


def repeated_photos(rows: Sequence[Pictured]) -> list[Finding]:
    """The same file in two places; then pictures that look the same without being the same file."""
    found = []
    for sha256, its in grouped(rows, lambda row: row.sha256).items():
        if len(its) > 1:
            words = _("同一个文件传了 {n} 次。").format(n=len(its))
            found.append(finding(Oddity.PHOTO, [str(sha256)[:32]], words, (row.where for row in its)))
    for one, other in alike(rows):
        words = _("两张照片几乎一样：可能是同一个时候拍的，也可能是旧照片再用。")
        found.append(finding(Oddity.LOOK, sorted([one.photo, other.photo]), words, [one.where, other.where]))
    return found


def alike(rows: Sequence[Pictured]) -> list[tuple[Pictured, Pictured]]:
    """Pairs of different files whose looks differ in at most LOOK_BITS bits. Such a pair has a band of bits in common, so that
    only those that share one are compared."""
    width = -(-64 // LOOK_BANDS)
    bands: dict[tuple[int, int], list[Pictured]] = defaultdict(list)
    for row in rows:
        bits = int(row.look or "0", 16)
        for band in range(LOOK_BANDS):
            bands[band, bits >> band * width & (1 << width) - 1].append(row)
    found: dict[tuple[int, int], tuple[Pictured, Pictured]] = {}
    for its in bands.values():
        for one, other in combinations(its, 2):
            is_near = (int(one.look or "0", 16) ^ int(other.look or "0", 16)).bit_count() <= LOOK_BITS
            if one.sha256 != other.sha256 and is_near:
                found[one.photo, other.photo] = one, other
    return [found[key] for key in sorted(found)]


def bursts(scans: Iterable[Marked]) -> list[Finding]:
    """Scans of one lesson that came faster than people can hold up their phones."""
    found = []
    for lesson, its in grouped(scans, lambda row: row.lesson).items():
        its.sort(key=lambda row: row.at)
        for first in range(len(its) - BURST_MARKS + 1):
            run = its[first : first + BURST_MARKS]
            if run[-1].at - run[0].at <= timedelta(seconds=BURST_SECONDS):
                words = _("“{title}”：{seconds} 秒里扫了 {n} 个人。").format(
                    title=run[0].title, seconds=BURST_SECONDS, n=len(run)
                )
                found.append(finding(Oddity.BURST, [lesson], words, (f"{row.person}　{moment(row.at)}" for row in run)))
                break
    return found


def busy_devices(scans: Iterable[Marked]) -> list[Finding]:
    """A phone by which several people scanned in one lesson."""
    found = []
    for (device, lesson), its in grouped(scans, lambda row: (row.device, row.lesson)).items():
        people = sorted({row.person for row in its})
        if device and len(people) >= DEVICE_PEOPLE:
            words = _("“{title}”：一部手机给 {n} 个人扫了码。").format(title=its[0].title, n=len(people))
            found.append(finding(Oddity.DEVICE, [lesson, str(device)[:16]], words, people))
    return found


def in_two_places(stays: Iterable[Stay]) -> list[Finding]:
    """Somebody who was in two lessons at once, or on air while he sat in one."""
    found = []
    for person, its in grouped(stays, lambda row: row.person).items():
        its.sort(key=lambda row: (row.begins, row.key))
        for place, one in enumerate(its):
            for other in its[place + 1 :]:
                if other.begins >= one.ends:
                    break
                if one.is_on_air and other.is_on_air:
                    continue
                kind = Oddity.ON_AIR if one.is_on_air or other.is_on_air else Oddity.TWO_ROOMS
                keys = [person, *sorted(stay.key for stay in (one, other))]
                sentence = _("{name}上课的时候正在直播。") if kind == Oddity.ON_AIR else _("{name}同一时间在两个课堂。")
                rows = (f"{stay.title}　{moment(stay.begins)} – {moment(stay.ends)}" for stay in (one, other))
                found.append(finding(kind, keys, sentence.format(name=one.name), rows))
    return found


def roomless(lessons: Iterable[Held]) -> list[Finding]:
    words = _("登记上过了，没有订教室，也没有写在哪里。")
    return [
        finding(Oddity.NO_ROOM, [row.lesson], words, [f"{row.title}　{moment(row.starts_at)}"])
        for row in lessons
        if not row.where and not row.is_online
    ]


def untimely(marks: Iterable[Marked]) -> list[Finding]:
    """Marks of a lesson that were made hours before or after it, or stored days after it."""
    off: list[Marked] = []
    late: list[Marked] = []
    for row in marks:
        if not row.starts_at - OUTSIDE <= row.at <= row.ends_at + OUTSIDE:
            off.append(row)
        elif row.recorded_at > row.ends_at + LATE_ENTRY:
            late.append(row)
    found = []
    for lesson, its in grouped(off, lambda row: row.lesson).items():
        words = ngettext("“{title}”有 {n} 条签到不在上课前后两小时里。", "“{title}”有 {n} 条签到不在上课前后两小时里。", len(its))
        found.append(finding(Oddity.OFF_HOURS, [lesson], words.format(title=its[0].title, n=len(its)), told(its)))
    for lesson, its in grouped(late, lambda row: row.lesson).items():
        words = ngettext("“{title}”有 {n} 条签到下课两天以后才存进来。", "“{title}”有 {n} 条签到下课两天以后才存进来。", len(its))
        found.append(finding(Oddity.LATE_ENTRY, [lesson], words.format(title=its[0].title, n=len(its)), told(its)))
    return found


def told(marks: Iterable[Marked]) -> list[str]:
    sentence = _("{person}　{way}　签到 {at}，存下 {stored}")
    return [sentence.format(person=row.person, way=row.way, at=moment(row.at), stored=moment(row.recorded_at)) for row in marks]


def skewed(marks: Iterable[Marked]) -> list[Finding]:
    """By device: its clock was wrong by more than ten minutes."""
    found = []
    far = (row for row in marks if abs(row.skew_seconds) >= SKEW_SECONDS)
    for device, its in grouped(far, lambda row: row.device or row.person).items():
        words = _("手机时钟差了 {n} 分钟，签到时间已经按服务器的钟校正。").format(
            n=max(abs(row.skew_seconds) for row in its) // 60
        )
        found.append(finding(Oddity.SKEW, [str(device)[:32], its[0].lesson], words, told(its)))
    return found


def always_full(classes: Iterable[Attended]) -> list[Finding]:
    words = _("{people} 个人，{held} 课，每一课全到。真有这么齐的班，也要看一看照片里是不是这么多人。")
    return [
        finding(Oddity.FULL, [row.cohort], words.format(people=row.people, held=row.held), [row.title])
        for row in classes
        if row.people >= FULL_PEOPLE and row.held >= FULL_LESSONS and row.there == row.people * row.held
    ]
