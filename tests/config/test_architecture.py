"""The rules of the house that a machine can check."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.migrations.writer import MigrationWriter
from django.test import override_settings

from config.catalog import faults, parse

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["config", "livestream", "orders", "training"]
FILE_LIMIT, FUNCTION_LIMIT = 400, 40
FORBIDDEN_NAMES = re.compile(r"(service|manager|helper|helpers|util|utils|common|misc)s?(\.py)?$", re.IGNORECASE)
RELATIVE_IMPORT = re.compile(r"""(?:from|import)\s*["'](\.[^"']+)["']""")
HASHED = re.compile(r"\.[0-9a-f]{12}\.(?:m?js)$")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TRANSLATED = [
    re.compile(r"{%-?\s*(?:translate|trans)\s+.*?%}", re.DOTALL),
    re.compile(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", re.DOTALL),
    re.compile(r"{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL),
    re.compile(r"{#.*?#}"),
    re.compile(r"""_\((["']).*?\1\)"""),
    re.compile(r"<option[^>]*>中文</option>|>中文<"),  # a language is named in itself
]


def sources(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts]


def functions(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_imports_point_down():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "0 broken" in done.stdout) == (0, True), done.stdout[-3000:]


def test_no_file_is_too_long():
    files = [*sources(*PACKAGES, "tests", "bench", "faults"), ROOT / "manage.py"]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in files}
    assert {name: length for name, length in lengths.items() if length > FILE_LIMIT} == {}


def test_no_function_is_too_long():
    assert [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in sources(*PACKAGES, "bench", "faults")
        for node in functions(path)
        if node.end_lineno - node.lineno + 1 > FUNCTION_LIMIT
    ] == []


def test_nothing_is_named_after_nothing():
    named = [path for package in PACKAGES for path in (ROOT / package).rglob("*") if FORBIDDEN_NAMES.search(path.name)]
    assert [str(path.relative_to(ROOT)) for path in named if "__pycache__" not in path.parts] == []


def test_errors_are_never_swallowed():
    assert [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(*PACKAGES)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or getattr(node.type, "id", "") in {"Exception", "BaseException"})
        and all(isinstance(statement, ast.Pass) for statement in node.body)
    ] == []


def test_models_and_migrations_are_in_step(db):
    said = io.StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=said)
    assert said.getvalue() == "No changes detected\n"


def test_squashed_migrations_lead_where_their_steps_lead():
    """The same models with the same columns in the same order, indexes, constraints and triggers."""
    loader = MigrationLoader(None, replace_migrations=False)
    steps = [key for key, migration in loader.disk_migrations.items() if not migration.replaces]
    assert in_words(MigrationLoader(None).project_state()) == in_words(loader.project_state(steps))


def in_words(state: ProjectState) -> dict[tuple[str, str], list[str]]:
    return {
        key: [
            f"{name} = {MigrationWriter.serialize(value)[0]}"
            for name, value in [*model.fields.items(), *sorted(model.options.items())]
            if value
        ]
        for key, model in state.models.items()
    }


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    """The static files as they are delivered: hashed, compressed, rewritten."""
    root = tmp_path_factory.mktemp("static")
    storages = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "config.storage.HashedStaticFiles"},
    }
    with override_settings(STATIC_ROOT=root, STORAGES=storages):
        call_command("collectstatic", interactive=False, verbosity=0)
    return root


def test_imports_between_modules_carry_a_hash(collected):
    imports = [
        (path.name, found)
        for path in collected.rglob("*")
        if path.suffix in {".js", ".mjs"} and "admin" not in path.relative_to(collected).parts
        for found in RELATIVE_IMPORT.findall(path.read_text())
    ]
    assert imports
    assert [pair for pair in imports if not HASHED.search(pair[1])] == []


def test_vendored_files_carry_version_and_license():
    vendor = ROOT / "config" / "static" / "config" / "vendor"
    names = [path.name for path in vendor.iterdir()]
    libraries = {re.match(r"(.+?-\d+\.\d+\.\d+)\.", name)[1] for name in names}
    assert libraries
    assert {name for name in libraries if not any(other.startswith(f"{name}.LICENSE") for other in names)} == set()


def test_english_is_complete_and_compiled():
    assert faults() == []


def test_templates_hold_no_words_outside_the_catalog():
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("templates/**/*.html")):
            text = path.read_text()
            for pattern in TRANSLATED:
                text = pattern.sub("", text)
            found += [f"{path.relative_to(ROOT)}: {line.strip()}" for line in text.splitlines() if CHINESE.search(line)]
    assert found == []


def test_scripts_hold_no_words():
    scripts = [path for package in PACKAGES for path in (ROOT / package).rglob("static/**/*.js") if "vendor" not in path.parts]
    without_comments = {path: re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.DOTALL) for path in scripts}
    assert [str(path.relative_to(ROOT)) for path, text in without_comments.items() if CHINESE.search(text)] == []


def test_catalog_reader_knows_contexts_plurals_and_marks():
    text = """
#, fuzzy
msgctxt "many"
msgid "订单"
msgstr "Orders"

msgid ""
"第一行"
"第二行"
msgid_plural "许多"
msgstr[0] "one"
msgstr[1] ""

#~ msgid "旧"
#~ msgstr "old"
"""
    fuzzy, plural, old = parse(text)
    assert (fuzzy.key, fuzzy.is_translated) == ("many\x04订单", False)
    assert (plural.key, plural.translations, plural.is_translated) == ("第一行第二行", ["one", ""], False)
    assert old.obsolete
