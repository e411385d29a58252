"""The pages of exports, as each kind of person meets them."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from livestream.models import AuditEntry
from orders.actions import stored_file
from orders.actions.export import approve_export, ask_export
from orders.actions.intake import receive
from orders.models import Export
from orders.models.ledger import Cause
from tests.factories import make_arrival, make_order_body, make_place, make_user
from tests.orders.exports import make_approver, make_exporter, make_wish
from tests.sign_in import signed_in

AT = datetime.now(UTC)


@pytest.fixture(autouse=True)
def few(settings, tmp_path):
    settings.UPLOADS, settings.EXPORT_ROWS_WITHOUT_APPROVAL = tmp_path, 3


@pytest.fixture
def exporter(county):
    return make_exporter(county)


def filled(**changed):
    today = timezone.localdate().isoformat()
    said = {
        "key": str(uuid.uuid4()), "kind": "orders", "place": "140425", "from_on": today, "until_on": today, "format": "xlsx",
        "purpose": "report", "purpose_words": "上报十一月", "receiver": "市商务局 王科长",
    }  # fmt: skip
    return {name: value for name, value in (said | changed).items() if value is not ...}


def ask(by, **kwargs) -> Export:
    return ask_export(make_wish("orders", **kwargs), by=by, at=AT)


def ready(export, data=b"abc"):
    name = stored_file.keep_pieces([data])
    (stored_file.folder() / name).rename(stored_file.folder("exports") / name)
    facts = {"state": "ready", "stored_as": name, "sha256": "a" * 64, "rows": 1, "bytes": len(data)}
    Export.objects.filter(pk=export.pk).update(expires_at=AT + timedelta(days=7), **facts)
    return Export.objects.get(pk=export.pk)


def sell(shop, n):
    receive([make_arrival(shop, *[make_order_body(f"T{k}", at=AT) for k in range(n)])], cause=Cause.PUSH, at=AT)


@pytest.mark.parametrize(
    ("role", "statuses"),
    [("exporter", (200, 200)), ("approver", (200, 403)), ("auditor", (200, 200)), ("admin", (200, 200)), ("staff", (403, 403)),
     ("trainer", (403, 403)), ("host", (403, 403))],
)  # fmt: skip
def test_who_comes_in(county, role, statuses):
    client = signed_in(make_user(role, county))

    assert (client.get("/exports/").status_code, client.get("/exports/new/").status_code) == statuses
    assert ('href="/exports/"' in client.get("/exports/").content.decode()) == (statuses[0] == 200)


@pytest.mark.parametrize("role", ["exporter", "auditor"])
def test_whoever_takes_something_out_shows_a_second_factor_first(county, role):
    user = make_user(role, county)
    client = Client()
    client.force_login(user)
    export = ready(ask_export(make_wish("audit" if role == "auditor" else "orders"), by=user, at=AT))

    assert client.get("/exports/new/").headers["Location"].startswith("/login/second/")
    assert client.post(f"/exports/{export.pk}/download/").headers["Location"].startswith("/login/second/")
    assert Export.objects.get().downloads == 0


def test_nobody_signed_in_goes_to_the_login(client):
    assert client.get("/exports/").headers["Location"] == "/login/?next=/exports/"


def test_an_empty_list_says_how_to_begin(county, exporter):
    assert "还没有导出过" in (page := signed_in(exporter).get("/exports/").content.decode())
    assert 'href="/exports/new/"' in page
    assert "会在这里等您批准" in signed_in(make_approver(county)).get("/exports/").content.decode()


def test_how_many_rows_is_said_before_anything_is_asked_for(session, shop, exporter):
    sell(shop, 4)

    answer = signed_in(exporter).post("/exports/new/", filled(look="1"))

    page = answer.content.decode()
    assert (answer.status_code, "大约 4 行。" in page, "送去批准" in page) == (200, True, True)
    assert 'value="市商务局 王科长"' in page
    assert Export.objects.count() == 0


def test_asking_twice_with_one_form_is_one_export(session, shop, exporter):
    client, said = signed_in(exporter), filled(ask="1")

    answers = [client.post("/exports/new/", said) for _ in range(2)]

    export = Export.objects.get()
    assert [answer.headers["Location"] for answer in answers] == [f"/exports/{export.pk}/"] * 2
    assert (export.receiver, export.purpose_words, export.state, export.language) == (
        "市商务局 王科长",
        "上报十一月",
        "queued",
        "zh-hans",
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"receiver": ...}, "请写交给哪个单位、哪个人。"),
        ({"receiver": "\u200b\u202e"}, "请写“交给谁”。"),
        ({"purpose_words": "长" * 201}, "最多 200 个字，请写短一点。"),
        ({"purpose_words": "x" * 2_000_000}, "最多 200 个字，请写短一点。"),
        ({"purpose": ""}, "请从列表里选一样。"),
        ({"kind": "buyers"}, "请从列表里选一样。"),
        ({"kind": "people"}, "请从列表里选一样。"),
        ({"place": "130529"}, "请从列表里选一样。"),
        ({"from_on": "昨天"}, "请选日期，例如 2026-11-01。"),
        ({"from_on": "0001-01-01"}, "日期要在"),
        ({"until_on": "9999-12-31"}, "日期要在"),
        ({"until_on": "2020-01-01"}, "结束的日期在开始的前面"),
        ({"format": "pdf"}, "请从列表里选一样。"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_stays(county, other_county, exporter, changed, sentence):
    answer = signed_in(exporter).post("/exports/new/", filled(ask="1", **changed))

    page = answer.content.decode()
    assert (answer.status_code, Export.objects.count()) == (422, 0)
    assert sentence in page
    if "purpose_words" not in changed:
        assert 'value="上报十一月"' in page


@pytest.mark.parametrize("changed", [{"receiver": "a\x00b"}, {"key": "1"}, {"key": ...}, {"from_on": "2026-99-99"}])
def test_broken_input_is_never_an_error_of_ours(county, exporter, changed):
    assert signed_in(exporter).post("/exports/new/", filled(ask="1", **changed)).status_code == 422


def test_names_are_shown_as_text(county, exporter):
    evil = "<script>alert(1)</script>{{7*7}}"
    client = signed_in(exporter)
    client.post("/exports/new/", filled(ask="1", receiver=evil))

    for address in ("/exports/", f"/exports/{Export.objects.get().pk}/"):
        page = client.get(address).content.decode()
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page
        assert "<script>alert" not in page


def test_an_approver_decides_on_the_page(session, shop, exporter):
    sell(shop, 4)
    approver = make_approver(session.county)
    first, second = ask(exporter), ask(exporter)
    client = signed_in(approver)
    page = client.get("/exports/").content.decode()
    assert page.count(f"/exports/{first.pk}/") == 1
    assert "等您批准" in page

    client.post(f"/exports/{first.pk}/decide/", {"decision": "approve", "words": "同意", "rows": "4"})
    unsaid = client.post(f"/exports/{second.pk}/decide/", {"decision": "reject", "words": "", "rows": "4"})
    client.post(f"/exports/{second.pk}/decide/", {"decision": "reject", "words": "太多了", "rows": "4"})

    assert (unsaid.status_code, "请写“审批意见”。" in unsaid.content.decode()) == (422, True)
    assert {e.pk: e.state for e in Export.objects.all()} == {first.pk: "queued", second.pk: "rejected"}
    assert "太多了" in signed_in(exporter).get(f"/exports/{second.pk}/").content.decode()


@pytest.mark.parametrize("rows", ["3", "", "x"])
def test_an_approval_of_other_rows_than_there_are_is_refused(session, shop, exporter, rows):
    sell(shop, 4)
    export = ask(exporter)

    answer = signed_in(make_approver(session.county)).post(f"/exports/{export.pk}/decide/", {"decision": "approve", "rows": rows})

    assert (answer.status_code, Export.objects.get().state) == (422, "waiting")


def test_an_asker_sees_no_button_to_approve(session, shop):
    sell(shop, 4)
    admin = make_user("admin", session.county)
    export = ask(admin)
    client = signed_in(admin)

    assert "decide/" not in client.get(f"/exports/{export.pk}/").content.decode()
    assert client.post(f"/exports/{export.pk}/decide/", {"decision": "approve", "rows": "4"}).status_code == 422
    assert Export.objects.get().state == "waiting"


@pytest.mark.parametrize("who", ["colleague", "approver elsewhere", "auditor elsewhere", "staff here"])
@pytest.mark.parametrize("verb", ["", "decide/", "withdraw/", "download/"])
def test_what_is_not_ones_own_is_not_there(county, other_county, exporter, who, verb):
    export = ready(ask(exporter))
    role = {"colleague": "exporter"}.get(who, who.split()[0])
    client = signed_in(make_user(role, other_county if who.endswith("elsewhere") else county))
    address = f"/exports/{export.pk}/{verb}"

    answer = client.post(address, {"decision": "approve"}) if verb else client.get(address)

    assert answer.status_code == (403 if verb == "decide/" and role != "approver" else 404)


def test_a_download_is_a_file_that_nobody_caches_or_guesses(county, exporter):
    export = ready(ask(exporter, form="xlsx"), b"a" * 3_000)
    client = signed_in(exporter)
    assert client.get(f"/exports/{export.pk}/download/").status_code == 405

    answer = client.post(f"/exports/{export.pk}/download/")

    assert b"".join(answer.streaming_content) == b"a" * 3_000
    assert {name: answer.headers[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options", "Content-Length")} == {
        "Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "Content-Disposition": f"attachment; filename*=utf-8''%E8%AE%A2%E5%8D%95-%E5%B9%B3%E9%A1%BA%E5%8E%BF-{export.number}.xlsx",
        "X-Content-Type-Options": "nosniff",
        "Content-Length": "3000",
    }  # fmt: skip
    assert "no-store" in answer.headers["Cache-Control"]
    assert AuditEntry.objects.filter(deed="exported", actor=exporter).count() == 1


def test_a_file_that_is_gone_is_said_kindly(county, exporter):
    export = ready(ask(exporter))
    Export.objects.update(expires_at=AT - timedelta(seconds=1))

    answer = signed_in(exporter).post(f"/exports/{export.pk}/download/", follow=True)

    assert "文件已经过了保存期，被删除了。还要用，请再申请一次。" in answer.content.decode()


def test_an_auditor_and_an_approver_see_but_do_not_fetch(county, exporter):
    export = ready(ask(exporter))

    for role in ("auditor", "approver"):
        client = signed_in(make_user(role, county))
        page = client.get(f"/exports/{export.pk}/").content.decode()
        assert (export.number in page, "download/" in page) == (True, False)
        assert client.post(f"/exports/{export.pk}/download/").status_code == 404
    assert Export.objects.get().downloads == 0


def test_progress_is_polled_and_ends_by_itself(county, exporter):
    export = ask(exporter)
    client = signed_in(exporter)
    Export.objects.update(state="making", slot=1, rows=2)

    fragment = client.get(f"/exports/{export.pk}/?state=making", headers={"HX-Request": "true"})
    changed = client.get(f"/exports/{export.pk}/?state=queued", headers={"HX-Request": "true"})

    assert ("已写 2 行" in fragment.content.decode(), "<html" in fragment.content.decode()) == (True, False)
    assert changed.headers["HX-Refresh"] == "true"


def test_a_province_offers_its_selling_counties(county, shop):
    make_place("140426", "黎城县")
    page = signed_in(make_exporter(make_place("14", "山西省"))).get("/exports/new/").content.decode()

    assert ["山西省（14）" in page, "平顺县（140425）" in page, "黎城县" in page] == [True, True, False]


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999", "２"])
def test_the_list_has_pages(county, exporter, page):
    for _ in range(21):
        ask(exporter)
    client = signed_in(exporter)

    assert client.get(f"/exports/?page={page}").status_code == 200
    assert client.get("/exports/?page=2").content.decode().count('class="tap"') == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_much_for_three_as_for_one(county, exporter, rows, django_assert_num_queries):
    for _ in range(rows):
        ask(exporter)
    client = signed_in(exporter)
    client.get("/exports/")

    with django_assert_num_queries(7):
        client.get("/exports/")


def test_approving_over_the_page_is_not_done_by_a_link(session, shop, exporter):
    sell(shop, 4)
    export = ask(exporter)
    approve_export(export, words="", by=make_approver(session.county), at=AT)
    client = signed_in(exporter)

    assert [client.get(f"/exports/{export.pk}/{verb}/").status_code for verb in ("withdraw", "download")] == [405, 405]
