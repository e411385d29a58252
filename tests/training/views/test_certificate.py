from __future__ import annotations

import io

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.certificates import AT, make_certificate, make_class
from tests.factories import make_user
from tests.school import make_enrolment, make_trainee
from tests.sign_in import signed_in
from training.actions.certificate import revoke
from training.actions.certificate_paper import certificates_paper
from training.models import Certificate, CertificateRule, Enrolment

pytestmark = pytest.mark.django_db


def words_of(response) -> str:
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(response.content)).pages).split())


def test_the_list_of_a_class_says_who_may_and_what_the_others_lack(county, staff):
    cohort = make_class(county, "张峧喆")
    make_enrolment(cohort, make_trainee(county, name="刘垚"))

    response = signed_in(staff).get(f"/school/cohorts/{cohort.pk}/certificates/")

    assert [(one.enrolment.trainee.name, one.meets) for one in response.context["judged"]] == [("张峧喆", True), ("刘垚", False)]
    body = response.content.decode()
    assert "给 1 人发证" in body
    assert "出勤：5 课到了 0 课，要 80%，还差 4 课" in body


def test_one_click_gives_all_and_a_second_one_nothing(county, staff):
    cohort = make_class(county, "甲", "乙")
    client = signed_in(staff)

    first = client.post(f"/school/cohorts/{cohort.pk}/certificates/issue/", follow=True)
    second = client.post(f"/school/cohorts/{cohort.pk}/certificates/issue/", follow=True)

    assert "发了 2 张证书。" in first.content.decode()
    assert "没有新的证书要发。" in second.content.decode()
    assert Certificate.objects.count() == 2


def test_the_list_asks_as_much_for_one_as_for_six(county, staff, django_assert_num_queries):
    client = signed_in(staff)
    one, six = make_class(county, "甲"), make_class(county, *"乙丙丁戊己庚")
    client.get(f"/school/cohorts/{one.pk}/certificates/")
    with CaptureQueriesContext(connection) as asked:
        client.get(f"/school/cohorts/{one.pk}/certificates/")
    with django_assert_num_queries(len(asked)):
        client.get(f"/school/cohorts/{six.pk}/certificates/")


def test_all_of_a_class_are_printed_in_one_file_but_the_revoked(county, staff):
    cohort = make_class(county, "张峧喆", "李㛃", "王垚")
    client = signed_in(staff)
    client.post(f"/school/cohorts/{cohort.pk}/certificates/issue/")
    revoke(Certificate.objects.get(enrolment__seat=2), because="代签", by=staff, at=timezone.now())

    response = client.get(f"/school/cohorts/{cohort.pk}/certificates/pdf/")

    assert response.headers["Content-Type"] == "application/pdf"
    assert len(pypdf.PdfReader(io.BytesIO(response.content)).pages) == 2
    said = words_of(response)
    assert "张峧喆" in said
    assert "王垚" in said
    assert "李㛃" not in said


def test_a_class_without_certificates_prints_nothing(county, staff):
    cohort = make_class(county, "甲")

    response = signed_in(staff).get(f"/school/cohorts/{cohort.pk}/certificates/pdf/", follow=True)

    assert "这个班还没有发过证书。" in response.content.decode()


def test_a_certificate_says_on_paper_what_it_certifies(county, staff, settings):
    settings.PUBLIC_ADDRESS = "https://cunbo.example.cn"
    made = make_certificate(county, name="张峧喆", title="第三期", there=4)

    said = words_of(signed_in(staff).get(f"/school/certificates/{made.pk}/pdf/"))

    for piece in [
        "结业证书", "张峧喆同学", "于2026年11月2日至11月30日参加平顺县电商学堂“第三期”培训", "共学习8学时、4天", "5课到4课，出勤率80%",
        "理论86分，实操91分。成绩合格，准予结业。", made.number, "发证规则v1：出勤80%以上", f"cunbo.example.cn/verify/{made.number}/",
        "2026年11月30日", "CERTIFICATEOFCOMPLETION", "8academichourson4days,attendance80%",
    ]:  # fmt: skip
        assert piece in said


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_same_certificate_is_the_same_file_in_every_language(county, staff, settings, language):
    made = make_certificate(county)
    client = signed_in(staff)
    first = client.get(f"/school/certificates/{made.pk}/pdf/").content

    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language

    assert client.get(f"/school/certificates/{made.pk}/pdf/").content == first


