"""The addresses of the school."""

from __future__ import annotations

from django.urls import path, register_converter

from training.rules.cohort import JOIN_CODE
from training.views import (
    attendance,
    cohort,
    cohort_page,
    conversion,
    conversion_rules,
    desk,
    exam,
    feedback,
    follow_up,
    graduate,
    join,
    lesson,
    my_lessons,
    my_school,
    photo,
    practical,
    quiz,
    quiz_taking,
    results,
    roll_call,
    rubric,
    sign_in,
    sign_in_screen,
    sign_in_sheet,
    study,
    study_sheet,
    timetable,
    trainee_pass,
    worker,
)


class JoinCode:
    """What stands on a poster; an invitation's token, at the same address, is longer."""

    regex = JOIN_CODE

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(JoinCode, "join_code")
app_name = "training"
urlpatterns = [
    path("school/", desk.desk, name="desk"),
    path("school/cohorts/<uuid:pk>/results/", results.results, name="results"),
    path("school/cohorts/<uuid:pk>/study/", study_sheet.study_sheet, name="study_sheet"),
    path("school/cohorts/<uuid:pk>/exams/new/", exam.exam_new, name="exam_new"),
    path("school/cohorts/<uuid:pk>/exams/<int:exam>/", exam.exam, name="exam"),
    path("school/cohorts/<uuid:pk>/exams/<int:exam>/edit/", exam.exam_edit, name="exam_edit"),
    path("school/cohorts/<uuid:pk>/exams/<int:exam>/drop/", exam.exam_drop, name="exam_drop"),
    path("school/cohorts/<uuid:pk>/practicals/", practical.practicals, name="practicals"),
    path("school/cohorts/<uuid:pk>/practicals/<uuid:enrolment>/", practical.practical, name="practical"),
    path("school/rubric/<str:code>/", rubric.rubric, name="rubric"),
    path("school/courses/<int:pk>/quizzes/", quiz.quizzes, name="quizzes"),
    path("school/courses/<int:pk>/quizzes/<int:quiz>/", quiz.quiz, name="quiz"),
    path("school/courses/<int:pk>/quizzes/<int:quiz>/paste/", quiz.quiz_paste, name="quiz_paste"),
    path("school/courses/<int:pk>/quizzes/<int:quiz>/questions/new/", quiz.question_new, name="question_new"),
    path("school/courses/<int:pk>/quizzes/<int:quiz>/questions/<int:question>/", quiz.question, name="question"),
    path("school/courses/<int:pk>/quizzes/<int:quiz>/questions/<int:question>/drop/", quiz.question_drop, name="question_drop"),
    path("my/school/study/", study.my_study, name="my_study"),
    path("my/school/study/<uuid:pk>/<int:material>/", study.my_material, name="my_material"),
    path("my/school/study/<uuid:pk>/<int:material>/file/", study.my_material_file, name="my_material_file"),
    path("my/school/study/<uuid:pk>/quiz/<int:quiz>/", quiz_taking.my_quiz, name="my_quiz"),
    path("my/school/study/<uuid:pk>/quiz/<int:quiz>/result/", quiz_taking.my_quiz_result, name="my_quiz_result"),
    path("my/school/feedback/", feedback.my_feedback, name="my_feedback"),
    path("school/follow-ups/", follow_up.follow_ups, name="follow_ups"),
    path("school/follow-ups/<int:pk>/", follow_up.follow_up, name="follow_up"),
    path("school/follow-ups/<int:pk>/call/", follow_up.follow_up_call, name="follow_up_call"),
    path("school/follow-ups/<int:pk>/result/", follow_up.follow_up_result, name="follow_up_result"),
    path("school/cohorts/<uuid:pk>/follow-ups/", follow_up.cohort_follow_ups, name="cohort_follow_ups"),
    path("school/cohorts/<uuid:pk>/steps/", follow_up.incubation_add, name="incubation_add"),
    path("school/cohorts/<uuid:pk>/conversion/", conversion.conversion, name="conversion"),
    path("school/cohorts/<uuid:pk>/evidence/", conversion.evidence_add, name="evidence_add"),
    path("school/evidence/<int:pk>/withdraw/", conversion.evidence_withdraw, name="evidence_withdraw"),
    path("school/conversion/", conversion.county_conversion, name="county_conversion"),
    path("school/conversion/rules/", conversion_rules.conversion_rules, name="conversion_rules"),
    path("school/conversion/rules/<str:code>/", conversion_rules.conversion_rule_change, name="conversion_rule_change"),
    path("school/graduates/<int:pk>/", graduate.graduate, name="graduate"),
    path("school/cohorts/<uuid:pk>/timetable/", timetable.timetable, name="timetable"),
    path("school/cohorts/<uuid:pk>/timetable/new/", lesson.new, name="lesson_new"),
    path("school/cohorts/<uuid:pk>/timetable/weekly/", timetable.weekly, name="timetable_weekly"),
    path("school/cohorts/<uuid:pk>/timetable/copy/", timetable.copy, name="timetable_copy"),
    path("school/lessons/<uuid:pk>/", lesson.lesson, name="lesson"),
    path("school/lessons/<uuid:pk>/edit/", lesson.edit, name="lesson_edit"),
    path("school/lessons/<uuid:pk>/move/", lesson.move, name="lesson_move"),
    path("school/lessons/<uuid:pk>/cancel/", lesson.cancel, name="lesson_cancel"),
    path("school/lessons/<uuid:pk>/restore/", lesson.restore, name="lesson_restore"),
    path("school/lessons/<uuid:pk>/hold/", lesson.hold, name="lesson_hold"),
    path("school/lessons/<uuid:pk>/unhold/", lesson.unhold, name="lesson_unhold"),
    path("school/lessons/<uuid:pk>/undo/", lesson.undo, name="lesson_undo"),
    path("my/lessons/", my_lessons.my_lessons, name="my_lessons"),
    path("my/lessons/<uuid:pk>/hold/", my_lessons.my_lesson_hold, name="my_lesson_hold"),
    path("school/cohorts/<uuid:cohort_id>/attendance/", attendance.attendance, name="attendance"),
    path("school/cohorts/<uuid:cohort_id>/photos/", photo.photos, name="photos"),
    path("school/cohorts/<uuid:cohort_id>/photos/add/", photo.photo_add, name="photo_add"),
    path("school/photos/<int:photo_id>/", photo.photo, name="photo"),
    path("school/lessons/<uuid:lesson_id>/attendance/", attendance.lesson_attendance, name="lesson_attendance"),
    path("school/lessons/<uuid:lesson_id>/decide/", attendance.decide, name="lesson_decide"),
    path("school/lessons/<uuid:lesson_id>/code/", sign_in_screen.lesson_code, name="lesson_code"),
    path("school/lessons/<uuid:lesson_id>/code/now/", sign_in_screen.lesson_code_now, name="lesson_code_now"),
    path("school/lessons/<uuid:lesson_id>/roll/", roll_call.roll_call, name="roll_call"),
    path("school/lessons/<uuid:lesson_id>/sheets/", sign_in_sheet.sign_in_sheets, name="sign_in_sheets"),
    path("school/sheets/<int:sheet_id>/", sign_in_sheet.sign_in_sheet, name="sign_in_sheet"),
    path("school/sheets/<int:sheet_id>/enter/", sign_in_sheet.sign_in_sheet_enter, name="sign_in_sheet_enter"),
    path("school-worker.js", worker.worker, name="worker"),
    path("s/", sign_in.shell, name="sign_in_shell"),
    path("s/<str:token>/", sign_in.sign_in, name="sign_in"),
    path("my/school/attendance/", sign_in.my_attendance, name="my_attendance"),
    path("school/cohorts/", cohort.cohorts, name="cohorts"),
    path("school/cohorts/new/", cohort.new, name="cohort_new"),
    path("school/cohorts/<uuid:pk>/", cohort_page.cohort, name="cohort"),
    path("school/cohorts/<uuid:pk>/edit/", cohort.edit, name="cohort_edit"),
    path("school/cohorts/<uuid:pk>/link/", cohort.link, name="cohort_link"),
    path("school/cohorts/<uuid:pk>/begin/", cohort.begin, name="cohort_begin"),
    path("school/cohorts/<uuid:pk>/cancel/", cohort.cancel, name="cohort_cancel"),
    path("school/cohorts/<uuid:pk>/close/", cohort.close, name="cohort_close"),
    path("school/cohorts/<uuid:pk>/add/", cohort_page.add, name="enrolment_add"),
    path("school/enrolments/<uuid:pk>/out/", cohort_page.out, name="enrolment_out"),
    path("school/people/<int:pk>/pass/", trainee_pass.renew, name="trainee_pass_new"),
    path("join/<join_code:join_code>/", join.join, name="join"),
    path("t/<str:token>/", trainee_pass.open_pass, name="trainee_pass"),
    path("login/school/", trainee_pass.ask, name="my_school_link"),
    path("login/school/forget/", trainee_pass.forget, name="trainee_pass_forget"),
    path("my/school/", my_school.my_school, name="my_school"),
    path("my/school/<uuid:pk>/leave/", my_school.my_leave, name="my_school_leave"),
]
