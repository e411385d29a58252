"""An entry of the audit log as people read it: the object by its name, before and after by the names of the fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from livestream.models import Place
from livestream.rules.deed import Deed
from livestream.rules.money import yuan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livestream.models import AuditEntry

    Names = dict[tuple[type[models.Model], str], str]

UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
INLINE = 3  # so many changes stand on the page; more open on a tap
PAGES = {"livestream.User": "livestream:person", "livestream.LiveSession": "livestream:session"}
UNTOLD = {"stretches", "through"}  # for the check; beside who did it
FACTS = {
    "reason": _lazy("原因"), "words": _lazy("说明"), "field": _lazy("哪一项"),
    "role": _lazy("身份"), "rows": _lazy("行数"), "first": _lazy("第一个"), "last": _lazy("最后一个"),
    "entries": _lazy("条数"), "older_than": _lazy("早于"), "outcome": _lazy("答复"), "kind": _lazy("类别"),
    "number": _lazy("编号"), "receiver": _lazy("交给谁"), "purpose": _lazy("用途"), "fields": _lazy("哪几项"),
    "way": _lazy("方式"), "until": _lazy("到"), "why": _lazy("为什么"), "version": _lazy("文本版本"),
}  # fmt: skip
TONES = {
    Deed.REFUSED: "bad", Deed.SIGN_IN_FAILED: "bad", Deed.ROW_REMOVED: "warn", Deed.LOG_RETIRED: "warn", Deed.STOPPED: "warn",
    Deed.ERASED: "warn", Deed.REVEALED: "info", Deed.EXPORTED: "info", Deed.AUDIT_READ: "info", Deed.BEGAN_ACTING_FOR: "info",
    Deed.ROW_ADDED: "good",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """`old` and `new` are None where the row was not there."""

    field: str
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    entry: AuditEntry
    tone: str
    kind: str
    name: str
    address: str  # of the object's own page, or ""
    place: str
    changes: list[Change]
    facts: list[tuple[str, str]]

    @property
    def told(self) -> list[Change]:
        return self.changes[:INLINE]

    @property
    def more(self) -> list[Change]:
        return self.changes[INLINE:]


def shown(entries: Iterable[AuditEntry]) -> list[Shown]:
    """The entries with every name they need: a query for each table that is named, however many entries there are."""
    listed = list(entries)
    names = names_in(listed)
    return [in_words(entry, names) for entry in listed]


def in_words(entry: AuditEntry, names: Names) -> Shown:
    model = model_of(entry.kind)
    name = names.get((model, entry.object_id), "") if model else ""
    page = PAGES.get(entry.kind, "") if name else ""
    return Shown(
        entry,
        TONES.get(Deed(entry.deed), "") if entry.deed in Deed.values else "",
        str(model._meta.verbose_name) if model else entry.kind,
        name,
        reverse(page, args=[entry.object_id]) if page else "",
        names.get((Place, entry.place), entry.place),
        changes_of(entry, model, names),
        [(str(FACTS.get(key, key)), fact(value)) for key, value in entry.detail.items() if key not in UNTOLD],
    )


def model_of(label: str) -> type[models.Model] | None:
    """None for a table of an earlier release."""
    try:
        return apps.get_model(label) if label else None
    except (LookupError, ValueError):
        return None


def names_in(entries: Iterable[AuditEntry]) -> Names:
    """What the objects, and what the changed columns point at, are called now."""
    wanted: dict[type[models.Model], set[str]] = {}
    for entry in entries:
        wanted.setdefault(Place, set()).add(entry.place)
        if (model := model_of(entry.kind)) is None:
            continue
        wanted.setdefault(model, set()).add(entry.object_id)
        for field in model._meta.local_fields:
            if isinstance(field, models.ForeignKey):
                found = {(row or {}).get(field.column) for row in (entry.before, entry.after)} - {None}
                wanted.setdefault(field.related_model, set()).update(str(key) for key in found)
    names: Names = {}
    for model, keys in wanted.items():
        pk = model._meta.pk
        known = {key for key in keys if key and is_key(pk, key)}
        names |= {(model, str(row.pk)): str(row) for row in model._default_manager.filter(pk__in=known)}
    return names


def is_key(pk: models.Field[Any, Any] | None, key: str) -> bool:
    """Whether this could be a key of the table: of a number, one that the database can hold."""
    if isinstance(pk, models.IntegerField):
        return key.isascii() and key.isdecimal() and len(key) <= 18
    if isinstance(pk, models.ForeignKey):
        return is_key(pk.target_field, key)
    if isinstance(pk, models.UUIDField):
        return UUID_TEXT.fullmatch(key) is not None
    return True


def changes_of(entry: AuditEntry, model: type[models.Model] | None, names: Names) -> list[Change]:
    """In the order of the model; a row that was added or removed tells only what it had."""
    before, after = entry.before or {}, entry.after or {}
    fields = {str(field.column): field for field in model._meta.local_fields} if model else {}
    columns = sorted(before.keys() | after.keys(), key=lambda name: (list(fields).index(name) if name in fields else 999, name))
    found = []
    for column in columns:
        field = fields.get(column)
        if field is not None and field.primary_key and (entry.before is None or entry.after is None):
            continue
        old, new = (value_in_words(row[column], field, names) if column in row else None for row in (before, after))
        if old or new:
            found.append(Change(label_of(column, field), old, new))
    return found


def label_of(column: str, field: models.Field[Any, Any] | None) -> str:
    return str(field.verbose_name) if field is not None else column


def value_in_words(value: Any, field: models.Field[Any, Any] | None, names: Names) -> str:
    """ "" for nothing; the label of a choice, the name of a row, Shanghai time, yuan."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model, str(value)), str(value))
    if isinstance(field, models.DateTimeField) and (at := parse_datetime(str(value))):
        return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if field is not None and str(field.column).endswith("_fen") and isinstance(value, int):
        return yuan(value, 2)
    return fact(value)


def fact(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(fact(one) for one in value)
    if isinstance(value, dict):
        return "，".join(f"{key} {fact(one)}" for key, one in value.items())
    return str(value)
