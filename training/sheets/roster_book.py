"""A roster as a workbook for people: empty, with lists to choose from; what could not be read in, with the reasons; or a class
as it is, masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from livestream.sheets.sheet_book import Line, SheetBook
from training.rules.roster import ROWS_AT_MOST, Column
from training.rules.roster_identity import DIFFERS, DIGEST, NONE
from training.rules.trainee import Category, Education, Sex, Support

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTHS = {
    Column.NAME: 12, Column.PHONE: 15, Column.TOWNSHIP: 14, Column.PLACE: 28, Column.SEX: 7, Column.BIRTH: 13,
    Column.IDENTITY: 21, Column.CATEGORY: 14, Column.EDUCATION: 14, Column.RETURNEE: 10, Column.SUPPORT: 12,
    Column.GUARDIAN: 18, Column.CONSENT: 12,
}  # fmt: skip
GONE = {NONE, DIFFERS}  # identity numbers that were none, or said another birth date


class Shown(TextChoices):
    """The columns of a class as it is."""

    NUMBER = "number", gettext_lazy("座位号")
    NAME = "name", gettext_lazy("姓名")
    PHONE = "phone", gettext_lazy("手机号")
    PLACE = "place", gettext_lazy("村或社区")
    SEX = "sex", gettext_lazy("性别")
    AGE = "age", gettext_lazy("年龄")
    CATEGORY = "category", gettext_lazy("类别")
    EDUCATION = "education", gettext_lazy("学历")
    RETURNEE = "returnee", gettext_lazy("返乡人员")
    STATE = "state", gettext_lazy("状态")
    ENROLLED = "enrolled", gettext_lazy("报名时间")
    CONSENT = "consent", gettext_lazy("本人同意登记")


SHOWN_WIDTHS = dict(zip(Shown, (8, 12, 15, 28, 7, 13, 14, 14, 10, 12, 17, 12), strict=True))


def explained() -> list[tuple[str, str, str]]:
    """Each column: its name, what belongs there, an example."""
    choices = {column: "、".join(str(choice.label) for choice in offered) for column, offered in CHOICES.items()}
    yes = _("写“是”，不是就空着。")
    return [
        (str(Column.NAME.label), _("必填。只写名字。"), _("张三")),
        (str(Column.PHONE.label), _("必填，11 位。没有手机的，填家里人的。"), "13800000000"),
        (str(Column.TOWNSHIP.label), _("同名的村才要写。"), _("东寺头乡")),
        (str(Column.PLACE.label), _("必填。村名；同名的写全，或写上乡镇。"), _("东寺头村（东寺头乡）")),
        (str(Column.SEX.label), choices[Column.SEX], ""),
        (str(Column.BIRTH.label), _("身份证上的公历日期；不知道哪天，写年和月。农历的请换成公历。"), "1985-03-05、1985年3月"),
        (str(Column.IDENTITY.label), _("可以不填。只用来核对是不是同一个人，不保存。"), ""),
        (str(Column.CATEGORY.label), _("空着就是农户。可以写：{choices}。").format(choices=choices[Column.CATEGORY]), ""),
        (str(Column.EDUCATION.label), choices[Column.EDUCATION], ""),
        (str(Column.RETURNEE.label), yes, _("是")),
        (str(Column.SUPPORT.label), _("可以不填，加密保存。可以写：{choices}。").format(choices=choices[Column.SUPPORT]), ""),
        (str(Column.GUARDIAN.label), _("16、17 岁的必填：监护人签了字的同意书放在哪里。"), _("学堂 1 号柜")),
        (str(Column.CONSENT.label), _("本人签过同意登记的，写“是”。"), _("是")),
    ]


CHOICES: dict[Column, type[TextChoices]] = {
    Column.SEX: Sex,
    Column.CATEGORY: Category,
    Column.EDUCATION: Education,
    Column.SUPPORT: Support,
}


def roster_book(lines: Sequence[Line], places: Sequence[str], *, with_problems: bool = False) -> bytes:
    """The file to fill in. Identity numbers that were taken out of it do not come back: only their owners write them again."""
    offered: dict[Column, Sequence[str]] = {Column.PLACE: places}
    offered |= {column: [str(choice.label) for choice in choices] for column, choices in CHOICES.items()}
    offered |= {Column.RETURNEE: [_("是")], Column.CONSENT: [_("是")]}
    book = SheetBook(_("名册"), WIDTHS, explained(), with_problems=with_problems)
    return book.written([line._replace(cells=without_number(line.cells)) for line in lines], offered, ROWS_AT_MOST)


def without_number(cells: Mapping[Column, str]) -> dict[Column, str]:
    """Without the digest that stands for an identity number."""
    number = cells.get(Column.IDENTITY, "")
    return {**cells, Column.IDENTITY: "" if number in GONE or number.startswith(DIGEST) else number}


def class_book(rows: Sequence[Mapping[Shown, str]]) -> bytes:
    """A class as it is."""
    words = [(str(Shown.PHONE.label), _("隐去中间四位；要打电话，在网页上点“看号码”。"), "")]
    return SheetBook(_("名册"), SHOWN_WIDTHS, words).written([Line(row) for row in rows], {}, 1)
