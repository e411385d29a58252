"""The English catalog: what it holds, whether its compiled file is in step, and what the sources ask of it."""

from __future__ import annotations

import ast
import gettext
import shutil
import tempfile
from contextlib import chdir
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.test.utils import override_settings

from config.embedded import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

PO = ROOT / "config" / "locale" / "en" / "LC_MESSAGES" / "django.po"
PACKAGES = ("config", "livestream", "orders", "training")
CONTEXT = "\x04"  # stands between context and message in a compiled catalog


@dataclass(slots=True)
class Entry:
    """One message of a .po file."""

    flags: str = ""
    obsolete: bool = False
    parts: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        context = self.parts.get("msgctxt")
        return self.parts.get("msgid", "") if context is None else context + CONTEXT + self.parts.get("msgid", "")

    @property
    def translations(self) -> list[str]:
        return [text for name, text in self.parts.items() if name.startswith("msgstr")]

    @property
    def is_translated(self) -> bool:
        return "fuzzy" not in self.flags and bool(self.translations) and all(self.translations)


def read_po(path: Path) -> dict[str, Entry]:
    """Every message that is in use, by its key; the header is left out."""
    entries = [entry for entry in parse(path.read_text(encoding="utf-8")) if not entry.obsolete]
    return {entry.key: entry for entry in entries if entry.key}


def parse(text: str) -> Iterator[Entry]:
    entry, name = Entry(), ""
    for line in [*text.splitlines(), ""]:
        if not line.strip():
            if entry.parts:
                yield entry
            entry, name = Entry(), ""
        elif line.startswith("#~"):
            entry.obsolete = True
            entry.parts["msgid"] = ""
        elif line.startswith("#,"):
            entry.flags += line
        elif line.startswith("msg"):
            name, _space, literal = line.partition(" ")
            entry.parts[name] = ast.literal_eval(literal)
        elif line.startswith('"'):
            entry.parts[name] += ast.literal_eval(line)


def read_mo(path: Path) -> dict[str, list[str]]:
    """Every translation of the compiled catalog, plural forms in order."""
    found: dict[str, list[str]] = {}
    with path.open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # it has no public list
    for key, text in compiled.items():
        if key:
            found.setdefault(key[0] if isinstance(key, tuple) else key, []).append(text)
    return found


def sources() -> set[str] | None:
    """The messages that code and templates ask for; None where gettext's own programs are not installed.

    Asked of a copy: Django puts a file of Python beside every template while it looks for texts."""
    if not shutil.which("xgettext"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        copied, locale = Path(folder) / "sources", Path(folder) / "locale"
        locale.mkdir()
        for package in PACKAGES:
            shutil.copytree(ROOT / package, copied / package, ignore=shutil.ignore_patterns("locale", "static", "__pycache__"))
        with override_settings(LOCALE_PATHS=[str(locale)]), chdir(copied):
            call_command("makemessages", locale=["en"], no_obsolete=True, verbosity=0)
        return set(read_po(locale / "en" / "LC_MESSAGES" / "django.po"))


def shown(key: str) -> str:
    return key.replace(CONTEXT, " | ")


def faults() -> list[str]:
    """What keeps English from being complete, a line each; empty when all is well."""
    if not PO.exists():
        return [f"no catalog: {PO.relative_to(ROOT)}"]
    entries = read_po(PO)
    found = [f"not translated: {shown(key)}" for key, entry in entries.items() if not entry.is_translated]
    asked = sources()
    if asked is not None:
        found += [f"not in the catalog: {shown(key)}" for key in sorted(asked - set(entries))]
        found += [f"no longer used: {shown(key)}" for key in sorted(set(entries) - asked)]
    compiled = read_mo(PO.with_suffix(".mo")) if PO.with_suffix(".mo").exists() else {}
    wanted = {key: entry.translations for key, entry in entries.items() if entry.is_translated}
    if compiled != wanted:
        found.append("django.mo is not in step with django.po: run manage.py compilemessages")
    return found
