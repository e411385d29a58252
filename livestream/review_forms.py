"""What people type at a review: a conclusion, something to be done, how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.models import User
from livestream.person_forms import Line
from livestream.rules.review import WHAT_AT_MOST, WORDS_AT_MOST, ReviewPart
from livestream.rules.rights import Action
from livestream.typed_fields import chosen_field, day_field

if TYPE_CHECKING:
    from livestream.models import LiveSession

AT = {"review_due_past": "due_on", "review_owner_stopped": "owner", "review_words_missing": "what", "too_long": "what"}


class NoteForm(forms.Form):
    part = chosen_field(_("哪一部分"), ReviewPart.choices)
    words = Line(label=_("结论"), max_length=WORDS_AT_MOST)


class ActionForm(forms.Form):
    what = Line(label=_("做什么"), max_length=WHAT_AT_MOST, help_text=_("写一件能做完的事，例如“下一场前把花椒的链接测一遍”。"))
    owner = forms.ModelChoiceField(
        label=_("谁来做"),
        queryset=User.objects.none(),
        empty_label=_("请选一个人"),
        error_messages={"invalid_choice": _("请从列表里选。"), "required": _("请选一个人。")},
    )
    due_on = day_field(_("哪天做完"))

    def __init__(self, data: Any = None, *, by: User, session: LiveSession, **kwargs: Any) -> None:
        """Offers the people of the county in the places where `by` runs sessions, whoever worked in this one, and himself."""
        super().__init__(data, **kwargs)
        reached = User.objects.reached_by(by, Action.RUN_SESSION).filter(place__code__startswith=session.county_id)
        people = reached | User.objects.filter(pk__in=[by.pk, *session.people_concerned().values_list("pk", flat=True)])
        offered = people.filter(is_active=True).distinct().order_by("name", "pk")
        cast("forms.ModelChoiceField[User]", self.fields["owner"]).queryset = offered


class DoneForm(forms.Form):
    outcome = Line(label=_("做得怎样"), max_length=WHAT_AT_MOST)
