"""`manage.py simulate`: an evening of orders, sent as real signed pushes to a running server."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from orders.management.sender import Sender, open_log
from orders.management.simulation import Actor, OnAir, Presenter, Simulation, practice_shop
from orders.models import Shop
from orders.platforms.fake import FakeDouyin
from orders.rules.evening import Habits, Offer, Stage, evening, nobody_asks

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable, Iterator, Sequence

    from orders.rules.evening import Message

TELL_EVERY_S = 10.0
LAST_ANSWERS_S = 30.0
NUMBERS = {"--rate": 2.0, "--duplicates": 0.03, "--shuffle": 0.01, "--late": 0.02, "--douyin": 0.25, "--seconds": 0.0}


@dataclass(frozen=True, slots=True)
class Target:
    """Where the open format goes, who is on air, and the practice 抖店 of the same county."""

    key: str
    secret: str
    on_air: Callable[[int], Sequence[Stage]]
    douyin: Shop | None = None


class Command(BaseCommand):
    help = "模拟一晚上的直播订单：按真实节奏向正在运行的服务器发送带签名的推送"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000")
        for name, default in NUMBERS.items():
            parser.add_argument(name, type=float, default=default)
        parser.add_argument("--seed", default="7")
        parser.add_argument("--prefix", default="", help="订单号的开头；不给则取开始的时间，两次运行的订单号不会相同")
        parser.add_argument("--shop", default="", help="店铺标识；不给则用练习店铺")
        parser.add_argument("--secret", default="", help="数据库里没有这家店铺时：它的密钥 whsec_…，连同 --room")
        parser.add_argument("--room", action="append", default=[])
        parser.add_argument(
            "--fake-port", type=int, default=urlsplit(settings.PRACTICE_PLATFORM_URL).port or 0, help="0：不走抖店"
        )
        parser.add_argument("--connections", type=int, default=16)
        parser.add_argument("--log", type=Path, help="每条推送和回答写一行 JSON，供 check_run 核对")
        parser.add_argument("--pitches", action="store_true", help="也记下每场正在讲什么（写进数据库；只用于示范县）")
        parser.add_argument("--parent", type=int, default=0, help="这个进程没了就停")

    def handle(self, *_args: Any, **options: Any) -> None:
        began_at = datetime.now(UTC)
        target = find_target(options, began_at)
        prefix = options["prefix"] or began_at.strftime("S%y%m%d%H%M%S")
        with ExitStack() as stack:
            log = stack.enter_context(open_log(options["log"])) if options["log"] else None
            sender = Sender(options["connections"], log)
            url = f"{options['url'].rstrip('/')}/push"
            actor = self._actor(stack, target, options, url, prefix)
            simulation = Simulation(sender, f"{url}/standard/{target.key}/", target.secret, began_at, actor)
            habits = Habits(
                rate=options["rate"],
                duplicates=options["duplicates"],
                late=options["late"],
                shuffle=options["shuffle"],
                douyin=options["douyin"] if actor else 0,
            )
            presents = Presenter(target.on_air.county) if options["pitches"] and isinstance(target.on_air, OnAir) else nobody_asks
            seconds = evening(habits, options["seed"], prefix, target.on_air, presents)
            self._run(simulation, islice(seconds, round(options["seconds"]) or None), options["parent"])

    def _actor(self, stack: ExitStack, target: Target, options: dict[str, Any], url: str, prefix: str) -> Actor | None:
        """Starts the fake 抖店 where the county has a practice one and its port is free."""
        if target.douyin is None or not options["fake_port"] or not options["douyin"]:
            return None
        seed = random.Random(f"{options['seed']} {prefix}").randrange(2**32)
        fake = FakeDouyin(target.douyin.app_key, target.douyin.secret, seed=seed)
        try:
            fake.start(port=options["fake_port"])
        except OSError:
            self.stderr.write(_("端口 {port} 被占用，这次不走抖店").format(port=options["fake_port"]))
            return None
        stack.callback(fake.stop)
        return Actor(fake, f"{url}/douyin/{target.douyin.key}/")

    def _run(self, simulation: Simulation, seconds: Iterator[list[Message]], parent: int) -> None:
        sender = simulation.sender
        told_at = time.monotonic()

        def goes_on() -> bool:
            nonlocal told_at
            if time.monotonic() - told_at >= TELL_EVERY_S:
                told_at += TELL_EVERY_S
                self._tell(sender)
            return not parent or os.getppid() == parent

        before = signal.signal(signal.SIGTERM, interrupted)
        sender.start()
        try:
            simulation.run(seconds, goes_on)
            left = sender.finish(LAST_ANSWERS_S if goes_on() else 0)
        except KeyboardInterrupt:
            left = sender.finish(2)
        finally:
            signal.signal(signal.SIGTERM, before)
        self._tell(sender)
        if left:
            raise CommandError(_("还有 {n} 条推送没有得到回答").format(n=left))

    def _tell(self, sender: Sender) -> None:
        counts = sender.counts
        line = _("{time} 已发 {sent} · 已收下 {acked} · 其中重复 {repeated} · 被拒 {refused} · 重试 {again}")
        moment = datetime.now(UTC).astimezone().strftime("%H:%M:%S")
        self.stdout.write(line.format(time=moment, **{name: counts[name] for name in FIGURES}))
        self.stdout.flush()


FIGURES = ("sent", "acked", "repeated", "refused", "again")


def interrupted(*_signal: object) -> NoReturn:
    raise KeyboardInterrupt


def find_target(options: dict[str, Any], began_at: datetime) -> Target:
    """The shop that is named, or the first practice shop. Raises CommandError where there is none."""
    key = options["shop"]
    shop = Shop.objects.active().filter(platform="standard", key=key).first() if key else practice_shop("standard")
    if shop is not None:
        on_air = OnAir(shop.county_id, began_at)
        return Target(shop.key, shop.secret, on_air, practice_shop("douyin", shop.county_id))
    if key and options["secret"] and options["room"]:
        offers = (
            Offer("LDS-500", "潞党参 500g", 5980),
            Offer("DHP-250", "大红袍花椒 250g", 3580),
            Offer("SB-1000", "带霜柿饼 2斤", 2980),
        )
        stages = [Stage(room, "", offers) for room in options["room"]]
        return Target(key, options["secret"], lambda _second: stages)
    raise CommandError(_("没有可用的店铺：先运行 manage.py demo，或给出 --shop、--secret 和 --room"))
