"""Triggers that write an audit entry for each row that is added, changed or removed, whoever does it and however.

What they share are functions in the database, made by a migration of livestream (`audit_row_change` and those it calls).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pgtrigger
from django.db import models

if TYPE_CHECKING:
    from collections.abc import Iterator

ROW = """
PERFORM audit_row_change('{kind}', {key}, CASE TG_OP WHEN 'INSERT' THEN ARRAY[{new}] WHEN 'DELETE' THEN ARRAY[{old}]
ELSE ARRAY[{old}, {new}] END, to_jsonb(OLD), to_jsonb(NEW), {plain}, {masked}, {hidden}); RETURN NULL;
"""
AT_ONCE = """
SELECT count(*), min({key}::text), max({key}::text) INTO number, first, last FROM added;
IF number = 1 THEN
    FOR line IN SELECT * FROM added LOOP
        PERFORM audit_row_change('{kind}', line.{key}::text, ARRAY[{new}], NULL, to_jsonb(line), {plain}, {masked}, {hidden});
    END LOOP;
ELSIF number > 1 THEN
    PERFORM audit_rows_added('{kind}', number, first, last);
END IF;
RETURN NULL;
"""


@dataclass(frozen=True, slots=True)
class Tracked:
    """A model and what an entry about one of its rows says. `place` is SQL of a row called `{row}`. `at_once`: many rows that
    one statement adds are one entry with their number; a country has 665,000 places."""

    model: str
    place: str
    masked: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    at_once: bool = False

    def columns(self, model: type[models.Model]) -> tuple[str, ...]:
        """Those that entries name: a secret only where it is hidden, whatever was forgotten here."""
        fields = [field for field in model._meta.local_fields if field.column not in self.without]
        return tuple(str(field.column) for field in fields if field.column in self.hidden or not is_secret(field))

    def triggers(self, model: type[models.Model]) -> Iterator[pgtrigger.Trigger]:
        key = str(model._meta.pk.column) if model._meta.pk else "id"
        kept = self.columns(model)
        words = {
            "kind": self.model,
            "plain": array(name for name in kept if name not in (*self.masked, *self.hidden)),
            "masked": array(self.masked),
            "hidden": array(self.hidden),
        }
        places = {"old": self.place.format(row="OLD"), "new": self.place.format(row="NEW")}
        change = pgtrigger.Update | pgtrigger.Delete
        yield pgtrigger.Trigger(
            name="audit_rows",
            when=pgtrigger.After,
            operation=change if self.at_once else pgtrigger.Insert | change,
            func=one_line(ROW.format(key=f"COALESCE(NEW.{key}, OLD.{key})::text", **places, **words)),
        )
        if self.at_once:
            new = self.place.format(row="line")
            yield pgtrigger.Trigger(
                name="audit_rows_added",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="added"),
                declare=[("number", "bigint"), ("first", "text"), ("last", "text"), ("line", "record")],
                func=one_line(AT_ONCE.format(key=key, new=new, **words)),
            )


def is_secret(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, models.BinaryField) or bool(getattr(field, "is_secret", False))


def array(names: Iterator[str] | tuple[str, ...]) -> str:
    return f"ARRAY[{', '.join(repr(name) for name in names)}]::text[]"


def one_line(sql: str) -> str:
    return " ".join(sql.split())
