"""The tables of the school."""

from __future__ import annotations

from training.models.attendance import Attendance, Mark, SignInSheet
from training.models.certificate import Certificate, CertificateRule, IssuerKey
from training.models.cohort import Cohort, CohortTrainer
from training.models.course import Course, Material
from training.models.duplicate import DifferentPeople
from training.models.enrolment import Enrolment
from training.models.follow_up import Call, ConversionRule, Enclosure, Evidence, FollowUp, IncubationStep
from training.models.grade import GradeDecision, GradeProposal, GradeRule
from training.models.lesson import Lesson
from training.models.photo import Photo
from training.models.proof import AnomalyNote, ClassPack, SpotCall, SpotCheck
from training.models.school import SchoolMonth, SchoolRules, school_rules_of
from training.models.study import Exam, ExamResult, Feedback, Practical, Question, Quiz, QuizTry, RubricLine, StudyEntry
from training.models.trainee import Trainee, TraineePass
from training.models.trainer import Trainer, TrainerRecord

__all__ = [
    "AnomalyNote",
    "Attendance",
    "Call",
    "Certificate",
    "CertificateRule",
    "ClassPack",
    "Cohort",
    "CohortTrainer",
    "ConversionRule",
    "Course",
    "DifferentPeople",
    "Enclosure",
    "Enrolment",
    "Evidence",
    "Exam",
    "ExamResult",
    "Feedback",
    "FollowUp",
    "GradeDecision",
    "GradeProposal",
    "GradeRule",
    "IncubationStep",
    "IssuerKey",
    "Lesson",
    "Mark",
    "Material",
    "Photo",
    "Practical",
    "Question",
    "Quiz",
    "QuizTry",
    "RubricLine",
    "SchoolMonth",
    "SchoolRules",
    "SignInSheet",
    "SpotCall",
    "SpotCheck",
    "StudyEntry",
    "Trainee",
    "TraineePass",
    "Trainer",
    "TrainerRecord",
    "school_rules_of",
]
