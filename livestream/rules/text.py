"""Text that people type, as it is kept."""

from __future__ import annotations


def one_line(text: str) -> str:
    """Without characters that nobody sees (NUL, direction marks, zero width), runs of space made one: `a\\0 b` → `a b`."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def each_line(text: str) -> str:
    """The same of each line; empty ones before and behind go."""
    return "\n".join(one_line(line) for line in text.splitlines()).strip("\n")
