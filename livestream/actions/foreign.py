"""What is written down when somebody who is signed in asks for what is not his."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from livestream.actions.audit import entry_of
from livestream.actions.occasion import occasion
from livestream.models import AuditEntry
from livestream.rules.deed import Deed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livestream.models import User

log = structlog.get_logger(__name__)
MINUTE = timedelta(minutes=1)
A_MINUTE = 10  # entries of one person: enough to see what he tries, too few to bury anything


class Try(NamedTuple):
    """Somebody asked by a route (its name) for an object that is not there, or not his: nobody is told which of the two, so both
    are noted alike. `asked` are the keys in the address."""

    user: User
    route: str
    asked: dict[str, str]


@transaction.atomic
def note_foreign(tries: Iterable[Try]) -> int:
    """A line of the log and an audit entry for each, at most ten a person and minute; in two statements, however many they are.
    Returns how many were noted."""
    here = occasion()
    by_person: dict[int, list[Try]] = {}
    for one in tries:
        by_person.setdefault(here.actor or one.user.pk, []).append(one)
    recent = AuditEntry.objects.filter(actor_id__in=by_person, deed=Deed.REFUSED, at__gt=timezone.now() - MINUTE)
    counts = dict(recent.values_list("actor_id").annotate(Count("pk")))
    noted = [one for actor, its in by_person.items() for one in its[: max(0, A_MINUTE - counts.get(actor, 0))]]
    for one in noted:
        log.warning("foreign_object_asked", user=here.actor or one.user.pk, route=one.route, request_id=here.request_id)
    AuditEntry.objects.bulk_create(entry_of(Deed.REFUSED, by=one.user, route=one.route, asked=one.asked) for one in noted)
    return len(noted)
