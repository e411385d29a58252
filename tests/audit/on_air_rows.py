"""One row of each table about goods and sessions on air that the audit log follows."""

from __future__ import annotations

from datetime import UTC, datetime

from livestream.models import (
    BannedTerm,
    Comment,
    Complaint,
    CueCard,
    GeoIndication,
    ItemLink,
    Packaging,
    PaperRule,
    Poster,
    QuickAnswer,
    ReviewAction,
    Sample,
    Script,
    ScriptTemplate,
    ServiceLine,
    SupplyPromise,
)
from tests.factories import make_product, make_session, make_supplier, make_user
from tests.goods import make_item, make_offer, make_paper, make_selection, make_subsidy

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def session(county):
    return make_session(county, make_user("host", county))


def item(county):
    return make_item(session(county))


def told(county):
    return {"changed_by": make_user("staff", county), "changed_at": NOW}


MAKERS = {
    "livestream.GeoIndication": lambda c: GeoIndication.objects.create(county=c, name="潞党参"),
    "livestream.Packaging": lambda c: Packaging.objects.create(
        product=make_product(c), name="礼盒", from_on=NOW.date(), added_by=make_user("staff", c)
    ),
    "livestream.Paper": lambda c: make_paper(make_product(c)),
    "livestream.PaperRule": lambda c: PaperRule.objects.create(county=c, product_class="craft", any_of="licence"),
    "livestream.SelectionCase": lambda c: make_selection(make_product(c)),
    "livestream.Sample": lambda c: Sample.objects.create(
        case=make_selection(make_product(c)), quantity=2, came_on=NOW.date(), noted_by=make_user("staff", c)
    ),
    "livestream.SubsidyRule": make_subsidy,
    "livestream.Offer": lambda c: make_offer(item(c)),
    "livestream.ItemLink": lambda c: ItemLink.objects.create(item=item(c), platform="douyin", number="1"),
    "livestream.SupplyPromise": lambda c: SupplyPromise.objects.create(
        item=item(c), supplier=make_supplier(c), units=100, promised_on=NOW.date(), noted_by=make_user("staff", c)
    ),
    "livestream.Script": lambda c: Script.objects.create(session=session(c), theme="秋收", **told(c)),
    "livestream.CueCard": lambda c: CueCard.objects.create(session=session(c), product=make_product(c), **told(c)),
    "livestream.ScriptTemplate": lambda c: ScriptTemplate.objects.create(
        county=c, name="村播", body={}, made_by=make_user("staff", c)
    ),
    "livestream.BannedTerm": lambda c: BannedTerm.objects.create(
        county=c, term="神药", why="县里的规定", added_by=make_user("staff", c)
    ),
    "livestream.Poster": lambda c: Poster.objects.create(
        session=session(c), kind="session", headline="秋收", code="abc", made_by=make_user("staff", c), made_at=NOW
    ),
    "livestream.Comment": lambda c: Comment.objects.create(
        session=session(c), kind="question", words="多少钱", said_at=NOW, noted_by=make_user("staff", c)
    ),
    "livestream.QuickAnswer": lambda c: QuickAnswer.objects.create(county=c, title="发货", words="48 小时"),
    "livestream.ReviewAction": lambda c: ReviewAction.objects.create(
        session=session(c),
        what="多备货",
        owner=make_user("host", c),
        due_on=NOW.date(),
        made_by=make_user("staff", c),
        made_at=NOW,
    ),
    "livestream.ServiceLine": lambda c: ServiceLine.objects.create(county=c, phone="0355-8922000"),
    "livestream.Complaint": lambda c: Complaint.objects.create(
        county=c, session=session(c), kind="quality", code="abc", words="坏了两个", said_at=NOW
    ),
}
