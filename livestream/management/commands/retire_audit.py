"""`manage.py retire_audit`: lets go what is older than AUDIT_KEEP_MONTHS, and leaves a proof of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.audit_chain import retire_entries

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "清理超过 AUDIT_KEEP_MONTHS 的审计记录（导出的至少留三年），在链上留下证明。后台任务每月自己做"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只数有几条，什么也不删")

    def handle(self, *_args: Any, **options: Any) -> None:
        number = retire_entries(at=timezone.now(), dry_run=options["dry_run"])
        said = _("可以清理 {number} 条，什么也没有删。") if options["dry_run"] else _("清理了 {number} 条，链上留有证明。")
        self.stdout.write(said.format(number=number))
