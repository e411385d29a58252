"""A class read in from a sheet: every kind of bad input, what would come of it, and what then comes of it."""

from __future__ import annotations

import io
import time

import openpyxl
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from livestream.models import AuditEntry
from livestream.rules.errors import NotAllowed
from tests.factories import make_place, make_user
from tests.formulas import FORMULAS
from tests.rosters import AT, HEAD, IDENTITY, grid, looked, make_villages, verdicts
from tests.school import make_cohort, make_enrolment, make_trainee
from training.actions.enrolment import enrol
from training.actions.roster import import_roster, look_at, without_numbers
from training.actions.roster_file import take_roster
from training.models import Enrolment, Trainee
from training.rules.roster import Column, Row, Verdict
from training.sheets.roster_book import class_book

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort(county):
    make_villages()
    return make_cohort(county, seats=3)


def judged(cohort, **cells):
    """One row of these cells beside name, phone and village."""
    plain = {Column(key): text for key, text in ({"name": "张三", "phone": "13800000001", "place": "东寺头村"} | cells).items()}
    (one,) = look_at(without_numbers([Row(2, plain)], at=AT), cohort, at=AT).rows
    return one


def problems(cohort, **cells):
    return [str(problem) for problem in judged(cohort, **cells).problems]


# --- cells ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "13800000001",
        "138 0000 0001",
        "138-0000-0001",
        "１３８００００００ ０１",
        "+86 13800000001",
        "13800000001.0",
        "'13800000001",
    ],
)
def test_phones_are_read_however_they_are_written(cohort, typed):
    assert judged(cohort, phone=typed.removeprefix("'")).facts.phone == "13800000001"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"phone": "1.38E+10"}, "手机号：“1.38E+10”是 Excel 改坏的手机号，数字已经丢了。请把这一列设成“文本”，再填一次 11 位手机号。"),
        ({"phone": "1380000000"}, "手机号：“1380000000”不是手机号。请填 11 位，例如：13800000000。"),
        ({"phone": ""}, "手机号：空着。请填手机号。"),
        ({"name": ""}, "姓名：空着。请填姓名。"),
        ({"name": "张三13800000001"}, "姓名：“张三13800000001”不像姓名。请只写名字，例如：张三。"),
        ({"place": ""}, "村或社区：空着。请填村或社区。"),
        ({"place": "西沟村"}, "村或社区：叫“西沟村”的不止一个，请写全：西沟村（青羊镇）、西沟村（东寺头乡）。"),
        ({"place": "东四头村"}, "村或社区：县里没有找到“东四头村”。是不是：东寺头村（东寺头乡）？"),
        ({"township": "东寺头公社"}, "乡镇：县里没有叫“东寺头公社”的乡镇，可能改了名或并了。是不是：东寺头乡？"),
        ({"township": "青羊镇", "place": "安咀村"}, "村或社区：“安咀村”不在青羊镇里。请看“填写说明”里的村名。"),
        ({"birth": "农历八月十五"}, "出生日期：“农历八月十五”像农历。请写身份证上的公历日期，例如 1985-03-05。"),
        ({"birth": "1985年腊月初八"}, "出生日期：“1985年腊月初八”像农历。请写身份证上的公历日期，例如 1985-03-05。"),
        ({"birth": "3/5/85"}, "出生日期：没看懂“3/5/85”是哪一天。请写 1985-03-05、1985.3.5 或 1985年3月。"),
        ({"birth": "2011-03-05"}, "出生日期：未满 16 周岁，不能报名。"),
        ({"age": "15"}, "出生日期：未满 16 周岁，不能报名。"),
        ({"age": "17"}, "出生日期：这个年龄要看清是不是满 16、18 周岁，请填出生的年、月、日。"),
        ({"age": "很大"}, "年龄：“很大”不是年龄。请填岁数，例如：58；或写出生日期。"),
        ({"sex": "女孩"}, "性别：没看懂“女孩”。请写：男、女。"),
        ({"education": "博士后站"}, "学历：没有“博士后站”这一项。请写：小学及以下、初中、高中或中专、大专、本科及以上。"),
        ({"returnee": "也许"}, "返乡人员：没看懂“也许”。请写：是、否。"),
        ({"birth": "1.40425E+17"}, "出生日期：“1.40425E+17”是 Excel 改坏的号码，数字已经丢了。请把这一列设成“文本”再填，或只写出生日期，例如 1985-03-05。"),
        ({"identity": "140425198503050024"}, "身份证号：这不是正确的 18 位身份证号。请对着身份证再看一遍，或只写出生日期，例如 1985-03-05。"),
        ({"identity": IDENTITY, "birth": "1985-03-06"}, "出生日期：和身份证号里的出生日期不一样，请再看一遍。"),
    ],
)  # fmt: skip
def test_cell_that_cannot_be_read_says_what_would_be_accepted(cohort, cells, said):
    assert problems(cohort, **cells) == [said]


