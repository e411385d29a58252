"""Two rows that were made one by mistake are two again: by what the audit log says that moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from livestream.actions.audit import note
from livestream.actions.refusal import refusing
from livestream.models import AuditEntry
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from training.actions.duplicate import LEFT_BECAUSE, both_locked
from training.actions.enrolment import take_turn
from training.models import Enrolment, Trainee, TraineePass
from training.rules.cohort import TAKES_PEOPLE
from training.rules.enrolment import EnrolmentState

if TYPE_CHECKING:
    from livestream.models import User

BROKEN = {"trainee_once_per_county": "merge_written_down_again", "enrolled_once_per_cohort": "merge_enrolled_again"}


@dataclass(frozen=True, slots=True)
class Undoing:
    """What an undone merge gives back to `gone`, and what stays with `kept`.

    `back`: enrolments, with what hangs on them; `queued`: those that wait again, each with the number it had (None: the class
    takes nobody any more, he stays out); `cleared`: columns of `kept` that were filled in from `gone` and still say the same;
    `changed`: those that say something else now; `added`: enrolments of `kept` since the merge; `has_account`: the account goes
    back; `lost_account`: it would, but is not his any more."""

    gone: Trainee
    kept: Trainee
    entry: AuditEntry
    back: list[Enrolment] = field(default_factory=list)
    queued: list[tuple[Enrolment, int | None]] = field(default_factory=list)
    followers: list[Trainee] = field(default_factory=list)
    passes: list[int] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    added: list[Enrolment] = field(default_factory=list)
    has_account: bool = False
    lost_account: bool = False

    @property
    def left_out(self) -> list[Enrolment]:
        """Who waited in classes that take nobody any more."""
        return [enrolment for enrolment, number in self.queued if number is None]


def undoing_of(gone: Trainee) -> Undoing:
    """What undoing the merge of this row would do; nothing is written. Raises NotAllowed(`merge_not_there`, `merge_of_merged`,
    `merge_forgotten`, `trainee_erased`, `trainee_sealed`)."""
    kept = gone.merged_into
    if kept is None:
        raise NotAllowed("merge_not_there")
    for row in (gone, kept):
        if row.is_nobody:
            raise NotAllowed("trainee_erased" if row.erased_at else "trainee_sealed")
    entry = _entry_of(gone, kept)
    said = entry.detail
    filled = {name for name in [*said["filled"], *_refilled(gone, entry)] if getattr(gone, name)}
    same = {name for name in filled if getattr(kept, name) == getattr(gone, name)}
    of_kept = Enrolment.objects.filter(trainee=kept).select_related("cohort").order_by("enrolled_at", "pk")
    account = said["account"]
    return Undoing(
        gone,
        kept,
        entry,
        back=list(of_kept.filter(pk__in=said["enrolments"])),
        queued=_queued(gone, said.get("queued", {})),
        followers=list(Trainee.objects.filter(pk__in=said.get("followers", []), merged_into=kept).order_by("pk")),
        passes=list(TraineePass.objects.filter(pk__in=said["passes"], trainee=kept).order_by("pk").values_list("pk", flat=True)),
        cleared=sorted(same),
        changed=sorted(filled - same),
        added=list(of_kept.filter(enrolled_at__gte=entry.at).exclude(pk__in=said["enrolments"])),
        has_account=account is not None and kept.user_id == account,
        lost_account=account is not None and kept.user_id != account,
    )


def _entry_of(gone: Trainee, kept: Trainee) -> AuditEntry:
    """Of the merge that stands, the newest of this pair. Raises NotAllowed."""
    merges = AuditEntry.objects.filter(deed=Deed.TRAINEES_MERGED, kind=Trainee._meta.label, object_id=str(kept.pk))
    found = merges.filter(detail__gone=gone.pk).order_by("-at", "-pk").first()
    if found:
        return found
    brought = merges.filter(detail__followers__contains=[gone.pk]).order_by("-at", "-pk").first()
    between = Trainee.objects.filter(pk=brought.detail["gone"]).first() if brought else None
    if between:
        raise NotAllowed("merge_of_merged", name=between.name)
    raise NotAllowed("merge_forgotten")


def _refilled(gone: Trainee, entry: AuditEntry) -> list[str]:
    """Columns that came from this row when another merge into the same person was undone."""
    about = AuditEntry.objects.filter(deed=Deed.MERGE_UNDONE, kind=entry.kind, object_id=entry.object_id, pk__gt=entry.pk)
    said = [detail.get("refilled", {}) for detail in about.values_list("detail", flat=True)]
    return [name for refilled in said for name, source in refilled.items() if source == gone.pk]


def _queued(gone: Trainee, numbers: dict[str, int]) -> list[tuple[Enrolment, int | None]]:
    """Those that left the queue by the merge, and are out still."""
    out = Enrolment.objects.filter(pk__in=numbers, trainee=gone, state=EnrolmentState.WITHDRAWN, left_because=LEFT_BECAUSE)
    rows = out.select_related("cohort").order_by("cohort", "pk")
    return [(one, numbers[str(one.pk)] if one.cohort.state in TAKES_PEOPLE else None) for one in rows]


@transaction.atomic
def undo_merge(gone: Trainee, *, by: User) -> Undoing:
    """`gone` is a person of his own again, with what he had; what came to the kept row after the merge stays there. The log says
    row by row what went. Raises NotAllowed as `undoing_of`, and `trainee_not_yours`, `merge_written_down_again`,
    `merge_enrolled_again`."""
    if gone.merged_into is None:
        raise NotAllowed("merge_not_there")
    gone, kept = both_locked(gone, gone.merged_into, by)
    if gone.merged_into_id != kept.pk:  # somebody else was quicker
        raise NotAllowed("merge_not_there")
    gone.merged_into = kept
    undoing = undoing_of(gone)
    with refusing(BROKEN):
        _give_back(undoing)
    for enrolment, number in undoing.queued:
        if number is not None:
            _queue_again(enrolment, number)
    note(Deed.MERGE_UNDONE, place=undoing.kept.place_id, by=by, about=undoing.kept, **_told(undoing, _clear(undoing)))
    return undoing


def _give_back(undoing: Undoing) -> None:
    gone, kept = undoing.gone, undoing.kept
    account = kept.user_id if undoing.has_account else None
    if account:
        Trainee.objects.filter(pk=kept.pk).update(user=None)
    Trainee.objects.filter(pk=gone.pk).update(merged_into=None, user=account)
    Trainee.objects.filter(pk__in=[one.pk for one in undoing.followers]).update(merged_into=gone)
    Enrolment.objects.filter(pk__in=[one.pk for one in undoing.back]).update(trainee=gone)
    TraineePass.objects.filter(pk__in=undoing.passes).update(trainee=gone)


def _clear(undoing: Undoing) -> dict[str, int]:
    """What was known from the row alone is not known of the other any more, unless a third row says it too: from which, by
    column."""
    kept = undoing.kept
    others = list(Trainee.objects.filter(merged_into=kept).exclude(pk=undoing.gone.pk).order_by("pk"))
    sources: dict[str, int] = {}
    new: dict[str, Any] = {}
    for name in undoing.cleared:
        known = next((row for row in others if getattr(row, name)), None)
        if known:
            sources[name] = known.pk
        new[name] = getattr(known or Trainee(), name)
    Trainee.objects.filter(pk=kept.pk).update(**new)
    return sources


def _queue_again(enrolment: Enrolment, number: int) -> None:
    """To the place he had in the queue, or to its end where somebody has that place; a free seat is his at once."""
    take_turn(enrolment.cohort_id)
    is_taken = Enrolment.objects.filter(cohort=enrolment.cohort_id, queue_no=number).exists()
    with connection.cursor() as cursor:
        back = "" if is_taken else f"{enrolment.pk}:{number}"
        cursor.execute("SELECT set_config('cunbo.queue_back', %s, true)", [back])
        again = {"state": EnrolmentState.WAITING, "left_at": None, "left_because": ""}
        Enrolment.objects.filter(pk=enrolment.pk).update(**again)
        cursor.execute("SELECT set_config('cunbo.queue_back', '', true)")


def _told(undoing: Undoing, refilled: dict[str, int]) -> dict[str, Any]:
    return {
        "gone": undoing.gone.pk,
        "merge": undoing.entry.pk,
        "enrolments": [str(one.pk) for one in undoing.back],
        "queued": [str(one.pk) for one, number in undoing.queued if number is not None],
        "followers": [one.pk for one in undoing.followers],
        "passes": undoing.passes,
        "account": undoing.has_account,
        "cleared": undoing.cleared,
        "refilled": refilled,
        "stayed": [str(one.pk) for one in undoing.added],
    }
