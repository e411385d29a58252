"""What the pages of the school show when every page is judged: an open cohort, a full one, a host who learns in the first."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tests.school import make_cohort, make_enrolment, make_lesson, make_trainee
from training.actions.cohort import open_link


def school_pages(county, host):
    open_cohort = make_cohort(county, title="第 36 期村播班", aims="种花椒的农户")
    make_lesson(open_cohort, starts_at=timezone.now() + timedelta(days=1), room_note="文化站")
    make_enrolment(open_cohort, make_trainee(county, name="张秀兰", user=host))
    full = make_cohort(county, title="集训营", seats=1, state="running")
    make_enrolment(full)
    make_enrolment(full, state="waiting")
    return {"open cohort": open_cohort.pk, "full cohort": full.pk, "join code": (open_link(open_cohort),)}
