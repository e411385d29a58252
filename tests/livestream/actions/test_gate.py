from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from livestream.actions.gate import LISTING, gate_of, gates_of, override_gate
from livestream.actions.refusal import constraint_of, refusing
from livestream.models import AuditEntry, GateOverride, GeoIndication, LineUpItem, Paper, PaperRule
from livestream.models.gate import PAPERS_BEFORE_LISTING, gate
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.gate import OF_ONE_PRODUCT
from livestream.rules.goods import REQUIRED
from tests.factories import make_product, make_session, make_user
from tests.goods import make_goods, make_item, make_paper, make_papers

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
DAY = timedelta(days=1)


@pytest.fixture
def show(county, host):
    return make_session(county, host)


@pytest.fixture
def approver(county):
    return make_user("approver", county)


def refused(item, **how) -> bool:
    """Whether the database keeps the item from being listed by its gate; nothing is left behind."""
    try:
        with transaction.atomic():
            LineUpItem.objects.filter(pk=item.pk).update(state="listed", **how)
            transaction.set_rollback(True)
    except IntegrityError as error:
        return constraint_of(error) == "papers_before_listing"
    return False


def is_open(item) -> bool:
    return gate_of(item.session, on=TODAY())[item.product_id].is_open


def test_an_item_without_papers_is_listed_by_no_path(county, show):
    product = make_product(county, product_class="primary")
    item = make_item(show, product)

    assert gate_of(show, on=TODAY())[product.pk].missing == ("没有承诺达标合格证",)
    assert refused(item)
    item.state = "listed"
    with pytest.raises(IntegrityError), transaction.atomic():
        item.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        make_item(make_session(county), product, state="listed")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE livestream_lineupitem SET state = 'listed' WHERE id = %s", [item.pk])
    with pytest.raises(NotAllowed) as told, refusing(LISTING):
        LineUpItem.objects.filter(pk=item.pk).update(state="listed")
    assert told.value.code == "papers_missing"
    assert LineUpItem.objects.get(pk=item.pk).state == "planned"


def test_what_is_listed_cannot_be_turned_into_something_else_without_papers(county, show):
    item = make_item(show, make_goods(county), state="listed")

    assert refused(item, product=make_product(county, product_class="primary"))
    assert not refused(item, product=make_goods(county))


def test_control_without_the_trigger_the_item_is_listed(county, show):
    item = make_item(show, make_product(county, product_class="food"))
    assert refused(item)

    with connection.cursor() as cursor:
        cursor.execute(PAPERS_BEFORE_LISTING.compile(LineUpItem).uninstall_sql)

    assert not refused(item)


@pytest.mark.parametrize("product_class", ["", *REQUIRED])
def test_the_database_and_the_rule_say_the_same(county, show, product_class):
    """Of every class: each line missing, over since yesterday, through today, waiting, refused, of another product or supplier."""
    staff = make_user("staff", county)
    product = make_product(county, product_class=product_class)
    item = make_item(show, product)
    other = make_product(county, product_class="primary")
    PaperRule.objects.create(county=county, product_class="craft", any_of="brand,supply")
    lines = [*REQUIRED.get(product_class, ()), *([{"supply"}] if product_class == "craft" else [])]
    hows = [
        {"valid_until_on": TODAY()},
        {"valid_until_on": TODAY() - DAY},
        {"valid_until_on": None},
        {"state": "waiting"},
        {"state": "refused"},
        {"product": other},
        {"product": other, "supplier": other.supplier},
    ]
    seen = set()
    for how, line in itertools.product(hows, lines or [set()]):
        Paper.objects.all().delete()
        make_papers(product, by=staff)
        if product_class == "craft":
            make_paper(product, "supply", by=staff)
        Paper.objects.filter(kind__in=line).update(**how)
        assert refused(item) is not is_open(item), (how, line)
        seen.add(is_open(item))

    assert seen == ({False} if product_class == "" else {True, False} if lines else {True})


def test_papers_of_a_supplier_speak_for_all_his_goods_but_those_about_goods_name_one(county, show):
    product = make_product(county, product_class="ticket")
    item = make_item(show, product)
    paper = make_paper(product, "licence")
    Paper.objects.filter(pk=paper.pk).update(product=None)

    assert is_open(item)
    assert not refused(item)
    for kind in sorted(OF_ONE_PRODUCT):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            Paper.objects.filter(pk=paper.pk).update(kind=kind)
        assert constraint_of(caught.value) == "paper_of_goods_names_its_product"


def test_whoever_takes_over_a_product_brings_his_own_papers(county, show):
    product = make_goods(county)
    item = make_item(show, product)
    assert not refused(item)

    product.supplier = make_product(county).supplier
    product.save(update_fields=["supplier"])

    assert refused(item)
    assert not is_open(item)


