"""Online study and what was learnt: minutes, quizzes, tests, practicals, and what trainees say themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models.place import within
from livestream.rules.rights import Action
from training.rules.exam import FULL_MARKS, PASS_MARKS, ExamKind, FeedbackKind
from training.rules.study import MINUTES_A_DAY

if TYPE_CHECKING:
    from livestream.models import Place, User
    from training.models.cohort import Cohort
    from training.models.enrolment import Enrolment

ENROLMENT = "training.Enrolment"


class StudyEntry(models.Model):
    """Minutes of online study as a phone or a platform's list told them; the same `client_id` is counted once.

    A phone tells one minute at a time and which one, `minute_at`; a list says how many there were on a day."""

    client_id = models.UUIDField(unique=True)
    enrolment: Enrolment = models.ForeignKey(ENROLMENT, models.PROTECT, related_name="studies", verbose_name=_("学员"))  # type: ignore[assignment]
    course = models.ForeignKey("training.Course", models.PROTECT, related_name="+", verbose_name=_("课程"))
    material = models.ForeignKey(
        "training.Material", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("课件")
    )
    on = models.DateField(_("日期"))
    minutes = models.PositiveSmallIntegerField(_("分钟"))
    minute_at = models.DateTimeField(_("哪一分钟"), null=True, blank=True)
    is_finished = models.BooleanField(_("学完了"), default=False)
    source = models.CharField(_("来源"), max_length=40, blank=True)  # of a platform's list; empty: his own phone
    recorded_at = models.DateTimeField(_("记下的时间"), auto_now_add=True)
    noted_by = models.ForeignKey(
        "livestream.User", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("谁记的")
    )

    class Meta:
        verbose_name = _("线上学习")
        verbose_name_plural = pgettext_lazy("many", "线上学习")
        indexes = [models.Index(fields=["enrolment", "course"], name="study_by_course")]
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(1, MINUTES_A_DAY)), name="study_within_half_a_day"),
            models.UniqueConstraint(fields=["enrolment", "minute_at"], name="study_minute_once"),
            models.CheckConstraint(condition=Q(minute_at=None) | Q(minutes=1), name="phone_tells_a_minute_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min"


class QuizQuerySet(models.QuerySet["Quiz"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(within(user.reach(action), county="course__county"))


class Quiz(models.Model):
    """A few questions at the end of a course, answered on the phone."""

    course = models.ForeignKey("training.Course", models.PROTECT, related_name="quizzes", verbose_name=_("课程"))
    title = models.CharField(_("小测验"), max_length=60)
    pass_marks = models.PositiveSmallIntegerField(_("及格分"), default=PASS_MARKS)
    is_in_use = models.BooleanField(_("在用"), default=True)

    objects = QuizQuerySet.as_manager()

    class Meta:
        verbose_name = _("小测验")
        verbose_name_plural = pgettext_lazy("many", "小测验")
        constraints = [
            models.CheckConstraint(condition=Q(pass_marks__lte=FULL_MARKS), name="quiz_can_be_passed"),
            models.UniqueConstraint(fields=["course", "title"], condition=Q(is_in_use=True), name="quiz_once_per_course"),
        ]

    def __str__(self) -> str:
        return self.title


class Question(models.Model):
    """One question with two to six choices; `answers` are the numbers of the right ones, from 0."""

    quiz = models.ForeignKey(Quiz, models.CASCADE, related_name="questions", verbose_name=_("小测验"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    text = models.CharField(_("题目"), max_length=200)
    choices = models.JSONField(_("选项"))
    answers = models.JSONField(_("答案"))

    class Meta:
        verbose_name = _("题目")
        verbose_name_plural = pgettext_lazy("many", "题目")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["quiz", "position"], name="question_once_per_place")]

    def __str__(self) -> str:
        return self.text


class QuizTry(models.Model):
    """One hand-in of a quiz: the same `client_id` twice is one try. `marks`: of 100."""

    client_id = models.UUIDField(unique=True)
    quiz = models.ForeignKey(Quiz, models.PROTECT, related_name="tries", verbose_name=_("小测验"))
    enrolment: Enrolment = models.ForeignKey(ENROLMENT, models.PROTECT, related_name="quiz_tries", verbose_name=_("学员"))  # type: ignore[assignment]
    answers = models.JSONField(_("回答"))
    marks = models.PositiveSmallIntegerField(_("得分"))
    at = models.DateTimeField(_("交卷时间"))

    class Meta:
        verbose_name = _("答题")
        verbose_name_plural = pgettext_lazy("many", "答题")
        indexes = [models.Index(fields=["enrolment", "quiz"], name="quiz_try_by_person")]
        constraints = [models.CheckConstraint(condition=Q(marks__lte=FULL_MARKS), name="quiz_marks_of_a_hundred")]

    def __str__(self) -> str:
        return str(self.marks)


class ExamQuerySet(models.QuerySet["Exam"]):
    def visible_to(self, user: User, action: Action = Action.SEE_SCHOOL) -> Self:
        return self.filter(within(user.reach(action), county="cohort__county", place="cohort__place"))


class Exam(models.Model):
    """A test of a cohort on a day, theory or skills, marked of 100."""

    cohort: Cohort = models.ForeignKey("training.Cohort", models.PROTECT, related_name="exams", verbose_name=_("培训班"))  # type: ignore[assignment]
    title = models.CharField(_("考试"), max_length=60)
    kind = models.CharField(_("类型"), max_length=8, choices=ExamKind)
    on = models.DateField(_("日期"))
    pass_marks = models.PositiveSmallIntegerField(_("及格分"), default=PASS_MARKS)

    objects = ExamQuerySet.as_manager()

    class Meta:
        verbose_name = _("考试")
        verbose_name_plural = pgettext_lazy("many", "考试")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ExamKind.values), name="exam_kind_is_known"),
            models.CheckConstraint(condition=Q(pass_marks__lte=FULL_MARKS), name="exam_can_be_passed"),
            models.UniqueConstraint(fields=["cohort", "title"], name="exam_once_per_cohort"),
        ]

    def __str__(self) -> str:
        return self.title


class ExamResult(models.Model):
    exam = models.ForeignKey(Exam, models.CASCADE, related_name="results", verbose_name=_("考试"))
    enrolment: Enrolment = models.ForeignKey(ENROLMENT, models.PROTECT, related_name="exam_results", verbose_name=_("学员"))  # type: ignore[assignment]
    marks = models.PositiveSmallIntegerField(_("得分"))
    noted_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("谁录入的"))
    noted_at = models.DateTimeField(_("录入时间"), auto_now=True)

    class Meta:
        verbose_name = _("成绩")
        verbose_name_plural = pgettext_lazy("many", "成绩")
        constraints = [
            models.UniqueConstraint(fields=["exam", "enrolment"], name="exam_result_once"),
            models.CheckConstraint(condition=Q(marks__lte=FULL_MARKS), name="exam_marks_of_a_hundred"),
        ]

    def __str__(self) -> str:
        return str(self.marks)


class Practical(models.Model):
    """以实战代训: a session on air, or a practice session, marked with the rubric. `marks`: points by key of the rubric;
    `total`: of 100. One row for each time somebody was marked."""

    enrolment: Enrolment = models.ForeignKey(ENROLMENT, models.PROTECT, related_name="practicals", verbose_name=_("学员"))  # type: ignore[assignment]
    session = models.ForeignKey("livestream.LiveSession", models.PROTECT, related_name="+", verbose_name=_("场次"))
    rubric_version = models.PositiveSmallIntegerField(_("评分表版本"), default=1)
    marks = models.JSONField(_("各项得分"))
    total = models.PositiveSmallIntegerField(_("总分"))
    words = models.CharField(_("评语"), max_length=300, blank=True)
    marked_by = models.ForeignKey("livestream.User", models.PROTECT, related_name="+", verbose_name=_("评分人"))
    marked_at = models.DateTimeField(_("评分时间"))

    class Meta:
        verbose_name = _("实操评分")
        verbose_name_plural = pgettext_lazy("many", "实操评分")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "session", "marked_by"], name="practical_once_per_marker"),
            models.CheckConstraint(condition=Q(total__lte=FULL_MARKS), name="practical_of_a_hundred"),
        ]

    def __str__(self) -> str:
        return str(self.total)


class Feedback(models.Model):
    """What a trainee says: of the class, or of himself before and after it. `answers`: 1 to 5 by key of the form."""

    enrolment: Enrolment = models.ForeignKey(ENROLMENT, models.PROTECT, related_name="feedback", verbose_name=_("学员"))  # type: ignore[assignment]
    kind = models.CharField(_("类型"), max_length=12, choices=FeedbackKind)
    answers = models.JSONField(_("打分"))
    words = models.CharField(_("想说的话"), max_length=500, blank=True)
    client_id = models.UUIDField(unique=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = _("学员反馈")
        verbose_name_plural = pgettext_lazy("many", "学员反馈")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "kind"], name="feedback_once_per_kind"),
            models.CheckConstraint(condition=Q(kind__in=FeedbackKind.values), name="feedback_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.kind


class RubricLine(models.Model):
    """One line of a county's rubric for practicals; the points of one version sum to 100 (checked by the verb)."""

    county: Place = models.ForeignKey("livestream.Place", models.PROTECT, related_name="+", verbose_name=_("县"))  # type: ignore[assignment]
    version = models.PositiveSmallIntegerField(_("版本"))
    position = models.PositiveSmallIntegerField(_("顺序"))
    key = models.SlugField(_("代号"), max_length=20)
    title = models.CharField(_("看什么"), max_length=60)
    points = models.PositiveSmallIntegerField(_("满分"))

    class Meta:
        verbose_name = _("评分项")
        verbose_name_plural = pgettext_lazy("many", "评分项")
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint(fields=["county", "version", "key"], name="rubric_line_once_per_version")]

    def __str__(self) -> str:
        return self.title
