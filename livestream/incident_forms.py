"""What is noted of an incident on air, with proof; and where the replay of a session lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.audience_forms import page_tap
from livestream.person_forms import Line
from livestream.rules.incident import LONGEST_NOTE, LONGEST_SAID, IncidentKind, moment_on_air
from livestream.rules.replay_pointer import LINK_AT_MOST
from livestream.typed_fields import day_field

if TYPE_CHECKING:
    from datetime import datetime

    from livestream.models import LiveSession


class IncidentForm(forms.Form):
    """What went wrong or was corrected on air. Without a time it happened now, or at the end of a session that is over."""

    kind = forms.ChoiceField(
        label=_("类别"),
        choices=[("", _("请选一类")), *IncidentKind.choices],
        error_messages={"required": _("请选一类。"), "invalid_choice": _("请从列表里选一类。")},
    )
    clock = forms.TimeField(
        label=_("时间"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        error_messages={"invalid": _("请按 20:05 这样填时间。")},
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "class": "num"}),
    )
    product = forms.ChoiceField(label=_("哪个商品"), required=False, error_messages={"invalid_choice": _("请从列表里选。")})
    note = Line(
        label=_("说明"),
        max_length=LONGEST_NOTE,
        required=False,
        error_messages={"max_length": _("说明最多 %(limit_value)d 个字，现在是 %(show_value)d 个。")},
    )
    said = Line(
        label=_("当场怎么说的"),
        max_length=LONGEST_SAID,
        required=False,
        error_messages={"max_length": _("最多写 %(limit_value)d 个字，现在是 %(show_value)d 个。")},
    )
    proof = forms.FileField(
        label=_("照片或截屏"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"empty": _("这张照片是空的，请再选一次。"), "invalid": _("请再选一次照片。")},
    )
    page = forms.CharField(max_length=24, required=False, widget=forms.HiddenInput)

    def __init__(self, session: LiveSession, data: Any = None, files: Any = None, *, now: datetime | None = None) -> None:
        super().__init__(data, files)
        self.session = session
        self.until = session.ended_at or now or timezone.now()
        line_up = session.line_up.select_related("product")
        goods = [(str(item.product_id), f"{item.position} {item.product.title}") for item in line_up]
        cast("forms.ChoiceField", self.fields["product"]).choices = [("", _("不关商品的事")), *goods]

    def clean_clock(self) -> datetime:
        """The moment on air at which clocks showed this."""
        clock, began = self.cleaned_data["clock"], self.session.started_at
        at = moment_on_air(clock, began=began, until=self.until) if clock else self.until
        if at is None:
            day = timezone.localtime
            raise forms.ValidationError(
                _("只能记 %(began)s 开播以后、%(until)s 以前的事。"),
                params={"began": f"{day(began):%H:%M}", "until": f"{day(self.until):%H:%M}"},
            )
        return at

    @property
    def tap_id(self) -> str:
        """The same page pressed twice with the same words is one incident."""
        return page_tap(self.cleaned_data, ("kind", "product", "note", "said"))


class ReplayForm(forms.Form):
    """Where the recording of a session lies, and how one proves that it is still the same."""

    use_required_attribute = False
    url = Line(
        label=_("回放地址"), max_length=LINK_AT_MOST, required=False, attrs={"inputmode": "url", "placeholder": "https://"}
    )
    sha256 = Line(label=_("回放文件的 SHA-256"), max_length=80, required=False, attrs={"class": "num", "spellcheck": "false"})
    until_on = day_field(_("保存到哪一天"), required=False)
