"""`manage.py sbom`: what Cunbo is made of, as CycloneDX 1.6 JSON, from the packages that are installed here."""

from __future__ import annotations

import json
import re
import uuid
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand

from config.selfcheck.machine import pinned

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from email.message import Message

VENDORED = re.compile(r"(htmx|uPlot)-(\d[\d.]*\d)\.(?:iife\.)?min\.js")
NPM = {"htmx": "htmx.org", "uPlot": "uplot"}


class Command(BaseCommand):
    help = "软件物料清单（SBOM，CycloneDX 1.6 JSON）：requirements.txt 里的包和随带的脚本，各带版本和许可"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="写到哪里；不给就写到屏幕上")

    def handle(self, *_args: Any, **options: Any) -> None:
        text = json.dumps(bill(), ensure_ascii=False, indent=1) + "\n"
        if options["file"]:
            Path(options["file"]).write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text, ending="")


def bill() -> dict[str, Any]:
    """The same wherever the same things are installed: no time, and a serial number made of the contents."""
    parts = [*packages(), *scripts()]
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(parts, sort_keys=True))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "cunbo", "name": "cunbo", "version": own_version()}},
        "components": parts,
    }


def own_version() -> str:
    found = re.search(r'^version = "([^"]+)"', (settings.ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    return found[1] if found else "0"


def packages() -> list[dict[str, Any]]:
    wanted = pinned((settings.ROOT / "requirements.txt").read_text().splitlines())
    return [
        component("pypi", re.sub(r"[-_.]+", "-", name).lower(), version, licence(name))
        for name, version in sorted(wanted.items())
    ]


def scripts() -> list[dict[str, Any]]:
    """What lies in the folder of vendored files, by its name."""
    found = (VENDORED.fullmatch(path.name) for path in sorted((settings.ROOT / "config/static/config/vendor").iterdir()))
    return [component("npm", NPM[match[1]], match[2], {}) for match in found if match]


def component(kind: str, name: str, version: str, licences: dict[str, Any]) -> dict[str, Any]:
    purl = f"pkg:{kind}/{name}@{version}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, **licences}


def licence(name: str) -> dict[str, Any]:
    """As the package says it: an SPDX expression, else its own words."""
    try:
        said = cast("Message", metadata(name))
    except PackageNotFoundError:
        return {}
    if expression := said.get("License-Expression"):
        return {"licenses": [{"expression": expression}]}
    classified = [word.rpartition(" :: ")[2] for word in said.get_all("Classifier") or [] if word.startswith("License :: ")]
    words = classified or [line for line in (said.get("License") or "").splitlines()[:1] if line]
    return {"licenses": [{"license": {"name": word[:100]}} for word in words]} if words else {}
