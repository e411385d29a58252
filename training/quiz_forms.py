"""What staff type about quizzes: the quiz itself, one question, many questions as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line
from livestream.rules.text import one_line
from training.actions.quiz import QuizFacts
from training.rules.exam import FULL_MARKS, PASS_MARKS
from training.rules.quiz import (
    CHOICE_AT_MOST,
    CHOICES,
    LETTERS,
    PASTED_AT_MOST,
    SENTENCES,
    TEXT_AT_MOST,
    QuestionFacts,
    check_question,
    questions_in,
)

if TYPE_CHECKING:
    from training.models import Question, Quiz
    from training.rules.quiz import LineError

MARKS = {
    "invalid": _("请写 0 到 100 的整数。"),
    "min_value": _("请写 0 到 100 的整数。"),
    "max_value": _("请写 0 到 100 的整数。"),
}


def pass_marks_field() -> forms.IntegerField:
    box = forms.NumberInput(attrs={"class": "num", "inputmode": "numeric"})
    said = {"required": _("请写及格分。")} | MARKS
    return forms.IntegerField(
        label=_("及格分"), min_value=0, max_value=FULL_MARKS, initial=PASS_MARKS, widget=box, error_messages=said
    )


class QuizForm(forms.Form):
    use_required_attribute = False
    title = Line(label=_("叫什么"), max_length=60, help_text=_("例如“直播合规小测验”。"))
    pass_marks = pass_marks_field()
    is_in_use = forms.BooleanField(label=_("学员现在可以答"), required=False, initial=True)

    def __init__(self, data: Any = None, *, quiz: Quiz | None = None) -> None:
        known = {"title": quiz.title, "pass_marks": quiz.pass_marks, "is_in_use": quiz.is_in_use} if quiz else None
        super().__init__(data, initial=known)
        if quiz is None:
            del self.fields["is_in_use"]

    @property
    def facts(self) -> QuizFacts:
        """Of a valid form."""
        said = self.cleaned_data
        return QuizFacts(said["title"], said["pass_marks"], said.get("is_in_use", True))


class PasteForm(forms.Form):
    """Questions as plain text; `wrong` says what is wrong in which line."""

    use_required_attribute = False
    pasted = forms.CharField(
        label=_("题目"),
        strip=False,
        max_length=PASTED_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 14, "class": "pasted", "spellcheck": "false"}),
        error_messages={
            "required": _("请先把题目贴进来。"),
            "max_length": _("太长了，请分几次贴。"),
            "null_characters_not_allowed": _("里面有看不见的字符，请删掉重新贴。"),
        },
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.wrong: list[LineError] = []
        self.questions: list[QuestionFacts] = []

    def clean_pasted(self) -> str:
        text = str(self.cleaned_data["pasted"])
        self.questions, self.wrong = questions_in(text)
        if self.wrong:
            raise forms.ValidationError(_("还没有存：请改好下面说的几行。"))
        return text


class QuestionForm(forms.Form):
    """One question: its text, up to six choices, a tick at each that is right."""

    use_required_attribute = False
    text = Line(label=_("题目"), max_length=TEXT_AT_MOST)

    def __init__(self, data: Any = None, *, question: Question | None = None) -> None:
        super().__init__(data, initial=initial_of(question) if question else None)
        for number, letter in enumerate(LETTERS):
            self.fields[f"choice_{number}"] = Line(label=letter, max_length=CHOICE_AT_MOST, required=False)
            self.fields[f"right_{number}"] = forms.BooleanField(label=_("对"), required=False)

    @property
    def rows(self) -> list[tuple[str, forms.BoundField, forms.BoundField]]:
        return [(LETTERS[number], self[f"choice_{number}"], self[f"right_{number}"]) for number in range(CHOICES[-1])]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not self.errors and (code := check_question(self.facts)):
            self.add_error(None, str(SENTENCES[code]))
        return said

    @property
    def facts(self) -> QuestionFacts:
        """Empty lines are left out; a tick beside one of them is a right answer that is not there."""
        said = self.cleaned_data
        kept = [number for number in range(CHOICES[-1]) if said.get(f"choice_{number}") or said.get(f"right_{number}")]
        choices = tuple(one_line(said.get(f"choice_{number}") or "") for number in kept)
        answers = tuple(place for place, number in enumerate(kept) if said.get(f"right_{number}"))
        return QuestionFacts(said.get("text") or "", choices, answers)


def initial_of(question: Question) -> dict[str, object]:
    choices = {f"choice_{number}": text for number, text in enumerate(question.choices)}
    return {"text": question.text} | choices | {f"right_{number}": True for number in question.answers}
