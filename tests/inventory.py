"""docs/privacy.md as data: every column of the database and how secret it is."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "privacy.md"
NAME = re.compile(r"`([\w.]+)`")


def levels() -> dict[str, str]:
    """`{"livestream_user.phone": "个人", …}`; "" where a column is not about a person."""
    inventory = PAGE.read_text().partition("<!-- columns -->")[2].partition("<!-- /columns -->")[0]
    found = {}
    for line in inventory.splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        names = NAME.findall(cells[0]) if cells else []
        if len(cells) == 5 and names:
            table = names[0].partition(".")[0]
            found |= {table + name[name.index(".") :]: cells[2] for name in names}
        elif len(cells) == 3 and names:
            found |= {f"{names[0]}.{column}": "" for column in NAME.findall(cells[1])}
    return found
