from __future__ import annotations

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from livestream.models import AuditEntry
from tests.factories import make_user
from tests.school import FIRST_LESSON, make_cohort, make_enrolment, make_lesson, make_trainee
from tests.sign_in import signed_in
from training.models import SpotCheck

pytestmark = pytest.mark.django_db
ASKED = {"title": "一季度", "size": "2", "seed": "36"}


@pytest.fixture
def auditor(county):
    return make_user("auditor", county, name="钱审计")


def class_of(county, people=3):
    cohort = make_cohort(county)
    for n in range(people):
        make_enrolment(cohort, make_trainee(county, phone=f"1390000100{n}"))
    return cohort


def drawn(county, auditor, **kwargs):
    cohort, client = class_of(county), signed_in(auditor)
    client.post("/school/checks/", ASKED | {"cohorts": [str(cohort.pk)]} | kwargs)
    return client, SpotCheck.objects.get()


def test_a_sample_is_drawn_called_and_counted(county, auditor):
    client, check = drawn(county, auditor)
    call, other = check.calls.all()
    there = f"/school/checks/{check.pk}/"

    number = client.post(f"{there}calls/{call.pk}/phone/").content.decode()
    client.post(f"{there}calls/{call.pk}/", {"result": "confirmed", "words": "", "before": ""})
    client.post(f"{there}calls/{other.pk}/", {"result": "denied", "words": "=没去过", "before": ""})
    page = client.get(there)

    assert f'href="tel:{call.enrolment.trainee.phone}"' in number
    entry = AuditEntry.objects.get(deed="revealed")
    assert (entry.actor, entry.detail["reason"], entry.detail["field"]) == (auditor, "inspection", "phone")
    assert page.context["outcome"].authentic[:2] == (1, 2)
    body = page.content.decode()
    assert "95% 区间 9.5%–90.5%" in body
    assert "现在的总体还是它" in body
    assert call.enrolment.trainee.phone not in body


def test_a_month_stands_for_the_classes_that_had_a_lesson(county, auditor):
    cohort = class_of(county)
    make_lesson(cohort, state="held", held_at=FIRST_LESSON)
    class_of(county)
    signed_in(auditor).post("/school/checks/", ASKED | {"month": "2026-11"})
    assert list(SpotCheck.objects.get().cohorts.all()) == [cohort]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"size": "9"}, "这些班一共 3 人次"),
        ({"size": "x"}, "请填 1 到 200 之间的整数"),
        ({"seed": ""}, "请填写"),
        ({"cohorts": ["x"]}, "请从列表里选班"),
        ({"cohorts": []}, "至少一个班"),
        ({"title": "\x00"}, ""),
    ],
)
def test_what_cannot_be_drawn_is_said_and_the_rest_stays(county, auditor, typed, words):
    cohort = class_of(county)
    answer = signed_in(auditor).post("/school/checks/", ASKED | {"cohorts": [str(cohort.pk)]} | typed)
    assert (answer.status_code, SpotCheck.objects.count()) == (422, 0)
    assert words in answer.content.decode()


def test_who_says_no_is_quoted_and_a_stale_page_changes_nothing(county, auditor):
    client, check = drawn(county, auditor)
    call = check.calls.first()
    there = f"/school/checks/{check.pk}/calls/{call.pk}/"
    bare = client.post(there, {"result": "denied", "before": ""})
    client.post(there, {"result": "confirmed", "before": ""})
    stale = client.post(there, {"result": "unreached", "before": "", "words": "x"})
    changed = client.post(there, {"result": "unreached", "before": "confirmed", "words": "打错人了"}, follow=True)

    assert (bare.status_code, stale.status_code) == (422, 422)
    assert "原来记的：本人说参加过" in changed.content.decode()


def test_both_lists_go_out_as_csv_and_that_is_written_down(county, auditor):
    client, check = drawn(county, auditor)
    sample = list(csv.reader(io.StringIO(client.post(f"/school/checks/{check.pk}/file/").content.decode("utf-8-sig"))))
    everybody = client.post(f"/school/checks/{check.pk}/file/", {"what": "population"}).content.decode("utf-8-sig").split()

    assert [row[1] for row in sample[1:]] == [str(call.enrolment_id) for call in check.calls.all()]
    assert all("****" in row[3] for row in sample[1:])
    assert (len(everybody), everybody[0]) == (4, "报名编号")
    assert AuditEntry.objects.filter(deed="spot_check_taken").count() == 2


def test_only_auditors_come_in_and_only_of_the_county(county, other_county, auditor, staff):
    _client, check = drawn(county, auditor)
    there = f"/school/checks/{check.pk}/"
    assert signed_in(staff).get(there).status_code == 403
    assert signed_in(make_user("auditor", other_county)).get(there).status_code == 404


def test_the_page_asks_as_much_for_two_as_for_three(county, auditor):
    client, check = drawn(county, auditor)
    client.get(f"/school/checks/{check.pk}/")
    with CaptureQueriesContext(connection) as two:
        client.get(f"/school/checks/{check.pk}/")
    client.post("/school/checks/", ASKED | {"size": "3", "seed": "37", "cohorts": [str(check.cohorts.get().pk)]}, follow=True)
    other = SpotCheck.objects.latest("pk")
    with CaptureQueriesContext(connection) as three:
        client.get(f"/school/checks/{other.pk}/")
    assert len(three) == len(two)


# --- anomalies ----------------------------------------------------------------------------------------------------------------


def test_an_oddity_is_shown_with_its_rows_and_explained_beside(county, staff, november):
    make_lesson(make_cohort(county), title="选品", state="held", held_at=FIRST_LESSON)
    client = signed_in(staff)
    page = client.get("/school/anomalies/")
    (row,) = page.context["rows"]
    bare = client.post("/school/anomalies/", {"key": row.finding.key, "words": " "})
    after = client.post(
        "/school/anomalies/", {"key": row.finding.key, "words": "在打谷场上的", "is_explained": "on"}, follow=True
    )
    gone = client.post("/school/anomalies/", {"key": "no_room:x", "words": "x"})

    assert "选品　2026-11-02 09:00:00" in page.content.decode()
    assert (bare.status_code, gone.status_code) == (422, 422)
    assert (after.context["open"], after.context["all"]) == (0, 1)
    assert "在打谷场上的" in after.content.decode()


def test_whoever_only_reads_explains_nothing(county, november):
    make_lesson(make_cohort(county), state="held", held_at=FIRST_LESSON)
    client = signed_in(make_user("approver", county))
    page = client.get("/school/anomalies/?days=7%00")
    (row,) = page.context["rows"]
    client.post("/school/anomalies/", {"key": row.finding.key, "words": "没事"})
    assert "写查到了什么" not in page.content.decode()
    assert client.get("/school/anomalies/").context["rows"][0].notes == ()
