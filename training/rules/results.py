"""What one trainee reached in one cohort, as certificates, packs and pages read it. Pure."""

from __future__ import annotations

from typing import NamedTuple


class ExamMark(NamedTuple):
    """A test of the cohort. `marks`: of 100; None where nothing was entered for him: absent, or not marked yet."""

    exam: int
    title: str
    kind: str
    marks: int | None
    pass_marks: int

    @property
    def has_passed(self) -> bool:
        return self.marks is not None and self.marks >= self.pass_marks


class QuizMark(NamedTuple):
    """A quiz of the cohort's courses. `marks`: the best try; None where there was none."""

    quiz: int
    title: str
    marks: int | None
    pass_marks: int

    @property
    def has_passed(self) -> bool:
        return self.marks is not None and self.marks >= self.pass_marks


class Results(NamedTuple):
    """`practical`: the best of all practicals, of 100; None without one."""

    exams: tuple[ExamMark, ...] = ()
    practical: int | None = None
    study_minutes: int = 0
    quizzes: tuple[QuizMark, ...] = ()

    @property
    def quizzes_passed(self) -> int:
        return sum(quiz.has_passed for quiz in self.quizzes)
