"""What people type about viewers: how many are online, a platform's file, what somebody said, what is answered to it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.forms import TapForm
from livestream.person_forms import Line
from livestream.rules.audience import ONLINE_AT_MOST, CommentKind
from livestream.rules.comment import ANSWER_AT_MOST, REASON_AT_MOST, TITLE_AT_MOST, TYPED_AT_MOST
from livestream.rules.plan import Platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from livestream.models import LiveSession

PICK_PLATFORM = {"required": _("请选平台。"), "invalid_choice": _("请从列表里选平台。")}


def platforms_of(session: LiveSession) -> list[tuple[str, str]]:
    """Where people watch the session: what its rooms say, or any platform where nothing is known yet. A room of the county's own
    system only gathers orders."""
    rooms = session.rooms.exclude(platform=Platform.STANDARD).order_by("pk").values_list("platform", flat=True)
    named = {value: str(label) for value, label in Platform.choices if value != Platform.STANDARD}
    return [(one, named.get(one, one)) for one in dict.fromkeys(rooms)] or list(named.items())


def platform_field() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("平台"), error_messages=PICK_PLATFORM)


def page_tap(said: Mapping[str, Any], names: Iterable[str]) -> str:
    """The id of what was said on a page; "" where the page had none."""
    digest = hashlib.sha256("\0".join(str(said[name]) for name in names).encode()).hexdigest()
    return f"{said['page']}-{digest[:32]}" if said["page"] else ""


class PageForm(TapForm):
    """A form whose page has an id: the same said twice on it is one tap, also without a script."""

    page = forms.CharField(max_length=24, required=False)
    said_in: tuple[str, ...] = ()

    @property
    def tap_id(self) -> str:
        """Of a valid form."""
        return str(self.cleaned_data["tap"]) or page_tap(self.cleaned_data, self.said_in)


class ReadingForm(PageForm):
    """So many people are online."""

    use_required_attribute = False
    said_in = ("platform", "online_now")
    platform = platform_field()
    online_now = forms.IntegerField(
        label=_("现在多少人在线"),
        min_value=0,
        max_value=ONLINE_AT_MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 9, "class": "num"}),
        error_messages={
            "required": _("请填在线人数，只填数字，例如 128。"),
            "invalid": _("只填数字，例如 128。"),
            "min_value": _("人数不能小于 0。"),
            "max_value": _("这个数太大了，请再看一遍。"),
        },
    )

    def __init__(self, data: Any = None, *, session: LiveSession, now: datetime | None = None) -> None:
        super().__init__(data, now=now)
        self.offered = platforms_of(session)
        field = cast("forms.ChoiceField", self.fields["platform"])
        field.choices = self.offered
        if len(self.offered) == 1:
            field.widget = forms.HiddenInput()
        field.initial = self.offered[0][0]


class ViewerFileForm(forms.Form):
    """What a platform lets one download about the viewers of a session."""

    use_required_attribute = False
    platform = forms.ChoiceField(label=_("哪个平台的文件"), choices=Platform.choices, error_messages=PICK_PLATFORM)
    file = forms.FileField(
        label=_("平台的直播数据文件"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
        error_messages={
            "required": _("请先选一个文件。"),
            "invalid": _("请先选一个文件。"),
            "empty": _("这个文件是空的。"),
            "missing": _("请先选一个文件。"),
        },
    )


class CommentForm(PageForm):
    """What a viewer said. The kind is the button that is pressed."""

    use_required_attribute = False
    said_in = ("kind", "words", "product", "platform")
    words = forms.CharField(
        label=_("观众说"),
        max_length=TYPED_AT_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("请写观众说了什么。只写话，不写是谁说的。"),
            "max_length": _("太长了，请只写要紧的一句。"),
            "null_characters_not_allowed": _("里面有看不见的字符，请删掉重新填。"),
        },
    )
    product = forms.ChoiceField(label=_("说的是哪个商品"), required=False, error_messages={"invalid_choice": _("请从列表里选。")})
    platform = forms.ChoiceField(label=_("平台"), required=False, error_messages=PICK_PLATFORM)
    kind = forms.ChoiceField(
        label=_("是什么"),
        choices=CommentKind.choices,
        error_messages={"required": _("请选这句话是什么。"), "invalid_choice": _("请从列表里选这句话是什么。")},
    )

    def __init__(self, data: Any = None, *, session: LiveSession, now: datetime | None = None) -> None:
        super().__init__(data, now=now)
        line_up = session.line_up.select_related("product")
        goods = [(str(item.product_id), f"{item.position} {item.product.title}") for item in line_up]
        cast("forms.ChoiceField", self.fields["product"]).choices = [("", _("不是说某个商品")), *goods]
        platforms = platforms_of(session)
        cast("forms.ChoiceField", self.fields["platform"]).choices = [("", _("没看清")), *platforms]
        self.fields["platform"].initial = platforms[0][0] if len(platforms) == 1 else ""


class AnswerForm(forms.Form):
    """How it was answered; may stay empty, for a host answers by voice."""

    answer = Line(label=_("怎么答的"), max_length=ANSWER_AT_MOST, required=False)


class HidingForm(forms.Form):
    """Why it was hidden; the rule says it better when it is missing."""

    reason = Line(label=_("为什么隐藏"), max_length=REASON_AT_MOST, required=False)


class QuickAnswerForm(forms.Form):
    """What is answered again and again."""

    use_required_attribute = False
    title = Line(label=_("问什么"), max_length=TITLE_AT_MOST, attrs={"placeholder": _("例如：几天能到")})
    words = Line(label=_("怎么答"), max_length=ANSWER_AT_MOST)
