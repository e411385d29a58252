"""What staff type about tests: which, when, and the marks of forty people on one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line, day_field
from livestream.rules.errors import NotAllowed
from training.actions.exam import ExamFacts
from training.quiz_forms import pass_marks_field
from training.rules.exam import ExamKind, marks_typed

if TYPE_CHECKING:
    from uuid import UUID

    from training.models import Enrolment, Exam

TYPED_AT_MOST = 20


class ExamForm(forms.Form):
    use_required_attribute = False
    title = Line(label=_("考试"), max_length=60, help_text=_("例如“理论考试”。"))
    kind = forms.ChoiceField(label=_("类型"), choices=ExamKind.choices, error_messages={"invalid_choice": _("请从列表里选。")})
    on = day_field(_("日期"))
    pass_marks = pass_marks_field()

    def __init__(self, data: Any = None, *, exam: Exam | None = None) -> None:
        known = {name: getattr(exam, name) for name in self.base_fields} if exam else {"on": timezone.localdate()}
        super().__init__(data, initial=known)
        day = cast("forms.DateField", self.fields["on"])
        day.required, day.error_messages["required"] = True, _("请填日期。")

    @property
    def facts(self) -> ExamFacts:
        """Of a valid form."""
        said = self.cleaned_data
        return ExamFacts(said["title"], ExamKind(said["kind"]), said["on"], said["pass_marks"])


class Cell(NamedTuple):
    """The marks of one trainee: what stands (`was`), what was typed, and what is wrong with that."""

    enrolment: Enrolment
    was: str
    typed: str
    error: str = ""


class MarksSheet:
    """A page of marks. Only cells that differ from what the page showed are written: two may fill in one class at once."""

    def __init__(self, exam: Exam, data: Any = None) -> None:
        there = {one.enrolment_id: str(one.marks) for one in exam.results.all()}
        seated = exam.cohort.enrolments.seated().select_related("trainee__place").order_by("seat")
        self.cells: list[Cell] = []
        self.marks: dict[UUID, int | None] = {}
        self.is_begun = bool(there)
        for one in seated:
            self.cells.append(self._cell(one, there.get(one.pk, ""), data))

    @property
    def is_valid(self) -> bool:
        return not any(cell.error for cell in self.cells)

    def _cell(self, enrolment: Enrolment, stands: str, data: Any) -> Cell:
        if data is None:
            return Cell(enrolment, stands, stands)
        was = data.get(f"was_{enrolment.pk}", stands)[:TYPED_AT_MOST]
        typed = data.get(f"marks_{enrolment.pk}", was).strip()[:TYPED_AT_MOST]
        if typed == was:
            return Cell(enrolment, stands, stands)
        try:
            self.marks[enrolment.pk] = marks_typed(typed)
        except NotAllowed as refused:
            return Cell(enrolment, was, typed, str(refused))
        return Cell(enrolment, was, typed)
