"""Four villages with everything that a route can name, and a mark in every name: what somebody reads there gives it away.

`home` and `next` lie in two townships of one county, `beside` in another county of the same city, `far` in another province.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from livestream.actions import stored_file
from livestream.actions.incident import SHELF, record_incident
from livestream.actions.release_preview import plan_of
from livestream.models import (
    Agreement,
    ApiToken,
    Appointment,
    BannedTerm,
    CalendarFeed,
    Campaign,
    Comment,
    Complaint,
    Confirmation,
    ControlEvent,
    CueCard,
    Deliverable,
    Excuse,
    Guest,
    Incident,
    Leader,
    LineUpItem,
    LineUpVersion,
    LiveSession,
    Notice,
    Packaging,
    Paper,
    Place,
    PlanStep,
    Poster,
    Product,
    PromotionTask,
    QuickAnswer,
    Release,
    Resource,
    ReviewAction,
    RewardRule,
    Robot,
    Sample,
    Script,
    ScriptRow,
    ScriptTemplate,
    SelectionCase,
    Series,
    SignIn,
    SubjectRequest,
    SubsidyRule,
    Supplier,
    TravelTime,
    User,
)
from livestream.rules.incident import IncidentKind
from livestream.rules.place import county_of
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.file import store_file
from orders.actions.intake import receive
from orders.actions.kiosk import create_kiosk_link
from orders.actions.poison import keep_poison
from orders.models import Alert, DeadLetter, Export, Hint, KioskLink, Order, OrderFile, PullCursor, Shop
from orders.models.ledger import Cause
from orders.models.pull import PullKind
from orders.platforms.contract import HintFact
from orders.rules.export import ExportState
from orders.rules.kiosk import KioskTerm
from tests.campaigns import make_agreement, make_campaign, make_reward, make_task
from tests.factories import (
    make_approval,
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
from tests.orders.sheets.exports import make_file, make_row
from tests.rights.on_air_world import of_county, stocked
from tests.rights.school_world import schooled
from tests.school import make_course
from tests.study import make_material
from training.models import (
    Certificate,
    ClassPack,
    Cohort,
    Course,
    Enclosure,
    Enrolment,
    Evidence,
    Exam,
    FollowUp,
    Lesson,
    Material,
    Photo,
    Question,
    Quiz,
    SignInSheet,
    SpotCall,
    SpotCheck,
    Trainee,
    Trainer,
    TrainerRecord,
)  # fmt: skip

VILLAGES = {"home": "140425100201", "next": "140425200201", "beside": "140427100201", "far": "130529100201"}
OTHERS = {"sibling village": "140425100202", "township": "140425100", "county": "140425", "city": "1404", "province": "14"}


OF_COUNTIES = (
    "shop", "file", "alert", "hint", "message", "link", "export", "feed", "robot", "road", "campaign", "agreement", "promise",
    "leader", "course", "material", "trainer", "trainer_record", "subsidy", "script_template", "banned_term", "quick_answer",
)  # fmt: skip


def mark(code: str) -> str:
    """What stands in every name of what lies there: nothing else in the system looks like it."""
    return f"LEAK{code}END"


def shop_mark(code: str) -> str:
    """The name of a county's shop: everybody in the county reads on the board of a session where its orders come from."""
    return f"SHOP{code}END"


class Spot(NamedTuple):
    """A village with what lies in it, and what its county has. Each is one object of a kind of `docs/rights.md`."""

    village: str
    host: User
    session: LiveSession
    incident: Incident
    product: Product
    supplier: Supplier
    order: Order
    appointment: Appointment
    login: SignIn
    token: ApiToken
    subject_request: SubjectRequest
    resource: Resource
    excuse: Excuse
    road: TravelTime
    leader: Leader
    release: Release
    confirmation: Confirmation
    step: PlanStep
    series: Series
    shop: Shop
    file: OrderFile
    alert: Alert
    hint: Hint
    message: DeadLetter
    link: KioskLink
    export: Export
    feed: CalendarFeed
    own_feed: CalendarFeed
    notice: Notice
    robot: Robot
    task: PromotionTask
    reward: RewardRule
    campaign: Campaign
    agreement: Agreement
    promise: Deliverable
    course: Course
    material: Material
    trainer: Trainer
    trainer_record: TrainerRecord
    cohort: Cohort
    trainee: Trainee
    enrolment: Enrolment
    lesson: Lesson
    taught: Lesson
    my_course: Course
    certificate: Certificate
    learner: Enrolment
    quiz: Quiz
    question: Question
    exam: Exam
    sheet: SignInSheet
    photo: Photo
    class_pack: ClassPack
    spot_check: SpotCheck
    spot_call: SpotCall
    my_material: Material
    my_quiz: Quiz
    follow_up: FollowUp
    evidence: Evidence
    enclosure: Enclosure
    paper: Paper
    practice: LiveSession
    packaging: Packaging
    selection: SelectionCase
    sample: Sample
    item: LineUpItem
    line_up_version: LineUpVersion
    event: ControlEvent
    price: ControlEvent
    script: Script
    script_row: ScriptRow
    cue_card: CueCard
    poster: Poster
    comment: Comment
    review_action: ReviewAction
    complaint: Complaint
    subsidy: SubsidyRule
    script_template: ScriptTemplate
    banned_term: BannedTerm
    quick_answer: QuickAnswer

    @property
    def county(self) -> str:
        return county_of(self.village) or ""