def test_minor_needs_the_guardians_paper(cohort):
    (said,) = problems(cohort, birth="2009-03-05")

    assert said.startswith("监护人同意书存放处：未满 18 周岁")
    assert judged(cohort, birth="2009-03-05", guardian="学堂 1 号柜").facts.guardian_evidence == "学堂 1 号柜"


def test_every_cell_of_a_row_is_told_at_once(cohort):
    assert len(problems(cohort, name="", phone="1", place="无名村", sex="?", birth="腊月")) == 5


@pytest.mark.parametrize(
    ("typed", "township", "code"),
    [
        ("东寺头村", "", "140425101201"), ("东寺头", "", "140425101201"), ("东寺头村委会", "", "140425101201"),
        ("140425101201", "", "140425101201"), ("西沟村（青羊镇）", "", "140425100201"), ("西沟村(东寺头乡)", "", "140425101202"),
        ("西沟", "东寺头", "140425101202"), ("西沟村", "青羊镇", "140425100201"), ("平顺县青羊镇西沟村", "", "140425100201"),
        ("东寺头乡西沟村", "", "140425101202"), ("安咀", "", "140425101203"), ("安咀村委会", "", "140425101203"), ("安咀村3组12号", "", "140425101203"), ("平顺县安咀村第二组", "", "140425101203"),
        ("青羊镇", "", "140425100"),
    ],
)  # fmt: skip
def test_villages_are_found_as_people_write_them(cohort, typed, township, code):
    assert judged(cohort, place=typed, township=township).facts.place.pk == code


@pytest.mark.parametrize(
    ("cells", "year", "born"),
    [
        ({"birth": "31111"}, 1985, "1985-03-05"), ({"birth": "1985.3.5"}, 1985, "1985-03-05"), ({"birth": "85年3月"}, 1985, ""),
        ({"age": "58"}, 1968, ""), ({"age": "58岁"}, 1968, ""), ({"birth": IDENTITY}, 1985, "1985-03-05"), ({}, None, ""),
    ],
)  # fmt: skip
def test_births_are_stored_as_far_as_they_are_known(cohort, trainer, cells, year, born):
    enrolled(cohort, trainer, [judged(cohort, **cells).row])

    trainee = Trainee.objects.get()
    assert (trainee.birth_year, trainee.birth) == (year, born)


def enrolled(cohort, by, rows):
    rows = without_numbers(rows, at=AT)
    look = look_at(rows, cohort, at=AT)
    return import_roster(rows, cohort, by=by, at=AT, digest=look.digest)


def test_identity_number_gives_birth_and_sex_and_is_stored_and_shown_nowhere(cohort, trainer):
    rows = [[*HEAD, "出生日期"], ["张三", "13800000001", "东寺头村", IDENTITY], [IDENTITY, "1", "东寺头村", ""]]
    plain = without_numbers(grid(rows).rows, at=AT)
    assert IDENTITY not in str(plain)
    look = look_at(plain, cohort, at=AT)
    assert IDENTITY not in str(look)
    import_roster(plain, cohort, by=trainer, at=AT, digest=look.digest)

    trainee = Trainee.objects.get()
    assert (trainee.birth, trainee.sex, len(trainee.identity_digest)) == ("1985-03-05", "female", 64)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM training_trainee t")
        assert IDENTITY not in cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(a::text, ' ') FROM livestream_auditentry a")
        assert IDENTITY not in cursor.fetchone()[0]


