"""What the documents promise is there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import get_commands

from config.demo.people import EVERYBODY

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {
    "axe",
    "races",
    "seats",
    "run",
    "test",
    "check",
    "bench",
    "faults",
    "soak",
    "fuzz",
    "histories",
    "rights",
    "mutants",
    "sbom",
    "venv",
    "help",
}
READMES = ["README.md", "README.zh-Hans.md"]
DOCUMENTS = [*READMES, "CONTRIBUTING.md", "SECURITY.md", "docs/operators.md", "docs/counting.md", "docs/integrators.md"]


def read(name: str) -> str:
    return (ROOT / name).read_text()


def variables_of_settings() -> set[str]:
    in_settings = re.findall(r'(?:env\.\w+|kept_secret)\(\s*"([A-Z_]+)"', read("config/settings.py"))
    elsewhere = re.findall(r'environ\.get\("([A-Z_]+)"\)', read("config/embedded.py"))
    return {*in_settings, *elsewhere} - {"CUNBO_EMBEDDED"}


def test_every_variable_is_read_listed_and_explained():
    listed = set(re.findall(r"^# ([A-Z_]+)=", read(".env.example"), re.MULTILINE))
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", read("docs/operators.md"), re.MULTILINE))
    assert listed == variables_of_settings()
    assert explained == variables_of_settings()


def test_defaults_in_the_document_are_those_of_the_settings():
    explained = dict(re.findall(r"^\| `([A-Z_]+)` \| (\d+) \|", read("docs/operators.md"), re.MULTILINE))
    numbers = dict(re.findall(r'env\.int\("([A-Z_]+)", default=([\d_]+)\)', read("config/settings.py")))
    assert {name: int(value) for name, value in explained.items() if name in numbers} == {k: int(v) for k, v in numbers.items()}


def make(*words: str) -> str:
    """What make says, as to a person: not as to the make that may have started these tests."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *words], cwd=ROOT, env=clean, capture_output=True, text=True, check=True).stdout


def test_every_make_target_is_there_and_help_lists_them():
    said = make("help")
    assert set(re.findall(r"^  make (\w+)", said, re.MULTILINE)) == TARGETS
    assert make() == said


def test_run_passes_port_and_host_and_becomes_the_server():
    planned = make("-n", "run", "PORT=8119", "HOST=::1", "ARGS=")
    assert planned.splitlines()[-1].strip() == "exec .venv/bin/python manage.py up --port 8119 --host ::1"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_link_leads_somewhere(name):
    links = [link for link in re.findall(r"\]\(([^)#\s]+)", read(name)) if "://" not in link]
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


@pytest.mark.parametrize("name", READMES)
def test_readme_names_the_two_commands_the_logins_and_its_twin(name):
    text = read(name)
    assert all(f"\nmake {target} " in text for target in ("run", "test"))
    assert re.findall(r"^\| (\d+) \| `(\S+)` \|", text, re.MULTILINE) == [(p.phone, p.password) for p in EVERYBODY if p.handle]
    assert ({*READMES} - {name}).pop() in text


def test_every_command_named_for_operators_exists():
    named = set(re.findall(r"manage\.py ([a-z_]+)", read("docs/operators.md") + read("CONTRIBUTING.md"))) - {"help"}
    assert named - set(get_commands()) == set()


def test_license_is_the_whole_apache_license():
    text = read("LICENSE")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
