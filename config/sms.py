"""The sender of text messages where everything runs on one machine: whoever started it reads the codes on his screen."""

from __future__ import annotations

import sys

from livestream.rules.person import masked_phone


def console(phone: str, text: str) -> None:
    """Written to the console, never to the log, which is a file that is kept."""
    sys.stdout.write(f"短信 SMS → {masked_phone(phone)}: {text}\n")
    sys.stdout.flush()
