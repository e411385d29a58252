"""Papers as PDF: a template of `livestream/papers/` set by typst in a child process with limits, with the fonts that lie there.

The same data make the same bytes. The PDF is of the archive kind (PDF/A-2u): fonts inside, its text can be copied out.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import structlog
from django.core.serializers.json import DjangoJSONEncoder

if TYPE_CHECKING:
    from collections.abc import Mapping

PAPERS = Path(__file__).parent.parent / "papers"
CHILD = Path(__file__).with_name("paper_child.py")
CONTROL = re.compile(r"(\\\\)|\\u00[01][0-9a-f]|\x7f")  # as JSON writes them
SECONDS = 60  # by the clock; a page takes some hundredths of one

log = structlog.get_logger()


class NotPrinted(Exception):
    """typst did not make it: a template with a mistake, or more than the limits let through."""


def paper(template: str, data: Mapping[str, object], pictures: Mapping[str, bytes] | None = None, *, form: str = "pdf") -> bytes:
    """The PDF (or, as `png`, a picture of the first page) of `livestream/papers/<template>.typ`, which finds `data` in `base.typ`
    and `pictures` (a plain file name with its ending, and the bytes of a JPEG, PNG or SVG) under `pictures/`.

    `data` is anything that JSON can say, dates and UUIDs too; `data["at"]` (ISO 8601 with its offset) is the date of the file.
    A character that the fonts lack is printed as 〓. Raises NotPrinted."""
    with TemporaryDirectory(prefix="paper") as folder:
        root = Path(folder)
        for source in PAPERS.glob("*.typ"):
            (root / source.name).write_bytes(source.read_bytes())
        (root / "pictures").mkdir()
        for name, content in (pictures or {}).items():
            (root / "pictures" / Path(name).name).write_bytes(content)
        (root / "data.json").write_bytes(as_json(data))
        return printed(root, template, str(data["at"]), form)


def as_json(data: Mapping[str, object]) -> bytes:
    """Without the control characters that JSON writes as escapes: they have no shape, and nobody means them."""
    return CONTROL.sub(r"\1", json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False)).encode(errors="replace")


def printed(root: Path, template: str, at: str, form: str = "pdf") -> bytes:
    """What the child made of the folder. Raises NotPrinted."""
    command = [sys.executable, "-I", str(CHILD), str(root), template, str(PAPERS / "fonts"), at, form]
    try:
        done = subprocess.run(command, capture_output=True, env={}, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise NotPrinted(template) from error
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode != 0:
        raise NotPrinted(f"{template}: {said[-500:]}")
    if said:
        log.warning("paper_lacks_characters", template=template, characters=said)
    return done.stdout