def test_a_geographical_indication_needs_its_paper_and_its_day(county, show):
    geo = GeoIndication.objects.create(county=county, name="潞党参", valid_until_on=TODAY())
    product = make_goods(county, geo_indication=geo)
    item = make_item(show, product)

    assert refused(item)
    assert gate_of(show, on=TODAY())[product.pk].missing == ("没有地理标志用标授权",)
    make_paper(product, "gi")
    assert not refused(item)
    assert is_open(item)
    GeoIndication.objects.update(valid_until_on=TODAY() - DAY)
    assert refused(item)
    assert not is_open(item)


@pytest.mark.parametrize(("moment", "is_refused"), [("15:59:59.999999", False), ("16:00:00", True)])
def test_a_certificate_of_today_holds_to_the_last_moment_of_the_day_in_shanghai(county, show, moment, is_refused):
    """The trigger's own text with the clock stopped there: 16:00 in UTC is midnight in Shanghai."""
    product = make_product(county, product_class="primary")
    make_papers(product, valid_until_on=date(2026, 11, 22))
    item = make_item(show, product)
    stopped = PAPERS_BEFORE_LISTING.compile(LineUpItem).install_sql.replace(
        "clock_timestamp()", f"'2026-11-22 {moment}+00'::timestamptz"
    )
    assert f"'2026-11-22 {moment}+00'::timestamptz" in stopped
    assert gate() in PAPERS_BEFORE_LISTING.func

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'America/Los_Angeles'")
        cursor.execute(stopped)

    assert refused(item) is is_refused


# --- letting something through --------------------------------------------------------------------------------------------


def test_an_approver_lets_one_product_through_for_one_session_and_says_why(county, show, approver):
    product = make_product(county, product_class="primary")
    item, elsewhere = make_item(show, product), make_item(make_session(county), product)
    at = timezone.now()

    made = override_gate(show, product, reason=" 合格证\0明早送到 ", by=approver, at=at)

    assert (made.missing, made.reason, made.by, made.at) == ("没有承诺达标合格证", "合格证 明早送到", approver, at)
    seen = gate_of(show, on=TODAY())[product.pk]
    assert (seen.is_open, seen.override, seen.missing) == (True, made, ("没有承诺达标合格证",))
    assert not refused(item)
    assert refused(elsewhere)
    entry = AuditEntry.objects.get(deed=Deed.GATE_PASSED)
    assert entry.detail == {"sku": product.sku, "missing": made.missing, "reason": made.reason}
    assert (entry.place, entry.object_id) == (county.pk, str(show.pk))
    assert override_gate(show, product, reason="再点一次", by=approver, at=at) == made
    assert GateOverride.objects.count() == 1


def test_nobody_answers_for_what_is_not_classified(county, show, approver):
    product = make_product(county, product_class="primary")
    item = make_item(show, product)
    override_gate(show, product, reason="急", by=approver, at=timezone.now())
    product.product_class = ""
    product.save(update_fields=["product_class"])

    assert refused(item)
    seen = gate_of(show, on=TODAY())[product.pk]
    assert (seen.is_open, seen.can_be_passed) == (False, False)


@pytest.mark.parametrize(
    ("role", "product_class", "reason", "code"),
    [
        ("staff", "primary", "急", "pass_not_yours"),
        ("approver", "primary", " \u202e ", "pass_reason"),
        ("approver", "", "急", "unclassified"),
        ("approver", "craft", "急", "nothing_missing"),
    ],
)
def test_an_override_is_refused(county, show, role, product_class, reason, code):
    product = make_product(county, product_class=product_class)
    make_item(show, product)

    with pytest.raises(NotAllowed) as told:
        override_gate(show, product, reason=reason, by=make_user(role, county), at=timezone.now())

    assert told.value.code == code
    assert not GateOverride.objects.exists()


def test_an_approver_of_another_county_and_goods_not_on_the_line_up_are_refused(county, other_county, show, approver):
    product = make_product(county, product_class="primary")
    for by, code in ((approver, "not_in_line_up"), (make_user("approver", other_county), "pass_not_yours")):
        with pytest.raises(NotAllowed) as told:
            override_gate(show, product, reason="急", by=by, at=timezone.now())
        assert told.value.code == code


def test_papers_are_asked_for_as_of_the_day_of_the_session(county, host, approver):
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    show = make_session(county, host, planned_start_at=at + DAY)
    product = make_product(county, product_class="primary")
    make_papers(product, valid_until_on=date(2026, 11, 22))
    make_item(show, product)

    made = override_gate(show, product, reason="新证明天到", by=approver, at=at)

    assert made.missing == "承诺达标合格证已在2026年11月22日到期"


def test_a_line_up_is_judged_in_a_few_questions(county, show, django_assert_num_queries):
    products = [make_goods(county) for _ in range(6)]
    for product in products:
        make_item(show, product)

    with django_assert_num_queries(5):
        assert all(gate.is_open for gate in gate_of(show, on=TODAY()).values())
    assert set(gates_of(show, products, on=TODAY())) == {product.pk for product in products}
