"""`python -m faults.deaf_worker …`: `celery …` whose workers never look for work by themselves, for the control."""

from __future__ import annotations

import sys


def main() -> None:
    from celery.__main__ import main as celery

    from config.idle import Idle

    if not hasattr(Idle, "start"):
        raise SystemExit("there is nothing to switch off")
    Idle.start = lambda _self: None  # type: ignore[method-assign]
    sys.exit(celery())


if __name__ == "__main__":
    main()
