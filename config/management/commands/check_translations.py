"""`manage.py check_translations`: exit 1 and a line for each message that has no English."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.catalog import faults


class Command(BaseCommand):
    help = "检查英文翻译是否完整、是否已编译"

    def handle(self, *_args: Any, **_options: Any) -> None:
        if found := faults():
            raise CommandError("\n".join(found))
        self.stdout.write("英文翻译完整。")
