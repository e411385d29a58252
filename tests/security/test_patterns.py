"""Every pattern of the sources, on texts that make bad patterns think for ever: none needs more than a moment."""

from __future__ import annotations

import ast
import re
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for package in ("config", "livestream", "orders", "training") for path in (ROOT / package).rglob("*.py"))
LENGTH = 20_000
SECONDS = 1.0  # a bad one takes minutes, on a busy machine a good one some hundredths


def patterns():
    """(file, pattern, whether it is searched for) of every `re.something("…")` whose pattern stands there as a text. One that is
    compiled under a name is searched for unless its file only ever matches it from the beginning."""
    for path in SOURCES:
        text = path.read_text()
        for node in ast.walk(ast.parse(text)):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "re"
            ):
                continue
            if node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str | bytes):
                named = re.findall(
                    rf"^(\w+)(?:: [^=\n]+)? = {re.escape(ast.get_source_segment(text, node)[:60])}", text, re.MULTILINE
                )
                uses = {use for name in named for use in re.findall(rf"\b{name}\.(\w+)\(", text)}
                anchored = node.func.attr in {"fullmatch", "match"} or (uses and uses <= {"fullmatch", "match"})
                yield path.relative_to(ROOT).as_posix(), node.args[0].value, not anchored


FOUND = sorted({(file, str(pattern)): (pattern, is_searched) for file, pattern, is_searched in patterns()}.items())


def texts(pattern):
    """Long runs of what the pattern itself speaks of, ended by something that fits nothing."""
    signs = sorted({sign for sign in str(pattern) if sign not in "\\^$[](){}?*+|"} | set("a0 _-.@:/\"'<>=％中\t\n"))
    for sign in signs[:60]:
        yield sign * LENGTH + "\0"
    for pair in zip(signs, signs[1:], strict=False):
        yield "".join(pair) * (LENGTH // 2) + "\0"


def slowest(pattern, is_searched):
    compiled = re.compile(pattern)
    worst = 0.0
    for text in texts(pattern):
        subject = text.encode() if isinstance(pattern, bytes) else text
        began = time.thread_time()
        compiled.fullmatch(subject)
        if is_searched:
            compiled.search(subject)
        worst = max(worst, time.thread_time() - began)
    return worst


def test_patterns_are_found():
    assert len(FOUND) >= 30


@pytest.mark.parametrize("pattern", [pair for _, pair in FOUND], ids=[f"{file}: {pattern}"[:80] for (file, pattern), _ in FOUND])
def test_no_text_makes_a_pattern_think_for_ever(pattern):
    assert slowest(*pattern) < SECONDS


def test_control_a_bad_pattern_is_found():
    global LENGTH
    LENGTH = 26
    try:
        assert slowest(r"^(a+)+$", False) > SECONDS
    finally:
        LENGTH = 20_000
