"""What came of the demo county's classes: graduates who went on air and sold, calls, papers, mentors, one certificate revoked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from config.demo.people import AUDITOR, STAFF, Person
from config.demo.scripts import Script
from config.demo.sessions import put_on
from livestream.actions.consent import record_consents_at_joining
from livestream.actions.person import Names, Position, create_user
from livestream.actions.vault import PersonalFacts, record_data
from livestream.models import LiveSession, User
from livestream.rules.day import SHANGHAI
from livestream.rules.person import Role
from livestream.rules.session import SessionKind
from training.actions.certificate import revoke
from training.actions.evidence import Paper, note_evidence
from training.actions.follow_up import note_step
from training.actions.spot_check import Draw, draw_sample, note_result
from training.models import Call, Certificate, Enrolment, FollowUp, Practical
from training.rules.conversion import ConversionKind
from training.rules.follow_up import AFTER_MONTHS, CallResult, StepKind, Work, WorkPlace, due_on
from training.rules.rubric import DEFAULT
from training.rules.spot_check import SpotResult

if TYPE_CHECKING:
    from config.demo.school_class import School
    from training.models import Cohort

EVENING = time(15, 30)
ROOM_ACCOUNT = "cunbo{end}"


class Show(NamedTuple):
    """A graduate's session: so many days after the class, so long, with so many orders a minute."""

    graduate: int
    after_days: int
    minutes: int
    pace: float
    title: str
    skus: tuple[str, ...]


SHOWS = (
    Show(0, 16, 45, 0.3, "俺家的花椒下树了", ("DHP-250", "HJY-265")),
    Show(0, 44, 50, 0.4, "花椒油，一勺就香", ("HJY-265", "DHP-250")),
    Show(1, 22, 40, 0.3, "山里的核桃皮薄", ("HT-2500",)),
    Show(2, 35, 60, 0.2, "小米粥熬起来", ("HXM-2500", "SZ-1000")),
    Show(3, 51, 35, 0.2, "第一次开播，卖连翘叶茶", ("LQC-120",)),
    Show(4, 60, 38, 0.0, "试着播一播", ("SB-1000",)),
    Show(5, 72, 31, 0.0, "院里的柿饼", ("SB-1000",)),
    Show(6, 78, 18, 0.0, "播了一会儿，没电了", ("LCC-2400",)),  # too short to count
)


def graduates_on_air(school: School, cohort: Cohort) -> None:
    """Some of the class have an account since, and went on air by themselves; the trainer marked the first time of each."""
    done = cohort.enrolments.completed().filter(trainee__user=None).select_related("trainee__place", "cohort").order_by("seat")
    chosen = list(done[: max(show.graduate for show in SHOWS) + 1])
    hosts = [_host(school, one) for one in chosen]
    cast = replace(school.cast, people={**school.people, **{one.phone: one for one in hosts}})
    for show in SHOWS:
        enrolment = chosen[show.graduate]
        assert enrolment.completed_on is not None
        began = datetime.combine(enrolment.completed_on + timedelta(days=show.after_days), EVENING, SHANGHAI).astimezone(UTC)
        if began + timedelta(minutes=show.minutes) > school.now:
            continue
        session = put_on(_script(show, hosts[show.graduate]), cast, began=began)
        if not Practical.objects.filter(enrolment=enrolment).exists():
            _mark(enrolment, session, school.lead)


def _host(school: School, enrolment: Enrolment) -> User:
    trainee = enrolment.trainee
    there = User.objects.filter(phone=trainee.phone).first()
    user = there or create_user(
        trainee.phone, Names(trainee.name, f"{trainee.name}的小店"), Position(Role.HOST, trainee.place), password=None
    )
    if there is None:
        record_consents_at_joining(user)
        born = datetime.fromisoformat(trainee.birth).date()
        record_data(user, PersonalFacts(birth_on=born), by=school.people[STAFF.phone])
    trainee.user = user
    trainee.save(update_fields=["user"])
    return user


def _script(show: Show, host: User) -> Script:
    person = Person(host.phone, "", host.name, Role.HOST, host.place_id)
    account = ROOM_ACCOUNT.format(end=host.phone[-4:])
    lasts = timedelta(minutes=show.minutes)
    return Script(
        SessionKind.VILLAGE_HOST, show.title, person, host.place_id, account, show.skus, lasts, orders_a_minute=show.pace
    )


def _mark(enrolment: Enrolment, session: LiveSession, by: User) -> None:
    chance = Random(session.title)
    marks = {line.key: round(line.points * chance.uniform(0.66, 0.96)) for line in DEFAULT.lines}
    words = "开场说清楚了，讲货还可以慢一点。"
    at = session.ended_at or session.planned_end_at
    Practical.objects.create(
        enrolment=enrolment, session=session, marks=marks, total=sum(marks.values()), words=words, marked_by=by, marked_at=at
    )


# --- calls --------------------------------------------------------------------------------------------------------------------

