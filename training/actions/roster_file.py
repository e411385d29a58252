"""A class that leaves the house as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from livestream.actions.audit import note
from livestream.rules.deed import Deed
from training.rules.trainee import age_band
from training.sheets.roster_book import Shown

if TYPE_CHECKING:
    from datetime import date, datetime

    from livestream.models import User
    from training.models import Cohort, Enrolment


@transaction.atomic
def take_roster(cohort: Cohort, *, by: User, at: datetime) -> list[dict[Shown, str]]:
    """Its people by their seats, then who waits, then who has left: phones masked, ages as bands. That it was taken is written
    down."""
    people = cohort.enrolments.select_related("trainee__place__parent")
    rows = list(people.order_by(F("seat").asc(nulls_last=True), F("queue_no").asc(nulls_last=True), "enrolled_at", "pk"))
    note(Deed.ROSTER_TAKEN, place=cohort.place_id, by=by, about=cohort, rows=len(rows))
    return [_row(enrolment, timezone.localdate(at)) for enrolment in rows]


def _row(enrolment: Enrolment, today: date) -> dict[Shown, str]:
    trainee, yes = enrolment.trainee, _("是")
    band = age_band(trainee.birth_year, today)
    return {
        Shown.NUMBER: str(enrolment.seat or ""),
        Shown.NAME: trainee.name,
        Shown.PHONE: trainee.masked_phone,
        Shown.PLACE: trainee.place.full_name,
        Shown.SEX: trainee.get_sex_display(),
        Shown.AGE: str(band.label) if band else "",
        Shown.CATEGORY: trainee.get_category_display(),
        Shown.EDUCATION: trainee.get_education_display(),
        Shown.RETURNEE: yes if trainee.is_returnee else "",
        Shown.STATE: enrolment.get_state_display(),
        Shown.ENROLLED: f"{timezone.localtime(enrolment.enrolled_at):%Y-%m-%d %H:%M}",
        Shown.CONSENT: yes if trainee.consented_at else "",
    }
