"""What staff type about a supplier."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.actions.party import SupplierFacts
from livestream.person_forms import Line
from livestream.plan_lists import Lists, Unclear
from livestream.plan_row_forms import NamedField
from livestream.rules.party import Registration, SupplierKind
from livestream.rules.person import masked_phone
from livestream.rules.rights import Action
from livestream.rules.vault import plain_contact
from livestream.typed_fields import Narrowing, chosen_field

if TYPE_CHECKING:
    from livestream.models import Supplier, User


class SupplierForm(forms.Form):
    """A supplier. Phone and contact are never shown again: an empty field leaves them as they are."""

    use_required_attribute = False
    name = Line(label=_("名称"), max_length=60, help_text=_("照营业执照写全；农户写“姓名+家”就行。"))
    kind = chosen_field(_("类别"), SupplierKind.choices)
    place = NamedField(label=_("所在村"), datalist="places", help_text=_("写村名，从列表里选；在县城就写县名。"))
    registration = forms.ChoiceField(
        label=_("登记"),
        required=False,
        choices=[("", _("还不清楚")), *Registration.choices],
        error_messages={"invalid_choice": _("请从列表里选。")},
    )
    licence_no = Line(label=_("统一社会信用代码"), max_length=40, required=False, help_text=_("营业执照上的 18 位。"))
    contact = Line(label=_("联系人"), max_length=40, required=False, help_text=_("加密保存，平时隐去。"))
    phone = Line(label=_("电话"), max_length=30, required=False, attrs={"type": "tel", "inputmode": "tel"})
    address = Line(label=_("经营地址"), max_length=120, required=False, help_text=_("会给买家看，写到村就行。"))
    version = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, by: User, supplier: Supplier | None = None) -> None:
        self.lists = Lists(by, action=Action.KEEP_GOODS)
        super().__init__(data, initial=initial_of(supplier, self.lists) if supplier else {"kind": SupplierKind.COOPERATIVE})
        if supplier and supplier.phone:
            self.fields["phone"].help_text = _("现在是 {phone}。空着就不改。").format(phone=masked_phone(supplier.phone))
        if supplier and supplier.contact:
            self.fields["contact"].help_text = _("已经登记，加密保存。空着就不改。")

    def clean_phone(self) -> str | None:
        typed = self.cleaned_data["phone"]
        try:
            return plain_contact(typed) if typed else None
        except ValueError:
            raise forms.ValidationError(_("请填 11 位手机号，或带区号的座机，例如 0355-8922000。")) from None

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if typed := said.get("place"):
            try:
                said["where"] = self.lists.places.find(typed)
            except Unclear as unclear:
                self.add_error("place", str(unclear))
        return said

    @property
    def version_said(self) -> int:
        typed = self.cleaned_data["version"]
        return int(typed) if typed.isascii() and typed.isdigit() else 0

    @property
    def facts(self) -> SupplierFacts:
        """Of a valid form."""
        said = self.cleaned_data
        same = {name: said[name] for name in ("name", "kind", "registration", "licence_no", "address", "phone")}
        return SupplierFacts(**same, place=said["where"], contact=said["contact"] or None)


def initial_of(supplier: Supplier, lists: Lists) -> dict[str, Any]:
    same = ("name", "kind", "registration", "licence_no", "address", "version")
    return {name: getattr(supplier, name) for name in same} | {"place": lists.places.shown(supplier.place)}


class SupplierFilter(Narrowing):
    """What the list is narrowed to."""

    q = forms.CharField(label=_("找供货商"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部类别")), *SupplierKind.choices])

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_valid()
