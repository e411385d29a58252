"""What the sources must not say: no way around the escaping of templates, no code out of data, nothing from elsewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "livestream", "orders", "training")
PYTHON = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)
TEMPLATES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.html"))
SCRIPTS = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.js") if "vendor" not in path.parts)
STYLES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.css") if "vendor" not in path.parts)

IN_TEMPLATES = {
    r"\|\s*(safe|safeseq)\b": "turns escaping off",
    r"{%\s*autoescape\s+off": "turns escaping off",
    r"{%\s*(include|extends)\s+(?!\"|shell %})[a-z]": "a template named by a variable",  # `shell` is one of two, named by the view
    r"\son\w+\s*=": "code in an attribute",
    r"\sstyle\s*=": "style in an attribute",
    r"<style": "style in a page",
    r"<script(?![^>]*(\bsrc=|type=\"application/json\"))": "code in a page",
    r"javascript:": "code in an address",
    r"<(iframe|object|embed|base)\b": "another page in ours",
    r"(?:src|href|action)=\"(?:https?:)?//": "something from elsewhere",
    r"\bhx-(on|vals=['\"]js)": "code in an attribute",
}
IN_SCRIPTS = {
    r"\.(innerHTML|outerHTML)\b": "HTML out of a text",
    r"insertAdjacentHTML|document\.write|createContextualFragment|setHTMLUnsafe|parseHTMLUnsafe": "HTML out of a text",
    r"\beval\(|new Function|set(Timeout|Interval)\(\s*[\"'`]": "code out of a text",
    r"\bimport\(": "code that is named at run time",
    r"[\"'`](https?:)?//[a-z]": "something from elsewhere",
    r"(?<!\bworker\.)\bpostMessage\(|\bdocument\.domain\b|\.cookie\b": "a way to other sites",
}
# Server fragments without code are read as HTML in one place; the policy of trusted.js looks at them.
PARSES_HTML = {"config/static/config/js/poll.js", "config/static/config/js/trusted.js"}
CALLS = {
    "mark_safe", "SafeString", "eval", "exec", "compile", "__import__", "pickle.loads", "pickle.load", "marshal.loads", "shelve.open",
    "yaml.load", "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "Template", "engines", "from_string",
    "RawSQL", "extra", "html_safe", "tempfile.mktemp",
}  # fmt: skip
MODULES = {"pickle", "marshal", "shelve", "yaml", "dill", "xml", "lxml", "telnetlib", "ftplib"}


def found(pattern, paths, allowed=()):
    hits = ((path.relative_to(ROOT).as_posix(), path.read_text()) for path in paths)
    return [name for name, text in hits if name not in allowed and re.search(pattern, text)]


@pytest.mark.parametrize(("pattern", "why"), IN_TEMPLATES.items())
def test_templates(pattern, why):
    assert found(pattern, TEMPLATES) == [], why


@pytest.mark.parametrize(("pattern", "why"), IN_SCRIPTS.items())
def test_scripts(pattern, why):
    assert found(pattern, SCRIPTS) == [], why


def test_only_one_script_reads_html():
    assert set(found("DOMParser", SCRIPTS)) == PARSES_HTML


def test_styles_load_nothing_from_elsewhere():
    assert found(r"@import|url\(\s*[\"']?(https?:)?//|expression\(", STYLES) == []


def test_every_script_and_style_of_a_page_is_our_own_file():
    """By `{% static %}`: hashed, served from here, found when the files are collected."""
    named = [
        (path.name, word)
        for path in TEMPLATES
        for word in re.findall(r"<(?:script[^>]*\ssrc|link[^>]*\shref)=\"([^\"]*(?:\"[^\"]*\"[^\"]*)?)\"", path.read_text())
    ]

    assert len(named) > 40
    assert [(name, word) for name, word in named if not re.fullmatch(r'{% static "[\w./-]+" %}', word)] == []


# --- Python ---------------------------------------------------------------------------------------------------------------


def name_of(node):
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def calls(tree):
    return ((name_of(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def trees():
    return ((path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())) for path in PYTHON)


def test_no_code_out_of_data_and_no_text_that_says_it_is_safe():
    hits = [
        (file, name)
        for file, tree in trees()
        for name, _ in calls(tree)
        if name in CALLS or name.rsplit(".", 1)[-1] in {"mark_safe", "SafeString", "RawSQL", "from_string"}
    ]

    assert hits == []


def test_no_module_that_makes_objects_or_unfolds_entities_out_of_data():
    imported = [
        (file, name.split(".")[0])
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    ]

    assert [(file, name) for file, name in imported if name in MODULES] == []


def test_secrets_are_not_left_to_chance():
    """`random` can be foretold; tokens and codes come from `secrets`."""
    hits = {file for file, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)
            if any(alias.name == "random" for alias in node.names) or getattr(node, "module", "") == "random"}  # fmt: skip

    assert hits <= CHANCE


def test_no_shell_is_asked():
    shells = [
        file
        for file, tree in trees()
        for name, call in calls(tree)
        if name.startswith("subprocess.")
        for word in call.keywords
        if word.arg == "shell" and not (isinstance(word.value, ast.Constant) and word.value.value is False)
    ]

    assert shells == []


# Statements that are put together from pieces. A new one is put here on purpose: its pieces must be names of ours (tables,
# columns, savepoints), never a value and never a word of a person.
ASSEMBLED = {
    ("config/postgres/told.py", "sql"),  # hands on what it is given
    ("config/selfcheck/database.py", "statement"),
    ("orders/actions/export_reading.py", "COUNTS[asked.kind]"),
    ("orders/actions/export_reading.py", "STATEMENTS[asked.kind]"),
    ("livestream/actions/notice_claim.py", "statement"),  # one of those of its own
    ("livestream/models/leisure.py", "f'RESET {name}'"),
    ("livestream/actions/audit_chain.py", "sql"),  # one of the two of its own
    ("orders/actions/alert.py", "statement"),
    ("orders/actions/alert_facts.py", "statement"),
    ("orders/actions/audit.py", "tally.correction()"),
    ("orders/actions/audit.py", "f'SELECT scope, county_id, count(*) {_differences(tally, tal"),
    ("orders/actions/audit.py", "f\"SELECT concat_ws(' ', {keys}), {both} {differences} ORDER "),
    ("orders/actions/audit.py", "f\"SELECT count(*) {_differences(tally, parts, tally.stored('"),
    ("orders/actions/rows.py", "self.as_csv"),
    ("orders/actions/rows.py", "self.as_text"),
    ("orders/actions/tally.py", "REFUND_DAYS.add"),
    ("orders/board/frame.py", "statement"),
    ("config/demo/school.py", "f'ANALYZE {tables}'"),
    ("livestream/actions/own_data.py", "person"),  # no statement: a copy of what is kept of a person
    ("training/actions/counting.py", "statement"),
}
# Where chance is not a secret: pauses that spread, and evenings that are made up.
CHANCE = {
    "config/idle.py", "config/management/commands/migrate.py", "orders/actions/hints.py", "orders/actions/intake.py",
    "orders/actions/pull.py", "orders/management/commands/simulate.py", "orders/management/sender.py", "orders/management/simulation.py",
    "orders/platforms/fake.py", "orders/platforms/fake_token.py", "orders/rules/evening.py",
    "config/demo/school_people.py", "config/demo/school_class.py", "config/demo/school_after.py", "config/demo/school_now.py",
}  # fmt: skip


def is_plain(node, constants):
    """A text whose every part stands in the sources: a literal, a constant of the module, or pieces of these."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Name):
        return node.id.isupper() or node.id in constants
    if isinstance(node, ast.Attribute):
        return node.attr.isupper()
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return is_plain(node.left, constants) and is_plain(node.right, constants)
    if isinstance(node, ast.JoinedStr):
        return all(is_plain(part.value if isinstance(part, ast.FormattedValue) else part, constants) for part in node.values)
    return False


