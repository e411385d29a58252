"""Photos of a class: written anew without what the phone noted, found again by file and by look, refused in words."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from PIL import Image

from livestream.actions import stored_file
from livestream.rules.errors import NotAllowed
from livestream.sheets.photo import moment_of, written_anew
from tests.factories import make_user
from tests.sign_in import signed_in
from tests.training.marks import make_class
from tests.training.pictures import bytes_of, phone_notes, photo_of, picture
from training.actions.photo import SHELF, add_photo, forget_stray_photos, jpeg_of, keep
from training.models import Photo
from training.tasks import forget_class_packs

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path / "uploads"
    return settings.UPLOADS


@pytest.fixture
def school(county, uploads):
    return make_class(1, county=county)


@pytest.fixture
def cohort(school):
    return school[0]


def apart(one, other):
    """In how many of 64 places two looks differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_a_photo_is_kept_encrypted_without_what_the_phone_noted(cohort, trainer, uploads):
    upload = photo_of("场")
    raw = upload.read()

    photo = add_photo(cohort, upload, caption=" 开班\0横幅 ", by=trainer, at=NOW)

    jpeg = jpeg_of(photo)
    made = Image.open(io.BytesIO(jpeg))
    assert b"SECRETMAKER" in raw
    assert (made.format, made.size, dict(made.getexif()), b"SECRET" in jpeg) == ("JPEG", (640, 480), {}, False)
    assert (photo.caption, photo.width, photo.height, photo.bytes) == ("开班 横幅", 640, 480, len(jpeg))
    assert photo.taken_at == datetime(2026, 11, 2, 1, 5, tzinfo=UTC)  # 9:05 in Shanghai
    [path] = [path for path in uploads.rglob("*") if path.is_file()]
    assert path == uploads / "photos" / photo.stored_as
    assert jpeg[:64] not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_same_file_again_in_a_class_is_the_same_photo(cohort, trainer, uploads):
    one, again = (add_photo(cohort, photo_of("a"), by=trainer, at=NOW) for _ in range(2))

    assert (one, Photo.objects.count(), len([*(uploads / "photos").iterdir()])) == (again, 1, 1)


def test_the_same_picture_is_known_by_its_look_whatever_became_of_the_file(cohort, trainer):
    one = add_photo(cohort, photo_of("a"), by=trainer, at=NOW)
    smaller = SimpleUploadedFile("b.webp", bytes_of(picture("a").resize((400, 300)), "WEBP", quality=60))
    other = add_photo(cohort, smaller, by=trainer, at=NOW)
    different = add_photo(cohort, photo_of("b"), by=trainer, at=NOW)

    assert one.sha256 != other.sha256
    assert apart(one.look, other.look) <= 4
    assert apart(one.look, different.look) >= 12


def test_a_photo_taken_upright_stands_upright(cohort, trainer):
    photo = add_photo(cohort, photo_of("a", exif=phone_notes(orientation=6)), by=trainer, at=NOW)

    assert (photo.width, photo.height) == (480, 640)


def test_a_large_photo_is_made_smaller_and_a_transparent_one_white():
    large = written_anew(bytes_of(Image.new("RGB", (6000, 3000), "red")))
    clear = written_anew(bytes_of(Image.new("RGBA", (50, 40), (0, 0, 0, 0)), "PNG"))

    assert (large.width, large.height) == (2048, 1024)
    assert Image.open(io.BytesIO(clear.jpeg)).getpixel((5, 5)) == (255, 255, 255)


