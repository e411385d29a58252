"""Every write to the materials of courses: small files for phones, encrypted on the disk like every upload."""

from __future__ import annotations

import zipfile
from hashlib import sha256
from typing import IO, TYPE_CHECKING

from django.db import transaction

from livestream.actions.refusal import refusing
from livestream.rules.errors import NotAllowed
from orders.actions import stored_file
from orders.actions.file import chunks, plain_file_name
from orders.sheets.contract import Refused
from training.models import Course, Material
from training.rules.material import BYTES_AT_MOST, FOLDER, MATERIALS_AT_MOST, MEGA, SNIFFED, looks_like, suffix_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from livestream.models import User

SHELF = "materials"
NAME_AT_MOST = 100


@transaction.atomic
def add_material(course: Course, upload: IO[bytes], *, name: str, title: str, by: User) -> Material:
    """The file is kept under its course. Raises NotAllowed for a file that is none of those that phones open, is not what its
    name says, is empty or too big, or is there already; nothing is kept then."""
    name = plain_file_name(name)
    size = check_upload(upload, suffix_of(name))
    Course.objects.select_for_update().get(pk=course.pk)  # two uploads at once count one after the other
    if course.materials.count() >= MATERIALS_AT_MOST:
        raise NotAllowed("material_too_many", limit=MATERIALS_AT_MOST)
    digest = sha256()
    stored = stored_file.keep(chunks(upload, digest.update), SHELF)
    try:
        with refusing({"material_once_per_course": "material_there"}):
            return course.materials.create(
                title=title or name.rpartition(".")[0][:60],
                name=name[-NAME_AT_MOST:],
                stored_as=stored,
                sha256=digest.hexdigest(),
                bytes=size,
                added_by=by,
            )
    except BaseException:
        stored_file.forget(stored, SHELF)
        raise


def check_upload(upload: IO[bytes], suffix: str) -> int:
    """Its size in bytes. Raises NotAllowed."""
    size = upload.seek(0, 2)
    upload.seek(0)
    if not size:
        raise NotAllowed("material_empty")
    if size > BYTES_AT_MOST:
        raise NotAllowed("material_too_big", mb=-(-size // MEGA), limit=BYTES_AT_MOST // MEGA)
    is_so = looks_like(suffix, upload.read(SNIFFED))
    if not is_so or (suffix in FOLDER and not has_folder(upload, FOLDER[suffix])):
        raise NotAllowed("material_not_what_it_says", suffix=suffix)
    return size


def has_folder(upload: IO[bytes], folder: str) -> bool:
    """Whether an office file is of that kind. Only its list of contents is read; nothing is unpacked."""
    try:
        with zipfile.ZipFile(upload) as packed:
            return any(name.startswith(folder) for name in packed.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def material_pieces(material: Material) -> Iterator[bytes]:
    """Its bytes, piece by piece. Raises NotAllowed(`material_gone`) where the file is not there, or was damaged."""
    if not stored_file.is_kept(material.stored_as, SHELF):
        raise NotAllowed("material_gone")
    return _pieces(material.stored_as)


def _pieces(stored_as: str) -> Iterator[bytes]:
    try:
        yield from stored_file.read(stored_as, SHELF)
    except Refused:
        raise NotAllowed("material_gone") from None


@transaction.atomic
def remove_material(material: Material) -> None:
    """The file is gone after commit; how long somebody studied it stays counted. Once is enough."""
    Material.objects.filter(pk=material.pk).delete()
    transaction.on_commit(lambda: stored_file.forget(material.stored_as, SHELF))


def forget_stray_materials(*, before: datetime) -> int:
    """Deletes what an upload that was cut off left behind; returns how many files."""
    known = set(Material.objects.values_list("stored_as", flat=True))
    return stored_file.forget_strays(known, before=before, shelf=SHELF)
