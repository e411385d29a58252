"""The addresses of the school."""

from __future__ import annotations

from django.urls import path

from training.views import (
    conversion,
    conversion_rules,
    desk,
    exam,
    feedback,
    follow_up,
    graduate,
    practical,
    quiz,
    quiz_taking,
    results,
    rubric,
    study,
    study_sheet,
)

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
]