WORKS = ((Work.SELLING, 30), (Work.FARMING, 38), (Work.EMPLOYED, 16), (Work.LOOKING, 9), (Work.OTHER, 7))
SAID = {
    Work.SELLING: "自己播，卖自家的货",
    Work.FARMING: "忙完地里的活再播",
    Work.EMPLOYED: "在电商园打包、客服",
    Work.LOOKING: "想再学一期",
    Work.OTHER: "",
}
STILL_DUE = timedelta(days=35)  # calls that fell due lately are not all made yet


def follow(school: School, cohort: Cohort) -> None:
    """Calls that were due long ago were made; of the latest some are still to be made. Then papers, and what mentors did."""
    chance, rows, calls = Random("calls"), [], []
    done = Enrolment.objects.completed().filter(cohort__county=school.county).order_by("completed_on", "pk")
    for pk, completed_on in done.values_list("pk", "completed_on"):
        assert completed_on is not None
        for months in AFTER_MONTHS:
            row = FollowUp(enrolment_id=pk, after_months=months, due_on=due_on(completed_on, months))
            rows.append(row)
            is_late = row.due_on <= school.today - STILL_DUE
            if is_late or (row.due_on <= school.today and chance.random() < 0.6):
                calls += _called(row, chance, school)
    FollowUp.objects.bulk_create(rows)
    Call.objects.bulk_create(calls)
    _papers(school, cohort)


def _called(row: FollowUp, chance: Random, school: School) -> list[Call]:
    """Now and then only the second try reached him, the next day."""
    at = min(datetime.combine(row.due_on, EVENING, SHANGHAI).astimezone(UTC), school.now)
    calls = []
    if chance.random() < 0.12:
        calls.append(Call(follow_up=row, result=CallResult.NO_ANSWER, at=at, by=school.lead))
        at = min(at + timedelta(days=1), school.now)
    _answered(row, chance, at, school.lead)
    return [*calls, Call(follow_up=row, result=CallResult.REACHED, at=at, by=school.lead, words=row.words)]


def _answered(row: FollowUp, chance: Random, at: datetime, by: User) -> None:
    work = chance.choices([work for work, _weight in WORKS], [weight for _work, weight in WORKS])[0]
    row.work, row.words, row.done_at, row.done_by = work, SAID[work], at, by
    row.work_place = WorkPlace.ELSEWHERE if chance.random() < 0.14 else WorkPlace.COUNTY
    row.earns_fen = chance.randrange(8, 46) * 10_000 if work in {Work.SELLING, Work.EMPLOYED} else None


def _papers(school: School, cohort: Cohort) -> None:
    graduates = list(cohort.enrolments.completed().select_related("cohort", "trainee").order_by("seat"))
    shops, linked, helped = graduates[:9], graduates[12:15], graduates[:5]
    for n, one in enumerate(shops):
        assert one.completed_on is not None
        on = min(one.completed_on + timedelta(days=9 + 6 * n), school.today)
        paper = Paper(ConversionKind.SHOP, on, "网店后台截图，有店名和开店日期", f"电商中心 3 号柜 {n + 1} 号袋")
        note_evidence(one, paper, by=school.lead, at=school.now)
    for one in linked:
        assert one.completed_on is not None
        on = min(one.completed_on + timedelta(days=50), school.today)
        paper = Paper(ConversionKind.LINKED, on, "供货协议：合作社统一收花椒", "电商中心 3 号柜")
        note_evidence(one, paper, by=school.lead, at=school.now)
    for n, one in enumerate(helped):
        assert one.completed_on is not None
        kind = (StepKind.VISIT, StepKind.SHOP, StepKind.REHEARSAL)[n % 3]
        on = min(one.completed_on + timedelta(days=14 + n), school.today)
        note_step(one, kind, on, mentor=school.lead, words="到家里看了手机和网，一起试播十分钟。")


def revoke_one(school: School, cohort: Cohort) -> None:
    """The last one of the class: somebody else had sat the test for him."""
    given = Certificate.objects.standing().filter(enrolment__cohort=cohort, enrolment__trainee__user=None)
    last = given.select_related("enrolment__trainee", "enrolment__cohort__county").order_by("-number").first()
    if last is not None:
        revoke(last, because="查实考试由别人代考", by=school.lead, at=school.now)


HEARD = (*[SpotResult.CONFIRMED] * 6, SpotResult.PARTLY, SpotResult.UNREACHED, SpotResult.CONFIRMED)


def check_by_telephone(school: School, cohort: Cohort) -> None:
    """The auditor drew twelve of the class and has called nine."""
    auditor = school.people[AUDITOR.phone]
    draw = Draw(f"{cohort.title}电话抽查", [cohort], "长治晚报 11-20 头版 0427", 12)
    check = draw_sample(draw, county=school.county, by=auditor, at=school.now)
    for call, result in zip(check.calls.order_by("position"), HEARD, strict=False):
        words = "说只上过四次课，签到记了七次" if result == SpotResult.PARTLY else ""
        note_result(call, result, words, before="", by=auditor, at=school.now)
