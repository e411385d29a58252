"""The list of today, one call, a cohort's calls."""

from __future__ import annotations

import hashlib
import io
from datetime import datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from livestream.actions import stored_file
from livestream.models import AuditEntry
from livestream.rules.day import SHANGHAI
from tests.factories import make_user
from tests.graduates import graduate, make_class
from tests.sign_in import signed_in
from tests.training.pictures import bytes_of, phone_notes, picture
from training.actions.enclosure import MOST, SHELF, forget_stray_enclosures
from training.actions.follow_up import plan_follow_ups
from training.models import Call, CohortTrainer, Enclosure, Evidence, FollowUp, IncubationStep

NOON = datetime(2026, 4, 4, 12, tzinfo=SHANGHAI)  # two days after the first calls are due


@pytest.fixture
def today(db):
    with time_machine.travel(NOON, tick=False):
        yield NOON


@pytest.fixture
def class_(county, today):
    made = make_class(county, 2)
    plan_follow_ups(county)
    return made


@pytest.fixture
def call(class_):
    return class_[1][0].follow_ups.get(after_months=1)


@pytest.fixture
def door(trainer):
    return signed_in(trainer)


def test_the_list_names_who_is_to_be_called_with_masked_numbers(door, class_):
    page = door.get("/school/follow-ups/")

    assert [(row.call.enrolment, row.days) for row in page.context["rows"]] == [(one, 2) for one in class_[1]]
    text = page.content.decode()
    for one in class_[1]:
        assert one.trainee.masked_phone in text
        assert one.trainee.phone not in text


def test_the_list_is_empty_kindly_before_the_day(door, class_):
    FollowUp.objects.filter(after_months=1).update(due_on="2026-04-10")

    text = door.get("/school/follow-ups/").content.decode()

    assert "今天没有要打的电话" in text
    assert "下一个在 2026-04-10" in text


def test_a_tap_shows_the_number_once_and_notes_why(door, call, trainer):
    page = door.post(f"/school/follow-ups/{call.pk}/call/")

    phone = call.enrolment.trainee.phone
    assert f'href="tel:{phone}"' in page.content.decode()
    entry = AuditEntry.objects.get(deed="revealed")
    assert (entry.actor, entry.detail["reason"], entry.detail["field"]) == (trainer, "contact", "phone")
    assert phone not in str(entry.detail)
    assert phone not in door.get(f"/school/follow-ups/{call.pk}/").content.decode()


def test_beyond_the_hourly_limit_no_number_is_shown(door, call, monkeypatch):
    monkeypatch.setattr(settings, "REVEALS_PER_HOUR", 1)
    door.post(f"/school/follow-ups/{call.pk}/call/")

    page = door.post(f"/school/follow-ups/{call.pk}/call/", follow=True)

    assert "一小时内最多看 1 项" in page.content.decode()
    assert call.enrolment.trainee.phone not in page.content.decode()


def test_his_answers_are_kept_and_he_leaves_the_list(door, call):
    said = {"result": "reached", "work": "selling", "work_place": "county", "earns": "3000", "words": "缺打包箱", "seen": "0"}

    answer = door.post(f"/school/follow-ups/{call.pk}/result/", said)

    call.refresh_from_db()
    assert (answer.status_code, answer.url) == (302, "/school/follow-ups/")
    assert (call.work, call.work_place, call.earns_fen, call.words) == ("selling", "county", 300_000, "缺打包箱")
    assert [row.call.enrolment for row in door.get("/school/follow-ups/").context["rows"]] == [
        one for one in class_of(call) if one != call.enrolment
    ]


def class_of(call):
    return list(call.enrolment.cohort.enrolments.order_by("seat"))


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"result": "reached", "words": "留着的话"}, "打通了，请选他现在做什么。"),
        ({"result": "reached", "work": "flying", "words": "留着的话"}, "Select a valid choice"),
        ({"words": "留着的话"}, "请点一个结果。"),
        ({"result": "shouted", "words": "留着的话"}, "请点一个结果。"),
        ({"result": "reached", "work": "other", "earns": "很多", "words": "留着的话"}, "请填金额，例如 200000 或 20 万。"),
        ({"result": "reached", "work": "other", "earns": "-5", "words": "留着的话"}, "收入不能是负数。"),
        ({"result": "no_answer", "seen": "7", "words": "留着的话"}, "刚才已经记了一次"),
        ({"result": "no_answer", "words": "留着的话" + "长" * 300}, "最多写 200 个字"),
        ({"result": "no_answer", "next_days": "900", "words": "留着的话"}, "留着的话"),
        ({"result": "no_answer", "words": "留着的话\x00", "earns": "9" * 400}, "留着的话"),
    ],
)
def test_what_is_not_understood_is_said_and_the_rest_is_kept(door, call, said, sentence):
    page = door.post(f"/school/follow-ups/{call.pk}/result/", said, headers={"accept-language": "zh-hans"})

    text = page.content.decode()
    assert page.status_code == 422
    assert sentence in text or sentence.startswith("Select")
    assert "留着的话" in text
    assert Call.objects.count() == 0


