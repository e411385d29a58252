"""What the audit log is searched by."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pgtrigger
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from livestream.models import AuditEntry, Place, User
from livestream.rules.chain import Link, head_said
from livestream.rules.deed import Deed
from livestream.rules.rights import Action, covers
from livestream.rules.text import one_line

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from livestream.models.audit import AuditEntryQuerySet

NAMED_AT_MOST = 5
FURTHER = ("object", "place", "request", "address")  # asked more seldom: they stand behind a tap
DAY = timedelta(days=1)


def kinds() -> list[tuple[str, str]]:
    """The tables whose rows the log follows, by what people call them."""
    models = {model for model, trigger in pgtrigger.registered() if trigger.name == "audit_rows"}
    return sorted(((model._meta.label, str(model._meta.verbose_name)) for model in models), key=lambda kind: kind[1])


def _line(label: _StrPromise | str, at_most: int, **attrs: str) -> forms.CharField:
    box = forms.TextInput(attrs={"autocomplete": "off", "maxlength": at_most, **attrs})
    wrong = {"max_length": _("最多写 %(limit_value)d 个字。")}
    return forms.CharField(label=label, required=False, max_length=at_most, widget=box, error_messages=wrong)


def _day(label: _StrPromise | str) -> forms.DateField:
    box = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "num"})
    wrong = {"invalid": _("请按 2026-01-31 这样填日期。")}
    return forms.DateField(label=label, required=False, widget=box, input_formats=["%Y-%m-%d"], error_messages=wrong)


class HeadForm(forms.Form):
    """A head of the chain, as it was written down earlier."""

    head = forms.CharField(
        label=_("以前记下的链头（序号:摘要）"),
        max_length=120,
        error_messages={"required": _("请填以前记下的链头。"), "max_length": _("太长了：链头是序号、冒号、64 位的摘要。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "num"}),
    )

    def clean_head(self) -> Link:
        if (known := head_said(self.cleaned_data["head"])) is None:
            raise forms.ValidationError(_("链头写作 序号:摘要，例如 1200:ab12…，摘要是 64 位。请对着记下的再填一遍。"))
        return known


class AuditSearch(forms.Form):
    """Typed by a person (`who` and `place` are words) and carried on by addresses (`person` and `place` are keys): no name and no
    phone number stands in an address."""

    from_on = _day(_("从"))
    until_on = _day(_("到"))
    who = _line(_("谁（姓名或手机号）"), 40)
    person = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    deed = forms.ChoiceField(label=_("做了什么"), required=False, error_messages={"invalid_choice": _("请从列表里选。")})
    kind = forms.ChoiceField(label=_("对象"), required=False, error_messages={"invalid_choice": _("请从列表里选。")})
    object = _line(_("对象编号"), 64)
    place = _line(_("地方（名称或代码）"), 60)
    request = _line(_("请求编号（开头几位就行）"), 40)
    address = forms.GenericIPAddressField(
        label=_("来自哪个网络地址"),
        required=False,
        error_messages={"invalid": _("请填网络地址，例如 203.0.113.7。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "num"}),
    )

    def __init__(self, data: Any, *, reader: User) -> None:
        super().__init__(data)
        self.reader = reader
        self.fields["deed"].choices = [("", _("全部")), *Deed.choices]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("全部")), *kinds()]  # type: ignore[attr-defined]

    def clean_request(self) -> str:
        number = self.cleaned_data["request"].replace(" ", "").lower()
        if number and not (4 <= len(number) <= 32 and set(number) <= set("0123456789abcdef")):
            raise forms.ValidationError(_("请求编号只有 0–9 和 a–f，至少写四位。"))
        return str(number)

    def clean_who(self) -> str:
        """The one person of that name, or with that number, in the reader's places."""
        words = one_line(self.cleaned_data["who"])
        if not words:
            return ""
        found = list(people_within(self.reader).called(words).select_related("place").order_by("name", "pk")[: NAMED_AT_MOST + 1])
        self.chosen = self.one_of(found, [f"{person.name}（{person.place.short_name}）" for person in found])
        return words

    def clean_place(self) -> str:
        words = one_line(self.cleaned_data["place"])
        if not words or (words.isascii() and words.isdecimal()):
            return words[:12]
        within = [place for place in Place.objects.filter(name__startswith=words)[:200] if self.may_read_of(place.pk)]
        exact = [place for place in within if words in {place.name, place.short_name}] or within
        return str(self.one_of(exact, [f"{place.name} {place.pk}" for place in exact]).pk)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if said.get("from_on") and said.get("until_on") and said["from_on"] > said["until_on"]:
            self.add_error("until_on", _("结束的日子在开始之前。"))
        if said.get("who"):
            said["person"] = self.chosen.pk
        return said

    def one_of(self, found: list[Any], names: list[str]) -> Any:
        if not found:
            raise forms.ValidationError(_("在您能查的地方没有找到。"))
        if len(found) > 1:
            raise forms.ValidationError(
                _("有几个：%(names)s。请写得再准一点。"), params={"names": "、".join(names[:NAMED_AT_MOST])}
            )
        return found[0]

    def may_read_of(self, code: str) -> bool:
        return covers(self.reader.reach(Action.READ_AUDIT), code)

    @property
    def query(self) -> dict[str, str]:
        """What the address of this search says: keys alone."""
        said = {name: value for name, value in self.cleaned_data.items() if value and name != "who"}
        return {name: str(value) for name, value in said.items()}

    @property
    def usual(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in FURTHER]

    @property
    def further(self) -> list[forms.BoundField]:
        return [self[name] for name in FURTHER]

    @property
    def asks_more(self) -> bool:
        """Something is written there, right or wrong: it must be seen."""
        return any(self.data.get(name) for name in FURTHER)

    @property
    def narrows(self) -> bool:
        return bool(self.query)

    def found(self) -> AuditEntryQuerySet:
        """What the reader may see of it; a field that makes no sense narrows nothing."""
        place, reach = self.cleaned_data.get("place") or "", self.reader.reach(Action.READ_AUDIT)
        if not any(covers([place], code) or covers([code], place) for code in reach):
            return AuditEntry.objects.none()  # nothing of it lies there, and a million entries need not be asked
        return AuditEntry.objects.visible_to(self.reader).matching(**self.conditions())

    def conditions(self) -> dict[str, Any]:
        said = self.cleaned_data
        conditions = {name: said.get(name) for name in ("person", "deed", "kind", "object", "place", "request", "address")}
        if from_on := said.get("from_on"):
            conditions["since"] = timezone.make_aware(datetime.combine(from_on, time.min))
        if until_on := said.get("until_on"):
            conditions["until"] = timezone.make_aware(datetime.combine(until_on, time.min)) + DAY
        return {name: value for name, value in conditions.items() if value}


def people_within(reader: User) -> Any:
    """The people of the places in which the reader reads the log."""
    found = User.objects.none()
    for code in reader.reach(Action.READ_AUDIT):
        found = found | User.objects.filter(place__code__startswith=code)
    return found
