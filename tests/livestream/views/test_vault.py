"""The doors to persons' data: the colleague, the stranger, the trainer; and the person himself on the phone."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from livestream.actions.consent import record_consents_at_joining
from livestream.actions.occasion import Occasion
from livestream.actions.occasion import on as on_occasion
from livestream.actions.subject_request import Answer, answer_request, ask
from livestream.actions.vault import PersonalFacts, record_data
from livestream.models import AuditEntry, Consent, LiveSession, PersonalData, SubjectRequest, User
from livestream.rules.subject_request import Outcome, RequestKind
from livestream.views import my_data
from tests.factories import make_session, make_user
from tests.sign_in import signed_in

TODAY = timezone.localdate()
BIRTH, SECOND = "1990-01-02", "13812345678"
ODD = "\0\u202e<img src=x onerror=alert(1)>{{7*7}}=1+1"


@pytest.fixture
def known(host, staff):
    """A host of whom something is on record."""
    record_data(host, PersonalFacts(birth_on=date(1990, 1, 2), second_phone=SECOND), by=staff)
    return host


@pytest.fixture
def desk(staff):
    return signed_in(staff)


@pytest.fixture
def phone(host):
    return signed_in(host)


def banners(answer):
    return re.findall(r'class="(?:banner bad|error)"[^>]*>([^<]+)<', answer.content.decode())


def reveals():
    return AuditEntry.objects.filter(deed="revealed").count()


# --- masked and revealed ------------------------------------------------------------------------------------------------


def test_page_shows_masks_and_nothing_behind_them(desk, known):
    answer = desk.get(f"/people/{known.pk}/data/")

    page = answer.content.decode()
    assert [row.shown for row in answer.context["rows"]] == [
        f"100****{known.phone[-4:]}",
        "1990-**-**",
        "138****5678",
        "",
        "",
        "",
    ]
    assert [word for word in (BIRTH, SECOND, known.phone) if word in page] == []
    assert "no-store" in answer["Cache-Control"]
    assert reveals() == 0


def test_reveal_asks_shows_once_and_is_never_stored(desk, known):
    address = f"/people/{known.pk}/data/reveal/second_phone/"
    assert SECOND not in desk.get(address).content.decode()

    shown = desk.post(address, {"reason": "contact", "words": ODD})

    assert shown.status_code == 200
    assert SECOND in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert SECOND not in desk.get(address).content.decode()
    entry = AuditEntry.objects.get(deed="revealed")
    assert entry.detail == {"field": "second_phone", "reason": "contact", "words": "<img src=x onerror=alert(1)>{{7*7}}=1+1"}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "请选一个原因。"),
        ({"reason": "curious"}, "请从列表里选一个原因。"),
        ({"reason": "other"}, "请写明为什么要看。"),
        ({"reason": "contact", "words": "长" * 201}, "最多 200 个字，现在是 201 个。"),
    ],
)
def test_reveal_without_a_reason_shows_nothing(desk, known, data, sentence):
    answer = desk.post(f"/people/{known.pk}/data/reveal/second_phone/", data)

    assert (answer.status_code, banners(answer), reveals()) == (422, [sentence], 0)
    assert SECOND not in answer.content.decode()


def test_reveal_of_too_much_says_how_much(desk, known, settings):
    settings.REVEALS_PER_HOUR = 1
    address, data = f"/people/{known.pk}/data/reveal/phone/", {"reason": "contact"}
    assert desk.post(address, data).status_code == 200

    answer = desk.post(address, data)

    assert (answer.status_code, banners(answer)) == (422, ["一小时内最多看 1 项，您已经看满了。请过一会儿再看。"])


PAGES = ["data/", "data/edit/", "data/reveal/phone/"]
VERBS = ["data/edit/", "data/age/", "data/consent/", "data/reveal/phone/"]


def test_another_county_finds_nobody_here(known, stranger):
    client = signed_in(stranger)

    assert {client.get(f"/people/{known.pk}/{page}").status_code for page in PAGES} == {404}
    assert {client.post(f"/people/{known.pk}/{page}", {"reason": "contact", "kind": "portrait", "given": "no"}).status_code for page in VERBS} == {404}  # fmt: skip
    assert {client.get(f"/people/{pk}/data/").status_code for pk in (0, 10**30)} == {404}


def test_a_trainer_sees_masks_and_lifts_none(known, trainer):
    client = signed_in(trainer)

    page = client.get(f"/people/{known.pk}/data/")
    assert page.status_code == 200
    assert re.findall(r'href="(/people/\d+/data/[^"]+)"', page.content.decode()) == []
    assert {client.get(f"/people/{known.pk}/{page}").status_code for page in PAGES[1:]} == {403}
    assert {client.post(f"/people/{known.pk}/{page}").status_code for page in VERBS} == {403}
    assert client.get("/people/ages/").status_code == client.get("/requests/").status_code == 403


def test_a_host_opens_nobodys_page_not_even_his_own(known, phone):
    assert {phone.get(f"/people/{known.pk}/{page}").status_code for page in PAGES} == {403}


def test_no_such_field_is_no_page(desk, known):
    assert {desk.get(f"/people/{known.pk}/data/reveal/{field}/").status_code for field in ("sealed", "password", "x")} == {404}


def test_auditors_read_who_looked(county, known, desk):
    desk.post(f"/people/{known.pk}/data/reveal/phone/", {"reason": "identity"})
    auditor = signed_in(make_user("auditor", county))

    log = auditor.get(f"/people/{known.pk}/data/").context["log"]

    assert [(field, reason) for _entry, field, reason in log] == [("登录手机号", "核对身份")]
    assert desk.get(f"/people/{known.pk}/data/").context["log"] == []


def test_opening_the_data_of_a_minor_is_written_down_each_time(desk, host, staff, county):
    record_data(host, PersonalFacts(birth_on=TODAY - timedelta(days=17 * 365 + 20)), by=staff)

    for _ in range(2):
        assert "未成年人：每次打开这一页都会记入审计。" in desk.get(f"/people/{host.pk}/data/").content.decode()

    seen = AuditEntry.objects.filter(deed="saw_minor", object_id=str(host.pk), actor=staff, place=county.pk)
    assert [entry.detail for entry in seen] == [{"standing": "no_guardian"}] * 2


# --- written down -------------------------------------------------------------------------------------------------------


def test_edit_writes_what_was_typed(desk, host):
    answer = desk.post(f"/people/{host.pk}/data/edit/", {"identity": "11010519491231002x", "guardian_name": ODD})

    data = PersonalData.objects.get(pk=host.pk)
    assert (answer.status_code, answer["Location"]) == (302, f"/people/{host.pk}/data/")
    assert (data.birth, data.guardian_name) == ("1949-12-31", "<img src=x onerror=alert(1)>{{7*7}}=1+1")
    assert "<img src=x" not in desk.get(f"/people/{host.pk}/data/").content.decode()


@pytest.mark.parametrize(
    ("data", "sentences"),
    [
        ({}, ["还没有登记：请看标红的地方。", "什么也没有填：请至少填一项。"]),
        ({"birth_on": "2101-01-01"}, ["还没有登记：请看标红的地方。", "这个出生日期不对，请对着身份证再看一遍。"]),
        ({"birth_on": "1850-01-01"}, ["还没有登记：请看标红的地方。", "这个出生日期不对，请对着身份证再看一遍。"]),
        ({"birth_on": "yesterday"}, ["还没有登记：请看标红的地方。", "请按 2001-05-20 这样填日期。"]),
        ({"identity": "1"}, ["还没有登记：请看标红的地方。", "这不是正确的 18 位身份证号，请对着身份证再看一遍。"]),
        ({"identity": "11010519491231002X", "birth_on": "1950-01-01"}, ["还没有登记：请看标红的地方。", "出生日期和身份证号里的不一样，请再看一遍。"]),
        ({"second_phone": "\0\u202e=1+1"}, ["还没有登记：请看标红的地方。", "请填 11 位手机号，或带区号的座机，例如 0355-8922000。"]),
        ({"guardian_on": "2101-01-01"}, ["还没有登记：请看标红的地方。", "同意日期不能在今天以后。"]),
        ({"guardian_on": "2026-01-01"}, ["还没有登记：请看标红的地方。", "请写监护人的同意书放在哪里，例如“电商中心 2 号柜”。"]),
        ({"guardian_name": "长" * 41}, ["还没有登记：请看标红的地方。", "最多 40 个字，现在是 41 个。"]),
    ],
)  # fmt: skip
def test_edit_says_what_is_wrong_and_keeps_the_rest(desk, host, data, sentences):
    before = PersonalData.objects.get(pk=host.pk).updated_at

    answer = desk.post(f"/people/{host.pk}/data/edit/", data)

    assert (answer.status_code, banners(answer)) == (422, sentences)
    assert PersonalData.objects.get(pk=host.pk).updated_at == before


def test_ages_lists_whom_somebody_must_look_at(desk, county, other_county, host):
    unknown = make_user("host", county, is_checked=False, name="未核")
    late = make_user("host", county, name="过期")
    PersonalData.objects.filter(pk=late.pk).update(checked_on=TODAY - timedelta(days=366))
    make_user("host", other_county, is_checked=False)

    due = desk.get("/people/ages/").context["due"]

    assert [(person, standing, is_off_air) for person, standing, is_off_air, _on in due] == [
        (unknown, "unverified", True),
        (late, "adult", False),
    ]
    desk.post(f"/people/{late.pk}/data/age/")
    assert [person for person, *_ in desk.get("/people/ages/").context["due"]] == [unknown]


@pytest.mark.parametrize("people", [1, 3])
def test_ages_asks_the_same_however_many(desk, county, people, django_assert_num_queries):
    for _ in range(people):
        make_user("host", county, is_checked=False)

    with django_assert_num_queries(7):
        desk.get("/people/ages/")


def test_paper_consent_is_written_down_by_staff(desk, host, staff):
    assert desk.post(f"/people/{host.pk}/data/consent/", {"kind": "portrait", "given": "yes"}).status_code == 302
    assert desk.post(f"/people/{host.pk}/data/consent/", {"kind": "soul", "given": "yes"}).status_code == 400

    assert list(Consent.objects.values_list("user", "kind", "is_given", "way", "noted_by")) == [
        (host.pk, "portrait", True, "paper", staff.pk)
    ]


# --- on the phone -------------------------------------------------------------------------------------------------------


def test_my_data_shows_the_owner_everything_of_his_own(phone, known):
    page = phone.get("/me/data/")

    assert [plain for _secret, plain in page.context["rows"]] == [known.phone, BIRTH, SECOND]
    assert "no-store" in page["Cache-Control"]
    assert reveals() == 0


def test_a_switch_is_one_tap_and_takes_the_name_off(phone, host):
    record_consents_at_joining(host)

    assert phone.post("/me/data/consent/", {"kind": "publish_name", "given": "no"}).status_code == 302

    assert [switch.is_given for switch in phone.get("/me/data/").context["switches"]] == [False, True, True, True]
    assert User.objects.get(pk=host.pk).shows_name is False
    assert phone.post("/me/data/consent/", {"kind": "publish_name", "given": "maybe"}).status_code == 400


def test_a_helper_does_none_of_this_for_a_host(host, rf):
    for view, kwargs in ((my_data.my_data, {}), (my_data.my_copy, {"form": "json"})):
        request = rf.get("/")
        request.user = host
        with on_occasion(Occasion(actor=1, acted_for=host.pk)), pytest.raises(my_data.PermissionDenied):
            view(request, **kwargs)


def test_a_request_goes_from_the_phone_to_the_desk_and_back(phone, desk, known):
    assert phone.post("/me/data/request/", {"kind": "copy", "wish": ODD}).status_code == 302
    again = phone.post("/me/data/request/", {"kind": "copy"})
    assert (again.status_code, banners(again)) == (422, [f"您已经提过这个请求，{TODAY + timedelta(days=15)} 以前会答复。"])
    assert phone.get("/me/data/copy.json").status_code == 404
    (asked,) = desk.get("/requests/").context["waiting"]

    assert desk.post(f"/requests/{asked.pk}/", {"outcome": "copied"}).status_code == 302

    assert list(desk.get("/requests/").context["waiting"]) == []
    answer = phone.get("/me/data/copy.json")
    assert (answer["Content-Disposition"], "no-store" in answer["Cache-Control"]) == ('attachment; filename="my-data.json"', True)
    assert json.loads(answer.content)["个人信息"][0] == {"项目": "出生日期", "内容": BIRTH}
    assert [title for title, _columns, _rows in phone.get("/me/data/copy.html").context["tables"]] == list(
        json.loads(answer.content)
    )


def test_a_wish_that_is_missing_keeps_the_form_open(phone):
    answer = phone.post("/me/data/request/", {"kind": "correct", "wish": "\u200b \0"})

    assert (answer.status_code, banners(answer)) == (422, ["请写一句要改什么、改成什么。"])
    assert "<details open>" in answer.content.decode()
    assert phone.post("/me/data/request/", {"kind": "correct", "wish": "长" * 501}).status_code == 422
    assert SubjectRequest.objects.count() == 0


def test_withdrawing_is_for_its_person(phone, desk, host):
    asked = ask(host, RequestKind.RESTRICT)

    assert desk.post(f"/me/data/request/{asked.pk}/withdraw/").status_code == 404
    assert phone.post(f"/me/data/request/{asked.pk}/withdraw/").status_code == 302
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


# --- requests on the desk -----------------------------------------------------------------------------------------------


def test_requests_of_another_county_are_not_there(host, stranger):
    asked, client = ask(host, RequestKind.ERASE), signed_in(stranger)

    assert list(client.get("/requests/").context["waiting"]) == []
    assert client.get(f"/requests/{asked.pk}/").status_code == 404
    assert {client.post(f"/requests/{asked.pk}/{verb}").status_code for verb in ("", "erase/", "restore/")} == {404}
    assert User.objects.get(pk=host.pk).name == host.name


def test_a_restricted_person_is_nowhere_until_restored(desk, known, staff):
    name, until = known.name, TODAY + timedelta(days=30)
    asked = ask(known, RequestKind.RESTRICT, wish=f"{name}说先别用")

    assert desk.post(f"/requests/{asked.pk}/", {"outcome": "restricted", "until": f"{until}"}).status_code == 302

    pages = [f"/requests/{asked.pk}/", "/requests/", f"/people/{known.pk}/data/", "/people/ages/"]
    shown = "".join(desk.get(page).content.decode() for page in pages)
    assert [word for word in (name, known.phone, SECOND, "1990", "138****") if word in shown] == []
    assert desk.post(f"/people/{known.pk}/data/reveal/birth/", {"reason": "contact"}).status_code == 422
    assert desk.post(f"/requests/{asked.pk}/erase/").status_code == 302  # too early: says so, does nothing
    assert PersonalData.objects.get(pk=known.pk).is_restricted

    desk.post(f"/requests/{asked.pk}/restore/")
    assert User.objects.get(pk=known.pk).name == name


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "请选一个答复。"),
        ({"outcome": "corrected"}, "这个请求不能这样答复，请从列表里选。"),
        ({"outcome": "restricted"}, "请填限制到哪一天，要在今天以后。"),
        ({"outcome": "restricted", "until": "soon"}, "请按 2001-05-20 这样填日期。"),
        ({"outcome": "refused", "words": " "}, "请写一句给本人的说明。"),
    ],
)
def test_an_answer_that_cannot_be_says_why(desk, host, data, sentence):
    asked = ask(host, RequestKind.ERASE)

    answer = desk.post(f"/requests/{asked.pk}/", data)

    assert (answer.status_code, banners(answer)) == (422, [sentence])
    asked.refresh_from_db()
    assert asked.state == "open"


@pytest.mark.parametrize("rows", [1, 3])
def test_requests_ask_the_same_however_many(desk, county, staff, rows, django_assert_num_queries):
    for _ in range(rows):
        ask(make_user("host", county), RequestKind.COPY)
        answer_request(ask(make_user("host", county), RequestKind.COPY), Answer(Outcome.COPIED), by=staff)

    with django_assert_num_queries(9):
        desk.get("/requests/")


# --- going live ---------------------------------------------------------------------------------------------------------


def test_the_phone_says_why_there_is_no_button(phone, county, host, now):
    PersonalData.objects.filter(pk=host.pk).delete()
    session = make_session(county, host, planned_start_at=now + timedelta(hours=1))
    LiveSession.objects.filter(pk=session.pk).update(state="approved")
    sentence = "还没有核验这位主播的年龄。请带身份证到县电商中心核验，登记以后就能开播。"

    assert sentence in phone.get("/my/").content.decode()
    refused = phone.post(f"/my/{session.pk}/event/", {"event": "go_live"}, follow=True)
    assert banners(refused)[0] == sentence or sentence in refused.content.decode()
    session.refresh_from_db()
    assert session.state == "approved"
