"""Every write to the photos of a class: written anew, encrypted on the disk, given back by those who may see the class."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction

from livestream.actions.stored_file import STRAY_AFTER
from livestream.rules.errors import NotAllowed
from livestream.rules.text import one_line
from livestream.sheets.photo import read_photo, smaller, written_anew
from orders.actions import stored_file
from training.models import Cohort, Photo

if TYPE_CHECKING:
    from datetime import datetime
    from typing import IO

    from livestream.models import User
    from livestream.sheets.photo import Picture
    from training.models import Lesson

SHELF = "photos"
CAPTION_AT_MOST = 80


def add_photo(
    cohort: Cohort, upload: IO[bytes], *, lesson: Lesson | None = None, caption: str = "", by: User, at: datetime
) -> Photo:
    """The photo of a class, or of one of its lessons. The same file again in the same class finds what is there. Raises
    NotAllowed(`photo_missing`, `photo_too_large`, `photo_kind`, `photo_broken`, `lesson_of_another_class`)."""
    if lesson is not None and lesson.cohort_id != cohort.pk:
        raise NotAllowed("lesson_of_another_class")
    data = read_photo(upload)
    sha256 = hashlib.sha256(data).hexdigest()
    if there := Photo.objects.filter(cohort=cohort, sha256=sha256).first():
        return there
    picture = written_anew(data)  # before any transaction: it may take a second
    stored_as = keep(picture.jpeg)
    try:
        return note_photo(
            Photo(cohort=cohort, lesson=lesson, sha256=sha256, stored_as=stored_as, added_by=by), picture, caption, at
        )
    except BaseException:
        stored_file.forget(stored_as, SHELF)
        raise


@transaction.atomic
def note_photo(photo: Photo, picture: Picture, caption: str, at: datetime) -> Photo:
    """Two who send the same file at once have sent it once: the class is locked while it is looked for."""
    Cohort.objects.select_for_update(no_key=True).get(pk=photo.cohort_id)
    if there := Photo.objects.filter(cohort=photo.cohort, sha256=photo.sha256).first():
        stored_file.forget(photo.stored_as, SHELF)
        return there
    photo.caption = one_line(caption)[:CAPTION_AT_MOST]
    photo.bytes, photo.width, photo.height, photo.look = len(picture.jpeg), picture.width, picture.height, picture.look
    photo.taken_at = picture.taken_at if picture.taken_at and picture.taken_at <= at else None
    photo.save(force_insert=True)
    return photo


def keep(jpeg: bytes) -> str:
    """Its name on the shelf."""
    writer = stored_file.Writer(SHELF)
    try:
        for _piece in writer.along([jpeg]):
            pass
    except BaseException:
        writer.drop()
        raise
    return writer.name


def jpeg_of(photo: Photo) -> bytes:
    """Raises `orders.sheets.contract.Refused` where the file is gone from the disk."""
    return b"".join(stored_file.read(photo.stored_as, SHELF))


def small_jpeg_of(photo: Photo) -> bytes:
    """For a list of many, on a weak network."""
    return smaller(jpeg_of(photo))


def forget_stray_photos(*, at: datetime) -> int:
    """Files that a killed process left without a row; returns how many."""
    known = set(Photo.objects.values_list("stored_as", flat=True))
    return stored_file.forget_strays(known, before=at - STRAY_AFTER, shelf=SHELF)