def test_statements_are_texts_of_the_sources():
    """Everything that `execute`, `executemany`, `copy` and `raw` are given. Values travel beside it, as parameters."""
    hits = {
        (file, ast.unparse(call.args[0])[:60])
        for file, tree in trees()
        for name, call in calls(tree)
        if name.rsplit(".", 1)[-1] in {"execute", "executemany", "copy", "raw"} and call.args
        if not is_plain(call.args[0], ())
    }

    assert hits == ASSEMBLED


def test_no_words_of_a_request_become_names_of_fields():
    """`filter(**request.GET)`, `order_by(request.GET[…])` and the like."""
    risky = {
        "filter",
        "exclude",
        "get",
        "order_by",
        "values",
        "values_list",
        "annotate",
        "alias",
        "update",
        "create",
        "only",
        "defer",
    }
    hits = [
        (file, ast.unparse(call)[:80])
        for file, tree in trees()
        for name, call in calls(tree)
        if name.rsplit(".", 1)[-1] in risky
        for part in [
            *[argument for argument in call.args if name.endswith("order_by")],
            *[w.value for w in call.keywords if w.arg is None],
        ]
        if re.search(r"request\.(GET|POST|data|query_params|headers|COOKIES)|cleaned_data|validated_data", ast.unparse(part))
    ]

    assert hits == []


def test_forms_and_serializers_name_their_fields():
    """No `fields = "__all__"` anywhere, and no `exclude` in the Meta of a form or serializer: a new column must not slip in."""
    named = [
        (file, holder.name, name_of(target), ast.unparse(node.value))
        for file, tree in trees()
        for holder in ast.walk(tree)
        if isinstance(holder, ast.ClassDef)
        for node in holder.body
        if isinstance(node, ast.Assign)
        for target in node.targets
    ]

    assert [hit for hit in named if hit[2] == "fields" and "__all__" in hit[3]] == []
    assert [hit for hit in named if hit[2] == "exclude" and hit[1] == "Meta"] == []


def test_tasks_carry_json_alone():
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert getattr(settings, "CELERY_TASK_SERIALIZER", "json") == "json"
    assert getattr(settings, "SESSION_SERIALIZER", "django.contrib.sessions.serializers.JSONSerializer").endswith(
        "JSONSerializer"
    )


def test_control_the_nets_catch(tmp_path):
    """One bad example for each pattern, and for the reading of statements."""
    bad = {
        "t.html": '{{ x|safe }}{% autoescape off %}{% include name %}<p onclick="x" style="y"><style><script>x</script><iframe>'
        '<a href="javascript:x"><img src="//elsewhere"><b hx-on:click="x">',
        "s.js": "a.innerHTML = x; document.write(x); eval(x); import(x); fetch('https://elsewhere.example'); postMessage(x)",
    }
    for name, text in bad.items():
        (tmp_path / name).write_text(text)
    assert [why for pattern, why in IN_TEMPLATES.items() if not re.search(pattern, bad["t.html"])] == []
    assert [why for pattern, why in IN_SCRIPTS.items() if not re.search(pattern, bad["s.js"])] == []
    statement = ast.parse("cursor.execute(f\"SELECT * FROM t WHERE name = '{name}'\")").body[0].value.args[0]
    assert not is_plain(statement, ())
    assert is_plain(ast.parse('f"{SELECT} WHERE a = %s" + rows.TAIL').body[0].value, ())
