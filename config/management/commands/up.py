"""`manage.py up`: database, pages, tasks and a practising county in one process, until Ctrl-C."""

from __future__ import annotations

import io
import json
import logging
import os
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.urls import get_resolver

from config import embedded
from config.machine import door, ready
from config.machine.claim import claim
from config.machine.parts import Keeper, Simulator, Tasks
from config.machine.web import Web
from livestream.models.leisure import at_leisure

if TYPE_CHECKING:
    from argparse import ArgumentParser

PEOPLE = {
    "staff": "县里工作人员",
    "host": "主播",
    "trainer": "讲师",
    "other_county_staff": "外县工作人员",
    "approver": "审批人",
    "exporter": "导出人",
    "auditor": "审计员",
    "commissioner": "特派员",
    "second_staff": "县里工作人员（中控第二人）",
    "township_staff": "乡里工作人员",
    "city_staff": "市里工作人员",
}
log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "一条命令启动全部：数据库、网页、后台任务、示范县和模拟订单。按 Ctrl-C 停止。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="端口（默认 8000）")
        parser.add_argument("--host", default="127.0.0.1", help="监听的地址；0.0.0.0 让同一网络里的手机也能打开")
        parser.add_argument("--no-demo", action="store_true", help="不装入示范县")
        parser.add_argument("--no-simulator", action="store_true", help="不模拟订单")

    def handle(self, *_args: Any, **options: Any) -> None:
        logging.captureWarnings(True)
        threading.excepthook = log_thread_death
        data, host = Path(settings.DATA), options["host"]
        with ExitStack() as held:
            claimed = held.enter_context(claim(data))
            socket = held.enter_context(door.listen(host, options["port"]))
            port = socket.getsockname()[1]
            print(door.url(host, port), file=claimed, flush=True)
            settings.PUBLIC_ADDRESS = settings.PUBLIC_ADDRESS or door.url(host, port).rstrip("/")
            self.prepare(data, host)
            demo = None if options["no_demo"] else self.load_demo(port)
            simulator = None if demo is None or options["no_simulator"] else self.simulator(data, host, port)
            self.serve(data, socket, simulator, lambda: self.greet(door.urls(host, port), demo))
        self.tell("已停止。")

    def tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def prepare(self, data: Path, host: str) -> None:
        """The database runs and has every migration, the static files are those of this release."""
        if os.environ.get("DATABASE_URL"):
            ready.check_database()
        else:
            embedded.start(data, self.tell)
        with at_leisure():  # this process answers pages soon, but migrations take what they take
            ready.migrate(self.tell)
        ready.collect_static(self.tell)
        if not os.environ.get("ALLOWED_HOSTS"):
            settings.ALLOWED_HOSTS.extend(door.allowed_hosts(host))

    def load_demo(self, port: int) -> dict[str, Any]:
        """The handles of the demo county. Its practice shop finds the fake platform beside this server's port."""
        if not os.environ.get("PRACTICE_PLATFORM_URL"):
            settings.PRACTICE_PLATFORM_URL = f"http://127.0.0.1:{door.free_port(port + 10)}"
            os.environ["PRACTICE_PLATFORM_URL"] = settings.PRACTICE_PLATFORM_URL
        said = io.StringIO()
        call_command("demo", json=True, stdout=said)
        demo: dict[str, Any] = json.loads(said.getvalue())
        return demo

    def simulator(self, data: Path, host: str, port: int) -> Simulator:
        return Simulator(["--url", door.url(host, port), "--seconds", "0", "--pitches"], data / "logs" / "simulator.log")

    def serve(self, data: Path, socket: Any, simulator: Simulator | None, greet: Any) -> None:
        """Everything runs; returns after a signal, when all of it has stopped."""
        get_resolver().url_patterns  # noqa: B018  (loads every view now instead of in front of the first visitor)
        tasks, keeper = Tasks(), Keeper(data, simulator)

        def begin() -> None:
            tasks.start()
            if simulator is not None:
                simulator.start()
            keeper.start()
            greet()

        def end() -> None:
            self.tell("\n正在停止…")
            keeper.ended.set()
            tasks.end()
            if simulator is not None:
                simulator.end()

        web = Web(when_ready=begin, when_stopping=end)
        try:
            web.run(sockets=[socket])
        finally:
            keeper.stop()
            if simulator is not None:
                simulator.stop()
            tasks.stop()
            connection.close()
            connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's own
            embedded.stop()

    def greet(self, urls: list[str], demo: dict[str, Any] | None) -> None:
        lines = ["", "村播已启动，用浏览器打开：", "", *(f"    {url}" for url in urls), ""]
        if demo:
            lines += [f"    {urls[0]}board/county/{demo['county']}/  大屏", "", "示范账号（手机号 / 密码）：", ""]
            lines += [f"    {user['login']}  {user['password']}  {PEOPLE.get(who, who)}" for who, user in demo["users"].items()]
            lines += [""]
        lines += [f"日志：{settings.LOG_FILE}", "停止：按 Ctrl-C"]
        lines += [f"Cunbo is running at {urls[0]} - log in with a phone number above, Ctrl-C stops it.", ""]
        self.tell("\n".join(lines))


def log_thread_death(death: threading.ExceptHookArgs) -> None:
    if death.exc_value is not None:
        log.error("thread_died", exc_info=death.exc_value, extra={"thread_name": death.thread.name if death.thread else ""})
