"""The parts of a class's folder about what came of it: marks, feedback, certificates, calls, conversion, online study."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db.models import Max, Min, Prefetch, Sum
from django.utils import timezone

from training.actions.certificate import certificate_rule_of, judge
from training.actions.certificate_paper import certificates_paper
from training.actions.conversion import conversions
from training.actions.feedback import summaries_of
from training.actions.pack_enclosures import enclosures_of
from training.actions.pack_parts import File, Part
from training.actions.results import hours_of, results_of
from training.models import Call, FollowUp, IncubationStep, Practical, StudyEntry
from training.rules.certificate import asked_in_words
from training.rules.class_pack import PackItem
from training.rules.conversion import ConversionKind
from training.rules.dossier import Column, Facts, Paper, Table, Words
from training.rules.results import Results
from training.rules.study import Hours

if TYPE_CHECKING:
    from training.actions.conversion import Conversion, Reached
    from training.actions.pack_parts import Folder
    from training.models import Certificate
    from training.rules.dossier import Block, Value

PRACTICALS = (
    Column("座位", 5, is_right=True), Column("姓名", 9), Column("场次", 26), Column("总分", 6, is_right=True),
    Column("评分人", 9), Column("评分时间", 16), Column("评语", 34),
)  # fmt: skip
CERTIFICATES = (
    Column("座位", 5, is_right=True), Column("姓名", 9), Column("出勤", 9), Column("学时", 6, is_right=True), Column("结业", 8),
    Column("证书编号", 22), Column("发证日期", 11), Column("还差什么", 40),
)  # fmt: skip
FOLLOW_UPS = (
    Column("座位", 6, is_right=True), Column("姓名", 10), Column("结业后几个月", 8, is_right=True), Column("应回访日期", 12),
    Column("回访时间", 17), Column("回访人", 10), Column("打了几次", 8, is_right=True), Column("最后一次结果", 12),
    Column("现在做什么", 12), Column("在哪里", 8),
)  # fmt: skip
STEPS = (Column("座位", 6, is_right=True), Column("姓名", 10), Column("做了什么", 12), Column("日期", 12), Column("带教老师", 10))
FIGURES = (
    Column("指标", 10), Column("怎么算", 46), Column("达到", 6, is_right=True), Column("结业人数", 8, is_right=True),
    Column("转化率", 8, is_right=True), Column("还有时间的", 9, is_right=True),
)  # fmt: skip
PROOFS = (
    Column("指标", 10), Column("姓名", 10), Column("结业日期", 12), Column("达到日期", 12), Column("凭什么", 8),
    Column("内容", 34), Column("时间", 17), Column("播了几分钟", 9, is_right=True), Column("计入的订单", 9, is_right=True),
)  # fmt: skip
STUDY = (
    Column("座位", 6, is_right=True), Column("姓名", 10), Column("课程", 24), Column("分钟", 8, is_right=True),
    Column("第一天", 12), Column("最后一天", 12), Column("来源", 18),
)  # fmt: skip


def results_part(folder: Folder) -> Part:
    item, found, hours = PackItem.RESULTS, results_of(folder.cohort), hours_of(folder.cohort)
    exams = list(folder.cohort.exams.order_by("on", "pk"))
    heads = [Column(f"{exam.title}（{exam.on:%m-%d}）", 12, is_right=True) for exam in exams]
    tail = [Column(name, 8, is_right=True) for name in ("实操（最好）", "小测验及格", "线上分钟", "学时")]
    rows: list[tuple[Value, ...]] = []
    for one in folder.seated:
        result = found.get(one.pk, Results())
        marks = [mark.marks for mark in result.exams]
        quizzes = f"{result.quizzes_passed}/{len(result.quizzes)}"
        rest = (result.practical, quizzes, result.study_minutes, hours.get(one.pk, Hours()).hours)
        rows.append((one.seat, one.trainee.name, *marks, *rest))
    passes = "、".join(f"{exam.title} {exam.pass_marks}" for exam in exams)
    table = Table(
        "成绩",
        (Column("座位", 5, is_right=True), Column("姓名", 9), *heads, *tail),
        rows,
        f"百分制，及格分：{passes}" if passes else "",
    )
    practicals = Table("实操评分", PRACTICALS, practical_rows(folder))
    printed = folder.pdf(item.stem, Paper("成绩", "", [table, practicals], is_wide=True))
    unmarked = sum(mark.marks is None for result in found.values() for mark in result.exams)
    missing = [] if exams else ["没有考试"]
    missing += [f"{unmarked} 人次没有考试成绩"] if unmarked else []
    missing += [f"{bare} 人没有实操成绩"] if (bare := sum(found[one.pk].practical is None for one in folder.seated)) else []
    return Part(item, [folder.xlsx(item.stem, table, practicals), printed], f"{len(exams)} 场考试、{len(rows)} 人", missing)


def practical_rows(folder: Folder) -> list[tuple[Value, ...]]:
    found = Practical.objects.filter(enrolment__in=folder.seated).select_related("enrolment__trainee", "session", "marked_by")
    return [
        (
            one.enrolment.seat,
            one.enrolment.trainee.name,
            one.session.title,
            one.total,
            one.marked_by.name,
            one.marked_at,
            one.words,
        )
        for one in found.order_by("enrolment__seat", "marked_at", "pk")
    ]


def feedback_part(folder: Folder) -> Part:
    item, answered = PackItem.FEEDBACK, 0
    missing: list[str] = []
    printed: list[Block] = [Words("1 分最低，5 分最高，取平均。不记名；答的人太少时不显示，免得让人猜出是谁。", is_small=True)]
    for summary in summaries_of(folder.cohort):
        answered += summary.answered
        title = f"{summary.kind.label}（{summary.asked} 人里 {summary.answered} 人答了）"
        rows: list[tuple[Value, ...]] = [(str(line.title), line.mean) for line in summary.lines]
        printed.append(Table(title, (Column("问什么", 40), Column("平均分", 8, is_right=True)), rows))
        if summary.words:
            printed.append(Words("\n".join(summary.words), f"{summary.kind.label}：写的话"))
        if not summary.is_shown:
            missing.append(f"{summary.kind.label}：答的人还少，先不显示")
    return Part(item, [folder.pdf(item.stem, Paper("满意度和自评", "", printed))], f"{answered} 份", missing)


def certificates_part(folder: Folder) -> Part:
    item, cohort = PackItem.CERTIFICATES, folder.cohort
    rule = certificate_rule_of(cohort.county_id)
    judged = judge(cohort, rule)
    rows: list[tuple[Value, ...]] = []
    for one in judged:
        share, given = one.reached.share, one.certificate
        number = f"{given.number}{'（已撤销）' if given.is_revoked else ''}" if given else ""
        day = timezone.localdate(given.issued_at) if given else None
        lacks = "" if given else "；".join(one.missing)
        hours = one.reached.hours
        rows.append((
            one.enrolment.seat, one.enrolment.trainee.name, f"{share.there}/{share.held}", hours,
            one.enrolment.get_state_display(), number, day, lacks,
        ))  # fmt: skip
    standing = [one.certificate for one in judged if one.certificate and not one.certificate.is_revoked]
    note = f"发证规则 v{rule.version}：{'；'.join(asked_in_words(rule))}。证书上的二维码、编号都能在线核验。"
    table = Table("结业名单", CERTIFICATES, rows, note)
    files = [folder.pdf(item.stem, Paper("结业名单和证书", "", [table], is_wide=True)), folder.xlsx(item.stem, table)]
    missing = [] if standing else ["还没有发证书"]
    if standing and not folder.address:
        missing.append("系统还没有设公开网址，证书 PDF 请在证书页打印")
    elif standing:
        files.append(
            File(f"{PackItem.CERTIFICATES:02d} 结业证书.pdf", partial(certificate_pages, standing, folder.address), is_alone=True)
        )
    ready = sum(one.may_be_given for one in judged)
    missing += [f"{ready} 人够条件，还没有发证"] if ready else []
    return Part(item, files, f"{len(standing)} 张证书", missing)


def certificate_pages(standing: list[Certificate], address: str) -> bytes:
    return certificates_paper(standing, address=address)


# --- after the class ------------------------------------------------------------------------------------------------------


def follow_ups_part(folder: Folder) -> Part:
    item, today = PackItem.FOLLOW_UPS, timezone.localdate(folder.at)
    tries = Prefetch("calls", Call.objects.order_by("at", "pk"), to_attr="tries")
    found = FollowUp.objects.filter(enrolment__cohort=folder.cohort).select_related("enrolment__trainee", "done_by")
    calls = list(found.prefetch_related(tries).order_by("enrolment__seat", "enrolment", "after_months"))
    rows: list[tuple[Value, ...]] = [
        (
            one.enrolment.seat,
            one.enrolment.trainee.name,
            one.after_months,
            one.due_on,
            one.done_at,
            one.done_by.name if one.done_by else "",
            len(one.tries),  # type: ignore[attr-defined]
            one.tries[-1].get_result_display() if one.tries else "",  # type: ignore[attr-defined]
            one.get_work_display(),
            one.get_work_place_display(),
        )
        for one in calls
    ]
    steps = IncubationStep.objects.filter(enrolment__cohort=folder.cohort).select_related("enrolment__trainee", "mentor")
    helped: list[tuple[Value, ...]] = [
        (one.enrolment.seat, one.enrolment.trainee.name, one.get_kind_display(), one.on, one.mentor.name)
        for one in steps.order_by("on", "pk")
    ]
    note = "本人说的收入和谈话内容只在系统里看。"
    enclosed, listed, gone = enclosures_of(folder, item, of_calls=True)
    file = folder.xlsx(item.stem, Table("回访", FOLLOW_UPS, rows, note), Table("孵化", STEPS, helped), listed)
    late = sum(one.done_at is None and one.due_on <= today for one in calls)
    missing = [f"{late} 次到期还没有打"] if late else []
    missing = (missing if calls else ["还没有回访（结业以后才有）"]) + gone
    done = sum(one.done_at is not None for one in calls)
    return Part(item, [file, *enclosed], f"打了 {done} 次、孵化 {len(helped)} 次", missing)


def conversion_part(folder: Folder) -> Part:
    """Each figure of the class with the rows behind it, as its page has them."""
    item, cohort, today = PackItem.CONVERSION, folder.cohort, timezone.localdate(folder.at)
    found = conversions(cohort.county, [cohort], today)
    note = f"算到 {today}。以结业的自然人为分母。"
    figures = Table("转化率", FIGURES, [figure_row(one) for one in found], note)
    proofs = Table("凭据", PROOFS, [row for one in found for reached in one.reached for row in proof_rows(one, reached)])
    absent: list[tuple[Value, ...]] = [(str(label(one)), who.name, who.completed_on) for one in found for who in one.missing]
    missed = Table("还没有达到的人", (Column("指标", 10), Column("姓名", 10), Column("结业日期", 12)), absent)
    people = found[0].completers if found else 0
    facts = Facts([("结业的自然人", f"{people} 人"), ("算到", today)])
    printed = folder.pdf(item.stem, Paper("转化材料", "", [facts, figures, proofs], is_wide=True))
    enclosed, listed, gone = enclosures_of(folder, item, of_calls=False)
    missing = ([] if people else ["还没有人结业，没有可算的"]) + gone
    reached = sum(len(one.reached) for one in found)
    return Part(
        item, [folder.xlsx(item.stem, figures, proofs, missed, listed), printed, *enclosed], f"{reached} 人次达到", missing
    )


def label(one: Conversion) -> str:
    return str(ConversionKind(one.rule.kind).label)


def figure_row(one: Conversion) -> tuple[Value, ...]:
    percent = f"{one.percent}%" if one.percent is not None else ""
    return label(one), one.rule.definition, len(one.reached), one.completers, percent, one.waiting


def proof_rows(rule: Conversion, reached: Reached) -> list[tuple[Value, ...]]:
    """A row for each session, paper and call that proves it."""
    who = (label(rule), reached.completer.name, reached.completer.completed_on, reached.first_on)
    aired: list[tuple[Value, ...]] = [
        (*who, "场次", one.session.title, one.session.went_live_at, one.session.minutes, one.orders) for one in reached.sessions
    ]
    papers: list[tuple[Value, ...]] = [(*who, "材料", one.words, one.on, None, None) for one in reached.papers]
    calls: list[tuple[Value, ...]] = [(*who, "回访", f"本人说受雇（{one.by}）", one.done_at, None, None) for one in reached.calls]
    return aired + papers + calls


def study_part(folder: Folder) -> Part:
    item = PackItem.STUDY
    entries = StudyEntry.objects.filter(enrolment__cohort=folder.cohort)
    keys = ("enrolment__seat", "enrolment__trainee__name", "course__title", "source")
    sums = entries.values(*keys).annotate(sum=Sum("minutes"), first=Min("on"), last=Max("on"))
    rows: list[tuple[Value, ...]] = [
        (
            one["enrolment__seat"],
            one["enrolment__trainee__name"],
            one["course__title"],
            one["sum"],
            one["first"],
            one["last"],
            one["source"] or "本人的手机",
        )
        for one in sums.order_by(*keys, "enrolment")
    ]
    minutes = sum(one["sum"] for one in sums)
    table = Table("线上学习", STUDY, rows, f"合计 {minutes} 分钟；每 45 分钟一学时。")
    return Part(item, [folder.xlsx(item.stem, table)], f"{minutes} 分钟", [] if rows else ["没有线上学习记录"])


def news_part(folder: Folder) -> Part:
    return Part(PackItem.NEWS, [], "", ["系统里不存新闻稿和公示，请把剪报、网页截图另放进这个文件夹"])
