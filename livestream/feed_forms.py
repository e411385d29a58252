"""What somebody types to make a calendar feed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.person_forms import Line
from livestream.rules.feed import NAME_AT_MOST

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livestream.models import Place, Resource


class FeedForm(forms.Form):
    """Of one's own sessions: where it will be read."""

    name = Line(label=_("用在哪里"), help_text=_("例如“我的手机”。"), max_length=NAME_AT_MOST)


class CountyFeedForm(FeedForm):
    """Of a county, or of one of its resources. `of` is `county:<code>` or `resource:<id>`."""

    of = forms.ChoiceField(
        label=_("谁的日历"), error_messages={"invalid_choice": _("请从列表里选。"), "required": _("请从列表里选。")}
    )

    field_order = ["of", "name"]

    def __init__(self, data: Any = None, *, counties: Iterable[Place], resources: Iterable[Resource], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["name"].help_text = _("例如“县领导的日历”“一号直播间门口的平板”。")
        self.counties = {f"county:{place.pk}": place for place in counties}
        self.resources = {f"resource:{resource.pk}": resource for resource in resources}
        choices = [(key, _("{place}全部场次").format(place=place.name)) for key, place in self.counties.items()]
        choices += [(key, f"{each.name} · {each.get_kind_display()}") for key, each in self.resources.items()]
        cast("forms.ChoiceField", self.fields["of"]).choices = choices

    @property
    def resource(self) -> Resource | None:
        """Of a valid form."""
        return self.resources.get(self.cleaned_data["of"])

    @property
    def county(self) -> Place:
        """Of a valid form."""
        resource = self.resource
        return resource.county if resource else self.counties[self.cleaned_data["of"]]
