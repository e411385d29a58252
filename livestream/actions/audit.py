"""Every entry of the audit log that a verb writes itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livestream.actions.occasion import occasion
from livestream.models import AuditEntry

if TYPE_CHECKING:
    from django.db.models import Model

    from livestream.models import User
    from livestream.rules.deed import Deed


def note(deed: Deed, *, place: str = "", by: User | None = None, about: Model | None = None, **detail: Any) -> AuditEntry:
    """Written in the transaction of the verb that calls it: no deed without its entry, no entry without its deed. `by` is asked
    for only where nobody is signed in yet; else the occasion knows. `detail` must be JSON, and hold no secret."""
    entry = entry_of(deed, place=place, by=by, about=about, **detail)
    entry.save(force_insert=True)
    return entry


def entry_of(deed: Deed, *, place: str = "", by: User | None = None, about: Model | None = None, **detail: Any) -> AuditEntry:
    """The entry that `note` writes, for who writes many at once."""
    here = occasion()
    return AuditEntry(
        deed=deed,
        actor_id=here.actor or (by.pk if by else None),
        acted_for_id=here.acted_for,
        place=place,
        kind=about._meta.label if about is not None else "",
        object_id=str(about.pk) if about is not None else "",
        detail={**detail, "through": here.through} if here.through else detail,
        address=here.address,
        request_id=here.request_id,
    )
