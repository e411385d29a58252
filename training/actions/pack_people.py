"""The parts of a class's folder that say who was there: the roster, the sign-in sheets, the photos."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from django.utils import timezone

from orders.sheets.contract import Refused
from training.actions.attendance import shares_of
from training.actions.pack_parts import File, Part, counted
from training.actions.photo import jpeg_of, small_jpeg_of
from training.models import Attendance, Mark, Photo, SignInSheet
from training.rules.attendance import WAS_THERE, MarkWay, Presence, mean_of
from training.rules.class_pack import PackItem
from training.rules.dossier import Column, Paper, Picture, Pictures, Table, Words
from training.rules.lesson import LessonState
from training.rules.trainee import age_band

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from training.actions.pack_parts import Folder
    from training.models import Enrolment, Lesson
    from training.rules.dossier import Block, Value

ROSTER = (
    Column("座位", 5, is_right=True), Column("姓名", 9), Column("性别", 5), Column("年龄", 9), Column("村或社区", 20),
    Column("手机号", 13), Column("类别", 11), Column("学历", 11), Column("返乡", 5), Column("同意登记", 8), Column("状态", 8),
)  # fmt: skip
BY_LESSON = (
    Column("序", 3, is_right=True), Column("日期", 10), Column("课题", 20), Column("应到", 5, is_right=True),
    Column("到", 5, is_right=True), Column("迟到", 5, is_right=True), Column("请假", 5, is_right=True),
    Column("缺", 5, is_right=True), Column("没有记录", 6, is_right=True), Column("怎么签的", 22),
    Column("有矛盾", 6, is_right=True), Column("纸表", 9),
)  # fmt: skip
MARKS = (
    Column("日期", 11), Column("课题", 22), Column("座位", 6, is_right=True), Column("姓名", 10), Column("说的是", 8),
    Column("方式", 12), Column("时间", 17), Column("记下的时间", 17), Column("手机时钟快慢（秒）", 12, is_right=True),
    Column("谁记的", 10), Column("纸表", 12), Column("说明", 24),
)  # fmt: skip
PHOTOS = (
    Column("照片", 16), Column("课次", 22), Column("说明", 22), Column("拍摄时间", 16), Column("上传时间", 16),
    Column("谁传的", 9), Column("SHA-256（原图）", 26),
)  # fmt: skip
SIGN = {Presence.PRESENT: "√", Presence.LATE: "△", Presence.EXCUSED: "○", Presence.ABSENT: "×"}
BY = {MarkWay.QR: "扫", MarkWay.ROLL_CALL: "点", MarkWay.PAPER: "纸", MarkWay.ONLINE: "线", MarkWay.DECISION: "核"}
LEGEND = (
    "√ 到　△ 迟到　○ 请假　× 缺　— 没有记录；后面的字：扫＝扫码，点＝老师点名，纸＝纸上签到，线＝线上，核＝有矛盾、核对后定的；"
    "※＝说法有矛盾，还没有核对，先按较严的算。出勤率＝到过的课 ÷ 已上的课，往下取到一位小数；请假不算到。"
)
ACROSS = 16  # lessons beside each other on a page


def roster_part(folder: Folder) -> Part:
    item = PackItem.ROSTER
    note = "手机号隐去中间四位；年龄按段。身份证号不存，帮扶情况属敏感信息，不在册内。"
    table = Table("学员花名册", ROSTER, [roster_row(one, folder) for one in folder.seated], note)
    files = [folder.xlsx(item.stem, table), folder.pdf(item.stem, Paper("学员花名册", "", [table], is_wide=True))]
    people = [one.trainee for one in folder.seated]
    lacking = {
        "没有记同意登记": sum(one.consented_at is None for one in people),
        "没有写性别": sum(not one.sex for one in people),
        "没有写学历": sum(not one.education for one in people),
    }
    missing = [f"{number} 人{what}" for what, number in lacking.items() if number]
    return Part(item, files, counted(people, "人"), missing if people else ["还没有学员"])


def roster_row(one: Enrolment, folder: Folder) -> tuple[Value, ...]:
    trainee = one.trainee
    band = age_band(trainee.birth_year, folder.cohort.starts_on)
    return (
        one.seat,
        trainee.name,
        trainee.get_sex_display(),
        str(band.label) if band else "",
        trainee.place.full_name,
        trainee.masked_phone,
        trainee.get_category_display(),
        trainee.get_education_display(),
        "是" if trainee.is_returnee else "",
        "是" if trainee.consented_at else "",
        one.get_state_display(),
    )


# --- who was there --------------------------------------------------------------------------------------------------------


def attendance_part(folder: Folder) -> Part:
    item, lessons = PackItem.ATTENDANCE, folder.standing
    of = {(row.lesson_id, row.enrolment_id): row for row in Attendance.objects.filter(lesson__in=lessons)}
    sheets = list(SignInSheet.objects.filter(lesson__in=lessons).select_related("lesson", "photo").order_by("printed_at", "pk"))
    shares = shares_of(folder.cohort)
    mean = mean_of(list(shares.values()))
    blocks: list[Block] = [Words(LEGEND, is_small=True)]
    size = -(-len(lessons) // max(1, -(-len(lessons) // ACROSS)))  # pages of equal width
    for first in range(0, len(lessons), max(1, size)):
        blocks.append(matrix(folder, lessons[first : first + size], first, of))
    by_lesson = [lesson_line(number, one, folder, of, sheets) for number, one in enumerate(lessons, start=1)]
    blocks.append(Table("每一课", BY_LESSON, by_lesson))
    pictures, shown = sheet_pictures(sheets)
    if shown:
        blocks.append(Pictures(shown, "签过字的纸表", columns=2))
    below = f"{folder.name}　全班出勤率 {mean}%" if mean is not None else folder.name
    printed = folder.pdf(item.stem, Paper("签到表", below, blocks, is_wide=True, pictures=pictures))
    files = [printed, folder.xlsx(f"{item.stem}明细", marks_table(folder))]
    return Part(item, files, f"{len(folder.held)} 课、{len(of)} 条", lacking(folder, of))


def lacking(folder: Folder, of: dict[tuple[UUID, UUID], Attendance]) -> list[str]:
    unknown = sum((lesson.pk, one.pk) not in of for lesson in folder.held for one in folder.seated)
    disputed = sum(row.is_contradicted for row in of.values())
    missing = [] if folder.held else ["还没有上过课"]
    missing += [f"已上的课里有 {unknown} 人次没有记录"] if unknown else []
    return missing + ([f"{disputed} 处说法有矛盾，还没有核对"] if disputed else [])


def matrix(folder: Folder, lessons: Sequence[Lesson], before: int, of: dict[tuple[UUID, UUID], Attendance]) -> Table:
    """Trainee by lesson, with his share over all lessons of the class."""
    shares = shares_of(folder.cohort)
    heads = [Column(f"{before + n} {timezone.localtime(one.starts_at):%m-%d}", 6) for n, one in enumerate(lessons, start=1)]
    columns = (
        Column("座", 3, is_right=True),
        Column("姓名", 8),
        *heads,
        Column("到/已上", 7),
        Column("出勤率", 7, is_right=True),
    )
    rows: list[tuple[Value, ...]] = []
    for one in folder.seated:
        share = shares[one.pk]
        percent = f"{share.over_held}%" if share.over_held is not None else ""
        cells = [cell(lesson, of.get((lesson.pk, one.pk))) for lesson in lessons]
        rows.append((one.seat, one.trainee.name, *cells, f"{share.there}/{share.held}", percent))
    title = f"第 {before + 1}–{before + len(lessons)} 课"
    return Table(title, columns, rows)


def cell(lesson: Lesson, row: Attendance | None) -> str:
    if row is None:
        return "—" if lesson.state == LessonState.HELD else " "
    return f"{SIGN[Presence(row.presence)]}{BY[MarkWay(row.way)]}{'※' if row.is_contradicted else ''}"


def lesson_line(
    number: int,
    lesson: Lesson,
    folder: Folder,
    of: dict[tuple[UUID, UUID], Attendance],
    sheets: Sequence[SignInSheet],
) -> tuple[Value, ...]:
    rows = [row for one in folder.seated if (row := of.get((lesson.pk, one.pk)))]
    said, ways = Counter(row.presence for row in rows), Counter(row.way for row in rows if row.presence in WAS_THERE)
    return (
        number,
        timezone.localdate(lesson.starts_at),
        lesson.title,
        len(folder.seated),
        *(said[presence] for presence in Presence.values),
        len(folder.seated) - len(rows) if lesson.state == LessonState.HELD else None,
        "、".join(f"{way.label} {ways[way]}" for way in MarkWay if ways[way]),
        sum(row.is_contradicted for row in rows),
        "、".join(sheet.code for sheet in sheets if sheet.lesson_id == lesson.pk),
    )


def sheet_pictures(sheets: Sequence[SignInSheet]) -> tuple[dict[str, bytes], list[Picture]]:
    pictures: dict[str, bytes] = {}
    shown = []
    for sheet in sheets:
        if sheet.photo and (small := read_photo(sheet.photo, is_small=True)):
            name = f"sheet-{sheet.pk}.jpg"
            pictures[name] = small
            day = timezone.localdate(sheet.lesson.starts_at)
            shown.append(Picture(name, f"表号 {sheet.code}　{day} {sheet.lesson.title}"))
    return pictures, shown


def read_photo(photo: Photo, *, is_small: bool = False) -> bytes:
    """b"" where the file is gone."""
    try:
        return small_jpeg_of(photo) if is_small else jpeg_of(photo)
    except Refused:
        return b""


def marks_table(folder: Folder) -> Table:
    """Every mark as it came: what the sheet of the class follows from."""
    marks = Mark.objects.filter(lesson__cohort=folder.cohort).select_related("lesson", "enrolment__trainee", "noted_by", "sheet")
    rows: list[tuple[Value, ...]] = [
        (
            timezone.localdate(mark.lesson.starts_at),
            mark.lesson.title,
            mark.enrolment.seat,
            mark.enrolment.trainee.name,
            mark.get_presence_display(),
            mark.get_way_display(),
            mark.at,
            mark.recorded_at,
            mark.skew_seconds,
            mark.noted_by.name if mark.noted_by else "本人",
            mark.sheet.code if mark.sheet else "",
            mark.words,
        )
        for mark in marks.order_by("lesson__starts_at", "lesson", "enrolment__seat", "at", "pk")
    ]
    return Table("签到明细", MARKS, rows, "每一次扫码、点名、录表都在，只增不改。")


# --- photos ---------------------------------------------------------------------------------------------------------------


def photos_part(folder: Folder) -> Part:
    """The photos by lesson, and an index that shows each of them."""
    item = PackItem.PHOTOS
    photos = list(folder.cohort.photos.select_related("lesson", "added_by"))
    photos.sort(key=lambda one: (one.lesson.starts_at if one.lesson else folder.dated, one.lesson_id or folder.cohort.pk, one.pk))
    per_day: Counter[str] = Counter()
    rows: list[tuple[Value, ...]] = []
    files: list[File] = []
    pictures: dict[str, bytes] = {}
    shown: list[Picture] = []
    gone = 0
    for one in photos:
        name = photo_name(one, per_day)
        small = read_photo(one, is_small=True)
        rows.append((name, one.lesson.title if one.lesson else "不分课", *facts_of(one)))
        if not small:
            gone += 1
            continue
        files.append(File(f"{item.stem}/{name}.jpg", partial(jpeg_of, one), is_alone=True))
        pictures[f"{one.pk}.jpg"] = small
        taken = f"，拍于 {timezone.localtime(one.taken_at):%m-%d %H:%M}" if one.taken_at else ""
        where = f"　{one.lesson.title}" if one.lesson else ""
        shown.append(Picture(f"{one.pk}.jpg", f"{name}{where}　{one.caption}{taken}"))
    blocks: list[Block] = [Pictures(shown), Table("照片清单", PHOTOS, rows)] if rows else [Words("没有照片。")]
    index = folder.pdf(f"{item.stem}/照片目录", Paper("影像资料目录", "", blocks, is_wide=True, pictures=pictures))
    bare = sum(lesson.pk not in {one.lesson_id for one in photos} for lesson in folder.held)
    missing = [f"{bare} 课没有照片"] if bare else []
    missing += [f"{gone} 张照片的文件不在了"] if gone else []
    missing += ["系统不存视频，有的请另附"]
    return Part(item, [index, *files], counted(photos, "张"), missing)


def photo_name(photo: Photo, per_day: Counter[str]) -> str:
    """`11-02 第 01 张`, counted by day."""
    day = f"{timezone.localtime(photo.lesson.starts_at):%m-%d}" if photo.lesson else "不分课"
    per_day[day] += 1
    return f"{day} 第{per_day[day]:02d}张"


def facts_of(photo: Photo) -> tuple[Value, ...]:
    return photo.caption, photo.taken_at, photo.added_at, photo.added_by.name, photo.sha256
