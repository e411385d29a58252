"""The demo county with one of everything that has a page, for the judge of pages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from config.demo.load import load_demo
from livestream.actions.acting import begin_acting
from livestream.actions.complaint import Said, say_complaint
from livestream.actions.invitation import make_link
from livestream.actions.session import end_session, go_live
from livestream.actions.subject_request import Answer, answer_request, ask
from livestream.actions.vault import PersonalFacts, record_data
from livestream.models import (
    Agreement,
    Campaign,
    Confirmation,
    Deliverable,
    Incident,
    Leader,
    LiveSession,
    Paper,
    Pitch,
    Place,
    Product,
    Resource,
    RewardRule,
    Series,
    User,
)
from livestream.rules.complaint import ComplaintKind
from livestream.rules.subject_request import Outcome, RequestKind
from livestream.rules.token import digest_of
from orders.actions.alert import raise_alerts
from orders.actions.arrival import Arrival, ShopRef
from orders.actions.export import ask_export
from orders.actions.file import begin_import, import_file, read_file, store_file
from orders.actions.intake import receive
from orders.actions.kiosk import create_kiosk_link
from orders.models import Export
from orders.models.ledger import Cause
from orders.platforms.contract import HintFact
from orders.rules.kiosk import KioskTerm
from tests.campaigns import make_reward
from tests.certificates import give_certificate
from tests.factories import make_arrival, make_order_body, make_user
from tests.goods import make_selection, make_subsidy, make_version
from tests.graduates import make_class
from tests.orders.exports import make_exporter, make_wish
from tests.orders.sheets.exports import make_file, make_row
from tests.school import FIRST_LESSON, make_cohort, make_enrolment, make_lesson, make_trainee
from tests.study import learnt
from tests.training.marks import marked
from tests.walks.audience_pages import watched
from tests.walks.school_pages import school_pages
from training.actions.certificate import revoke
from training.actions.follow_up import plan_follow_ups
from training.actions.spot_check import Draw, draw_sample
from training.models import ClassPack, Trainer


def make_trainer(county: Place, staff: User) -> Trainer:
    """Somebody who teaches, with what he has learnt this year."""
    found = Trainer.objects.create(user=make_user("trainer", county, name="申慧芳"), county=county, organisation="县职业中学")
    found.records.create(
        kind="training", title="省师资班", on=timezone.localdate(), academic_hours=16, place="太原", noted_by=staff
    )
    return found


def make_world(settings, tmp_path):
    """The demo county with orders, a session that is over, files in three states, work that waits."""
    settings.UPLOADS = tmp_path
    now = datetime.now(UTC)
    demo = load_demo(now=now)
    staff = User.objects.get(phone="10014042502")
    live, _gorge, _cliff, planned, over = demo.sessions
    shop = demo.shops[0]
    room = live.rooms.order_by("pk").first().room_id
    skus = list(live.line_up.values_list("product__sku", flat=True))
    bodies = [make_order_body(f"A{n}", at=now, room=room, lines=((1, skus[n % len(skus)], 1, 5980 + n),)) for n in range(40)]
    bodies.append(make_order_body("U1", at=now, room=None))
    bodies.append(make_order_body("O1", at=now, room=room, lines=((1, skus[0], 30_000, 1),)))  # more than there is
    receive([make_arrival(shop, *bodies)], cause=Cause.PUSH, at=now)
    product_id = live.line_up.first().product_id
    for session in (live, over):
        start = session.went_live_at
        Pitch.objects.create(session=session, product_id=product_id, started_at=start, ended_at=start + timedelta(minutes=5))
        Incident.objects.create(session=session, kind="stream_lost", happened_at=start, note="停电", noted_by=staff)
    douyin = next(shop for shop in demo.shops if shop.platform == "douyin")
    receive(
        [Arrival(ShopRef(douyin.pk, douyin.county_id), hints=(HintFact("order", "1"),))],
        cause=Cause.PUSH,
        at=now - timedelta(days=1),
    )
    read, imported, waiting = (
        store_file(douyin, SimpleUploadedFile("订单.csv", data), name="订单.csv", by=staff, at=now)
        for data in (make_file([make_row(1)]), make_file([make_row(2), make_row(3, 商品数量="x")]), make_file([make_row(4)]))
    )
    for file in (read, imported):
        read_file(file.pk)
    begin_import(imported, at=now)
    import_file(imported.pk)
    empty = LiveSession.objects.create(
        county=demo.county, kind="practice", title="练习", host=live.host, place=demo.county,
        planned_start_at=now + timedelta(days=2), planned_end_at=now + timedelta(days=2, hours=1), state="rehearsed",
    )  # fmt: skip
    go_live(empty, at=now - timedelta(minutes=2))
    end_session(empty, at=now - timedelta(minutes=1))
    complaint = say_complaint(over, Said(ComplaintKind.QUALITY, "核桃空了一半", "13800000000"), at=now)
    raise_alerts(now)
    create_kiosk_link(demo.county, name="一楼大厅", term=KioskTerm.MONTH, hides_money=False, by=staff, at=now)
    begin_acting(staff, live.host, reason="手机没电了")
    invited = User.objects.get(phone="10014042514")
    asked, copied = ask(live.host, RequestKind.ERASE), ask(live.host, RequestKind.COPY)
    answer_request(copied, Answer(Outcome.COPIED, "已经可以下载"), by=staff)
    minor = make_user("host", demo.county)
    record_data(minor, PersonalFacts(birth_on=now.date() - timedelta(days=6300)), by=staff)
    exporter = make_exporter(demo.county)
    exports = exports_of(exporter)
    festival = Campaign.objects.get(county=demo.county, follows__isnull=False)
    drawn, published = RewardRule.objects.of(campaign=festival.pk)
    finished, (graduate, _another) = make_class(demo.county, 2)
    plan_follow_ups(demo.county)
    school = learnt(live.host, staff)
    check = draw_sample(Draw("一季度", [finished], "36", 1), county=demo.county, by=staff, at=now)
    ClassPack.objects.create(cohort=finished, purpose="县级验收", asked_by=staff, error="paper")
    return {
        **school_pages(demo.county, live.host),
        "spot check": check.pk, "spot call": (check.pk, check.calls.get().pk),
        "line-up item": (planned.pk, planned.line_up.earliest("position").pk),
        "line-up version": (planned.pk, make_version(planned, staff).pk), "subsidy": make_subsidy(demo.county, staff).pk,
        "finished class": finished.pk, "due call": graduate.follow_ups.get(after_months=6).pk, "graduate": graduate.trainee_id, "graduate field": (graduate.trainee_id, "birth"),
        "school month": "2026-11", "trainer": make_trainer(demo.county, staff).pk,
        "leader": Leader.objects.earliest("pk").pk,
        **stocked(demo.county, staff),
        "asked session": LiveSession.objects.get(request__decision="waiting").pk,
        "approved session": LiveSession.objects.get(kind="relay").pk,
        "festival": festival.pk, "last festival": festival.follows_id, "drawn reward": drawn.pk, "published reward": published.pk,
        "draft reward": make_reward(festival, staff).pk, "task": festival.promotion.exclude(link="").first().pk,
        "agreement": Agreement.objects.get().pk, "promise": Deliverable.objects.first().pk,
        "minors data": minor.pk, "masked field": (live.host.pk, "birth"), "open request": asked.pk,
        "answered request": copied.pk,
        "complaint": complaint.pk,
        "asked with": {"livestream:cue_card": f"?product={planned.line_up.earliest('position').product_id}"},
        "county": demo.county.pk, "quiet county": "130529", "city": "1404", "province": "14", "live": live.pk, "planned": planned.pk, "over": over.pk,
        "empty": empty.pk, "read file": read.pk, "imported file": imported.pk, "waiting file": waiting.pk,
        "host person": live.host.pk, "a series": Series.objects.earliest("pk").pk,
        "studio": Resource.objects.filter(kind="studio").earliest("pk").pk,
        "token": make_link(invited, by=staff, at=now).token,
        **watched(live, staff, now),
        **released(),
        **exports,
        **taught(demo.county, User.objects.get(phone="10014042503")),
        **school,
        **marked(school["learnt cohort"], staff),
        **certified(demo.county, live.host, staff),
        "people": {
            "host": live.host, "staff": staff, "trainer": User.objects.get(phone="10014042503"),
            "province's staff": make_user("staff", Place.objects.get(pk="14")), "admin": make_user("admin", demo.county),
            "exporter": exporter,
        },
    }  # fmt: skip


def stocked(county, staff):
    """A product of the demo with a paper that waits, and on its way through the selection."""
    product = Product.objects.filter(county=county).earliest("pk")
    paper = Paper.objects.create(
        county=county, supplier=product.supplier, product=product, kind="brand", valid_until_on=date(2099, 1, 1), added_by=staff
    )
    case = make_selection(product, staff, why="秋收")
    return {"product": product.pk, "supplier": product.supplier_id, "paper": paper.pk, "selection": case.pk}


def certified(county, host, staff):
    """A class of three: the host of the page and another have certificates, one of them revoked; the third lacks everything."""
    cohort = make_cohort(county)
    first, second, _third = (
        make_enrolment(cohort, make_trainee(county, user=host)),
        make_enrolment(cohort),
        make_enrolment(cohort),
    )
    given, revoked = give_certificate(first, by=staff), give_certificate(second, by=staff)
    revoke(revoked, because="查实代签", by=staff, at=datetime.now(UTC))
    return {
        "certified class": cohort.pk, "certificate": given.pk, "revoked certificate": revoked.pk,
        "certificate number": given.number, "revoked number": revoked.number,
    }  # fmt: skip


def released():
    """The plan as the demo's county told it, and the link of a host who has not answered."""
    waiting = Confirmation.objects.unanswered().latest("due_at")
    Confirmation.objects.filter(pk=waiting.pk).update(digest=digest_of("x" * 43))
    return {"release": waiting.change.release_id, "told": "x" * 43}


def exports_of(exporter):
    """One that waits, one that is being made, one that is ready; their names and keys."""
    facts = {
        "waiting": {},
        "making": {"slot": 1, "rows": 2},
        "ready": {"sha256": "a" * 64, "stored_as": "x", "bytes": 3, "rows": 2},
    }
    found = {}
    for state, more in facts.items():
        now = datetime.now(UTC)
        export = ask_export(make_wish("orders"), by=exporter, at=now)
        Export.objects.filter(pk=export.pk).update(state=state, made_at=now, expires_at=now + timedelta(days=7), **more)
        found[f"{state} export"] = export.pk
    return found


def taught(county, trainer):
    """A class with a lesson that was held and one that is still to be noted down."""
    cohort = make_cohort(county, title="学堂班")
    evening = FIRST_LESSON + timedelta(hours=9)  # her mornings belong to the demo's own class
    held = make_lesson(cohort, starts_at=evening, state="held", held_at=datetime.now(UTC), held_by=trainer, trainer=trainer)
    return {"taught class": cohort.pk, "held lesson": held.pk, "planned lesson": make_lesson(cohort, trainer=trainer).pk}
