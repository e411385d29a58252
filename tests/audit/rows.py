"""One row of each table that the audit log follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from livestream.models import (
    ApiToken,
    Appointment,
    Availability,
    Booking,
    BroadcastRequest,
    CalendarFeed,
    Campaign,
    Deliverable,
    Excuse,
    Guest,
    Incident,
    Invitation,
    Leader,
    LineUpItem,
    PersonalData,
    Place,
    PlanRules,
    Resource,
    Robot,
    Room,
    SecondFactor,
    Segment,
    Series,
    SubjectRequest,
    TravelTime,
)
from orders.models import AlertThresholds, Export, KioskLink
from tests.audit import on_air_rows
from tests.campaigns import make_agreement, make_reward, make_task
from tests.certificates import give_certificate
from tests.factories import make_place, make_product, make_session, make_shop, make_supplier, make_user
from tests.school import make_cohort, make_course, make_enrolment, make_lesson, make_trainee
from tests.study import make_exam, make_material, make_practical, make_quiz, make_rubric_line
from training.actions.certificate import RuleFacts, change_rule
from training.models import (
    CohortTrainer,
    ConversionRule,
    Enclosure,
    Evidence,
    ExamResult,
    FollowUp,
    IncubationStep,
    SchoolMonth,
    SchoolRules,
    SpotCheck,
    TraineePass,
    Trainer,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOON, BEFORE = NOW + timedelta(days=1), NOW - timedelta(hours=1)
LONG_AGO = NOW - timedelta(days=4 * 366)
KEY = b"\1" * 32


def staff(county):
    return make_user("staff", county)


def session(county):
    return make_session(county, make_user("host", county), room="R9", account="")


def graduate(county):
    return make_enrolment(make_cohort(county), state="completed")


def spot_check(county):
    return SpotCheck.objects.create(
        county=county, title="一季度", seed="36", size=1, population=9, drawn_at=NOW, drawn_by=staff(county)
    )


def personal_data(county):
    user = staff(county)
    PersonalData.objects.filter(user=user).delete()
    return PersonalData.objects.create(user=user, birth="1990-01-01")


def exam_result(county):
    cohort = make_cohort(county)
    return ExamResult.objects.create(exam=make_exam(cohort), enrolment=make_enrolment(cohort), marks=60, noted_by=staff(county))


MAKERS = {
    **on_air_rows.MAKERS,
    "livestream.User": staff,
    "livestream.Appointment": lambda c: Appointment.objects.create(user=staff(c), role="trainer", place=c, from_on=NOW.date()),
    "livestream.Invitation": lambda c: Invitation.objects.create(
        user=staff(c), kind="join", digest=KEY, made_by=staff(c), made_at=NOW, expires_at=SOON
    ),
    "livestream.SecondFactor": lambda c: SecondFactor.objects.create(user=staff(c), name="验证器", key="SECRETKEY234"),
    "livestream.PersonalData": personal_data,
    "livestream.SubjectRequest": lambda c: SubjectRequest.objects.create(user=staff(c), kind="copy", due_on=SOON.date()),
    "livestream.ApiToken": lambda c: ApiToken.objects.create(
        owner=staff(c),
        name="对账",
        prefix="0123456789",
        digest=KEY,
        scopes=["see_plan"],
        place=c,
        created_at=NOW,
        expires_at=SOON,
    ),
    "livestream.Place": lambda c: Place.objects.create(code="140425100", name="青羊镇", level="township", parent=c),
    "livestream.Supplier": make_supplier,
    "livestream.Product": make_product,
    "livestream.LiveSession": session,
    "livestream.LineUpItem": lambda c: LineUpItem.objects.create(
        session=session(c), product=make_product(c), position=9, live_price_fen=100
    ),
    "livestream.Room": lambda c: Room.objects.create(session=session(c), platform="douyin", room_id="R10"),
    "livestream.Guest": lambda c: Guest.objects.create(session=session(c), name="甲", title="副县长", rank="deputy"),
    "livestream.Incident": lambda c: Incident.objects.create(
        session=session(c), kind="stream_lost", happened_at=BEFORE, noted_by=staff(c)
    ),
    "livestream.Segment": lambda c: Segment.objects.create(session=session(c), title="段", place=c, starts_at=NOW, ends_at=SOON),
    "livestream.Booking": lambda c: Booking.objects.create(session=session(c), person=staff(c), duty="controller"),
    "livestream.Excuse": lambda c: Excuse.objects.create(
        session=session(c),
        kind="away",
        subject="person:1",
        key="away:person:1:",
        begins_at=NOW,
        ends_at=SOON,
        reason="就这一天有货",
        excused_by=staff(c),
        excused_at=NOW,
    ),
    "livestream.BroadcastRequest": lambda c: BroadcastRequest.objects.create(
        session=session(c),
        organiser="县商务局",
        aim="quota",
        goods_reason="当季",
        quality_promise="坏果包赔",
        asked_by=staff(c),
        asked_at=NOW,
    ),
    "livestream.Leader": lambda c: Leader.objects.create(
        county=c, name="乙", title="县长", rank="top", department="government", unit="县政府"
    ),
    "livestream.PlanRules": lambda c: PlanRules.objects.create(county=c),
    "livestream.Resource": lambda c: Resource.objects.create(county=c, place=c, kind="studio", name="一号"),
    "livestream.TravelTime": lambda c: TravelTime.objects.create(
        county=c, one=make_place("140425100", "青羊镇"), other=make_place("140425101", "龙溪镇"), minutes=40
    ),
    "livestream.Series": lambda c: Series.objects.create(
        county=c,
        place=c,
        title="周二",
        kind="village_host",
        host=staff(c),
        from_time="19:30",
        minutes=120,
        weekdays=[2],
        from_on=NOW.date(),
        until_on=SOON.date(),
        made_by=staff(c),
    ),
    "livestream.Availability": lambda c: Availability.objects.create(
        person=staff(c), from_on=NOW.date(), until_on=SOON.date(), entered_by=staff(c)
    ),
    "livestream.Campaign": lambda c: Campaign.objects.create(
        county=c, name="花椒节", kind="festival", from_on=NOW.date(), until_on=SOON.date(), made_by=staff(c)
    ),
    "livestream.PromotionTask": lambda c: make_task(session(c)),
    "livestream.RewardRule": lambda c: make_reward(session(c)),
    "livestream.Agreement": make_agreement,
    "livestream.Deliverable": lambda c: Deliverable.objects.create(
        agreement=make_agreement(c), what="直播", unit="场", wanted=12, due_on=SOON.date()
    ),
    "livestream.Robot": lambda c: Robot.objects.create(county=c, kind="wecom", name="群", address="https://a", made_by=staff(c)),
    "livestream.CalendarFeed": lambda c: CalendarFeed.objects.create(county=c, digest=KEY, name="手机", made_by=staff(c)),
    "training.Cohort": make_cohort,
    "training.CohortTrainer": lambda c: CohortTrainer.objects.create(cohort=make_cohort(c), user=staff(c)),
    "training.Enrolment": lambda c: make_enrolment(make_cohort(c)),
    "training.TraineePass": lambda c: TraineePass.objects.create(trainee=make_trainee(c), digest="0" * 64),
    "orders.Shop": make_shop,
    "orders.AlertThresholds": lambda c: AlertThresholds.objects.create(county=c),
    "orders.KioskLink": lambda c: KioskLink.objects.create(
        county=c, name="屏", scope="county:140425", digest=KEY, created_by=staff(c), created_at=NOW, expires_at=SOON
    ),
    "orders.Export": lambda c: Export.objects.create(
        number="E1",
        kind="ledger",
        place=c,
        from_on=LONG_AGO.date(),
        until_on=LONG_AGO.date(),
        format="csv",
        language="zh-hans",
        purpose="audit",
        purpose_words="审计",
        receiver="审计局",
        asked_by=staff(c),
        asked_at=LONG_AGO,
        state="waiting",
        rows_expected=1,
        rows_free=9,
        rows_allowed=9,
        heartbeat_at=LONG_AGO,
    ),  # fmt: skip
    "training.Trainee": make_trainee,
    "training.Lesson": lambda c: make_lesson(make_cohort(c), trainer=staff(c)),
    "training.SchoolRules": lambda c: SchoolRules.objects.create(county=c, unit="day"),
    "training.SchoolMonth": lambda c: SchoolMonth.objects.create(county=c, first_on=NOW.date().replace(day=1), theme="年货"),
    "training.Course": make_course,
    "training.Material": lambda c: make_material(make_course(c), added_by=staff(c)),
    "training.Trainer": lambda c: Trainer.objects.create(user=staff(c), county=c, organisation="职校"),
    "training.TrainerRecord": lambda c: Trainer.objects.create(user=staff(c), county=c).records.create(
        kind="training", title="师资班", on=NOW.date(), noted_by=staff(c)
    ),
    "training.Quiz": lambda c: make_quiz(make_course(c), questions=0),
    "training.Question": lambda c: make_quiz(make_course(c)).questions.get(),
    "training.Exam": lambda c: make_exam(make_cohort(c)),
    "training.ExamResult": exam_result,
    "training.Practical": lambda c: make_practical(make_enrolment(make_cohort(c)), session(c)),
    "training.RubricLine": make_rubric_line,
    "training.CertificateRule": lambda c: change_rule(c.pk, RuleFacts(), by=staff(c)),
    "training.Certificate": lambda c: give_certificate(make_enrolment(make_cohort(c)), by=staff(c)),
    "training.FollowUp": lambda c: FollowUp.objects.create(enrolment=graduate(c), after_months=1, due_on=SOON.date()),
    "training.IncubationStep": lambda c: IncubationStep.objects.create(
        enrolment=graduate(c), kind="visit", on=NOW.date(), mentor=staff(c)
    ),
    "training.ConversionRule": lambda c: ConversionRule.objects.create(
        county=c, kind="live", within_days=90, least=30, made_by=staff(c)
    ),
    "training.SpotCheck": lambda c: spot_check(c),
    "training.SpotCall": lambda c: spot_check(c).calls.create(position=1, enrolment=make_enrolment(make_cohort(c))),
    "training.Enclosure": lambda c: Enclosure.objects.create(
        enrolment=(one := graduate(c)),
        follow_up=FollowUp.objects.create(enrolment=one, after_months=1, due_on=SOON.date()),
        name="合影.jpg",
        bytes=1,
        added_by=staff(c),
    ),
    "training.Evidence": lambda c: Evidence.objects.create(
        enrolment=graduate(c), kind="shop", on=NOW.date(), words="抖店", kept_at="2 号柜", noted_by=staff(c)
    ),
}


def make_row(label, county):
    """A row of the table of this model, in the county."""
    return MAKERS[label](county)