def test_a_call_of_another_county_is_not_there(stranger, call):
    other = signed_in(stranger)

    assert other.get("/school/follow-ups/").context["rows"] == []
    for path in ("", "call/", "result/"):
        act = other.post if path else other.get
        assert act(f"/school/follow-ups/{call.pk}/{path}").status_code == 404


def test_a_cohort_shows_what_became_of_every_call(door, class_, call):
    door.post(f"/school/follow-ups/{call.pk}/result/", {"result": "reached", "work": "farming", "seen": "0"})

    page = door.get(f"/school/cohorts/{class_[0].pk}/follow-ups/")

    assert [[state for state, _call in cells] for _one, cells in page.context["rows"]] == [
        ["reached", "later", "later", "later"],
        ["due", "later", "later", "later"],
    ]
    with time_machine.travel("2026-06-03T04:00:00Z", tick=False):
        page = signed_in(page.wsgi_request.user).get(f"/school/cohorts/{class_[0].pk}/follow-ups/")
    assert page.context["stats"] == {"reached": 1, "tried": 0, "due": 2, "missed": 1, "later": 4}


def test_a_mentor_writes_down_what_he_did(door, class_, trainer):
    cohort, (one, _two) = class_
    said = {"step-enrolment": str(one.pk), "step-kind": "rehearsal", "step-on": "2026-04-03", "step-mentor": str(trainer.pk)}

    answer = door.post(f"/school/cohorts/{cohort.pk}/steps/", said | {"step-words": "陪播一场"})

    step = IncubationStep.objects.get()
    assert (answer.status_code, step.enrolment, step.mentor, step.words) == (302, one, trainer, "陪播一场")
    for wrong in ({"step-on": "2026-04-05"}, {"step-enrolment": "x"}, {"step-mentor": "0"}, {"step-kind": "\x00"}):
        assert door.post(f"/school/cohorts/{cohort.pk}/steps/", said | wrong).status_code == 422
    assert IncubationStep.objects.count() == 1


def test_an_auditor_reads_and_calls_nobody(county, class_, call):
    door = signed_in(make_user("auditor", county))

    assert "call/" not in door.get("/school/follow-ups/").content.decode()
    assert door.get(f"/school/follow-ups/{call.pk}/").status_code == 403
    assert door.get(f"/school/cohorts/{class_[0].pk}/follow-ups/").context["form"] is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_cost_the_same_whatever_their_length(door, county, class_, rows, django_assert_num_queries):
    for _ in range(rows):
        graduate(class_[0])
    plan_follow_ups(county)
    door.get("/school/follow-ups/")
    with django_assert_num_queries(LIST_QUERIES):
        door.get("/school/follow-ups/")
    with django_assert_num_queries(COHORT_QUERIES):
        door.get(f"/school/cohorts/{class_[0].pk}/follow-ups/")


LIST_QUERIES, COHORT_QUERIES = 12, 13


def test_a_teacher_from_elsewhere_calls_the_people_of_his_own_class(county, other_county, class_, call):
    guest = make_user("trainer", other_county)
    door = signed_in(guest)
    assert door.get(f"/school/cohorts/{class_[0].pk}/follow-ups/").status_code == 404
    CohortTrainer.objects.create(cohort=class_[0], user=guest, duty="teacher")

    assert [row.is_mine for row in door.get("/school/follow-ups/").context["rows"]] == [True, True]
    assert call.enrolment.trainee.phone in door.post(f"/school/follow-ups/{call.pk}/call/").content.decode()
    assert door.get(f"/school/cohorts/{class_[0].pk}/follow-ups/").status_code == 200


# --- enclosures ---------------------------------------------------------------------------------------------------------------


