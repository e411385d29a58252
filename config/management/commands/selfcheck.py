"""`manage.py selfcheck [--json]`: how this system stands, item by item; exit code 1 when something is red."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils.translation import override

from config.selfcheck import CHECKS
from config.selfcheck.contract import State, run

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from config.selfcheck.contract import Item

SIGNS = {State.RED: "✗", State.AMBER: "!", State.GREY: "·", State.GREEN: "✓"}
LANGUAGES = ("zh-hans", "en")


class Command(BaseCommand):
    help = "自检：HTTPS、钥匙、数据库、账号、后台任务、备份……逐项说好不好、怎么办。有要处理的，退出码为 1"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="只输出一个 JSON 对象")

    def handle(self, *_args: Any, **options: Any) -> None:
        items = run(CHECKS)
        reds = sum(item.verdict.state == State.RED for item in items)
        if options["json"]:
            counts = {state.value: sum(item.verdict.state == state for item in items) for state in State}
            self.stdout.write(json.dumps({"counts": counts, "items": [as_record(item) for item in items]}, ensure_ascii=False))
        else:
            for item in items:
                self.stdout.write(as_lines(item))
        if reds:
            sys.exit(1)


def said(item: Item, language: str) -> dict[str, str]:
    with override(language):
        words = {"title": item.check.title, "evidence": item.verdict.evidence, "todo": item.verdict.todo}
        return {name: str(word) for name, word in words.items()}


def as_record(item: Item) -> dict[str, Any]:
    record = {"key": item.check.key, "group": str(item.check.group.value), "state": str(item.verdict.state.value)}
    return record | {language.partition("-")[0]: said(item, language) for language in LANGUAGES}


def as_lines(item: Item) -> str:
    lines = []
    for indent, language in zip((f"{SIGNS[item.verdict.state]} ", "  "), LANGUAGES, strict=True):
        words = said(item, language)
        lines.append(
            f"{indent}{words['title']}: {words['evidence']}"
            if language == "en"
            else f"{indent}{words['title']}：{words['evidence']}"
        )
        if words["todo"]:
            lines.append(f"    → {words['todo']}")
    return "\n".join(lines)
