"""A roster as a sheet: its columns under whatever names people give them, its header, its cells. Pure.

A cell that cannot be read says what would be accepted in its place; its neighbours are read all the same."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules import sheet
from livestream.rules.age import ADULT, OLDEST, YOUNGEST
from livestream.rules.person import plain_phone
from livestream.rules.plan_sheet import short
from livestream.rules.sheet import NoHeader, cell, known_by, names_of, places_of, plain_name
from training.rules.birth import ROUNDED, BadBirth, Birth, birth_of
from training.rules.trainee import Category, Education, Sex, Support

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from django.utils.functional import Promise

ROWS_AT_MOST = 3_000
COLUMNS_AT_MOST = 60
HEADER_WITHIN = 20  # rows: a title, the class and the month stand above the header
KNOWN_NEEDED = 3  # columns that make a row a header
CELL_AT_MOST = 500  # characters; more is no cell of a roster
SHEET = "\x1d"  # begins the line that names the sheet whose rows follow


class Column(TextChoices):
    """In the order of the sheet; the label heads the column."""

    NAME = "name", _("姓名")
    PHONE = "phone", _("手机号")
    TOWNSHIP = "township", _("乡镇")
    PLACE = "place", _("村或社区")
    SEX = "sex", _("性别")
    BIRTH = "birth", _("出生日期")
    IDENTITY = "identity", _("身份证号")
    AGE = "age", _("年龄")
    CATEGORY = "category", _("类别")
    EDUCATION = "education", _("学历")
    RETURNEE = "returnee", _("返乡人员")
    SUPPORT = "support", _("帮扶情况")
    GUARDIAN = "guardian", _("监护人同意书存放处")
    CONSENT = "consent", _("本人同意登记")


# As schools head their own rosters; the template is headed in Chinese or in English.
SYNONYMS: dict[Column, tuple[str, ...]] = {
    Column.NAME: ("姓名", "名字", "学员姓名", "学员", "参训人员", "Name"),
    Column.PHONE: ("手机号", "手机", "电话", "联系方式", "联系电话", "手机号码", "电话号码", "Phone", "Mobile phone"),
    Column.TOWNSHIP: ("乡镇", "所在乡镇", "乡(镇)", "镇", "乡", "街道", "Township"),
    Column.PLACE: (
        "村或社区", "村", "所在村", "村(社区)", "行政村", "住址", "家庭住址", "地址", "家庭地址", "居住地", "村名", "Village",
    ),
    Column.SEX: ("性别", "Sex", "Gender"),
    Column.BIRTH: ("出生日期", "出生年月", "出生年月日", "生日", "Birth date", "Date of birth"),
    Column.IDENTITY: ("身份证号", "身份证", "身份证号码", "证件号", "证件号码", "ID number"),
    Column.AGE: ("年龄", "Age"),
    Column.CATEGORY: ("类别", "人员类别", "学员类别", "身份", "Category"),
    Column.EDUCATION: ("学历", "文化程度", "教育程度", "Education"),
    Column.RETURNEE: ("返乡人员", "返乡", "是否返乡", "是否返乡人员", "Returnee"),
    Column.SUPPORT: ("帮扶情况", "是否脱贫户", "脱贫户", "户类型", "建档立卡", "是否建档立卡户", "Support"),
    Column.GUARDIAN: ("监护人同意书存放处", "监护人同意书", "Guardian's consent kept at"),
    Column.CONSENT: ("本人同意登记", "同意登记", "是否同意", "知情同意", "Agrees to be registered"),
}  # fmt: skip
NEEDED = (Column.NAME, Column.PHONE)
SENTENCES: dict[str, Promise] = {
    "empty": _("空着。请填{column}。"),
    "name": _("“{typed}”不像姓名。请只写名字，例如：张三。"),
    "phone": _("“{typed}”不是手机号。请填 11 位，例如：13800000000。"),
    "phone_rounded": _("“{typed}”是 Excel 改坏的手机号，数字已经丢了。请把这一列设成“文本”，再填一次 11 位手机号。"),
    "place": _("县里没有找到“{typed}”。{near}"),
    "place_several": _("叫“{typed}”的不止一个，请写全：{meant}。"),
    "township": _("县里没有叫“{typed}”的乡镇，可能改了名或并了。{near}"),
    "place_outside": _("“{typed}”不在{township}里。{near}"),
    "sex": _("没看懂“{typed}”。请写：男、女。"),
    "lunar": _("“{typed}”像农历。请写身份证上的公历日期，例如 1985-03-05。"),
    "identity": _("这不是正确的 18 位身份证号。请对着身份证再看一遍，或只写出生日期，例如 1985-03-05。"),
    "rounded": _("“{typed}”是 Excel 改坏的号码，数字已经丢了。请把这一列设成“文本”再填，或只写出生日期，例如 1985-03-05。"),
    "birth": _("没看懂“{typed}”是哪一天。请写 1985-03-05、1985.3.5 或 1985年3月。"),
    "birth_differs": _("和身份证号里的出生日期不一样，请再看一遍。"),
    "age": _("“{typed}”不是年龄。请填岁数，例如：58；或写出生日期。"),
    "choice": _("没有“{typed}”这一项。请写：{accepted}。"),
    "yes": _("没看懂“{typed}”。请写：是、否。"),
    "same_identity": _("和第 {row} 行的身份证号一样，姓名不一样。请对着身份证再看一遍。"),
    "same_phone": _("和第 {row} 行同名、同手机号，村不一样。是同一个人，就只留一行；是两个人，请在系统里单独登记。"),
}
NEAR_NOTHING = _("请看“填写说明”里的村名。")
YES = {"是", "√", "✓", "✔", "对", "有", "1", "y", "yes", "true", "同意", "已签", "已同意", "返乡"}
NO = {"否", "×", "✕", "x", "不", "无", "没有", "0", "n", "no", "false", "不同意", "未签"}
SEXES = {"男": Sex.MALE, "女": Sex.FEMALE, "男性": Sex.MALE, "女性": Sex.FEMALE, "m": Sex.MALE, "f": Sex.FEMALE}
CATEGORIES = {
    "农民": Category.FARMER, "村民": Category.FARMER, "农户": Category.FARMER, "合作社": Category.COOPERATIVE,
    "社员": Category.COOPERATIVE, "电商": Category.MERCHANT, "网店": Category.MERCHANT, "个体户": Category.MERCHANT,
    "站长": Category.KEEPER, "村两委": Category.CADRE, "两委": Category.CADRE, "干部": Category.CADRE, "支书": Category.CADRE,
    "退伍军人": Category.VETERAN, "军人": Category.VETERAN, "大学生": Category.GRADUATE, "毕业生": Category.GRADUATE,
    "无业": Category.JOBLESS, "待业": Category.JOBLESS, "下岗": Category.JOBLESS, "其他": Category.OTHER, "其它": Category.OTHER,
}  # fmt: skip
EDUCATIONS = {
    "文盲": Education.PRIMARY, "小学": Education.PRIMARY, "初中": Education.MIDDLE, "高中": Education.HIGH,
    "中专": Education.HIGH, "职高": Education.HIGH, "中技": Education.HIGH,
    "技校": Education.HIGH, "大专": Education.COLLEGE, "专科": Education.COLLEGE,
    "本科": Education.BACHELOR, "大学": Education.BACHELOR, "大学本科": Education.BACHELOR, "硕士": Education.BACHELOR,
    "研究生": Education.BACHELOR, "博士": Education.BACHELOR,
}  # fmt: skip
SUPPORTS = {
    "脱贫": Support.LIFTED, "建档立卡": Support.LIFTED, "建档立卡户": Support.LIFTED, "贫困户": Support.LIFTED,
    "监测": Support.MONITORED, "监测对象": Support.MONITORED, "边缘易致贫户": Support.MONITORED, "一般户": Support.NONE,
    "一般农户": Support.NONE, "普通户": Support.NONE,
}  # fmt: skip
BELOW = re.compile(r"(合计|总计|小计|共计|合\s*计|制表|填表|审核|负责人|班主任|备注|说明|注[:：]|以下空白|盖章|单位[:：])")


class Verdict(TextChoices):
    """What an import does with a row."""

    NEW = "new", pgettext_lazy("roster", "新学员，入班")
    KNOWN = "known", pgettext_lazy("roster", "登记过，入班")
    WAITS = "waits", pgettext_lazy("roster", "满了，候补")
    ALREADY = "already", pgettext_lazy("roster", "已经在班里")
    WRONG = "wrong", pgettext_lazy("roster", "要改")


class BadCell(sheet.BadCell):
    sentences = SENTENCES


class Row(NamedTuple):
    """`number` in the file; `sheet`: its name where several were read."""

    number: int
    cells: dict[Column, str]
    sheet: str = ""


class Grid(NamedTuple):
    """Sheets that were read, by name, and those that hold no roster; their rows; how many rows were left out (totals, notes)."""

    names: list[str]
    others: list[str]
    rows: list[Row]
    left_out: int


KNOWN = known_by(SYNONYMS)


def known_names() -> dict[str, Column]:
    """Every name of a column, also those of the language in use."""
    return names_of(Column, KNOWN)


def grid_of(lines: Sequence[Sequence[str]]) -> Grid:
    """Of what the reader gave: the rows of one sheet after the other, each behind a line that names it. Raises NoHeader."""
    names: list[str] = []
    others: list[str] = []
    rows: list[Row] = []
    missing: list[Column] = []
    left_out = 0
    sheets = _sheets(lines)
    for name, cells in sheets:
        header, places = _header(cells)
        lacks = [column for column in NEEDED if column not in places]
        if lacks or not _tells_where(places):
            others += [name] if Column.NAME in places else []  # the page of explanations names the other columns only
            missing = missing or (lacks or [Column.PLACE] if len(places) >= KNOWN_NEEDED else [])
            continue
        found = _rows(cells, header, places)
        left_out += sum(any(map(str.strip, line)) for line in cells[header:]) - len(found)
        names.append(name)
        rows += [row._replace(sheet=name) if len(sheets) > 1 else row for row in found]
    if not names:
        raise NoHeader(missing)
    return Grid(names, others, rows, left_out)


def _sheets(lines: Sequence[Sequence[str]]) -> list[tuple[str, list[Sequence[str]]]]:
    found: list[tuple[str, list[Sequence[str]]]] = []
    for line in lines:
        if line and line[0] == SHEET:
            found.append(("".join(line[1:2]), []))
        elif found:
            found[-1][1].append(line)
    return found


def _header(lines: Sequence[Sequence[str]]) -> tuple[int, dict[Column, int]]:
    """The number of the row with the most names of columns (a header may have two rows), and where each stands."""
    best: tuple[int, dict[Column, int]] = (0, {})
    names = known_names()
    for number, cells in enumerate(lines[:HEADER_WITHIN], start=1):
        places = places_of((text[:CELL_AT_MOST] for text in cells), names)
        if len(places) > len(best[1]):
            best = (number, places)
    return best


def _tells_where(places: Mapping[Column, int]) -> bool:
    return Column.PLACE in places or Column.TOWNSHIP in places


def _rows(lines: Sequence[Sequence[str]], header: int, places: Mapping[Column, int]) -> list[Row]:
    found = []
    for number, cells in enumerate(lines[header:], start=header + 1):
        said = {column: cell(cells[place])[:CELL_AT_MOST] if place < len(cells) else "" for column, place in places.items()}
        if _is_row(said, [text for text in map(cell, cells) if text]):
            found.append(Row(number, said))
    return found


def _is_row(said: Mapping[Column, str], filled: Sequence[str]) -> bool:
    """Neither empty, nor a total, a note, a signature or the header once more; a merged column alone is no row."""
    name, phone = said.get(Column.NAME, ""), said.get(Column.PHONE, "")
    if not (name or phone) or len(set(filled)) == 1 < len(filled):
        return False
    if plain_name(name) in known_names():
        return False
    has_phone = sum(sign.isdigit() for sign in phone) >= len("1234567")
    return has_phone or not any(BELOW.match(text) for text in [*filled[:1], name])


# --- what a cell means ------------------------------------------------------------------------------------------------


def phone_of(text: str) -> str:
    """`138 0000 0000`, `13800000000.0`, full-width. Raises BadCell; a number that a spreadsheet rounded is no number any more."""
    if not text:
        raise BadCell(Column.PHONE, "empty")
    written = unicodedata.normalize("NFKC", text[:40]).strip()
    if ROUNDED.fullmatch(written):
        raise BadCell(Column.PHONE, "phone_rounded", typed=short(text))
    try:
        return plain_phone(re.sub(r"\.0+$", "", written))
    except ValueError:
        raise BadCell(Column.PHONE, "phone", typed=short(text)) from None


def sex_of(text: str) -> str:
    """ "" for an empty cell. Raises BadCell."""
    found = SEXES.get(_word(text))
    if text and found is None:
        raise BadCell(Column.SEX, "sex", typed=short(text))
    return found or ""


def born(cells: Mapping[Column, str], *, today: date) -> Birth:
    """From the birth date, the identity number or the age, whichever are there. Raises BadCell."""
    said = cells.get(Column.BIRTH, "")
    try:
        found = birth_of(said, today=today)
    except BadBirth as bad:
        raise BadCell(Column.BIRTH, bad.code, typed=short(said)) from None
    age = cells.get(Column.AGE, "")
    return found if found.year or not age else _by_age(age, today)


def _by_age(text: str, today: date) -> Birth:
    """Only whoever is surely grown up is counted by it: the year may be the one before."""
    number = re.fullmatch(r"([0-9]{1,3})(?:\.0+)?\s*(?:周?岁)?", unicodedata.normalize("NFKC", text).strip())
    if number is None or not YOUNGEST - 10 <= int(number[1]) <= OLDEST:
        raise BadCell(Column.AGE, "age", typed=short(text))
    age = int(number[1])
    return Birth(None, today.year - age - (age == ADULT))


def category_of(text: str) -> str:
    """A farmer where nothing is said. Raises BadCell."""
    return _choice(Column.CATEGORY, Category, CATEGORIES, text) or Category.FARMER


def education_of(text: str) -> str:
    """Raises BadCell."""
    return _choice(Column.EDUCATION, Education, EDUCATIONS, text)


def support_of(text: str) -> str:
    """Raises BadCell."""
    word = _word(text)
    if word in YES | NO:  # of a column “是否脱贫户”
        return Support.LIFTED if word in YES else Support.NONE
    return _choice(Column.SUPPORT, Support, SUPPORTS, text)


def yes_of(column: Column, text: str) -> bool:
    """No for an empty cell. Raises BadCell."""
    word = _word(text)
    if word and word not in YES | NO:
        raise BadCell(column, "yes", typed=short(text))
    return word in YES


def _choice(column: Column, choices: type[TextChoices], synonyms: Mapping[str, TextChoices], text: str) -> str:
    word = _word(text)
    if not word:
        return ""
    for choice in choices:
        if word in {choice.value, _word(str(choice.label))}:
            return str(choice.value)
    found = synonyms.get(word)
    if found is None:
        raise BadCell(column, "choice", typed=short(text), accepted="、".join(str(choice.label) for choice in choices))
    return str(found.value)


def _word(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text[:40]).split()).casefold()