def test_the_longest_words_still_fit_on_one_page(county, staff):
    made = make_certificate(county, name="长" * 40, title="班" * 60)
    made.facts["courses"] = ["课" * 60, "程" * 60]
    made.pk, made.number, made.status_index, made.replaces = None, "x" * 20, 7, Certificate.objects.get()

    assert len(pypdf.PdfReader(io.BytesIO(certificates_paper([made], address="https://" + "a" * 60))).pages) == 1


def test_a_revoked_certificate_is_not_printed(county, staff):
    made = revoke(make_certificate(county), because="代签", by=staff, at=AT)

    assert signed_in(staff).get(f"/school/certificates/{made.pk}/pdf/").status_code == 404


def test_a_wrong_name_is_corrected_on_the_page(county, staff):
    made = make_certificate(county)
    address = f"/school/certificates/{made.pk}/correct/"

    client = signed_in(staff)

    wrong = client.post(address, {"name": "峧喆"})
    assert (wrong.status_code, "不用换发" in wrong.content.decode()) == (422, True)
    answer = client.post(address, {"name": "峧哲"}, follow=True).content.decode()

    assert ("换发好了" in answer, made.number in answer) == (True, True)
    anew = Certificate.objects.get(replaces=made)
    assert client.get(f"/school/certificates/{made.pk}/pdf/").status_code == 404
    paper = words_of(client.get(f"/school/certificates/{anew.pk}/pdf/"))
    assert [piece in paper for piece in (anew.number, f"原编号{made.number}作废", "发证规则v1")] == [True] * 3
    assert "换发了" in client.get("/school/certificates/").content.decode()


def test_revoking_asks_why_and_says_it_on_the_page(county, staff):
    made = make_certificate(county)
    client = signed_in(staff)

    empty = client.post(f"/school/certificates/{made.pk}/revoke/", {"because": " \x00 "})
    done = client.post(f"/school/certificates/{made.pk}/revoke/", {"because": "查实代签"}, follow=True)
    again = client.post(f"/school/certificates/{made.pk}/revoke/", {"because": "再来"}, follow=True)

    assert (empty.status_code, done.status_code, again.status_code) == (422, 200, 200)
    assert "撤销：查实代签" in done.content.decode()
    assert "这张证书已经撤销过了。" in again.content.decode()
    assert Certificate.objects.get().revoked_because == "查实代签"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 2),
        ("00001", 1),
        ("140425202600001", 0),
        ("峧喆", 1),
        ("第二期", 1),
        ("没有", 0),
        ("revoked=on", 0),
        ("\x00" * 3, 2),
        ("长" * 61, 2),
    ],
)
def test_the_list_of_the_county_is_searched_by_number_name_and_class(county, staff, query, found):
    make_certificate(county, name="张峧喆", title="第一期")
    make_certificate(county, name="李㛃", title="第二期")

    data = {"revoked": "on"} if query.startswith("revoked") else {"q": query}
    response = signed_in(staff).get("/school/certificates/", data)

    assert (response.status_code, len(response.context["page"].object_list)) == (200, found)


# --- the rule ---------------------------------------------------------------------------------------------------------------

TYPED = {"attendance_percent": "90", "needs_exam": "on", "exam_marks": "70", "practical_marks": "60", "academic_hours": "16"}


