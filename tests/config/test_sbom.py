"""The bill of materials names what is installed, once each, and is the same twice."""

from __future__ import annotations

import io
import json
from importlib.metadata import version
from pathlib import Path

from django.core.management import call_command

from config.selfcheck.machine import pinned

ROOT = Path(__file__).resolve().parents[2]


def bill():
    out = io.StringIO()
    call_command("sbom", stdout=out)
    return json.loads(out.getvalue())


def test_every_pinned_package_and_vendored_script_is_in_it():
    found = bill()
    wanted = pinned((ROOT / "requirements.txt").read_text().splitlines())

    assert (found["bomFormat"], found["specVersion"], found["metadata"]["component"]["name"]) == ("CycloneDX", "1.6", "cunbo")
    assert len(found["components"]) == len(wanted) + 2
    assert len({part["purl"] for part in found["components"]}) == len(found["components"])
    assert {"pkg:pypi/django@" + version("Django"), "pkg:npm/htmx.org@2.0.11", "pkg:npm/uplot@1.6.32"} <= {
        part["purl"] for part in found["components"]
    }


def test_it_says_licences_and_is_the_same_twice(tmp_path):
    first = bill()
    call_command("sbom", str(tmp_path / "bom.json"))

    assert json.loads((tmp_path / "bom.json").read_text()) == first
    licensed = [part for part in first["components"] if part.get("licenses")]
    assert len(licensed) > 0.8 * len(first["components"])


def test_every_requirement_is_pinned_to_one_version():
    lines = [
        line.split("#")[0].strip()
        for name in ("requirements.txt", "requirements-dev.txt")
        for line in (ROOT / name).read_text().splitlines()
    ]

    assert [line for line in lines if line and not line.startswith("-r ") and "==" not in line] == []
