"""What somebody answers to a notice: a tap, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from livestream.actions.confirmation import NOTE_AT_MOST
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from livestream.actions.confirmation import Card

SEEN, YES, NO = "seen", "yes", "no"


class AnswerForm(forms.Form):
    """`about`: the confirmation that is answered, none for all that still wait. Nothing that is typed is refused: who stands in a
    field is not sent back for a word too many, it is cut."""

    answer = forms.ChoiceField(choices=[(SEEN, SEEN), (YES, YES), (NO, NO)])
    about = forms.IntegerField(required=False)
    words = forms.Field(required=False)
    quiet = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, cards: list[Card]) -> None:
        super().__init__(data)
        self.cards = cards

    def clean_words(self) -> str:
        return one_line(str(self.cleaned_data.get("words") or "")[: 4 * NOTE_AT_MOST])[:NOTE_AT_MOST]

    @property
    def is_beacon(self) -> bool:
        return bool(self.cleaned_data["quiet"])

    @property
    def can_come(self) -> bool:
        return bool(self.cleaned_data["answer"] == YES)

    @property
    def answered(self) -> list[Card]:
        """Those that this answer is for: the one that is named, or with “都能来” all that wait."""
        said, about = self.cleaned_data["answer"], self.cleaned_data["about"]
        if said == SEEN:
            return []
        if about is not None:
            return [card for card in self.cards if card.confirmation.pk == about]
        waiting = [card for card in self.cards if card.is_asked and card.confirmation.answered_at is None]
        return waiting if said == YES else []
