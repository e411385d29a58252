"""The quizzes of a course, as staff make them: their questions one by one, or many as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from livestream.rules.errors import NotAllowed
from livestream.rules.rights import Action
from livestream.views.signed_in import needs
from training.actions.quiz import add_questions, change_question, change_quiz, make_quiz, remove_question
from training.models import Course, Question, Quiz
from training.quiz_forms import PasteForm, QuestionForm, QuizForm
from training.views.school import posted, status_of, tried

if TYPE_CHECKING:
    from django.http import HttpResponse

    from livestream.views.signed_in import SignedInRequest

AT = {"quiz_there": "title"}  # the field that a refusal belongs to


def course_to(request: SignedInRequest, pk: int, action: Action = Action.KEEP_SCHOOL) -> Course:
    """Raises Http404."""
    return get_object_or_404(Course.objects.visible_to(request.user, action), pk=pk)


def quiz_to(request: SignedInRequest, pk: int, quiz: int, action: Action = Action.KEEP_SCHOOL) -> Quiz:
    """Raises Http404."""
    return get_object_or_404(Quiz.objects.filter(course=course_to(request, pk, action)).select_related("course"), pk=quiz)


def question_to(request: SignedInRequest, pk: int, quiz: int, question: int) -> Question:
    """Raises Http404."""
    return get_object_or_404(Question.objects.filter(quiz=quiz_to(request, pk, quiz)).select_related("quiz"), pk=question)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def quizzes(request: SignedInRequest, pk: int) -> HttpResponse:
    """Those of a course, and a new one."""
    course = course_to(request, pk)
    form = QuizForm(posted(request))
    if (made := tried(form, lambda: make_quiz(course, form.facts), AT)) is not None:
        messages.success(request, _("建好了，现在写题目。"))
        return redirect("training:quiz", pk, made.pk)
    found = course.quizzes.annotate(
        size=Count("questions", distinct=True), answered=Count("tries__enrolment", distinct=True)
    ).order_by("-is_in_use", "pk")
    context = {"course": course, "quizzes": found, "form": form}
    return render(request, "training/quizzes.html", context, status=status_of(form))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def quiz(request: SignedInRequest, pk: int, quiz: int) -> HttpResponse:
    """Its questions with their answers; its name, pass mark and whether it can be answered."""
    found = quiz_to(request, pk, quiz)
    form = QuizForm(posted(request), quiz=found)
    if tried(form, lambda: change_quiz(found, form.facts), AT) is not None:
        messages.success(request, _("改好了。"))
        return redirect("training:quiz", pk, quiz)
    return quiz_page(request, found, form, PasteForm(), status=status_of(form))


def quiz_page(request: SignedInRequest, found: Quiz, form: QuizForm, paste: PasteForm, *, status: int = 200) -> HttpResponse:
    questions = list(found.questions.all())
    context = {
        "course": found.course,
        "quiz": found,
        "form": form,
        "paste": paste,
        "questions": [(one, [(text, number in one.answers) for number, text in enumerate(one.choices)]) for one in questions],
    }
    return render(request, "training/quiz.html", context, status=status)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_POST
def quiz_paste(request: SignedInRequest, pk: int, quiz: int) -> HttpResponse:
    """Many questions as plain text: all of them, or none and what is wrong in which line."""
    found = quiz_to(request, pk, quiz)
    paste = PasteForm(request.POST)
    if paste.is_valid():
        try:
            added = add_questions(found, paste.questions)
        except NotAllowed as refused:
            paste.add_error("pasted", str(refused))
        else:
            said = ngettext("加了 {n} 道题。", "加了 {n} 道题。", len(added)).format(n=len(added))
            messages.success(request, said)
            return redirect("training:quiz", pk, quiz)
    return quiz_page(request, found, QuizForm(quiz=found), paste, status=422)


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def question_new(request: SignedInRequest, pk: int, quiz: int) -> HttpResponse:
    found = quiz_to(request, pk, quiz)
    form = QuestionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            add_questions(found, [form.facts])
        except NotAllowed as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("加好了。"))
            return redirect("training:quiz", pk, quiz)
    context = {"course": found.course, "quiz": found, "form": form}
    return render(request, "training/question.html", context, status=status_of(form))


@never_cache
@needs(Action.KEEP_SCHOOL)
@require_http_methods(["GET", "POST"])
def question(request: SignedInRequest, pk: int, quiz: int, question: int) -> HttpResponse:
    found = question_to(request, pk, quiz, question)
    form = QuestionForm(posted(request), question=found)
    if request.method == "POST" and form.is_valid():
        change_question(found, form.facts)
        messages.success(request, _("改好了。"))
        return redirect("training:quiz", pk, quiz)
    context = {"course": found.quiz.course, "quiz": found.quiz, "question": found, "form": form}
    return render(request, "training/question.html", context, status=status_of(form))


@needs(Action.KEEP_SCHOOL)
@require_POST
def question_drop(request: SignedInRequest, pk: int, quiz: int, question: int) -> HttpResponse:
    remove_question(question_to(request, pk, quiz, question))
    messages.success(request, _("删掉了。"))
    return redirect("training:quiz", pk, quiz)
