"""A place that is typed: a list helps where the browser has one, and what means several places is asked back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.models import Place
from livestream.person_forms import PLACE_AT_MOST, PLACES_LISTED, Line

if TYPE_CHECKING:
    from collections.abc import Iterable


class PlaceForm(forms.Form):
    """A place within `reach` (codes). What means several is offered as `choices` (posted as `place_code`); of a valid form
    `cleaned_data["where"]` is the place."""

    place = Line(
        label=_("在哪里"),
        help_text=_("写村名，例如“东寺头村”；在县城就写县名。"),
        max_length=PLACE_AT_MOST,
        attrs={"list": "places"},
    )
    place_code = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, reach: Iterable[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.reach = tuple(reach)
        self.choices: list[Place] = []

    @property
    def places(self) -> list[str]:
        """The names to choose from, where they are not too many."""
        found = Place.objects.in_reach(self.reach).select_related("parent")[: PLACES_LISTED + 1]
        return [place.full_name for place in found] if len(found) <= PLACES_LISTED else []

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if typed := said.get("place"):
            said["where"] = self._where(typed, said.get("place_code", ""))
        return said

    def _where(self, typed: str, chosen: str) -> Place | None:
        meant = Place.objects.in_reach(self.reach).called(typed)
        found = [place for place in meant if place.pk == chosen] or meant
        if len(found) == 1:
            return found[0]
        self.choices = found
        several, none = _("不止一个地方，请选一个；没有要的，就把名字写全。"), _("您管的地方里没有这个名字，请再看一遍。")
        self.add_error("place", several if found else none)
        return None