# --- what comes of it -----------------------------------------------------------------------------------------------------


def test_forty_one_rows_for_forty_seats_wait_in_the_order_of_the_sheet(county, trainer):
    make_villages()
    cohort = make_cohort(county, seats=40)
    rows = without_numbers(grid([HEAD, *[[f"张{chr(0x4E00 + n)}", f"138{n:08d}", "东寺头村"] for n in range(43)]]).rows, at=AT)

    look = look_at(rows, cohort, at=AT)
    kept = import_roster(rows, cohort, by=trainer, at=AT, digest=look.digest)

    assert verdicts(look) == ["new"] * 40 + ["waits"] * 3
    assert verdicts(kept) == verdicts(look)
    assert Enrolment.objects.filter(cohort=cohort, state="enrolled", way="sheet").count() == 40
    waiting = Enrolment.objects.waiting().filter(cohort=cohort).values_list("trainee__name", flat=True)
    assert list(waiting) == [f"张{chr(0x4E00 + n)}" for n in range(40, 43)]
    entry = AuditEntry.objects.get(deed="roster_imported")
    assert (entry.detail["rows"], entry.detail["kept"], entry.detail["seen"]["waits"]) == (43, 43, 3)


def test_each_row_is_new_known_in_already_or_once_more(cohort, county, trainer):
    village = make_place("140425101201", "东寺头村委会")
    known = make_trainee(county, village, name="李四", phone="13800000002")
    enrolled_already = make_trainee(county, village, name="王五", phone="13800000003")
    make_enrolment(cohort, enrolled_already)
    rows = [
        HEAD, ["张三", "13800000001", "东寺头村"], ["李四", "13800000002", "东寺头"], ["王五", "13800000003", "东寺头村"],
        ["张 三", "+8613800000001", "东寺头乡东寺头村"], ["张三", "138 0000 0001", "东寺头村"], ["张三", "13800000001", "安咀村"],
    ]  # fmt: skip

    look = looked(rows, cohort)

    assert verdicts(look) == ["new", "known", "already", "already", "already", "wrong"]
    assert look.rows[1].trainee == known.pk
    assert look.rows[2].remarks == ["已经在班里。"]
    assert look.rows[3].remarks == ["和第 2 行是同一个人，只算一次。"]
    assert "和第 2 行同名、同手机号，村不一样" in str(look.rows[5].problems[0])
    enrolled(cohort, trainer, [one.row for one in look.rows])
    assert Trainee.objects.count() == 3
    assert Enrolment.objects.filter(cohort=cohort).count() == 3


def test_one_identity_number_is_one_person_in_a_sheet_and_in_the_register(cohort, county, trainer):
    head = [*HEAD, "身份证号"]
    rows = [
        head, ["张三", "13800000001", "东寺头村", IDENTITY], ["张三", "13800000009", "安咀村", IDENTITY],
        ["李四", "13800000002", "东寺头村", IDENTITY],
    ]  # fmt: skip
    look = looked(rows, cohort)
    assert verdicts(look) == ["new", "already", "wrong"]
    enrolled(cohort, trainer, [one.row for one in look.rows])

    again = looked([head, ["张三", "13911111111", "安咀村", IDENTITY], ["赵六", "13800000004", "安咀村", IDENTITY]], cohort)

    assert verdicts(again) == ["already", "wrong"]
    assert Trainee.objects.count() == 1


