"""Writing the ZIP of a class: its parts one after the other, encrypted on the way to the disk, then what they are and their sums.

Two packs of the same rows differ only in what bears their date and purpose: the contents page, contents.json and the sums."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import IO, TYPE_CHECKING, NamedTuple, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils import timezone, translation

from orders.actions.export_file import Sealed
from training.actions.pack_parts import Folder, pdf_of
from training.actions.pack_people import attendance_part, photos_part, roster_part
from training.actions.pack_plan import materials_part, plan_part, summary_part, timetable_part, trainers_part
from training.actions.pack_results import (
    certificates_part,
    conversion_part,
    feedback_part,
    follow_ups_part,
    news_part,
    results_part,
    study_part,
)
from training.rules.dossier import Column, Facts, Paper, Table, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from orders.actions.export_file import Made
    from training.actions.pack_parts import File, Part
    from training.models import ClassPack
    from training.rules.dossier import Value

SHELF = "packs"
PARTS: tuple[Callable[[Folder], Part], ...] = (
    plan_part, timetable_part, roster_part, attendance_part, photos_part, trainers_part, materials_part, results_part,
    feedback_part, certificates_part, summary_part, follow_ups_part, conversion_part, study_part, news_part,
)  # fmt: skip
TOGETHER = 2  # papers set at a time
PACKED_ALREADY = (".jpg", ".jpeg", ".png", ".mp4", ".zip", ".xlsx", ".pptx", ".docx")
CONTENTS, SUMS, MACHINE = "00 目录.pdf", "SHA256SUMS", "contents.json"
ITEMS = (
    Column("序", 3, is_right=True), Column("内容", 11), Column("里面有", 14), Column("文件", 26), Column("缺什么", 30),
)  # fmt: skip
FILES = (
    Column("文件", 26), Column("页", 4, is_right=True), Column("字节", 9, is_right=True), Column("SHA-256", 45),
)  # fmt: skip
PAGES = re.compile(rb"/Type\s*/Page[^s]")
RIGHTS_OF_A_FILE = 0o644 << 16
UTF8 = 0x800


class Stored(NamedTuple):
    """A file of the pack. `pages`: of a PDF, None of others."""

    name: str
    bytes: int
    sha256: str
    pages: int | None


class Zip:
    """A ZIP that only goes forward; every entry bears the date of the class."""

    def __init__(self, sink: Sealed, at: datetime, top: str) -> None:
        self.zip = ZipFile(cast("IO[bytes]", sink), "w", ZIP_DEFLATED)
        self.at = timezone.localtime(at).timetuple()[:6]
        self.top, self.stored = top, list[Stored]()

    def put(self, name: str, content: bytes) -> None:
        info = ZipInfo(f"{self.top}/{name}", self.at)
        info.compress_type = ZIP_STORED if name.lower().endswith(PACKED_ALREADY) else ZIP_DEFLATED
        info.external_attr, info.create_system = RIGHTS_OF_A_FILE, 3
        self.zip.writestr(info, content)
        pages = len(PAGES.findall(content)) or None if name.endswith(".pdf") else None
        self.stored.append(Stored(name, len(content), sha256(content).hexdigest(), pages))


def write_pack(pack: ClassPack, *, address: str, at: datetime) -> Made:
    """The pack on the disk, encrypted; nothing is left behind where it fails. Raises NotPrinted."""
    sink = Sealed(SHELF)
    try:
        with translation.override("zh-hans"):
            folder = Folder(pack.cohort, at, address)
            parts = [part(folder) for part in PARTS]
            zipped = Zip(sink, folder.dated, top_of(folder))
            for file, content in made(parts):
                zipped.put(file.name, content)
            finish(zipped, pack, folder, parts)
            zipped.zip.close()
        return sink.close(len(zipped.stored))
    except BaseException:
        sink.writer.drop()
        raise


def top_of(folder: Folder) -> str:
    """The folder that unpacking makes."""
    title = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", folder.cohort.title).strip(". ")
    return f"{folder.cohort.year}年第{folder.cohort.number}期 {title}"


def made(parts: list[Part]) -> Iterator[tuple[File, bytes]]:
    """Papers and workbooks some at a time, the others one by one."""
    files = [file for part in parts for file in part.files]
    papers = [file for file in files if not file.is_alone]
    with ThreadPoolExecutor(TOGETHER) as pool:
        yield from zip(papers, pool.map(lambda file: file.make(), papers), strict=True)
    for file in files:
        if file.is_alone:
            yield file, file.make()


def finish(zipped: Zip, pack: ClassPack, folder: Folder, parts: list[Part]) -> None:
    """The contents for people and for programs, then the sums of everything, as `sha256sum -c` reads them."""
    stored = {one.name: one for one in zipped.stored}
    about = about_of(pack, folder)
    listed = sorted(zipped.stored)
    zipped.put(MACHINE, as_json(about, parts, stored))
    zipped.put(CONTENTS, pdf_of(folder, contents(about, parts, listed), f"打印于 {about['打印时间']}"))
    zipped.put(SUMS, "".join(f"{one.sha256}  {one.name}\n" for one in sorted(zipped.stored)).encode())


def about_of(pack: ClassPack, folder: Folder) -> dict[str, str]:
    return {
        "班级": folder.name,
        "用途": pack.purpose,
        "谁要的": pack.asked_by.name,
        "要的时间": f"{timezone.localtime(pack.asked_at):%Y-%m-%d %H:%M:%S}",
        "打印时间": f"{timezone.localtime(folder.at):%Y-%m-%d %H:%M:%S}",
        "编号": str(pack.pk),
    }


def as_json(about: dict[str, str], parts: list[Part], stored: dict[str, Stored]) -> bytes:
    items = [
        {
            "number": part.item.value,
            "title": part.item.label,
            "amount": part.amount,
            "missing": part.missing,
            "files": [stored[file.name]._asdict() for file in part.files],
        }
        for part in parts
    ]
    return json.dumps({"about": about, "items": items}, ensure_ascii=False, indent=1).encode() + b"\n"


def contents(about: dict[str, str], parts: list[Part], stored: list[Stored]) -> Paper:
    """The fifteen things of the ledger: what there is of each, and what is missing; then every file with its sum."""
    rows: list[tuple[Value, ...]] = [
        (part.item.value, part.item.label, part.amount or "没有", files_of(part), "；".join(part.missing) or "齐")
        for part in parts
    ]
    facts = Facts([(name, said) for name, said in about.items() if name != "班级"])
    words = Words(
        "手机号隐去中间四位。数字和系统页面同一个算法。"
        "核对文件有没有被改过：在这个文件夹里运行 sha256sum -c SHA256SUMS，或用任何能算 SHA-256 的工具对照上面的指纹。",
        is_small=True,
    )
    listed: list[tuple[Value, ...]] = [(one.name, one.pages, one.bytes, one.sha256) for one in stored]
    return Paper("目　录", "", [facts, Table("十五项材料", ITEMS, rows), Table("文件和指纹", FILES, listed), words])


def files_of(part: Part) -> str:
    """A folder is named once, however much lies in it."""
    return "、".join(dict.fromkeys(file.name.split("/")[0] + ("/" if "/" in file.name else "") for file in part.files))
