"""The pages of the people who learn."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from livestream.models import AuditEntry, Place
from tests.factories import make_place, make_user
from tests.school import make_cohort, make_enrolment, make_trainee
from tests.sign_in import enter
from training.models import DifferentPeople, Enrolment, Trainee

pytestmark = pytest.mark.django_db
TYPED = {"name": "张三", "phone": "13800000001", "place": "东寺头村", "category": "farmer"}


@pytest.fixture
def desk(client, trainer):
    client.force_login(trainer)
    return client


@pytest.fixture
def villages(county):
    for code, name in (("140425101", "东寺头乡"), ("140425100", "青羊镇"), ("140425101201", "东寺头村委会"), ("140425101202", "西沟村"), ("140425100201", "西沟村")):  # fmt: skip
        make_place(code, name)


def text(answer):
    return answer.content.decode()


def test_list_narrows_by_name_phone_end_category_sex_township_and_returnee(desk, county, villages):
    here = make_place("140425101201", "东寺头村委会")
    zhang = make_trainee(county, here, name="张三", phone="13800000001", is_returnee=True, birth_year=1968)
    li = make_trainee(county, name="李四", phone="13800000002", sex="male", category="cadre")
    make_trainee(county, name="张三", phone="13800000003", merged_into=zhang)

    def found(query):
        return [trainee.name for trainee in desk.get(f"/school/people/?{query}").context["page"]]

    assert found("") == ["张三", "李四"]
    assert found("q=张") == found("q=0001") == found("q=13800000001") == ["张三"]
    assert found("sex=male") == found("category=cadre") == [li.name]
    assert found("place=140425101") == found("is_returnee=on") == ["张三"]
    assert found("q=%00%E2%80%AE&sex=nothing&page=99999&place=1") == ["张三", "李四"]
    page = text(desk.get("/school/people/"))
    assert ("138****0001" in page, "13800000001" in page, "50–59 岁" in page) == (True, False, True)


@pytest.mark.parametrize("people", [1, 9])
def test_list_costs_the_same_whatever_its_length(desk, county, people, django_assert_num_queries):
    for _ in range(people):
        make_enrolment(trainee=make_trainee(county))

    with django_assert_num_queries(7):  # session, user, posts; townships, number, page; unread
        desk.get("/school/people/")


def test_new_trainee_is_written_down_once(desk, county, villages):
    assert desk.get("/school/people/new/").status_code == 200
    for _ in range(2):
        answer = desk.post("/school/people/new/", TYPED | {"birth": "1985年3月5日", "support": "lifted", "has_consented": "on"})
        trainee = Trainee.objects.get()
        assert answer.headers["Location"] == f"/school/people/{trainee.pk}/"
    assert (trainee.place_id, trainee.birth, trainee.support) == ("140425101201", "1985-03-05", "lifted")
    page = text(desk.get(f"/school/people/{trainee.pk}/"))
    assert "早就登记过" in page
    assert not {"13800000001", "1985-03-05", "脱贫"} & set(page.split())


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "请填写"), ({"name": "123"}, "只写名字"), ({"phone": "1"}, "11 位"), ({"place": "没有村"}, "县里没有这个名字"),
        ({"place": "西沟村"}, "不止一个地方"), ({"birth": "农历八月十五"}, "像农历"), ({"birth": "2015-01-01"}, "未满 16"),
        ({"birth": "2009-01-01"}, "监护人"), ({"birth": "140425198503050024"}, "18 位身份证号"), ({"sex": "x"}, ""),
        ({"name": "\x00" * 9}, ""), ({"birth": "1" * 10_000}, "最多写"),
    ],
)  # fmt: skip
def test_what_was_typed_stays_beside_what_is_wrong_with_it(desk, county, villages, typed, said):
    answer = desk.post("/school/people/new/", TYPED | typed)

    assert (answer.status_code, Trainee.objects.count()) == (422, 0)
    assert said in text(answer)
    assert 'value="13800000001"' in text(answer) or "phone" in typed


def test_village_of_two_is_chosen_in_the_next_step(desk, villages):
    desk.post("/school/people/new/", TYPED | {"place": "西沟村", "place_code": "140425100201"})

    assert Trainee.objects.get().place_id == "140425100201"


def test_edit_shows_nothing_masked_and_keeps_it(desk, county, villages):
    trainee = make_trainee(county, phone="13800000009", birth="1985-03-05", name="张三")
    address = f"/school/people/{trainee.pk}/edit/"
    page = text(desk.get(address))
    assert (
        "138****0009" in page,
        "13800000009" in page,
        "1985" in page.replace("1985-03-05；", "").replace("1985年3月。", ""),
    ) == (
        True,
        False,
        False,
    )

    desk.post(address, TYPED | {"name": "张珊", "phone": ""})

    row = Trainee.objects.get()
    assert (row.name, row.phone, row.birth, row.place_id) == ("张珊", "13800000009", "1985-03-05", "140425101201")


def test_consent_is_noted_and_taken_back(desk, county):
    trainee = make_trainee(county)
    for given, is_given in (("yes", True), ("no", False)):
        desk.post(f"/school/people/{trainee.pk}/consent/", {"given": given})
        trainee.refresh_from_db()
        assert (trainee.consented_at is not None) == is_given


def test_township_reads_of_the_county_s_class_and_is_not_led_to_it(client, county, villages):
    """Its page is not there for a township: only who may open it is led to it."""
    trainee = make_trainee(county, Place.objects.get(pk="140425101201"))
    make_enrolment(make_cohort(county, title="花椒直播班"), trainee)
    seen = []
    for place in ("140425", "140425101"):
        client.force_login(make_user("staff", Place.objects.get(pk=place)))
        page = text(client.get(f"/school/people/{trainee.pk}/"))
        seen.append(("花椒直播班" in page, "/school/cohorts/" in page.split("<tbody>")[-1]))
    assert seen == [(True, True), (True, False)]


def test_account_is_offered_linked_and_cut(desk, county):
    user = make_user("host", county, name="张三")
    trainee = make_trainee(county, name="张三", phone=user.phone)
    assert "是本人，连上" in text(desk.get(f"/school/people/{trainee.pk}/"))

    for linked, expected in (("yes", user), ("no", None)):
        desk.post(f"/school/people/{trainee.pk}/account/", {"linked": linked})
        trainee.refresh_from_db()
        assert trainee.user == expected


def test_trainer_sees_the_phone_of_his_class_to_call_and_only_that(desk, county, trainer):
    trainee = make_trainee(county, phone="13800000001", birth="1985-03-05")
    address = f"/school/people/{trainee.pk}/phone/"
    assert "上级检查" not in text(desk.get(address))
    assert desk.post(address, {"reason": "contact"}).status_code == 422
    make_enrolment(make_cohort(county), trainee)

    answer = desk.post(address, {"reason": "contact"})

    assert (answer.status_code, "13800000001" in text(answer)) == (200, True)
    assert AuditEntry.objects.get(deed="revealed").actor == trainer
    assert desk.post(address, {"reason": "inspection"}).status_code == 422
    assert desk.get(f"/school/people/{trainee.pk}/reveal/birth/").status_code == 403


def test_staff_sees_what_is_masked_for_a_reason(client, staff, county):
    enter(client, staff)
    trainee = make_trainee(county, birth="1985-03-05", support="lifted")
    address = f"/school/people/{trainee.pk}/reveal/"

    assert client.post(f"{address}birth/", {"reason": ""}).status_code == 422
    assert "1985-03-05" in text(client.post(f"{address}birth/", {"reason": "identity"}))
    assert "脱贫户" in text(client.post(f"{address}support/", {"reason": "request"}))
    assert client.get(f"{address}password/").status_code == 404


def test_staff_restricts_restores_and_erases(client, staff, county):
    enter(client, staff)
    trainee = make_trainee(county, name="张三")
    address = f"/school/people/{trainee.pk}/"
    client.post(f"{address}seal/")
    assert "限制处理" in text(client.get(address))
    client.post(f"{address}seal/", {"sealed": "no"})
    assert Trainee.objects.get().name == "张三"
    assert "不能恢复" in text(client.get(f"{address}erase/"))

    client.post(f"{address}erase/")

    assert Trainee.objects.get().name == f"已注销学员 {trainee.pk}"
    assert "注销了" in text(client.get(address))


def test_duplicates_are_merged_or_said_to_be_two(desk, county):
    one, other = make_trainee(county, name="张三"), make_trainee(county, name="张三")
    family = [make_trainee(county, name=name, phone="13900000001") for name in ("王一", "李二", "赵五六")]
    enrolment = make_enrolment(trainee=other)

    page = text(desk.get("/school/people/duplicates/"))
    assert ("姓名和村一样，手机号不一样" in page, all(person.name in page for person in family)) == (True, True)
    desk.post(f"/school/people/{one.pk}/apart/", {"other": other.pk})
    assert DifferentPeople.objects.count() == 1
    assert "没有找到重复的人" in text(desk.get("/school/people/duplicates/"))

    assert other.name in text(desk.get(f"/school/people/{one.pk}/merge/?q=张"))
    assert "是同一个人，合并" in text(desk.get(f"/school/people/{one.pk}/merge/?other={other.pk}"))
    assert desk.post(f"/school/people/{one.pk}/merge/", {"other": ""}).status_code == 422
    assert desk.post(f"/school/people/{one.pk}/merge/", {"other": other.pk}).status_code == 302
    assert Enrolment.objects.get(pk=enrolment.pk).trainee == one

    undo = f"/school/people/{other.pk}/merge/undo/"
    assert undo in text(desk.get(f"/school/people/{one.pk}/"))
    assert undo in text(desk.get(f"/school/people/{other.pk}/"))
    assert enrolment.cohort.title in text(desk.get(undo))
    assert desk.post(undo).status_code == 302
    assert Enrolment.objects.get(pk=enrolment.pk).trainee == other
    assert [desk.get(undo).status_code, desk.post(undo).status_code] == [200, 422]
    assert "不用撤销" in text(desk.get(undo))


def test_merging_two_of_one_class_says_why_not(desk, county):
    cohort = make_cohort(county, title="第九期")
    one, other = (make_enrolment(cohort).trainee for _ in range(2))

    answer = desk.post(f"/school/people/{one.pk}/merge/", {"other": other.pk})

    assert (answer.status_code, "两行都在“第九期”里有座位" in text(answer)) == (422, True)


def test_people_of_another_county_are_not_there(client, stranger, county):
    enter(client, stranger)
    trainee, cohort = make_trainee(county), make_cohort(county)
    for address in ("", "edit/", "merge/", "merge/undo/", "phone/", "reveal/birth/", "erase/"):
        assert client.get(f"/school/people/{trainee.pk}/{address}").status_code == 404
    for address in ("", "empty/", "file/"):
        assert client.get(f"/school/cohorts/{cohort.pk}/sheet/{address}").status_code == 404
    assert client.get("/school/people/999999999999999999999/").status_code == 404
    for address in ("consent/", "account/", "seal/"):
        assert client.post(f"/school/people/{trainee.pk}/{address}").status_code == 404
    assert client.post(f"/school/people/{trainee.pk}/apart/", {"other": "x"}).status_code == 404


# --- the roster -----------------------------------------------------------------------------------------------------------


def upload(client, cohort, rows):
    data = "\r\n".join(",".join(row) for row in rows).encode("gb18030")
    return client.post(f"/school/cohorts/{cohort.pk}/sheet/", {"file": SimpleUploadedFile("名册.csv", data)})


ROWS = [
    ["姓名", "手机", "村", "身份证号"],
    ["张三", "13800000001", "东寺头村", "140425198503050023"],
    ["李四", "1", "东寺头村", ""],
]


def test_roster_is_looked_at_confirmed_and_its_faults_come_back(desk, county, villages):
    cohort = make_cohort(county)
    assert "这一步什么都不存" in text(desk.get(f"/school/cohorts/{cohort.pk}/sheet/"))

    look = upload(desk, cohort, ROWS)

    assert (look.status_code, Trainee.objects.count()) == (200, 0)
    assert "140425198503050023" not in text(look)
    carried = {"carried": look.context["carried"], "digest": look.context["digest"]}
    kept = desk.post(f"/school/cohorts/{cohort.pk}/sheet/keep/", carried)
    assert ("1 个人进了名册" in text(kept), Trainee.objects.get().name) == (True, "张三")
    again = desk.post(f"/school/cohorts/{cohort.pk}/sheet/keep/", carried)
    assert (again.status_code, Enrolment.objects.count()) == (409, 1)
    wrong = desk.post(f"/school/cohorts/{cohort.pk}/sheet/wrong/", carried)
    sheet = openpyxl.load_workbook(io.BytesIO(wrong.content)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    assert (rows[1][0], rows[1][1], rows[0][-1], rows[1][-1]) == (
        "李四", "1", "问题", "手机号：“1”不是手机号。请填 11 位，例如：13800000000。",
    )  # fmt: skip


def test_roster_of_another_or_made_up_is_not_taken(desk, county, villages, client, staff):
    cohort, other = make_cohort(county), make_cohort(county)
    carried = {"carried": upload(desk, cohort, ROWS).context["carried"]}
    address = f"/school/cohorts/{cohort.pk}/sheet/keep/"

    assert desk.post(f"/school/cohorts/{other.pk}/sheet/keep/", carried).status_code == 302
    assert desk.post(address, {"carried": "x"}).status_code == desk.post(address).status_code == 302
    client.force_login(staff)
    assert client.post(address, carried).status_code == 302
    assert Trainee.objects.count() == 0


def test_roster_file_that_is_none_is_refused_and_so_is_a_class_that_is_over(desk, county, villages):
    cohort = make_cohort(county)
    for rows in ([["甲"]], [["姓名", "手机", "村"]]):
        assert upload(desk, cohort, rows).status_code == 422
    assert desk.post(f"/school/cohorts/{cohort.pk}/sheet/").status_code == 422
    over = make_cohort(county, state="closed")

    answer = upload(desk, over, ROWS)

    assert (answer.status_code, "不能再加人" in text(answer)) == (422, True)


def test_template_offers_the_county_s_villages_and_reads_back(desk, county, villages):
    cohort = make_cohort(county)
    answer = desk.get(f"/school/cohorts/{cohort.pk}/sheet/empty/")
    made = openpyxl.load_workbook(io.BytesIO(answer.content))
    notes = list(made.worksheets[1].iter_rows(values_only=True))
    assert [row[4] for row in notes[1:4]] == ["西沟村（青羊镇）", "东寺头村（东寺头乡）", "西沟村（东寺头乡）"]
    assert made.worksheets[0].data_validations.count == 7
    sheet = made.worksheets[0]
    sheet.append(["张三", "13800000001", None, "西沟村（青羊镇）"])
    out = io.BytesIO()
    made.save(out)

    look = desk.post(f"/school/cohorts/{cohort.pk}/sheet/", {"file": SimpleUploadedFile("a.xlsx", out.getvalue())})

    assert (look.context["grid"].names, look.context["grid"].others, look.context["taken"]) == (["名册"], [], 1)


def test_roster_download_is_an_entry(desk, county):
    cohort = make_cohort(county)
    make_enrolment(cohort)

    answer = desk.get(f"/school/cohorts/{cohort.pk}/sheet/file/")

    assert openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].max_row == 2
    assert AuditEntry.objects.get(deed="roster_taken").object_id == str(cohort.pk)
