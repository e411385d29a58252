"""The child process that sets one paper: a folder, a template, the fonts and a date in, the PDF (or a picture)
on standard output.

A program of its own, under limits, that imports nothing of the project. Standard error names the characters that no font has.
"""

from __future__ import annotations

import re
import resource
import sys
from datetime import datetime
from pathlib import Path

import typst

MEMORY = 1024 * 1024 * 1024
CPU_SECONDS = 30
LACKING = re.compile(r"the text `\"(.+?)\"` could not be displayed", re.DOTALL)
GETA = "〓"  # what Chinese typesetters put for a character they have not got
TRIES = 100
ARCHIVE = ("a-2u",)
PIXELS_AN_INCH = 216


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def picture_of(root: Path, template: str, fonts: Path) -> bytes:
    """The first page as a PNG; a character without a shape stays an empty box."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    compiler = typst.Compiler(root=root, font_paths=found)
    made = compiler.compile(input=root / f"{template}.typ", format="png", ppi=PIXELS_AN_INCH)
    return made[0] if isinstance(made, list) else bytes(made or b"")


def pdf_of(root: Path, template: str, fonts: Path, at: str) -> bytes:
    """Tells on standard error what it had to leave out."""
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    when = datetime.fromisoformat(at).replace(microsecond=0)
    for _ in range(TRIES):
        try:
            return compiled(root, template, found, when, ARCHIVE)
        except typst.TypstError as error:
            lacking = set(LACKING.findall(error.diagnostic))
            if not lacking:
                raise
            sys.stderr.write("".join(sorted(lacking)))
            if not left_out(lacking, root / "data.json"):
                break
    return compiled(root, template, found, when, ())


def compiled(root: Path, template: str, fonts: typst.Fonts, at: datetime, standards: tuple[str, ...]) -> bytes:
    """Raises TypstError, also for a character without a shape where a standard is asked for."""
    compiler = typst.Compiler(root=root, font_paths=fonts)
    made = compiler.compile(
        input=root / f"{template}.typ",
        format="pdf",
        pdf_standards=list(standards),  # type: ignore[arg-type]  # names of standards are literals in the stubs
        timestamp=at,
    )
    assert isinstance(made, bytes)
    return made


def left_out(pieces: set[str], data: Path) -> bool:
    """Puts 〓 for these in the data; False where they are not there: they stand in the template, or in some other spelling."""
    before = after = data.read_text(encoding="utf-8")
    for piece in pieces:
        after = after.replace(piece, GETA)
    data.write_text(after, encoding="utf-8")
    return after != before


if __name__ == "__main__":
    limit()
    folder, name, fonts_folder, moment, form = sys.argv[1:]
    try:
        if form == "png":
            sys.stdout.buffer.write(picture_of(Path(folder), name, Path(fonts_folder)))
        else:
            sys.stdout.buffer.write(pdf_of(Path(folder), name, Path(fonts_folder), moment))
    except (typst.TypstError, MemoryError) as failed:
        sys.exit(str(getattr(failed, "diagnostic", failed)))
