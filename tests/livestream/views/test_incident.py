"""Incidents with what was said and proof; the replay pointer; who sees what."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from livestream.actions import stored_file
from livestream.actions.consent import record_consent
from livestream.actions.incident import SHELF, proof_of
from livestream.actions.session import end_session
from livestream.models import Incident, LiveSession
from livestream.rules.consent import ConsentKind, ConsentWay
from livestream.rules.replay_pointer import check_pointer, least_until
from tests.factories import make_product, make_session, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf(settings, tmp_path):
    settings.UPLOADS = tmp_path


def picture(name="证据.png", size=(40, 30)):
    made = io.BytesIO()
    Image.new("RGB", size, "red").save(made, "PNG")
    return SimpleUploadedFile(name, made.getvalue(), content_type="image/png")


@pytest.fixture
def live(county, host, now):
    product = make_product(county, title="潞党参")
    return make_session(county, host, went_live_at=now - timedelta(hours=1), line_up=[(product, 5980, None)])


def correction(live, **more):
    facts = {"kind": "correction_made", "note": "价格报错", "said": "正确的是 59.8 元", "product": live.line_up.get().product_id}
    return facts | {"page": "p1"} | more


def test_a_correction_keeps_what_was_said_and_its_proof_encrypted(client, staff, live):
    client.force_login(staff)

    answers = [client.post(f"/sessions/{live.pk}/incident/", correction(live, proof=picture())) for _ in range(2)]

    incident = Incident.objects.get()  # pressed twice, one incident and one file
    assert [answer.headers["location"] for answer in answers] == [f"/incidents/{incident.pk}/"] * 2
    assert (incident.note, incident.said, incident.product.title) == ("价格报错", "正确的是 59.8 元", "潞党参")
    assert (incident.proof_name, len(incident.proof_sha256)) == ("证据.png", 64)
    (kept,) = stored_file.folder(SHELF).iterdir()
    assert b"JFIF" not in kept.read_bytes()
    assert proof_of(incident)[6:10] == b"JFIF"
    page = client.get(f"/incidents/{incident.pk}/").content.decode()
    assert "正确的是 59.8 元" in page
    assert "刚才潞党参的价格我报错了" in page
    assert client.get(f"/incidents/{incident.pk}/proof/").headers["content-type"] == "image/jpeg"


def test_who_may_not_run_it_sees_the_incident_without_the_proof(client, county, staff, trainer, host, stranger, live):
    client.force_login(staff)
    client.post(f"/sessions/{live.pk}/incident/", correction(live, proof=picture()))
    pk = Incident.objects.get().pk
    seen = {}
    for name, user in {"trainer": trainer, "auditor": make_user("auditor", county), "stranger": stranger, "host": host}.items():
        client.force_login(user)
        seen[name] = [client.get(f"/incidents/{pk}/{part}").status_code for part in ("", "proof/")]

    assert seen == {"trainer": [200, 403], "auditor": [200, 200], "stranger": [404, 404], "host": [403, 403]}


@pytest.mark.parametrize(
    ("facts", "field", "words"),
    [
        ({"said": "", "note": ""}, "said", "更正要写当场怎么说的"),
        ({"said": "长" * 201}, "said", "最多写 200 个字，现在是 201 个。"),
        ({"note": "长" * 121}, "note", "说明最多 120 个字，现在是 121 个。"),
        ({"clock": "25:61"}, "clock", "请按 20:05 这样填时间。"),
        ({"kind": "x"}, "kind", "请从列表里选一类。"),
        ({"product": "999"}, "product", "请从列表里选。"),
    ],
)
def test_bad_input_is_said_and_the_rest_is_kept(client, staff, live, facts, field, words):
    client.force_login(staff)

    answer = client.post(f"/sessions/{live.pk}/incident/", correction(live, **facts))

    assert answer.status_code == 422
    assert words in answer.context["form"].errors[field][0]
    assert "正确的是 59.8 元" in answer.content.decode() or "said" in facts


def test_what_is_no_photo_leaves_nothing_behind(client, staff, live):
    client.force_login(staff)
    bad = {
        "photo_kind": SimpleUploadedFile("a.jpg", b"not a picture"),
        "proof_too_large": SimpleUploadedFile("a.jpg", b"\xff" * 10_000_001),
    }

    said = [
        client.post(f"/sessions/{live.pk}/incident/", correction(live, proof=file)).context["form"].errors["proof"][0]
        for file in bad.values()
    ]
    late = client.post(f"/sessions/{live.pk}/incident/", correction(live, proof=picture(), said="", note=""))

    assert "最大 10 MB" in said[1]
    assert (late.status_code, Incident.objects.count(), list(stored_file.folder(SHELF).iterdir())) == (422, 0, [])


def test_the_replay_is_written_down_for_three_years_at_least(client, staff, trainer, live, now):
    client.force_login(staff)
    there = f"/sessions/{live.pk}/replay/"
    facts = {"url": "https://pan.example.com/r/1", "sha256": "AB" * 32, "until_on": ""}
    assert "下播以后才有回放" in client.post(there, facts).content.decode()
    end_session(live, at=now)

    refused = {
        "url": client.post(there, facts | {"url": "javascript:alert(1)"}).context["form"].errors["url"][0],
        "sha256": client.post(there, facts | {"sha256": "xyz"}).context["form"].errors["sha256"][0],
        "until_on": client.post(there, facts | {"until_on": "2027-01-01"}).context["form"].errors["until_on"][0],
    }
    assert [words[:6] for words in refused.values()] == ["这不是网页地", "SHA-25", "回放至少要保"]
    assert client.post(there, facts).status_code == 302
    live.refresh_from_db()
    assert (live.replay_url, live.replay_sha256) == ("https://pan.example.com/r/1", "ab" * 32)
    assert live.replay_until_on.year == live.ended_at.year + 3
    client.force_login(trainer)
    assert (client.get(there).status_code, client.post(there, facts).status_code) == (200, 403)


def test_who_teaches_sees_the_recording_only_as_its_host_agreed(client, staff, trainer, host, live, now):
    end_session(live, at=now)
    LiveSession.objects.filter(pk=live.pk).update(replay_url="https://pan.example.com/r/1", replay_until_on=now.date())

    def seen_by(person):
        client.force_login(person)
        pages = [client.get(f"/sessions/{live.pk}/{more}").content.decode() for more in ("", "replay/")]
        return ["pan.example.com" in page for page in pages], "没有同意上课放" in pages[1]

    assert [seen_by(person) for person in (staff, trainer)] == [([True, True], True), ([False, False], True)]
    record_consent(host, ConsentKind.RECORDING, is_given=True, way=ConsentWay.PAPER, by=staff)
    assert [seen_by(person) for person in (staff, trainer)] == [([True, True], False)] * 2


def test_three_years_of_a_leap_day_end_on_a_day_that_is():
    assert least_until(date(2028, 2, 29)) == date(2031, 3, 1)
    assert check_pointer("http://a.cn/x", "", None, ended_on=date(2026, 1, 2)).until_on == date(2029, 1, 2)
