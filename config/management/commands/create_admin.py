"""`manage.py create_admin PHONE NAME PLACE`: the first person where there is no demo county; the others are made in /admin/."""

from __future__ import annotations

import sys
from getpass import getpass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from livestream.actions.person import create_user
from livestream.models import Place
from livestream.rules.person import Role

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "建一个管理员：手机号、姓名、所属地方的区划代码；密码在提示后输入，或从标准输入读一行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("phone", metavar="PHONE")
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("place", metavar="PLACE", help="区划代码，例如 140425；先用 import_places 导入")

    def handle(self, *_args: Any, phone: str, name: str, place: str, **_options: Any) -> None:
        password = getpass("密码 Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_password(password)
            create_user(phone=phone, name=name, role=Role.ADMIN, place=Place.objects.get(pk=place), password=password)
        except Place.DoesNotExist as error:
            raise CommandError(
                f"没有区划代码 {place}：先运行 import_places。\nNo place {place}: run import_places first."
            ) from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        except (ValueError, IntegrityError) as error:
            raise CommandError(f"手机号不对，或已经有人用：{phone}。\nNot a phone number, or taken: {phone}.") from error
        self.stdout.write(f"{name} {phone}")
