"""The photos and PDFs of a class's folder that prove calls and what came of the class."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from livestream.actions import stored_file
from training.actions.enclosure import SHELF, content_of
from training.actions.pack_parts import File
from training.models import Enclosure
from training.rules.conversion import ConversionKind
from training.rules.dossier import Column, Table

if TYPE_CHECKING:
    from training.actions.pack_parts import Folder
    from training.rules.class_pack import PackItem
    from training.rules.dossier import Value

ENCLOSURES = (
    Column("文件", 40), Column("姓名", 10), Column("附在哪里", 16), Column("上传时间", 17), Column("谁传的", 10),
    Column("SHA-256", 66),
)  # fmt: skip
NO_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


def enclosures_of(folder: Folder, item: PackItem, *, of_calls: bool) -> tuple[list[File], Table, list[str]]:
    """The files, the list of them with their sums, and what is missing, in words. What was withdrawn stays out."""
    here = Enclosure.objects.filter(enrolment__cohort=folder.cohort, follow_up__isnull=not of_calls, evidence__withdrawn_at=None)
    about = here.select_related("enrolment__trainee", "follow_up", "evidence", "added_by")
    files: list[File] = []
    rows: list[tuple[Value, ...]] = []
    gone = 0
    for number, one in enumerate(about.order_by("enrolment__seat", "enrolment", "pk"), start=1):
        name = NO_NAME.sub("_", f"{number:03d} {one.enrolment.trainee.name} {one.name}")
        rows.append((name, one.enrolment.trainee.name, belongs(one), one.added_at, one.added_by.name, one.sha256))
        if stored_file.is_kept(one.stored_as, SHELF):
            files.append(File(f"{item.stem}附件/{name}", partial(content_of, one), is_alone=True))
        else:
            gone += 1
    return files, Table("附件", ENCLOSURES, rows), [f"{gone} 个附件的文件不在了"] if gone else []


def belongs(one: Enclosure) -> str:
    if one.follow_up:
        return f"结业后 {one.follow_up.after_months} 个月的回访"
    return str(ConversionKind(one.evidence.kind).label) if one.evidence else ""
