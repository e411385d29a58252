"""The addresses of the school's API, below `api/v1/school/`."""

from __future__ import annotations

from django.urls import path

from training.api import anomalies, attendance, cohorts, enrolments, figures, grades, lessons, people, planning, results

urlpatterns = [
    path("months/", figures.Months.as_view(), name="api_school_months"),
    path("months/<str:month>/", figures.Month.as_view(), name="api_school_month"),
    path("outcome/", figures.Outcome.as_view(), name="api_school_outcome"),
    path("conversions/", figures.Conversions.as_view(), name="api_school_conversions"),
    path("follow-ups/", figures.FollowUps.as_view(), name="api_school_follow_ups"),
    path("courses/", planning.Courses.as_view(), name="api_school_courses"),
    path("courses/<int:course_id>/", planning.CourseDetail.as_view(), name="api_school_course"),
    path("courses/<int:course_id>/change/", planning.CourseChanging.as_view(), name="api_school_course_change"),
    path("courses/<int:course_id>/retire/", planning.CourseRetiring.as_view(), name="api_school_course_retire"),
    path("courses/<int:course_id>/restore/", planning.CourseRestoring.as_view(), name="api_school_course_restore"),
    path("anomalies/", anomalies.Anomalies.as_view(), name="api_school_anomalies"),
    path("trainers/", people.Trainers.as_view(), name="api_school_trainers"),
    path("trainees/", people.Trainees.as_view(), name="api_school_trainees"),
    path("trainees/<int:trainee_id>/", people.TraineeDetail.as_view(), name="api_school_trainee"),
    path("cohorts/", planning.ClassList.as_view(), name="api_school_cohorts"),
    path("cohorts/<uuid:cohort_id>/", cohorts.CohortDetail.as_view(), name="api_school_cohort"),
    path("cohorts/<uuid:cohort_id>/change/", planning.CohortChanging.as_view(), name="api_school_cohort_change"),
    path("cohorts/<uuid:cohort_id>/begin/", planning.CohortBeginning.as_view(), name="api_school_cohort_begin"),
    path("cohorts/<uuid:cohort_id>/cancel/", planning.CohortCancelling.as_view(), name="api_school_cohort_cancel"),
    path("cohorts/<uuid:cohort_id>/exams/", planning.Exams.as_view(), name="api_school_exams"),
    path("cohorts/<uuid:cohort_id>/open/", cohorts.CohortOpening.as_view(), name="api_school_cohort_open"),
    path("cohorts/<uuid:cohort_id>/close/", cohorts.CohortClosing.as_view(), name="api_school_cohort_close"),
    path("cohorts/<uuid:cohort_id>/enrolments/", enrolments.Enrolments.as_view(), name="api_school_enrolments"),
    path("cohorts/<uuid:cohort_id>/lessons/", lessons.CohortLessons.as_view(), name="api_school_timetable"),
    path("cohorts/<uuid:cohort_id>/attendance/", attendance.CohortShares.as_view(), name="api_school_shares"),
    path("cohorts/<uuid:cohort_id>/results/", results.CohortResults.as_view(), name="api_school_results"),
    path("cohorts/<uuid:cohort_id>/study/", results.Study.as_view(), name="api_school_study"),
    path("cohorts/<uuid:cohort_id>/conversions/", figures.CohortConversions.as_view(), name="api_school_cohort_conversions"),
    path("enrolments/<uuid:enrolment_id>/leave/", enrolments.EnrolmentLeaving.as_view(), name="api_school_leave"),
    path("lessons/", lessons.Lessons.as_view(), name="api_school_lessons"),
    path("lessons/<uuid:lesson_id>/", lessons.LessonDetail.as_view(), name="api_school_lesson"),
    path("lessons/<uuid:lesson_id>/change/", planning.LessonChanging.as_view(), name="api_school_lesson_change"),
    path("lessons/<uuid:lesson_id>/move/", lessons.LessonMoving.as_view(), name="api_school_lesson_move"),
    path("lessons/<uuid:lesson_id>/cancel/", lessons.LessonCancelling.as_view(), name="api_school_lesson_cancel"),
    path("lessons/<uuid:lesson_id>/hold/", lessons.LessonHolding.as_view(), name="api_school_lesson_hold"),
    path("lessons/<uuid:lesson_id>/attendance/", attendance.LessonAttendance.as_view(), name="api_school_attendance"),
    path("marks/", attendance.Marks.as_view(), name="api_school_marks"),
    path("exams/<int:exam_id>/change/", planning.ExamChanging.as_view(), name="api_school_exam_change"),
    path("exams/<int:exam_id>/drop/", planning.ExamDropping.as_view(), name="api_school_exam_drop"),
    path("exams/<int:exam_id>/marks/", results.ExamMarks.as_view(), name="api_school_exam_marks"),
    path("grades/", grades.Grades.as_view(), name="api_school_grades"),
    path("grades/<int:host_id>/", grades.HostGrade.as_view(), name="api_school_grade"),
    path("grades/<int:host_id>/decide/", grades.GradeDeciding.as_view(), name="api_school_grade_decide"),
    path("certificates/", results.Certificates.as_view(), name="api_school_certificates"),
]