def bomb(width=30_000, height=30_000):
    """A PNG of a few bytes that unpacks to 2.7 GB."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


BAD = {
    "nothing": (b"", "photo_missing"),
    "a bomb": (bomb(), "photo_too_large"),
    "a GIF": (bytes_of(picture(), "GIF"), "photo_kind"),
    "HEIC": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 500, "photo_kind"),
    "a page": (b"<html><script>alert(1)</script></html>", "photo_kind"),
    "cut off": (bytes_of(picture())[:900], "photo_broken"),
    "no pixels": (bomb(100, 100), "photo_broken"),
    "too heavy": (b"\xff\xd8\xff" + b"\0" * 15_000_000, "photo_too_large"),
}


@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD)
def test_what_is_no_photo_is_refused_and_not_kept(cohort, trainer, uploads, data, code):
    with pytest.raises(NotAllowed) as refused:
        add_photo(cohort, io.BytesIO(data), by=trainer, at=NOW)

    assert (refused.value.code, Photo.objects.count(), list(uploads.rglob("*"))) == (code, 0, [])


@pytest.mark.parametrize(
    ("taken", "offset", "at"),
    [
        ("2026:11:02 09:00:00", "", datetime(2026, 11, 2, 1, tzinfo=UTC)),
        ("2026:11:02 09:00:00", "+00:00", datetime(2026, 11, 2, 9, tzinfo=UTC)),
        ("1970:01:01 08:00:00", "", None),
        ("0000:00:00 00:00:00", "", None),
        ("gestern", "+08:00", None),
        ("2026:11:02 09:00:00", "heute", None),
        ("", "", None),
    ],
)
def test_when_it_was_taken_as_the_phone_says(taken, offset, at):
    assert moment_of(taken, offset) == at


def test_several_are_sent_at_once_and_a_bad_one_keeps_none_out(school, trainer, uploads):
    cohort, [lesson], _people = school
    client = signed_in(trainer)
    files = [photo_of("a"), SimpleUploadedFile("evil.html", b"<html>"), photo_of("b", name="../../x.jpg")]

    page = client.post(
        f"/school/cohorts/{cohort.pk}/photos/add/", {"photos": files, "lesson": lesson.pk, "caption": "全场"}, follow=True
    )

    text = page.content.decode()
    assert (Photo.objects.filter(lesson=lesson, caption="全场").count(), "传好了 2 张。" in text) == (2, True)
    assert "evil.html：这不是能用的照片" in text


@pytest.mark.parametrize("body", [{}, {"lesson": "x"}, {"lesson": "\0"}, {"caption": "长" * 81}])
def test_a_form_without_photos_is_asked_for_again(cohort, trainer, body):
    answer = signed_in(trainer).post(f"/school/cohorts/{cohort.pk}/photos/add/", body)

    assert (answer.status_code, "请先选一张照片。" in answer.content.decode()) == (422, True)


def test_a_photo_is_shown_to_those_who_may_see_the_class(cohort, county, trainer, stranger, uploads):
    photo = add_photo(cohort, photo_of("a"), by=trainer, at=NOW)
    address = f"/school/photos/{photo.pk}/"

    answer = signed_in(make_user("auditor", county)).get(address)
    small = signed_in(trainer).get(f"{address}?size=small")

    headers = [answer[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control", "Content-Disposition")]
    assert headers == ["image/jpeg", "nosniff", "private, max-age=3600", f'inline; filename="photo-{photo.pk}.jpg"']
    assert answer.content == jpeg_of(photo)
    assert Image.open(io.BytesIO(small.content)).size == (480, 360)
    assert signed_in(stranger).get(address).status_code == 404
    (uploads / "photos" / photo.stored_as).unlink()
    assert signed_in(trainer).get(address).status_code == 404


def test_photos_are_written_under_a_new_key(cohort, trainer, settings):
    photo = add_photo(cohort, photo_of("a"), by=trainer, at=NOW)
    before = jpeg_of(photo)
    newest = Fernet.generate_key().decode()
    settings.FIELD_KEYS = [newest, *settings.FIELD_KEYS]

    call_command("rotate_field_keys")
    settings.FIELD_KEYS = [newest]

    assert jpeg_of(photo) == before


def test_photos_without_a_row_are_swept_after_a_day(uploads, db):
    stray = keep(b"x")

    forget_class_packs()  # the task runs it, and leaves what is young
    assert stored_file.is_kept(stray, SHELF)
    assert forget_stray_photos(at=datetime.now(UTC) + timedelta(days=2)) == 1
    assert not stored_file.is_kept(stray, SHELF)
