"""A class with something in each of its fifteen things, as rows."""

from __future__ import annotations

import io
import uuid
from datetime import UTC, date, datetime, timedelta

from tests.factories import make_place, make_session, make_user
from tests.school import make_cohort, make_course, make_enrolment, make_lesson, make_trainee
from tests.training.pictures import bytes_of, picture
from training.actions.attendance import NewMark, take_marks
from training.actions.certificate import issue_certificates
from training.actions.enclosure import enclose
from training.actions.follow_up import plan_all_follow_ups
from training.actions.material import add_material
from training.actions.photo import add_photo
from training.models import Evidence, Exam, ExamResult, Feedback, Practical, StudyEntry, Trainer
from training.rules.attendance import MarkWay, Presence
from training.rules.feedback import ITEMS

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
NAMES = ["张峧", "李㛃", "王喆", "刘垚", "陈桂英", "杨秀兰", "赵建国", "黄小梅", "周永强", "吴爱平"]


def make_full_class(county, *, people=4, lessons=3, photos=2, **kwargs):
    """Of `people`, each of whom missed every tenth lesson; taught, photographed, examined, completed."""
    make_place(f"{county.pk}100", "龙溪镇")
    village = make_place(f"{county.pk}100201", "东寺头村")
    teacher = make_user("trainer", county, name="王老师")
    facts = {"aims": "想开直播的农户和返乡青年，学完能自己播一场。", "summary": "大家都能自己开播了。", "budget_fen": 1_280_000}
    cohort = make_cohort(
        county, title="直播带货月班", starts_on=date(2026, 10, 20), ends_on=date(2026, 11, 20), funding_note="平财建〔2026〕12号",
        made_by=teacher, **(facts | kwargs),
    )  # fmt: skip
    course = make_course(county, title="手机直播入门", about="拍、剪、播、发货")
    cohort.courses.add(course)
    cohort.trainers.create(user=teacher, duty="lead")
    Trainer.objects.create(
        user=teacher, county=county, organisation="县职教中心", about="做了八年电商。", agreement_on=date(2026, 1, 5)
    )
    seated = [
        make_enrolment(cohort, make_trainee(county, village, name=NAMES[n % len(NAMES)], consented_at=AT, education="middle"))
        for n in range(people)
    ]
    first = datetime(2026, 10, 20, 1, tzinfo=UTC)
    held = [
        make_lesson(
            cohort,
            title=f"第{n + 1}讲 选品和讲货",
            course=course,
            trainer=teacher,
            room_note="镇文化站二楼",
            starts_at=first + timedelta(days=n),
        )
        for n in range(lessons)
    ]
    for n, lesson in enumerate(held):
        marks = [
            NewMark(
                uuid.uuid4(),
                lesson.pk,
                one.pk,
                presence(n, place),
                MarkWay.QR if place % 3 else MarkWay.ROLL_CALL,
                lesson.starts_at,
            )
            for place, one in enumerate(seated)
            if presence(n, place) in {Presence.PRESENT, Presence.LATE} or not place % 3
        ]
        take_marks(marks, by=teacher, at=lesson.ends_at)
    for n in range(photos):
        shot = io.BytesIO(bytes_of(picture(f"{cohort.pk}{n}")))
        add_photo(cohort, shot, lesson=held[n % lessons], caption="全场", by=teacher, at=AT)
    add_material(course, io.BytesIO(b"%PDF-1.4 slides"), name="选品.pdf", title="选品", by=teacher)
    learn(cohort, course, seated, teacher)
    issue_certificates(cohort, by=teacher, at=AT)
    plan_all_follow_ups()
    done = cohort.enrolments.completed().order_by("seat").first()
    shop = Evidence.objects.create(enrolment=done, kind="shop", on=date(2026, 11, 21), words="抖店截图", noted_by=teacher)
    enclose(shop, io.BytesIO(b"%PDF-1.4 shop"), "抖店.pdf", by=teacher)
    enclose(done.follow_ups.get(after_months=1), io.BytesIO(bytes_of(picture("visit"))), "上门.jpg", by=teacher)
    return cohort


def presence(lesson, place):
    return [Presence.LATE, *[Presence.PRESENT] * 8, Presence.EXCUSED][(lesson + place) % 10]


def learn(cohort, course, seated, teacher):
    exam = Exam.objects.create(cohort=cohort, title="理论", kind="theory", on=date(2026, 11, 19))
    session = make_session(
        cohort.county, kind="practice", title="结业练播", room=f"R{cohort.pk}"[:9], account=f"A{cohort.pk}"[:9]
    )
    for n, one in enumerate(seated):
        ExamResult.objects.create(exam=exam, enrolment=one, marks=70 + n % 30, noted_by=teacher)
        Practical.objects.create(enrolment=one, session=session, marks={}, total=75 + n % 20, marked_by=teacher, marked_at=AT)
        StudyEntry.objects.create(client_id=uuid.uuid4(), enrolment=one, course=course, on=date(2026, 11, 1), minutes=30 + n)
        said = {item.key: 5 - n % 2 for item in ITEMS["satisfaction"]}
        Feedback.objects.create(
            enrolment=one, kind="satisfaction", answers=said, words="=讲得好" if not n else "", client_id=uuid.uuid4(), at=AT
        )
