"""What the school has in a village of the world of rights."""

from __future__ import annotations

import io

from django.utils import timezone

from livestream.actions import stored_file
from livestream.models import Place, User
from tests.certificates import give_certificate
from tests.school import make_cohort, make_course, make_enrolment, make_lesson, make_trainee
from tests.study import make_exam, make_quiz
from training.actions.enclosure import SHELF
from training.actions.material import add_material
from training.actions.photo import keep
from training.models import (
    Certificate,
    ClassPack,
    Cohort,
    Enclosure,
    Enrolment,
    Evidence,
    FollowUp,
    Lesson,
    Photo,
    SignInSheet,
    SpotCheck,
)


def schooled(name: str, place: Place, clerk: User, host: User) -> dict:
    """A cohort of the village, its lesson, and the host of the village who learns in it."""
    county = clerk.place
    cohort = make_cohort(county, place=place, title=name, aims=name, summary=name, made_by=clerk)
    trainee = make_trainee(county, place, name=name, user=host)
    lesson = make_lesson(cohort, title=name, room_note=name)
    enrolment = make_enrolment(cohort, trainee)
    return {
        "cohort": cohort,
        "trainee": trainee,
        "enrolment": enrolment,
        "lesson": lesson,
        "taught": make_lesson(cohort, title=name, room_note=name, trainer=host),
        **learnt(enrolment, name),
        **marked(lesson, host),
        "certificate": certified(enrolment, name, host),
        **followed(name, cohort, place, host),
        **audited(enrolment, name, host),
    }


def certified(enrolment: Enrolment, name: str, by: User) -> Certificate:
    """What the host of the village was given for another class of his."""
    cohort = make_cohort(enrolment.cohort.county, place=enrolment.cohort.place, title=name, made_by=by)
    return give_certificate(make_enrolment(cohort, enrolment.trainee), by=by, name=name)


def learnt(enrolment: Enrolment, name: str) -> dict:
    """What the host of the village learns in it: a course of its own, with all that there is to learn."""
    cohort = enrolment.cohort
    called = f"课程 {cohort.place_id}"  # no mark: the whole county reads it
    course = make_course(cohort.county, title=called, about=called)
    cohort.courses.add(course)
    quiz = make_quiz(course, questions=0, title=name)
    question = quiz.questions.create(position=1, text=name, choices=[name, "乙"], answers=[0])
    file = io.BytesIO(b"%PDF-1.7 " + name.encode())
    material = add_material(course, file, name=f"{called}.pdf", title=called, by=cohort.made_by)
    exam = make_exam(cohort, title=name)
    own = {"my_course": course, "learner": enrolment, "my_material": material, "my_quiz": quiz}
    return {"quiz": quiz, "question": question, "exam": exam, **own}


def marked(lesson: Lesson, by: User) -> dict:
    """What a lesson of the village has on paper and as a picture."""
    name = lesson.title
    sheet = SignInSheet.objects.create(lesson=lesson, code=name[-12:], printed_by=by)
    photo = Photo.objects.create(
        cohort=lesson.cohort, lesson=lesson, caption=name, stored_as=keep(b"jpeg"), sha256=name, look="0" * 16, bytes=4, width=1,
        height=1, added_by=by,
    )  # fmt: skip
    return {"sheet": sheet, "photo": photo}


def followed(name: str, cohort: Cohort, place: Place, by: User) -> dict:
    """What becomes of somebody of the village who completed it."""
    today = timezone.localdate()
    trainee = make_trainee(cohort.county, place, name=name)
    graduate = make_enrolment(cohort, trainee, state="completed", completed_on=cohort.starts_on)
    call = FollowUp.objects.create(enrolment=graduate, after_months=1, due_on=today, words=name)
    return {
        "follow_up": call,
        "enclosure": Enclosure.objects.create(
            enrolment=graduate,
            follow_up=call,
            name="合影.jpg",
            stored_as=stored_file.keep([b"jpeg"], SHELF),
            bytes=4,
            added_by=by,
        ),
        "evidence": Evidence.objects.create(enrolment=graduate, kind="shop", on=today, words=name, noted_by=by),
    }


def audited(enrolment: Enrolment, name: str, by: User) -> dict:
    """The folder of the class, and a sample with the host of the village in it."""
    pack = ClassPack.objects.create(cohort=enrolment.cohort, purpose=name, asked_by=by)
    check = SpotCheck.objects.create(
        county=enrolment.cohort.county, title=name, seed=name, size=1, population=1, drawn_at=timezone.now(), drawn_by=by
    )
    check.cohorts.add(enrolment.cohort)
    return {"class_pack": pack, "spot_check": check, "spot_call": check.calls.create(position=1, enrolment=enrolment)}
