"""What staff type about a paper: what it is, whether it can be used, what the county asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.actions.paper import PaperFacts
from livestream.person_forms import Line
from livestream.rules.gate import REASON_AT_MOST
from livestream.rules.goods import PaperKind, PaperState, ProductClass
from livestream.typed_fields import Narrowing, chosen_field, day_field

if TYPE_CHECKING:
    from typing import IO

NO_FILE = _("文件没有传过来，请再选一次。")


class PaperForm(forms.Form):
    """A paper with its file."""

    use_required_attribute = False
    kind = chosen_field(_("证件"), PaperKind.choices)
    file = forms.FileField(
        label=_("照片或 PDF"),
        required=False,
        help_text=_("PDF、JPG 或 PNG，最多 10 MB。没有文件的，核对时要看原件。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}),
        error_messages={"invalid": NO_FILE, "missing": NO_FILE, "empty": _("这个文件是空的，可能没有传完整，请再选一次。")},
    )
    number = Line(label=_("编号"), max_length=60, required=False)
    issuer = Line(label=_("谁发的"), max_length=60, required=False, help_text=_("例如 平顺县市场监督管理局。"))
    issued_on = day_field(_("发证日期"), required=False)
    valid_until_on = day_field(_("有效到"), required=False, help_text=_("到这一天结束都有效；长期有效就不填。"))
    batch = Line(label=_("批次"), max_length=40, required=False, help_text=_("合格证和检验报告写批次，别的不用。"))

    @property
    def facts(self) -> PaperFacts:
        """Of a valid form."""
        return PaperFacts(**{name: value for name, value in self.cleaned_data.items() if name != "file"})

    @property
    def upload(self) -> tuple[IO[bytes], str] | None:
        file = self.cleaned_data["file"]
        return (file, file.name) if file else None


class CheckForm(forms.Form):
    """Whether a paper can be used. `seen`: the state that the page showed."""

    use_required_attribute = False
    state = chosen_field(
        _("核对"), [("", _("请选")), (PaperState.ACCEPTED.value, _("能用")), (PaperState.REFUSED.value, _("不能用"))]
    )
    refusal = Line(label=_("为什么不能用"), max_length=REASON_AT_MOST, required=False)
    seen = forms.CharField(required=False, max_length=8, widget=forms.HiddenInput)


class PaperFilter(Narrowing):
    """What the list is narrowed to."""

    q = forms.CharField(label=_("找证件"), required=False, max_length=60)
    kind = forms.ChoiceField(label=_("证件"), required=False, choices=[("", _("全部证件")), *PaperKind.choices])
    show = forms.ChoiceField(
        label=_("只看"),
        required=False,
        choices=[
            ("", _("快到期的在前")),
            ("waiting", _("待核对的")),
            ("over", _("过期的")),
            ("refused", _("不能用的")),
        ],
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_valid()


class PaperRuleForm(forms.Form):
    """What the county asks of a class besides the law."""

    use_required_attribute = False
    product_class = chosen_field(_("商品类别"), [("", _("请选")), *ProductClass.choices])
    kinds = forms.MultipleChoiceField(
        label=_("要有哪种证件"),
        choices=PaperKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("选几种，就是有其中一种就行；几种都要，请分几次加。"),
        error_messages={"required": _("请至少选一种证件。"), "invalid_choice": _("请从列表里选。")},
    )


class PassForm(forms.Form):
    """Why a product without its papers is let through."""

    reason = Line(label=_("为什么放行"), max_length=REASON_AT_MOST, error_messages={"required": _("请写一句为什么放行。")})
    product = forms.IntegerField(widget=forms.HiddenInput, max_value=2**62, min_value=1)