def make_world() -> dict[str, Spot]:
    for code in OTHERS.values():
        make_place(code, code)
    counties: dict[str, dict] = {}
    return {name: make_spot(code, counties) for name, code in VILLAGES.items()}


def make_spot(village: str, counties: dict[str, dict]) -> Spot:
    code = county_of(village)
    if code not in counties:
        counties[code] = make_county(code)
    its, name = counties[code], mark(village)
    place = make_place(village, name)
    host = make_user("host", place, name=name, live_name=name)
    product = make_product(its["county"], name, title=name, supplier=make_supplier(its["county"], place=place, name=name))
    now = timezone.now()
    session = make_session(
        its["county"],
        host,
        room=name,
        account=name,
        title=name,
        line_up=[(product, 5980, 20)],
        went_live_at=now - timedelta(hours=1),
    )
    LiveSession.objects.filter(pk=session.pk).update(place=place)
    Guest.objects.create(session=session, name=name, title=name, rank="top")
    make_approval(session, organiser=name)
    incident = record_incident(session, kind=IncidentKind.OTHER, at=now, note=name, by=host)
    incident.proof_stored_as = stored_file.keep([b"jpeg"], SHELF)
    incident.save(update_fields=["proof_stored_as"])
    body = make_order_body(name, at=now, room=name, lines=((1, name, 2, 19960),))
    receive([make_arrival(its["shop"], body, now=now)], cause=Cause.PUSH, at=now)
    days = {"created_at": now, "expires_at": now + timedelta(days=9)}
    answered = {"state": "answered", "outcome": "copied", "answered_at": now, "answered_by": its["clerk"]}
    return Spot(
        village=village,
        host=host,
        session=session,
        incident=incident,
        product=product,
        supplier=product.supplier,
        order=Order.objects.get(order_no=name),
        appointment=Appointment.objects.create(user=host, role="host", place=place, from_on=timezone.localdate()),
        subject_request=SubjectRequest.objects.create(user=host, kind="copy", wish=name, due_on=timezone.localdate(), **answered),
        step=PlanStep.objects.create(session=session, version=1, kind="planned", after={}, by=host, at=now),
        series=Series.objects.create(
            county=its["county"],
            place=place,
            title=name,
            kind="village_host",
            host=host,
            from_time="19:30",
            minutes=60,
            weekdays=[2],
            from_on=timezone.localdate(),
            until_on=timezone.localdate() + timedelta(days=9),
            made_by=host,
        ),  # fmt: skip
        resource=Resource.objects.create(county=its["county"], place=place, kind="studio", name=name),
        excuse=Excuse.objects.create(
            session=session,
            kind="away",
            subject=f"person:{host.pk}",
            key=f"away:person:{host.pk}:",
            reason=name,
            begins_at=now,
            ends_at=now,
            excused_by=its["clerk"],
            excused_at=now,
        ),
        **released(session, place),
        login=SignIn.objects.create(user=host, began_at=now, seen_at=now, expires_at=now + timedelta(days=9)),
        token=ApiToken.objects.create(
            owner=host,
            name=name,
            prefix=village[-10:],
            digest=village.encode(),
            scopes=["read:sessions"],
            place=place,
            **days,
        ),
        own_feed=CalendarFeed.objects.create(county=its["county"], person=host, digest=name.encode(), name=name, made_by=host),
        notice=Notice.objects.create(
            county=its["county"],
            kind="changed",
            way="inbox",
            person=host,
            session=session,
            text=name,
            due_at=now,
            state="sent",
            sent_at=now,
        ),
        task=make_task(session, its["clerk"], at=now, what=name, owner=host, due_at=now + timedelta(days=9)),
        reward=make_reward(session, its["clerk"], prize=name, draws_at=now + timedelta(days=9)),
        **schooled(name, place, its["clerk"], host),
        **stocked(name, session, its["clerk"]),
        **{kind: its[kind] for kind in OF_COUNTIES},
    )


