"""Who teaches: profiles, records, three trainings a year."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine

from tests.factories import make_place, make_user
from tests.school import make_cohort, make_lesson
from tests.sign_in import signed_in
from training.models import CohortTrainer, Trainer, TrainerRecord

pytestmark = pytest.mark.usefixtures("november")
NOVEMBER = date(2026, 11, 1)


def test_who_teaches_by_post_is_listed_before_anybody_writes_a_profile(desk, county, trainer, other_county):
    village = make_user("trainer", make_place("140425100201", "东五马村"), name="村里的")
    make_user("trainer", other_county)
    make_user("staff", county)
    external = make_user("commissioner", county, name="外请", from_on=NOVEMBER, until_on=date(2027, 1, 1))
    Trainer.objects.create(user=external, county=county, organisation="农大")

    page = desk.get("/school/trainers/")

    assert {(row.person, row.profile is None) for row in page.context["rows"]} == {
        (trainer, True), (village, True), (external, False),
    }  # fmt: skip


def test_a_profile_is_written_and_stopped(desk, county, trainer):
    plan = {"organisation": "县职校", "about": "教过三年", "agreement_on": "2026-01-05"}
    desk.post(f"/school/trainers/{trainer.pk}/edit/", plan)

    kept = Trainer.objects.get()
    assert (kept.user, kept.county, kept.organisation, kept.about, kept.agreement_on) == (
        trainer, county, "县职校", "教过三年", date(2026, 1, 5),
    )  # fmt: skip
    desk.post(f"/school/trainers/{trainer.pk}/stop/")
    assert [row.person for row in desk.get("/school/trainers/").context["stopped"]] == [trainer]
    desk.post(f"/school/trainers/{trainer.pk}/restore/")
    assert [row.person for row in desk.get("/school/trainers/").context["rows"]] == [trainer]


def test_somebody_of_the_county_is_made_a_trainer_by_name(desk, county, other_county):
    one, two = make_user("host", county, name="张三"), make_user("host", county, name="张三")
    make_user("host", other_county, name="李四")

    asked = desk.post("/school/trainers/new/", {"who": "张三"})
    assert (asked.status_code, asked.context["form"].choices) == (422, [one, two])
    assert desk.post("/school/trainers/new/", {"who": "张三", "person": str(two.pk)}).status_code == 302
    assert Trainer.objects.get().user == two
    unknown = desk.post("/school/trainers/new/", {"who": "李四"})
    assert "本县没有叫这个名字的账号" in unknown.content.decode()


RECORD = {
    "kind": "training",
    "title": "省师资班",
    "on": "2026-03-05",
    "academic_hours": "16",
    "place": "太原",
    "evidence": "2 号柜",
}


def test_records_are_noted_and_three_trainings_a_year_are_asked_for(desk, trainer):
    def add(**typed):
        return desk.post(f"/school/trainers/{trainer.pk}/records/", RECORD | typed)

    add()
    add(on="2025-12-31")
    add(kind="shadowing")
    behind = desk.get(f"/school/trainers/{trainer.pk}/")
    assert (behind.context["row"].trainings, behind.context["row"].is_behind) == (1, True)
    assert "今年只参加了 1 次培训，要 3 次" in behind.content.decode()
    add()
    add(on="2026-11-22")
    row = desk.get("/school/trainers/").context["rows"][0]
    assert (row.trainings, row.is_behind) == (3, False)

    record = TrainerRecord.objects.filter(kind="shadowing").get()
    assert (record.title, record.place, record.evidence, record.academic_hours) == ("省师资班", "太原", "2 号柜", 16)
    desk.post(f"/school/records/{record.pk}/remove/")
    assert not TrainerRecord.objects.filter(kind="shadowing").exists()


def test_before_the_last_quarter_nobody_is_behind(desk, trainer):
    with time_machine.travel(datetime(2026, 9, 30, 15, tzinfo=UTC), tick=False):
        assert desk.get("/school/trainers/").context["behind"] == 0
    with time_machine.travel(datetime(2026, 9, 30, 17, tzinfo=UTC), tick=False):
        assert desk.get("/school/trainers/").context["behind"] == 1


def test_a_record_of_tomorrow_is_refused(desk, trainer):
    page = desk.post(f"/school/trainers/{trainer.pk}/records/", RECORD | {"on": "2026-11-23"})

    assert (page.status_code, page.context["form"].errors) == (422, {"on": ["日期还没到，请填已经做过的。"]})
    assert not Trainer.objects.exists()


def test_a_trainers_page_shows_what_he_taught(desk, county, trainer):
    cohort = make_cohort(county)
    CohortTrainer.objects.create(cohort=cohort, user=trainer, duty="lead")
    CohortTrainer.objects.create(cohort=make_cohort(county, state="cancelled"), user=trainer)
    held = {"state": "held", "held_at": datetime(2026, 11, 2, 3, tzinfo=UTC), "trainer": trainer}
    for n in range(2):
        make_lesson(cohort, academic_hours=4, **held, starts_at=datetime(2026, 11, 2 + n, 1, tzinfo=UTC))
    make_lesson(cohort, trainer=trainer)

    row = desk.get(f"/school/trainers/{trainer.pk}/").context["row"]

    assert (row.lessons, row.hours, row.cohorts) == (2, 8, 1)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_trainers_costs_the_same_whatever_its_length(desk, county, rows, django_assert_num_queries):
    for _ in range(rows):
        make_user("trainer", county)
    desk.get("/school/trainers/")

    with django_assert_num_queries(9):
        desk.get("/school/trainers/")


def test_another_countys_trainer_is_not_there(stranger, trainer):
    client = signed_in(stranger)
    Trainer.objects.create(user=trainer, county_id=trainer.place_id)

    assert client.get(f"/school/trainers/{trainer.pk}/").status_code == 404
    assert client.post(f"/school/trainers/{trainer.pk}/records/", RECORD).status_code == 404
    assert client.post(f"/school/trainers/{trainer.pk}/stop/").status_code == 404


def test_a_villages_trainer_sees_his_own_page_and_no_county(county):
    own = make_user("trainer", make_place("140425100201", "东五马村"))
    Trainer.objects.create(user=own, county=county)
    client = signed_in(own)

    assert client.get(f"/school/trainers/{own.pk}/").status_code == 200
    assert client.post(f"/school/trainers/{own.pk}/edit/", {}).status_code == 404
    assert [client.get(f"/school/{page}/").status_code for page in ("courses", "trainers", "outcome")] == [200] * 3
    assert client.get("/school/").status_code == 200
    for page in ("months/2026-11", "rules", "courses/new"):
        assert client.get(f"/school/{page}/").headers["Location"] == "/school/"
