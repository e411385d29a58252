#!/usr/bin/env python
"""Every command of Cunbo; `python manage.py help` lists them."""

from __future__ import annotations

import getpass
import os
import signal
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING

import environ
from django.core.exceptions import ImproperlyConfigured

from config import embedded, tether
from livestream.actions.occasion import Occasion, new_request_id, on

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from types import FrameType

SERVING = {"up", "runserver"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        prepare(sys.argv[1:])
        from django.core.management import execute_from_command_line  # noqa: PLC0415  (settings must see DATABASE_URL first)

        with on_occasion(sys.argv[1:]):
            execute_from_command_line(sys.argv)
    except (embedded.CannotStart, ImproperlyConfigured) as refusal:
        sys.exit(str(refusal))
    except KeyboardInterrupt:
        sys.exit(130)


def prepare(arguments: Sequence[str]) -> None:
    """What has to happen before the settings are read. Raises CannotStart."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, leave)  # by the front door, so that the embedded server is let go
    tether.end_with_parent()
    environ.Env.read_env(embedded.ROOT / ".env")
    if arguments[:1] == ["up"]:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a script's background jobs are born deaf to it
        data = embedded.data_folder()
        embedded.make_folders(data)
        os.environ.setdefault("LOG_FILE", str(data / "logs" / "cunbo.log"))
    elif arguments[:1] != ["runserver"]:
        os.environ.setdefault("DATABASE_STATEMENT_SECONDS", "0")  # nobody waits on the other side of a command
    embedded.start_for(arguments)


def on_occasion(arguments: Sequence[str]) -> AbstractContextManager[None]:
    """The command stands in the audit log as the one who did it. Those that serve requests are no occasion themselves."""
    name = arguments[0] if arguments else "help"
    if name in SERVING:
        return nullcontext()
    return on(Occasion(request_id=new_request_id(), through=f"command {name} ({os_user()})"))


def os_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number without a name
        return str(os.getuid())


def leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