def test_a_change_of_the_rule_is_a_new_version(county, staff):
    made = make_certificate(county)

    response = signed_in(staff).post("/school/certificates/rule/140425/", TYPED, follow=True)

    assert "现在按第 2 版发证" in response.content.decode()
    rule = CertificateRule.objects.latest("version")
    assert (rule.attendance_percent, rule.needs_practical, rule.academic_hours, rule.made_by) == (90, False, 16, staff)
    assert Certificate.objects.get(pk=made.pk).rule.version == 1


@pytest.mark.parametrize(
    "wrong", [{"attendance_percent": "101"}, {"exam_marks": "六十"}, {"academic_hours": "9" * 5000}, {"practical_marks": ""}]
)
def test_what_cannot_be_a_rule_is_said_and_kept(county, staff, wrong):
    response = signed_in(staff).post("/school/certificates/rule/140425/", TYPED | wrong)

    assert response.status_code == 422
    assert "请填 0 到" in response.content.decode()
    assert CertificateRule.objects.count() == 0


# --- whose they are -----------------------------------------------------------------------------------------------------------


def test_another_county_finds_nothing(county, stranger):
    made = make_certificate(county)
    client, cohort = signed_in(stranger), made.enrolment.cohort_id

    asked = [
        client.get(f"/school/cohorts/{cohort}/certificates/"),
        client.post(f"/school/cohorts/{cohort}/certificates/issue/"),
        client.get(f"/school/cohorts/{cohort}/certificates/pdf/"),
        client.get(f"/school/certificates/{made.pk}/"),
        client.get(f"/school/certificates/{made.pk}/pdf/"),
        client.post(f"/school/certificates/{made.pk}/revoke/", {"because": "x"}),
        client.get("/school/certificates/rule/140425/"),
    ]

    assert [response.status_code for response in asked] == [404] * 7
    assert client.get("/school/certificates/").context["page"].paginator.count == 0


def test_who_only_sees_the_school_gives_and_prints_nothing(county):
    made = make_certificate(county)
    client = signed_in(make_user("auditor", county))

    assert client.get(f"/school/certificates/{made.pk}/").status_code == 200
    for path in (f"/school/certificates/{made.pk}/pdf/", f"/school/cohorts/{made.enrolment.cohort_id}/certificates/pdf/"):
        assert client.get(path).status_code == 403


# --- one's own ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def trainee(county):
    made = make_certificate(county, name="张峧喆", title="第一期")
    learner = made.enrolment.trainee
    learner.user = make_user("host", county, name="张峧喆")
    learner.save(update_fields=["user"])
    return learner


def test_a_trainee_reads_and_opens_his_certificate_on_the_phone(trainee):
    client = signed_in(trainee.user)
    made = Certificate.objects.get()

    page = client.get("/my/school/certificates/").content.decode()

    assert made.number in page
    assert "张峧喆" in words_of(client.get(f"/my/school/certificates/{made.pk}/pdf/"))


def test_a_trainee_reads_what_he_still_lacks(trainee, county):
    cohort = make_class(county, title="第二期")
    make_enrolment(cohort, trainee)

    page = signed_in(trainee.user).get("/my/school/certificates/").content.decode()

    assert "拿证书还差" in page
    assert "出勤：5 课到了 0 课，要 80%，还差 4 课" in page


def test_a_certificate_of_somebody_found_to_be_him_is_his(trainee, county):
    other = make_certificate(county, name="张峧吉", title="第三期")
    Enrolment.objects.get(pk=other.enrolment_id).trainee.__class__.objects.filter(pk=other.enrolment.trainee_id).update(
        merged_into=trainee
    )

    assert other.number in signed_in(trainee.user).get("/my/school/certificates/").content.decode()


def test_somebody_elses_certificate_is_not_there(trainee, county):
    other = make_certificate(county)

    assert signed_in(trainee.user).get(f"/my/school/certificates/{other.pk}/pdf/").status_code == 404


def test_a_phone_that_nobody_is_known_on_is_asked_who_it_is(client, trainee):
    assert client.get("/my/school/certificates/").status_code == 302
