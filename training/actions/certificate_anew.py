"""A certificate whose name was written wrong is given anew, under a number of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.audit import note
from livestream.actions.notice import in_chinese
from livestream.actions.refusal import refusing
from livestream.rules.deed import Deed
from livestream.rules.errors import NotAllowed
from livestream.rules.notice import NoticeKind
from training.actions.certificate import HOME, holder_of, lock_cohort, next_numbers, next_status_index
from training.actions.credential import signed
from training.actions.telling import tell_trainees
from training.actions.trainee import ONCE, locked
from training.models import Certificate, Trainee
from training.rules.trainee import plain_name

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import User

BECAUSE = "更正姓名，换发新证"


@transaction.atomic
def give_anew(certificate: Certificate, name: str, *, by: User, at: datetime) -> Certificate:
    """The same enrolment, the same facts by the same version of the rule, the right name, a new number. The old number is no good
    any more, stays for everybody to be seen and says which one took its place; the trainee's row is called by that name too.

    Raises NotAllowed(`trainee_name`, `certificate_name_same`, `certificate_revoked_already`, `certificate_numbers_used_up`, and
    what `locked` of the trainee and his name refuse)."""
    try:
        name = plain_name(name)
    except ValueError:
        raise NotAllowed("trainee_name") from None
    cohort = certificate.enrolment.cohort
    lock_cohort(cohort)
    old = Certificate.objects.select_for_update(of=("self",)).select_related("rule", "enrolment__trainee").get(pk=certificate.pk)
    if old.is_revoked:
        raise NotAllowed("certificate_revoked_already")
    if old.name == name:
        raise NotAllowed("certificate_name_same")
    holder = _called(locked(holder_of(old.enrolment), by=by), name)
    number = next_numbers(cohort.county_id, timezone.localdate(at).year, 1)[0]
    Certificate.objects.filter(pk=old.pk).update(revoked_at=at, revoked_by=by, revoked_because=BECAUSE)
    made = _anew(old, name, number)
    made.issued_at, made.issued_by = at, by
    made.credential = signed(made)
    made.save(force_insert=True)
    note(Deed.CERTIFICATE_REPLACED, place=cohort.place_id, by=by, about=made, number=number, replaces=old.number)
    with in_chinese():
        text = _("您的结业证书更正了姓名，换发新证，编号 {number}。原来的 {old} 作废，请换一张新的。")
    tell_trainees([holder], NoticeKind.SCHOOL, text.format(number=number, old=old.number), county=cohort.county, link=HOME)
    return made


def _anew(old: Certificate, name: str, number: str) -> Certificate:
    return Certificate(
        number=number,
        enrolment=old.enrolment,
        replaces=old,
        rule=old.rule,
        name=name,
        facts=old.facts,
        status_index=next_status_index(),
    )


def _called(holder: Trainee, name: str) -> Trainee:
    if holder.name != name:
        holder.name = name
        with refusing(ONCE):
            holder.save(update_fields=["name"])
    return holder
