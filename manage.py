#!/usr/bin/env python
"""Every command of Cunbo; `python manage.py help` lists them."""

from __future__ import annotations

import os
import sys

from config import embedded


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    embedded.start_for(sys.argv[1:])
    from django.core.management import execute_from_command_line  # noqa: PLC0415  (settings must see DATABASE_URL first)

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
