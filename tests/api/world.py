"""Two counties with something in every list. Whatever is of county B carries a mark that nobody of county A may ever read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from livestream.actions.release import release_plan
from livestream.actions.release_preview import Scope as Period
from livestream.models import (
    Availability,
    BannedTerm,
    Campaign,
    Comment,
    Complaint,
    Incident,
    LineUpItem,
    LineUpVersion,
    LiveSession,
    Paper,
    Pitch,
    Place,
    Poster,
    Product,
    QuickAnswer,
    Release,
    Resource,
    ReviewAction,
    Script,
    ScriptRow,
    ScriptTemplate,
    SelectionCase,
    Series,
    SubsidyRule,
    Supplier,
    User,
)
from livestream.rules.api_token import Scope
from orders.models import Alert, Order, Shop
from tests.api.judge import cookies_of
from tests.campaigns import make_campaign
from tests.factories import (
    make_arrival,
    make_leader,
    make_order_body,
    make_place,
    make_product,
    make_session,
    make_shop,
    make_supplier,
    make_user,
)
from tests.goods import make_event, make_paper, make_selection, make_subsidy, make_version
from tests.school import make_cohort, make_course, make_enrolment, make_lesson, make_trainee
from tests.study import make_exam, make_practical
from tests.tokens import token_text
from training.models import (
    Attendance,
    Certificate,
    CertificateRule,
    Cohort,
    Course,
    Enrolment,
    Exam,
    ExamResult,
    FollowUp,
    Lesson,
    SchoolMonth,
    Trainee,
    Trainer,
)

A, B = ("140425", "甲县"), ("130529", "乙县机密")
ROLES = ("host", "staff", "trainer", "approver", "exporter", "auditor", "commissioner", "admin")


@dataclass
class World:
    """What there is, by the county it is in; ids as an address has them."""

    marks: dict[str, list[str]] = field(default_factory=dict)
    keys: dict[str, list[str]] = field(default_factory=dict)


def make_county(code, mark, at) -> Place:
    from orders.actions.intake import receive
    from orders.models.ledger import Cause

    county = make_place(code, f"{mark}")
    village = make_place(f"{code}100201", f"{mark}村")
    host = make_user("host", village, name=f"{mark}人", live_name=f"{mark}播")
    supplier = make_supplier(county, name=f"{mark}社", place=village)
    goods = [make_product(county, sku=f"{mark}-{n}", title=f"{mark}货{n}", supplier=supplier) for n in range(3)]
    make_paper(goods[0], number=f"{mark}证", by=host)
    make_selection(goods[0], host, why=f"{mark}选")
    shop = make_shop(county, name=f"{mark}店")
    line_up = [(good, 5980, 10) for good in goods]
    live = make_session(county, host, title=f"{mark}场", room=f"R{code}", went_live_at=at - timedelta(hours=1), line_up=line_up)
    ended = make_session(
        county, host, title=f"{mark}前场", room=f"E{code}", account=f"E{code}",
        went_live_at=at - timedelta(hours=9), ended_at=at - timedelta(hours=8), line_up=line_up,
    )  # fmt: skip
    for session in (live, ended):
        LiveSession.objects.filter(pk=session.pk).update(place=village)
        start = session.went_live_at
        Pitch.objects.create(session=session, product=goods[0], started_at=start, ended_at=start + timedelta(minutes=5))
        Incident.objects.create(session=session, kind="other", happened_at=start, note=f"{mark}事", noted_by=host)
        make_version(session, host, f"{mark}版")
        make_event(session, "prompt", by=host, at=start, words=f"{mark}提示")
        said = {"said_at": start, "noted_by": host}
        Comment.objects.create(session=session, kind="question", words=f"{mark}问", product=goods[0], **said)
        ReviewAction.objects.create(session=session, what=f"{mark}改", owner=host, due_on=at, made_by=host, made_at=at)
        script = Script.objects.create(session=session, theme=f"{mark}脚本", changed_by=host, changed_at=at)
        script.rows.create(position=1, kind="other", minutes=5, what=f"{mark}流程")
        words = {"words": f"{mark}意见", "code": f"{code}{session.pk.hex[:6]}"[:12], "said_at": at}
        Complaint.objects.create(county=county, session=session, kind="quality", **words)
        session.guests.create(name=f"{mark}客", title=f"{mark}长", rank="top")
    bodies = [
        make_order_body(f"{mark}{n}", at=at - timedelta(minutes=n), room=f"R{code}", lines=((1, goods[n % 3].sku, 1, 5980),))
        for n in range(5)
    ]
    bodies.append(make_order_body(f"{mark}退", at=at, room=f"E{code}", refunds=(("R1", 1, 980),)))
    receive([make_arrival(shop, *bodies, now=at)], cause=Cause.PUSH, at=at)
    for n, kind in enumerate(("oversold", "broken")):
        detail = {"title": f"{mark}货", "number": 3, "units": 53, "stock": 50}
        Alert.objects.create(
            county=county, scope=f"county:{code}", kind=kind, subject=f"{mark}", episode=str(n), raised_at=at, detail=detail
        )
    make_subsidy(county, host, name=f"{mark}补贴", payer=f"{mark}局")
    ScriptTemplate.objects.create(county=county, name=f"{mark}模板", body={"theme": mark}, made_by=host)
    BannedTerm.objects.create(county=county, term=f"{mark}词", why=mark, added_by=host)
    QuickAnswer.objects.create(county=county, title=f"{mark}问", words=mark)
    make_plan(county, village, host, mark, at)
    make_school(county, village, host, mark, at)
    return county


def make_plan(county, village, host, mark, at):
    """A session to come, what it books and belongs to, and a release that told of it."""
    staff = make_user("staff", county, name=f"{mark}办")
    make_leader(county, name=f"{mark}领导")
    studio = Resource.objects.create(county=county, place=village, kind="studio", name=f"{mark}直播间")
    Availability.objects.create(
        resource=studio, from_on=at + timedelta(days=9), until_on=at + timedelta(days=9), entered_by=staff
    )
    campaign = make_campaign(county, name=f"{mark}节")
    Series.objects.create(
        county=county, place=village, title=f"{mark}固定", kind="village_host", host=host, from_time="19:00", minutes=60,
        weekdays=[5], from_on="2026-11-01", until_on="2026-12-31", made_by=staff,
    )  # fmt: skip
    hours = {"planned_start_at": at + timedelta(days=2)}
    session = make_session(
        county, host, title=f"{mark}计划", room=f"P{county.pk}", account=f"P{county.pk}", campaign=campaign, **hours
    )
    LiveSession.objects.filter(pk=session.pk).update(place=village)
    session.bookings.create(resource=studio)
    Poster.objects.create(session=session, kind="session", headline=mark, code=f"P{county.pk}", made_by=staff, made_at=at)
    release_plan(Period(county, timezone.localdate(at), timezone.localdate(at) + timedelta(days=9)), by=staff, at=at)


def make_school(county, village, host, mark, at):
    """A class with a lesson held and one to come, somebody who waits, one who completed, and all that was learnt."""
    teacher = make_user("trainer", county, name=f"{mark}师", live_name=f"{mark}讲师")
    Trainer.objects.create(user=teacher, county=county, organisation=f"{mark}中心")
    course = make_course(county, title=f"{mark}课")
    SchoolMonth.objects.create(county=county, first_on=date(2026, 11, 1), theme=f"{mark}月")
    running = make_cohort(county, place=village, title=f"{mark}班", seats=2, made_by=teacher)
    running.courses.add(course)
    running.trainers.create(user=teacher, duty="lead")
    seat, *_rest = [make_enrolment(running, make_trainee(county, village, name=f"{mark}{n}")) for n in "甲乙"]
    make_enrolment(running, make_trainee(county, village, name=f"{mark}丙"), state="waiting")
    lesson = make_lesson(running, title=f"{mark}第一课", state="held", held_at=at, held_by=teacher, trainer=teacher)
    make_lesson(running, title=f"{mark}第二课", course=course)
    Attendance.objects.create(lesson=lesson, enrolment=seat, presence="late", way="qr", at=lesson.starts_at)
    exam = make_exam(running, title=f"{mark}考试")
    ExamResult.objects.create(exam=exam, enrolment=seat, marks=86, noted_by=teacher)
    make_practical(seat, LiveSession.objects.filter(host=host).first(), marked_by=teacher)
    over = make_cohort(county, place=village, title=f"{mark}老班", state="closed", made_by=teacher)
    graduate = make_enrolment(over, make_trainee(county, village, name=f"{mark}丁"), state="completed")
    FollowUp.objects.create(enrolment=graduate, after_months=1, due_on=date(2026, 1, 1))
    rule = CertificateRule.objects.create(county=county, version=1, made_by=teacher)
    Certificate.objects.create(
        number=f"{county.pk}-1", enrolment=graduate, rule=rule, name=f"{mark}丁", facts={}, status_index=int(county.pk),
        issued_at=at, issued_by=teacher,
    )  # fmt: skip


def make_world(at=None) -> World:
    at = at or datetime.now(UTC)
    for code, mark in (A, B):
        make_county(code, mark, at)
    world = World()
    for code, _mark in (A, B):
        of = {"county_id": code}
        world.marks[code] = [
            *(str(pk) for pk in LiveSession.objects.filter(**of).values_list("pk", flat=True)),
            *Place.objects.filter(code__startswith=code).values_list("name", flat=True),
        ]
        world.keys[code] = {
            "session_id": [str(pk) for pk in LiveSession.objects.filter(**of).values_list("pk", flat=True)],
            "code": [code, code[:4], code[:2], f"{code}100201"],
            "order_no": list(Order.objects.filter(**of).values_list("order_no", flat=True)),
            "orders": pks(Order, **of),
            "shops": pks(Shop, **of),
            "products": pks(Product, **of),
            "suppliers": pks(Supplier, **of),
            "alerts": pks(Alert, **of),
            "item_id": pks(LineUpItem, session__county=code),
            "version_id": pks(LineUpVersion, session__county=code),
            "papers": pks(Paper, **of),
            "selections": pks(SelectionCase, **of),
            "comments": pks(Comment, session__county=code),
            "actions": pks(ReviewAction, session__county=code),
            "poster_id": pks(Poster, session__county=code),
            "row_id": pks(ScriptRow, script__session__county=code),
            "incidents": pks(Incident, session__county=code),
            "complaints": pks(Complaint, **of),
            "subsidies": pks(SubsidyRule, **of),
            "script-templates": pks(ScriptTemplate, **of),
            "banned-terms": pks(BannedTerm, **of),
            "quick-answers": pks(QuickAnswer, **of),
            "people": pks(User, place__code__startswith=code),
            "host_id": pks(User, place__code__startswith=code, role="host"),
            "resources": pks(Resource, **of),
            "campaigns": pks(Campaign, **of),
            "releases": pks(Release, **of),
            "month": ["2026-11"],
            "course_id": pks(Course, **of),
            "cohort_id": [str(pk) for pk in pks(Cohort, **of)],
            "lesson_id": [str(pk) for pk in pks(Lesson, cohort__county=code)],
            "trainee_id": pks(Trainee, **of),
            "enrolment_id": [str(pk) for pk in pks(Enrolment, cohort__county=code)],
            "seat": [str(pk) for pk in pks(Enrolment, cohort__county=code, cohort__exams__isnull=False, state="enrolled")],
            "exam_id": pks(Exam, cohort__county=code),
        }
    return world


def pks(model, **of) -> list[int]:
    return list(model.objects.filter(**of).values_list("pk", flat=True))


def make_caller(name, county: Place, other: Place) -> dict:
    """How a caller of this name asks: cookies, or the header of a token."""
    if name == "nobody":
        return {}
    if name == "stranger":
        return {"cookies": cookies_of(make_user("staff", other))}
    if name in ROLES:
        return {"cookies": cookies_of(person(name, county))}
    scopes = () if name == "token" else (name.removeprefix("token "),)
    return {"headers": {"Authorization": f"Bearer {token_text(make_user('staff', county), *scopes)}"}}


def person(role, county: Place) -> User:
    dates = {"from_on": "2026-01-01", "until_on": "2999-01-01"} if role == "commissioner" else {}
    if role == "host":
        return User.objects.get(role="host", place__code__startswith=county.pk)
    return make_user(role, county, **dates)


CALLERS = ("nobody", "stranger", *ROLES, "token", *(f"token {scope}" for scope in Scope))
