"""`manage.py begin_epoch`: after a restore, boards take what the database says now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from orders.actions.epoch import begin_epoch


class Command(BaseCommand):
    help = "数据库从备份恢复之后：让所有大屏重新读取"

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(_("新的大屏纪元：{epoch}").format(epoch=begin_epoch()))