def uploaded(content, name):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def shelf(settings, tmp_path):
    settings.UPLOADS = tmp_path
    return stored_file.folder(SHELF)


def test_photos_and_papers_are_kept_clean_and_opened_by_who_may(
    door, call, shelf, county, stranger, trainer, django_capture_on_commit_callbacks
):
    photo = bytes_of(picture("visit"), exif=phone_notes())
    address = f"/school/follow-ups/{call.pk}/enclosures/"
    files = [uploaded(photo, "D:\\上门\u202e\x00.jpg"), uploaded(b"%PDF-1.4 contract", "合同.pdf"), uploaded(photo, "再一次.jpg")]

    page = door.post(address, {"files": files}, follow=True).content.decode()

    first, second = Enclosure.objects.order_by("pk")
    assert [(one.name, one.follow_up, one.enrolment, one.added_by) for one in (first, second)] == [
        ("上门.jpg", call, call.enrolment, trainer), ("合同.pdf", call, call.enrolment, trainer),
    ]  # fmt: skip
    assert ("上门.jpg" in page, f"/school/enclosures/{first.pk}/" in page, len(list(shelf.iterdir()))) == (True, True, 2)
    opened = door.get(f"/school/enclosures/{first.pk}/")
    assert (opened["Content-Type"], b"SECRETMAKER" in opened.content) == ("image/jpeg", False)
    assert (Image.open(io.BytesIO(opened.content)).size, hashlib.sha256(opened.content).hexdigest()) == ((640, 480), first.sha256)
    assert door.get(f"/school/enclosures/{second.pk}/")["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.filter(deed="enclosure_opened", actor=trainer).count() == 2
    auditor, staff = signed_in(make_user("auditor", county)), signed_in(make_user("approver", county))
    assert [one.get(f"/school/enclosures/{first.pk}/").status_code for one in (auditor, staff)] == [200, 403]
    assert auditor.post(f"/school/enclosures/{first.pk}/remove/").status_code == 403
    assert [signed_in(stranger).get(f"/school/enclosures/{first.pk}/").status_code] == [404]
    assert "上门.jpg" in auditor.get(f"/school/cohorts/{call.enrolment.cohort_id}/follow-ups/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        door.post(f"/school/enclosures/{first.pk}/remove/")
    assert (Enclosure.objects.count(), len(list(shelf.iterdir()))) == (1, 1)
    (shelf / second.stored_as).unlink()
    assert door.get(f"/school/enclosures/{second.pk}/").status_code == 404


def test_what_is_no_photo_is_said_and_kept_nowhere(door, call, shelf, trainer):
    address = f"/school/follow-ups/{call.pk}/enclosures/"
    paper = Evidence.objects.create(enrolment=call.enrolment, kind="shop", on=NOON.date(), words="x", noted_by=trainer)
    large = uploaded(b"\xff\xd8\xff" + b"0" * 11_000_000, "大.jpg")
    for files, sentence in (
        ([], "请先选照片或 PDF"),
        ([large], "最多 10 MB"),
        ([uploaded(b"", "空.pdf")], "空的"),
        ([uploaded(b"MZ\x90", "照片.jpg")], "照片.jpg："),
        ([uploaded(b"\xff\xd8\xff broken", "坏.jpg")], "坏.jpg："),
    ):
        page = door.post(address, {"files": files}, follow=True).content.decode()
        assert sentence in page
    Enclosure.objects.bulk_create(
        Enclosure(enrolment=call.enrolment, evidence=paper, name="x.pdf", sha256=str(n), bytes=1, added_by=trainer)
        for n in range(MOST)
    )
    one_more = f"/school/evidence/{paper.pk}/enclosures/"
    assert "最多放 10 个" in door.post(one_more, {"files": [uploaded(b"%PDF-", "x.pdf")]}, follow=True).content.decode()
    Enclosure.objects.all().delete()
    Evidence.objects.filter(pk=paper.pk).update(withdrawn_at=NOON)
    assert "撤回了" in door.post(one_more, {"files": [uploaded(b"%PDF-", "x.pdf")]}, follow=True).content.decode()
    assert (Enclosure.objects.count(), list(shelf.iterdir())) == (0, [])
    (shelf / "stray").write_bytes(b"cut off")
    assert [forget_stray_enclosures(at=datetime.now(SHANGHAI) + timedelta(days=days)) for days in (0, 9000)] == [0, 1]
