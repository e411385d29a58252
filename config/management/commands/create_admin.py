"""`manage.py create_admin PHONE NAME PLACE`: the first person where there is no demo county; he invites the others."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from livestream.actions.person import Names, Position, create_user
from livestream.models import Place
from livestream.rules.errors import NotAllowed
from livestream.rules.person import NAME_AT_MOST, Role
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from argparse import ArgumentParser

PLAIN_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another when it is copied by hand
GROUPS, GROUP = 4, 5  # 31 ** 20: 99 bits


class Command(BaseCommand):
    help = "建一个平台管理员：手机号、姓名、所属地方的区划代码。打印一次性密码，第一次登录就要换掉"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("phone", metavar="PHONE")
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("place", metavar="PLACE", help="区划代码，例如 140425；先用 import_places 导入")

    def handle(self, *_args: Any, phone: str, name: str, place: str, **_options: Any) -> None:
        called = one_line(name)
        if not 0 < len(called) <= NAME_AT_MOST:
            raise CommandError(f"姓名要有 1 到 {NAME_AT_MOST} 个字。\nA name has 1 to {NAME_AT_MOST} characters.")
        password = one_time_password()
        try:
            position = Position(Role.ADMIN, Place.objects.get(pk=place))
            admin = create_user(phone, Names(called), position, password=password, must_change_password=True)
        except Place.DoesNotExist as error:
            raise CommandError(
                f"没有区划代码 {place}：先运行 import_places。\nNo place {place}: run import_places first."
            ) from error
        except (ValueError, NotAllowed) as error:
            raise CommandError(f"手机号不对，或已经有人用：{phone}。\nNot a phone number, or taken: {phone}.") from error
        self.stdout.write(f"{admin.name} {admin.phone}")
        self.stdout.write(f"一次性密码，只显示这一次，第一次登录就要换 / one-time password: {password}")


def one_time_password() -> str:
    """`xxxxx-xxxxx-xxxxx-xxxxx`, from the system's randomness."""
    return "-".join("".join(secrets.choice(PLAIN_SIGNS) for _ in range(GROUP)) for _ in range(GROUPS))
