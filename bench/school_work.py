"""A county's school of some years and its pages: `python -m bench.school_work <months> <people> <repeats>`, one line of JSON."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from bench.goods import COUNTY  # noqa: E402
from bench.plan_work import milliseconds  # noqa: E402
from bench.planted_school import BEGINS_ON, plant_school  # noqa: E402
from livestream.models import Place, User  # noqa: E402
from livestream.models.leisure import at_leisure  # noqa: E402
from training.actions.counting import month_figures, people_since  # noqa: E402
from training.models import Attendance, Enrolment, Lesson, SchoolRules  # noqa: E402
from training.rules.attendance import WAS_THERE  # noqa: E402
from training.rules.counting import begins, month_after  # noqa: E402


def peer(first_on: date) -> dict[str, int]:
    """What one writes first: every attendance an object, and a question for each person."""
    lessons = Lesson.objects.held().filter(
        cohort__county=COUNTY, starts_at__gte=begins(first_on), starts_at__lt=begins(month_after(first_on))
    )
    people, attendances = {}, set()
    for lesson in lessons:
        for attendance in lesson.attendances.filter(presence__in=WAS_THERE).select_related("enrolment__trainee"):
            person = attendance.enrolment.trainee
            person = person.merged_into or person
            people[person.pk] = person
            attendances.add((person.pk, attendance.enrolment.cohort_id))
    earlier = Attendance.objects.there().filter(lesson__starts_at__lt=begins(first_on))
    new = [pk for pk in people if not earlier.filter(enrolment__trainee=pk).exists()]
    done = {each.trainee_id for each in Enrolment.objects.completed().filter(completed_on__month=first_on.month)}
    return {"people": len(people), "attendances": len(attendances), "new": len(new), "completers": len(done)}


def main(months: str, people: str, repeats: str) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nobody has collected the files of a bench
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    county, client = Place.objects.get(pk=COUNTY), Client()
    staff = User.objects.create(phone="19888888888", name="干事", role="staff", place=county)
    client.force_login(staff)
    SchoolRules.objects.create(county=county, goal_years=4)
    with at_leisure(), transaction.atomic(), connection.cursor() as cursor:
        planted = plant_school(county, staff, months=int(months), people=int(people), gap=min(20, int(months) - 2))
        cursor.execute("ANALYZE")
    address = f"/school/months/{planted.last_on:%Y-%m}/?show=people"
    found: dict[str, Any] = {}
    for name, what in {
        "month": lambda: client.get(address),
        "desk": lambda: client.get("/school/"),
        "figures": lambda: month_figures(COUNTY, planted.last_on),
    }.items():
        what()
        found[name] = milliseconds(what, int(repeats))
    with CaptureQueriesContext(connection) as asked:
        found["bytes"] = len(client.get(address).content)
        found["queries"] = len(asked)
    found["people"], found["attendances"] = people_since(COUNTY, BEGINS_ON)
    found["peer"] = milliseconds(lambda: peer(planted.last_on), max(1, int(repeats) // 5))
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
