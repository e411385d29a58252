"""`manage.py rotate_field_keys`: after a new key was put first into FIELD_KEYS, everything is encrypted under it."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError

from livestream.actions.incident import SHELF as INCIDENTS
from livestream.actions.paper import SHELF as PAPERS
from orders.actions.rotate import rotate_field_keys
from training.actions.class_pack_file import SHELF as PACKS
from training.actions.enclosure import SHELF as ENCLOSURES
from training.actions.material import SHELF as MATERIALS
from training.actions.photo import SHELF as PHOTOS


class Command(BaseCommand):
    help = "把所有加密内容换到 FIELD_KEYS 里最新的密钥下；换完旧密钥即可去掉"

    def handle(self, *_args: Any, **_options: Any) -> None:
        try:
            done = rotate_field_keys([MATERIALS, PHOTOS, PACKS, INCIDENTS, PAPERS, ENCLOSURES])
        except InvalidToken as error:
            raise CommandError(
                "有内容是用 FIELD_KEYS 里没有的密钥加密的：把旧密钥加在后面，再运行一次。\n"
                "Something is encrypted under a key that is not in FIELD_KEYS: add the old key at the end and run this again."
            ) from error
        self.stdout.write(f"{done.rows} 行 rows, {done.raw} 批推送原文 raw deliveries, {done.files} 个文件 files")
