"""The catalogue of courses, and the files that go with them."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from livestream.rules.rights import Action
from orders.actions import stored_file
from orders.actions.rotate import rotate_field_keys
from tests.factories import make_place, make_user
from tests.school import make_course
from training.actions.material import SHELF, forget_stray_materials
from training.models import Course, Material

pytestmark = pytest.mark.usefixtures("november")
COURSE = {"title": "第一次开直播", "topic": "live", "level": "entry", "mode": "offline", "academic_hours": "16"}
PDF = b"%PDF-1.7\n" + b"a" * 3000


def test_a_course_is_added_changed_retired_and_restored(desk, county):
    made = desk.post("/school/courses/new/", COURSE | {"trade": "seller", "trade_level": "5"})
    course = Course.objects.get()
    assert (made.headers["Location"], course.county) == (f"/school/courses/{course.pk}/", county)
    assert (course.trade, course.trade_level, course.academic_hours) == ("seller", 5, 16)

    desk.post(f"/school/courses/{course.pk}/edit/", COURSE | {"academic_hours": "20", "about": "讲\n两遍"})
    course.refresh_from_db()
    assert (course.trade, course.trade_level, course.academic_hours, course.about) == (
        "",
        None,
        20,
        "讲\r\n两遍".replace("\r", ""),
    )

    desk.post(f"/school/courses/{course.pk}/retire/")
    assert not Course.objects.in_use().exists()
    desk.post(f"/school/courses/{course.pk}/restore/")
    assert Course.objects.in_use().get() == course


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({"title": ""}, {"title": ["请填写。"]}),
        ({"topic": "magic"}, {"topic": ["请从列表里选一个。"]}),
        ({"academic_hours": "0"}, {"academic_hours": ["请填 1 到 400 之间的整数。"]}),
        ({"trade": "seller"}, {"trade_level": ["工种和等级要一起选；不按工种的课，两样都不选。"]}),
        ({"trade_level": "5"}, {"trade_level": ["工种和等级要一起选；不按工种的课，两样都不选。"]}),
        ({"trade": "platform_manager", "trade_level": "2"}, {"trade_level": ["“平台管理员”没有这个等级，请换一个。"]}),
        ({"title": "有了"}, {"title": ["县里已经有一门在用的课叫这个名字。请换一个名字，或者打开那一门来改。"]}),
    ],
)
def test_a_wrong_course_is_said(desk, county, typed, errors):
    make_course(county, title="有了")

    page = desk.post("/school/courses/new/", COURSE | typed)

    assert (page.status_code, page.context["form"].errors) == (422, errors)


def test_a_retired_course_comes_back_only_under_a_free_title(desk, county):
    old = make_course(county, title="直播", is_in_use=False)
    make_course(county, title="直播")

    page = desk.post(f"/school/courses/{old.pk}/restore/", follow=True)

    assert "县里已经有一门在用的课叫这个名字" in page.content.decode()
    assert not Course.objects.get(pk=old.pk).is_in_use


def test_the_hours_of_each_trade_stand_beside_the_standard(desk, county):
    for hours in (60, 64):
        make_course(county, trade="platform_manager", trade_level=5, academic_hours=hours)
    make_course(county, trade="platform_manager", trade_level=4, academic_hours=100)
    make_course(county, trade="seller", trade_level=5, academic_hours=500 - 200, is_in_use=False)

    page = desk.get("/school/courses/")

    assert [(each.level.value, each.wanted, each.given, each.missing) for each in page.context["trades"]] == [
        (5, 120, 124, 0), (4, 104, 100, 4), (3, 88, 0, 88),
    ]  # fmt: skip


@pytest.mark.parametrize("rows", [1, 3])
def test_the_catalogue_costs_the_same_whatever_its_length(desk, county, rows, django_assert_num_queries):
    for _ in range(rows):
        make_course(county)
    desk.get("/school/courses/")

    with django_assert_num_queries(9):
        page = desk.get("/school/courses/?topic=live")

    assert [len(its) for _topic, its in page.context["topics"]] == [rows]


def test_another_countys_courses_are_not_there(desk, other_county):
    course = make_course(other_county)

    asked = [f"/school/courses/{course.pk}/", f"/school/courses/{course.pk}/edit/", "/school/courses/?county=130529"]
    assert [desk.get(address).status_code for address in asked] == [404, 404, 404]


def upload(client, course, name, data, title=""):
    return client.post(f"/school/courses/{course.pk}/materials/", {"file": SimpleUploadedFile(name, data), "title": title})


def office(folder):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr(f"{folder}document.xml", "<a/>")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "kind", "shown"),
    [
        ("课件 1.PDF", PDF, "application/pdf", "inline"),
        ("图.jpeg", b"\xff\xd8\xff\xe0" + b"a" * 90, "image/jpeg", "inline"),
        ("图.png", b"\x89PNG\r\n\x1a\n" + b"a" * 90, "image/png", "inline"),
        ("声.mp3", b"ID3\x04" + b"a" * 90, "audio/mpeg", "inline"),
        ("声.mp3", b"\xff\xfb\x90" + b"a" * 90, "audio/mpeg", "inline"),
        ("片.mp4", b"\0\0\0\x20ftypisom" + b"a" * 90, "video/mp4", "inline"),
        ("讲.docx", office("word/"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "attachment"),
        ("讲.pptx", office("ppt/"), "application/vnd.openxmlformats-officedocument.presentationml.presentation", "attachment"),
        ("表.xlsx", office("xl/"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment"),
    ],
)
def test_a_file_goes_in_encrypted_and_comes_out_as_what_it_is(desk, county, name, data, kind, shown):
    course = make_course(county)
    assert upload(desk, course, name, data).status_code == 302

    kept = Material.objects.get()
    assert (kept.title, kept.name, kept.bytes) == (name.rpartition(".")[0], name, len(data))
    assert data[:40] not in (stored_file.folder(SHELF) / kept.stored_as).read_bytes()
    answer = desk.get(f"/school/materials/{kept.pk}/")
    assert b"".join(answer.streaming_content) == data
    assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"].partition(";")[0]) == (kind, shown)
    assert (answer.headers["X-Content-Type-Options"], answer.headers["Content-Length"]) == ("nosniff", str(len(data)))
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("asked", "status", "sent"),
    [
        ("bytes=0-3", 206, PDF[:4]),
        ("bytes=5-", 206, PDF[5:]),
        ("bytes=-7", 206, PDF[-7:]),
        ("bytes=4000-", 200, PDF),
        ("bytes=0-1,5-6", 200, PDF),
        ("bytes=3-1", 200, PDF),
        ("bytes=-0", 200, PDF),
        ("bytes=" + "9" * 5000 + "-", 200, PDF),
        ("lines=1-2", 200, PDF),
        ("bytes=²-", 200, PDF),
    ],
)
def test_a_player_gets_the_part_that_it_asks_for(desk, county, asked, status, sent):
    upload(desk, make_course(county), "a.pdf", PDF)

    answer = desk.get(f"/school/materials/{Material.objects.get().pk}/", headers={"Range": asked})

    assert (answer.status_code, b"".join(answer.streaming_content)) == (status, sent)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("病毒.exe", b"MZ", "这种文件不能当课件"),
        ("无后缀", PDF, "这种文件不能当课件"),
        ("页.html", b"<script>", "这种文件不能当课件"),
        ("改过.pdf", b"MZ" + b"a" * 90, "对不上"),
        ("表.docx", office("xl/"), "对不上"),
        ("坏.docx", b"PK\x03\x04" + b"a" * 90, "对不上"),
        ("空.pdf", b"", "这个文件是空的"),
        ("大.pdf", b"%PDF-" + b"a" * 20_000_000, "最大 20 MB"),
    ],
)
def test_a_file_that_is_none_for_phones_is_refused_and_leaves_nothing(desk, county, name, data, said, settings, tmp_path):
    settings.UPLOADS = tmp_path
    before = set(stored_file.folder(SHELF).iterdir())
    page = upload(desk, make_course(county), name, data, title="我的课件")

    assert page.status_code == 422
    assert said in " ".join(page.context["form"].errors["file"])
    assert "我的课件" in page.content.decode()
    assert (Material.objects.count(), set(stored_file.folder(SHELF).iterdir())) == (0, before)


def test_the_same_file_twice_is_refused(desk, county):
    course = make_course(county)
    upload(desk, course, "a.pdf", PDF)
    before = set(stored_file.folder(SHELF).iterdir())

    page = upload(desk, course, "b.pdf", PDF)

    assert page.context["form"].errors == {"file": ["这门课已经有这个文件了。"]}
    assert set(stored_file.folder(SHELF).iterdir()) == before


def test_a_file_goes_with_its_row_and_strays_are_swept(desk, county, django_capture_on_commit_callbacks):
    upload(desk, make_course(county), "a.pdf", PDF)
    kept = Material.objects.get()
    stray = stored_file.keep([b"left behind"], SHELF)
    assert forget_stray_materials(before=datetime.now(UTC) + timedelta(days=900)) >= 1
    assert (stored_file.is_kept(kept.stored_as, SHELF), stored_file.is_kept(stray, SHELF)) == (True, False)

    with django_capture_on_commit_callbacks(execute=True):
        desk.post(f"/school/materials/{kept.pk}/remove/")

    assert (Material.objects.count(), stored_file.is_kept(kept.stored_as, SHELF)) == (0, False)


def test_a_file_that_is_gone_from_the_disk_says_so(desk, county):
    upload(desk, make_course(county), "a.pdf", PDF)
    kept = Material.objects.get()
    stored_file.forget(kept.stored_as, SHELF)

    answer = desk.get(f"/school/materials/{kept.pk}/")

    assert (answer.status_code, answer.content.decode()) == (410, "这个文件不在了，请重新上传。")


def test_a_new_key_writes_materials_anew(desk, county):
    upload(desk, make_course(county), "a.pdf", PDF)
    path = stored_file.folder(SHELF) / Material.objects.get().stored_as
    before = path.read_bytes()

    assert rotate_field_keys([SHELF]).files >= 1

    assert path.read_bytes() != before
    assert b"".join(stored_file.read(path.name, SHELF)) == PDF


def test_who_teaches_in_a_township_reads_the_courses_of_his_county_and_changes_none(client, county, other_county):
    course, far = make_course(county, title="开直播"), make_course(other_county, title="别县的课")
    near = make_user("trainer", make_place("140425101", "东寺头乡"))
    client.force_login(near)

    catalogue = client.get("/school/courses/").content.decode()

    assert ("开直播" in catalogue, "别县的课" in catalogue, "courses/new" in catalogue) == (True, False, False)
    assert [client.get(f"/school/courses/{one.pk}/").status_code for one in (course, far)] == [200, 404]
    assert [client.get(f"/school/courses/?county={one.pk}").status_code for one in (county, other_county)] == [200, 404]
    assert client.post(f"/school/courses/{course.pk}/retire/").status_code == 404
    assert client.get("/school/courses/new/").status_code in {302, 403, 404}
    assert near.reach(Action.KEEP_SCHOOL) == ("140425101",)
