"""What is typed about people who learn: who it is, where he belongs, what the ledger asks; and how a list of them is narrowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.models import Place
from livestream.person_forms import PLACE_AT_MOST, PLACES_LISTED, Line
from livestream.rules.errors import NotAllowed
from livestream.rules.person import NAME_AT_MOST, plain_phone
from livestream.rules.plan_sheet import short
from livestream.typed_fields import Narrowing
from training.actions.trainee import TraineeFacts
from training.rules.birth import BadBirth, Birth, birth_of
from training.rules.roster import SENTENCES
from training.rules.trainee import CONSENT_TEXT, Category, Education, Sex, Support, check_age, plain_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from training.models import Trainee

NOT_SAID = pgettext_lazy("trainee", "不填")
EVIDENCE_AT_MOST = 80
FIRST = ("name", "phone", "place", "place_code")
# Of whom it is, in the order of the page: what a verb refuses stands at the field that it is about.
FIELD_OF = {
    "trainee_name": "name", "trainee_phone": "phone", "place_elsewhere": "place", "trainee_too_young": "birth",
    "trainee_birth": "birth", "trainee_identity": "birth", "trainee_identity_wrong": "birth",
    "trainee_guardian": "guardian_evidence",
}  # fmt: skip


class TraineeForm(forms.Form):
    """A person who learns: name, phone and village first, all else below "more". `is_own`: he writes himself down on his phone,
    so he agrees himself, and the village is chosen from what his words find. Somebody who is there (`trainee`) shows nothing of
    what is masked: an empty field leaves it.

    `first` and `more` are the fields of the two parts; `is_open`: something below is wrong. After a valid `clean`, `facts()`."""

    name = Line(label=_("姓名"), max_length=NAME_AT_MOST, attrs={"autocomplete": "name"})
    phone = forms.CharField(
        label=_("手机号"),
        max_length=40,
        help_text=_("没有手机的，填家里人的。"),
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "off"}),
        error_messages={"required": _("请填手机号。"), "max_length": _("请填 11 位手机号，例如 13800000000。")},
    )
    place = Line(
        label=_("村或社区"),
        max_length=PLACE_AT_MOST,
        help_text=_("写村名，例如“东寺头村”。同名的，下一步再选。"),
        attrs={"list": "places"},
    )
    place_code = forms.CharField(required=False, widget=forms.HiddenInput)
    has_consented = forms.BooleanField(label=CONSENT_TEXT, required=False)
    birth = Line(
        label=_("出生日期或身份证号"),
        required=False,
        max_length=60,
        help_text=_("例如 1985-03-05；只知道年月也行，写 1985年3月。身份证号只用来核对，不保存。"),
        attrs={"spellcheck": "false"},
    )
    sex = forms.ChoiceField(label=_("性别"), required=False, choices=[("", NOT_SAID), *Sex.choices])
    category = forms.ChoiceField(label=_("类别"), required=False, choices=Category.choices, initial=Category.FARMER)
    education = forms.ChoiceField(label=_("学历"), required=False, choices=[("", NOT_SAID), *Education.choices])
    is_returnee = forms.BooleanField(label=_("返乡人员（在外打工、上学后回来的）"), required=False)
    support = forms.ChoiceField(
        label=_("帮扶情况"),
        required=False,
        choices=[("", NOT_SAID), *Support.choices],
        help_text=_("可以不填。加密保存，只用来算总数。"),
    )
    guardian_evidence = Line(
        label=_("监护人同意书放在哪里"), required=False, max_length=EVIDENCE_AT_MOST, help_text=_("16、17 岁的才要。")
    )

    def __init__(
        self, data: Any = None, *, county: Place, trainee: Trainee | None = None, is_own: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(
            data,
            initial=initial_of(trainee) | (kwargs.pop("initial", None) or {}) if trainee else kwargs.pop("initial", None),
            **kwargs,
        )
        self.county, self.trainee, self.is_own = county, trainee, is_own
        self.choices: list[Place] = []
        self.where: Place | None = None
        self.born = Birth()
        if trainee:
            self.fields["phone"].required = False
            self.fields["phone"].help_text = _("现在是 {phone}。空着就不变。").format(phone=trainee.masked_phone)
        if trainee and trainee.consented_at:
            del self.fields["has_consented"]
        if is_own:
            del self.fields["guardian_evidence"]  # it is a paper, and lies with the school

    @property
    def places(self) -> list[str]:
        """The names to choose from, where they are not too many."""
        found = Place.objects.inside(self.county.pk).select_related("parent")[: PLACES_LISTED + 1]
        return [place.full_name for place in found] if len(found) <= PLACES_LISTED else []

    @property
    def first(self) -> list[forms.BoundField]:
        return [self[name] for name in FIRST if name in self.fields and name != "place_code"]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in {*FIRST, "has_consented"}]

    @property
    def is_open(self) -> bool:
        return any(field.errors for field in self.more)

    def clean_name(self) -> str:
        try:
            return plain_name(self.cleaned_data["name"])
        except ValueError:
            raise forms.ValidationError(str(NotAllowed("trainee_name"))) from None

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"]
        if not typed and self.trainee:
            return str(self.trainee.phone)
        try:
            return plain_phone(typed)
        except ValueError:
            raise forms.ValidationError(_("请填 11 位手机号，例如 13800000000。")) from None

    def clean_birth(self) -> Birth:
        try:
            self.born = birth_of(self.cleaned_data["birth"], today=timezone.localdate())
        except BadBirth as bad:
            said = str(SENTENCES[bad.code]).format(typed=short(self.cleaned_data["birth"]))
            raise forms.ValidationError(said) from None
        return self.born

    def clean_has_consented(self) -> bool:
        has_consented = bool(self.cleaned_data["has_consented"])
        if self.is_own and not has_consented:
            raise forms.ValidationError(_("要先同意，才能报名。不同意的，请到学堂找老师。"))
        return has_consented

    def clean_category(self) -> str:
        return str(self.cleaned_data["category"] or Category.FARMER)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("place"):
            self.where = self._where(said["place"], said.get("place_code", ""))
        if not self.errors:
            try:
                check_age(self.born.on, self.born.year, self._evidence, timezone.localdate())
            except NotAllowed as refused:
                self.say(refused)
        return said

    @property
    def _evidence(self) -> str:
        known = self.trainee.guardian_evidence if self.trainee else ""
        return str(self.cleaned_data.get("guardian_evidence") or known)

    def _where(self, typed: str, chosen: str) -> Place | None:
        meant = Place.objects.inside(self.county.pk).called(typed)
        found = [place for place in meant if place.pk == chosen] or meant
        if len(found) == 1:
            return found[0]
        self.choices = found
        several, none = _("不止一个地方，请选一个；没有要的，就把名字写全。"), _("县里没有这个名字，请再看一遍。")
        self.add_error("place", several if found else none)
        return None

    def say(self, refused: NotAllowed) -> None:
        """A refusal, at the field that it is about."""
        field = FIELD_OF.get(refused.code)
        self.add_error(field if field in self.fields else None, str(refused))

    def facts(self) -> TraineeFacts:
        """Of a valid form."""
        said = self.cleaned_data
        return TraineeFacts(
            name=said["name"],
            phone=said["phone"],
            place=cast("Place", self.where),
            sex=said["sex"],
            birth_on=self.born.on,
            birth_year=self.born.year,
            identity=self.born.identity,
            category=said["category"],
            education=said["education"],
            is_returnee=said["is_returnee"],
            support=said["support"],
            guardian_evidence=said.get("guardian_evidence", ""),
            has_consented=bool(said.get("has_consented")),
        )


def initial_of(trainee: Trainee) -> dict[str, Any]:
    """Nothing that is masked."""
    shown = ("name", "sex", "category", "education", "is_returnee")
    return {name: getattr(trainee, name) for name in shown} | {"place": trainee.place.full_name, "place_code": trainee.place_id}


class TraineeFilter(Narrowing):
    """What the list of people is narrowed to. Whatever is not understood narrows nothing."""

    q = Line(label=_("姓名或手机号末四位"), max_length=NAME_AT_MOST, required=False)
    category = forms.ChoiceField(label=_("类别"), required=False, choices=[("", _("全部类别")), *Category.choices])
    sex = forms.ChoiceField(label=_("性别"), required=False, choices=[("", _("全部")), *Sex.choices])
    place = forms.ChoiceField(label=_("乡镇"), required=False)
    is_returnee = forms.BooleanField(label=_("只看返乡人员"), required=False)

    def __init__(self, data: Any, *, places: Iterable[Place]) -> None:
        super().__init__(data)
        offered = [("", _("全部乡镇")), *((place.pk, place.short_name) for place in places)]
        cast("forms.ChoiceField", self.fields["place"]).choices = offered
        self.is_valid()


class MergeForm(forms.Form):
    """Which other row is the same person."""

    other = forms.IntegerField(
        min_value=1,
        max_value=2**31,
        error_messages={"required": _("请先找到另一位。"), "invalid": _("请先找到另一位。")},
        widget=forms.HiddenInput,
    )
