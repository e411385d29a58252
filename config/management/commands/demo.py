"""`manage.py demo [--json]`: loads the demo county, or moves it to the present moment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from config.demo.load import Demo, load_demo

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "装入示范县（平顺）：人员、商品、店铺、此刻正在直播的场次。可以反复运行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="只输出示范县的账号、店铺和场次（JSON）")

    def handle(self, *_args: Any, **options: Any) -> None:
        demo = load_demo(now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(demo.handles(), ensure_ascii=False, indent=1))
        else:
            self._tell(demo)

    def _tell(self, demo: Demo) -> None:
        self.stdout.write(_("示范县已就绪：{county}").format(county=demo.county.name))
        for person in demo.people:
            if person.handle:
                self.stdout.write(f"  {person.role.label}  {person.name}  {person.phone}  {person.password}")
        for session in demo.sessions:
            self.stdout.write(f"  {session.get_state_display()}  {session.title}")
