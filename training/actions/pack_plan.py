"""The parts of a class's folder about what was planned: plan, timetable, trainers, materials, and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from livestream.rules.cell import yuan_decimal
from livestream.rules.errors import NotAllowed
from training.actions.attendance import shares_of
from training.actions.feedback import summaries_of
from training.actions.material import material_pieces
from training.actions.pack_parts import File, Part, counted
from training.models import Material, Trainer
from training.rules.attendance import mean_of
from training.rules.class_pack import FILES_AT_MOST, SMALL_FILE, PackItem
from training.rules.dossier import Block, Column, Facts, Paper, Table, Words
from training.rules.enrolment import EnrolmentState
from training.rules.exam import FeedbackKind
from training.rules.lesson import LessonState

if TYPE_CHECKING:
    from training.actions.pack_parts import Folder
    from training.models import Lesson
    from training.rules.dossier import Value

COURSES = (
    Column("课程", 22), Column("程度", 8), Column("内容", 10), Column("方式", 8), Column("学时", 6, is_right=True),
    Column("工种、等级", 16), Column("讲什么", 30),
)  # fmt: skip
LESSONS = (
    Column("序", 4, is_right=True), Column("日期", 11), Column("时间", 12), Column("学时", 5, is_right=True), Column("课题", 22),
    Column("课程", 14), Column("方式", 7), Column("讲师", 9), Column("助教", 9), Column("地点", 18), Column("状态", 7),
    Column("备注", 14),
)  # fmt: skip
RECORDS = (
    Column("讲师", 10), Column("类型", 10), Column("内容", 26), Column("日期", 11), Column("学时", 6, is_right=True),
    Column("地点", 14), Column("证明存放处", 18),
)  # fmt: skip
MATERIALS = (
    Column("课程", 18), Column("名称", 22), Column("文件", 22), Column("大小（字节）", 11, is_right=True), Column("在册", 14),
    Column("SHA-256", 24),
)  # fmt: skip


def plan_part(folder: Folder) -> Part:
    cohort, item = folder.cohort, PackItem.PLAN
    courses = list(cohort.courses.order_by("title", "pk"))
    trainers = [f"{one.get_duty_display()}　{one.user.name}" for one in cohort.trainers.select_related("user").order_by("pk")]
    budget = f"{yuan_decimal(cohort.budget_fen):,} 元" if cohort.budget_fen is not None else ""
    facts: list[tuple[str, Value]] = [
        ("班名", cohort.title),
        ("期号", f"{cohort.year} 年第 {cohort.number} 期"),
        ("形式", cohort.get_form_display()),
        ("起止日期", f"{cohort.starts_on} 至 {cohort.ends_on}"),
        ("开班地点", cohort.place.full_name),
        ("名额", f"{cohort.seats} 人"),
        ("经费来源", cohort.get_funding_display()),
        ("经费文件", cohort.funding_note),
        ("预算", budget),
        ("讲师", "\n".join(trainers)),
    ]
    rows: list[tuple[Value, ...]] = [
        (
            one.title,
            one.get_level_display(),
            one.get_topic_display(),
            one.get_mode_display(),
            one.academic_hours,
            f"{one.get_trade_display()} {one.get_trade_level_display()}" if one.trade else "",
            one.about,
        )
        for one in courses
    ]
    blocks: list[Block] = [Facts(facts), Words(cohort.aims, "对象和目标"), Table("课程", COURSES, rows)]
    wanted = {"对象和目标": cohort.aims, "经费文件": cohort.funding_note, "预算": budget, "课程": courses, "讲师": trainers}
    missing = [f"没有写{name}" for name, there in wanted.items() if not there]
    return Part(item, [folder.pdf(item.stem, Paper("培训方案", "", blocks))], f"{counted(courses, '门课程')}", missing)


def timetable_part(folder: Folder) -> Part:
    item = PackItem.TIMETABLE
    table = Table("课程表", LESSONS, [lesson_row(number, one) for number, one in enumerate(folder.lessons, start=1)])
    hours = sum(lesson.academic_hours for lesson in folder.held)
    below = f"计划 {len(folder.standing)} 课，已上 {len(folder.held)} 课、{hours} 学时（每学时 45 分钟）"
    files = [folder.pdf(item.stem, Paper("课程表", below, [table], is_wide=True)), folder.xlsx(item.stem, table)]
    coming = [lesson for lesson in folder.lessons if lesson.state == LessonState.PLANNED]
    roomless = [lesson for lesson in folder.held if lesson.mode != "online" and not where(lesson)]
    missing = [] if folder.lessons else ["没有排课"]
    missing += [f"{len(coming)} 课还没有登记上过"] if coming else []
    missing += [f"{len(roomless)} 课没有写地点"] if roomless else []
    return Part(item, files, counted(folder.lessons, "课"), missing)


def where(lesson: Lesson) -> str:
    return lesson.room.name if lesson.room else lesson.room_note


def lesson_row(number: int, lesson: Lesson) -> tuple[Value, ...]:
    begins, ends = timezone.localtime(lesson.starts_at), timezone.localtime(lesson.ends_at)
    return (
        number,
        begins.date(),
        f"{begins:%H:%M}–{ends:%H:%M}",
        lesson.academic_hours,
        lesson.title,
        lesson.course.title if lesson.course else "",
        lesson.get_mode_display(),
        lesson.trainer.name if lesson.trainer else "",
        lesson.assistant.name if lesson.assistant else "",
        where(lesson),
        lesson.get_state_display(),
        lesson.cancelled_because or lesson.note,
    )


def trainers_part(folder: Folder) -> Part:
    """Everybody who is named as a trainer of the class, or taught a lesson of it."""
    item, duties = PackItem.TRAINERS, dict(folder.cohort.trainers.values_list("user", "duty"))
    taught = {user for lesson in folder.standing for user in (lesson.trainer_id, lesson.assistant_id) if user}
    known = Trainer.objects.filter(pk__in=taught | duties.keys()).select_related("user").prefetch_related("records")
    people = sorted(known, key=lambda one: (one.user.name, one.pk))
    labels = {one.user_id: one.get_duty_display() for one in folder.cohort.trainers.all()}
    blocks: list[Block] = []
    for one in people:
        here = [lesson.title for lesson in folder.standing if one.pk in {lesson.trainer_id, lesson.assistant_id}]
        facts: list[tuple[str, Value]] = [
            ("姓名", one.user.name),
            ("分工", labels.get(one.pk, "任课")),
            ("单位", one.organisation),
            ("聘用协议", one.agreement_on),
            ("本班的课", "、".join(here)),
            ("简历", one.about),
        ]
        blocks.append(Facts(facts))
    rows: list[tuple[Value, ...]] = [
        (one.user.name, row.get_kind_display(), row.title, row.on, row.academic_hours, row.place, row.evidence)
        for one in people
        for row in sorted(one.records.all(), key=lambda row: (row.on, row.pk))
    ]
    blocks.append(Table("参加培训、跟班、取得证书", RECORDS, rows))
    unknown = len((taught | duties.keys()) - {one.pk for one in people})
    missing = [f"{unknown} 位讲师没有建档案"] if unknown else []
    missing += [] if people or unknown else ["没有写讲师"]
    missing += [f"{one.user.name}没有简历" for one in people if not one.about]
    missing += [f"{one.user.name}没有聘用协议日期" for one in people if not one.agreement_on]
    return Part(item, [folder.pdf(item.stem, Paper("讲师资料", "", blocks))], counted(people, "位讲师"), missing)


def materials_part(folder: Folder) -> Part:
    """The list of all; the files themselves where they are small."""
    item = PackItem.MATERIALS
    found = Material.objects.filter(course__cohorts=folder.cohort).select_related("course").order_by("course__title", "pk")
    rows: list[tuple[Value, ...]] = []
    files: list[File] = []
    missing: list[str] = []
    weight = 0
    for number, one in enumerate(found, start=1):
        is_small = one.bytes <= SMALL_FILE and weight + one.bytes <= FILES_AT_MOST
        content = read_material(one) if is_small else b""
        weight += len(content)
        name = f"{number:02d} {plain_stem(one.name)}"
        if content:
            files.append(file_of(f"{item.stem}/{name}", content))
        else:
            missing.append(f"课件“{one.title}”的文件{'太大，没有放进来' if not is_small else '不在了'}")
        rows.append((one.course.title, one.title, name, one.bytes, "是" if content else "只列在这里", one.sha256))
    table = Table("课件", MATERIALS, rows)
    listing = folder.pdf(f"{item.stem}/课件清单", Paper("课件清单", "", [table], is_wide=True))
    return Part(item, [listing, *files], f"{len(rows)} 件", missing if rows else ["没有课件"])


def file_of(name: str, content: bytes) -> File:
    return File(name, lambda: content)


def plain_stem(name: str) -> str:
    """A name that no unpacker takes for a folder."""
    return "".join("_" if sign in '\\/:*?"<>|' else sign for sign in name).strip(". ") or "课件"


def read_material(material: Material) -> bytes:
    """b"" where the file is gone."""
    try:
        return b"".join(material_pieces(material))
    except NotAllowed:
        return b""


def summary_part(folder: Folder) -> Part:
    """What the trainer wrote, and the figures of the class beside it, as its pages say them."""
    cohort, item = folder.cohort, PackItem.SUMMARY
    mean = mean_of(list(shares_of(cohort).values()))
    said = next(one for one in summaries_of(cohort) if one.kind == FeedbackKind.SATISFACTION)
    facts: list[tuple[str, Value]] = [
        ("起止日期", f"{cohort.starts_on} 至 {cohort.ends_on}"),
        ("有座位的学员", f"{len(folder.seated)} 人"),
        ("课次", f"计划 {len(folder.standing)} 课，已上 {len(folder.held)} 课"),
        ("出勤率（全班，按已上的课）", f"{mean}%" if mean is not None else ""),
        ("结业", f"{count_state(folder, EnrolmentState.COMPLETED)} 人"),
        ("满意度", "；".join(f"{line.title} {line.mean}" for line in said.lines) if said.is_shown else "答的人少，不显示"),
    ]
    blocks: list[Block] = [Facts(facts), Words(cohort.summary, "总结")]
    missing = [] if cohort.summary else ["还没有写班级总结"]
    return Part(item, [folder.pdf(item.stem, Paper("培训总结", "", blocks))], "1 份" if cohort.summary else "", missing)


def count_state(folder: Folder, state: EnrolmentState) -> int:
    return sum(one.state == state for one in folder.seated)
