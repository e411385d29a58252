"""`python -m faults.deaf_worker …`: `celery …` whose workers never look for work by themselves, for the control."""

from __future__ import annotations

import sys


def main() -> None:
    from celery.__main__ import main as celery

    from config.idle import Idle
    from faults.sabotage import replace

    replace(Idle, "start", lambda _watch: None)
    sys.exit(celery())


if __name__ == "__main__":
    main()
