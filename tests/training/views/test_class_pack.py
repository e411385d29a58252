from __future__ import annotations

import io
import zipfile

import pytest

from livestream.models import AuditEntry
from tests.factories import make_place, make_user
from tests.school import make_cohort
from tests.sign_in import signed_in
from training.actions.class_pack import make_pack
from training.models import ClassPack

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelves(settings, tmp_path):
    settings.UPLOADS = tmp_path


def address(cohort, rest=""):
    return f"/school/cohorts/{cohort.pk}/packs/{rest}"


def test_a_pack_is_asked_for_watched_and_taken_away(county, staff):
    cohort, desk = make_cohort(county, title="月班"), signed_in(staff)
    asked = desk.post(address(cohort, "new/"), {"purpose": "县级验收"}, follow=True).content.decode()
    pack = ClassPack.objects.get()
    assert "排队中" in asked
    assert f'hx-get="{address(cohort)}"' in asked
    make_pack(pack.pk, county.pk)

    watched = desk.get(address(cohort), headers={"HX-Request": "true"})
    page = desk.get(address(cohort)).content.decode()
    taken = desk.post(address(cohort, f"{pack.pk}/file/"))

    pack.refresh_from_db()
    assert watched.headers["HX-Refresh"] == "true"
    assert pack.sha256 in page
    body = b"".join(taken.streaming_content)
    assert (len(body), taken.headers["Content-Type"]) == (pack.bytes, "application/zip")
    assert len(zipfile.ZipFile(io.BytesIO(body)).namelist()) > 15
    assert pack.downloads == 1
    entry = AuditEntry.objects.get(deed="pack_taken")
    assert (entry.actor, entry.detail["purpose"], entry.detail["sha256"]) == (staff, "县级验收", pack.sha256)


def test_without_a_purpose_nothing_is_made_and_the_page_says_so(county, staff):
    answer = signed_in(staff).post(address(make_cohort(county), "new/"), {"purpose": "\x00 "})
    assert (answer.status_code, ClassPack.objects.count()) == (422, 0)
    assert "请写一句做什么用" in answer.content.decode()


def test_an_auditor_takes_it_and_whoever_only_sees_the_class_does_not(county, other_county):
    cohort = make_cohort(county)
    pack = ClassPack.objects.create(cohort=cohort, purpose="验收", asked_by=cohort.made_by)
    file = address(cohort, f"{pack.pk}/file/")
    auditor, approver = signed_in(make_user("auditor", county)), signed_in(make_user("approver", county))
    stranger, village = signed_in(make_user("auditor", other_county)), make_place(f"{county.pk}100201")

    assert auditor.post(file).status_code == 302  # not made yet: told so
    assert "已经不在了" in auditor.get(address(cohort)).content.decode()
    assert "不能要它的档案" in approver.get(address(cohort)).content.decode()
    assert (approver.post(file).status_code, approver.post(address(cohort, "new/")).status_code) == (403, 403)
    assert (stranger.get(address(cohort)).status_code, stranger.post(file).status_code) == (404, 404)
    assert signed_in(make_user("trainer", village)).post(file).status_code == 404


def test_what_failed_is_said_in_words(county, staff):
    cohort = make_cohort(county)
    for error in ("paper", "killed", "unknown"):
        ClassPack.objects.create(cohort=cohort, purpose="验收", asked_by=staff, error=error)
    page = signed_in(staff).get(address(cohort)).content.decode()
    assert all(words in page for words in ("多半是照片坏了", "做到一半停了几次", "出了没有料到的错"))
    assert "hx-get" not in page
