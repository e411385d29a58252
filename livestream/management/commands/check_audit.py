"""`manage.py check_audit`: is the audit log as it was written? Exit 1 and a sentence when it is not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.audit_chain import check_chain, find_head, seal_entries
from livestream.rules.chain import Link, head_said

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from livestream.models import AuditCheck


class Command(BaseCommand):
    help = "从头到尾核对审计链：完好时退出码 0；被改、被删、被插过的，说出第一处在第几条，退出码 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head", metavar="POSITION:DIGEST", help="另外保存的链头（日志里的 audit_head）：链必须至少到那里，而且一样"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        known = head_of(options["head"]) if options["head"] else None
        seal_entries()
        found = check_chain(at=timezone.now(), known=known)
        if found is None:
            raise CommandError(_("别的进程正在核对或清理，请过一会儿再试。"))
        self.stdout.write(sentence(found))
        if known is not None and not found.fault:
            self.stdout.write(str(find_head(known).label))
        if found.fault:
            sys.exit(1)


def head_of(text: str) -> Link:
    """Raises CommandError."""
    if (known := head_said(text)) is None:
        raise CommandError(_("链头写作 序号:摘要，例如 audit_head 那一行里的 position 和 digest。"))
    return known


def sentence(found: AuditCheck) -> str:
    if found.fault:
        return _("审计链断了：{fault}，第一处在第 {position} 条。").format(
            fault=found.get_fault_display(), position=found.fault_position
        )
    return _("审计链完好：查了 {entries} 条，到第 {position} 条，摘要 {digest}。").format(
        entries=found.entries, position=found.position, digest=found.digest
    )