def released(session: LiveSession, place: Place) -> dict:
    """The version of the plan in which a session was told, and its host's answer."""
    session, now, day = LiveSession.objects.get(pk=session.pk), timezone.now(), timezone.localdate()
    release = Release.objects.create(
        county_id=session.county_id, place=place, number=int(place.pk[-6:]), from_on=day, until_on=day, note=session.title,
        released_by=session.host, released_at=now,
    )  # fmt: skip
    change = release.changes.create(session=session, version=1, change="new", after=plan_of(session).to_json())
    digest = hashlib.sha256(place.pk.encode()).digest()
    return {"release": release, "confirmation": change.confirmations.create(person=session.host, digest=digest, told_at=now)}


def make_county(code: str) -> dict:
    """Its own people's names stand on what they did; what only the county has bears the county's mark."""
    name, now = mark(code), datetime.now(UTC)
    county = make_place(code, code if code in VILLAGES["home"] else name)  # a village knows the name of its own county
    clerk = make_user("staff", county, name=name)
    shop = make_shop(county, "douyin", name=shop_mark(code), key=f"key{name}")
    PullCursor.objects.create(county=county, shop=shop, kind=PullKind.ORDERS, last_error=name, due_at=now, position=now)
    ref = ShopRef(shop.pk, code)
    receive([Arrival(ref, hints=(HintFact("order", name),))], cause=Cause.PUSH, at=now - timedelta(hours=1))
    poison = Arrival(ref, digest=hashlib.sha256(name.encode()).digest())
    keep_poison(msgspec.structs.replace(poison, body=name.encode()), at=now)
    orphan = make_order_body(f"T{name}", at=now, room=None, status="created", refunds=((f"R{name}", 1, 4321),))
    receive([make_arrival(shop, make_order_body(f"U{name}", at=now, room=None), orphan, now=now)], cause=Cause.PUSH, at=now)
    alert = Alert.objects.create(
        county=county, kind="feed_silent", scope=f"county:{code}", episode="1", raised_at=now,
        detail={"title": name, "number": 3, "platform": "douyin", "units": 1, "stock": 1},
    )  # fmt: skip
    given = SimpleUploadedFile("a.csv", make_file([make_row(1, 选购商品=name), make_row(2, 选购商品=name, 商品数量="x")]))
    file = store_file(shop, given, name=f"{name}.csv", by=clerk, at=now)
    export = Export.objects.create(
        number=code, kind="orders", place=county, from_on=now, until_on=now, format="csv", language="zh-hans", purpose="report",
        purpose_words=name, receiver=name, asked_by=clerk, asked_at=now, heartbeat_at=now, state=ExportState.WAITING,
        rows_expected=9, rows_free=1, rows_allowed=1,
    )  # fmt: skip
    link, _token = create_kiosk_link(county, name=name, term=KioskTerm.DAY, hides_money=False, by=clerk, at=now)
    feed = CalendarFeed.objects.create(county=county, digest=code.encode(), name=name, made_by=clerk)
    own = {
        "leader": make_leader(county, name, title=name, unit=name),
        "feed": feed,
        "robot": Robot.objects.create(county=county, kind="wecom", name=name, address=f"https://a/{name}", made_by=clerk),
        "road": TravelTime.objects.create(county=county, one=make_place(code[:4], code[:4]), other=county, minutes=60),
        "hint": Hint.objects.get(shop=shop),
        "message": DeadLetter.objects.get(shop=shop),
        "link": link,
        "export": export,
    }
    own |= {"campaign": make_campaign(county, clerk, name=name), "agreement": make_agreement(county, clerk, partner=name)}
    own |= of_county(name, clerk)
    called = f"课程 {county.pk}"  # no mark: whoever sees the school of a place in it reads it
    own["course"] = make_course(county, title=called, about=called)
    own["material"] = make_material(own["course"], title=called, name=f"{called}.pdf", added_by=clerk)
    own["trainer"] = Trainer.objects.create(
        user=make_user("trainer", county, name=shop_mark(code)), county=county, organisation=name, about=name
    )
    own["trainer_record"] = own["trainer"].records.create(kind="training", title=name, on=now, place=name, noted_by=clerk)
    own["promise"] = Deliverable.objects.create(agreement=own["agreement"], what=name, unit="场", wanted=9, due_on=now)
    return {"county": county, "clerk": clerk, "shop": shop, "file": file, "alert": alert, **own}