def test_nothing_is_stored_by_looking_nor_when_the_class_changed_meanwhile(cohort, county, trainer):
    rows = grid([HEAD, ["张三", "13800000001", "东寺头村"], ["李四", "13800000002", "东寺头村"]]).rows
    look = look_at(rows, cohort, at=AT)
    assert (Trainee.objects.count(), Enrolment.objects.count()) == (0, 0)
    for _ in range(2):
        make_enrolment(cohort, make_trainee(county))

    with pytest.raises(NotAllowed) as said:
        import_roster(rows, cohort, by=trainer, at=AT, digest=look.digest)

    assert (said.value.code, Trainee.objects.count(), Enrolment.objects.count()) == ("roster_changed", 2, 2)


def test_good_rows_are_kept_beside_bad_ones(cohort, trainer):
    rows = grid([HEAD, ["张三", "13800000001", "东寺头村"], ["李四", "1", "东寺头村"], ["王五", "13800000003", "东寺头村"]]).rows

    kept = enrolled(cohort, trainer, rows)

    assert verdicts(kept) == ["new", "wrong", "new"]
    assert list(Enrolment.objects.order_by("seat").values_list("seat", "trainee__name")) == [(1, "张三"), (2, "王五")]


def test_three_thousand_rows_are_looked_at_with_the_same_few_questions(cohort, django_assert_num_queries):
    rows = [
        Row(n, {Column.NAME: f"张{chr(0x4E00 + n)}", Column.PHONE: f"138{n:08d}", Column.PLACE: "东寺头村"}) for n in range(3_000)
    ]
    look_at(rows[:1], cohort, at=AT)
    began = time.perf_counter()

    with django_assert_num_queries(5):
        look = look_at(rows, cohort, at=AT)

    assert time.perf_counter() - began < 5
    assert (look.counts[Verdict.NEW], look.counts[Verdict.WAITS]) == (3, 2_997)


def test_class_that_leaves_as_a_file_is_masked_and_has_no_formula(cohort, county, trainer):
    for n, name in enumerate(["=1+1", "张三", "李四", "+cmd"]):
        enrol(cohort, make_trainee(county, name=name, phone=f"1380000000{n}"), way="trainer", by=trainer, at=AT)

    made = openpyxl.load_workbook(io.BytesIO(class_book(take_roster(cohort, by=trainer, at=AT))))

    rows = list(made.worksheets[0].iter_rows(values_only=True))
    assert [(one[0], one[1], one[2], one[9]) for one in rows[1:]] == [
        ("1", "=1+1", "138****0000", "已入班"), ("2", "张三", "138****0001", "已入班"), ("3", "李四", "138****0002", "已入班"),
        (None, "+cmd", "138****0003", "候补"),
    ]  # fmt: skip
    assert {cell.data_type for line in made.worksheets[0].iter_rows() for cell in line} <= {"s", "n"}
    assert made.worksheets[0]["B2"].quotePrefix
    assert AuditEntry.objects.get(deed="roster_taken").detail == {"rows": 4}


CELLS = st.one_of(
    st.text(max_size=20),
    st.sampled_from(
        [*FORMULAS, "13800000001", "张三", "东寺头村", "西沟", "农历", IDENTITY, "1.38E+10", "31111", "=", "\x00", "合计", "\x1d"]
    ),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.dictionaries(st.sampled_from(list(Column)), CELLS), max_size=6))
def test_no_invented_row_makes_the_look_fail_or_store_anything(cohort, rows):
    people, places = Trainee.objects.count(), Enrolment.objects.count()
    numbered = without_numbers([Row(n, cells) for n, cells in enumerate(rows, start=2)], at=AT)

    look = look_at(numbered, cohort, at=AT)

    assert all(one.problems for one in look.wrong)
    assert len(look.rows) == len(rows)
    assert IDENTITY not in str(look.rows)
    assert (Trainee.objects.count(), Enrolment.objects.count()) == (people, places)


def test_trainer_of_a_township_takes_people_of_the_whole_county(cohort, county):
    township = make_place("140425100", "青羊镇")
    trainer = make_user("trainer", township)
    here = make_cohort(county, place=township)

    enrolled(here, trainer, [judged(cohort).row])

    assert [trainee.name for trainee in Trainee.objects.reached_by(trainer)] == ["张三"]
